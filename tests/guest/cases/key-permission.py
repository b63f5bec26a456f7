#!/usr/bin/env python3
"""A user who may not open a key is told so, with the rule that helps; the rule lets the user at this computer in."""
# limit: 120

import json
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import LATCHKEY, ROOT, run, scratch, wait_for
from uhid import Device

NOBODY = 65534
data = scratch()
os.chown(data, NOBODY, NOBODY)
# Nobody may not look into the folder that Latchkey was built in.
program = shutil.copy(LATCHKEY, "/run/latchkey")
os.chmod(program, 0o755)


def as_nobody(*arguments):
    command = [program, "--data-dir", data, *arguments]
    return subprocess.run(
        command, user=NOBODY, group=NOBODY, extra_groups=[], capture_output=True, text=True, timeout=60, cwd="/"
    )


def tags(node):
    return run("udevadm", "info", "--query=property", node)


with Device("Blue"):
    wait_for(lambda: os.path.exists("/dev/hidraw0"), "the key's node")
    done = as_nobody("key", "wink")
    print(done.stdout, done.stderr)
    assert done.returncode == 6, done
    assert "/dev/hidraw0" in done.stderr and "70-latchkey.rules" in done.stderr and "/etc/udev/rules.d" in done.stderr

    # It is listed all the same, with the reason.
    done = as_nobody("key", "list", "--json")
    [key] = json.loads(done.stdout)
    assert (key["name"], key["error"]["code"]) == ("Blue", "no-permission"), key

# Without the system's own rule for security keys, as on systems that have none, ours alone lets the user in.
pathlib.Path("/etc/udev/rules.d/70-uaccess.rules").symlink_to("/dev/null")
run("udevadm", "control", "--reload")
with Device("Green"):
    wait_for(lambda: "ID_FIDO_TOKEN=1" in tags("/dev/hidraw0"), "udev to know the key")
    assert "uaccess" not in tags("/dev/hidraw0")
shutil.copy(ROOT / "packaging/70-latchkey.rules", "/etc/udev/rules.d/")
run("udevadm", "control", "--reload")
with Device("Red"):
    wait_for(lambda: ":uaccess:" in tags("/dev/hidraw0"), "the rule to take hold")
print("a user without permission was told what to do, and the rule does it")
