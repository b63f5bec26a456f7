#!/usr/bin/env python3
"""Trussed's authenticator, as in the Nitrokey 3 and the Solo 2, managed by `latchkey key` from its first PIN to its reset."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from keys import OtherKey, Owner
from managed import life
from support import scratch

owner = Owner()
with OtherKey("trussed-key", str(scratch())) as key:
    owner.key("wink")
    assert key.lines.next(20).strip() == "winked"
    life(owner, key.restart)
