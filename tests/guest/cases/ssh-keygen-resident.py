#!/usr/bin/env python3
"""OpenSSH: keys that live in the security key are brought to another computer by `ssh-keygen -K`, and sign there."""
# proves: credential-management

import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import Key, device, run, scratch

PIN = "1234\n"

here, there = scratch(), scratch()
message = there / "message"
message.write_text("signed on another computer\n")
askpass = here / "askpass"
askpass.write_text("#!/bin/sh\necho 1234\n")
askpass.chmod(0o755)
# ssh-keygen asks for a PIN by a program where there is no terminal.
by_program = {"SSH_ASKPASS": str(askpass), "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":0"}

with Key(profile="fingerprint-key"):
    run("fido2-token", "-S", device(), typed=PIN + PIN)
    made = {}
    for kind in ["ecdsa-sk", "ed25519-sk"]:
        key = here / kind
        run(
            "ssh-keygen", "-t", kind, "-O", "resident", "-O", f"application=ssh:{kind}", "-O", "user=ada", "-N", "",
            "-C", "ada", "-f", key, env=by_program,
        )
        made[kind] = key.with_suffix(".pub").read_text().split()[:2]

    done = subprocess.run(
        ["ssh-keygen", "-K", "-N", ""], cwd=there, env={**__import__("os").environ, **by_program},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, start_new_session=True,
    )
    print(done)
    assert done.returncode == 0
    brought = {path.read_text().split()[1]: path for path in there.glob("id_*.pub")}
    for kind, (_, public) in made.items():
        key = brought[public].with_suffix("")
        run("ssh-keygen", "-Y", "sign", "-n", "file", "-f", key, message)
        (there / "allowed").write_text("ada " + brought[public].read_text())
        check = ["ssh-keygen", "-Y", "verify", "-f", str(there / "allowed"), "-I", "ada", "-n", "file", "-s", f"{message}.sig"]
        good = subprocess.run(check, stdin=message.open(), capture_output=True, text=True)
        assert good.returncode == 0 and "Good" in good.stdout, good
        (there / "message.sig").unlink()
