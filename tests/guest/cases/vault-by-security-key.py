#!/usr/bin/env python3
"""Security keys on the bus open the vault: two of them, each alone and both plugged in at once, through /dev/hidraw."""

import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import LATCHKEY, Lines, latchkey, new_vault, wait_for

data, passphrase_file = new_vault()


class Plugged:
    """A key of another process, in memory, until it is pulled out."""

    def __init__(self, profile):
        command = [LATCHKEY, "emulate", "--uhid", "--store", "memory", "--approve", "always", "--profile", profile, "--json"]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        ready = json.loads(Lines(self.process.stdout, None).next(60))
        assert ready["event"] == "ready", ready
        [self.node] = ready["addresses"]
        wait_for(lambda: pathlib.Path(self.node).exists(), "the key's node")

    def pull_out(self):
        self.process.terminate()
        self.process.wait(20)
        wait_for(lambda: not pathlib.Path(self.node).exists(), "the key to leave")


def vault(*arguments, secret=True):
    command = [str(LATCHKEY), "--data-dir", str(data), "--json"]
    command += ["--passphrase-file", str(passphrase_file)] if secret else []
    done = subprocess.run([*command, "vault", *arguments], capture_output=True, text=True, timeout=120)
    return done.returncode, json.loads(done.stdout if done.returncode == 0 else done.stderr.splitlines()[-1])


def opened_by(*arguments):
    code, status = vault("unlock", "--security-key", *arguments, secret=False)
    assert code == 0, status
    return status["openedBy"]["label"]


code, error = vault("slot", "add", "--security-key")
assert (code, error["error"]["code"]) == (6, "device-gone"), error

blue = Plugged("device-bound")
assert blue.node.startswith("/dev/hidraw"), blue.node
code, slots = vault("slot", "add", "--security-key", "--label", "blue")
assert code == 0 and [slot["kind"] for slot in slots] == ["passphrase", "security-key"], slots

green = Plugged("synced")
code, slots = vault("slot", "add", "--security-key", "--key", green.node, "--label", "green")
assert code == 0 and len(slots) == 3, slots

assert vault("lock", secret=False)[0] == 0
assert opened_by() in ("blue", "green"), "both are plugged in, and either may answer first"
assert opened_by("--key", blue.node) == "blue"
assert opened_by("--key", green.node) == "green"

blue.pull_out()
assert opened_by() == "green"
green.pull_out()
code, error = vault("unlock", "--security-key", secret=False)
assert (code, error["error"]["code"]) == (6, "device-gone"), error
print("two security keys opened the vault, together and alone")
