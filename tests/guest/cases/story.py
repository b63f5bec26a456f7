#!/usr/bin/env python3
"""The whole story: the window with a real keyring, the virtual key on /dev/uhid, Chromium on the lab's page.
Chromium asks, the window prompts, the person answers there, and the window's list shows the passkey."""
# limit: 600

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from browser import Page, chromium
from support import device, run, wait_for, LATCHKEY
from window import Desktop, Window

PASSPHRASE = "correct horse battery staple"

with Desktop():
    with Window() as window:
        window.type("vault-passphrase", PASSPHRASE)
        window.type("vault-passphrase-again", PASSPHRASE)
        window.click("vault-create")
        wait_for(lambda: window.attribute("vault-state", "data-state") == "open", "the vault to be open")
        status = run(LATCHKEY, "vault", "status", "--json")
        assert '"keyring"' in status and '"passphrase"' in status, "the vault's key is in the real keyring too"

        window.click("room-virtual-key")
        window.click("key-start-device-bound")
        window.find("key-stop-device-bound")
        wait_for(device, "the key's hidraw node")
        window.click("room-lab")
        window.click("lab-start")
        url = window.text("lab-url").strip()
        window.picture("lab")

        browser = chromium()
        try:
            page = Page(browser, url)

            def ask(action, expected_site="localhost"):
                action()
                assert expected_site in window.text("prompt-site")

            # Approved: the passphrase proves the owner.
            ask(lambda: page.register("ada"))
            assert "ada" in window.text("prompt-account")
            window.picture("prompt-register")
            window.type("prompt-secret", PASSPHRASE)
            window.click("prompt-approve")
            page.status("The passkey was created")
            page.sign_out()

            ask(page.sign_in)
            window.type("prompt-secret", "not the passphrase")
            window.click("prompt-approve")
            wait_for(lambda: "wrong" in window.text("prompt").lower(), "the prompt to say that the passphrase is wrong")
            window.find("prompt-secret").clear()
            window.type("prompt-secret", PASSPHRASE)
            window.click("prompt-approve")
            page.status("Signed in as ada")
            page.sign_out()

            window.click("room-passkeys")
            row = [window.attribute("passkey-row", name) for name in ("data-rp-id", "data-kind")]
            assert row == ["localhost", "device-bound"], row
            window.click("passkey-row")
            [seen] = page.credentials()
            counter = window.text("passkey-counter")
            assert str(seen["history"][-1]["signCount"]) in counter
            assert seen["history"][-1]["signCount"] > 0
            flags = [window.attribute("passkey-flags", name) for name in ("data-be", "data-bs")]
            assert flags == ["0", "0"], flags
            window.picture("passkeys")

            # Declined: Chromium shows a sheet of its own until somebody closes it, so the person cancels on the page.
            ask(page.sign_in)
            window.click("prompt-decline")
            window.gone("prompt")
            page.cancel()

            # Nobody answers: the question goes by itself when its time is over.
            page = Page(browser, url)
            ask(page.sign_in)
            window.gone("prompt")
            page.cancel()

            [still] = page.credentials()
            assert still["history"] == seen["history"], "neither a decline nor a time-out signs anything"
            assert window.text("passkey-counter") == counter

            # The command line works on the same vault meanwhile, and the window shows what it did.
            [passkey] = json.loads(run(LATCHKEY, "passkey", "list", "--json"))
            assert passkey["id"] == seen["id"] and str(passkey["signCount"]) in counter
            run(LATCHKEY, "passkey", "delete", passkey["id"], "--yes")
            window.gone("passkey-row")
        finally:
            browser.quit()

    # Started again, the window opens the vault by the keyring, unasked.
    with Window() as window:
        wait_for(lambda: window.attribute("vault-state", "data-state") == "open", "the keyring to open the vault")
