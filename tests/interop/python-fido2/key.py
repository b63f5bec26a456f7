"""The key under test: `latchkey emulate`, and the web server by which the suite touches it and cuts its power."""

import contextlib
import http.server
import json
import os
import pathlib
import queue
import socket
import subprocess
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[3]
LATCHKEY = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "latchkey"

# Unplugged and plugged in again, as the Solo family's simulator is told over UDP.
POWER_CYCLE = bytes.fromhex(
    "ac1052ca95e569de69e02ebff333485f13f9b2da34c5a8a340526697a9ab2e0b"
    "394d8d04973c134005be1a0140bff6045bb26eb77a73eaa47813f6b49a7250dc"
)


class Key:
    """A key in memory, from its ready line until the end of the `with` block."""

    def __init__(self, profile, *links):
        self.folder = tempfile.TemporaryDirectory(prefix="latchkey-")
        self.command = [
            LATCHKEY, "--data-dir", self.folder.name, "emulate", "--json", "--store", "memory",
            "--approve", "touch", "--control", os.path.join(self.folder.name, "control"), "--profile", profile, *links,
        ]

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        self.folder.cleanup()

    def start(self):
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("latchkey emulate ended before it was ready")
        self.addresses = dict(address.split(":", 1) for address in json.loads(line)["addresses"])
        # What passes through the key is of no interest here, and would fill the pipe.
        threading.Thread(target=lambda out: [None for _ in out], args=[self.process.stdout], daemon=True).start()

    def stop(self):
        self.process.kill()
        self.process.wait()

    def touch(self, on):
        """Puts a finger on the key, or lifts it."""
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(5)
            control.connect(os.path.join(self.folder.name, "control"))
            control.sendall(f"touch {on}\n".encode())
            answer = json.loads(control.makefile().readline())
        assert "error" not in answer, answer


    @contextlib.contextmanager
    def touched(self):
        """A finger that answers what is asked inside the `with` block."""
        self.touch("on")
        try:
            yield
        finally:
            self.touch("off")


class SocketKey(Key):
    """A key reached over TCP, and over UDP for its power."""

    options = []

    def __init__(self, profile):
        super().__init__(profile, "--tcp", "127.0.0.1:0", "--udp", "127.0.0.1:0")

    @property
    def tcp(self):
        return self.addresses["tcp"]

    @property
    def environment(self):
        return {"LATCHKEY_TCP": self.tcp}

    def power_off(self):
        """The datagram stands for both; a key without power is not listed."""

    def power_on(self):
        host, port = self.addresses["udp"].rsplit(":", 1)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.connect((host, int(port)))
            udp.settimeout(5)
            udp.send(POWER_CYCLE)
            # INIT on the broadcast channel: whoever answers it has its power back.
            udp.send((b"\xff\xff\xff\xff\x86\x00\x08" + b"powered?").ljust(64, b"\0"))
            answer = udp.recv(64)
        assert answer[7:15] == b"powered?", answer.hex()


class CardKey(Key):
    """A key in a virtual reader of pcscd, from which it is taken by ending it: the suite does so before it begins."""

    environment = {}
    # vpcd has two readers.
    free = queue.SimpleQueue()
    free.put(0)
    free.put(1)

    def __init__(self, profile):
        self.reader = self.free.get()
        super().__init__(profile, "--nfc", "--vpcd", f"127.0.0.1:{35963 + self.reader}")

    def __exit__(self, *_):
        super().__exit__()
        self.free.put(self.reader)

    @property
    def options(self):
        return ["--reader", f"Virtual PCD 00 0{self.reader}"]

    def power_off(self):
        self.stop()

    def power_on(self):
        self.start()


class Controller:
    """Answers what the suite asks of a board that touches and powers keys: GET /usbN/{touch,power}/{on,off}.

    GET /power says whether the key is plugged in, for the suite's list of devices."""

    def __init__(self, key):
        self.key = key
        self.powered = True

    def __enter__(self):
        controller = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = controller.answer(self.path)
                self.send_response(404 if body is None else 200)
                self.end_headers()
                self.wfile.write((body or "").encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, path):
        match path.strip("/").split("/"):
            case [""]:
                return "a board with one key"
            case ["power"]:
                return "on" if self.powered else "off"
            case [_, "touch", "on" | "off" as on]:
                if self.powered:
                    self.key.touch(on)
                return ""
            case [_, "power", "off"]:
                self.powered = False
                self.key.power_off()
                return ""
            case [_, "power", "on"]:
                self.key.power_on()
                self.powered = True
                return ""
