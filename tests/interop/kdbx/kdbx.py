"""KeePass databases between pykeepass, KeePassXC's command line and the crate `exchange`, by its example `passkeys`."""

import base64
import json
import os
import pathlib
import subprocess
import tempfile

from pykeepass import PyKeePass

import database

ROOT = pathlib.Path(__file__).parents[3]
PASSKEYS = [os.environ.get("CARGO", "cargo"), "run", "--quiet", "--package", "exchange", "--example", "passkeys", "--"]


def passkeys(*arguments):
    """The example's answer; the password goes by standard input, as everywhere."""
    run = subprocess.run([*PASSKEYS, *map(str, arguments)], cwd=ROOT, input=database.PASSWORD, stdout=subprocess.PIPE, text=True, check=True)
    return run.stdout


def ours_reads(folder):
    """What pykeepass wrote, passkey by passkey."""
    path = folder / "pykeepass.kdbx"
    wanted = database.write(path)
    rows = json.loads(passkeys("list", path))
    assert [row["place"] for row in rows] == [f"{entry.group}/{entry.title}" for entry in wanted], rows
    for row, entry in zip(rows, wanted):
        assert row["rpId"] == entry.fields["KPEX_PASSKEY_RELYING_PARTY"], row
        assert row["userName"] == entry.user_name, row
        assert row["credentialId"] == entry.credential_id, row
        assert row["algorithm"] == entry.algorithm, row
        assert row["hasHmacSecret"] == ("KPEX_PASSKEY_PRF" in entry.fields), row
    print(f"exchange read {len(rows)} passkeys of pykeepass")


def ours_reads_with_key_file(folder):
    path, key_file = folder / "keyfile.kdbx", folder / "keyfile.keyx"
    database.write_with_key_file(path, key_file)
    rows = json.loads(passkeys("list", path, key_file))
    assert len(rows) == 1, rows
    print("exchange read a database with a key file of pykeepass")


def others_read(folder):
    """What is written here of a CXF file, by two readers."""
    path = folder / "ours.kdbx"
    passkeys("convert", "kdbx", ROOT / "crates/exchange/tests/fixtures/cxf.json", path)
    fields = pykeepass_reads(path)
    keepassxc_reads(path, fields)


def pykeepass_reads(path):
    opened = PyKeePass(str(path), password=database.PASSWORD)
    entries = opened.find_entries(tags=["Passkey"])
    assert {entry.title for entry in entries} == {"Complete", "Plain"}, entries
    entry = opened.find_entries(title="Complete", first=True)
    assert entry.group.name == "Imported Passkeys", entry.group
    fields = dict(entry.custom_properties)
    assert fields["KPEX_PASSKEY_RELYING_PARTY"] == "complete.example", fields
    assert fields["KPEX_PASSKEY_USERNAME"] == "ada@complete.example", fields
    assert base64.b64decode(fields["KPEX_PASSKEY_PRF"]) == database.digest("with"), "the seed"
    key = database.load(fields["KPEX_PASSKEY_PRIVATE_KEY_PEM"])
    assert key.curve.name == "secp256r1", key
    for name in ["CREDENTIAL_ID", "PRIVATE_KEY_PEM", "USER_HANDLE", "PRF"]:
        assert entry.is_custom_property_protected("KPEX_PASSKEY_" + name), name
    assert entry.notes == "the blue one" and entry.url == "https://complete.example/login", entry
    assert entry.ctime.timestamp() == 1700000000, entry.ctime
    print("pykeepass read what exchange wrote")
    return fields


def keepassxc_reads(path, fields):
    """Each attribute, letter by letter, by the program whose format it is."""
    for name, value in fields.items():
        shown = keepassxc("show", "--quiet", "--show-protected", "--attributes", name, path, "Imported Passkeys/Complete")
        assert shown.rstrip("\n") == value.rstrip("\n"), name
    listed = keepassxc("ls", "--quiet", "--recursive", "--flatten", path).split("\n")
    assert "Imported Passkeys/Plain" in listed, listed
    print(f"keepassxc-cli showed {len(fields)} attributes")


def keepassxc(command, *arguments):
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(pathlib.Path(arguments[-2 if command == "show" else -1]).parent)}
    run = subprocess.run(["keepassxc-cli", command, *map(str, arguments)], env=environment, input=database.PASSWORD + "\n", stdout=subprocess.PIPE, text=True, check=True)
    return run.stdout


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        ours_reads(folder)
        ours_reads_with_key_file(folder)
        others_read(folder)


main()
