#!/usr/bin/env python3
"""fido2-cred -M | fido2-cred -V, and fido2-assert -G | fido2-assert -V, for both algorithms and with hmac-secret."""

import base64
import hashlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import Key, device, run, scratch


def b64(data):
    return base64.b64encode(data).decode()


folder = scratch()
with Key():
    dev = device()
    for algorithm in ["es256", "eddsa"]:
        challenge = b64(hashlib.sha256(algorithm.encode()).digest())
        made = run(
            "fido2-cred", "-M", "-h", dev, algorithm,
            typed=f"{challenge}\nlatchkey.example\nada\n{b64(algorithm.encode())}\n",
        )
        verified = run("fido2-cred", "-V", "-h", algorithm, typed=made)
        credential_id, public_key = verified.split("\n", 1)

        key_file = folder / f"{algorithm}.pem"
        key_file.write_text(public_key)
        salt = b64(hashlib.sha256(b"salt").digest())
        asked = f"{challenge}\nlatchkey.example\n{credential_id}\n{salt}\n"
        first = run("fido2-assert", "-G", "-h", "-t", "up=true", dev, typed=asked)
        second = run("fido2-assert", "-G", "-h", "-t", "up=true", dev, typed=asked)
        # The last line is the secret: the same salt gives the same one.
        assert first.split()[-1] == second.split()[-1] and len(base64.b64decode(first.split()[-1])) == 32
        for answer in (first, second):
            signed = "".join(line + "\n" for line in answer.split()[:-1])
            run("fido2-assert", "-V", "-h", "-p", key_file, algorithm, typed=signed)

        broken = first.split()[:-1]
        signature = bytearray(base64.b64decode(broken[-1]))
        signature[-1] ^= 1
        broken[-1] = b64(signature)
        run("fido2-assert", "-V", "-h", "-p", key_file, algorithm, typed="\n".join(broken) + "\n", fails=True)
