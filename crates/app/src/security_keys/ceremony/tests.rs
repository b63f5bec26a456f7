//! Ceremonies with emulated keys in this process, of every generation.

use ::metadata::testing::{Algorithm, Service};
use authenticator::{
    Authenticator, MemoryStore, Profile, Transport as Over, platform::Platform, testing::World,
};
use base64::prelude::BASE64_STANDARD;
use security_key::{Found, InProcess, Pin, Session};
use serde_json::json;
use std::sync::{Arc, Mutex};

use super::*;
use crate::{
    App,
    keys::Fixed,
    platform::{SystemClock, SystemRng},
};

const PIN: &str = "3141592";

fn shipped(name: &str) -> Profile {
    Profile::shipped().find(|profile| profile.name == name).unwrap().clone()
}

async fn opened(profile: &Profile) -> OpenKey {
    let platform = Platform {
        user: Arc::new(Fixed::approving(profile)),
        store: Arc::new(MemoryStore::with_capacity(profile.limits.discoverable_credentials)),
        clock: Arc::new(SystemClock::powered_now()),
        rng: Arc::new(SystemRng),
    };
    let key = Arc::new(tokio::sync::Mutex::new(Authenticator::new(profile.clone(), platform)));
    of(InProcess::new(move |request| {
        let key = Arc::clone(&key);
        async move { key.lock().await.handle(&request, Over::Usb).await }
    }))
    .await
}

async fn of(transport: InProcess) -> OpenKey {
    let mut session = Session::new(Box::new(transport) as Box<dyn security_key::Transport>);
    let info = session.info().await.unwrap_or_else(|_| crate::security_keys::opening::of_u2f());
    OpenKey { found: Found::at("in process"), id: "00000000".to_owned(), session, info, pin: None }
}

fn app() -> (tempfile::TempDir, App) {
    let folder = tempfile::tempdir().unwrap();
    let app = App::new(folder.path().join("data"));
    (folder, app)
}

#[tokio::test]
async fn a_key_answers_all_that_it_knows_and_a_site_would_take_it() {
    let (_folder, app) = app();
    let mut key = opened(&Profile::device_bound()).await;
    let wishes = CeremonyWishes {
        discoverable: true,
        salts: vec![Salt::of_prf(b"hello"), Salt([7; 32])],
        cred_protect: Some(2),
        cred_blob: Some(b"small".to_vec()),
        large_blob: true,
        ..CeremonyWishes::new()
    };
    let made = app.register_with_key(&mut key, &wishes, || {}).await.unwrap();
    assert!(made.verified && made.flags.user_present && made.flags.user_verified, "{made:?}");
    assert!(made.steps.iter().any(|step| step.section == "7.1.22" && step.outcome == "pass"));
    assert_eq!((made.protocol.as_str(), made.algorithm.as_deref()), ("ctap2", Some("ES256")));
    assert_eq!((made.hmac_secret, made.cred_protect, made.cred_blob), (Some(true), Some(2), Some(true)));
    assert_eq!((made.large_blob, made.secrets.len()), (Some(true), 2));
    assert_eq!(made.attestation.kind, AttestationKind::SelfAttestation);
    assert!(made.model.as_ref().is_some_and(|model| model.name == "Latchkey" && model.claimed));

    let wishes = SignInWishes {
        rp_id: wishes.rp_id.clone(),
        public_key: from_base64url(&made.public_key),
        verification: true,
        salts: wishes.salts,
        cred_blob: true,
        ..SignInWishes::default()
    };
    let signed = app.authenticate_with_key(&mut key, &wishes, || {}).await.unwrap();
    let [signed] = signed.as_slice() else { panic!("{signed:?}") };
    assert_eq!((signed.verified, signed.secrets.clone()), (Some(true), made.secrets));
    assert_eq!(
        (signed.cred_blob.as_deref(), signed.credential_id.clone()),
        (Some("c21hbGw"), made.credential_id)
    );

    // Another key's signature does not verify.
    let other = app.register_with_key(&mut key, &CeremonyWishes::new(), || {}).await.unwrap();
    let wrong = SignInWishes { public_key: from_base64url(&other.public_key), ..wishes };
    let signed = app.authenticate_with_key(&mut key, &wrong, || {}).await.unwrap();
    assert_eq!(signed[0].verified, Some(false));
    assert!(signed[0].steps.iter().any(|step| step.id == "signature" && step.outcome == "fail"));
}

#[tokio::test]
async fn a_pin_is_asked_for_and_nothing_stays_on_the_key() {
    let (_folder, app) = app();
    let mut key = opened(&shipped("yubikey-5.7-like")).await;
    let pin = Pin::existing(&PIN.into()).unwrap();
    key.session.set_pin(&key.info, &pin).await.unwrap();
    key.info = key.session.info().await.unwrap();
    let wishes = CeremonyWishes::new();
    let error = app.register_with_key(&mut key, &wishes, || {}).await.unwrap_err();
    assert_eq!((error.code, error.tries_left), (Code::PinNeeded, Some(8)));
    key.pin = Some("27182818".into());
    let error = app.register_with_key(&mut key, &wishes, || {}).await.unwrap_err();
    assert_eq!((error.code, error.tries_left), (Code::WrongSecret, Some(7)));
    key.pin = Some(PIN.into());
    let made = app.register_with_key(&mut key, &wishes, || {}).await.unwrap();
    assert!(made.verified && made.flags.user_verified && !made.discoverable);

    let credentials = app.key_credentials(&mut key, |_, _| {}).await.unwrap();
    assert_eq!(credentials.existing, 0);
    let wishes = SignInWishes { rp_id: wishes.rp_id, verification: true, ..SignInWishes::default() };
    let error = app.authenticate_with_key(&mut key, &wishes, || {}).await.unwrap_err();
    assert_eq!(error.code, Code::NotFound);
}

#[tokio::test]
async fn a_model_is_attested_by_verified_metadata_alone() {
    let (folder, app) = app();
    let profile = shipped("yubikey-5.7-like");
    let mut key = opened(&profile).await;
    let wishes = CeremonyWishes::new();
    let made = app.register_with_key(&mut key, &wishes, || {}).await.unwrap();
    assert_eq!((made.attestation.signature, made.attestation.trusted), (Some(true), false));

    let service = Service::new(Algorithm::Es256);
    let root = folder.path().join("root.pem");
    std::fs::write(&root, service.root_pem()).unwrap();
    let import = |number: u64, authority: &[u8]| {
        let entry = json!({
            "aaguid": uuid_of(&profile),
            "metadataStatement": {
                "description": "A key that is attested",
                "attestationRootCertificates": [BASE64_STANDARD.encode(authority)],
            },
        });
        let payload = json!({"no": number, "nextUpdate": "2099-01-01", "entries": [entry]});
        let blob = folder.path().join("blob.jwt");
        std::fs::write(&blob, service.blob(&payload)).unwrap();
        app.import_metadata(&blob, &[&root]).unwrap();
    };
    import(1, &service.root);
    let made = app.register_with_key(&mut key, &wishes, || {}).await.unwrap();
    assert!(!made.attestation.trusted && made.model.unwrap().claimed, "{:?}", made.attestation);
    import(2, &authenticator::attestation::ca_certificate(&profile).unwrap());
    let made = app.register_with_key(&mut key, &wishes, || {}).await.unwrap();
    assert!(made.attestation.trusted, "{:?}", made.attestation);
    let model = made.model.unwrap();
    assert_eq!((model.name.as_str(), model.claimed, model.verified), ("A key that is attested", false, true));
}

#[tokio::test]
async fn a_key_of_u2f_registers_and_signs_in_and_knows_no_extensions() {
    let (_folder, app) = app();
    let world = Arc::new(Mutex::new(World::with_profile(1, shipped("u2f-only"))));
    let refuse = |_| std::future::ready(vec![ctap::Status::INVALID_COMMAND.0]);
    let mut key = of(InProcess::new(refuse).with_messages(move |apdu: Vec<u8>| {
        let mut world = world.lock().unwrap();
        let touch = authenticator::platform::Answer::Approved { account: 0, verified: false };
        let touched = world.key.u2f_question(&apdu).map(|_| touch);
        std::future::ready(world.key.answer_u2f(&apdu, touched))
    }))
    .await;
    let made = app.register_with_key(&mut key, &CeremonyWishes::new(), || {}).await.unwrap();
    assert!(made.verified, "{made:?}");
    assert_eq!((made.protocol.as_str(), made.attestation.format.as_str()), ("u2f", "fido-u2f"));
    assert_eq!((made.attestation.signature, made.model), (Some(true), None));
    let wishes = SignInWishes {
        rp_id: TEST_SITE.to_owned(),
        credentials: vec![from_base64url(&made.credential_id).unwrap()],
        public_key: from_base64url(&made.public_key),
        ..SignInWishes::default()
    };
    let signed = app.authenticate_with_key(&mut key, &wishes, || {}).await.unwrap();
    assert_eq!((signed[0].verified, signed[0].sign_count), (Some(true), 1));

    let asked = CeremonyWishes { hmac_secret: true, ..CeremonyWishes::new() };
    assert_eq!(app.register_with_key(&mut key, &asked, || {}).await.unwrap_err().code, Code::Usage);
    let asked = CeremonyWishes { discoverable: true, ..CeremonyWishes::new() };
    assert_eq!(app.register_with_key(&mut key, &asked, || {}).await.unwrap_err().code, Code::Usage);
    let unknown = SignInWishes { credentials: vec![vec![1; 64]], ..wishes };
    assert_eq!(app.authenticate_with_key(&mut key, &unknown, || {}).await.unwrap_err().code, Code::NotFound);
}

fn uuid_of(profile: &Profile) -> String {
    crate::passkeys::uuid(profile.aaguid)
}
