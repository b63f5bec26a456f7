#!/usr/bin/env python3
"""ctap-hid-fido2: information, PIN set and changed, registration, assertion, enumeration, deletion; its own verifier."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import BUILT, Key, run

with Key():
    assert "everything done" in run(BUILT / "examples" / "ctap-hid-fido2-client")
