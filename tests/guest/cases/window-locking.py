#!/usr/bin/env python3
"""The window's vault locks with the session: its key leaves the bus, the window says why, and one click on the keyring
brings both back."""
# limit: 600

import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from login import log_in
from support import device, run, wait_for
from window import Desktop, Window

PASSPHRASE = "correct horse battery staple"

log_in()


def state(window):
    return window.attribute("vault-state", "data-state")


def locked(window, reason):
    """The vault is locked, the key is gone, and the window says why."""
    window.click("room-virtual-key")
    wait_for(lambda: state(window) == "locked", "the vault to be locked")
    assert device() is None, "the key is still there"
    assert window.attribute("lock-reason", "data-reason") == reason
    window.find("keys-away")


def unlocked(window):
    """One click, and the key is there again."""
    window.click("vault-unlock-keyring")
    wait_for(lambda: state(window) == "open", "the keyring to open the vault")
    wait_for(device, "the key's hidraw node")
    assert "FIDO_2_0" in run("fido2-token", "-I", device())


with Desktop(), Window() as window:
    window.type("vault-passphrase", PASSPHRASE)
    window.type("vault-passphrase-again", PASSPHRASE)
    window.click("vault-create")
    wait_for(lambda: state(window) == "open", "the vault to be open")
    window.click("vault-state")
    assert window.attribute("vault-memory", "data-closed") == "true"
    window.picture("vault")
    window.click("room-virtual-key")
    window.click("key-start-device-bound")
    wait_for(device, "the key's hidraw node")
    wait_for(lambda: "Latchkey" in run("systemd-inhibit", "--list", "--no-pager"), "sleep to wait for the window")

    run("loginctl", "lock-sessions")
    locked(window, "screen")
    window.picture("locked")
    run("loginctl", "unlock-sessions")
    time.sleep(2)
    assert state(window) == "locked" and device() is None, "the keyring opened the vault unasked"
    unlocked(window)

    # The signal of a screen saver, as GNOME's sends it; none of its own runs here.
    saver = ["dbus-send", "--session", "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver.ActiveChanged"]
    run(*saver, "boolean:true")
    locked(window, "screen")
    unlocked(window)

    # A choice in the settings counts at once.
    window.click("room-settings")
    window.click("auto-lock-screen")
    time.sleep(2)
    window.picture("settings")
    run(*saver, "boolean:true")
    time.sleep(2)
    assert state(window) == "open" and device()

    # Somebody locks it from the command line: only the passphrase opens it.
    run("latchkey", "vault", "lock")
    locked(window, "owner")
    window.type("vault-passphrase", PASSPHRASE)
    window.click("vault-unlock")
    wait_for(lambda: state(window) == "open", "the passphrase to open the vault")
    wait_for(device, "the key's hidraw node")
