"""Chromium takes what is written here into a virtual authenticator, by WebDriver and by its own protocol, signs with
it, and what it gives out again is read here."""

import base64
import hashlib
import http.server
import json
import os
import pathlib
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

ROOT = pathlib.Path(__file__).parents[3]
PASSKEYS = [os.environ.get("CARGO", "cargo"), "run", "--quiet", "--package", "exchange", "--example", "passkeys", "--"]
ID, HANDLE = os.urandom(32), os.urandom(16)

# The page's part of a ceremony; the challenge does not matter to a signature's check.
SIGN_IN = """
const done = arguments[arguments.length - 1];
const text = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
navigator.credentials.get({ publicKey: { challenge: new Uint8Array(32), rpId: "localhost" } }).then(
  (made) => done({
    id: text(made.rawId), handle: text(made.response.userHandle), data: text(made.response.clientDataJSON),
    authenticator: text(made.response.authenticatorData), signature: text(made.response.signature),
  }),
  (error) => done({ error: String(error) }),
);
"""


def passkeys(*arguments):
    return subprocess.run([*PASSKEYS, *map(str, arguments)], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def written(folder, key):
    """A passkey for localhost, as KeePassXC writes it."""
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "localhost.passkey"
    members = {"relyingParty": "localhost", "url": "http://localhost", "username": "ada", "credentialId": b64url(ID)}
    path.write_text(json.dumps({**members, "userHandle": b64url(HANDLE), "privateKey": pem.decode()}))
    return path


class Driver:
    """A session of ChromeDriver in W3C WebDriver."""

    def __init__(self, port):
        self.base = f"http://127.0.0.1:{port}"
        arguments = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage"]
        # Chromium's sandbox refuses to run as root.
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        capabilities = {"browserName": "chrome", "goog:chromeOptions": {"args": arguments}}
        session = self.call("/session", {"capabilities": {"alwaysMatch": capabilities}})
        self.base += "/session/" + session["sessionId"]

    def call(self, path, body=None, method="POST"):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{path}: {error.read().decode()}") from error

    def chrome(self, command, **parameters):
        return self.call("/goog/cdp/execute", {"cmd": "WebAuthn." + command, "params": parameters})

    def sign_in(self):
        return self.call("/execute/async", {"script": SIGN_IN, "args": []})


def check(answer, key):
    assert "error" not in answer, answer
    assert base64.b64decode(answer["id"]) == ID and base64.b64decode(answer["handle"]) == HANDLE, answer
    signed = base64.b64decode(answer["authenticator"]) + hashlib.sha256(base64.b64decode(answer["data"])).digest()
    key.public_key().verify(base64.b64decode(answer["signature"]), signed, ec.ECDSA(hashes.SHA256()))


def ours_reads(folder, name, value):
    """What the browser gives out."""
    path = folder / name
    path.write_text(json.dumps(value))
    (row,) = json.loads(passkeys("list", path))
    assert (row["rpId"], row["credentialId"], row["algorithm"]) == ("localhost", b64url(ID), -7), row


def by_webdriver(driver, folder, source, key):
    passkeys("convert", "webdriver", source, folder / "webdriver.json")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    authenticator = "/webauthn/authenticator/" + driver.call("/webauthn/authenticator", options)
    driver.call(authenticator + "/credential", json.loads((folder / "webdriver.json").read_text()))
    check(driver.sign_in(), key)
    ours_reads(folder, "given.json", driver.call(authenticator + "/credentials", method="GET"))
    driver.call(authenticator, method="DELETE")
    print("Chromium signed with a WebDriver credential, and what it gave out was read")


def by_chrome(driver, folder, source, key):
    passkeys("convert", "cdp", source, folder / "cdp.json")
    driver.chrome("enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
    authenticator = driver.chrome("addVirtualAuthenticator", options=options)["authenticatorId"]
    credential = json.loads((folder / "cdp.json").read_text())
    driver.chrome("addCredential", authenticatorId=authenticator, credential=credential)
    check(driver.sign_in(), key)
    ours_reads(folder, "given.json", driver.chrome("getCredentials", authenticatorId=authenticator))
    print("Chromium signed with a credential of its own protocol, and what it gave out was read")


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Sign in</title>")

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def wait(port):
    for _ in range(200):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("chromedriver did not start")


def main():
    key = ec.generate_private_key(ec.SECP256R1())
    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        environment = {**os.environ, "HOME": str(folder), "TMPDIR": str(folder)}
        program = subprocess.Popen(["chromedriver", f"--port={port}"], env=environment, stdout=subprocess.DEVNULL)
        try:
            wait(port)
            driver = Driver(port)
            driver.call("/url", {"url": f"http://localhost:{site.server_port}/"})
            source = written(folder, key)
            by_webdriver(driver, folder, source, key)
            by_chrome(driver, folder, source, key)
            driver.call("", method="DELETE")
        finally:
            program.terminate()
            program.wait()


main()
