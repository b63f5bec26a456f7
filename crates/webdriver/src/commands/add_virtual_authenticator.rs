//! Add Virtual Authenticator (§11.3).

use axum::extract::{Path, State};
use serde_json::Value;

use super::Answer;
use crate::{
    Event,
    authenticator_configuration::AuthenticatorConfiguration,
    body::Parameters,
    problem::Problem,
    sessions::{AUTHENTICATORS, Endpoint},
    virtual_authenticator::VirtualAuthenticator,
};

pub(super) async fn run(
    State(endpoint): State<Endpoint>,
    Path(session): Path<String>,
    parameters: Parameters,
) -> Answer {
    super::run(move || {
        endpoint.with_database(&session, |database| {
            let configuration: AuthenticatorConfiguration = parameters.read()?;
            configuration.check()?;
            if database.len() >= AUTHENTICATORS {
                let message =
                    format!("The session has {AUTHENTICATORS} virtual authenticators. Remove one first.");
                return Err(Problem::unknown_error(message));
            }
            let id = endpoint.new_id();
            let authenticator = VirtualAuthenticator::start(configuration, &id, endpoint.config())?;
            endpoint.tell(Event::AuthenticatorAdded { id: &id, addresses: authenticator.addresses() });
            database.insert(id.clone(), authenticator);
            Ok(Value::String(id))
        })
    })
    .await
}
