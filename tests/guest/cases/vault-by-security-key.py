#!/usr/bin/env python3
"""Security keys on the bus open the vault: two of them, each alone and both plugged in at once, through /dev/hidraw."""

import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import LATCHKEY, Plugged, new_vault

data, passphrase_file = new_vault()


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
