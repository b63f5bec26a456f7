#!/usr/bin/env python3
"""fido2-token: list, information, PIN set and changed, credentials listed and deleted."""

import base64
import hashlib
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import Key, device, run

with Key():
    dev = device()
    info = run("fido2-token", "-I", dev)
    for expected in ["FIDO_2_1", "credProtect", "hmac-secret", "es256", "eddsa", "6fb18d4c09f24e57a3c651d07e94b218"]:
        assert expected in info, expected
    assert "noclientPin" in info

    run("fido2-token", "-S", dev, typed="1234\n1234\n")
    assert "noclientPin" not in run("fido2-token", "-I", dev)
    run("fido2-token", "-C", dev, typed="1234\n567890\n567890\n")
    run("fido2-token", "-C", dev, typed="1234\nabcdef\nabcdef\n", fails=True)
    assert "pin retries: 7" in run("fido2-token", "-I", dev)
    run("fido2-token", "-C", dev, typed="567890\n567890\n567890\n")
    assert "pin retries: 8" in run("fido2-token", "-I", dev), "the right PIN gives the tries back"
    assert "NO_CREDENTIALS" in run("fido2-token", "-L", "-r", dev, fails=True)

    user_id = base64.b64encode(b"ada-1").decode()
    challenge = base64.b64encode(hashlib.sha256(b"token").digest()).decode()
    made = run(
        "fido2-cred", "-M", "-r", "-v", dev, "es256",
        typed=f"{challenge}\nlatchkey.example\nada\n{user_id}\n567890\n",
    )
    assert made
    sites = run("fido2-token", "-L", "-r", dev, typed="567890\n")
    assert "latchkey.example" in sites
    passkeys = run("fido2-token", "-L", "-k", "latchkey.example", dev, typed="567890\n")
    assert passkeys.count("\n") == 1 and "es256" in passkeys and user_id.rstrip("=") in passkeys, passkeys
    credential_id = passkeys.split()[1]
    run("fido2-token", "-D", "-i", credential_id, dev, typed="567890\n")
    assert "NO_CREDENTIALS" in run("fido2-token", "-L", "-r", dev, fails=True)
