"""A key's whole life by `latchkey key`, whatever it is, and python-fido2 as the witness of each change."""

import csv
import hashlib
import json
import subprocess

from fido2.ctap2 import ClientPin, CredentialManagement, Ctap2, LargeBlobs
from fido2.hid import CtapHidDevice

from keys import base64url
from support import LATCHKEY, Lines

PIN, NEW_PIN, WRONG_PIN = "1234 5678", "clé à molette", "0000 0000"
SITE = "latchkey.example"
ACCOUNTS = ["ada", "grace", "hedy"]
RESULT = CredentialManagement.RESULT


def connected():
    """A handle of its own each time: one that was open meanwhile has other programs' answers in its queue."""
    return Ctap2(next(CtapHidDevice.list_devices()))


def tries():
    return ClientPin(connected()).get_pin_retries()[0]


def pin(owner):
    """From none to the second one, with a wrong one on the way."""
    assert owner.key("pin", "status")["state"] == "not-set"
    refused = owner.key("pin", "set", "--new-pin-file", owner.file("123"), code=2)
    assert "4" in refused["message"], refused
    owner.key("pin", "set", "--new-pin-file", owner.file(PIN))
    assert connected().info.options["clientPin"] is True

    all_tries = tries()
    refused = owner.key("pin", "change", "--new-pin-file", owner.file(NEW_PIN), pin=WRONG_PIN, code=5)
    assert refused["triesLeft"] == tries() == all_tries - 1, refused
    owner.key("pin", "change", "--new-pin-file", owner.file(NEW_PIN), pin=PIN)
    status = owner.key("pin", "status")
    assert (status["state"], status["triesLeft"]) == ("set", all_tries), status
    ClientPin(connected()).get_pin_token(NEW_PIN)


def enroll(accounts=ACCOUNTS, site=SITE):
    """Discoverable credentials, made by python-fido2."""
    ctap = connected()
    client_data_hash = hashlib.sha256(b"managed").digest()
    extensions = {name: value for name, value in [("credProtect", 2), ("largeBlobKey", True)] if name in ctap.info.extensions}
    for account in accounts:
        client = ClientPin(ctap)
        token = client.get_pin_token(NEW_PIN, ClientPin.PERMISSION.MAKE_CREDENTIAL, site)
        ctap.make_credential(
            client_data_hash,
            {"id": site, "name": "Latchkey"},
            {"id": account.encode(), "name": account, "displayName": account.title()},
            [{"type": "public-key", "alg": -7}],
            extensions=extensions or None,
            options={"rk": True},
            pin_uv_param=client.protocol.authenticate(token, client_data_hash),
            pin_uv_protocol=client.protocol.VERSION,
        )


def told():
    """The credentials as python-fido2 reads them: {id: (name, display name)}."""
    ctap = connected()
    client = ClientPin(ctap)
    token = client.get_pin_token(NEW_PIN, ClientPin.PERMISSION.CREDENTIAL_MGMT)
    management = CredentialManagement(ctap, client.protocol, token)
    found = {}
    for site in management.enumerate_rps():
        for credential in management.enumerate_creds(site[RESULT.RP_ID_HASH]):
            user = credential[RESULT.USER]
            found[base64url(credential[RESULT.CREDENTIAL_ID]["id"])] = (user.get("name"), user.get("displayName"))
    return found


def credentials(owner):
    """Listed, searched, renamed, deleted: one, then the others at once."""
    empty = owner.key("credential", "list", pin=NEW_PIN)
    assert empty["credentials"] == []
    accounts = ACCOUNTS[: empty["remaining"]]
    enroll(accounts)
    listed = owner.key("credential", "list", pin=NEW_PIN)
    by_name = {credential["userName"]: credential["credentialId"] for credential in listed["credentials"]}
    assert sorted(by_name) == accounts and listed["existing"] == len(accounts), listed
    assert set(told()) == set(by_name.values())
    [found] = owner.key("credential", "list", "grace", pin=NEW_PIN)["credentials"]
    assert owner.key("credential", "show", found["credentialId"], pin=NEW_PIN) == found
    sheet = owner.run("key", "credential", "list", "--csv", pin=NEW_PIN).stdout
    # An apostrophe keeps a spreadsheet from taking an id that begins with a hyphen for a formula.
    rows = {row["credential_id"].removeprefix("'"): row["user_name"] for row in csv.DictReader(sheet.splitlines())}
    assert rows == {credential_id: name for name, credential_id in by_name.items()}, rows
    assert owner.key("credential", "list", pin=WRONG_PIN, code=5)["triesLeft"] == tries()

    renamed = owner.key("credential", "rename", by_name["ada"], "--display-name", "Ada Lovelace 🗝", pin=NEW_PIN)
    assert (renamed["userDisplayName"], renamed["truncated"]) == ("Ada Lovelace 🗝", False), renamed
    assert told()[by_name["ada"]] == ("ada", "Ada Lovelace 🗝")

    gone = by_name.pop("grace")
    owner.key("credential", "delete", "--yes", "--", gone, pin=NEW_PIN)
    assert set(told()) == set(by_name.values())
    owner.key("credential", "delete", "--yes", "--", gone, pin=NEW_PIN, code=3)
    owner.key("credential", "delete", "--yes", "--", *by_name.values(), pin=NEW_PIN)
    assert told() == {}


def blobs(owner):
    """Written, told, read and taken away: beside a passkey."""
    if not connected().info.options.get("largeBlobs"):
        return
    enroll(["ada"])
    [credential_id] = told()
    owner.key("blob", "write", credential_id, owner.file("beside a passkey"), pin=NEW_PIN)
    [blob] = owner.key("blob", "list", pin=NEW_PIN)["blobs"]
    assert (blob["credentialId"], blob["size"]) == (credential_id, len("beside a passkey\n")), blob
    assert LargeBlobs(connected()).read_blob_array(), "python-fido2 reads the array"
    read = owner.key("blob", "read", credential_id, pin=NEW_PIN)
    assert bytes.fromhex(read["hex"]) == b"beside a passkey\n"
    owner.key("blob", "delete", "--yes", credential_id, pin=NEW_PIN)
    assert LargeBlobs(connected()).read_blob_array() == []
    owner.key("credential", "delete", "--yes", "--", credential_id, pin=NEW_PIN)


def ceremonies(owner):
    """A registration and a sign-in, verified as by a site, with the secrets where the key has them."""
    registered = owner.key("register", "--sign-in", pin=NEW_PIN)
    assert registered["verified"] and registered["attestation"]["signature"], registered
    assert registered["signIn"]["verified"], registered["signIn"]
    assert registered["flags"]["userPresent"] and registered["flags"]["userVerified"], registered["flags"]
    if "hmac-secret" in connected().info.extensions:
        registered = owner.key("register", "--hmac-secret", "--prf", "salt", "--sign-in", pin=NEW_PIN)
        [secret] = registered["signIn"]["secrets"]
        assert len(bytes.fromhex(secret)) == 32
        # A key that tells the secrets at once tells the same.
        assert registered["secrets"] in ([], [secret]), registered["secrets"]


def config(owner):
    """Settings that the key has and that it can give back, and the shortest PIN, which only rises."""
    if not connected().info.options.get("authnrCfg"):
        return
    for state, is_on in [("on", True), ("off", False)]:
        owner.key("config", "always-uv", state, pin=NEW_PIN)
        assert connected().info.options["alwaysUv"] is is_on
    owner.key("config", "min-pin-length", "6", "--rp-id", SITE, "--yes", pin=NEW_PIN)
    assert connected().info.min_pin_length == 6
    owner.key("config", "force-pin-change", pin=NEW_PIN)
    assert connected().info.force_pin_change is True
    assert owner.key("pin", "status")["state"] == "must-change"
    owner.key("pin", "change", "--new-pin-file", owner.file(PIN), pin=NEW_PIN)
    owner.key("pin", "change", "--new-pin-file", owner.file(NEW_PIN), pin=PIN)


def reset(owner, replug):
    """Confirmed, out, in, touched; `replug` does the middle of it."""
    enroll(["ada"])
    [key] = owner.key("list")
    owner.key("reset", "--confirm", "no", code=2)
    command = [LATCHKEY, "--data-dir", owner.data, "--json", "key", "reset", "--confirm", f"reset {key['id']}"]
    command = [str(part) for part in command]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    steps = Lines(process.stdout, "reset")
    assert json.loads(steps.next(30))["step"] == "remove"
    replug()
    said = [json.loads(line) for line in iter(lambda: steps.lines.get(timeout=60), None)]
    assert process.wait(20) == 0
    # A touch that is given at once is not asked for first.
    assert [step["step"] for step in said if step["step"] != "touch"] == ["insert", "done"], said
    done = said[-1]
    assert done["id"] == key["id"] and done["sameKey"] and done["erased"] and done["pinSet"] is False, done
    assert connected().info.options["clientPin"] is False
    assert owner.key("pin", "status")["state"] == "not-set"


def life(owner, replug):
    """All of it, as far as the key has it; one of U2F alone has none."""
    info = owner.key("info")
    options = info.get("options", {})
    if "clientPin" not in options:
        assert owner.key("pin", "status")["state"] == "unsupported"
        return
    pin(owner)
    if options.get("credMgmt") or options.get("credentialMgmtPreview"):
        credentials(owner)
        blobs(owner)
    ceremonies(owner)
    config(owner)
    reset(owner, replug)
