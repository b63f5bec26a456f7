"""A plugin of pytest: python-fido2 finds the key behind a socket, its board touches the sensor where it is told to, and
how every test ended is written down.

LATCHKEY_TCP is the key's address, LATCHKEY_CONTROLLER the board's, LATCHKEY_RESULTS the file of results: a JSON
object a line, `{"test", "outcome", "reason"}`."""

import json
import os
import socket
import struct
import urllib.request

import fido2.hid
import pytest
from fido2.hid.base import CtapHidConnection, HidDescriptor

ADDRESS = os.environ.get("LATCHKEY_TCP")


class SocketConnection(CtapHidConnection):
    """Reports in a stream, each behind its length as two big-endian bytes."""

    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self.stream = socket.create_connection((host, int(port)), timeout=60)
        self.stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def write_packet(self, data):
        self.stream.sendall(struct.pack(">H", len(data)) + data)

    def read_packet(self):
        (length,) = struct.unpack(">H", self._read(2))
        return self._read(length)

    def _read(self, length):
        data = b""
        while len(data) < length:
            part = self.stream.recv(length - len(data))
            if not part:
                raise OSError("the key ended the connection")
            data += part
        return data

    def close(self):
        self.stream.close()


def list_descriptors():
    with urllib.request.urlopen(os.environ["LATCHKEY_CONTROLLER"] + "/power", timeout=5) as answer:
        return [get_descriptor(ADDRESS)] if answer.read() == b"on" else []


def get_descriptor(path):
    return HidDescriptor(path, 0, 0, 64, 64, "Latchkey", None)


def open_connection(descriptor):
    return SocketConnection(descriptor.path)


# Before the suite's own conftest imports them by name.
if ADDRESS:
    fido2.hid.list_descriptors = list_descriptors
    fido2.hid.get_descriptor = get_descriptor
    fido2.hid.open_connection = open_connection


@pytest.fixture(autouse=True)
def stated_limit(request):
    """Without a limit the suite makes ids of no bytes, and its library writes those as lists: CBOR_UNEXPECTED_TYPE."""
    if request.node.name == "test_exclude_credentials_max" and not request.getfixturevalue("info").max_cred_id_length:
        pytest.skip("No maxCredentialIdLength is stated")


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef):
    """The suite asks its board for a touch, but for an enrolment only in print: the board reads that too."""
    board = yield
    if fixturedef.argname == "printer":
        printed = board.print

        def read(*messages):
            printed(*messages)
            if any("against the sensor" in str(message) for message in messages):
                board.touch()

        board.print = read
    return board


def pytest_runtest_logreport(report):
    # A test that was set up says how it ended when it is called; one that was not, when it is set up.
    if report.when == "call" or report.outcome != "passed":
        reason = report.longrepr[2] if report.outcome == "skipped" else report.longreprtext
        result = {"test": report.nodeid.removeprefix("tests/device/"), "outcome": report.outcome, "reason": reason}
        with open(os.environ["LATCHKEY_RESULTS"], "a") as results:
            results.write(json.dumps(result) + "\n")
