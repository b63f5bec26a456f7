"""Keys that nobody here wrote, on /dev/uhid, and `latchkey key` as a person uses it."""

import base64
import json
import subprocess

from support import BUILT, LATCHKEY, Lines, device, scratch, wait_for


def base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class OtherKey:
    """A program of tests/interop/security-key, from the moment its node is there until the end of the `with` block."""

    def __init__(self, program, *args):
        self.command = [BUILT.parent / "interop" / "debug" / program, *args]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.lines = Lines(self.process.stdout, "key")
        wait_for(device, "the key's hidraw node")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(20)
        wait_for(lambda: device() is None, "the key to leave the bus")

    def restart(self):
        """Out and in again, where the program keeps in a folder what it is."""
        self.__exit__()
        self.__enter__()

    def replug(self):
        """Out and in again, where it keeps it in memory."""
        for line, is_there in [("unplug", False), ("plug in", True)]:
            print(line, file=self.process.stdin, flush=True)
            wait_for(lambda: (device() is not None) == is_there, f"the key after {line}")


class Owner:
    """Runs `latchkey key` with a data folder of its own, PINs on standard input or in files."""

    def __init__(self):
        self.data = scratch()

    def key(self, *args, pin=None, typed="", code=0):
        """The JSON that the command prints; where it is to end with another `code` than 0, its error."""
        done = self.run("--json", "key", *args, pin=pin, typed=typed, code=code)
        if code:
            return json.loads(done.stderr.splitlines()[-1])["error"]
        return json.loads(done.stdout or "null")

    def run(self, *args, pin=None, typed="", code=0):
        """The program as it ended, with that code."""
        extra = ["--pin-file", self.file(pin)] if pin is not None else []
        at = args.index("key") + 1
        command = [str(part) for part in [LATCHKEY, "--data-dir", self.data, *args[:at], *extra, *args[at:]]]
        done = subprocess.run(command, input=typed, capture_output=True, text=True, timeout=120, start_new_session=True)
        print(f"$ {' '.join(command)}\n{done.stdout}{done.stderr}", flush=True)
        assert done.returncode == code, f"{command} ended with {done.returncode}"
        return done

    def file(self, secret):
        """A file that holds one line."""
        path = self.data / f"secret-{len(list(self.data.iterdir()))}"
        path.write_text(secret + "\n")
        path.chmod(0o600)
        return path
