"""Chromium on the lab's page, driven through ChromeDriver."""

import subprocess

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from support import LATCHKEY, Lines, scratch
import json

# In the guest system calls are slow: a ceremony that takes two seconds elsewhere takes twenty here.
LIMIT = 120


class Lab:
    """`latchkey lab serve` until the end of the `with` block."""

    def __init__(self, data):
        self.data = data

    def __enter__(self):
        command = [str(LATCHKEY), "--data-dir", str(self.data), "lab", "serve", "--port", "8471", "--json"]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        ready = json.loads(Lines(self.process.stdout, None).next(60))
        assert ready["event"] == "ready", ready
        self.url = ready["url"]
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)


def chromium():
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    profile = scratch()
    for argument in [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--disable-dev-shm-usage", "--window-size=1280,1400", f"--user-data-dir={profile}",
    ]:
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    driver.set_page_load_timeout(LIMIT)
    driver.set_script_timeout(LIMIT)
    return driver


class Page:
    """The lab's page."""

    def __init__(self, driver, url):
        self.driver = driver
        driver.get(url)

    def register(self, name):
        field = self.driver.find_element(By.ID, "name")
        field.clear()
        field.send_keys(name)
        self.driver.find_element(By.ID, "register").click()

    def sign_in(self):
        self.driver.find_element(By.ID, "sign-in").click()

    def sign_out(self):
        self.driver.find_element(By.ID, "sign-out").click()
        self.status("Signed out")

    def cancel(self):
        """By script: while Chromium shows a sheet of its own, as after a decline, the page gets no mouse and no keys."""
        self.driver.execute_script("document.getElementById('cancel').click()")
        self.status("Cancelled")

    def status(self, expected, limit=LIMIT):
        """Waits until the status line says this."""
        try:
            WebDriverWait(self.driver, limit).until(
                lambda driver: expected in driver.find_element(By.ID, "status").text
            )
        except Exception:
            said = self.driver.find_element(By.ID, "status").text
            raise AssertionError(f"the page says {said!r}, not {expected!r}") from None

    def credentials(self):
        """What the relying party keeps, from its JSON interface."""
        return self.driver.execute_async_script(
            "const done = arguments[0]; fetch('/api/credentials').then(r => r.json()).then(done, e => done(String(e)))"
        )
