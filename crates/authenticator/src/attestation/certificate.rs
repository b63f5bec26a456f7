//! Certificates by WebAuthn §8.2.1, the same bytes every time: fixed dates, deterministic signatures.

use std::str::FromStr;

use ctap::Status;
use p256::ecdsa::{DerSignature, SigningKey, signature::Signer};
use sha2::{Digest, Sha256};
use x509_cert::{
    TbsCertificate,
    builder::{self, Builder, CertificateBuilder, profile::BuilderProfile},
    der::{DateTime, Encode, asn1::OctetString, oid::ObjectIdentifier},
    ext::{
        Extension, ToExtension,
        pkix::{AuthorityKeyIdentifier, BasicConstraints, KeyUsage, KeyUsages, SubjectKeyIdentifier},
    },
    name::Name,
    serial_number::SerialNumber,
    spki::{SubjectPublicKeyInfo, SubjectPublicKeyInfoRef},
    time::{Time, Validity},
};

use crate::{hmac_secret::hmac_sha256, profile::Profile};

/// id-fido-gen-ce-aaguid
const AAGUID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.45724.1.1.4");
/// Verifiers want a country (§8.2.1); this one has no vendors.
const VENDOR: &str = "O=Latchkey,C=AQ";

/// The DER of the CA that issues the batch and enterprise certificates of this model: the trust anchor.
///
/// # Errors
/// `OTHER` where a certificate cannot be encoded.
pub fn ca_certificate(profile: &Profile) -> Result<Vec<u8>, Status> {
    let ca = CertificationAuthority::of(profile.aaguid);
    ca.issue(&ca.key, ca.name()?, None)
}

/// The DER of the certificate that every key of this model shares.
///
/// # Errors
/// As [`ca_certificate`].
pub fn batch_certificate(profile: &Profile) -> Result<Vec<u8>, Status> {
    Ok(Attester::batch(profile.aaguid)?.certificate)
}

/// A key that attests, with its certificate.
pub(crate) struct Attester {
    key: SigningKey,
    /// DER
    pub(crate) certificate: Vec<u8>,
}

impl Attester {
    /// What every key of a model has in common.
    pub(crate) fn batch(aaguid: [u8; 16]) -> Result<Self, Status> {
        let key = derive(&Sha256::digest("Latchkey batch attestation").into(), &aaguid);
        Self::issued(aaguid, key, "Latchkey batch", None)
    }

    /// What one key alone has: `serial_number` names it, `secret` makes its key pair.
    pub(super) fn enterprise(
        aaguid: [u8; 16],
        secret: &[u8; 32],
        serial_number: &str,
    ) -> Result<Self, Status> {
        Self::issued(aaguid, derive(secret, &aaguid), "Latchkey enterprise", Some(serial_number))
    }

    /// ES256, in DER.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: DerSignature = self.key.sign(message);
        signature.as_bytes().to_vec()
    }

    fn issued(
        aaguid: [u8; 16],
        key: SigningKey,
        common_name: &str,
        serial_number: Option<&str>,
    ) -> Result<Self, Status> {
        let serial_number = serial_number.map(|number| format!("2.5.4.5={number},")).unwrap_or_default();
        let subject =
            name(&format!("{serial_number}CN={common_name},OU=Authenticator Attestation,{VENDOR}"))?;
        let certificate = CertificationAuthority::of(aaguid).issue(&key, subject, Some(aaguid))?;
        Ok(Self { key, certificate })
    }
}

struct CertificationAuthority {
    key: SigningKey,
    aaguid: [u8; 16],
}

impl CertificationAuthority {
    fn of(aaguid: [u8; 16]) -> Self {
        Self { key: derive(&Sha256::digest("Latchkey attestation CA").into(), &aaguid), aaguid }
    }

    fn name(&self) -> Result<Name, Status> {
        let model = u128::from_be_bytes(self.aaguid);
        name(&format!("CN=Latchkey attestation CA {model:032x},{VENDOR}"))
    }

    /// A certificate for the public half of `key`: of a leaf with its AAGUID, or of a CA without.
    fn issue(&self, key: &SigningKey, subject: Name, leaf: Option<[u8; 16]>) -> Result<Vec<u8>, Status> {
        let issued = Issued { issuer: self.name()?, subject, leaf };
        issued.certificate(key, &self.key).map_err(|_| Status::OTHER)
    }
}

struct Issued {
    issuer: Name,
    subject: Name,
    leaf: Option<[u8; 16]>,
}

impl Issued {
    fn certificate(self, key: &SigningKey, issuer: &SigningKey) -> builder::Result<Vec<u8>> {
        let public_key = SubjectPublicKeyInfo::from_key(key.verifying_key())?;
        // Unique for each issuer and subject key, positive, at most 20 bytes (RFC 5280 §4.1.2.2).
        let mut serial_number = [0x01; 17];
        for (to, from) in serial_number.iter_mut().skip(1).zip(Sha256::digest(public_key.to_der()?)) {
            *to = from;
        }
        let serial_number = SerialNumber::new(&serial_number)?;
        // No date when it ends (RFC 5280 §4.1.2.5): a key has no clock to renew by.
        let validity = Validity::new(Time::from(DateTime::new(2026, 1, 1, 0, 0, 0)?), Time::INFINITY);
        let builder = CertificateBuilder::new(self, serial_number, validity, public_key)?;
        Ok(builder.build::<_, DerSignature>(issuer)?.to_der()?)
    }
}

impl BuilderProfile for Issued {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        let (subject, ca) = (tbs.subject(), self.leaf.is_none());
        let basic_constraints = BasicConstraints { ca, path_len_constraint: ca.then_some(0) };
        let mut extensions = vec![
            (true, &basic_constraints).to_extension(subject, &[])?,
            (&SubjectKeyIdentifier::try_from(key)?).to_extension(subject, &[])?,
            (&AuthorityKeyIdentifier::try_from(issuer_key)?).to_extension(subject, &[])?,
        ];
        match self.leaf {
            None => {
                let usage = KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign);
                extensions.push((&usage).to_extension(subject, &[])?);
            }
            // An OCTET STRING in the extension's OCTET STRING, never critical (WebAuthn §8.2.1).
            Some(aaguid) => {
                let aaguid = OctetString::new(aaguid)?;
                extensions.push((AAGUID, false, &aaguid).to_extension(subject, &[])?);
            }
        }
        Ok(extensions)
    }
}

fn name(text: &str) -> Result<Name, Status> {
    Name::from_str(text).map_err(|_| Status::OTHER)
}

/// The first HMAC-SHA-256(secret, AAGUID || counter) that is a scalar.
fn derive(secret: &[u8; 32], aaguid: &[u8; 16]) -> SigningKey {
    let mut counter = 0_u32;
    loop {
        let bytes = hmac_sha256(secret, &[aaguid.as_slice(), &counter.to_be_bytes()].concat());
        if let Ok(key) = SigningKey::from_slice(&bytes) {
            return key;
        }
        counter = counter.wrapping_add(1);
    }
}
