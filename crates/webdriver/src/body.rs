use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::problem::Problem;

/// The largest body: a large blob and some names are a few kilobytes.
pub(crate) const BODY_LIMIT: usize = 256 * 1024;

/// The parameters of a command: one JSON object.
pub(crate) struct Parameters(pub(crate) Map<String, Value>);

impl Parameters {
    /// The members as `T`.
    ///
    /// # Errors
    /// `invalid argument` where one is absent, of another type, or not known to `T`.
    pub(crate) fn read<T: DeserializeOwned>(self) -> Result<T, Problem> {
        serde_json::from_value(Value::Object(self.0))
            .map_err(|error| Problem::invalid_argument(format!("The parameters do not fit: {error}.")))
    }
}

impl<S: Send + Sync> FromRequest<S> for Parameters {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state).await.map_err(|_| {
            Problem::invalid_argument(format!("The body could not be read; it may have {BODY_LIMIT} bytes."))
        })?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err(Problem::invalid_argument("The parameters are not a JSON object.")),
            Err(error) => Err(Problem::invalid_argument(format!("The body is not JSON: {error}."))),
        }
    }
}
