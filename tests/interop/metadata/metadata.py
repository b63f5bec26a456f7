"""Metadata BLOBs both ways: ours by python-fido2's reader, and those of the library cryptography by latchkey."""

import base64
import datetime
import json
import os
import pathlib
import subprocess
import sys

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from fido2.mds3 import AuthenticatorStatus, MdsAttestationVerifier, parse_blob
from fido2.webauthn import Aaguid

ROOT = pathlib.Path(__file__).resolve().parents[3]
LATCHKEY = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "latchkey"
SOUND, BROKEN = (f"0102aabb-0000-4000-8000-00000000000{digit}" for digit in (1, 2))
SHA256 = hashes.SHA256()


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def read(root, header, body, signature):
    return parse_blob(b".".join([header, body, base64url(signature)]), root.public_bytes(Encoding.DER))


def ours_are_read_by_python_fido2(folder):
    for algorithm in ("rs256", "es256"):
        root = x509.load_pem_x509_certificate((folder / f"{algorithm}.pem").read_bytes())
        blob = (folder / f"{algorithm}.jwt").read_bytes()
        header, body, signature = blob.split(b".")
        signature = base64.urlsafe_b64decode(signature + b"==")
        if algorithm == "es256":
            # A JWS has two numbers side by side (RFC 7518 §3.4); this reader wants them in DER, as COSE keys do.
            r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
            signature = encode_dss_signature(r, s)
        payload = read(root, header, body, signature)
        assert (payload.no, payload.next_update, len(payload.entries)) == (7, datetime.date(2099, 12, 31), 2)
        verifier = MdsAttestationVerifier(payload, entry_filter=None)
        sound = verifier.find_entry_by_aaguid(Aaguid.parse(SOUND))
        assert sound.metadata_statement.description == "A sound key"
        statuses = [report.status for report in verifier.find_entry_by_aaguid(Aaguid.parse(BROKEN)).status_reports]
        assert AuthenticatorStatus.USER_KEY_REMOTE_COMPROMISE in statuses

        other = base64url(base64.urlsafe_b64decode(body + b"==").replace(b"A sound key", b"A quiet key"))
        assert other != body
        try:
            read(root, header, other, signature)
        except InvalidSignature:
            print(f"{algorithm}: read by python-fido2, and refused once changed", flush=True)
        else:
            raise AssertionError("python-fido2 took a changed BLOB")


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "AQ"), x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certificate(subject, key, issuer, signer, host=None):
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if host:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        builder = builder.add_extension(usage, critical=False)
    return builder.sign(signer, hashes.SHA384() if issuer == "Root" else SHA256)


def signed(key, algorithm, chain, payload):
    x5c = [base64.b64encode(certificate.public_bytes(Encoding.DER)).decode() for certificate in chain]
    header = {"alg": algorithm, "typ": "JWT", "x5c": x5c}
    message = b".".join(base64url(json.dumps(part).encode()) for part in (header, payload))
    if algorithm == "RS256":
        signature = key.sign(message, padding.PKCS1v15(), SHA256)
    else:
        r, s = decode_dss_signature(key.sign(message, ec.ECDSA(SHA256)))
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return message + b"." + base64url(signature)


def latchkey(folder, *arguments):
    command = [LATCHKEY, "--data-dir", folder / "data", "--json", "metadata", *arguments]
    return subprocess.run(command, capture_output=True, text=True)


# How the Metadata Service's own chain is made: RSA all the way up; and each way of signing that chains have.
def theirs_are_read_by_latchkey(folder):
    rsa_key = lambda bits: rsa.generate_private_key(65537, bits)
    chains = {
        "RSA": ("RS256", rsa_key(4096), rsa_key(2048), rsa_key(2048)),
        "P-256 under P-384": ("ES256", ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP384R1()),
                              ec.generate_private_key(ec.SECP256R1())),
        "P-256 under RSA": ("ES256", rsa_key(4096), ec.generate_private_key(ec.SECP256R1()),
                            ec.generate_private_key(ec.SECP256R1())),
    }
    for number, (kind, (algorithm, root_key, authority_key, key)) in enumerate(chains.items(), 1):
        root = certificate("Root", root_key, "Root", root_key)
        authority = certificate("Authority", authority_key, "Root", root_key)
        signer = certificate("Signer", key, "Authority", authority_key, host="metadata.example")
        entry = {"aaguid": SOUND, "metadataStatement": {"description": f"Signed by {kind}"},
                 "statusReports": [{"status": "REVOKED", "effectiveDate": "2025-06-07"}]}
        payload = {"legalHeader": "", "no": number, "nextUpdate": "2099-01-01", "entries": [entry]}
        (folder / "root.der").write_bytes(root.public_bytes(Encoding.DER))
        (folder / "blob.jwt").write_bytes(signed(key, algorithm, [signer, authority], payload))

        done = latchkey(folder, "import", folder / "blob.jwt")
        assert done.returncode == 7, done
        done = latchkey(folder, "import", folder / "blob.jwt", "--root", folder / "root.der")
        assert done.returncode == 0, done
        model = json.loads(latchkey(folder, "show", SOUND).stdout)
        assert (model["name"], model["verified"]) == (f"Signed by {kind}", True), model
        assert model["warnings"][0]["status"] == "REVOKED", model

        # Signed by another key than the certificate's, and by a certificate that may not issue.
        forger = rsa_key(2048) if algorithm == "RS256" else ec.generate_private_key(ec.SECP256R1())
        below = certificate("Below", forger, "Signer", key, host="metadata.example")
        for chain in ([signer, authority], [below, signer, authority]):
            (folder / "blob.jwt").write_bytes(signed(forger, algorithm, chain, payload))
            done = latchkey(folder, "import", folder / "blob.jwt", "--root", folder / "root.der")
            assert done.returncode == 7, done
        print(f"{kind}: read by latchkey, and refused of a forger", flush=True)


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    ours_are_read_by_python_fido2(folder)
    theirs_are_read_by_latchkey(folder)
