#!/usr/bin/env python3
"""OpenSSH: a key of each type is made on the Latchkey key, signs, and the signature verifies."""

import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import Key, run, scratch

folder = scratch()
message = folder / "message"
message.write_text("signed with a key that lives in software\n")

with Key():
    for kind in ["ecdsa-sk", "ed25519-sk"]:
        key = folder / kind
        run("ssh-keygen", "-t", kind, "-N", "", "-C", "ada", "-f", key)
        run("ssh-keygen", "-Y", "sign", "-n", "file", "-f", key, message)
        allowed = folder / "allowed"
        allowed.write_text("ada " + key.with_suffix(".pub").read_text())
        check = ["ssh-keygen", "-Y", "verify", "-f", str(allowed), "-I", "ada", "-n", "file", "-s", f"{message}.sig"]
        good = subprocess.run(check, stdin=message.open(), capture_output=True, text=True)
        assert good.returncode == 0 and "Good" in good.stdout, good
        print(good.stdout, end="")
        other = subprocess.run(check, input="another message\n", capture_output=True, text=True)
        assert other.returncode != 0, "a signature over another message must not verify"
        (folder / "message.sig").unlink()
