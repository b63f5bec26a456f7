"""Reads a vault by docs/vault-format.md and by nothing else: what a stranger can make of that page.

    reader.py FILE (--passphrase | --keyring | --security-key SLOT_ID | --recovery-key)

The secret is the first line of standard input: a passphrase, a keyring's item, 64 hexadecimal digits or AGE-SECRET-KEY-1….
Prints a JSON object: the format, the passkeys with their public keys, oldest first, and whether the proof fits.
"""

import argparse
import base64
import hashlib
import hmac
import json
import sqlite3
import sys
import unicodedata

import cbor2
from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key

PASSPHRASE, KEYRING, SECURITY_KEY, RECOVERY = 1, 2, 3, 4
HEADER, PASSKEY = 0, 1


class Unreadable(Exception):
    """Not a vault of format 3, another secret, or altered."""


class Vault:
    """A file, and after `open` its passkeys."""

    def __init__(self, path):
        self.database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        (application,) = self.database.execute("PRAGMA application_id").fetchone()
        (self.format,) = self.database.execute("PRAGMA user_version").fetchone()
        if application != 0x4C746368 or self.format != 3:
            raise Unreadable(f"application {application:#x}, format {self.format}")
        self.id, header = self.database.execute("SELECT id, header FROM vault").fetchone()
        self.sealed_header = header

    def open(self, kind, key_encryption_key):
        """Tries `key_encryption_key(slot id, parameters)` on every slot of this kind."""
        columns = 'id, label, parameters, wrapped, public_key, sealed_key, "check"'
        slots = self.database.execute(f"SELECT {columns} FROM slot WHERE kind = ?", [kind]).fetchall()
        for slot in slots:
            key = key_encryption_key(slot[0], cbor2.loads(slot[2]))
            if key is not None and self.open_slot(kind, slot, key):
                return slot[1]
        raise Unreadable(f"none of {len(slots)} slots of kind {kind} opens")

    def open_slot(self, kind, slot, key):
        """Whether the vault key came out of it."""
        slot_id, _, parameters, wrapped, public_key, sealed_key, check = slot
        slot_data = b"latchkey vault 2 slot\0" + self.id + slot_id + bytes([kind]) + parameters
        if hashlib.sha256(slot_data + wrapped + public_key + sealed_key).digest()[:8] != check:
            raise Unreadable("the slot is damaged")
        if wrapped[0] != 2:
            raise Unreadable("a slot of an earlier format")
        try:
            pair = AESGCM(key).decrypt(wrapped[1:13], wrapped[13:], slot_data)
        except Exception:
            return False
        scalar, slot_seed = pair[:32], pair[32:]

        private = ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1())
        share, sealed = sealed_key[:65], sealed_key[65:]
        x = private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), share))
        info = b"latchkey vault 2 slot key\0" + self.id + slot_id + bytes([kind]) + share + public_key
        self.key = AESGCM(hkdf(x, slot_seed, info)).decrypt(bytes(12), sealed, b"")

        self.header = self.unseal(bytes(16), HEADER, self.sealed_header)
        if self.header["slotSeed"] != slot_seed:
            raise Unreadable("the slot and the header disagree")
        self.index_key = hkdf(self.header["indexSeed"], self.id, b"latchkey vault 1 index")
        return True

    def unseal(self, record_id, kind, envelope):
        """The plaintext of an envelope in its place."""
        if envelope[0] != 1:
            raise Unreadable("an envelope of another version")
        schema = envelope[1:3]

        def data(layer):
            return b"latchkey vault 1 " + layer + b"\0" + self.id + record_id + bytes([kind]) + schema

        content_key = AESGCM(self.key).decrypt(envelope[3:15], envelope[15:63], data(b"wrap"))
        padded = AESGCM(content_key).decrypt(envelope[63:75], envelope[75:], data(b"content"))
        plaintext = padded.rstrip(b"\0")
        if len(padded) % 64 or plaintext[-1:] != b"\x80":
            raise Unreadable("the padding is wrong")
        if int.from_bytes(schema, "big") > 2:
            raise Unreadable("a schema of a later version")
        return cbor2.loads(plaintext[:-1])

    def lookup(self, purpose, value):
        return hmac.digest(self.index_key, purpose + b"\0" + value, "sha256")

    def proof_fits(self):
        """Whether the digest of all rows is the one in the header."""
        digest = bytes(32)
        rows = self.database.execute("SELECT id, kind, holder, lookup, sealed, rp FROM record")
        for record_id, kind, holder, lookup, sealed, rp in rows:
            row = record_id + bytes([kind]) + holder + lookup + sealed[-16:] + (rp or b"")
            digest = bytes(a ^ b for a, b in zip(digest, self.lookup(b"row", row)))
        return digest == self.header["proof"]["digest"]

    def passkeys(self):
        """Every passkey, oldest first, each with its place checked."""
        found = []
        rows = self.database.execute("SELECT id, lookup, rp, sealed FROM record WHERE kind = ?", [PASSKEY])
        for record_id, lookup, rp, sealed in rows:
            passkey = self.unseal(record_id, PASSKEY, sealed)
            if lookup != self.lookup(b"credential", passkey["credentialId"]):
                raise Unreadable("a passkey lies under another one's lookup")
            if rp != self.lookup(b"rp", passkey["rpId"].encode()):
                raise Unreadable("a passkey lies under another site's lookup")
            found.append(passkey)
        return sorted(found, key=lambda passkey: (passkey["sequence"], passkey["createdAt"]))


def hkdf(ikm, salt, info):
    return HKDF(hashes.SHA256(), 32, salt, info).derive(ikm)


def from_passphrase(passphrase):
    normal = unicodedata.normalize("NFC", passphrase).encode()

    def key_encryption_key(_, parameters):
        time, memory, lanes = (parameters[name] for name in ("time", "memory", "lanes"))
        return hash_secret_raw(normal, parameters["salt"], time, memory, lanes, 32, Type.ID, 19)

    return key_encryption_key


def from_keyring(item):
    return lambda _, parameters: base64.b64decode(item)


def from_security_key(slot, output):
    """For one slot: the outputs for others are others."""

    def key_encryption_key(slot_id, _):
        matches = slot_id.hex() == slot
        return hkdf(bytes.fromhex(output), slot_id, b"latchkey vault 2 security key") if matches else None

    return key_encryption_key


def from_recovery_key(text):
    identity = bech32(text, "age-secret-key-")
    return lambda slot_id, _: hkdf(identity, slot_id, b"latchkey vault 2 recovery key")


def bech32(text, prefix):
    """The bytes in Bech32 (BIP 173)."""
    text = text.strip().lower()
    found, _, data = text.rpartition("1")
    if found != prefix:
        raise Unreadable(f"not {prefix}1…")
    values = ["qpzry9x8gf2tvdw0s3jn54khce6mua7l".index(letter) for letter in data]
    checked = 1
    expanded = [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]
    for value in expanded + values:
        top, checked = checked >> 25, (checked & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            checked ^= generator if top >> bit & 1 else 0
    if checked != 1:
        raise Unreadable("the checksum does not fit")
    bits = "".join(f"{value:05b}" for value in values[:-6])
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8))


def private_key(algorithm, key):
    """A passkey's key, as its COSE algorithm has it."""
    curves = {-7: ec.SECP256R1, -35: ec.SECP384R1, -36: ec.SECP521R1, -47: ec.SECP256K1}
    lattices = {-48: mldsa.MLDSA44PrivateKey, -49: mldsa.MLDSA65PrivateKey, -50: mldsa.MLDSA87PrivateKey}
    if algorithm in curves:
        return ec.derive_private_key(int.from_bytes(key, "big"), curves[algorithm]())
    if algorithm in lattices:
        return lattices[algorithm].from_seed_bytes(key)
    return ed25519.Ed25519PrivateKey.from_private_bytes(key) if algorithm == -8 else load_der_private_key(key, None)


def shown(passkey):
    """A passkey for JSON, without its secrets."""
    secrets = ("key", "hmacSecret", "largeBlobKey", "credBlob", "largeBlob")
    as_text = {name: value for name, value in passkey.items() if name not in secrets}
    public = private_key(passkey["algorithm"], passkey["key"]).public_key()
    as_text["publicKey"] = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for name, value in as_text.items():
        if isinstance(value, bytes):
            as_text[name] = base64.urlsafe_b64encode(value).rstrip(b"=").decode()
    return as_text


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    secret = parser.add_mutually_exclusive_group(required=True)
    secret.add_argument("--passphrase", action="store_true")
    secret.add_argument("--keyring", action="store_true")
    secret.add_argument("--security-key", metavar="SLOT_ID")
    secret.add_argument("--recovery-key", action="store_true")
    options = parser.parse_args()
    text = sys.stdin.readline().rstrip("\n")

    vault = Vault(options.file)
    if options.passphrase:
        slot = vault.open(PASSPHRASE, from_passphrase(text))
    elif options.keyring:
        slot = vault.open(KEYRING, from_keyring(text))
    elif options.security_key:
        slot = vault.open(SECURITY_KEY, from_security_key(options.security_key, text))
    else:
        slot = vault.open(RECOVERY, from_recovery_key(text))
    passkeys = [shown(passkey) for passkey in vault.passkeys()]
    result = {"format": vault.format, "openedBy": slot, "proofFits": vault.proof_fits(), "passkeys": passkeys}
    json.dump(result, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
