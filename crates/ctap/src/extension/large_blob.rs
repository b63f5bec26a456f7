//! The `largeBlob` extension (§12.4): the blob travels with the assertion, not through the largeBlobs command.

use crate::{
    Status,
    cbor::{Entries, Map, Member},
};
use ciborium::Value;

/// What makeCredential is asked: `support`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LargeBlobSupport {
    /// `required`
    Required,
    /// `preferred`
    Preferred,
}

/// What getAssertion is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LargeBlobInput {
    /// `read`: hand the blob out.
    Read,
    /// `write` with `originalSize`: keep this one instead.
    Write(LargeBlob),
}

/// What is answered, in the response's unsigned extension outputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LargeBlobOutput {
    /// `supported`: the credential can carry a blob.
    Supported(bool),
    /// `blob` with `originalSize`.
    Read(LargeBlob),
    /// `written`
    Written(bool),
}

/// A blob as the platform compressed it; the key does not look inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LargeBlob {
    /// DEFLATE (RFC 1951).
    pub compressed: Vec<u8>,
    /// In bytes, before compression.
    pub original_size: u64,
}

/// The unsigned extension outputs of a response: members 0x06 of makeCredential and 0x08 of getAssertion. Those of
/// other extensions, and those that cannot be read, are ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnsignedOutputs {
    /// `largeBlob`
    pub large_blob: Option<LargeBlobOutput>,
}

impl Member for LargeBlobSupport {
    /// The platform's wish as it stands under `support`.
    fn from_value(value: Value) -> Result<Self, Status> {
        match Map::from_value(value)?.required::<String>(SUPPORT)?.as_str() {
            REQUIRED => Ok(Self::Required),
            PREFERRED => Ok(Self::Preferred),
            _ => Err(Status::INVALID_PARAMETER),
        }
    }

    fn into_value(self) -> Value {
        let support = match self {
            Self::Required => REQUIRED,
            Self::Preferred => PREFERRED,
        };
        Entries::default().with(SUPPORT, support.to_owned()).into_value()
    }
}

impl Member for LargeBlobInput {
    fn from_value(value: Value) -> Result<Self, Status> {
        let mut map = Map::from_value(value)?;
        let (read, write) = (map.optional(READ)?, map.optional(WRITE)?);
        match (read, write, map.optional(ORIGINAL_SIZE)?) {
            (Some(true), None, None) => Ok(Self::Read),
            (None, Some(compressed), Some(original_size)) => {
                Ok(Self::Write(LargeBlob { compressed, original_size }))
            }
            (None, Some(_), None) => Err(Status::MISSING_PARAMETER),
            _ => Err(Status::INVALID_PARAMETER),
        }
    }

    fn into_value(self) -> Value {
        match self {
            Self::Read => Entries::default().with(READ, true),
            Self::Write(blob) => {
                Entries::default().with(WRITE, blob.compressed).with(ORIGINAL_SIZE, blob.original_size)
            }
        }
        .into_value()
    }
}

impl Member for LargeBlobOutput {
    fn from_value(value: Value) -> Result<Self, Status> {
        let mut map = Map::from_value(value)?;
        if let Some(supported) = map.told(SUPPORTED) {
            return Ok(Self::Supported(supported));
        }
        if let Some(written) = map.told(WRITTEN) {
            return Ok(Self::Written(written));
        }
        let compressed = map.required(BLOB)?;
        Ok(Self::Read(LargeBlob { compressed, original_size: map.required(ORIGINAL_SIZE)? }))
    }

    fn into_value(self) -> Value {
        match self {
            Self::Supported(supported) => Entries::default().with(SUPPORTED, supported),
            Self::Read(blob) => {
                Entries::default().with(BLOB, blob.compressed).with(ORIGINAL_SIZE, blob.original_size)
            }
            Self::Written(written) => Entries::default().with(WRITTEN, written),
        }
        .into_value()
    }
}

impl Member for UnsignedOutputs {
    fn from_value(value: Value) -> Result<Self, Status> {
        Ok(Self { large_blob: Map::from_value(value)?.told(super::id::LARGE_BLOB) })
    }

    fn into_value(self) -> Value {
        Entries::default().with_optional(super::id::LARGE_BLOB, self.large_blob).into_value()
    }
}

const SUPPORT: &str = "support";
const REQUIRED: &str = "required";
const PREFERRED: &str = "preferred";
const READ: &str = "read";
const WRITE: &str = "write";
const ORIGINAL_SIZE: &str = "originalSize";
const SUPPORTED: &str = "supported";
const BLOB: &str = "blob";
const WRITTEN: &str = "written";
