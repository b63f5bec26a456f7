//! A metadata service of the tests' own: a root, an authority below it, a signer, and the BLOBs that it signs. The same
//! keys every time.

use base64::{Engine, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use rsa::RsaPrivateKey;
use rustls_pki_types::CertificateDer;
use sha2::Sha256;
use std::{str::FromStr, sync::LazyLock};
use x509_cert::{
    TbsCertificate,
    builder::{self, Builder, CertificateBuilder, profile::BuilderProfile},
    der::{DateTime, Encode, asn1::Ia5String},
    ext::{
        Extension, ToExtension,
        pkix::{BasicConstraints, SubjectAltName, name::GeneralName},
    },
    name::Name,
    serial_number::SerialNumber,
    spki::{SubjectPublicKeyInfo, SubjectPublicKeyInfoRef},
    time::{Time, Validity},
};

use crate::root::{Anchor, HOST, Root};

/// What a service signs by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256, all the way up.
    Rs256,
    /// ECDSA on P-256 with SHA-256, all the way up.
    Es256,
}

/// A metadata service: what its signer's certificate says, and its chain.
pub struct Service {
    algorithm: Algorithm,
    /// The signer's certificate, then the authority's, in DER.
    pub chain: Vec<Vec<u8>>,
    /// The root's certificate, in DER.
    pub root: Vec<u8>,
}

/// A key of the chain.
enum Key {
    Rsa(Box<rsa::pkcs1v15::SigningKey<Sha256>>),
    Ec(Box<p256::ecdsa::SigningKey>),
}

const ROOT: usize = 0;
const AUTHORITY: usize = 1;
const SIGNER: usize = 2;

static RSA: LazyLock<[RsaPrivateKey; 3]> = LazyLock::new(|| {
    [7, 8, 9].map(|seed| RsaPrivateKey::new(&mut ChaCha20Rng::from_seed([seed; 32]), 2048).unwrap())
});

impl Service {
    /// The service that the FIDO Alliance might run: its host in the certificate, valid until 2120.
    pub fn new(algorithm: Algorithm) -> Self {
        Self::named(algorithm, HOST, 2120)
    }

    /// A service of this host, whose signer's certificate ends with this year's first day.
    pub fn named(algorithm: Algorithm, host: &str, end: u16) -> Self {
        let certificate = |subject: usize, issuer: usize, host: Option<&str>, end: u16| {
            let issued =
                Issued { issuer: NAMES[issuer], subject: NAMES[subject], host: host.map(str::to_owned) };
            issued.certificate(&Key::of(algorithm, subject), &Key::of(algorithm, issuer), end).unwrap()
        };
        Self {
            algorithm,
            chain: vec![
                certificate(SIGNER, AUTHORITY, Some(host), end),
                certificate(AUTHORITY, ROOT, None, 2120),
            ],
            root: certificate(ROOT, ROOT, None, 2120),
        }
    }

    /// Its root as the person's own.
    pub fn own_root(&self) -> Root {
        Root::from_file(&self.root).unwrap().remove(0)
    }

    /// Its root as if it were one of those that the FIDO Alliance's BLOBs lead to.
    pub fn fido_root(&self) -> Root {
        Root { certificate: CertificateDer::from(self.root.clone()), anchor: Anchor::Fido("a root of tests") }
    }

    /// Its root as PEM.
    pub fn root_pem(&self) -> String {
        let text = BASE64_STANDARD.encode(&self.root);
        let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
    }

    /// A BLOB of this payload.
    pub fn blob(&self, payload: &serde_json::Value) -> String {
        let algorithm = match self.algorithm {
            Algorithm::Rs256 => "RS256",
            Algorithm::Es256 => "ES256",
        };
        let chain: Vec<_> =
            self.chain.iter().map(|certificate| BASE64_STANDARD.encode(certificate)).collect();
        self.jwt(&serde_json::json!({"alg": algorithm, "typ": "JWT", "x5c": chain}), payload)
    }

    /// A JWT with this header, whatever it says.
    pub fn jwt(&self, header: &serde_json::Value, payload: &serde_json::Value) -> String {
        let part = |value: &serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(payload));
        let signature = Key::of(self.algorithm, SIGNER).sign(signed.as_bytes());
        format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }
}

impl Key {
    fn of(algorithm: Algorithm, place: usize) -> Self {
        match algorithm {
            Algorithm::Rs256 => Self::Rsa(Box::new(rsa::pkcs1v15::SigningKey::new(RSA[place].clone()))),
            Algorithm::Es256 => {
                let scalar = [u8::try_from(place).unwrap() + 1; 32];
                Self::Ec(Box::new(p256::ecdsa::SigningKey::from_slice(&scalar).unwrap()))
            }
        }
    }

    fn public(&self) -> SubjectPublicKeyInfo<x509_cert::der::Any, x509_cert::der::asn1::BitString> {
        use rsa::signature::Keypair;
        match self {
            Self::Rsa(key) => SubjectPublicKeyInfo::from_key(&key.verifying_key()).unwrap(),
            Self::Ec(key) => SubjectPublicKeyInfo::from_key(key.verifying_key()).unwrap(),
        }
    }

    /// As a JWS has it: of an elliptic curve, two numbers side by side.
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        use rsa::signature::{SignatureEncoding, Signer};
        match self {
            Self::Rsa(key) => key.sign(message).to_vec(),
            Self::Ec(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
        }
    }
}

const NAMES: [&str; 3] =
    ["CN=Latchkey tests root,C=AQ", "CN=Latchkey tests authority,C=AQ", "CN=Latchkey tests signer,C=AQ"];

struct Issued {
    issuer: &'static str,
    subject: &'static str,
    /// Of the signer; the others are authorities.
    host: Option<String>,
}

impl Issued {
    fn certificate(self, key: &Key, issuer: &Key, end: u16) -> builder::Result<Vec<u8>> {
        let day = |year| DateTime::new(year, 1, 1, 0, 0, 0).map(Time::from);
        let validity = Validity::new(day(2020)?, day(end)?);
        let serial_number = SerialNumber::from(u32::from(end));
        let builder = CertificateBuilder::new(self, serial_number, validity, key.public())?;
        let certificate = match issuer {
            Key::Rsa(issuer) => builder.build::<_, rsa::pkcs1v15::Signature>(&**issuer)?,
            Key::Ec(issuer) => builder.build::<_, p256::ecdsa::DerSignature>(&**issuer)?,
        };
        Ok(certificate.to_der()?)
    }
}

impl BuilderProfile for Issued {
    fn get_issuer(&self, _subject: &Name) -> Name {
        Name::from_str(self.issuer).unwrap()
    }

    fn get_subject(&self) -> Name {
        Name::from_str(self.subject).unwrap()
    }

    fn build_extensions(
        &self,
        _key: SubjectPublicKeyInfoRef<'_>,
        _issuer_key: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        let constraints = BasicConstraints { ca: self.host.is_none(), path_len_constraint: None };
        let mut extensions = vec![(true, &constraints).to_extension(tbs.subject(), &[])?];
        if let Some(host) = &self.host {
            let name = SubjectAltName(vec![GeneralName::DnsName(Ia5String::new(host)?)]);
            extensions.push((&name).to_extension(tbs.subject(), &[])?);
        }
        Ok(extensions)
    }
}
