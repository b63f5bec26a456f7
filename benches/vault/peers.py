"""pykeepass at the other end of a pipe: a line in for each thing to do, a line out when it is done.

    peers.py DATABASE PASSWORD COUNT: makes the database with COUNT passkeys, as KeePassXC keeps them, then waits.
"""

import base64
import sys
import time

from pykeepass import PyKeePass, create_database

ARGON2ID = bytes.fromhex("9e298b1956db4773b23dfc3ec6f0a1e6")
# A passkey's private key as PKCS#8 in PEM; that it is one and the same matters to nobody here.
KEY = """-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBwcHBwcHBwcHBwcH
BwcHBwcHBwcHBwcHBwcHBwcHBwehRANCAAQeGFMv1HVMAvMEHZx1zrM7g//YGsfO
T+iCzLHJi8WJbqRsMRxOL/QN2Wo2U+bkVEXTLf5Ibs7XXHqQxqGIgcCj
-----END PRIVATE KEY-----
"""


def add(database, number):
    site = f"site{number // 10}.example"
    # Without looking for one of the same name first, which is what it would otherwise spend its time on.
    entry = database.add_entry(
        database.root_group, f"Site {number // 10}", f"erika{number}@example.com", "", url=f"https://{site}", force_creation=True
    )
    identifier = base64.urlsafe_b64encode(number.to_bytes(4, "big") * 8).decode().rstrip("=")
    handle = base64.urlsafe_b64encode(number.to_bytes(4, "big") * 4).decode().rstrip("=")
    entry.set_custom_property("KPEX_PASSKEY_CREDENTIAL_ID", identifier, protect=True)
    entry.set_custom_property("KPEX_PASSKEY_PRIVATE_KEY_PEM", KEY, protect=True)
    entry.set_custom_property("KPEX_PASSKEY_RELYING_PARTY", site)
    entry.set_custom_property("KPEX_PASSKEY_USERNAME", f"erika{number}@example.com")
    entry.set_custom_property("KPEX_PASSKEY_USER_HANDLE", handle, protect=True)


def opened(path, password):
    database = PyKeePass(path, password=password)
    listed = [(entry.title, entry.username, entry.url) for entry in database.entries]
    return database, listed


def main():
    path, password, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    database = create_database(path, password=password)
    # What a vault's passphrase costs: Argon2id, three passes over 64 MiB, four lanes.
    costs = database.kdbx.header.value.dynamic_header.kdf_parameters.data.dict
    costs["$UUID"].value, costs["I"].value, costs["M"].value, costs["P"].value = ARGON2ID, 3, 64 << 20, 4
    for number in range(count):
        add(database, number)
    database.save()
    print("made", flush=True)
    for line in sys.stdin:
        started = time.perf_counter()
        match line.split():
            case ["open"]:
                database, listed = opened(path, password)
                assert len(listed) >= count
            case ["add"]:
                count += 1
                add(database, count)
                database.save()
            case ["search", word]:
                assert database.find_entries(username=f".*{word}.*", regex=True)
            case ["export"]:
                database.dump_xml(f"{path}.xml")
        print(time.perf_counter() - started, flush=True)


if __name__ == "__main__":
    main()
