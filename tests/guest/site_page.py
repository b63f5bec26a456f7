"""A relying party whose page has no content; what it asks is said in the case."""

import base64
import hashlib
import http.server
import json
import os
import threading

from fido2.webauthn import AttestationObject, AuthenticatorData

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
navigator.credentials[method](options).then(credential => done(JSON.stringify(plain({
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


def registration(extensions):
    return {
        "challenge": os.urandom(32),
        "rp": {"id": "localhost", "name": "A site"},
        "user": {"id": USER, "name": "ada", "displayName": "Ada"},
        "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
        "authenticatorSelection": {"residentKey": "required", "userVerification": "required"},
        "extensions": extensions,
    }


class Site:
    """A relying party with one user, until the end of the `with` block."""

    def __init__(self, browser):
        self.browser = browser

    def __enter__(self):
        self.server = http.server.ThreadingHTTPServer(("localhost", PORT), Blank)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.browser.get(ORIGIN)
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def _ask(self, method, options, **beside):
        options = json.dumps({"publicKey": options, **beside}, default=wrapped)
        answer = json.loads(self.browser.execute_async_script(SCRIPT, method, options), object_hook=unwrapped)
        print(method, answer, flush=True)
        return answer

    def _call(self, method, options):
        answer = self._ask(method, options)
        assert "error" not in answer, answer
        return answer

    def create(self, **extensions):
        """Makes a passkey; the authenticator's and the browser's extension outputs."""
        made = self._call("create", registration(extensions))
        data = AttestationObject(made["attestation"]).auth_data
        self.credential = data.credential_data
        return data.extensions or {}, made["extensions"]

    def create_on_the_side(self):
        """Asks for a passkey without a dialog (WebAuthn §5.1.3, conditional mediation); why the browser refuses."""
        return self._ask("create", registration({}), mediation="conditional")["error"]

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
