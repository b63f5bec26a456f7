#!/usr/bin/env python3
"""authenticator-rs, the client of Firefox: registration and sign-in by CTAP2, verified by the key itself and by PIN."""
# proves: ext-hmac-secret, ext-cred-protect, client-pin-token

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import BUILT, Key, device, run

CLIENT = BUILT.parent / "interop" / "debug" / "authenticator-rs-client"

with Key(profile="device-bound"):
    # Without a PIN it forgets to say which PIN/UV protocol its salts are for, so PRF is left to the keys below.
    assert "everything done" in run(CLIENT, "plain")

for profile in ["device-bound", "yubikey-5.7-like"]:
    with Key(profile=profile):
        run("fido2-token", "-S", device(), typed="1234\n1234\n")
        assert "everything done" in run(CLIENT)
