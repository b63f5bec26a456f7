#!/usr/bin/env python3
"""pamu2fcfg registers the key for a login, and the PAM module lets its owner in: by touch, and by finger."""
# proves: att-packed-batch, profile-yubikey-like, profile-fingerprint

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import Key, device, run, scratch

folder = scratch()
service = pathlib.Path("/etc/pam.d/latchkey-test")


def log_in(mapping, fails=False):
    mappings = folder / "mappings"
    mappings.write_text(mapping)
    service.write_text(f"auth required pam_u2f.so authfile={mappings} origin=pam://latchkey appid=pam://latchkey\n")
    return run("pamtester", "-v", service.name, "root", "authenticate", fails=fails)


def register(*options):
    mapping = run("pamu2fcfg", "-u", "root", "-o", "pam://latchkey", "-i", "pam://latchkey", *options)
    assert mapping.startswith("root:") and "es256" in mapping, mapping
    return mapping


# A certificate vouches for the credential: pamu2fcfg takes no self attestation.
with Key(profile="yubikey-5.7-like"):
    log_in(register())
    log_in(register("-r"))

with Key(profile="fingerprint-key"):
    run("fido2-token", "-S", device(), typed="1234\n1234\n")
    run("fido2-token", "-S", "-e", device(), typed="1234\n")
    mapping = register("-V")
    log_in(mapping)

with Key(profile="yubikey-5.7-like"):
    # Another key, so what was registered is none of its credentials.
    log_in(mapping, fails=True)
