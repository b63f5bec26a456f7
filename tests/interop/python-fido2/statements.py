"""Verifies what a key signs by python-fido2's own verifiers: every algorithm, every kind of attestation."""

import hashlib
import pathlib
import subprocess

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from fido2.attestation import AttestationType, FidoU2FAttestation, NoneAttestation, PackedAttestation
from fido2.attestation.base import verify_x509_chain
from fido2.cose import CoseKey, UnsupportedKey
from fido2.ctap2 import Ctap2
from fido2.ctap2.base import AttestationResponse, args
from fido2.hid import CtapHidDevice

from key import LATCHKEY, SocketKey
from plugin import SocketConnection, get_descriptor

HERE = pathlib.Path(__file__).resolve().parent
PROFILES = HERE / "profiles"
HASH = hashlib.sha256(b"client data").digest()
USER = {"id": b"account", "name": "erika", "displayName": "Erika Mustermann"}
AAGUID = x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4")
ALGORITHMS = [-7, -8, -35, -36, -47, -257, -48, -49, -50]


def connect(key):
    return Ctap2(CtapHidDevice(get_descriptor(key.tcp), SocketConnection(key.tcp)))


def register(key, ctap, algorithm=-7, rp_id="latchkey.example", enterprise=None, formats=None):
    rp, offered = {"id": rp_id, "name": "Latchkey"}, [{"type": "public-key", "alg": algorithm}]
    # The library's own method does not know attestationFormatsPreference.
    members = args(HASH, rp, USER, offered, None, None, None, None, None, enterprise, formats)
    with key.touched():
        return AttestationResponse.from_dict(ctap.send_cbor(Ctap2.CMD.MAKE_CREDENTIAL, members))


def sign_in(key, ctap, made, rp_id="latchkey.example"):
    listed = [{"type": "public-key", "id": made.auth_data.credential_data.credential_id}]
    with key.touched():
        return ctap.get_assertion(rp_id, HASH, listed)


# proves: alg-es256, alg-eddsa, alg-es384, alg-es512, alg-es256k, alg-rs256, alg-ml-dsa-44, alg-ml-dsa-65, alg-ml-dsa-87
# proves: att-packed-self
def every_algorithm_signs_and_attests_itself():
    with SocketKey(str(PROFILES / "algorithms.toml")) as key:
        ctap = connect(key)
        for algorithm in ALGORITHMS:
            made = register(key, ctap, algorithm)
            public_key = CoseKey.parse(made.auth_data.credential_data.public_key)
            assert public_key.ALGORITHM == algorithm and not isinstance(public_key, UnsupportedKey), algorithm
            result = PackedAttestation().verify(made.att_stmt, made.auth_data, HASH)
            assert made.fmt == "packed" and result.attestation_type == AttestationType.SELF
            sign_in(key, ctap, made).verify(HASH, public_key)
            print(f"{public_key.__class__.__name__} verifies", flush=True)


def anchor(profile):
    """The CA of a profile, as `latchkey profile attestation-ca` prints it."""
    command = [LATCHKEY, "profile", "attestation-ca", str(profile)]
    pem = subprocess.run(command, check=True, capture_output=True).stdout
    return x509.load_pem_x509_certificate(pem)


def leaf(x5c, ca):
    """The one certificate of a statement, issued by the profile's CA for this very model."""
    (der,) = x5c
    certificate = x509.load_der_x509_certificate(der)
    certificate.verify_directly_issued_by(ca)
    verify_x509_chain([der, ca.public_bytes(Encoding.DER)])
    assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    assert ca.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is True
    return certificate


# proves: att-packed-batch, att-enterprise, att-fido-u2f, att-none, att-formats-preference
def every_attestation_verifies():
    profile = PROFILES / "attested.toml"
    ca = anchor(profile)
    with SocketKey(str(profile)) as key:
        ctap = connect(key)
        for algorithm in ALGORITHMS:
            made = register(key, ctap, algorithm)
            result = PackedAttestation().verify(made.att_stmt, made.auth_data, HASH)
            assert result.attestation_type == AttestationType.BASIC and made.ep_att is None
            batch = leaf(result.trust_path, ca)
        aaguid = batch.extensions.get_extension_for_oid(AAGUID)
        assert not aaguid.critical
        assert aaguid.value.value == b"\x04\x10" + bytes(made.auth_data.credential_data.aaguid)
        print("packed, by the batch certificate, verifies", flush=True)

        serial_numbers = set()
        for kind, rp_id in [(1, "enterprise.example"), (2, "latchkey.example")]:
            made = register(key, ctap, rp_id=rp_id, enterprise=kind)
            result = PackedAttestation().verify(made.att_stmt, made.auth_data, HASH)
            assert made.ep_att is True
            certificate = leaf(result.trust_path, ca)
            assert certificate != batch
            (serial_number,) = certificate.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
            serial_numbers.add(serial_number.value)
        assert len(serial_numbers) == 1, serial_numbers
        usual = register(key, ctap, enterprise=1)
        assert usual.ep_att is None and leaf(usual.att_stmt["x5c"], ca) == batch
        print("enterprise attestation verifies", flush=True)

        made = register(key, ctap, formats=["fido-u2f"])
        result = FidoU2FAttestation().verify(made.att_stmt, made.auth_data, HASH)
        assert made.fmt == "fido-u2f" and leaf(result.trust_path, ca) == batch
        assert bytes(made.auth_data.credential_data.aaguid) == bytes(16)
        print("fido-u2f verifies", flush=True)

        made = register(key, ctap, formats=["none"])
        assert made.fmt == "none"
        NoneAttestation().verify(made.att_stmt, made.auth_data, HASH)
        print("none verifies", flush=True)


every_algorithm_signs_and_attests_itself()
every_attestation_verifies()
