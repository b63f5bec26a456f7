//! A JSON Web Signature in its compact form (RFC 7515 §7.1), with the signer's certificates in its header.

use jiff::Timestamp;
use p256::ecdsa::Signature;
use rustls_pki_types::CertificateDer;
use serde::Deserialize;
use serde::de::IgnoredAny;
use webpki::EndEntityCert;

use crate::{
    algorithm::{ES256, RS256},
    base64, chain,
    error::Error,
    root::{Anchor, Root},
};

/// A chain of certificates has a few thousand bytes each.
const LONGEST_HEADER: usize = 256 * 1024;
/// Deeper than any authority issues.
const MOST_CERTIFICATES: usize = 10;

/// The three parts, the header read, nothing verified.
pub(crate) struct Jws<'a> {
    /// What is signed: header and payload as they came, with the dot between them.
    signed: &'a str,
    payload: &'a str,
    signature: &'a str,
    header: Header,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    x5c: Vec<String>,
    /// Extensions that whoever does not know them must refuse (§4.1.11).
    #[serde(default)]
    crit: Option<IgnoredAny>,
}

impl<'a> Jws<'a> {
    pub(crate) fn read(text: &'a str) -> Result<Self, Error> {
        let wrong = |what: &str| Error::Jwt(what.to_owned());
        let text = text.trim_ascii();
        let (signed, signature) = text.rsplit_once('.').ok_or_else(|| wrong("it has no dots"))?;
        let (header, payload) = signed.split_once('.').ok_or_else(|| wrong("it has no three parts"))?;
        if payload.contains('.') {
            return Err(wrong("it has more than three parts"));
        }
        if header.len() > LONGEST_HEADER {
            return Err(wrong("its header is too long"));
        }
        let header = base64::url(header).ok_or_else(|| wrong("its header is no base64url"))?;
        let header: Header =
            serde_json::from_slice(&header).map_err(|error| Error::Jwt(format!("its header: {error}")))?;
        Ok(Self { signed, payload, signature, header })
    }

    /// What was signed, once the signature holds and its maker is known.
    pub(crate) fn verify(&self, roots: &[Root], now: Timestamp) -> Result<(Vec<u8>, Anchor), Error> {
        let algorithm = match self.header.alg.as_str() {
            "RS256" => &RS256,
            "ES256" => &ES256,
            alg if alg.eq_ignore_ascii_case("none") => return Err(Error::NotSigned),
            alg => return Err(Error::Algorithm(crate::text::plain(alg).unwrap_or_default())),
        };
        if self.header.crit.is_some() {
            return Err(Error::Jwt("its header demands extensions that are not known (crit)".to_owned()));
        }
        let chain = self.certificates()?;
        let anchor = chain::verify(&chain, roots, now)?;
        let signer = chain.first().ok_or(Error::NoChain)?;
        let signer =
            EndEntityCert::try_from(signer).map_err(|error| Error::Certificate(error.to_string()))?;
        let signature = self.signature()?;
        signer
            .verify_signature(algorithm, self.signed.as_bytes(), &signature)
            .map_err(|_| Error::Signature)?;
        Ok((self.payload()?, anchor))
    }

    /// What it says, whoever signed it.
    pub(crate) fn payload(&self) -> Result<Vec<u8>, Error> {
        base64::url(self.payload).ok_or_else(|| Error::Jwt("its payload is no base64url".to_owned()))
    }

    fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, Error> {
        if self.header.x5c.is_empty() {
            return Err(Error::NoChain);
        }
        if self.header.x5c.len() > MOST_CERTIFICATES {
            return Err(Error::Chain(format!("there are more than {MOST_CERTIFICATES}")));
        }
        let certificate = |text: &String| {
            let der =
                base64::standard(text).ok_or_else(|| Error::Certificate("it is no base64".to_owned()))?;
            Ok(CertificateDer::from(der))
        };
        self.header.x5c.iter().map(certificate).collect()
    }

    /// Two numbers side by side become DER (RFC 7518 §3.4), which certificates have.
    fn signature(&self) -> Result<Vec<u8>, Error> {
        let bytes = base64::url(self.signature).ok_or(Error::Signature)?;
        if self.header.alg != "ES256" {
            return Ok(bytes);
        }
        let signature = Signature::from_slice(&bytes).map_err(|_| Error::Signature)?;
        Ok(signature.to_der().as_bytes().to_vec())
    }
}
