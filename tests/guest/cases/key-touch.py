#!/usr/bin/env python3
"""Of two keys the one that is touched is meant, whatever generation it is of; the other is not asked any more."""
# limit: 120

import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import LATCHKEY, Lines, run, scratch
from uhid import Device

data = scratch()


def latchkey_key(profile):
    command = [LATCHKEY, "emulate", "--uhid", "--store", "memory", "--approve", "always", "--profile", profile, "--json"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    ready = json.loads(Lines(process.stdout, None).next(60))
    return process, ready["addresses"][0]


for profile in ("device-bound", "ctap20-only", "u2f-only"):
    touched, node = latchkey_key(profile)
    with Device("Untouched") as untouched:
        keys = json.loads(run(LATCHKEY, "--data-dir", data, "key", "list", "--json"))
        assert len(keys) == 2, keys
        [wanted] = [key["id"] for key in keys if key["path"] == node]
        chosen = json.loads(run(LATCHKEY, "--data-dir", data, "key", "select", "--json"))
        assert chosen["id"] == wanted, (profile, chosen)
        assert untouched.cancelled.wait(10), "the key that nobody touched still waits"
    touched.terminate()
    touched.wait(20)
print("the key that was touched was chosen: CTAP 2.3, CTAP 2.0 and U2F")
