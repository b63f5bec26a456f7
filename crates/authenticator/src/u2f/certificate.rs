//! What vouches for a U2F registration.

use std::{str::FromStr, time::Duration};

use p256::ecdsa::{DerSignature, SigningKey, signature::Signer};
use x509_cert::{
    TbsCertificate,
    builder::{self, Builder, CertificateBuilder, profile::BuilderProfile},
    der::{DateTime, Encode},
    ext::Extension,
    name::Name,
    serial_number::SerialNumber,
    spki::{SubjectPublicKeyInfo, SubjectPublicKeyInfoRef},
    time::{Time, Validity},
};

use crate::hmac_secret::hmac_sha256;

/// A model's certificate and its key. Every key of the model has the same, so that none can be told from another.
pub(super) struct Certificate {
    pub(super) der: Vec<u8>,
    key: SigningKey,
}

impl Certificate {
    pub(super) fn of_model(aaguid: &[u8; 16]) -> Option<Self> {
        let key = SigningKey::from_slice(&hmac_sha256(&[0; 32], aaguid)).ok()?;
        let spki = SubjectPublicKeyInfo::from_key(key.verifying_key()).ok()?;
        let builder = CertificateBuilder::new(Model, SerialNumber::from(1_u8), validity()?, spki).ok()?;
        let certificate = builder.build::<_, DerSignature>(&key).ok()?;
        Some(Self { der: certificate.to_der().ok()?, key })
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: DerSignature = self.key.sign(message);
        signature.as_bytes().to_vec()
    }
}

fn validity() -> Option<Validity> {
    let year = |year| DateTime::new(year, 1, 1, 0, 0, 0).ok().map(|date| date.unix_duration());
    let time = |since: Duration| Time::try_from(std::time::UNIX_EPOCH + since).ok();
    Some(Validity::new(time(year(2020)?)?, time(year(2049)?)?))
}

struct Model;

impl BuilderProfile for Model {
    fn get_issuer(&self, subject: &Name) -> Name {
        subject.clone()
    }

    fn get_subject(&self) -> Name {
        Name::from_str("CN=Latchkey U2F").unwrap_or_default()
    }

    fn build_extensions(
        &self,
        _: SubjectPublicKeyInfoRef<'_>,
        _: SubjectPublicKeyInfoRef<'_>,
        _: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        Ok(Vec::new())
    }
}
