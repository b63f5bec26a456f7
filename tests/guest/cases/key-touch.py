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


class Touched:
    """A key that waits for a finger."""

    def __init__(self, profile):
        command = [LATCHKEY, "emulate", "--uhid", "--store", "memory", "--approve", "touch", "--control", "-"]
        command += ["--profile", profile, "--json"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.node = json.loads(Lines(self.process.stdout, None).next(60))["addresses"][0]

    def touch(self):
        self.process.stdin.write("touch on\n")
        self.process.stdin.flush()

    def pull_out(self):
        self.process.terminate()
        self.process.wait(20)


for profile in ("device-bound", "ctap20-only", "u2f-only"):
    key = Touched(profile)
    with Device("Untouched") as untouched:
        keys = json.loads(run(LATCHKEY, "--data-dir", data, "key", "list", "--json"))
        assert len(keys) == 2, keys
        [wanted] = [listed["id"] for listed in keys if listed["path"] == key.node]
        command = [LATCHKEY, "--data-dir", data, "key", "select", "--json"]
        choosing = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert untouched.waiting.wait(20), "the other key was not asked"
        key.touch()
        chosen = json.loads(choosing.communicate(timeout=20)[0])
        assert chosen["id"] == wanted, (profile, chosen)
        assert untouched.cancelled.wait(10), "the key that nobody touched still waits"
    key.pull_out()
print("the key that was touched was chosen: CTAP 2.3, CTAP 2.0 and U2F")
