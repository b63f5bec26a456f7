#!/usr/bin/env python3
"""soft-fido2's authenticator, managed by `latchkey key` from its first PIN to its reset."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from keys import OtherKey, Owner
from managed import life

with OtherKey("soft-fido2-key") as key:
    life(Owner(), key.replug)
