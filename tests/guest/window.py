"""The window under a virtual display, on a session bus with a real keyring, driven through tauri-driver."""

import os
import subprocess
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.options import ArgOptions
from selenium.webdriver.remote.client_config import ClientConfig

from support import BUILT, Lines, scratch, wait_for

LIMIT = 120
KEYRING_PASSWORD = "keyring password"


class Desktop:
    """Xvfb, a session bus and gnome-keyring with an open login keyring, in folders of their own."""

    def __enter__(self):
        home = scratch()
        for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
            folder = home / name.lower()
            folder.mkdir(mode=0o700)
            os.environ[name] = str(folder)
        self.display = subprocess.Popen(
            ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        os.environ["DISPLAY"] = ":" + Lines(self.display.stdout, None).next(60).strip()
        self.bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address=1"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = Lines(self.bus.stdout, None).next(60).strip()
        subprocess.run(
            ["gnome-keyring-daemon", "--unlock", "--components=secrets", "--daemonize"],
            input=KEYRING_PASSWORD, text=True, check=True, stdout=subprocess.DEVNULL,
        )
        wait_for(secret_service_answers, "the Secret Service")
        return self

    def __exit__(self, *_):
        for process in (self.bus, self.display):
            process.terminate()
            process.wait(20)


def secret_service_answers():
    """Whether the daemon started above has its login keyring open. Asking a name that nobody owns yet would have
    the bus start a second daemon, without that keyring."""
    owned = ask_bus("org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets")
    return "boolean true" in owned and "boolean false" in ask_bus(
        "org.freedesktop.secrets", "/org/freedesktop/secrets/collection/login",
        "org.freedesktop.DBus.Properties.Get", "string:org.freedesktop.Secret.Collection", "string:Locked",
    )


def ask_bus(destination, path, method, *arguments):
    command = ["dbus-send", "--session", "--print-reply", f"--dest={destination}", path, method, *arguments]
    return subprocess.run(command, capture_output=True, text=True).stdout


class Window:
    """latchkey-window, until the end of the `with` block."""

    def __enter__(self):
        self.driver_process = subprocess.Popen(
            ["tauri-driver", "--port", "4444", "--native-port", "4445", "--native-driver", "/usr/bin/WebKitWebDriver"]
        )
        wait_for(lambda: listening(4444) and listening(4445), "tauri-driver and the driver behind it")
        options = ArgOptions()
        options.set_capability("browserName", "wry")
        options.set_capability("tauri:options", {"application": str(BUILT / "latchkey-window")})
        server = ClientConfig(remote_server_addr="http://127.0.0.1:4444", timeout=LIMIT)
        self.driver = webdriver.Remote(options=options, client_config=server)
        return self

    def __exit__(self, failed, *_):
        if failed:
            print("what the window shows:", self.driver.find_element(By.TAG_NAME, "body").text, sep="\n  ", flush=True)
            self.picture("failed")
        self.driver.quit()
        # The driver answers before it ends the window. Without a driver the window would stay, and be in the way of
        # the next: there is only one at a time.
        wait_for(lambda: not runs("latchkey-window"), "the window to end")
        self.driver_process.terminate()
        self.driver_process.wait(20)
        wait_for(lambda: not (listening(4444) or listening(4445)), "its driver to end")

    def find(self, test_id, limit=LIMIT):
        """The element with this data-testid, once it is shown and can be used."""
        return self._wait(
            lambda: next((e for e in self._all(test_id) if e.is_displayed() and e.is_enabled()), None),
            f"the window to show {test_id}", limit,
        )

    def gone(self, test_id, limit=LIMIT):
        """Waits until nothing with this data-testid is there."""
        self._wait(lambda: not self._all(test_id), f"{test_id} to go", limit)

    def click(self, test_id):
        self._wait(lambda: self.find(test_id).click() is None, f"{test_id} to be clicked")

    def type(self, test_id, text):
        self._wait(lambda: self.find(test_id).send_keys(text) is None, f"{test_id} to take text")

    def text(self, test_id):
        """What the element says."""
        return self._wait(lambda: self.find(test_id).text, f"{test_id} to say something")

    def attribute(self, test_id, name):
        return self._wait(lambda: (self.find(test_id).get_attribute(name),), f"{test_id} to be there")[0]

    def _all(self, test_id):
        return self.driver.find_elements(By.CSS_SELECTOR, f'[data-testid="{test_id}"]')

    def _wait(self, condition, what, limit=LIMIT):
        """The window draws anew whenever something changes: an element that went meanwhile is looked up again."""
        def settled():
            try:
                return condition()
            except StaleElementReferenceException:
                return None
        return wait_for(settled, what, limit)

    def picture(self, name):
        """Keeps what the window shows, for looking at."""
        settle = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))"
        self.driver.execute_async_script(settle)
        self.driver.save_screenshot(os.path.join(os.environ["GUEST_OUT"], f"{name}.png"))


def runs(program):
    """Whether a process of this name is there; one that has ended and is not yet collected does not count."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, name, state = stat.read_text().replace("(", ")").split(")")[:3]
        except OSError:
            continue
        if name == program[:15] and not state.strip().startswith("Z"):
            return True
    return False


def listening(port):
    with open("/proc/net/tcp") as table:
        return any(f":{port:04X} 00000000:0000 0A" in line for line in table)
