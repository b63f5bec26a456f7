"""What every case in the guest needs: a Latchkey key on /dev/uhid, and programs that nobody here wrote."""

import json
import os
import pathlib
import queue
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILT = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug"
LATCHKEY = BUILT / "latchkey"


class Lines:
    """The lines of a stream, read in the background so that waiting for one can have a limit."""

    def __init__(self, stream, echo):
        self.lines = queue.Queue()
        self.echo = echo
        threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def _read(self, stream):
        for line in stream:
            if self.echo:
                print(f"  [{self.echo}] {line.rstrip()}", flush=True)
            self.lines.put(line)
        self.lines.put(None)

    def next(self, limit):
        line = self.lines.get(timeout=limit)
        if line is None:
            raise AssertionError("the program ended before it said what was waited for")
        return line

    def rest(self):
        """What was said and not asked for yet, of a program that has ended."""
        return [line.rstrip() for line in iter(lambda: self.lines.get(timeout=20), None)]


class Key:
    """`latchkey emulate --uhid`, from its ready line until the end of the `with` block."""

    def __init__(self, *args, profile="device-bound", data=None, passphrase_file=None):
        self.command = [str(LATCHKEY)]
        if data:
            self.command += ["--data-dir", str(data)]
        self.command += ["emulate", "--uhid", "--profile", profile, "--approve", "always", "--json"]
        self.command += ["--store", "vault" if data else "memory"]
        if passphrase_file:
            self.command += ["--passphrase-file", str(passphrase_file)]
        self.command += args

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.lines = Lines(self.process.stdout, None)
        ready = self.event("ready")
        wait_for(lambda: device() is not None, "the key's hidraw node")
        print(f"key ready: {ready}", flush=True)
        return self

    def __exit__(self, failed, *_):
        self.process.terminate()
        self.process.wait(20)
        if failed:
            print("what passed through the key:", *self.lines.rest(), sep="\n  ", flush=True)
        wait_for(lambda: device() is None, "the key to leave the bus")

    def event(self, name, limit=60):
        """The next event of that name."""
        while True:
            event = json.loads(self.lines.next(limit))
            if event["event"] == name:
                return event


class Plugged:
    """A key of another process, in memory, until it is pulled out."""

    def __init__(self, profile):
        command = [str(LATCHKEY), "emulate", "--uhid", "--store", "memory", "--approve", "always", "--profile", profile, "--json"]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        ready = json.loads(Lines(self.process.stdout, None).next(60))
        assert ready["event"] == "ready", ready
        [self.node] = ready["addresses"]
        wait_for(lambda: pathlib.Path(self.node).exists(), "the key's node")

    def pull_out(self):
        self.process.terminate()
        self.process.wait(20)
        wait_for(lambda: not pathlib.Path(self.node).exists(), "the key to leave")


def device():
    """The path of the one FIDO key, as fido2-token sees it."""
    listed = subprocess.run(["fido2-token", "-L"], capture_output=True, text=True, check=True).stdout
    paths = [line.split(": ")[0] for line in listed.splitlines() if line]
    assert len(paths) <= 1, listed
    return paths[0] if paths else None


def wait_for(condition, what, limit=60):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(f"waited {limit} s for {what}")


def run(*command, typed="", fails=False, env=None):
    """Runs a program. What is `typed` answers its prompts: without a terminal they are read from standard input."""
    done = subprocess.run(
        [str(part) for part in command],
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        start_new_session=True,
        env={**os.environ, **(env or {})},
    )
    shown = " ".join(str(part) for part in command)
    print(f"$ {shown}\n{done.stdout}{done.stderr}", flush=True)
    assert (done.returncode != 0) == fails, f"{shown} ended with {done.returncode}"
    return done.stdout + (done.stderr if fails else "")


def latchkey(*args, data, passphrase_file=None, fails=False):
    """Runs the command line on the vault in `data` and returns its JSON."""
    extra = ["--passphrase-file", str(passphrase_file)] if passphrase_file else []
    return json.loads(run(LATCHKEY, "--data-dir", data, *extra, *args, "--json", fails=fails) or "null")


def scratch():
    """An empty folder inside the guest."""
    return pathlib.Path(tempfile.mkdtemp(prefix="latchkey-"))


def new_vault(passphrase="correct horse battery staple"):
    """A vault in a fresh folder, opened by its passphrase alone: (folder, passphrase file)."""
    folder = scratch()
    passphrase_file = folder / "passphrase"
    passphrase_file.write_text(passphrase + "\n")
    passphrase_file.chmod(0o600)
    data = folder / "data"
    latchkey("vault", "init", data=data, passphrase_file=passphrase_file)
    return data, passphrase_file
