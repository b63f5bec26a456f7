#!/usr/bin/env python3
"""Chromium brings a site the extensions: PRF, also while the passkey is made, large blobs, credBlob, credProtect,
minPinLength. The site here is a page without content; what it asks is said in this file."""
# proves: ext-hmac-secret, ext-hmac-secret-mc, ext-large-blob-key, ext-cred-blob, ext-cred-protect, ext-min-pin-length
# proves: transport-uhid
# limit: 600

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from browser import chromium
from site_page import Site
from support import Key, device, run

browser = chromium()
try:
    with Key(), Site(browser) as site:
        # Chromium writes large blobs by a token, which this key states once a PIN is set.
        run("fido2-token", "-S", device(), typed="1234\n1234\n")

        first, second = os.urandom(32), os.urandom(32)
        _, made = site.create(prf={"eval": {"first": first, "second": second}}, credProps=True)
        assert made["credProps"] == {"rk": True} and made["prf"]["enabled"] is True, made
        _, got = site.get(prf={"eval": {"first": first, "second": second}})
        secrets = got["prf"]["results"]
        assert len(secrets["first"]) == len(secrets["second"]) == 32 and secrets["first"] != secrets["second"]
        assert made["prf"]["results"] == secrets, "the passkey's making gave what each sign-in gives"
        _, got = site.get(prf={"eval": {"first": second}})
        assert got["prf"]["results"] == {"first": secrets["second"]}

        _, made = site.create(largeBlob={"support": "required"})
        assert made["largeBlob"] == {"supported": True}, made
        blob = os.urandom(1800)
        _, got = site.get(largeBlob={"write": blob})
        assert got["largeBlob"] == {"written": True}, got
        _, got = site.get(largeBlob={"read": True})
        assert got["largeBlob"] == {"blob": blob}, got

        said, _ = site.create(
            credBlob=b"thirty-two bytes at the least...",
            credentialProtectionPolicy="userVerificationRequired",
            enforceCredentialProtectionPolicy=True,
        )
        assert said == {"credBlob": True, "credProtect": 3}, said
        said, _ = site.get(getCredBlob=True)
        assert said == {"credBlob": b"thirty-two bytes at the least..."}, said

        # The site hears the minimum PIN length once the key's owner has listed it.
        said, _ = site.create(minPinLength=True)
        assert "minPinLength" not in said, said
        run("fido2-token", "-S", "-m", "localhost", device(), typed="1234\n")
        said, _ = site.create(minPinLength=True)
        assert said["minPinLength"] == 4, said

        # Of payment, Chromium on Linux tells a security key nothing, and makes the passkey all the same.
        said, _ = site.create(payment={"isPayment": True})
        assert "thirdPartyPayment" not in said, said
        site.get()
finally:
    browser.quit()
