#!/usr/bin/env python3
"""fido2-cred asks for each level of credProtect, and fido2-assert finds the credential only as that level lets it."""
# proves: ext-cred-protect

import base64
import hashlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import Key, device, run

CHALLENGE = base64.b64encode(hashlib.sha256(b"protect").digest()).decode()
PIN = "1234\n"

with Key(profile="fingerprint-key"):
    dev = device()
    run("fido2-token", "-S", dev, typed=PIN + PIN)
    for level in (1, 2, 3):
        site = f"level-{level}.example"
        made = run(
            "fido2-cred", "-M", "-r", "-v", "-c", level, dev, "es256", typed=f"{CHALLENGE}\n{site}\nada\nYWRh\n{PIN}"
        )
        verified = run("fido2-cred", "-V", "-v", "-c", level, "es256", typed=made)
        credential_id = verified.split("\n", 1)[0]
        by_id = f"{CHALLENGE}\n{site}\n{credential_id}\n"
        nameless = f"{CHALLENGE}\n{site}\n"

        found = run("fido2-assert", "-G", "-r", dev, typed=nameless, fails=level > 1)
        assert level == 1 or "NO_CREDENTIALS" in found, "from level 2 on the site must name the credential"
        found = run("fido2-assert", "-G", dev, typed=by_id, fails=level > 2)
        assert level < 3 or "NO_CREDENTIALS" in found, "at level 3 nothing but verification brings it forth"
        run("fido2-assert", "-G", "-r", "-v", dev, typed=nameless + PIN)
        run("fido2-assert", "-G", "-v", dev, typed=by_id + PIN)
