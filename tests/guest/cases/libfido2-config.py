#!/usr/bin/env python3
"""fido2-token configures a key: alwaysUv, minimum PIN length and who may ask it, forced PIN change, enterprise
attestation; and resets it."""
# proves: config-always-uv, config-min-pin, config-enterprise, reset-window, credential-management-update

import base64
import hashlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import Key, device, run, scratch

PROFILE = """\
extends = "fingerprint-key"
name = "office-key"
attestation.enterprise = { rp-ids = ["latchkey.example"], enabled = false }
"""


def b64(data):
    return base64.b64encode(data).decode()


CHALLENGE = b64(hashlib.sha256(b"config").digest())
REGISTRATION = f"{CHALLENGE}\nlatchkey.example\nada\nYWRh\n"

folder = scratch()
profile, asked = folder / "office-key.toml", folder / "asked"
profile.write_text(PROFILE)
# From a file where a PIN is typed too: what fido2-cred reads ahead of standard input, the prompt does not get.
asked.write_text(REGISTRATION)
with Key(profile=profile):
    dev = device()
    run("fido2-token", "-S", dev, typed="1234\n1234\n")

    assert "noalwaysUv" in run("fido2-token", "-I", dev)
    run("fido2-token", "-S", "-u", dev, typed="1234\n")
    info = run("fido2-token", "-I", dev)
    assert "alwaysUv" in info and "noalwaysUv" not in info
    # -u: user verification is not asked for, and yet the key insists.
    refused = run("fido2-cred", "-M", "-q", dev, "es256", typed=REGISTRATION, fails=True)
    assert "PIN_REQUIRED" in refused, refused
    run("fido2-token", "-D", "-u", dev, typed="1234\n")
    assert "noalwaysUv" in run("fido2-token", "-I", dev)
    run("fido2-cred", "-M", "-q", dev, "es256", typed=REGISTRATION)

    assert "noep" in run("fido2-token", "-I", dev)
    run("fido2-token", "-S", "-a", dev, typed="1234\n")
    info = run("fido2-token", "-I", dev)
    assert "ep" in info and "noep" not in info

    run("fido2-token", "-S", "-m", "latchkey.example,other.example", dev, typed="1234\n")
    run("fido2-token", "-S", "-f", dev, typed="1234\n")
    assert "pin change required: true" in run("fido2-token", "-I", dev)
    assert "PIN_POLICY_VIOLATION" in run("fido2-token", "-L", "-r", dev, typed="1234\n", fails=True)
    run("fido2-token", "-C", dev, typed="1234\n12345\n12345\n")
    assert "pin change required: false" in run("fido2-token", "-I", dev)

    run("fido2-token", "-S", "-l", "6", dev, typed="12345\n")
    info = run("fido2-token", "-I", dev)
    assert "minpinlen: 6" in info and "pin change required: true" in info
    run("fido2-token", "-C", dev, typed="12345\n54321\n54321\n", fails=True)
    run("fido2-token", "-C", dev, typed="12345\n654321\n654321\n")
    assert "PIN_POLICY_VIOLATION" in run("fido2-token", "-S", "-l", "4", dev, typed="654321\n", fails=True)

    run("fido2-cred", "-M", "-r", "-v", "-i", asked, dev, "es256", typed="654321\n")
    listed = run("fido2-token", "-L", "-k", "latchkey.example", dev, typed="654321\n")
    credential_id = listed.split()[1]
    run(
        "fido2-token", "-S", "-c", "-i", credential_id, "-k", "YWRh", "-n", "lovelace", "-p", "Ada L.", dev,
        typed="654321\n",
    )
    assert "Ada L." in run("fido2-token", "-L", "-k", "latchkey.example", dev, typed="654321\n")
    assert "existing rk(s): 1" in run("fido2-token", "-I", "-c", dev, typed="654321\n")
    shown = run("fido2-token", "-I", "-k", "latchkey.example", "-i", credential_id, dev, typed="654321\n")
    assert credential_id in shown and "BEGIN PUBLIC KEY" in shown

with Key(profile=profile):
    dev = device()
    run("fido2-token", "-S", dev, typed="1234\n1234\n")
    run("fido2-cred", "-M", "-r", "-v", "-i", asked, dev, "es256", typed="1234\n")
    run("fido2-token", "-R", dev)
    info = run("fido2-token", "-I", dev)
    assert "noclientPin" in info and "minpinlen: 4" in info
    run("fido2-token", "-S", dev, typed="1234\n1234\n")
    assert "NO_CREDENTIALS" in run("fido2-token", "-L", "-r", dev, typed="1234\n", fails=True)
