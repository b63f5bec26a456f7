#!/usr/bin/env python3
"""The vault locks with the session and before sleep, as a real logind tells it, and by itself when nobody uses it. Its key
leaves the bus each time, for programs that have it open too, and comes back when the vault is unlocked."""
# limit: 600

import json
import os
import pathlib
import socket
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from login import log_in, since_boot, sleep_for
from support import Key, device, latchkey, new_vault, run, wait_for

log_in()
data, passphrase_file = new_vault()
control = data / "control"


def settings(**auto_lock):
    (data / "settings.json").write_text(json.dumps({"autoLock": auto_lock}))


def unlock():
    """A person who asks for it."""
    with socket.socket(socket.AF_UNIX) as commands:
        commands.connect(str(control))
        commands.sendall(b"unlock\n")
        assert json.loads(commands.recv(4096)) == {"faults": []}


def left(key, reason):
    """The key says why it left, and is gone, also for who had it open."""
    locked = key.event("locked")
    assert locked == {"event": "locked", "key": "device-bound", "reason": reason}, locked
    assert device() is None, "the node is still there"


def back(key):
    key.event("ready")
    wait_for(device, "the key's hidraw node")
    assert "FIDO_2_0" in run("fido2-token", "-I", device())


settings(idleMinutes=0)
with Key("--control", str(control), data=data, passphrase_file=passphrase_file) as key:
    wait_for(lambda: "Latchkey" in run("systemd-inhibit", "--list", "--no-pager"), "sleep to wait for the vault")
    [held] = [line.split() for line in run("systemd-inhibit", "--list", "--no-pager").splitlines() if "Latchkey" in line]
    assert "sleep" in held and "delay" in held, held

    # The screen locks.
    client = os.open(device(), os.O_RDWR)
    run("loginctl", "lock-sessions")
    left(key, "screen")
    try:
        os.write(client, bytes(65))
        raise AssertionError("a client that had the key open still writes to it")
    except OSError as error:
        print("the open node:", error, flush=True)
    os.close(client)
    # Unlocking the screen does not unlock the vault, unless somebody chose so.
    run("loginctl", "unlock-sessions")
    time.sleep(2)
    assert device() is None
    unlock()
    back(key)

    settings(idleMinutes=0, reopen="screen")
    run("loginctl", "lock-sessions")
    left(key, "screen")
    run("loginctl", "unlock-sessions")
    back(key)

    # The computer sleeps: the key left before, not after.
    settings(idleMinutes=0)
    wakes = sleep_for(15)
    left(key, "sleep")
    assert since_boot() < wakes, "the vault was locked after the computer woke"
    wait_for(lambda: since_boot() > wakes, "the computer to wake")
    unlock()
    back(key)
    # It holds the next sleep too.
    wakes = sleep_for(15)
    left(key, "sleep")
    assert since_boot() < wakes, "the vault was locked after the computer woke the second time"
    wait_for(lambda: since_boot() > wakes, "the computer to wake again")
    unlock()
    back(key)

    # Sleep alone does not lock where nobody wants that, but it is no use either.
    settings(idleMinutes=1, sleep=False)
    time.sleep(2)
    run("fido2-token", "-I", device())
    slept = time.monotonic()
    wakes = sleep_for(75)
    left(key, "idle")
    assert since_boot() > wakes - 2, "it left while the computer had not slept yet"
    assert time.monotonic() - slept < 60, "this clock counts sleep: nothing is shown"

    # Locked by its owner for every program, a passphrase given anywhere brings it back.
    unlock()
    back(key)
    settings(idleMinutes=0, reopen="passphrase")
    time.sleep(2)
    run("loginctl", "lock-sessions")
    left(key, "screen")
    error = run("latchkey", "--data-dir", data, "passkey", "list", "--json", fails=True)
    assert json.loads(error)["error"]["code"] == "locked", error
    latchkey("vault", "unlock", data=data, passphrase_file=passphrase_file)
    back(key)
