#!/usr/bin/env python3
"""Two keys that come and go: their lists are kept, one of them is read without its PIN while nothing changed, and one
table says which account has no backup. `doctor` names who has a key open, and whom the system keeps from one."""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from fido2.cose import ES256
from fido2.ctap2 import ClientPin, CredentialManagement, Ctap2
from fido2.ctap2.pin import PinProtocolV2
from fido2.hid import CtapHidDevice

from support import LATCHKEY, Plugged, new_vault

HASH = hashlib.sha256(b"client data").digest()
PIN = "a PIN of ada's"
data, passphrase_file = new_vault()
pin_file = data.parent / "pin"
pin_file.write_text(PIN + "\n")
# A key with a persistent, read-only token that knows its owner by the PIN alone.
profile = data.parent / "blue.toml"
shown = subprocess.run([LATCHKEY, "profile", "show", "device-bound"], capture_output=True, text=True, check=True).stdout
profile.write_text(shown.replace('verification = "built-in"', 'verification = "none"'))
assert shown != profile.read_text()


def latchkey(*arguments, pin=False, as_text=False):
    command = [str(LATCHKEY), "--data-dir", str(data), "--passphrase-file", str(passphrase_file)]
    command += [str(part) for part in arguments] + (["--pin-file", str(pin_file)] if pin else [])
    done = subprocess.run(command + ([] if as_text else ["--json"]), capture_output=True, text=True, timeout=120)
    print(f"$ {' '.join(command[5:])}\n{done.stdout}{done.stderr}", flush=True)
    if as_text:
        return done.returncode, done.stdout
    return done.returncode, json.loads(done.stdout if done.stdout else done.stderr.splitlines()[-1])


def ctap_of(key):
    return Ctap2(next(device for device in CtapHidDevice.list_devices() if device.descriptor.path == key.node))


def register(key, accounts):
    """With python-fido2: the key's first PIN, and passkeys for (site, user)."""
    ClientPin(ctap_of(key), PinProtocolV2()).set_pin(PIN)
    ctap = ctap_of(key)
    for site, user in accounts:
        permission = ClientPin.PERMISSION.MAKE_CREDENTIAL
        token = ClientPin(ctap, PinProtocolV2()).get_pin_token(PIN, permission, site)
        ctap.make_credential(
            HASH, {"id": site}, {"id": user.encode(), "name": f"{user}@{site}", "displayName": user.title()},
            [{"type": "public-key", "alg": ES256.ALGORITHM}], options={"rk": True},
            pin_uv_param=PinProtocolV2().authenticate(token, HASH), pin_uv_protocol=2,
        )


def management(key):
    ctap = ctap_of(key)
    token = ClientPin(ctap, PinProtocolV2()).get_pin_token(PIN, ClientPin.PERMISSION.CREDENTIAL_MGMT)
    return CredentialManagement(ctap, PinProtocolV2(), token)


def listed(key, *arguments, pin=False):
    code, told = latchkey("key", "--key", key.node, "credential", "list", *arguments, pin=pin)
    assert code == 0, told
    return told


def accounts(*arguments):
    code, told = latchkey("inventory", *arguments)
    assert code == 0, told
    return {(account["rpId"], account["userName"]): account["backup"] for account in told["accounts"]}


blue = Plugged(str(profile))
register(blue, [("bank.example", "ada"), ("shop.example", "ada")])

code, error = latchkey("key", "--key", blue.node, "credential", "list")
assert (code, error["error"]["code"]) == (5, "pin-needed"), error
told = listed(blue, pin=True)
assert (told["existing"], told["unchanged"]) == (2, False), told
theirs = {
    credential[7]["id"]: (site[4], credential[6]["name"])
    for manager in [management(blue)]
    for site in manager.enumerate_rps()
    for credential in manager.enumerate_creds(site[4])
}
assert len(theirs) == 2
assert {(one["rpIdHash"], one["userName"]) for one in told["credentials"]} == {
    (site.hex(), name) for site, name in theirs.values()
}, "python-fido2 tells the same"

# Without the PIN from now on, and without reading again what did not change.
code, _ = latchkey("key", "--key", blue.node, "credential", "keep-access", pin=True)
assert code == 0
assert listed(blue)["unchanged"] is False
kept = listed(blue, "shop")
assert kept["unchanged"] is True and [one["rpId"] for one in kept["credentials"]] == ["shop.example"], kept
shop = next(credential for credential, (_, name) in theirs.items() if name == "ada@shop.example")
management(blue).update_user_info({"type": "public-key", "id": shop}, {"id": b"ada", "name": "ada the second"})
changed = listed(blue, "shop")
assert changed["unchanged"] is False and changed["credentials"][0]["userName"] == "ada the second", changed
blue.pull_out()

green = Plugged("yubikey-5.7-like")
register(green, [("bank.example", "ada"), ("bank.example", "bob")])
told = listed(green, pin=True)
assert accounts() == {
    ("bank.example", "ada@bank.example"): "another-place",
    ("bank.example", "bob@bank.example"): "none",
    ("shop.example", "ada the second"): "none",
}, "the blue key is in a drawer, and its list is still known"
assert len(accounts("--without-backup")) == 2

code, renamed = latchkey(
    "key", "--key", green.node, "credential", "rename", told["credentials"][0]["credentialId"], "--name", "zoë", pin=True
)
assert code == 0 and renamed["userName"] == "zoë" and not renamed["truncated"], renamed
assert ("bank.example", "zoë") in accounts(), "the table follows, without another listing"
code, error = latchkey(
    "key", "--key", green.node, "credential", "rename", told["credentials"][0]["credentialId"], "--name", "ë" * 33, pin=True
)
assert code == 2 and "66 bytes" in error["error"]["message"], error

ids = [one["credentialId"] for one in told["credentials"]]
code, error = latchkey("key", "--key", green.node, "credential", "delete", *ids, pin=True)
assert code == 2 and listed(green, pin=True)["existing"] == 2, "without a yes nothing is deleted"
code, _ = latchkey("key", "--key", green.node, "credential", "delete", "--yes", *ids, pin=True)
assert code == 0
assert management(green).get_metadata()[1] == 0, "python-fido2 finds none any more"
assert set(accounts().values()) == {"none"}

_, lines = latchkey("inventory", "--csv", as_text=True)
assert len(lines.splitlines()) == 3 and '"shop.example","ada the second"' in lines, lines

# Another program has the green key open.
holding = CtapHidDevice.list_devices()
opened = next(device for device in holding if device.descriptor.path == green.node)
code, findings = latchkey("doctor")
holders = [finding["message"] for finding in findings if finding["subject"] == "holder"]
assert any(f"(process {os.getpid()})" in message for message in holders), findings
opened.close()

# Somebody whom no rule gives the key to.
copy = data.parent / "latchkey"
shutil.copy(LATCHKEY, copy)
data.parent.chmod(0o755)
command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", copy, "--data-dir", "/nonexistent"]
done = subprocess.run([*command, "doctor", "--json"], capture_output=True, text=True, timeout=120)
usb = [finding for finding in json.loads(done.stdout) if finding["subject"] == "usb"]
assert done.returncode == 1 and usb[0]["health"] == "trouble", usb
assert any("70-latchkey.rules" in line for line in usb[0]["fix"]), usb
done = subprocess.run([*command, "key", "--key", green.node, "wink"], capture_output=True, text=True, timeout=120)
assert done.returncode == 6 and "70-latchkey.rules" in done.stderr, done.stderr
green.pull_out()

# A new PIN ends the access that was kept.
blue = Plugged(str(profile))
code, _ = latchkey("key", "--key", blue.node, "credential", "forget-access")
assert code == 3, "this key is another one: its memory ended with the process"
places = latchkey("inventory")[1]["places"]
for place in places[1:]:
    assert latchkey("inventory", "--forget", place["id"], as_text=True)[0] == 0
assert accounts() == {}
blue.pull_out()
print("two keys, one table")
