"""Runs the suite: each profile, each file of tests with a key of its own, so that one failure fails no other file."""
# proves: client-pin-protocol-one, client-pin-protocol-two, client-pin-set-change, client-pin-retries, client-pin-token
# proves: client-pin-permissions, client-pin-min-length, persistent-token, reset-window, get-info, enc-identifier
# proves: enc-cred-store-state, bio-enroll, bio-manage, bio-verify, credential-management, credential-management-update
# proves: credential-management-read-only, large-blobs, config-enterprise, config-always-uv, config-min-pin
# proves: ext-cred-blob, ext-large-blob-key, ext-min-pin-length, ext-hmac-secret, ext-hmac-secret-mc
# proves: ext-third-party-payment, alg-es256, alg-eddsa, alg-es384, alg-es512, alg-es256k, alg-rs256, alg-ml-dsa-44
# proves: alg-ml-dsa-65, alg-ml-dsa-87, att-packed-batch, att-enterprise, hid-ping, hid-cbor, hid-keepalive
# proves: transport-tcp, transport-udp, profile-fingerprint, profile-yubikey-like, profile-ctap20-only, approve-touch

import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import skips
from key import CardKey, Controller, SocketKey

HERE = pathlib.Path(__file__).resolve().parent
SUITE = pathlib.Path(sys.prefix) / "suite"
# They wait for each other's timers more than they compute.
AT_ONCE = 4
LIMIT = 600

# The profiles whose keys are tested, as `--profile` takes them, and the suite's options that fit them. The suite runs
# on no key that can verify its owner from the start, so each profile here leaves built-in verification out.
PROFILES = {
    "everything": [str(HERE / "profiles" / "everything.toml"), "--ep-rp-id", "enterprise.example"],
    "fingerprint-key": ["fingerprint-key"],
    "yubikey-5.7-like": ["yubikey-5.7-like"],
    "ctap20-only": ["ctap20-only"],
}


def run_file(kind, profile, file, arguments):
    """Runs one file of the suite; what its tests' results are, and what pytest printed where it failed."""
    profile, *options = PROFILES[profile]
    with kind(profile) as key, Controller(key) as board, tempfile.NamedTemporaryFile() as results:
        command = [
            sys.executable, "-m", "pytest", "-p", "plugin", "-p", "no:cacheprovider", "-q", "--tb=short", f"tests/device/{file}",
            "--controller", board.url, *key.options, *options, *arguments,
        ]
        environment = {
            **os.environ,
            "PYTHONPATH": str(HERE),
            "PYTHONDONTWRITEBYTECODE": "1",
            **key.environment,
            "LATCHKEY_CONTROLLER": board.url,
            "LATCHKEY_RESULTS": results.name,
        }
        done = subprocess.run(command, cwd=SUITE, env=environment, capture_output=True, text=True, timeout=LIMIT)
        tests = [json.loads(line) for line in results]
    # 5: none of its tests was wanted.
    return tests, None if done.returncode in (0, 5) else done.stdout + done.stderr


def check_run(run, kind, profile, at_once, arguments):
    """Runs the whole suite; what is wrong."""
    files = sorted(path.name for path in (SUITE / "tests" / "device").glob("test_*.py"))
    started = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        sessions = list(pool.map(lambda file: run_file(kind, profile, file, arguments), files))
    results = [result for tests, _ in sessions for result in tests]
    count = {outcome: sum(r["outcome"] == outcome for r in results) for outcome in ("passed", "skipped", "failed")}
    print(f"{run}: {count} ({time.monotonic() - started:.0f} s)", flush=True)
    faults = [f"{file} failed:\n{output}" for file, (_, output) in zip(files, sessions) if output]
    # Part of the suite says nothing of what the whole would skip.
    return [f"{run}: {fault}" for fault in faults + ([] if arguments else skips.faults(run, results))]


def main():
    parser = argparse.ArgumentParser(prog="run", description="python-fido2's device tests against latchkey emulate")
    parser.add_argument("--profile", action="append", choices=PROFILES, help="only this one; may be repeated")
    parser.add_argument("--nfc", action="store_true", help="as a card in a virtual reader, with every feature")
    options, arguments = parser.parse_known_args()
    if options.nfc:
        pcscd = subprocess.Popen(["pcscd", "--foreground"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            faults = check_run("nfc", CardKey, "everything", 2, arguments)
        finally:
            pcscd.terminate()
            pcscd.wait()
    else:
        faults = []
        for profile in options.profile or PROFILES:
            faults += check_run(profile, SocketKey, profile, AT_ONCE, arguments)
    print(*faults, sep="\n")
    sys.exit(1 if faults else 0)


main()
