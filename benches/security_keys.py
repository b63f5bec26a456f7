#!/usr/bin/env python3
"""Security keys as clients see them, over the kernel's HID: `latchkey key` beside fido2-token and python-fido2.

`cargo xtask bench` runs it in the guest. The key is ours, in a process of its own, and holds 100 discoverable credentials
at ten sites behind a PIN. What stands beside each other takes turns; a ratio is the median over the pairs.

fido2-token lists the sites with one call and the credentials of a site with another, each with the PIN: eleven calls are
its job. python-fido2 does it in one process; that one is timed with its start, and once more without.
"""

import hashlib
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "guest"))
import support
from fido2.ctap2 import ClientPin, CredentialManagement, Ctap2
from fido2.hid import CtapHidDevice

LATCHKEY = support.BUILT.parent / "release" / "latchkey"
PIN = "1234 5678"
SITES = [f"site-{number}.example" for number in range(10)]
ACCOUNTS = 10
ROUNDS = 10


def connected():
    return Ctap2(next(CtapHidDevice.list_devices()))


def token(ctap, permissions, site=None):
    pin = ClientPin(ctap)
    return pin.protocol, pin.get_pin_token(PIN, permissions, site)


def fill():
    ctap = connected()
    ClientPin(ctap).set_pin(PIN)
    client_data_hash = hashlib.sha256(b"bench").digest()
    for site in SITES:
        for number in range(ACCOUNTS):
            protocol, proof = token(ctap, ClientPin.PERMISSION.MAKE_CREDENTIAL, site)
            user = {"id": b"user-%d" % number, "name": f"ada-{number}@{site}", "displayName": f"Ada {number}"}
            ctap.make_credential(
                client_data_hash,
                {"id": site, "name": site},
                user,
                [{"type": "public-key", "alg": -7}],
                options={"rk": True},
                pin_uv_param=protocol.authenticate(proof, client_data_hash),
                pin_uv_protocol=protocol.VERSION,
            )


def by_python_fido2():
    """The list as python-fido2 reads it: how many there were, and how long it took without the interpreter's start."""
    start = time.perf_counter()
    ctap = connected()
    management = CredentialManagement(ctap, *token(ctap, ClientPin.PERMISSION.CREDENTIAL_MGMT))
    # `latchkey key credential list` tells the counts, too.
    management.get_metadata()
    hashes = [site[CredentialManagement.RESULT.RP_ID_HASH] for site in management.enumerate_rps()]
    found = sum(len(management.enumerate_creds(digest)) for digest in hashes)
    print(found, time.perf_counter() - start)


def output(*command, typed=""):
    command = [str(part) for part in command]
    done = subprocess.run(command, input=typed, capture_output=True, text=True, start_new_session=True, check=True)
    return done.stdout


def list_by_latchkey(pin_file):
    listed = support.json.loads(output(LATCHKEY, "key", "credential", "list", "--json", "--pin-file", pin_file))
    assert len(listed["credentials"]) == len(SITES) * ACCOUNTS, listed


def list_by_fido2_token(device):
    sites = output("fido2-token", "-L", "-r", device, typed=f"{PIN}\n").split()[2::3]
    assert sorted(sites) == SITES, sites
    for site in sites:
        listed = output("fido2-token", "-L", "-k", site, device, typed=f"{PIN}\n")
        assert listed.count("\n") == ACCOUNTS, listed


def list_by_python():
    found, inside = output(sys.executable, __file__, "list").split()
    assert int(found) == len(SITES) * ACCOUNTS
    return float(inside)


class Requests:
    """How many messages the key was sent."""

    def __init__(self, key):
        self.key = key

    def of(self, job):
        while not self.key.lines.lines.empty():
            self.key.lines.lines.get()
        job()
        time.sleep(0.3)
        count = 0
        while not self.key.lines.lines.empty():
            count += support.json.loads(self.key.lines.lines.get())["event"] == "request"
        return count


def timed(job):
    start = time.perf_counter()
    inside = job()
    return inside if isinstance(inside, float) else time.perf_counter() - start


def compare(what, ours, theirs, beside):
    pairs = [(timed(ours), timed(theirs)) for _ in range(ROUNDS)]
    ratio = statistics.median(one / other for one, other in pairs)
    mine, other = (statistics.median(side) * 1000 for side in zip(*pairs))
    print(f"| {what} | {beside} | {ratio:.2f} ({mine:.0f} ms beside {other:.0f} ms) |", flush=True)


def main():
    support.LATCHKEY = LATCHKEY
    pin_file = support.scratch() / "pin"
    pin_file.write_text(PIN + "\n")
    pin_file.chmod(0o600)
    with support.Key(profile="yubikey-5.7-like") as key:
        fill()
        device = support.device()
        ours = lambda: list_by_latchkey(pin_file)
        theirs = lambda: list_by_fido2_token(device)
        whole_python = lambda: list_by_python() and None

        requests = Requests(key)
        print("\n| messages to the key | |\n|---|---|")
        for who, job in [("latchkey", ours), ("fido2-token", theirs), ("python-fido2", whole_python)]:
            print(f"| {who} | {requests.of(job)} |")

        print("\n| | beside | ratio |\n|---|---|---|")
        compare("list 100 credentials", ours, theirs, "fido2-token")
        compare("list 100 credentials", ours, whole_python, "python-fido2")
        compare("list 100 credentials", ours, list_by_python, "python-fido2 without its start")
        keys = lambda: output(LATCHKEY, "key", "list", "--json")
        compare("list the keys", keys, lambda: output("fido2-token", "-L"), "fido2-token")


if __name__ == "__main__":
    by_python_fido2() if sys.argv[1:] == ["list"] else main()
