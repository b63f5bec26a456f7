#!/usr/bin/env python3
"""Keys that come and go are told of by the kernel's word, soon; each is itself and no other, also with the serial number
of another and at the node of another, and whatever the size of its reports is."""
# limit: 120

import json
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import BUILT, LATCHKEY, Lines, run, scratch
from uhid import Device

data = scratch()
watching = subprocess.Popen(
    [LATCHKEY, "--data-dir", data, "key", "list", "--watch", "--json"], stdout=subprocess.PIPE, text=True
)
told = Lines(watching.stdout, "watch")


def event():
    return json.loads(told.next(10))


def listed():
    return json.loads(run(LATCHKEY, "--data-dir", data, "key", "list", "--json"))


# The first event means that it watches by now; those after it are timed, from before the device is made.
with Device("Slow starter"):
    assert event()["name"] == "Slow starter"
assert event()["event"] == "unplugged"

times = []
for name in ("Blue", "Green", "Red", "Grey", "Pink"):
    plugged = time.monotonic()
    with Device(name, serial="1000000000", port="usb-1/input0"):
        key = event()
        times.append(time.monotonic() - plugged)
        assert (key["event"], key["name"], key["transport"]) == ("plugged", name, "usb"), key
    gone = event()
    assert gone == {"event": "unplugged", "path": key["path"]}, gone
shown = ", ".join(f"{1000 * seconds:.1f}" for seconds in times)
print(f"from plug to name: {shown} ms; the longest is {1000 * max(times):.1f} ms")
assert max(times) < 2, "seconds from plug to name"

# Two of one maker who gives all of his keys the same serial number.
one = Device("Only", serial="1000000000", port="usb-1/input0")
two = Device("Only", serial="1000000000", port="usb-2/input0")
with one, two:
    first, second = event(), event()
    assert first["path"] != second["path"], (first, second)
    both = listed()
    assert len({key["id"] for key in both}) == 2, both
    assert all(key["alike"] and key["serial"] == "1000000000" and key["versions"] == ["FIDO_2_1"] for key in both), both
assert {event()["path"], event()["path"]} == {first["path"], second["path"]}

# A key that is found, and another in its place before it is opened: with the same names, number, port and node.
SAME_KEY = BUILT / "examples" / "same_key"
assert SAME_KEY.exists(), "cargo build -p security-key --features hidapi --examples"
for swapped in (False, True):
    found = Device("Only", serial="1000000000", port="usb-1/input0")
    with found:
        path = event()["path"]
        opener = subprocess.Popen([SAME_KEY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert opener.stdout.readline().strip() == path
        if not swapped:
            assert opener.communicate("\n", timeout=20)[0] == "opened\n"
    event()
    if swapped:
        with Device("Only", serial="1000000000", port="usb-1/input0"):
            assert event()["path"] == path
            said = opener.communicate("\n", timeout=20)[0]
            assert f"another key is at {path} now" in said, said
        event()

# Reports of other sizes, short ones among them in which a message is many; a name that would turn the line around.
for size in (8, 20, 32):
    with Device(f"Size \u202e{size}\u200b", size=size):
        assert event()["name"] == f"Size {size}"
        [key] = listed()
        assert key["versions"] == ["FIDO_2_1"] and "error" not in key, key
    event()
with Device("Size 7", size=7):
    event()
    [key] = listed()
    assert "8 to 64 bytes" in key["error"]["message"], key
event()
watching.terminate()
