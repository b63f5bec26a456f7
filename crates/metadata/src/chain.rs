//! From who signed up to a root that is trusted (RFC 5280 §6).

use jiff::Timestamp;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use std::time::Duration;
use webpki::{EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter};

use crate::{
    algorithm,
    error::Error,
    root::{Anchor, HOST, Root},
};

/// Verifies that `chain`, the signer's certificate first, leads to one of `roots` at the time `now`, and that it is the
/// Metadata Service's own where the root is one of the FIDO Alliance's BLOBs.
pub(crate) fn verify(chain: &[CertificateDer<'_>], roots: &[Root], now: Timestamp) -> Result<Anchor, Error> {
    let (signer, intermediates) = chain.split_first().ok_or(Error::NoChain)?;
    let signer = EndEntityCert::try_from(signer).map_err(|error| Error::Certificate(error.to_string()))?;
    let mut refused = Error::UnknownRoot;
    for root in roots {
        match leads_to(&signer, intermediates, root, now) {
            Ok(()) => return owner(&signer, root),
            // Why the right root did not do says more than that the others were not it.
            Err(Error::UnknownRoot) => {}
            Err(error) => refused = error,
        }
    }
    Err(refused)
}

fn leads_to(
    signer: &EndEntityCert<'_>,
    intermediates: &[CertificateDer<'_>],
    root: &Root,
    now: Timestamp,
) -> Result<(), Error> {
    let anchor = webpki::anchor_from_trusted_cert(&root.certificate)
        .map_err(|error| Error::Root(error.to_string()))?;
    let now = UnixTime::since_unix_epoch(Duration::from_secs(now.as_second().try_into().unwrap_or(0)));
    signer
        .verify_for_usage(algorithm::OF_CERTIFICATES, &[anchor], intermediates, now, AnyUsage, None, None)
        .map(|_| ())
        .map_err(why)
}

fn owner(signer: &EndEntityCert<'_>, root: &Root) -> Result<Anchor, Error> {
    if matches!(root.anchor(), Anchor::Fido(_)) {
        // A root that signs for half the web says nothing by itself.
        let host = ServerName::try_from(HOST).map_err(|_| Error::Host)?;
        signer.verify_is_valid_for_subject_name(&host).map_err(|_| Error::Host)?;
    }
    Ok(root.anchor().clone())
}

fn why(error: webpki::Error) -> Error {
    let time = |time: UnixTime| {
        time.as_secs()
            .try_into()
            .ok()
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
            .unwrap_or_default()
    };
    match error {
        webpki::Error::UnknownIssuer => Error::UnknownRoot,
        webpki::Error::CertExpired { not_after, .. } => Error::Expired(time(not_after)),
        webpki::Error::CertNotValidYet { not_before, .. } => Error::NotYet(time(not_before)),
        other => Error::Chain(other.to_string()),
    }
}

/// No usage is set aside for signing metadata: the Metadata Service signs by a certificate for a server.
struct AnyUsage;

impl ExtendedKeyUsageValidator for AnyUsage {
    fn validate(&self, _usages: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        Ok(())
    }
}
