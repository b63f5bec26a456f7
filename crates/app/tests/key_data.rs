//! Fingers and large blobs of a key, over a socket to one of ours.

use app::{
    App, AppError, Code,
    keys::{Approval, Faults, KeyConfig, KeyLink, KeyStore, RunningKey},
    security_keys::{KeyRequest, OpenKey},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ctap::{
    auth_data::AuthenticatorData,
    cose,
    entity::{RelyingParty, User},
    extension::MakeCredentialInputs,
    make_credential::{Options, Request},
};
use security_key::{Permissions, Pin, Proof};

const PIN: &str = "right pin";

struct Bench {
    app: App,
    key: OpenKey,
    _emulated: RunningKey,
    _folder: tempfile::TempDir,
}

impl Bench {
    /// A key with a PIN, and the PIN at hand.
    async fn new(profile: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let app = App::new(folder.path().to_owned());
        let config = KeyConfig {
            profile: app::profiles::load(profile).unwrap(),
            links: vec![KeyLink::Tcp(([127, 0, 0, 1], 0).into())],
            store: KeyStore::Memory { seed: None },
            approval: Approval::Always,
            trace: None,
            faults: Faults::default(),
        };
        let emulated = app.start_key(&config, None).unwrap();
        let address = Some(emulated.addresses()[0].clone());
        let request = KeyRequest { key: address, pin: Some(PIN.into()), ..KeyRequest::default() };
        let mut key = app.open_key(&request).await.unwrap();
        key.session.set_pin(&key.info, &Pin::existing(&PIN.into()).unwrap()).await.unwrap();
        key.info = key.session.info().await.unwrap();
        Self { app, key, _emulated: emulated, _folder: folder }
    }

    /// A passkey that may have a large blob, or not; its id.
    async fn register(&mut self, name: &str, with_blob: bool) -> String {
        let hash = [7; 32];
        let proof = Proof::Pin(Pin::existing(&PIN.into()).unwrap());
        let (permissions, rp_id) = (Permissions::MAKE_CREDENTIAL, "site.example");
        let token = self.key.session.token(&self.key.info, &proof, permissions, Some(rp_id)).await.unwrap();
        let request = Request {
            client_data_hash: hash,
            rp: RelyingParty { id: rp_id.to_owned(), name: None },
            user: User { id: name.as_bytes().to_vec(), name: Some(name.to_owned()), display_name: None },
            algorithms: vec![cose::ES256],
            exclude_list: vec![],
            extensions: MakeCredentialInputs {
                large_blob_key: with_blob.then_some(true),
                ..MakeCredentialInputs::default()
            },
            options: Options { rk: Some(true), ..Options::default() },
            pin_uv_auth_param: Some(token.prove(&hash)),
            pin_uv_auth_protocol: Some(token.protocol()),
            enterprise_attestation: None,
            attestation_formats_preference: vec![],
        };
        let made = self.key.session.make_credential(request).await.unwrap();
        let data = AuthenticatorData::decode(&made.auth_data).unwrap();
        URL_SAFE_NO_PAD.encode(data.attested.unwrap().credential_id)
    }
}

fn code<T>(done: Result<T, AppError>) -> Option<Code> {
    done.err().map(|error| error.code)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finger_is_learned_touch_by_touch_named_and_forgotten() {
    let Bench { app, mut key, _emulated, _folder } = Bench::new("fingerprint-key").await;
    let none = app.key_fingerprints(&mut key).await.unwrap();
    assert_eq!((none.sensor, none.max_samples, none.max_name_bytes), ("touch", Some(4), 64));
    assert!(none.fingerprints.is_empty());

    let mut remaining = Vec::new();
    let heard = |sample: app::security_keys::FingerprintSample| remaining.push(sample.remaining);
    let finger = app.enroll_key_fingerprint(&mut key, heard).await.unwrap();
    assert_eq!(remaining, [3, 2, 1, 0]);
    assert!(key.info.options.contains(&("bioEnroll".to_owned(), true)), "the key was asked again");

    app.rename_key_fingerprint(&mut key, &finger.id, "Left thumb").await.unwrap();
    let known = app.key_fingerprints(&mut key).await.unwrap().fingerprints;
    assert_eq!((known.len(), known[0].name.as_deref()), (1, Some("Left thumb")));
    let long = app.rename_key_fingerprint(&mut key, &finger.id, &"\u{e9}".repeat(33)).await;
    assert_eq!(code(long), Some(Code::Usage));

    app.remove_key_fingerprint(&mut key, &finger.id).await.unwrap();
    assert_eq!(code(app.remove_key_fingerprint(&mut key, &finger.id).await), Some(Code::NotFound));
    assert_eq!(code(app.rename_key_fingerprint(&mut key, "%", "x").await), Some(Code::NotFound));
}

#[tokio::test(flavor = "multi_thread")]
async fn blobs_are_kept_with_passkeys_and_those_of_nobody_go() {
    let mut bench = Bench::new("yubikey-5.7-like").await;
    let (ann, bob) = (bench.register("ann", true).await, bench.register("bob", true).await);
    let cid = bench.register("cid", false).await;
    let Bench { app, mut key, _emulated, _folder } = bench;

    assert_eq!(code(app.key_blob(&mut key, &ann).await), Some(Code::NotFound));
    app.write_key_blob(&mut key, &ann, b"a certificate").await.unwrap();
    app.write_key_blob(&mut key, &bob, b"another").await.unwrap();
    assert_eq!(app.key_blob(&mut key, &ann).await.unwrap(), b"a certificate");
    assert_eq!(code(app.write_key_blob(&mut key, &cid, b"").await), Some(Code::Usage));
    let noise: Vec<u8> =
        (0..5000_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    assert_eq!(code(app.write_key_blob(&mut key, &bob, &noise).await), Some(Code::Usage));

    let told = app.key_blobs(&mut key).await.unwrap();
    assert_eq!((told.entries, told.orphans, told.corrupt, told.capacity), (2, 0, false, 4096));
    let mut sizes: Vec<_> =
        told.blobs.iter().map(|blob| (blob.user_name.clone().unwrap(), blob.size)).collect();
    sizes.sort();
    assert_eq!(sizes, [("ann".to_owned(), Some(13)), ("bob".to_owned(), Some(7))]);

    app.delete_key_credentials(&mut key, std::slice::from_ref(&ann), |_| {}).await.unwrap();
    assert_eq!(app.key_blobs(&mut key).await.unwrap().orphans, 1);
    assert_eq!(app.clean_key_blobs(&mut key).await.unwrap(), 1);
    assert_eq!(app.clean_key_blobs(&mut key).await.unwrap(), 0);
    app.delete_key_blob(&mut key, &bob).await.unwrap();
    assert_eq!(code(app.delete_key_blob(&mut key, &bob).await), Some(Code::NotFound));
    assert_eq!(app.key_blobs(&mut key).await.unwrap().size, 17);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_wants_its_pin_and_says_what_it_cannot() {
    let Bench { app, mut key, _emulated, _folder } = Bench::new("yubikey-5.7-like").await;
    assert_eq!(code(app.key_fingerprints(&mut key).await), Some(Code::Failed));
    key.pin = None;
    assert_eq!(code(app.key_blobs(&mut key).await), Some(Code::PinNeeded));
    key.pin = Some("wrong pin".into());
    let wrong = app.clean_key_blobs(&mut key).await.unwrap_err();
    assert_eq!((wrong.code, wrong.tries_left), (Code::WrongSecret, Some(7)));
}
