#!/usr/bin/env python3
"""The longest messages there are, both ways: PING, and registrations whose answers carry keys and signatures of ML-DSA.

The kernel keeps 64 reports for a program that reads and drops what comes beyond, so the key has to pace what it sends.
It keeps 32 for the key; a program that writes more at once than getInfo states has to leave the key the time to take
them, as the bus does that a USB key hangs on."""
# proves: hid-ping, transport-uhid, profile-post-quantum

import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from fido2.ctap2 import Ctap2
from fido2.hid import CTAPHID, CtapHidDevice

from support import Key

LONGEST = 7609
# What a full-speed bus takes for a report.
FRAME = 0.001

with Key(profile="post-quantum"):
    device = next(CtapHidDevice.list_devices())
    write = device._connection.write_packet
    device._connection.write_packet = lambda packet: (write(packet), time.sleep(FRAME))
    for size in [57, 58, 1024, 4000, LONGEST]:
        for round in range(5):
            data = os.urandom(size)
            started = time.monotonic()
            assert device.call(CTAPHID.PING, data) == data, f"{size} bytes came back otherwise"
        print(f"PING of {size} bytes: {(time.monotonic() - started) * 1000:.0f} ms")

    ctap2 = Ctap2(device)
    for algorithm in [-50, -49, -48]:
        parameters = [{"type": "public-key", "alg": algorithm}]
        user = {"id": b"ada", "name": "ada"}
        made = ctap2.make_credential(bytes(32), {"id": "a.example", "name": "A"}, user, parameters)
        assert made.auth_data.credential_data.public_key[3] == algorithm
        print(f"algorithm {algorithm}: {len(made.auth_data)} bytes of authenticator data")
