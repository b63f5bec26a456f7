#!/usr/bin/env python3
"""soft-fido2's client: registration and sign-in by PIN and by built-in verification, the list of relying parties. The
client verifies no signature, so that is done here."""
# proves: client-pin-protocol-two, client-pin-permissions, client-pin-uv-token

import hashlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.webauthn import AuthenticatorData
from support import BUILT, Key, device, run

CLIENT = BUILT / "examples" / "soft-fido2-client"
RP_IDS = ["pin.example", "uv.example"]


def authenticator_data(data, rp_id):
    data = AuthenticatorData(data)
    digest = hashlib.sha256(rp_id.encode()).digest()
    assert data.rp_id_hash == digest and data.is_user_present() and data.is_user_verified(), data
    return data


def verify(cose_key, signature, signed):
    x, y = (int.from_bytes(cose_key[label]) for label in (-2, -3))
    key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    key.verify(signature, signed, ec.ECDSA(SHA256()))


with Key():
    run("fido2-token", "-S", device(), typed="1234\n1234\n")
    said = [line.split() for line in run(CLIENT).splitlines()]

made, signed_in = {}, []
for what, rp_id, *rest in said:
    if what == "listed":
        continue
    client_data_hash, response = map(bytes.fromhex, rest)
    response = cbor.decode(response)
    if what == "registered":
        data = authenticator_data(response[2], rp_id)
        made[rp_id] = data.credential_data
        assert response[1] == "packed" and "x5c" not in response[3], "self attestation, by the credential's key"
        verify(made[rp_id].public_key, response[3]["sig"], response[2] + client_data_hash)
    else:
        assert response[1]["id"] == made[rp_id].credential_id and response[4]["id"] == b"ada-1"
        authenticator_data(response[2], rp_id)
        verify(made[rp_id].public_key, response[3], response[2] + client_data_hash)
        signed_in.append(rp_id)

assert signed_in == RP_IDS, said
assert sorted(rp_id for what, rp_id, *_ in said if what == "listed") == RP_IDS, said
