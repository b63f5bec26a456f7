#!/usr/bin/env python3
"""Chromium brings a site the extensions: PRF, also while the passkey is made, large blobs, credBlob, credProtect,
minPinLength. The site here is a page without content; what it asks is said in this file."""
# proves: ext-hmac-secret, ext-hmac-secret-mc, ext-large-blob-key, ext-cred-blob, ext-cred-protect, ext-min-pin-length
# proves: transport-uhid
# limit: 600

import base64
import hashlib
import http.server
import json
import os
import pathlib
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from fido2.webauthn import AttestationObject, AuthenticatorData

from browser import chromium
from support import Key, device, run

PORT = 8472
ORIGIN = f"http://localhost:{PORT}"
USER = b"ada-1"

# Bytes cross the driver as {"$": base64}, here and in what comes back.
SCRIPT = """
const [method, text, done] = arguments;
const bytes = value => Uint8Array.from(atob(value), letter => letter.charCodeAt(0));
const options = JSON.parse(text, (_, value) => value?.$ === undefined ? value : bytes(value.$));
const plain = value => {
    if (value instanceof ArrayBuffer) return {$: btoa(String.fromCharCode(...new Uint8Array(value)))};
    if (ArrayBuffer.isView(value)) return plain(value.buffer);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
};
navigator.credentials[method]({publicKey: options}).then(credential => done(JSON.stringify(plain({
    id: credential.rawId,
    extensions: credential.getClientExtensionResults(),
    attestation: credential.response.attestationObject,
    authenticatorData: credential.response.authenticatorData,
    clientData: credential.response.clientDataJSON,
    signature: credential.response.signature,
})))).catch(error => done(JSON.stringify({error: String(error)})));
"""


class Blank(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>A site</title>")

    def log_message(self, *_):
        pass


def wrapped(value):
    if isinstance(value, bytes):
        return {"$": base64.b64encode(value).decode()}
    raise TypeError(value)


def unwrapped(members):
    return base64.b64decode(members["$"]) if "$" in members else members


class Site:
    """A relying party with one user."""

    def __init__(self, browser):
        self.browser = browser
        browser.get(ORIGIN)

    def _call(self, method, options):
        answer = self.browser.execute_async_script(SCRIPT, method, json.dumps(options, default=wrapped))
        answer = json.loads(answer, object_hook=unwrapped)
        print(method, answer, flush=True)
        assert "error" not in answer, answer
        return answer

    def create(self, **extensions):
        """Makes a passkey; the authenticator's and the browser's extension outputs."""
        made = self._call("create", {
            "challenge": os.urandom(32),
            "rp": {"id": "localhost", "name": "A site"},
            "user": {"id": USER, "name": "ada", "displayName": "Ada"},
            "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
            "authenticatorSelection": {"residentKey": "required", "userVerification": "required"},
            "extensions": extensions,
        })
        data = AttestationObject(made["attestation"]).auth_data
        self.credential = data.credential_data
        return data.extensions or {}, made["extensions"]

    def get(self, **extensions):
        """Signs in by that passkey, and checks the signature."""
        asked = self._call("get", {
            "challenge": os.urandom(32),
            "rpId": "localhost",
            "allowCredentials": [{"type": "public-key", "id": self.credential.credential_id}],
            "userVerification": "required",
            "extensions": extensions,
        })
        signed = asked["authenticatorData"] + hashlib.sha256(asked["clientData"]).digest()
        self.credential.public_key.verify(signed, asked["signature"])
        return AuthenticatorData(asked["authenticatorData"]).extensions or {}, asked["extensions"]


server = http.server.ThreadingHTTPServer(("localhost", PORT), Blank)
threading.Thread(target=server.serve_forever, daemon=True).start()
browser = chromium()
try:
    with Key():
        # Chromium writes large blobs by a token, which this key states once a PIN is set.
        run("fido2-token", "-S", device(), typed="1234\n1234\n")
        site = Site(browser)

        first, second = os.urandom(32), os.urandom(32)
        _, made = site.create(prf={"eval": {"first": first, "second": second}}, credProps=True)
        assert made["credProps"] == {"rk": True} and made["prf"]["enabled"] is True, made
        _, got = site.get(prf={"eval": {"first": first, "second": second}})
        secrets = got["prf"]["results"]
        assert len(secrets["first"]) == len(secrets["second"]) == 32 and secrets["first"] != secrets["second"]
        assert made["prf"]["results"] == secrets, "the passkey's making gave what each sign-in gives"
        _, got = site.get(prf={"eval": {"first": second}})
        assert got["prf"]["results"] == {"first": secrets["second"]}

        _, made = site.create(largeBlob={"support": "required"})
        assert made["largeBlob"] == {"supported": True}, made
        blob = os.urandom(1800)
        _, got = site.get(largeBlob={"write": blob})
        assert got["largeBlob"] == {"written": True}, got
        _, got = site.get(largeBlob={"read": True})
        assert got["largeBlob"] == {"blob": blob}, got

        said, _ = site.create(
            credBlob=b"thirty-two bytes at the least...",
            credentialProtectionPolicy="userVerificationRequired",
            enforceCredentialProtectionPolicy=True,
        )
        assert said == {"credBlob": True, "credProtect": 3}, said
        said, _ = site.get(getCredBlob=True)
        assert said == {"credBlob": b"thirty-two bytes at the least..."}, said

        # The site hears the minimum PIN length once the key's owner has listed it.
        said, _ = site.create(minPinLength=True)
        assert "minPinLength" not in said, said
        run("fido2-token", "-S", "-m", "localhost", device(), typed="1234\n")
        said, _ = site.create(minPinLength=True)
        assert said["minPinLength"] == 4, said

        # Of payment, Chromium on Linux tells a security key nothing, and makes the passkey all the same. It offers
        # passkeys made on the side (conditional create) by its own password manager alone.
        said, _ = site.create(payment={"isPayment": True})
        assert "thirdPartyPayment" not in said, said
        site.get()
finally:
    browser.quit()
    server.shutdown()
