#!/usr/bin/env python3
"""Programs that speak U2F: fido2-cred and fido2-assert when told so, and authenticator-rs; a credential that was made
by U2F signs by CTAP2, and a key of nothing but U2F is used by all of them."""
# proves: u2f-register, u2f-authenticate, u2f-version, u2f-interoperates, att-fido-u2f, profile-u2f-only, hid-msg

import base64
import hashlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import BUILT, Key, device, run, scratch

CLIENT = BUILT.parent / "interop" / "debug" / "authenticator-rs-client"
CHALLENGE = base64.b64encode(hashlib.sha256(b"u2f").digest()).decode()
KEY_FILE = scratch() / "key.pem"


def sign(dev, credential_id, *options):
    answer = run("fido2-assert", "-G", *options, dev, typed=f"{CHALLENGE}\nlatchkey.example\n{credential_id}\n")
    run("fido2-assert", "-V", KEY_FILE, "es256", typed=answer)


for profile in ["u2f-only", "yubikey-5.7-like"]:
    with Key(profile=profile):
        dev = device()
        made = run("fido2-cred", "-M", "-u", dev, "es256", typed=f"{CHALLENGE}\nlatchkey.example\nada\nYWRh\n")
        assert "fido-u2f" in made
        credential_id, public_key = run("fido2-cred", "-V", "es256", typed=made).split("\n", 1)
        KEY_FILE.write_text(public_key)
        sign(dev, credential_id, "-u")
        if profile != "u2f-only":
            sign(dev, credential_id)
        assert "everything done" in run(CLIENT, "u2f")
