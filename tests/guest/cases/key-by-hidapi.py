#!/usr/bin/env python3
"""The way to keys on macOS and Windows, ctap-hid-fido2's list and hidapi's devices, on this kernel: keys are found, and
long messages go to them and back."""
# limit: 120

import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import BUILT, Key, run
from uhid import Device

CLIENT = BUILT / "examples" / "by_hidapi"
assert CLIENT.exists(), "cargo build -p security-key --features hidapi --examples"

assert run(CLIENT) == ""
with Device("Blue", serial="1000000000"), Device("Green", serial="1000000000", size=32):
    lines = run(CLIENT).splitlines()
    assert len(lines) == 2 and all(line.endswith(": FIDO_2_1") for line in lines), lines
    assert all('serial Some("1000000000")' in line for line in lines), lines
with Key(profile="yubikey-5.7-like"):
    [line] = run(CLIENT).splitlines()
    assert "FIDO_2_1" in line and line.startswith("hidapi:/dev/hidraw"), line
