//! The JSON interface.

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header::SET_COOKIE},
    response::{IntoResponse, Response},
    routing::{delete, get, post, put},
};
use serde::{Deserialize, Serialize};
use webauthn::{
    Base64Url, authentication::AuthenticationResponseJSON, registration::RegistrationResponseJSON,
    verify::Verdict,
};

use super::{Site, answer::Problem, body::Body, cookie};
use crate::{Credential, Error, Lab, Outcome, Session, Told, Wishes};

pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/registration/options", post(begin_registration))
        .route("/registration", post(finish_registration))
        .route("/authentication/options", post(begin_authentication))
        .route("/authentication", post(finish_authentication))
        .route("/credentials", get(credentials))
        .route("/credentials/{id}", delete(remove_credential))
        .route("/credentials/{id}/put-back", post(put_back_credential))
        .route("/account", put(rename_account))
        .route("/session", get(session).delete(sign_out))
        .route("/signals", get(signals))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewPasskey {
    user_name: String,
    #[serde(default)]
    display_name: String,
    #[serde(flatten)]
    wishes: Wishes,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewName {
    user_name: String,
    #[serde(default)]
    display_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SignIn {
    user_name: Option<String>,
}

#[derive(Deserialize)]
struct Finish<R> {
    ceremony: String,
    credential: R,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Done {
    user_name: Option<String>,
    credential: Option<Credential>,
    verdict: Verdict,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Who {
    user_name: Option<String>,
}

async fn begin_registration(
    State(site): State<Site>,
    headers: HeaderMap,
    Body(asked): Body<NewPasskey>,
) -> Result<Response, Problem> {
    with_lab(site, headers, move |lab, session| {
        let begun = lab.begin_registration(session, &asked.user_name, &asked.display_name, &asked.wishes)?;
        Ok((Json(begun).into_response(), None))
    })
    .await
}

async fn finish_registration(
    State(site): State<Site>,
    headers: HeaderMap,
    Body(finish): Body<Finish<RegistrationResponseJSON>>,
) -> Result<Response, Problem> {
    with_lab(site, headers, move |lab, session| {
        let outcome = lab.finish_registration(session, &finish.ceremony, &finish.credential)?;
        done(outcome, "The passkey was not taken.")
    })
    .await
}

async fn begin_authentication(
    State(site): State<Site>,
    headers: HeaderMap,
    Body(asked): Body<SignIn>,
) -> Result<Response, Problem> {
    with_lab(site, headers, move |lab, session| {
        let begun = lab.begin_authentication(session, asked.user_name.as_deref())?;
        Ok((Json(begun).into_response(), None))
    })
    .await
}

async fn finish_authentication(
    State(site): State<Site>,
    headers: HeaderMap,
    Body(finish): Body<Finish<AuthenticationResponseJSON>>,
) -> Result<Response, Problem> {
    with_lab(site, headers, move |lab, session| {
        let outcome = lab.finish_authentication(session, &finish.ceremony, &finish.credential)?;
        done(outcome, "The sign-in was refused.")
    })
    .await
}

async fn credentials(State(site): State<Site>) -> Result<Json<Vec<Credential>>, Problem> {
    blocking(move || Ok(Json(site.lab.credentials()?))).await
}

async fn remove_credential(State(site): State<Site>, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    blocking(move || {
        let id = Base64Url::parse(&id).ok_or(Error::UnknownCredential)?;
        site.lab.remove_credential(&id)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

async fn put_back_credential(
    State(site): State<Site>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        let id = Base64Url::parse(&id).ok_or(Error::UnknownCredential)?;
        site.lab.put_back_credential(&id)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

async fn rename_account(
    State(site): State<Site>,
    headers: HeaderMap,
    Body(asked): Body<NewName>,
) -> Result<Response, Problem> {
    with_lab(site, headers, move |lab, session| {
        lab.rename_account(session, &asked.user_name, &asked.display_name)?;
        Ok((StatusCode::NO_CONTENT.into_response(), None))
    })
    .await
}

async fn signals(State(site): State<Site>) -> Json<Vec<Told>> {
    Json(site.lab.signals())
}

async fn session(State(site): State<Site>, headers: HeaderMap) -> Result<Response, Problem> {
    with_lab(site, headers, |lab, session| {
        Ok((Json(Who { user_name: lab.signed_in_as(session)? }).into_response(), None))
    })
    .await
}

async fn sign_out(State(site): State<Site>, headers: HeaderMap) -> Result<Response, Problem> {
    with_lab(site, headers, |lab, session| {
        lab.sign_out(session)?;
        Ok((StatusCode::NO_CONTENT.into_response(), Some(lab.open_session()?)))
    })
    .await
}

fn done(outcome: Outcome, what: &str) -> Result<(Response, Option<Session>), Problem> {
    let Outcome { verdict, credential, session } = outcome;
    if !verdict.verified {
        return Err(Problem::not_verified(verdict, what));
    }
    let user_name = credential.as_ref().map(|credential| credential.user_name.clone());
    Ok((Json(Done { user_name, credential, verdict }).into_response(), session))
}

/// Runs `work` in the browser's session, which is made where there is none, and sets the cookie where it changed.
async fn with_lab<W>(site: Site, headers: HeaderMap, work: W) -> Result<Response, Problem>
where
    W: FnOnce(&Lab, &Session) -> Result<(Response, Option<Session>), Problem> + Send + 'static,
{
    blocking(move || {
        let sent = cookie::read(&headers, site.port);
        let (session, made) = match sent {
            Some(session) if site.lab.knows(&session)? => (session, false),
            _ => (site.lab.open_session()?, true),
        };
        let (mut response, changed) = work(&site.lab, &session)?;
        let to_set = changed.or_else(|| made.then_some(session));
        if let Some(value) = to_set.and_then(|session| cookie::write(&session, site.port)) {
            response.headers_mut().insert(SET_COOKIE, value);
        }
        Ok(response)
    })
    .await
}

/// SQLite waits for the disk: not on the threads that serve.
async fn blocking<T, W>(work: W) -> Result<T, Problem>
where
    T: Send + 'static,
    W: FnOnce() -> Result<T, Problem> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(answer) => answer,
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
}
