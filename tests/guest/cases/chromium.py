#!/usr/bin/env python3
"""Chromium enrols a discoverable passkey with user verification on the lab's page, signs in without a user name,
and signs in again after the key was switched off and on: once with each profile, from the vault."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from browser import Lab, Page, chromium
from support import Key, latchkey, new_vault

EXPECTED = {
    # After enrolment and two sign-ins: the counter that the site has seen, and backup eligibility.
    "device-bound": {"backupEligible": False, "backupState": False, "counts": True},
    "synced": {"backupEligible": True, "backupState": False, "counts": False},
}

data, passphrase_file = new_vault()
browser = chromium()
try:
    with Lab(data) as lab:
        for profile, expected in EXPECTED.items():
            page = Page(browser, lab.url)
            vault = {"profile": profile, "data": data, "passphrase_file": passphrase_file}
            with Key(**vault):
                page.register(f"ada-{profile}")
                page.status("The passkey was created")
                page.sign_out()
                page.sign_in()
                page.status(f"Signed in as ada-{profile}")
                page.sign_out()
            with Key(**vault):
                page.sign_in()
                page.status(f"Signed in as ada-{profile}")
                seen = [c for c in page.credentials() if c["userName"] == f"ada-{profile}"]
                page.sign_out()

            assert len(seen) == 1, seen
            [passkey] = [
                p for p in latchkey("passkey", "list", data=data, passphrase_file=passphrase_file)
                if p["userName"] == f"ada-{profile}"
            ]
            print(passkey)
            assert passkey["kind"] == profile and passkey["rpId"] == "localhost" and passkey["discoverable"]
            assert passkey["id"] == seen[0]["id"]
            for face in (passkey, seen[0]):
                assert face["backupEligible"] == expected["backupEligible"], face
                assert face["backupState"] == expected["backupState"], face
                assert face["aaguid"] == passkey["aaguid"]
            history = [ceremony["signCount"] for ceremony in seen[0]["history"]]
            assert len(history) == 3 and passkey["signCount"] == history[-1], (history, passkey)
            assert (history == sorted(set(history)) and history[-1] > 0) if expected["counts"] else history == [0, 0, 0]
            assert seen[0]["attestation"]["format"] == "packed" and seen[0]["attestation"]["type"] == "self", seen[0]
            assert all(ceremony["flags"]["uv"] and ceremony["flags"]["up"] for ceremony in seen[0]["history"])
finally:
    browser.quit()
