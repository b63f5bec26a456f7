#!/usr/bin/env python3
"""fido2-cred asks for each level of credProtect, and fido2-assert finds the credential only as that level lets it."""
# proves: ext-cred-protect

import base64
import hashlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import Key, device, run, scratch

CHALLENGE = base64.b64encode(hashlib.sha256(b"protect").digest()).decode()
PIN = "1234\n"

# Files, because a PIN is typed too: what fido2-cred reads ahead of standard input, the prompt does not get.
folder = scratch()


def asked(*lines):
    file = folder / "asked"
    file.write_text("".join(f"{line}\n" for line in lines))
    return "-i", file


with Key(profile="fingerprint-key"):
    dev = device()
    run("fido2-token", "-S", dev, typed=PIN + PIN)
    for level in (1, 2, 3):
        site = f"level-{level}.example"
        registration = asked(CHALLENGE, site, "ada", "YWRh")
        made = run("fido2-cred", "-M", "-r", "-v", "-c", level, *registration, dev, "es256", typed=PIN)
        credential_id = run("fido2-cred", "-V", "-v", "-c", level, "es256", typed=made).split("\n", 1)[0]

        found = run("fido2-assert", "-G", "-r", *asked(CHALLENGE, site), dev, fails=level > 1)
        assert level == 1 or "NO_CREDENTIALS" in found, "from level 2 on the site must name the credential"
        found = run("fido2-assert", "-G", *asked(CHALLENGE, site, credential_id), dev, fails=level > 2)
        assert level < 3 or "NO_CREDENTIALS" in found, "at level 3 nothing but verification brings it forth"
        run("fido2-assert", "-G", "-r", "-v", *asked(CHALLENGE, site), dev, typed=PIN)
        run("fido2-assert", "-G", "-v", *asked(CHALLENGE, site, credential_id), dev, typed=PIN)
