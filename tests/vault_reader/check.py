"""reader.py beside the program: on the fixture, and on a vault that the program makes now.

Needs target/debug/latchkey. `--write` writes what the program says of the fixture into fixture/passkeys.json.
"""

import base64
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import uuid
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

HERE = Path(__file__).parent
FIXTURE = HERE / "fixture"
LATCHKEY = HERE.parent.parent / "target" / "debug" / "latchkey"
PASSPHRASE = "correct horse battery"
OUTPUT = b"output1 of hmac-secret, 32 bytes".hex()


def read(folder, *how, secret):
    """What reader.py says of the vault in a folder."""
    command = [sys.executable, HERE / "reader.py", Path(folder) / "vault.db", *how]
    done = subprocess.run(command, input=f"{secret}\n", stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def latchkey(folder, *arguments, **more):
    """What the program prints with --json; the passphrase stands in a file."""
    environment = os.environ | {
        "LATCHKEY_DATA_DIR": str(folder),
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent",
    }
    with tempfile.NamedTemporaryFile("w") as passphrase:
        passphrase.write(f"{PASSPHRASE}\n")
        passphrase.flush()
        command = [LATCHKEY, *arguments, "--json", "--passphrase-file", passphrase.name]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True, **more)
    return json.loads(done.stdout)


ALGORITHMS = {"ES256": -7, "EdDSA": -8, "ES384": -35, "ES512": -36, "ES256K": -47, "RS256": -257}
ALGORITHMS |= {"ML-DSA-44": -48, "ML-DSA-65": -49, "ML-DSA-87": -50}


def of_program(passkey):
    """A passkey as the program lists it, in the terms of the file."""

    def seconds(text):
        return text and int(datetime.fromisoformat(text).timestamp())

    same = ("rpId", "rpName", "userName", "userDisplayName", "userHandle", "kind", "backupEligible")
    same += ("backupState", "signCount", "discoverable", "source")
    return {name: passkey[name] for name in same} | {
        "credentialId": passkey["id"],
        "algorithm": ALGORITHMS.get(passkey["algorithm"]) or int(passkey["algorithm"]),
        "aaguid": text(uuid.UUID(passkey["aaguid"]).bytes),
        "createdAt": seconds(passkey["createdAt"]),
        "lastUsedAt": seconds(passkey["lastUsedAt"]),
    }


def compare(read, listed):
    """Both have the same passkeys, and the same of each."""
    expected = {passkey["id"]: of_program(passkey) for passkey in listed}
    kept = (passkey for passkey in read["passkeys"] if not (passkey["deletedAt"] or passkey["replacedAt"]))
    found = {passkey["credentialId"]: passkey for passkey in kept}
    assert found.keys() == expected.keys(), (found.keys(), expected.keys())
    for identifier, passkey in expected.items():
        for name, value in passkey.items():
            assert found[identifier][name] == value, (identifier, name, found[identifier][name], value)
    assert read["proofFits"], "the digest is another one"


def fixture(write):
    """By all three slots, as the program lists it now and as it did when the fixture was made."""
    recovery = (FIXTURE / "recovery-key").read_text()
    with tempfile.TemporaryDirectory() as copy:
        shutil.copy(FIXTURE / "vault.db", copy)
        (slot,) = sqlite3.connect(FIXTURE / "vault.db").execute("SELECT id FROM slot WHERE kind = 3").fetchone()
        by_each = [
            read(copy, "--passphrase", secret=PASSPHRASE),
            read(copy, "--security-key", slot.hex(), secret=OUTPUT),
            read(copy, "--recovery-key", secret=recovery),
        ]
        listed = latchkey(copy, "passkey", "list")
        if write:
            (FIXTURE / "passkeys.json").write_text(json.dumps(listed, indent=2) + "\n")
        for result, label in zip(by_each, ["", "key on the desk", "printed"]):
            compare(result, listed)
            compare(result, json.loads((FIXTURE / "passkeys.json").read_text()))
            assert result["openedBy"] == label, result["openedBy"]
    print(f"fixture: {len(listed)} passkeys by three slots")


def tampered():
    """What the digest is for: a record that is missing, though all others open."""
    with tempfile.TemporaryDirectory() as copy:
        shutil.copy(FIXTURE / "vault.db", copy)
        with sqlite3.connect(f"{copy}/vault.db") as file:
            file.execute("DELETE FROM record WHERE id = (SELECT min(id) FROM record WHERE kind = 1)")
        file.close()
        assert not read(copy, "--passphrase", secret=PASSPHRASE)["proofFits"]
    print("fixture without one of its records: the digest is another one")


def text(value):
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def credential(number, key):
    """A credential of WebDriver with this key."""
    package = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return {
        "credentialId": text(bytes([number]) * 32),
        "isResidentCredential": True,
        "rpId": f"site{number}.example",
        "privateKey": text(package),
        "userHandle": text(bytes([number]) * 16),
        "userName": f"erika{number}",
        "userDisplayName": "Erika Mustermann",
        "signCount": 0,
        "backupEligibility": True,
        "backupState": True,
    }


def fresh():
    """A vault that today's program makes, with passkeys from a file (WebDriver's credentials, WebAuthn §11.2)."""
    with tempfile.TemporaryDirectory() as folder:
        latchkey(folder, "vault", "init")
        file = Path(folder) / "credentials.json"
        keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(3)]
        file.write_text(json.dumps([credential(number, key) for number, key in enumerate(keys)]))
        latchkey(folder, "passkey", "import", "--yes", file)
        listed = latchkey(folder, "passkey", "list")
        assert len(listed) == 3, listed
        result = read(folder, "--passphrase", secret=PASSPHRASE)
        compare(result, listed)
        form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        expected = {text(key.public_key().public_bytes(*form)) for key in keys}
        assert {passkey["publicKey"] for passkey in result["passkeys"]} == expected, "other keys"
    print(f"a vault made now: {len(listed)} passkeys")


if __name__ == "__main__":
    fixture(write="--write" in sys.argv)
    tampered()
    fresh()
