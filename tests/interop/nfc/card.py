"""python-fido2 over PC/SC and opensc-tool against the key as a card: see `run`."""
# proves: nfc-select, nfc-chaining, nfc-extended, nfc-ctap2
# proves: nfc-get-response-ctap, transport-several, trace-replay, u2f-register, u2f-authenticate, u2f-version

import hashlib
import json
import os
import pathlib
import pty
import socket
import subprocess
import tempfile
import threading
import time

from fido2 import cbor
from fido2.ctap import STATUS, CtapError
from fido2.ctap1 import ApduError, Ctap1
from fido2.ctap2 import Ctap2
from fido2.pcsc import CtapPcscDevice
from fido2.webauthn import AttestationObject

ROOT = pathlib.Path(__file__).resolve().parents[3]
LATCHKEY = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "latchkey"
CHALLENGE, APPLICATION = hashlib.sha256(b"challenge").digest(), hashlib.sha256(b"example.com").digest()
RP, USER = {"id": "example.com", "name": "Example"}, {"id": b"user", "name": "alice"}
ES256 = [{"type": "public-key", "alg": -7}]
SELECT = "00A4040008A0000006472F000100"
SEED = "ca4d" * 16


class Pcscd:
    """pcscd with its virtual reader."""

    def __enter__(self):
        self.process = subprocess.Popen(["pcscd", "--foreground"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


class Key:
    """`latchkey emulate --nfc`, with everything approved, or by a person who reads each question for two seconds."""

    def __init__(self, profile, *links, person=False):
        self.options = ["--profile", profile, "--nfc", *links, "--approve", "ask" if person else "always"]
        self.person = person
        self.asked = []

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="latchkey-")
        terminal, screen = pty.openpty()
        command = ["--data-dir", self.folder.name, "emulate", "--json", "--store", "memory", *self.options]
        self.process = subprocess.Popen(
            [LATCHKEY, *command],
            stdin=screen, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        self.addresses = dict(of.split(":", 1) for of in json.loads(self.process.stdout.readline())["addresses"])
        assert self.addresses["nfc"] == "127.0.0.1:35963"
        threading.Thread(target=self.answer, args=(terminal,), daemon=True).start()
        return self

    def answer(self, terminal):
        for line in self.process.stdout:
            event = json.loads(line)
            if event["event"] == "prompt":
                self.asked.append(event["kind"])
                time.sleep(2)
                os.write(terminal, b"y\n")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()


def card():
    """The card, once pcscd has seen it."""
    limit = time.monotonic() + 20
    while time.monotonic() < limit:
        try:
            for device in CtapPcscDevice.list_devices():
                return device
        except Exception as error:  # pyscard's own kinds, while pcscd starts
            last = error
        else:
            last = "no reader has a card with the FIDO application"
        time.sleep(0.2)
    raise TimeoutError(last)


def opensc(*apdus):
    """What opensc-tool gets for each of the APDUs."""
    command = ["opensc-tool", "--reader", "0"]
    for apdu in apdus:
        command += ["--send-apdu", apdu]
    done = subprocess.run(command, capture_output=True, text=True)
    output = done.stdout + done.stderr
    assert done.returncode == 0 and output.count("Received (SW1=0x90, SW2=0x00)") == len(apdus), output
    return output


def both_protocols():
    device = card()
    assert device.version == 2, device.version
    ctap2 = Ctap2(device)
    assert {"U2F_V2", "FIDO_2_0"} <= set(ctap2.info.versions), ctap2.info.versions
    made = ctap2.make_credential(CHALLENGE, RP, USER, ES256)
    assert made.auth_data.rp_id_hash == APPLICATION
    credential = made.auth_data.credential_data
    assertion = ctap2.get_assertion("example.com", CHALLENGE, [{"type": "public-key", "id": credential.credential_id}])
    assertion.verify(CHALLENGE, credential.public_key)

    ctap1 = Ctap1(device)
    assert ctap1.get_version() == "U2F_V2"
    registration = ctap1.register(CHALLENGE, APPLICATION)
    registration.verify(APPLICATION, CHALLENGE)
    signed = ctap1.authenticate(CHALLENGE, APPLICATION, registration.key_handle)
    assert signed.user_presence == 1
    signed.verify(APPLICATION, CHALLENGE, registration.public_key)
    # A credential of CTAP2 signs in by U2F.
    ctap1.authenticate(CHALLENGE, APPLICATION, credential.credential_id)
    try:
        ctap1.authenticate(CHALLENGE, APPLICATION, b"x" * 64)
        raise AssertionError("a key handle of nobody signs")
    except ApduError as error:
        assert error.code == 0x6A80, hex(error.code)
    # A registration of U2F signs in by CTAP2.
    ctap2.get_assertion("example.com", CHALLENGE, [{"type": "public-key", "id": registration.key_handle}])
    device.close(release=True)
    print("both protocols: getInfo, makeCredential, getAssertion, register, authenticate, version")


def long_messages():
    """Over 256 bytes both ways, by extended APDUs and by chaining."""
    device = card()
    allow = [{"type": "public-key", "id": bytes([n]) * 60} for n in range(8)]
    for extended in [True, False]:
        device.use_ext_apdu = extended
        ctap2 = Ctap2(device)
        made = ctap2.make_credential(CHALLENGE, RP, USER, ES256, exclude_list=allow)
        attestation = AttestationObject.create(made.fmt, made.auth_data, made.att_stmt)
        assert len(attestation) > 256, len(attestation)
        try:
            ctap2.get_assertion("example.com", CHALLENGE, allow)
            raise AssertionError("a credential of nobody signs")
        except CtapError as error:
            assert error.code == CtapError.ERR.NO_CREDENTIALS
        registration = Ctap1(device).register(CHALLENGE, APPLICATION)
        registration.verify(APPLICATION, CHALLENGE)
        assert len(registration) > 256, len(registration)
    device.close(release=True)
    print("long messages: extended APDUs, and chains of short ones")


def by_opensc():
    received = opensc(SELECT, "80100000010400", "0003000000")
    assert received.count("U2F_V2") >= 2 and "hmac-se" in received, received
    print("opensc-tool: SELECT, getInfo, U2F_VERSION")


def a_person_takes_their_time(key):
    device = card()
    heard = []
    for polls in [True, False]:
        device.use_nfcctap_getresponse = polls
        heard.clear()
        started = time.monotonic()
        Ctap2(device).make_credential(CHALLENGE, RP, USER, ES256, on_keepalive=heard.append)
        assert time.monotonic() - started > 2
        assert heard == ([STATUS.UPNEEDED] if polls else []), heard
    Ctap1(device).register(CHALLENGE, APPLICATION).verify(APPLICATION, CHALLENGE)

    # The client takes its request back.
    device.use_nfcctap_getresponse = True
    cancel = threading.Event()
    try:
        Ctap2(device).make_credential(CHALLENGE, RP, USER, ES256, event=cancel, on_keepalive=lambda _: cancel.set())
        raise AssertionError("a cancelled request made a credential")
    except CtapError as error:
        assert error.code == CtapError.ERR.KEEPALIVE_CANCEL, error
    assert key.asked == ["register"] * 4, key.asked
    device.close(release=True)
    print("a person takes their time: keepalives, waiting, cancel")


def two_transports(key):
    """The same key as a card and over TCP: what one makes, the other signs with."""
    device = card()
    made = Ctap2(device).make_credential(CHALLENGE, RP, USER, ES256)
    host, port = key.addresses["tcp"].rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=20) as stream:
        def exchange(channel, command, payload):
            head = channel + bytes([command | 0x80]) + len(payload).to_bytes(2, "big")
            report = (head + payload[:57]).ljust(64, b"\0")
            rest = [payload[at : at + 59] for at in range(57, len(payload), 59)]
            reports = [report] + [(channel + bytes([n]) + part).ljust(64, b"\0") for n, part in enumerate(rest)]
            stream.sendall(b"".join(b"\0\x40" + report for report in reports))
            stream.recv(2, socket.MSG_WAITALL)
            return stream.recv(64, socket.MSG_WAITALL)

        channel = exchange(b"\xff" * 4, 0x06, b"12345678")[15:19]
        allow = [{"id": made.auth_data.credential_data.credential_id, "type": "public-key"}]
        request = b"\x02" + cbor.encode({1: "example.com", 2: CHALLENGE, 3: allow})
        answer = exchange(channel, 0x10, request)
        assert (answer[4], answer[7]) == (0x90, 0x00), answer.hex()
    # The card's counter is the same one.
    credential = made.auth_data.credential_data
    allow = [{"type": "public-key", "id": credential.credential_id}]
    assertion = Ctap2(device).get_assertion("example.com", CHALLENGE, allow)
    assert assertion.auth_data.counter == made.auth_data.counter + 2, assertion.auth_data
    device.close(release=True)
    print("two transports: one key")


with Key("yubikey-5.7-like", "--tcp", "127.0.0.1:0") as key:
    with Pcscd():
        two_transports(key)
        both_protocols()
        long_messages()
        by_opensc()
    with Pcscd():
        device = card()
        assert Ctap2(device).info.versions
        device.close(release=True)
        print("pcscd started anew: the card is back")
with Key("yubikey-5.7-like", person=True) as key, Pcscd():
    a_person_takes_their_time(key)
with Key("u2f-only"), Pcscd():
    device = card()
    assert Ctap1(device).get_version() == "U2F_V2"
    try:
        Ctap2(device)
        raise AssertionError("a U2F key answers getInfo")
    except (CtapError, ValueError) as error:
        print(f"u2f-only: no CTAP2 ({error})")
    device.close(release=True)
with tempfile.TemporaryDirectory(prefix="latchkey-") as folder:
    trace = os.path.join(folder, "run.trace")
    with Key("yubikey-5.7-like", "--seed", SEED, "--trace", trace, "--trace-secrets"):
        for _ in range(2):
            with Pcscd():
                both_protocols()
                long_messages()
                by_opensc()
    command = [LATCHKEY, "trace", "replay", trace, "--seed", SEED, "--json"]
    replay = json.loads(subprocess.run(command, stdout=subprocess.PIPE).stdout)
    assert replay["difference"] is None and replay["messages"] > 20, replay
    print(f"the same again from its trace: {replay['messages']} responses, {replay['bytes']} bytes")
