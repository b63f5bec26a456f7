//! What a key of this project answers to each operation of the client, written down; and sessions that hear it again,
//! spoilt.

use authenticator::{Profile, testing::World, testing::now};
use ctap::{
    cose,
    entity::{Descriptor, RelyingParty, User},
    extension::{GetAssertionInputs, MakeCredentialInputs},
    get_assertion, get_info, make_credential,
    make_credential::Options,
};
use security_key::{Error, InProcess, Permissions, Pin, PinPolicy, Proof, Session};
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex};

/// One operation and what the key answered to its messages.
pub(crate) struct Recording {
    pub(crate) operation: Operation,
    pub(crate) info: get_info::Response,
    pub(crate) answers: Vec<Vec<u8>>,
    commands: Vec<u8>,
    /// Which of them are damaged: those that no other operation gets as well.
    own: Vec<usize>,
}

/// Does one thing with a key, and tells how it ended.
pub(crate) type Operation = fn(&mut Session<InProcess>, &get_info::Response) -> Result<(), Error>;

const CLIENT_PIN: u8 = 0x06;
/// The client must not ask more often for one operation on this key.
const MOST_MESSAGES: usize = 200;
const HASH: [u8; 32] = [7; 32];
const SITE: &str = "a.example";

/// Everything that a session does, by name.
pub(crate) const OPERATIONS: &[(&str, Operation)] = &[
    ("info", |session, _| now(session.info()).map(drop)),
    ("select", |session, info| now(session.select(info))),
    ("pin retries", |session, _| now(session.pin_retries()).map(drop)),
    ("uv retries", |session, _| now(session.uv_retries()).map(drop)),
    ("change pin", |session, info| now(session.change_pin(info, &pin(), &pin()))),
    ("token by uv", |session, info| {
        now(session.token_by_uv(info, Permissions::GET_ASSERTION, Some(SITE))).map(drop)
    }),
    ("persistent token", |session, info| {
        let token = now(session.persistent_token(info, &proof()))?;
        let _ = (token.device_identifier(info), token.cred_store_state(info));
        Ok(())
    }),
    ("list", |session, info| now(session.credentials(info, &proof(), |_| {})).map(drop)),
    ("update", |session, info| {
        let user = User { id: vec![1], name: Some("new".to_owned()), display_name: None };
        let hash = Sha256::digest(SITE).into();
        now(session.update_user(info, &proof(), &hash, &[1; 32], user)).map(drop)
    }),
    ("delete", |session, info| now(session.delete_credential(info, &proof(), &[1; 32]))),
    ("sensor", |session, info| now(session.fingerprint_sensor(info)).map(drop)),
    ("fingerprints", |session, info| now(session.fingerprints(info, &proof())).map(drop)),
    ("enroll", |session, info| {
        let proof = proof();
        let mut enrollment = session.enroll(info, &proof);
        for _ in 0..10 {
            if enrollment.enrolled().is_some() {
                break;
            }
            now(enrollment.next()).map(|sample| assert!(sample.status.advice().ends_with('.')))?;
        }
        drop(enrollment);
        now(session.settle())
    }),
    ("settings", |session, info| {
        let policy = PinPolicy { min_length: Some(6), ..PinPolicy::default() };
        now(session.set_pin_policy(info, &proof(), policy))?;
        now(session.toggle_always_uv(info, &proof()))
    }),
    ("large blobs", |session, info| {
        now(session.set_large_blob(info, &proof(), &[1; 32], &[0xAB; 900]))?;
        let blobs = now(session.large_blobs(info))?;
        let _ = (blobs.open(&[1; 32]), blobs.orphans(&[]), blobs.is_corrupt());
        now(session.remove_orphaned_large_blobs(info, &proof(), &[])).map(drop)
    }),
    ("register", register),
    ("register with secrets", |session, info| {
        let request = registration(session, info)?;
        now(session.make_credential_with_secrets(info, request, &[[1; 32]])).map(drop)
    }),
    ("sign in", |session, info| {
        let token = now(session.token(info, &proof(), Permissions::GET_ASSERTION, Some(SITE)))?;
        let request = get_assertion::Request {
            pin_uv_auth_param: Some(token.prove(&HASH)),
            pin_uv_auth_protocol: Some(token.protocol()),
            ..assertion()
        };
        let first = now(session.get_assertion(request))?;
        for _ in 1..first.number_of_credentials.unwrap_or(1).min(3) {
            now(session.next_assertion())?;
        }
        Ok(())
    }),
    ("sign in with secrets", |session, info| {
        let request =
            get_assertion::Request { allow_list: Some(vec![Descriptor { id: vec![1; 32] }]), ..assertion() };
        now(session.get_assertion_with_secrets(info, request, &[[1; 32], [2; 32]])).map(drop)
    }),
];

/// Every operation with a key that has a fingerprint sensor, a PIN and credentials.
pub(crate) fn recordings() -> Vec<(&'static str, Recording)> {
    let recorded = OPERATIONS.iter().map(|(name, operation)| (*name, Recording::of(*operation)));
    // The agreement and the token that most operations begin with are damaged in those that want nothing else.
    let of_tokens = ["pin retries", "uv retries", "change pin", "token by uv", "persistent token"];
    let mut recordings: Vec<_> = recorded.collect();
    for (_, recording) in recordings.iter_mut().filter(|(name, _)| !of_tokens.contains(name)) {
        recording.own.retain(|index| recording.commands[*index] != CLIENT_PIN);
    }
    recordings
}

impl Recording {
    fn of(operation: Operation) -> Self {
        let profile = Profile::shipped().find(|profile| profile.name == "fingerprint-key").unwrap().clone();
        let world = Arc::new(Mutex::new(World::with_profile(1, profile)));
        let answers = Arc::new(Mutex::new(Vec::new()));
        let (key, heard) = (world.clone(), answers.clone());
        let mut session = Session::new(InProcess::new(move |request: Vec<u8>| {
            let answer = key.lock().unwrap().send(&request);
            heard.lock().unwrap().push((request[0], answer.clone()));
            std::future::ready(answer)
        }));
        let info = now(session.info()).unwrap();
        now(session.set_pin(&info, &pin())).unwrap();
        let info = now(session.info()).unwrap();
        for _ in 0..2 {
            register(&mut session, &info).unwrap();
        }
        session.forget_tokens();
        answers.lock().unwrap().clear();
        // What the key refuses, such as an id that it does not know, is an answer as well.
        let _ = operation(&mut session, &info);
        let (commands, answers): (Vec<_>, Vec<_>) = answers.lock().unwrap().drain(..).unzip();
        assert!(!answers.is_empty());
        Self { operation, info, own: (0..answers.len()).collect(), commands, answers }
    }

    /// The answers that are damaged, by their numbers.
    pub(crate) fn own(&self) -> impl Iterator<Item = (usize, &[u8])> {
        self.own.iter().map(|index| (*index, self.answers[*index].as_slice()))
    }

    /// The operation with a key that answers this.
    pub(crate) fn again(&self, answers: Vec<Vec<u8>>) -> Result<(), Error> {
        let mut answers = answers.into_iter();
        let mut asked = 0;
        let mut session = Session::new(InProcess::new(move |_| {
            asked += 1;
            assert!(asked < MOST_MESSAGES, "it comes to no end");
            // NOT_ALLOWED, which ends every enumeration.
            std::future::ready(answers.next().unwrap_or_else(|| vec![0x30]))
        }));
        (self.operation)(&mut session, &self.info)
    }
}

pub(crate) fn proof() -> Proof {
    Proof::Pin(pin())
}

fn pin() -> Pin {
    Pin::existing(&"7391".into()).unwrap()
}

fn register(session: &mut Session<InProcess>, info: &get_info::Response) -> Result<(), Error> {
    let request = registration(session, info)?;
    let made = now(session.make_credential(request))?;
    security_key::has_seeds(&made).map(drop)
}

fn registration(
    session: &mut Session<InProcess>,
    info: &get_info::Response,
) -> Result<make_credential::Request, Error> {
    let token = now(session.token(info, &proof(), Permissions::MAKE_CREDENTIAL, Some(SITE)))?;
    Ok(make_credential::Request {
        client_data_hash: HASH,
        rp: RelyingParty { id: SITE.to_owned(), name: Some("A".to_owned()) },
        user: User { id: vec![1], name: Some("ann".to_owned()), display_name: Some("Ann".to_owned()) },
        algorithms: vec![cose::ES256],
        exclude_list: vec![],
        extensions: MakeCredentialInputs { hmac_secret: Some(true), ..MakeCredentialInputs::default() },
        options: Options { rk: Some(true), ..Options::default() },
        pin_uv_auth_param: Some(token.prove(&HASH)),
        pin_uv_auth_protocol: Some(token.protocol()),
        enterprise_attestation: None,
        attestation_formats_preference: vec![],
    })
}

fn assertion() -> get_assertion::Request {
    get_assertion::Request {
        rp_id: SITE.to_owned(),
        client_data_hash: HASH,
        allow_list: None,
        extensions: GetAssertionInputs::default(),
        options: Options::default(),
        pin_uv_auth_param: None,
        pin_uv_auth_protocol: None,
    }
}
