//! Attestation statements (WebAuthn §8): the ones a Latchkey key makes, and the rest as values.

use crate::{
    Status,
    cbor::{self, Entries, Map, Member},
};
use ciborium::Value;

/// A format identifier with its statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// `none` with the empty map.
    None,
    /// `packed` (§8.2).
    Packed {
        /// `alg`
        algorithm: i64,
        /// `sig`, over authenticator data and client data hash.
        signature: Vec<u8>,
        /// `x5c`: leaf first; empty for self attestation.
        chain: Vec<Vec<u8>>,
    },
    /// `fido-u2f` (§8.6).
    FidoU2f {
        /// `sig`, over the registration data of U2F.
        signature: Vec<u8>,
        /// `x5c`: exactly one certificate.
        certificate: Vec<u8>,
    },
    /// A format this crate does not read, or a key's statement that is not as its format says: name and statement.
    Other(String, Value),
}

/// WebAuthn's attestation object: `fmt`, `attStmt`, `authData` under text keys (§6.5.4).
#[derive(Clone, Debug, PartialEq)]
pub struct AttestationObject {
    /// `fmt` and `attStmt`.
    pub statement: Statement,
    /// `authData`, as signed.
    pub auth_data: Vec<u8>,
}

impl Statement {
    /// Reads `attStmt` by its `fmt`.
    ///
    /// # Errors
    /// `CBOR_UNEXPECTED_TYPE`, `MISSING_PARAMETER` or `INVALID_PARAMETER` where a statement of a known format is
    /// not as its section says.
    pub fn decode(format: String, statement: Value) -> Result<Self, Status> {
        match format.as_str() {
            NONE if statement.as_map().is_some_and(Vec::is_empty) => Ok(Self::None),
            PACKED => Self::decode_packed(statement),
            FIDO_U2F => Self::decode_fido_u2f(statement),
            _ => Ok(Self::Other(format, statement)),
        }
    }

    /// Reads what a key states. Whether it is as its format says is for the site to judge.
    pub(crate) fn told(format: String, statement: Value) -> Self {
        Self::decode(format.clone(), statement.clone()).unwrap_or(Self::Other(format, statement))
    }

    /// `fmt` and `attStmt`.
    pub fn encode(&self) -> (String, Value) {
        match self.clone() {
            Self::None => (NONE.to_owned(), Value::Map(Vec::new())),
            Self::Packed { algorithm, signature, chain } => {
                let statement = Entries::default().with("alg", algorithm).with("sig", signature);
                (PACKED.to_owned(), statement.with_list("x5c", chain).into_value())
            }
            Self::FidoU2f { signature, certificate } => {
                let statement = Entries::default().with("sig", signature).with("x5c", vec![certificate]);
                (FIDO_U2F.to_owned(), statement.into_value())
            }
            Self::Other(format, statement) => (format, statement),
        }
    }

    fn decode_packed(statement: Value) -> Result<Self, Status> {
        let mut statement = Map::from_value(statement)?;
        let algorithm = statement.required("alg")?;
        let signature = statement.required("sig")?;
        let chain: Option<Vec<Vec<u8>>> = statement.optional("x5c")?;
        // §8.2: an `x5c` holds the attestation certificate at least; self attestation leaves it out.
        if chain.as_ref().is_some_and(Vec::is_empty) {
            return Err(Status::INVALID_PARAMETER);
        }
        Ok(Self::Packed { algorithm, signature, chain: chain.unwrap_or_default() })
    }

    fn decode_fido_u2f(statement: Value) -> Result<Self, Status> {
        let mut statement = Map::from_value(statement)?;
        let signature = statement.required("sig")?;
        let [certificate]: [Vec<u8>; 1] =
            statement.required::<Vec<_>>("x5c")?.try_into().map_err(|_| Status::INVALID_PARAMETER)?;
        Ok(Self::FidoU2f { signature, certificate })
    }
}

impl AttestationObject {
    /// Canonical CBOR.
    pub fn encode(&self) -> Vec<u8> {
        let (format, statement) = self.statement.encode();
        Entries::default()
            .with("fmt", format)
            .with("attStmt", statement)
            .with("authData", self.auth_data.clone())
            .encode()
    }

    /// Decodes canonical CBOR, as WebAuthn §2 wants it of everything CTAP defines. The statement may nest.
    ///
    /// # Errors
    /// `INVALID_CBOR`, `MISSING_PARAMETER`, `CBOR_UNEXPECTED_TYPE`, and as [`Statement::decode`].
    pub fn decode(bytes: &[u8]) -> Result<Self, Status> {
        let mut object = Map::from_value(cbor::decode_nested(bytes, cbor::ATTESTATION_DEPTH)?)?;
        let format = object.required("fmt")?;
        let statement = Statement::decode(format, object.required("attStmt")?)?;
        Ok(Self { statement, auth_data: object.required("authData")? })
    }
}

const NONE: &str = "none";
const PACKED: &str = "packed";
const FIDO_U2F: &str = "fido-u2f";
