//! What a chain of certificates may end in.

use rustls_pki_types::{CertificateDer, pem::PemObject};
use sha2::{Digest, Sha256};
use std::fmt::Write;

use crate::error::Error;

/// Who signs the BLOBs that the FIDO Alliance publishes (Metadata Service 3.1 §3.1.8).
pub(crate) const HOST: &str = "mds.fidoalliance.org";

/// The roots that the FIDO Alliance's BLOBs lead to: GlobalSign's R3 until it ends in 2029, and its successor R46.
const FIDO: [(&str, &[u8]); 2] = [
    ("GlobalSign Root CA - R3", include_bytes!("roots/globalsign-r3.der")),
    ("GlobalSign Root R46", include_bytes!("roots/globalsign-r46.der")),
];

/// A certificate that a chain may end in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    pub(crate) certificate: CertificateDer<'static>,
    pub(crate) anchor: Anchor,
}

/// Which root a BLOB's chain ended in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// A root of the FIDO Alliance's BLOBs, by its name; who signed was the Metadata Service itself.
    Fido(&'static str),
    /// A root that the person gave, by the SHA-256 of its certificate in hexadecimal digits; anybody below it may have
    /// signed.
    Own(String),
}

impl Root {
    /// The roots that the FIDO Alliance's BLOBs lead to.
    pub fn of_fido() -> Vec<Self> {
        let root = |(name, der): (&'static str, &'static [u8])| Self {
            certificate: CertificateDer::from(der),
            anchor: Anchor::Fido(name),
        };
        FIDO.into_iter().map(root).collect()
    }

    /// The roots of a file: one or several certificates in PEM, or one in DER.
    ///
    /// # Errors
    /// [`Error::Root`] for a file that holds no certificate, or one that cannot be read.
    pub fn from_file(bytes: &[u8]) -> Result<Vec<Self>, Error> {
        let mut certificates = Vec::new();
        if bytes.windows(11).any(|part| part == b"-----BEGIN ") {
            for certificate in CertificateDer::pem_slice_iter(bytes) {
                certificates.push(certificate.map_err(|error| Error::Root(error.to_string()))?);
            }
            if certificates.is_empty() {
                return Err(Error::Root("its PEM holds no certificate".to_owned()));
            }
        } else {
            certificates.push(CertificateDer::from(bytes.to_vec()));
        }
        certificates.into_iter().map(Self::own).collect()
    }

    fn own(certificate: CertificateDer<'static>) -> Result<Self, Error> {
        webpki::anchor_from_trusted_cert(&certificate).map_err(|error| Error::Root(error.to_string()))?;
        let anchor = Anchor::Own(hexadecimal(&Sha256::digest(&certificate)));
        Ok(Self { certificate, anchor })
    }

    pub(crate) fn anchor(&self) -> &Anchor {
        &self.anchor
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_roots_are_those_that_globalsign_publishes() {
        let hashes: Vec<_> =
            Root::of_fido().iter().map(|root| hexadecimal(&Sha256::digest(&root.certificate))).collect();
        assert_eq!(
            hashes,
            [
                "cbb522d7b7f127ad6a0113865bdf1cd4102e7d0759af635a7cf4720dc963c53b",
                "4fa3126d8d3a11d1c4855a4f807cbad6cf919d3a5a88b03bea2c6372d93c40c9",
            ]
        );
        for root in Root::of_fido() {
            assert!(webpki::anchor_from_trusted_cert(&root.certificate).is_ok());
        }
    }

    #[test]
    fn a_file_without_a_certificate_is_no_root() {
        let key = b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        for wrong in
            [&b""[..], b"hello", key, b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
        {
            assert!(matches!(Root::from_file(wrong), Err(Error::Root(_))), "{wrong:?}");
        }
    }
}
