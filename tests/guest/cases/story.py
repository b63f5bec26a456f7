#!/usr/bin/env python3
"""The whole story: the window with a real keyring, the virtual key on /dev/uhid, Chromium on the lab's page.
Chromium asks, the window prompts, the person answers there, and the window's list shows the passkey."""
# limit: 600

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from browser import Page, chromium
from support import device, run, wait_for, LATCHKEY
from window import Desktop, Window

PASSPHRASE = "correct horse battery staple"

with Desktop(), Window() as window:
    window.type("vault-passphrase", PASSPHRASE)
    window.type("vault-passphrase-again", PASSPHRASE)
    window.click("vault-create")
    wait_for(lambda: window.find("vault-state").get_attribute("data-state") == "open", "the vault to be open")
    status = run(LATCHKEY, "vault", "status", "--json")
    assert '"keyring"' in status and '"passphrase"' in status, "the vault's key is in the real keyring too"

    window.click("room-virtual-key")
    window.click("key-start-device-bound")
    window.find("key-stop-device-bound")
    wait_for(device, "the key's hidraw node")
    window.click("room-lab")
    window.click("lab-start")
    url = window.find("lab-url").text.strip()
    window.picture("lab")

    browser = chromium()
    try:
        page = Page(browser, url)

        def ask(action, expected_site="localhost"):
            action()
            assert expected_site in window.find("prompt-site").text

        # Approved: the passphrase proves the owner.
        ask(lambda: page.register("ada"))
        assert "ada" in window.find("prompt-account").text
        window.picture("prompt-register")
        window.type("prompt-secret", PASSPHRASE)
        window.click("prompt-approve")
        page.status("The passkey was created")
        page.sign_out()

        ask(page.sign_in)
        window.type("prompt-secret", "not the passphrase")
        window.click("prompt-approve")
        wait_for(lambda: "wrong" in window.find("prompt").text.lower(), "the prompt to say that the passphrase is wrong")
        window.find("prompt-secret").clear()
        window.type("prompt-secret", PASSPHRASE)
        window.click("prompt-approve")
        page.status("Signed in as ada")
        page.sign_out()

        window.click("room-passkeys")
        row = window.find("passkey-row")
        assert row.get_attribute("data-rp-id") == "localhost" and row.get_attribute("data-kind") == "device-bound"
        row.click()
        [seen] = page.credentials()
        assert str(seen["history"][-1]["signCount"]) in window.find("passkey-counter").text
        assert seen["history"][-1]["signCount"] > 0
        flags = window.find("passkey-flags")
        assert (flags.get_attribute("data-be"), flags.get_attribute("data-bs")) == ("0", "0"), flags.text
        window.picture("passkeys")

        # Declined: the page says so, and nothing is signed in.
        ask(page.sign_in)
        window.click("prompt-decline")
        window.gone("prompt")
        browser.find_element("id", "cancel").click()
        page.status("Cancelled")

        # Nobody answers: the question goes by itself.
        ask(page.sign_in)
        window.gone("prompt")
        browser.find_element("id", "cancel").click()
        page.status("Cancelled")
        [still] = page.credentials()
        assert len(still["history"]) == len(seen["history"]), "neither a decline nor a time-out signs anything"
        assert "Signed in" not in page.driver.find_element("id", "status").text
    finally:
        browser.quit()
