#!/usr/bin/env python3
"""fido2-token on a key with a fingerprint sensor: enrol, list, name, delete; a finger verifies in place of the PIN."""
# proves: bio-enroll, bio-manage, bio-verify, profile-fingerprint

import base64
import hashlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import Key, device, run

PIN = "1234\n"


def templates(dev):
    """The enrolled templates as `fido2-token -L -e` prints them: `01: ID= name`."""
    return [line.split(": ", 1)[1].split(" ", 1) for line in run("fido2-token", "-L", "-e", dev, typed=PIN).splitlines()]


with Key(profile="fingerprint-key"):
    dev = device()
    info = run("fido2-token", "-I", dev)
    assert "nobioEnroll" in info and "nouv" in info and "fingerprint check" in info, info
    run("fido2-token", "-S", dev, typed=PIN + PIN)

    run("fido2-token", "-S", "-e", dev, typed=PIN)
    [[first, *_]] = templates(dev)
    info = run("fido2-token", "-I", dev)
    assert "nobioEnroll" not in info and "bioEnroll" in info and "nouv" not in info, info
    run("fido2-token", "-S", "-e", "-i", first, "-n", "left thumb", dev, typed=PIN)
    assert templates(dev) == [[first, "left thumb"]]

    # No PIN is typed: the finger says who is there.
    challenge = base64.b64encode(hashlib.sha256(b"finger").digest()).decode()
    made = run("fido2-cred", "-M", "-v", dev, "es256", typed=f"{challenge}\nlatchkey.example\nada\nYWRh\n")
    run("fido2-cred", "-V", "-v", "es256", typed=made)

    run("fido2-token", "-D", "-e", "-i", first, dev, typed=PIN)
    assert "INVALID_OPTION" in run("fido2-token", "-L", "-e", dev, typed=PIN, fails=True), "none is enrolled"
    assert "nobioEnroll" in run("fido2-token", "-I", dev)
