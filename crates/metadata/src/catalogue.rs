//! Several files together.

use crate::{
    aaguid::{self, Aaguid},
    blob::Blob,
    common,
    list::List,
    model::{Model, Source},
};

/// What the files of a person say of models, the verified one first, then the Convenience Metadata Service's, the
/// community's, and the table of common models.
#[derive(Default)]
pub struct Catalogue {
    /// The verified BLOB.
    pub blob: Option<Blob>,
    /// The Convenience Metadata Service's file.
    pub convenience: Option<List>,
    /// The community's `aaguid.json`.
    pub community: Option<List>,
}

/// An entry without any name.
const UNNAMED: &str = "A model without a name";

impl Catalogue {
    /// What is known of a key with this AAGUID, as far as the key itself says so; `None` for a model that no file knows,
    /// and for the AAGUID of keys that have none.
    pub fn model(&self, aaguid: Aaguid) -> Option<Model> {
        if aaguid == aaguid::NONE {
            return None;
        }
        let unsigned = || self.unsigned(aaguid);
        let Some(blob) = &self.blob else { return unsigned() };
        let unnamed = || unsigned().map_or_else(|| UNNAMED.to_owned(), |model| model.name);
        blob.model(aaguid, unnamed).or_else(unsigned)
    }

    /// What is known of a U2F key by the SHA-1 hash of the public key in its attestation certificate (RFC 5280 §4.2.1.2,
    /// method 1), as far as the key itself says so.
    pub fn model_by_certificate(&self, key_identifier: [u8; 20]) -> Option<Model> {
        self.blob.as_ref()?.model_by_certificate(key_identifier, || UNNAMED.to_owned())
    }

    /// The certificates that the attestations of this model's keys lead to, in DER; of a verified BLOB alone.
    pub fn attestation_roots(&self, aaguid: Aaguid) -> Vec<Vec<u8>> {
        self.blob.as_ref().map(|blob| blob.attestation_roots(aaguid)).unwrap_or_default()
    }

    /// [`Catalogue::attestation_roots`] of a U2F key, by the SHA-1 hash as in [`Catalogue::model_by_certificate`].
    pub fn attestation_roots_by_certificate(&self, key_identifier: [u8; 20]) -> Vec<Vec<u8>> {
        let roots = self.blob.as_ref().map(|blob| blob.attestation_roots_by_certificate(key_identifier));
        roots.unwrap_or_default()
    }

    fn unsigned(&self, aaguid: Aaguid) -> Option<Model> {
        let mut lists = [&self.convenience, &self.community].into_iter().flatten();
        let common =
            || common::name(aaguid).map(|name| Model::named(aaguid, name.to_owned(), Source::Common));
        lists.find_map(|list| list.model(aaguid)).or_else(common)
    }
}
