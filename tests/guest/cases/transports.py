#!/usr/bin/env python3
"""One key as a HID device, as a card and over TCP, in one program: each client finds the same key, and while one is
served the others are told that it is busy."""
# proves: transport-several, transport-uhid, nfc-select, hid-busy

import pathlib
import socket
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from fido2 import cbor
from fido2.ctap2 import Ctap2
from fido2.hid import CtapHidDevice

from support import Key, device, run, wait_for

pathlib.Path("/run/pcscd").mkdir(parents=True, exist_ok=True)
pcscd = subprocess.Popen(["pcscd", "--foreground"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def card(*apdus):
    """What opensc-tool gets for APDUs after SELECT; None while there is no card."""
    command = ["opensc-tool", "--reader", "0", "--send-apdu", "00A4040008A0000006472F000100"]
    for apdu in apdus:
        command += ["--send-apdu", apdu]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return done.stdout if "SW1=0x90" in done.stdout else None


class Tcp:
    def __init__(self, port):
        self.stream = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.channel = b"\xff" * 4
        self.channel = self.exchange(0x06, b"12345678")[15:19]

    def send(self, command, payload):
        head = self.channel + bytes([command | 0x80]) + len(payload).to_bytes(2, "big")
        reports = [head + payload[:57]]
        rest = [payload[at : at + 59] for at in range(57, len(payload), 59)]
        reports += [self.channel + bytes([number]) + part for number, part in enumerate(rest)]
        self.stream.sendall(b"".join(b"\0\x40" + report.ljust(64, b"\0") for report in reports))

    def receive(self):
        """The reports of one message."""
        reports = self.stream.recv(66, socket.MSG_WAITALL)[2:]
        rest = int.from_bytes(reports[5:7], "big") - 57
        for _ in range(0, rest, 59):
            reports += self.stream.recv(66, socket.MSG_WAITALL)[2:]
        return reports

    def exchange(self, command, payload):
        self.send(command, payload)
        return self.receive()


with Key("--nfc", "--tcp", "127.0.0.1:35970", profile="yubikey-5.7-like"):
    assert "FIDO_2_1" in run("fido2-token", "-I", device())
    assert "U2F_V2" in wait_for(lambda: card("80100000010400"), "the card to be in the reader")

    hid = next(CtapHidDevice.list_devices())
    rp, user = {"id": "example.com", "name": "Example"}, {"id": b"ada", "name": "ada"}
    made = Ctap2(hid).make_credential(bytes(32), rp, user, [{"type": "public-key", "alg": -7}])
    allow = [{"type": "public-key", "id": made.auth_data.credential_data.credential_id}]
    request = {1: "example.com", 2: bytes(32), 3: allow}
    message = b"\x02" + cbor.encode(request)
    tcp = Tcp(35970)
    answer = tcp.exchange(0x10, message)
    assert (answer[4], answer[7]) == (0x90, 0x00), answer.hex()
    # The card signs with it too: short APDUs, and status 00 before the answer's first member.
    assert "\n00 A" in card(f"80100000{len(message):02X}{message.hex()}00"), "no assertion by the card"

    # A lock of one transport holds off the others: CTAP status 06 by the card.
    assert tcp.exchange(0x04, b"\x0a")[4] == 0x84
    assert "\n06 " in card("80100000010400")
    assert tcp.exchange(0x04, b"\x00")[4] == 0x84
    assert "FIDO_2_1" in run("fido2-token", "-I", device())
pcscd.terminate()
