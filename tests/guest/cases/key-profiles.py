#!/usr/bin/env python3
"""Our own key in every shipped profile, managed by `latchkey key` over the kernel's HID."""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from keys import Owner
from managed import life
from support import LATCHKEY, Key, new_vault, run


def managed(profile):
    owner = Owner()
    # In the vault, so that a key which is unplugged comes back as the same.
    data, passphrase_file = new_vault()
    emulated = Key(profile=profile, data=data, passphrase_file=passphrase_file)

    def replug():
        emulated.__exit__(None)
        emulated.__enter__()

    with emulated:
        [listed] = owner.key("list")
        info = owner.key("info")
        assert listed["transport"] == "usb" and listed["versions"] == info["versions"], (listed, info)
        assert owner.key("select")["id"] == listed["id"]
        owner.key("wink")
        owner.key("label", profile)
        assert owner.key("list", "--key", profile)[0]["name"] == profile
        life(owner, replug)


profiles = [profile["name"] for profile in json.loads(run(LATCHKEY, "profile", "list", "--json"))]
assert len(profiles) >= 8, profiles
for profile in profiles:
    print(f"=== {profile}", flush=True)
    managed(profile)
