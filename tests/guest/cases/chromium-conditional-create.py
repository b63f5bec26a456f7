#!/usr/bin/env python3
"""A passkey made on the side (conditional create): Chromium says that it can, but not by a security key: it refuses the
site and asks the key for nothing."""
# limit: 600

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from browser import chromium
from site_page import Site
from support import Key

CAPABILITIES = "const done = arguments[0]; PublicKeyCredential.getClientCapabilities().then(c => done({...c}))"

browser = chromium()
try:
    with Key() as key, Site(browser) as site:
        capabilities = browser.execute_async_script(CAPABILITIES)
        assert capabilities["conditionalCreate"] is True, capabilities

        site.create()
        refusal = site.create_on_the_side()
        assert refusal.startswith("NotAllowedError"), refusal
        site.get()

        asked = []
        while "getAssertion" not in asked:
            asked.append(key.event("request")["command"])
        assert asked.count("makeCredential") == 1, asked
finally:
    browser.quit()
