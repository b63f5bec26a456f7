#!/usr/bin/env python3
"""The command line manages a key on the bus: it is found, named and shown, its PIN and settings are changed, and it is
reset after a real replug; fido2-token and python-fido2 see the same each time."""

import json
import os
import pathlib
import pty
import subprocess
import sys
import termios

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from fido2.ctap2 import Ctap2
from fido2.hid import CtapHidDevice

from support import LATCHKEY, Key, Lines, device, latchkey, new_vault, run, scratch

data, passphrase_file = new_vault()
mine = scratch() / "mine"
pins = {}
for name, pin in {"first": "12345678", "second": "87654321", "wrong": "00000000"}.items():
    pins[name] = mine.parent / name
    pins[name].write_text(pin + "\n")


def key(*args, fails=False):
    if not fails:
        return latchkey("key", *args, data=mine)
    said = run(LATCHKEY, "--data-dir", mine, "key", *args, "--json", fails=True)
    return json.loads(said.splitlines()[-1])["error"]


def plugged(profile):
    return Key(profile=profile, data=data, passphrase_file=passphrase_file)


def typing(*args, answers):
    """The command line on a terminal of its own, each prompt answered as it comes: exit code, what was shown, and
    whether the terminal shows again what is typed."""
    process, terminal = pty.fork()
    if process == 0:
        os.execv(LATCHKEY, [str(part) for part in [LATCHKEY, "--data-dir", mine, "key", *args]])
    shown, rest = "", list(answers)
    while True:
        if rest and rest[0][0] in shown.rsplit("\n", 1)[-1]:
            os.write(terminal, rest.pop(0)[1].encode())
            shown += "\n"
        try:
            shown += os.read(terminal, 4096).decode()
        except OSError:
            break
    echoes = bool(termios.tcgetattr(terminal)[3] & termios.ECHO)
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    print(f"$ key {' '.join(args)}\n{shown}", flush=True)
    os.close(terminal)
    return code, shown, echoes


def same_story():
    """getInfo as python-fido2 reads it, beside ours."""
    told, theirs = key("info"), Ctap2(next(CtapHidDevice.list_devices())).info
    assert told["versions"] == theirs.versions, told
    assert told["extensions"] == theirs.extensions, told
    assert told["aaguid"] == str(theirs.aaguid), told
    assert told["options"] == theirs.options, told
    assert told["maxMsgSize"] == theirs.max_msg_size, told
    assert told["pinUvAuthProtocols"] == theirs.pin_uv_protocols, told
    assert told["transports"] == theirs.transports, told
    assert told["minPINLength"] == theirs.min_pin_length, told
    assert [alg["alg"] for alg in told["algorithms"]] == [alg["alg"] for alg in theirs.algorithms], told
    assert told.get("firmwareVersion") == theirs.firmware_version, told
    return told


assert key("list") == [], "nothing is plugged in"
error = key("info", fails=True)
assert error["code"] == "device-gone", error

with plugged("yubikey-5.7-like") as there:
    [listed] = key("list")
    assert (listed["path"], listed["transport"]) == (device(), "usb"), listed
    assert isinstance(listed["vendorId"], int) and listed["aaguid"], listed
    first_id = listed["id"]
    key("label", "Desk", "--colour", "green")
    [listed] = key("list")
    assert (listed["name"], listed["colour"], listed["id"]) == ("Desk", "green", first_id), listed
    key("wink", "--key", "desk")
    there.event("wink")
    assert key("select")["id"] == first_id
    same_story()

    assert key("pin", "status")["state"] == "not-set"
    assert "noclientPin" in run("fido2-token", "-I", device())
    key("pin", "set", "--new-pin-file", pins["first"])
    shown = run("fido2-token", "-I", device())
    assert "noclientPin" not in shown and "pin retries: 8" in shown, shown
    run("fido2-token", "-C", device(), typed="00000000\n87654321\n87654321\n", fails=True)
    assert key("pin", "status")["triesLeft"] == 7, "their mistake is our count"
    error = key("pin", "change", "--pin-file", pins["wrong"], "--new-pin-file", pins["second"], fails=True)
    assert (error["code"], error["triesLeft"]) == ("wrong-secret", 6), error
    assert "pin retries: 6" in run("fido2-token", "-I", device())
    key("pin", "change", "--pin-file", pins["first"], "--new-pin-file", pins["second"])
    run("fido2-token", "-C", device(), typed="87654321\n12345678\n12345678\n")

    code, shown, _ = typing(
        "pin", "change",
        answers=[
            ("PIN (8 tries left): ", "00000000\n"),
            ("New PIN: ", "12345678\n"),
            ("The same again: ", "12345678\n"),
            ("PIN (7 tries left): ", "12345678\n"),
        ],
    )
    assert code == 0 and "4 to 63 characters" in shown and "8 tries are left" in shown, (code, shown)
    assert "00000000" not in shown and "12345678" not in shown, "no PIN is shown"
    code, shown, echoes = typing("pin", "change", answers=[("PIN (8 tries left): ", "\x03")])
    assert (code, echoes) == (4, True), (code, echoes, shown)

    first = ["--pin-file", pins["first"]]
    key("config", "always-uv", "on", *first)
    shown = run("fido2-token", "-I", device())
    assert "alwaysUv" in shown and "noalwaysUv" not in shown, shown
    key("config", "always-uv", "off", *first)
    assert "noalwaysUv" in run("fido2-token", "-I", device())
    assert key("config", "min-pin-length", "6", *first, fails=True)["code"] == "usage", "only a reset undoes it"
    key("config", "min-pin-length", "6", "--yes", *first)
    assert "minpinlen: 6" in run("fido2-token", "-I", device())
    key("config", "force-pin-change", *first)
    assert "pin change required: true" in run("fido2-token", "-I", device())
    assert key("pin", "status")["state"] == "must-change"
    same_story()


class Reset:
    """`key reset --json`, step by step."""

    def __init__(self):
        command = [LATCHKEY, "--data-dir", mine, "key", "reset", "--confirm", "reset Desk", "--json"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines = Lines(self.process.stdout, "reset")
        self.step("remove")

    def step(self, name):
        step = json.loads(self.lines.next(60))
        assert step["step"] == name, step
        return step


with plugged("yubikey-5.7-like"):
    [listed] = key("list")
    assert (listed["id"], listed["name"]) == (first_id, "Desk"), "known again after a replug"
    reset = Reset()
reset.step("insert")
with plugged("tiny") as other:
    assert reset.process.wait(60) == 4, "another key is sent nothing"
    error = json.loads(reset.process.stderr.read().splitlines()[-1])["error"]
    assert error["message"].startswith("Another key came back"), error

with plugged("yubikey-5.7-like"):
    assert key("pin", "status")["state"] == "must-change", "nothing was erased"
    reset = Reset()
reset.step("insert")
with plugged("yubikey-5.7-like"):
    assert 0 < reset.step("touch")["secondsLeft"] <= 10
    done = reset.step("done")
    assert (done["sameKey"], done["erased"], done["pinSet"]) == (True, True, False), done
    assert reset.process.wait(20) == 0
    shown = run("fido2-token", "-I", device())
    assert "noclientPin" in shown and "minpinlen: 6" not in shown, shown
    assert key("list")[0]["name"] == "Desk", "the label is the person's, not the key's"
    same_story()

print("a key was found, named, set up and reset by the command line")
