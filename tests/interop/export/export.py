"""Exports in Chromium's own virtual authenticator (Chrome DevTools Protocol, domain WebAuthn), and what Chromium's
credentials look like to an import."""

import contextlib
import json
import os
import pathlib
import socket
import struct
import subprocess
import tempfile
import urllib.request

from fido2.client import DefaultClientDataCollector, Fido2Client, UserInteraction
from fido2.hid import CtapHidDevice
from fido2.hid.base import CtapHidConnection, HidDescriptor
from fido2.webauthn import PublicKeyCredentialCreationOptions
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

ROOT = pathlib.Path(__file__).resolve().parents[3]
LATCHKEY = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "latchkey"
WORDS = "write my private keys in clear text"
LIMIT = 60


class Home:
    """A data folder with a vault, and the program on it; no keyring answers."""

    def __init__(self, folder):
        self.folder = folder
        self.passphrase = folder / "passphrase"
        self.passphrase.write_text("correct horse battery staple\n")
        self.json("vault", "init")

    def command(self, *arguments):
        return [str(LATCHKEY), "--data-dir", str(self.folder / "data"), "--passphrase-file", str(self.passphrase), *map(str, arguments), "--json"]

    def json(self, *arguments):
        run = subprocess.run(self.command(*arguments), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=environment(), check=True, text=True)
        return json.loads(run.stdout)

    @contextlib.contextmanager
    def running(self, *arguments):
        """A program that runs until the end of the block; its first line."""
        with subprocess.Popen(self.command(*arguments), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment(), text=True) as program:
            try:
                yield json.loads(program.stdout.readline())
            finally:
                program.kill()


def environment():
    return {**os.environ, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}


class SocketConnection(CtapHidConnection):
    """Reports in a stream, each behind its length as two big-endian bytes."""

    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self.stream = socket.create_connection((host, int(port)), timeout=LIMIT).makefile("rwb")

    def write_packet(self, data):
        self.stream.write(struct.pack(">H", len(data)) + data)
        self.stream.flush()

    def read_packet(self):
        (length,) = struct.unpack(">H", self.stream.read(2))
        return self.stream.read(length)

    def close(self):
        self.stream.close()


# A ceremony belongs to the session that began it.
SESSION = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json", "Origin": url.split("/api")[0]})
    with SESSION.open(request, timeout=LIMIT) as answer:
        return json.load(answer)


def enrol(key, lab, name):
    """At the lab, by python-fido2 over the key's socket."""
    address = next(a.removeprefix("tcp:") for a in key["addresses"] if a.startswith("tcp:"))
    device = CtapHidDevice(HidDescriptor(address, 0, 0, 64, 64, "Latchkey", None), SocketConnection(address))
    client = Fido2Client(device, client_data_collector=DefaultClientDataCollector(lab), user_interaction=UserInteraction())
    begun = post(f"{lab}/api/registration/options", {"userName": name})
    options = PublicKeyCredentialCreationOptions.from_dict(begun["options"])
    credential = client.make_credential(options)
    done = post(f"{lab}/api/registration", {"ceremony": begun["ceremony"], "credential": dict(credential)})
    assert done["userName"] == name, done


@contextlib.contextmanager
def chromium(profile):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", f"--user-data-dir={profile}",
    ]:
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    try:
        yield driver
    finally:
        driver.quit()


class VirtualAuthenticator:
    """Chromium's own, over CDP."""

    def __init__(self, driver):
        self.driver = driver
        driver.execute_cdp_cmd("WebAuthn.enable", {})
        self.id = driver.execute_cdp_cmd("WebAuthn.addVirtualAuthenticator", {"options": {
            "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "usb", "hasResidentKey": True,
            "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
        }})["authenticatorId"]

    def add(self, credential):
        self.driver.execute_cdp_cmd("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential})

    def credentials(self):
        return self.driver.execute_cdp_cmd("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]


def press(driver, button, expected):
    driver.find_element(By.ID, button).click()
    status(driver, expected)


def status(driver, expected):
    WebDriverWait(driver, LIMIT).until(
        lambda driver: expected in driver.find_element(By.ID, "status").text,
        f"{expected!r} did not come: {driver.find_element(By.ID, 'status').text!r}",
    )


def exported(home, folder):
    """The credentials of an encrypted export, opened by the program age."""
    identity, sealed = folder / "key.txt", folder / "chromium.json.age"
    subprocess.run(["age-keygen", "-o", identity], check=True, stderr=subprocess.DEVNULL)
    recipient = subprocess.check_output(["age-keygen", "-y", identity], text=True).strip()
    done = home.json("passkey", "export", folder / "chromium.json", "--format", "cdp", "--recipient", recipient)
    assert done["encrypted"] and done["file"] == str(sealed) and done["passkeys"] == 1, done
    opened = json.loads(subprocess.check_output(["age", "-d", "-i", identity, sealed]))
    clear = folder / "clear.json"
    home.json("passkey", "export", clear, "--format", "cdp", "--clear-text", "--confirm", WORDS)
    assert json.loads(clear.read_text()) == opened
    return opened if isinstance(opened, list) else [opened]


def main():
    with tempfile.TemporaryDirectory(prefix="latchkey-") as folder, contextlib.ExitStack() as stack:
        folder = pathlib.Path(folder)
        home = Home(folder)
        ready = stack.enter_context(home.running("lab", "serve", "--port", "0"))
        lab = ready["url"].rstrip("/")
        with home.running("emulate", "--profile", "synced", "--approve", "always", "--tcp", "127.0.0.1:0") as key:
            enrol(key, lab, "ada")
        [credential] = exported(home, folder)
        print("enrolled by our key, exported, opened by age:", credential["credentialId"])

        driver = stack.enter_context(chromium(folder / "profile"))
        driver.get(lab)
        authenticator = VirtualAuthenticator(driver)
        authenticator.add(credential)
        press(driver, "sign-in", "Signed in as ada")
        seen = json.loads(urllib.request.urlopen(f"{lab}/api/credentials", timeout=LIMIT).read())
        print("Chromium signed in with it:", json.dumps(seen[0]["history"][-1]["flags"]))
        assert seen[0]["history"][-1]["flags"]["be"] and not seen[0]["history"][-1]["flags"]["bs"], seen

        # The other way round: what Chromium counted is refused, and says why; what it did not count signs here.
        counted = folder / "counted.json"
        counted.write_text(json.dumps(authenticator.credentials()))
        other = folder / "other"
        other.mkdir()
        other = Home(other)
        [row] = other.json("passkey", "import", counted, "--dry-run")["rows"]
        assert row["verdict"] == "refused" and "signatures" in row["reason"], row
        fresh = folder / "fresh.json"
        fresh.write_text(json.dumps([{**one, "signCount": 0} for one in authenticator.credentials()]))
        done = other.json("passkey", "import", fresh, "--yes")
        assert len(done["imported"]["added"]) == 1 and done["plan"]["format"] == "cdp", done
        [passkey] = other.json("passkey", "list")
        assert (passkey["backupEligible"], passkey["source"], passkey["kind"]) == (True, "cdp", "synced"), passkey
        print("taken over from Chromium:", passkey["id"])


main()
