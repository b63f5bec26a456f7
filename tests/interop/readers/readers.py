"""Our client of security keys at readers, against keys as cards, and beside other programs with readers: see `run`."""
# proves: nfc-select, nfc-chaining, nfc-extended, nfc-ctap2, nfc-get-response-ctap

import contextlib
import json
import os
import pathlib
import pty
import subprocess
import tempfile
import threading
import time

from fido2.ctap2 import Ctap2
from fido2.pcsc import CtapPcscDevice
from smartcard.scard import SCARD_SHARE_EXCLUSIVE
from smartcard.System import readers as smartcard_readers

from between import Between, ByteByByte, NoExtendedReader, ShortLengths

ROOT = pathlib.Path(__file__).resolve().parents[3]
DEBUG = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug"
LATCHKEY, ON_READER = DEBUG / "latchkey", DEBUG / "examples" / "on_reader"
# The two readers of vpcd, and where it listens for their cards.
FIRST, SECOND = "Virtual PCD 00 00", "Virtual PCD 00 01"
PORTS = {FIRST: 35963, SECOND: 35964}
EMPTY = [f"{FIRST}: Nothing", f"{SECOND}: Nothing"]
EXTENDED_GET_INFO = bytes.fromhex("80108000000001040000")
LIMIT = 20


@contextlib.contextmanager
def pcscd():
    process = subprocess.Popen(["pcscd", "--foreground"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


class Key:
    """A key on a reader. Its person says yes to each question after a while."""

    def __init__(self, profile, reader=FIRST, person=1, port=None):
        self.reader, self.person, self.asked = reader, person, []
        self.folder = tempfile.TemporaryDirectory(prefix="latchkey-")
        place = f"127.0.0.1:{port or PORTS[reader]}"
        self.options = ["--profile", profile, "--nfc", "--vpcd", place, "--approve", "ask"]

    def __enter__(self):
        terminal, screen = pty.openpty()
        command = ["--data-dir", self.folder.name, "emulate", "--json", "--store", "memory", *self.options]
        self.process = subprocess.Popen(
            [LATCHKEY, *command], stdin=screen, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.process.stdout.readline()
        threading.Thread(target=self.answer, args=(terminal,), daemon=True).start()
        return self

    def answer(self, terminal):
        for line in self.process.stdout:
            event = json.loads(line)
            if event["event"] == "prompt":
                self.asked.append(event["kind"])
                if self.person is not None:
                    time.sleep(self.person)
                    os.write(terminal, b"y\n")

    def take_away(self):
        self.process.kill()
        self.process.wait()

    def __exit__(self, *_):
        self.take_away()
        self.folder.cleanup()


def on_reader(*arguments, typed=""):
    """What our client says: its lines, and what went wrong."""
    command = [ON_READER, *arguments]
    done = subprocess.run(command, input=typed, capture_output=True, text=True, timeout=90)
    return done.stdout.splitlines(), done.stderr


def well(*arguments, **options):
    lines, wrong = on_reader(*arguments, **options)
    assert not wrong, wrong
    return lines


def fails(expected, *arguments, **options):
    _, wrong = on_reader(*arguments, **options)
    sentence, _, hint = wrong.partition("\n")
    assert expected in sentence and hint.strip(), wrong
    return sentence


def latchkey_key(*arguments, typed=""):
    """What `latchkey key` says."""
    with tempfile.TemporaryDirectory(prefix="latchkey-") as folder:
        command = [LATCHKEY, "--data-dir", folder, "key", *arguments, "--json"]
        return subprocess.run(command, input=typed, capture_output=True, text=True, timeout=60)


def listed(*what, **options):
    done = latchkey_key(*what, "list", **options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def until(what, condition):
    limit = time.monotonic() + LIMIT
    while time.monotonic() < limit:
        if condition():
            return
        time.sleep(0.2)
    raise TimeoutError(what)


def until_there(*readers):
    lines = lambda: on_reader("readers")[0]
    until(f"a key on {readers}", lambda: all(any(of in line and "Key" in line for line in lines()) for of in readers))


def without_pcsc():
    """Where no library is, and where nothing serves: the program starts and says so."""
    needed = subprocess.run(["readelf", "--dynamic", LATCHKEY], capture_output=True, text=True, check=True).stdout
    assert "libc.so" in needed and "pcsclite" not in needed, needed
    fails("The service for smart card readers is not running", "readers")
    fails("The service for smart card readers is not running", "info", FIRST)
    assert listed() == []

    libraries = pathlib.Path(subprocess.check_output(["ldconfig", "-p"], text=True)
                             .split("libpcsclite.so.1 ")[1].split("=> ")[1].split("\n")[0]).parent
    with tempfile.TemporaryDirectory(prefix="latchkey-") as folder:
        hide = f"""
            mount -t tmpfs tmpfs {folder} && mkdir {folder}/upper {folder}/work
            options=lowerdir={libraries},upperdir={folder}/upper,workdir={folder}/work,userxattr
            mount -t overlay overlay -o $options {libraries} && rm {libraries}/libpcsclite.so*
            {LATCHKEY} --version && {LATCHKEY} --data-dir {folder}/data key list --json
            {ON_READER} readers
        """
        done = subprocess.run(["unshare", "--mount", "bash", "-c", hide], capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("latchkey ") and done.stdout.endswith("[]\n"), done
    assert "library for smart card readers cannot be opened: libpcsclite.so.1" in done.stderr, done
    assert "Install pcscd" in done.stderr, done
    print("without PC/SC: the program starts, and says what is missing")


def empty_readers():
    until("readers", lambda: on_reader("readers")[0] == EMPTY)
    fails("No card is on the reader", "info", FIRST)
    fails("No smart card reader is called “Nobody”", "info", "Nobody")
    wrong = json.loads(latchkey_key("--key", f"pcsc:{FIRST}", "credential", "list").stderr)["error"]
    assert wrong["code"] == "device-gone" and "No card" in wrong["message"] and wrong["hint"], wrong
    print("empty readers, and one that is not there: told apart")


def a_whole_story(key):
    lines = well("story", key.reader, typed="1234567\n")
    told = [line for line in lines if line != "Processing"]
    assert told[0] == 'clientPin Some(("clientPin", true))', lines
    assert told.count("UpNeeded") >= 2, lines
    told = [line for line in told if line != "UpNeeded"]
    assert told[1:] == ["made", "signed by the same true", 'at "example.com": 1'], lines
    assert key.asked == ["register", "authenticate"], key.asked
    list = listed("--key", key.reader, "--pin-file", "-", "credential", typed="1234567\n")
    assert [(of["rpId"], of["userName"]) for of in list["credentials"]] == [("example.com", "alice")], list
    print("a whole story: PIN, passkey with a touch, sign-in with a touch, list")


def other_cards_and_readers():
    """With contacts, by T=1 and T=0, and where extended lengths are said to work and do not."""
    for kind, medium in [(ShortLengths, "Contact"), (ByteByByte, "Contact"), (NoExtendedReader, "Nfc")]:
        # No hand swaps cards between two looks of pcscd.
        until("empty readers", lambda: well("readers") == EMPTY)
        between = kind(PORTS[FIRST])
        with Key("yubikey-5.7-like", port=between.port) as key:
            until_there(FIRST)
            assert any(f"medium: {medium}" in line for line in well("readers")), kind
            a_whole_story(key)
        chained = [apdu for apdu in between.seen if apdu[0] == 0x90]
        assert chained and all(len(apdu) == 260 for apdu in chained), kind
        # Tried with what changes nothing, where the card says that it could.
        extended = {apdu for apdu in between.seen if len(apdu) > 6 and apdu[4] == 0}
        assert extended == ({EXTENDED_GET_INFO} if kind is NoExtendedReader else set()), (kind, extended)
        assert any(apdu[1] == 0xC0 for apdu in between.seen), kind
    print("other cards and readers: with contacts, T=0 and T=1, short lengths alone")


def as_python_fido2_sees_it():
    (device,) = CtapPcscDevice.list_devices()
    theirs = Ctap2(device).info.versions
    device.close(release=True)
    assert well("info", FIRST) == [" ".join(theirs)]
    print("python-fido2 sees the same key")


def others_with_the_card():
    """Another program has it for itself; another program selects something else between two of our messages."""
    theirs = next(reader for reader in smartcard_readers() if str(reader) == FIRST).createConnection()
    theirs.connect(mode=SCARD_SHARE_EXCLUSIVE)
    sentence = fails("Another program has the card for itself", "info", FIRST)
    assert "python3" in sentence, sentence
    theirs.disconnect()

    until_there(FIRST)
    ours = subprocess.Popen([ON_READER, "again", FIRST], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    first = ours.stdout.readline()
    time.sleep(1.5)
    theirs.connect()
    *_, sw1, sw2 = theirs.transmit([0x00, 0xA4, 0x04, 0x00, 0x05, 0xA0, 0x00, 0x00, 0x03, 0x08])
    assert (sw1, sw2) == (0x6A, 0x82)
    *_, sw1, sw2 = theirs.transmit([0x80, 0x10, 0x00, 0x00, 0x01, 0x04, 0x00])
    assert (sw1, sw2) == (0x69, 0x85), "our application is selected no more"
    theirs.disconnect()
    second, _ = ours.communicate("\n", timeout=30)
    assert first and first == second, (first, second)
    print("others with the card: named, and our application selected anew after them")


def given_up(key):
    lines = well("give-up", key.reader)
    assert "answered" not in lines and "UpNeeded" in lines and "FIDO_2" in lines[-1], lines
    print("a request that is given up is taken back; the key can be used on")


def taken_away(key):
    ours = subprocess.Popen([ON_READER, "touch", key.reader], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until("the question", lambda: len(key.asked) == 1)
    key.take_away()
    _, wrong = ours.communicate(timeout=30)
    assert "The card was taken off the reader" in wrong, wrong
    print("a key that is taken off the reader in the middle of a message is told as that")


def u2f_alone(key):
    assert well("version", FIRST) == ["U2F_V2\\x90\\x00"]
    fails("The key did not take the message: the command is not known to the key", "info", FIRST)
    registered = latchkey_key("--key", FIRST, "register", "--sign-in")
    assert registered.returncode == 0, registered
    assert '"protocol":"u2f"' in registered.stdout and "attestation" in registered.stdout, registered.stdout
    assert key.asked == ["register", "authenticate"], key.asked
    print("u2f-only: by U2F messages, registered and signed in")


def two_readers(first, second):
    assert well("info", FIRST) != well("info", SECOND)
    keys = listed()
    assert [(key["path"], key["transport"]) for key in keys] == [
        (f"pcsc:{FIRST}", "nfc"), (f"pcsc:{SECOND}", "nfc")], keys
    for reader, other in [(first, second), (second, first)]:
        before = len(other.asked)
        assert well("touch", reader.reader)[-1] == "touched"
        assert len(other.asked) == before
    print("two readers, two keys: each by its reader's name")


def reset_at_a_reader():
    """Lifted, laid down again, touched: without its passkeys and its PIN."""
    between = Between(PORTS[FIRST])
    with Key("device-bound", port=between.port) as key, tempfile.TemporaryDirectory(prefix="latchkey-") as folder:
        until_there(FIRST)
        a_whole_story(key)
        (found,) = listed()
        command = [LATCHKEY, "--data-dir", folder, "key", "--key", FIRST, "reset", "--json"]
        reset = subprocess.Popen(
            [*command, "--confirm", f"reset {found['id']}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        step = lambda: json.loads(reset.stdout.readline() or json.dumps(reset.stderr.read()))
        assert step() == {"step": "remove", "reader": True}
        between.lift()
        assert step() == {"step": "insert", "reader": True}
        until("empty readers", lambda: well("readers") == EMPTY)
        between.lay_down()
        touch = step()
        assert touch["step"] == "touch" and 5 <= touch["secondsLeft"] <= 10, touch
        done = step()
        assert done["step"] == "done" and done["sameKey"] and done["erased"] and done["pinSet"] is False, done
        assert key.asked[-1] == "reset", key.asked
    print("reset at a reader: lifted, laid down, touched, erased")


def coming_and_going():
    """While somebody watches, a key comes, goes, and comes back; the service goes and comes back."""
    with pcscd() as service:
        watch = subprocess.Popen([ON_READER, "watch", "120"], stdout=subprocess.PIPE, text=True)
        heard = []
        threading.Thread(target=lambda: heard.extend(watch.stdout), daemon=True).start()
        expect = lambda count, word: until(
            (word, heard), lambda: len(heard) == count and heard[-1].startswith(word) and FIRST in heard[-1])
        with Key("device-bound"):
            expect(1, "Plugged")
        expect(2, "Unplugged")
        with Key("device-bound"):
            expect(3, "Plugged")
            ours = subprocess.Popen(
                [ON_READER, "again", FIRST], stdin=subprocess.PIPE, stderr=subprocess.PIPE, stdout=subprocess.PIPE,
                text=True)
            assert "FIDO_2" in ours.stdout.readline()
            service.terminate()
            service.wait()
            _, wrong = ours.communicate("\n", timeout=30)
            assert "The service for smart card readers is not running" in wrong, wrong
            expect(4, "Unplugged")
            with pcscd():
                expect(5, "Plugged")
                watch.kill()
                watch.wait()
    print("keys and the service come and go: whoever watches hears of it")


without_pcsc()
with pcscd():
    empty_readers()
    with Key("yubikey-5.7-like") as key:
        until_there(FIRST)
        a_whole_story(key)
        as_python_fido2_sees_it()
        others_with_the_card()
    other_cards_and_readers()
    with Key("device-bound", person=None) as key:
        until_there(FIRST)
        given_up(key)
    with Key("device-bound", person=None) as key:
        until_there(FIRST)
        taken_away(key)
    reset_at_a_reader()
    with Key("u2f-only") as key:
        until_there(FIRST)
        u2f_alone(key)
    with Key("yubikey-5.7-like") as first, Key("device-bound", SECOND) as second:
        until_there(FIRST, SECOND)
        two_readers(first, second)
coming_and_going()
