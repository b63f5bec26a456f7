#!/usr/bin/env python3
"""One key, told by three programs: `latchkey key`, fido2-token and python-fido2 agree in every member and every passkey."""

import base64
import hashlib
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from fido2 import cbor
from fido2.ctap2 import ClientPin, CredentialManagement, Ctap2
from fido2.hid import CtapHidDevice

from keys import OtherKey, Owner, base64url
from support import Key, device, run, scratch

PIN = "1234 5678"
SITES = {"latchkey.example": ["ada", "grace", "hedy"], "nordlys.example": ["ada"]}
# Members of getInfo (CTAP 2.3 §6.4), and what fido2-token calls those that it tells.
MEMBERS = {
    0x01: "versions", 0x02: "extensions", 0x03: "aaguid", 0x04: "options", 0x05: "maxMsgSize",
    0x06: "pinUvAuthProtocols", 0x07: "maxCredentialCountInList", 0x08: "maxCredentialIdLength", 0x09: "transports",
    0x0A: "algorithms", 0x0B: "maxSerializedLargeBlobArray", 0x0C: "forcePINChange", 0x0D: "minPINLength",
    0x0E: "firmwareVersion", 0x0F: "maxCredBlobLength", 0x10: "maxRPIDsForSetMinPINLength",
    0x11: "preferredPlatformUvAttempts", 0x12: "uvModality", 0x13: "certifications",
    0x14: "remainingDiscoverableCredentials", 0x15: "vendorPrototypeConfigCommands", 0x16: "attestationFormats",
    0x17: "uvCountSinceLastPinEntry", 0x18: "longTouchForReset", 0x19: "encIdentifier", 0x1A: "transportsForReset",
    0x1B: "pinComplexityPolicy", 0x1C: "pinComplexityPolicyURL", 0x1D: "maxPINLength", 0x1E: "encCredStoreState",
    0x1F: "authenticatorConfigCommands",
}  # fmt: skip
TOKEN_NUMBERS = {
    "maxmsgsiz": "maxMsgSize", "maxcredcntlst": "maxCredentialCountInList", "maxcredlen": "maxCredentialIdLength",
    "maxlargeblob": "maxSerializedLargeBlobArray", "minpinlen": "minPINLength", "fwversion": "firmwareVersion",
    "maxrpids in minpinlen": "maxRPIDsForSetMinPINLength", "remaining rk(s)": "remainingDiscoverableCredentials",
}  # fmt: skip
TOKEN_LISTS = {"version strings": "versions", "extension strings": "extensions", "transport strings": "transports"}
# New in every answer, so that nobody can follow the key by them.
CHANGING = {"encIdentifier", "encCredStoreState"}
ALGORITHMS = {-7: "ES256"}


def connected():
    """A handle of its own each time: one that was open meanwhile has other programs' answers in its queue."""
    return Ctap2(next(CtapHidDevice.list_devices()))


def fill():
    ctap = connected()
    ClientPin(ctap).set_pin(PIN)
    client_data_hash = hashlib.sha256(b"same story").digest()
    extensions = {"credProtect": 2} if "credProtect" in ctap.info.extensions else None
    for site, accounts in SITES.items():
        for account in accounts:
            pin = ClientPin(ctap)
            token = pin.get_pin_token(PIN, ClientPin.PERMISSION.MAKE_CREDENTIAL, site)
            ctap.make_credential(
                client_data_hash,
                {"id": site, "name": site.split(".")[0]},
                {"id": account.encode(), "name": f"{account}@{site}", "displayName": f"{account.title()} 🗝"},
                [{"type": "public-key", "alg": -7}],
                extensions=extensions,
                options={"rk": True},
                pin_uv_param=pin.protocol.authenticate(token, client_data_hash),
                pin_uv_protocol=pin.protocol.VERSION,
            )


def python_info():
    def value(number, value):
        if number == 0x03:
            return re.sub("(.{8})(.{4})(.{4})(.{4})(.{12})", r"\1-\2-\3-\4-\5", value.hex())
        if isinstance(value, bytes):
            return value.decode() if number == 0x1C else base64url(value)
        return value

    return {MEMBERS[number]: value(number, told) for number, told in connected().send_cbor(Ctap2.CMD.GET_INFO).items()}


def same_info(ours):
    theirs = python_info()
    assert "unknown" not in ours, ours
    assert set(ours) == set(theirs), (ours, theirs)
    for member in set(ours) - CHANGING:
        assert ours[member] == theirs[member], (member, ours[member], theirs[member])

    told = dict(line.split(": ", 1) for line in run("fido2-token", "-I", device()).splitlines() if ": " in line)
    for name, member in TOKEN_LISTS.items():
        assert told.get(name, "").split(", ") == ours.get(member, [""]), member
    for name, member in TOKEN_NUMBERS.items():
        if name in told and told[name] != "undefined":
            assert int(told[name], 0) == ours.get(member, 0), (member, told[name])
    assert told["aaguid"] == ours["aaguid"].replace("-", "")
    options = {f"{'' if is_set else 'no'}{option}" for option, is_set in ours["options"].items()}
    assert set(told["options"].split(", ")) == options
    assert [int(number) for number in told["pin protocols"].split(", ")] == ours["pinUvAuthProtocols"]
    assert told["pin change required"] == str(ours.get("forcePINChange", False)).lower()


def python_list():
    ctap = connected()
    pin = ClientPin(ctap)
    token = pin.get_pin_token(PIN, ClientPin.PERMISSION.CREDENTIAL_MGMT)
    management = CredentialManagement(ctap, pin.protocol, token)
    result = CredentialManagement.RESULT
    counts = management.get_metadata()
    found = []
    for site in management.enumerate_rps():
        for credential in management.enumerate_creds(site[result.RP_ID_HASH]):
            user = credential[result.USER]
            # soft-fido2 leaves it out, which the specification does not let it.
            public_key = credential.get(result.PUBLIC_KEY)
            found.append({
                "rpId": site[result.RP]["id"],
                "rpIdHash": site[result.RP_ID_HASH].hex(),
                "userName": user.get("name"),
                "userDisplayName": user.get("displayName"),
                "userId": base64url(user["id"]),
                "credentialId": base64url(credential[result.CREDENTIAL_ID]["id"]),
                "publicKey": public_key and base64url(cbor.encode(dict(public_key))),
                "algorithm": public_key and ALGORITHMS[public_key[3]],
                "credProtect": credential.get(result.CRED_PROTECT),
                "largeBlobKey": result.LARGE_BLOB_KEY in credential,
            })
    return found, counts[result.EXISTING_CRED_COUNT], counts[result.MAX_REMAINING_COUNT]


def same_list(listed, by_token):
    theirs, existing, remaining = python_list()
    assert (listed["existing"], listed["remaining"]) == (existing, remaining)
    by_id = {credential["credentialId"]: credential for credential in listed["credentials"]}
    assert len(by_id) == len(theirs) == sum(map(len, SITES.values()))
    for credential in theirs:
        ours = by_id[credential["credentialId"]]
        for member, value in credential.items():
            assert ours.get(member) == value, (member, ours.get(member), value)
    if not by_token:
        return
    typed = f"{PIN}\n"
    sites = [line.split()[1:] for line in run("fido2-token", "-L", "-r", device(), typed=typed).splitlines()]
    expected = {(credential["rpIdHash"], credential["rpId"]) for credential in by_id.values()}
    assert {(base64.b64decode(digest).hex(), site) for digest, site in sites} == expected, sites
    for site in SITES:
        for line in run("fido2-token", "-L", "-k", site, device(), typed=typed).splitlines():
            credential_id, *name, user_id, algorithm, protection = line.split(": ", 1)[1].split(" ")
            ours = by_id[base64url(base64.b64decode(credential_id))]
            assert ours["rpId"] == site and " ".join(name) == ours["userDisplayName"], line
            assert base64url(base64.b64decode(user_id)) == ours["userId"]
            assert ours["algorithm"].lower() == algorithm
            assert {1: "uvopt", 2: "uvopt+id", 3: "uvreq"}[ours["credProtect"]] == protection


def tell(by_token=True):
    owner = Owner()
    same_info(owner.key("info"))
    fill()
    same_info(owner.key("info"))
    same_list(owner.key("credential", "list", pin=PIN), by_token)


for profile in ["yubikey-5.7-like", "device-bound"]:
    with Key(profile=profile):
        tell()
with OtherKey("trussed-key", str(scratch())):
    tell()
# fido2-token asks this key by the prototype's command, which it has not.
with OtherKey("soft-fido2-key"):
    tell(by_token=False)
