"""Runs the suite: each profile, each file of tests with a key of its own, so that one failure fails no other file."""

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
from key import Controller, Key

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
}


def run_file(run, file, arguments):
    """Runs one file of the suite; what its tests' results are, and what pytest printed where it failed."""
    profile, *options = PROFILES[run]
    with Key(profile) as key, Controller(key) as board, tempfile.NamedTemporaryFile() as results:
        command = [
            sys.executable, "-m", "pytest", "-p", "plugin", "-p", "no:cacheprovider", "-q", "--tb=short", f"tests/device/{file}",
            "--controller", board.url, *options, *arguments,
        ]
        environment = {
            **os.environ,
            "PYTHONPATH": str(HERE),
            "PYTHONDONTWRITEBYTECODE": "1",
            "LATCHKEY_TCP": key.tcp,
            "LATCHKEY_CONTROLLER": board.url,
            "LATCHKEY_RESULTS": results.name,
        }
        done = subprocess.run(command, cwd=SUITE, env=environment, capture_output=True, text=True, timeout=LIMIT)
        tests = [json.loads(line) for line in results]
    # 5: none of its tests was wanted.
    return tests, None if done.returncode in (0, 5) else done.stdout + done.stderr


def main():
    parser = argparse.ArgumentParser(prog="run", description="python-fido2's device tests against latchkey emulate")
    parser.add_argument("--profile", action="append", choices=PROFILES, help="only this one; may be repeated")
    options, arguments = parser.parse_known_args()
    files = sorted(path.name for path in (SUITE / "tests" / "device").glob("test_*.py"))
    faults = []
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for run in options.profile or PROFILES:
            started = time.monotonic()
            sessions = list(pool.map(lambda file: run_file(run, file, arguments), files))
            results = [result for tests, _ in sessions for result in tests]
            count = {outcome: sum(r["outcome"] == outcome for r in results) for outcome in ("passed", "skipped", "failed")}
            print(f"{run}: {count} ({time.monotonic() - started:.0f} s)", flush=True)
            faults += [f"{run}: {file} failed:\n{output}" for file, (_, output) in zip(files, sessions) if output]
            # Part of the suite says nothing of what the whole would skip.
            if not arguments:
                faults += [f"{run}: {fault}" for fault in skips.faults(run, results)]
    print(*faults, sep="\n")
    sys.exit(1 if faults else 0)


main()
