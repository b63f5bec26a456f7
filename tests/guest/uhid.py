"""HID devices made by hand through /dev/uhid: security keys that answer as a case says, whatever their names, serial
numbers and report sizes are."""

import os
import select
import struct
import threading

CREATE2, DESTROY, OUTPUT, INPUT2 = 11, 1, 6, 12
INIT, CBOR, CANCEL, KEEPALIVE = 0x06, 0x10, 0x11, 0x3B
CHANNEL = b"\0\0\0\7"

# {1: ["FIDO_2_1"], 3: sixteen zeros}
INFO = bytes.fromhex("00a20181684649444f5f325f310350") + bytes(16)


class Device:
    """A security key of this name, until the end of the `with` block. `answer(message)` gives the answer to a CTAP2
    message; None has the key wait for its person until the request is taken back."""

    def __init__(self, name, serial="", port="", size=64, answer=lambda message: INFO if message[0] == 4 else None):
        self.name, self.serial, self.port, self.size, self.answer = name, serial, port, size, answer
        self.waiting, self.cancelled, self.gone = threading.Event(), threading.Event(), False

    def __enter__(self):
        self.device = os.open("/dev/uhid", os.O_RDWR)
        self.plug()
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        os.write(self.device, struct.pack("=I", DESTROY))
        self.gone = True

    def plug(self):
        size = bytes([self.size])
        descriptor = (
            bytes.fromhex("06d0f10901a1010920150026ff00750895") + size + bytes.fromhex("8102")
            + bytes.fromhex("0921150026ff00750895") + size + bytes.fromhex("9102c0")
        )
        head = struct.pack("=I128s64s64s", CREATE2, self.name.encode(), self.port.encode(), self.serial.encode())
        numbers = struct.pack("=HHIIII", len(descriptor), 0x03, 0x1D50, 0x60FC, 0, 0)
        os.write(self.device, head + numbers + descriptor.ljust(4096, b"\0"))

    def serve(self):
        message, length = b"", 0
        while not self.gone:
            if not select.select([self.device], [], [], 0.2)[0]:
                continue
            event = os.read(self.device, 4380)
            if struct.unpack_from("=I", event)[0] != OUTPUT:
                continue
            size = struct.unpack_from("=H", event, 4 + 4096)[0]
            report = event[4 : 4 + size][1:]
            assert len(report) == self.size, report.hex()
            if report[4] & 0x80:
                channel, command = report[:4], report[4] & 0x7F
                length, message = int.from_bytes(report[5:7], "big"), report[7:]
            else:
                message += report[5:]
            if len(message) >= length:
                self.take(channel, command, message[:length])
        os.close(self.device)

    def take(self, channel, command, message):
        if command == INIT:
            # CTAPHID 2, of a device 1.2.3, that takes CBOR and nothing else.
            self.say(channel, INIT, message + CHANNEL + bytes([2, 1, 2, 3, 0x0C]))
        elif command == CANCEL:
            self.cancelled.set()
            # CTAP2_ERR_KEEPALIVE_CANCEL
            self.say(channel, CBOR, b"\x2d")
        elif command == CBOR:
            answer = self.answer(message)
            if answer is None:
                self.say(channel, KEEPALIVE, b"\2")
                self.waiting.set()
            else:
                self.say(channel, CBOR, answer)

    def say(self, channel, command, payload):
        first, rest = self.size - 7, self.size - 5
        reports = [channel + bytes([command | 0x80]) + len(payload).to_bytes(2, "big") + payload[:first]]
        further = range(first, len(payload), rest)
        reports += [channel + bytes([number]) + payload[at : at + rest] for number, at in enumerate(further)]
        for report in reports:
            report = report.ljust(self.size, b"\0")
            os.write(self.device, struct.pack("=IH", INPUT2, len(report)) + report)
