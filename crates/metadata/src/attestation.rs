//! The certificates of an attestation (WebAuthn §6.5.4): what they signed, of which model they are, and where they lead.

use jiff::Timestamp;
use rustls_pki_types::CertificateDer;
use sha1::{Digest, Sha1};
use webpki::EndEntityCert;
use x509_cert::{
    Certificate,
    der::{
        Decode,
        asn1::{ObjectIdentifier, OctetString},
    },
};

use crate::{
    aaguid::Aaguid,
    algorithm::{self, Algorithm},
    chain,
    error::Error,
    root::Root,
};

/// id-fido-gen-ce-aaguid (WebAuthn §8.2.1).
const AAGUID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.45724.1.1.4");

/// Whether a certificate's key made this signature by the COSE algorithm; `None` for a certificate that cannot be read, and
/// for an algorithm that is not ES256, ES384 or RS256.
pub fn signed(certificate: &[u8], algorithm: i64, message: &[u8], signature: &[u8]) -> Option<bool> {
    let algorithm: &Algorithm = match algorithm {
        ctap::cose::ES256 => &algorithm::ES256,
        ctap::cose::ES384 => &algorithm::ES384,
        ctap::cose::RS256 => &algorithm::RS256,
        _ => return None,
    };
    let certificate = CertificateDer::from(certificate);
    let certificate = EndEntityCert::try_from(&certificate).ok()?;
    Some(certificate.verify_signature(algorithm, message, signature).is_ok())
}

/// The model that a certificate is for, where it says so.
pub fn model(certificate: &[u8]) -> Option<Aaguid> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let extensions = certificate.tbs_certificate().extensions()?;
    let extension = extensions.iter().find(|extension| extension.extn_id == AAGUID)?;
    OctetString::from_der(extension.extn_value.as_bytes()).ok()?.as_bytes().try_into().ok()
}

/// The SHA-1 hash of a certificate's public key, by which metadata names the keys of U2F (RFC 5280 §4.2.1.2, method 1).
pub fn key_identifier(certificate: &[u8]) -> Option<[u8; 20]> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let key = certificate.tbs_certificate().subject_public_key_info().subject_public_key.raw_bytes().to_vec();
    Some(Sha1::digest(key).into())
}

/// Verifies that the certificates of an attestation, the attesting one first, lead to one of `roots` (DER) at the time
/// `now`, or that the attesting one is among them (Metadata Statement 3.1 §4, attestationRootCertificates).
///
/// # Errors
/// What is wrong with the chain.
pub fn verify(certificates: &[Vec<u8>], roots: &[Vec<u8>], now: Timestamp) -> Result<(), Error> {
    let attesting = certificates.first().ok_or(Error::NoChain)?;
    if roots.contains(attesting) {
        return Ok(());
    }
    // One root that cannot be read costs no other.
    let roots: Vec<_> = roots.iter().filter_map(|root| Root::from_file(root).ok()).flatten().collect();
    let chain: Vec<_> = certificates.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
    chain::verify(&chain, &roots, now).map(|_| ())
}
