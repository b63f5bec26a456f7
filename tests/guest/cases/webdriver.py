#!/usr/bin/env python3
"""Stock Selenium calls make a key on /dev/uhid and Chromium, which knows nothing of them, registers and signs in with
it: credentials come out and go in, large blobs with them, verification is switched off and on, flags and counter are
set."""
# limit: 600
# proves: webdriver, override-per-credential, ext-large-blob

import base64
import json
import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key
from fido2.ctap import CtapError
from fido2.ctap2 import Ctap2
from fido2.hid import CtapHidDevice
from selenium import webdriver
from selenium.webdriver.common.virtual_authenticator import Credential, VirtualAuthenticatorOptions

from browser import Lab, Page, chromium
from site_page import Site
from support import LATCHKEY, Lines, device, scratch, wait_for

# By COSE algorithm, as OpenSSL reads what Selenium got.
PRIVATE_KEYS = {-7: EllipticCurvePrivateKey, -8: Ed25519PrivateKey}
PROPERTIES = "setCredentialProperties"
# Selenium's own two leave out the member that they do not know, largeBlob.
ADD, ALL = "addCredentialParameters", "getCredentialParameters"


class Synced(VirtualAuthenticatorOptions):
    """With the member of WebAuthn Level 3 that Selenium does not know yet."""

    def to_dict(self):
        return {**super().to_dict(), "defaultBackupEligibility": True}


class WithLargeBlob(VirtualAuthenticatorOptions):
    """Selenium does not know `extensions` either."""

    def to_dict(self):
        return {**super().to_dict(), "extensions": ["largeBlob"]}


class Keys:
    """`latchkey webdriver serve` and a Selenium session with it, until the end of the `with` block."""

    def __enter__(self):
        command = [str(LATCHKEY), "webdriver", "serve", "--json"]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.lines = Lines(self.process.stdout, "webdriver")
        url = json.loads(self.lines.next(60))["url"]
        self.driver = webdriver.Remote(command_executor=url, options=webdriver.ChromeOptions())
        assert self.driver.caps["webauthn:virtualAuthenticators"] is True, self.driver.caps
        path = "/session/$sessionId/webauthn/authenticator/$authenticatorId"
        commands = self.driver.command_executor
        commands.add_command(PROPERTIES, "POST", f"{path}/credentials/$credentialId/props")
        commands.add_command(ADD, "POST", f"{path}/credential")
        commands.add_command(ALL, "GET", f"{path}/credentials")
        return self

    def __exit__(self, *_):
        self.driver.quit()
        wait_for(lambda: device() is None, "the session's key to leave the bus")
        self.process.terminate()
        self.process.wait(20)

    def plug(self, options=VirtualAuthenticatorOptions):
        self.driver.add_virtual_authenticator(options(
            protocol="ctap2_1", has_resident_key=True, has_user_verification=True, is_user_verified=True))
        added = json.loads(self.lines.next(60))
        assert added["event"] == "authenticator-added", added
        assert added["authenticator"] == self.driver.virtual_authenticator_id, added
        wait_for(lambda: device() == added["addresses"][0], "the key's hidraw node")

    def unplug(self):
        self.driver.remove_virtual_authenticator()
        assert device() is None, "the device is gone when the command is answered"
        assert json.loads(self.lines.next(60))["event"] == "authenticator-removed"

    def set(self, credential, **properties):
        self._call(PROPERTIES, credentialId=credential.id, **properties)

    def add(self, parameters):
        self._call(ADD, **parameters)

    def all(self):
        return self._call(ALL)

    def _call(self, command, **parameters):
        authenticator = self.driver.virtual_authenticator_id
        return self.driver.execute(command, {"authenticatorId": authenticator, **parameters})["value"]


def enrol(page, name):
    page.register(name)
    page.status("The passkey was created")
    page.sign_out()


def sign_in(page, name):
    page.sign_in()
    page.status(f"Signed in as {name}")
    [seen] = [credential for credential in page.credentials() if credential["userName"] == name]
    page.sign_out()
    return seen


def base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def assert_not_verified():
    """As python-fido2 hears it: the person consents and is not verified."""
    [found] = CtapHidDevice.list_devices()
    try:
        Ctap2(found).get_assertion("localhost", bytes(32), options={"uv": True})
    except CtapError as error:
        assert error.code == CtapError.ERR.OPERATION_DENIED, error
    else:
        raise AssertionError("an assertion came without verification")


browser = chromium()
try:
    with Lab(scratch()) as lab, Keys() as keys:
        driver = keys.driver
        page = Page(browser, lab.url)

        # What Chromium made is shown with its counter and its private key.
        keys.plug()
        enrol(page, "ada")
        seen = sign_in(page, "ada")
        [ada] = driver.get_credentials()
        assert ada.rp_id == "localhost" and ada.is_resident_credential and ada.user_handle, ada
        assert ada.id.rstrip("=") == seen["id"], (ada.id, seen)
        assert ada.sign_count == seen["history"][-1]["signCount"] > 0, (ada, seen)
        key = load_der_private_key(ada._private_key, None)
        assert isinstance(key, PRIVATE_KEYS[seen["algorithm"]]), (key, seen)

        # Without verification the site, which requires it, hears nothing; switched on again it succeeds.
        driver.set_user_verified(False)
        assert_not_verified()
        page.sign_in()
        time.sleep(5)
        page.status("Answer your key")
        page.cancel()
        [unchanged] = driver.get_credentials()
        assert unchanged.sign_count == ada.sign_count, "nothing was signed"
        driver.set_user_verified(True)
        page = Page(browser, lab.url)
        sign_in(page, "ada")
        keys.unplug()

        # A credential that was exported signs in from another key.
        keys.plug()
        assert driver.get_credentials() == []
        driver.add_credential(Credential(ada._id, True, ada.rp_id, ada._user_handle, ada._private_key, 50))
        seen = sign_in(page, "ada")
        assert seen["history"][-1]["signCount"] == 51, seen
        # A counter that falls is what a cloned key looks like.
        keys.set(ada, signCount=3)
        page.sign_in()
        page.status("cloned")
        # So is backup eligibility that changes: neither is a sign-in.
        keys.set(ada, signCount=60, backupEligibility=True)
        page.sign_in()
        page.status("The backup eligibility has not changed")
        driver.remove_credential(ada.id)
        assert driver.get_credentials() == []
        keys.unplug()

        # Backup state is seen by the site as soon as it is set.
        keys.plug(Synced)
        enrol(page, "grace")
        seen = sign_in(page, "grace")
        assert (seen["backupEligible"], seen["backupState"]) == (True, False), seen
        [grace] = driver.get_credentials()
        keys.set(grace, backupState=True)
        seen = sign_in(page, "grace")
        assert (seen["backupEligible"], seen["backupState"]) == (True, True), seen
        driver.remove_all_credentials()
        assert driver.get_credentials() == []
        keys.unplug()

        # A large blob that Chromium wrote comes out plain, and one that went in is what Chromium reads.
        keys.plug(WithLargeBlob)
        with Site(browser) as site:
            _, made = site.create(largeBlob={"support": "required"})
            assert made["largeBlob"] == {"supported": True}, made
            written = b"a certificate, " * 40 + os.urandom(1000)
            _, got = site.get(largeBlob={"write": written})
            assert got["largeBlob"] == {"written": True}, got
            [shown] = keys.all()
            assert shown["largeBlob"] == base64url(written), shown
            keys.unplug()
            keys.plug(WithLargeBlob)
            keys.add(shown)
            _, got = site.get(largeBlob={"read": True})
            assert got["largeBlob"] == {"blob": written}, got
            given = b"another certificate, " * 90
            keys.add({**shown, "largeBlob": base64url(given)})
            _, got = site.get(largeBlob={"read": True})
            assert got["largeBlob"] == {"blob": given}, got
finally:
    browser.quit()
