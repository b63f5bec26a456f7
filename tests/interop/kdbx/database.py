"""Databases by pykeepass, with passkeys as KeePassXC lays them out. As a program: the fixtures of `exchange`."""

import base64
import dataclasses
import hashlib
import pathlib
import sys

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from pykeepass import create_database

PASSWORD = "correct horse battery staple"

ES256, EDDSA, RS256 = -7, -8, -257


@dataclasses.dataclass
class Entry:
    title: str
    group: str
    user_name: str
    credential_id: str
    algorithm: int
    fields: dict


def digest(word):
    return hashlib.sha256(word.encode()).digest()


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def load(pem):
    return serialization.load_pem_private_key(pem.encode(), None)


def pem(key):
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private.decode()


def fields(word, key, **more):
    return {
        "KPEX_PASSKEY_USERNAME": "ada",
        "KPEX_PASSKEY_CREDENTIAL_ID": b64url(digest(word)),
        "KPEX_PASSKEY_PRIVATE_KEY_PEM": pem(key),
        "KPEX_PASSKEY_RELYING_PARTY": word + ".example",
        "KPEX_PASSKEY_USER_HANDLE": b64url(digest(word + " handle")),
        **{"KPEX_PASSKEY_" + name: value for name, value in more.items()},
    }


def add(database, group, title, fields, **more):
    entry = database.add_entry(group, title, more.pop("username", "ada"), "none of ours", **more)
    for name, value in fields.items():
        entry.set_custom_property(name, value, protect=True)


def write(path):
    """A database of every kind of entry; tells which passkeys it has, in the file's order."""
    database = create_database(str(path), password=PASSWORD)
    group = database.add_group(database.root_group, "Passkeys")
    es256 = fields("es256", ec.generate_private_key(ec.SECP256R1()), FLAG_BE="1", FLAG_BS="0", PRF=base64.b64encode(bytes([7]) * 32).decode(), FUTURE="as it is")
    eddsa = fields("eddsa", ed25519.Ed25519PrivateKey.generate(), FLAG_BE="true", FLAG_BS="true")
    rs256 = fields("rs256", rsa.generate_private_key(65537, 2048))
    # As the first test versions of KeePassXC wrote them.
    legacy = fields("legacy", ec.generate_private_key(ec.SECP256R1()))
    legacy["KPEX_PASSKEY_GENERATED_USER_ID"] = legacy.pop("KPEX_PASSKEY_CREDENTIAL_ID")
    legacy["KPXC_PASSKEY_USERNAME"] = "old ada"
    old = fields("old", ec.generate_private_key(ec.SECP256R1()))
    add(database, group, "ES256", {**es256, "KP2A_URL_1": "https://other.example"}, url="https://es256.example/login", notes="a <note> & more", tags=["Passkey", "blue"])
    add(database, group, "EdDSA", eddsa)
    add(database, group, "RS256", rs256)
    add(database, group, "Legacy", legacy)
    add(database, group, "A login", {})
    add(database, group, "Old", old)
    # A former version, whose protected fields come before those of later entries.
    changed = database.find_entries(title="ES256", first=True)
    changed.save_history()
    changed.title = "ES256"
    database.trash_entry(database.find_entries(title="Old", first=True))
    database.save()
    return [
        Entry(title, place, user_name, b64url(digest(title.lower())), algorithm, found)
        for title, place, user_name, algorithm, found in [
            ("ES256", "Passkeys", "ada", ES256, es256),
            ("EdDSA", "Passkeys", "ada", EDDSA, eddsa),
            ("RS256", "Passkeys", "ada", RS256, rs256),
            ("Legacy", "Passkeys", "old ada", ES256, legacy),
            ("Old", "Recycle Bin", "ada", ES256, old),
        ]
    ]


def write_with_key_file(path, key_file):
    key = digest("key file")
    stated = hashlib.sha256(key).digest()[:4].hex().upper()
    key_file.write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n<KeyFile>\n\t<Meta>\n\t\t<Version>2.0</Version>\n\t</Meta>\n\t<Key>\n'
        f'\t\t<Data Hash="{stated}">\n\t\t\t{key.hex(" ", 4).upper()}\n\t\t</Data>\n\t</Key>\n</KeyFile>\n'
    )
    database = create_database(str(path), password=PASSWORD, keyfile=str(key_file))
    add(database, database.root_group, "ES256", fields("es256", ec.generate_private_key(ec.SECP256R1())))
    database.save()


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    write(folder / "pykeepass.kdbx")
    write_with_key_file(folder / "pykeepass-keyfile.kdbx", folder / "pykeepass.keyx")
