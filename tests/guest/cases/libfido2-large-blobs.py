#!/usr/bin/env python3
"""fido2-token keeps blobs in the key, by a credential's largeBlobKey and by a key of its own: write, list, read, delete."""
# proves: large-blobs, ext-large-blob-key

import base64
import hashlib
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import Key, device, run, scratch

PIN = "1234\n"
SITE = "latchkey.example"


def b64(data):
    return base64.b64encode(data).decode()


folder = scratch()
# A file, because a PIN is typed too: what fido2-cred reads ahead of standard input, the prompt does not get.
asked = folder / "asked"
# More than one fragment: a message carries 1536 bytes at most.
sent = os.urandom(2500)
(folder / "sent").write_bytes(sent)
challenge = b64(hashlib.sha256(b"blob").digest())

with Key(profile="fingerprint-key"):
    dev = device()
    assert "largeBlobs" in run("fido2-token", "-I", dev)
    run("fido2-token", "-S", dev, typed=PIN + PIN)
    asked.write_text(f"{challenge}\n{SITE}\nada\nYWRh\n")
    made = run("fido2-cred", "-M", "-r", "-v", "-b", "-i", asked, dev, "es256", typed=PIN)
    large_blob_key = made.split()[-1]
    assert len(base64.b64decode(large_blob_key)) == 32
    credential_id = run("fido2-token", "-L", "-k", SITE, dev, typed=PIN).split()[1]

    run("fido2-token", "-S", "-b", "-n", SITE, folder / "sent", dev, typed=PIN)
    # A line about the whole, then one for each blob: encrypted and plain length.
    assert run("fido2-token", "-L", "-b", dev, typed=PIN).splitlines()[1].split()[2] == "2500"
    run("fido2-token", "-G", "-b", "-n", SITE, folder / "by-site", dev, typed=PIN)
    assert (folder / "by-site").read_bytes() == sent

    # The assertion gives the same key, and the key alone reads the blob.
    asked.write_text(f"{challenge}\n{SITE}\n{credential_id}\n")
    asserted = run("fido2-assert", "-G", "-b", "-v", "-i", asked, dev, typed=PIN)
    assert asserted.split()[-1] == large_blob_key
    (folder / "key").write_text(large_blob_key + "\n")
    run("fido2-token", "-G", "-b", "-k", folder / "key", folder / "by-key", dev)
    assert (folder / "by-key").read_bytes() == sent

    (folder / "own-key").write_text(b64(os.urandom(32)) + "\n")
    (folder / "own").write_bytes(b"a blob of nobody's")
    run("fido2-token", "-S", "-b", "-k", folder / "own-key", folder / "own", dev, typed=PIN)
    run("fido2-token", "-G", "-b", "-k", folder / "own-key", folder / "own-read", dev)
    assert (folder / "own-read").read_bytes() == b"a blob of nobody's"

    (folder / "too-large").write_bytes(os.urandom(8000))
    refused = run("fido2-token", "-S", "-b", "-n", SITE, folder / "too-large", dev, typed=PIN, fails=True)
    assert "LARGEBLOB_STORAGE_FULL" in refused, refused
    run("fido2-token", "-G", "-b", "-n", SITE, folder / "still", dev, typed=PIN)
    assert (folder / "still").read_bytes() == sent, "what does not fit leaves what is there"

    run("fido2-token", "-D", "-b", "-n", SITE, dev, typed=PIN)
    run("fido2-token", "-D", "-b", "-k", folder / "own-key", dev, typed=PIN)
    run("fido2-token", "-G", "-b", "-k", folder / "own-key", folder / "none", dev, fails=True)
    assert run("fido2-token", "-L", "-b", dev, typed=PIN) == ""
