#!/usr/bin/env python3
"""A person who takes two seconds to answer, while libfido2 and Chromium poll for the touch of U2F, as they do; each
ceremony asks once."""
# proves: u2f-register, u2f-authenticate, profile-u2f-only
# limit: 600

import base64
import hashlib
import http.server
import json
import os
import pathlib
import pty
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from browser import chromium
from support import LATCHKEY, Lines, device, run, scratch, wait_for

CHALLENGE = base64.b64encode(hashlib.sha256(b"u2f").digest()).decode()
PORT = 8473


class Person:
    """A key in a terminal of its own, at which somebody reads each question for two seconds and types yes."""

    def __enter__(self):
        terminal, screen = pty.openpty()
        command = [LATCHKEY, "emulate", "--uhid", "--profile", "u2f-only", "--store", "memory", "--json"]
        self.process = subprocess.Popen(command, stdin=screen, stdout=subprocess.PIPE, stderr=screen, text=True)
        self.lines = Lines(self.process.stdout, "key")
        self.asked = []
        assert json.loads(self.lines.next(60))["event"] == "ready"
        wait_for(lambda: device() is not None, "the key's hidraw node")
        threading.Thread(target=self.answer, args=(terminal,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)

    def answer(self, terminal):
        while True:
            event = json.loads(self.lines.next(600))
            if event["event"] == "prompt":
                self.asked.append(event["kind"])
                time.sleep(2)
                os.write(terminal, b"y\n")

    def take_asked(self):
        asked, self.asked = self.asked, []
        return asked


class Blank(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>A site</title>")

    def log_message(self, *_):
        pass


REGISTER = """
const done = arguments[0];
navigator.credentials.create({publicKey: {
    challenge: new Uint8Array(32), rp: {name: 'A site'}, user: {id: new Uint8Array(8), name: 'ada', displayName: 'Ada'},
    pubKeyCredParams: [{type: 'public-key', alg: -7}], attestation: 'direct',
    authenticatorSelection: {residentKey: 'discouraged', userVerification: 'discouraged'},
}}).then(made => { window.made = made; done(made.id); }, error => done(String(error)));
"""
SIGN_IN = """
const done = arguments[0];
navigator.credentials.get({publicKey: {
    challenge: new Uint8Array(32), allowCredentials: [{type: 'public-key', id: window.made.rawId}],
    userVerification: 'discouraged',
}}).then(got => done([...new Uint8Array(got.response.authenticatorData)]), error => done(String(error)));
"""

with Person() as person:
    made = run("fido2-cred", "-M", "-u", device(), "es256", typed=f"{CHALLENGE}\nlatchkey.example\nada\nYWRh\n")
    credential_id, public_key = run("fido2-cred", "-V", "es256", typed=made).split("\n", 1)
    key_file = scratch() / "key.pem"
    key_file.write_text(public_key)
    answer = run("fido2-assert", "-G", "-u", device(), typed=f"{CHALLENGE}\nlatchkey.example\n{credential_id}\n")
    run("fido2-assert", "-V", key_file, "es256", typed=answer)
    assert person.take_asked() == ["register", "authenticate"]

    site = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Blank)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    browser = chromium()
    browser.get(f"http://localhost:{PORT}")
    credential_id = browser.execute_async_script(REGISTER)
    # 64 bytes, base64url: what Latchkey's U2F gives.
    assert len(credential_id) == 86, credential_id
    auth_data = browser.execute_async_script(SIGN_IN)
    assert isinstance(auth_data, list), auth_data
    assert bytes(auth_data[:32]) == hashlib.sha256(b"localhost").digest()
    # Present, not verified; the second signature of this key.
    assert auth_data[32] == 0x01 and auth_data[33:] == [0, 0, 0, 2], auth_data[32:]
    asked = person.take_asked()
    assert asked == ["register", "authenticate"], asked
    browser.quit()
