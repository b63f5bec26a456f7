#!/usr/bin/env python3
"""A real keyring opens the vault; one that lost the key is said to, no new key is made, and the passphrase still opens."""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import LATCHKEY, latchkey, run, scratch
from window import Desktop

folder = scratch()
data = folder / "data"
passphrase_file = folder / "passphrase"
passphrase_file.write_text("correct horse battery staple\n")

with Desktop():
    made = latchkey("vault", "init", data=data, passphrase_file=passphrase_file)
    assert sorted(slot["kind"] for slot in made["slots"]) == ["keyring", "passphrase"], made
    assert latchkey("vault", "status", data=data)["openedBy"]["kind"] == "keyring"
    assert latchkey("passkey", "list", data=data) == []

    # Locked by its owner: the keyring does not open it until the passphrase was given.
    latchkey("vault", "lock", data=data)
    assert latchkey("vault", "status", data=data)["state"] == "locked"
    latchkey("vault", "unlock", data=data, passphrase_file=passphrase_file)
    assert latchkey("vault", "status", data=data)["openedBy"]["kind"] == "keyring"

with Desktop():
    for _ in range(2):
        assert latchkey("vault", "status", data=data)["state"] == "keyMissing"
        error = json.loads(run(LATCHKEY, "--data-dir", data, "passkey", "list", "--json", fails=True))["error"]
        assert error["code"] == "key-missing", error
    assert latchkey("passkey", "list", data=data, passphrase_file=passphrase_file) == []
