//! A key's answers, whatever they are, to everything that the client of keys does.

use authenticator::testing::now;
use ctap::{
    cose,
    entity::{Descriptor, RelyingParty, User},
    extension::{GetAssertionInputs, MakeCredentialInputs},
    get_assertion, get_info, make_credential,
    make_credential::Options,
    text::printable,
};
use security_key::{
    Error, InProcess, Permissions, PersistentToken, Pin, PinPolicy, PinRules, Proof, Session, Setting,
    Verification, large_blobs::LargeBlobs,
};
use zeroize::Zeroizing;

type Key = Session<InProcess>;
type Operation = fn(&mut Key, &get_info::Response) -> Result<(), Error>;

const HASH: [u8; 32] = [7; 32];
const ID: [u8; 32] = [1; 32];
const SITE: &str = "a.example";
/// Ends every enumeration: what a key says that was asked more often than the input has answers.
const NOT_ALLOWED: u8 = 0x30;

/// The first byte chooses the operation. Then the answers in their order, each behind its length as two big-endian
/// bytes; the first is the one to getInfo.
pub fn run(input: &[u8]) {
    let Some((&chosen, rest)) = input.split_first() else { return };
    let answers = answers(rest);
    // An operation may ask a few times more than it is answered, and an enumeration once.
    let most = answers.len() + 20;
    let mut answers = answers.into_iter();
    let mut asked = 0;
    let mut session = Session::new(InProcess::new(move |_| {
        asked += 1;
        assert!(asked <= most, "it comes to an end");
        std::future::ready(answers.next().unwrap_or_else(|| vec![NOT_ALLOWED]))
    }));
    let operation = OPERATIONS[usize::from(chosen) % OPERATIONS.len()];
    let outcome = now(session.info()).and_then(|info| {
        check(&info);
        operation(&mut session, &info)
    });
    if let Err(error) = outcome {
        let sentence = error.to_string();
        assert!(sentence.ends_with('.'), "{sentence}");
        assert!(error.hint().is_none_or(|hint| hint.ends_with('.')));
    }
}

fn answers(mut rest: &[u8]) -> Vec<Vec<u8>> {
    let mut answers = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes(*length)).min(after.len());
        let (answer, after) = after.split_at(length);
        answers.push(answer.to_vec());
        rest = after;
    }
    answers
}

/// What is read of a key that says this about itself.
fn check(info: &get_info::Response) {
    let encoded = ctap::Response::encode(&Ok(ctap::Response::GetInfo(info.clone())));
    ctap::Response::decode(ctap::Command::GetInfo, &encoded).expect("what was read can be written and read");
    let _ = (PinRules::of(info), Verification::of(info), Setting::ALL.map(|setting| setting.support(info)));
    let kept = PersistentToken::from_secret(Zeroizing::new(ID));
    let _ = (kept.device_identifier(info), kept.cred_store_state(info));
    for version in &info.versions {
        show(version);
    }
}

/// What is shown of a text fits a line and hides nothing.
fn show(text: &str) {
    let shown = printable(text);
    assert!(shown.chars().count() <= 130);
    assert!(!shown.contains(|character: char| character.is_control()));
}

const OPERATIONS: &[Operation] = &[
    |key, info| now(key.select(info)),
    |key, _| now(key.pin_retries()).map(drop),
    |key, _| now(key.uv_retries()).map(drop),
    |key, info| now(key.set_pin(info, &pin())),
    |key, info| now(key.change_pin(info, &pin(), &pin())),
    |key, info| now(key.token(info, &Proof::BuiltIn, Permissions::GET_ASSERTION, Some(SITE))).map(drop),
    |key, info| now(key.persistent_token(info, &proof())).map(drop),
    list,
    |key, info| {
        let user = User { id: vec![1], name: Some("new".to_owned()), display_name: None };
        now(key.update_user(info, &proof(), &HASH, &ID, user)).map(drop)
    },
    |key, info| now(key.delete_credential(info, &proof(), &ID)),
    |key, info| now(key.fingerprint_sensor(info)).map(drop),
    |key, info| {
        for finger in now(key.fingerprints(info, &proof()))? {
            show(finger.name.as_deref().unwrap_or_default());
        }
        now(key.rename_fingerprint(info, &proof(), &ID, "left thumb"))?;
        now(key.remove_fingerprint(info, &proof(), &ID))
    },
    enroll,
    |key, info| {
        let policy = PinPolicy { min_length: Some(63), ..PinPolicy::default() };
        now(key.set_pin_policy(info, &proof(), policy))?;
        now(key.toggle_always_uv(info, &Proof::BuiltIn))
    },
    |key, info| {
        let blobs: LargeBlobs = now(key.large_blobs(info))?;
        let _ = (blobs.open(&ID), blobs.orphans(&[&ID]), blobs.size(), blobs.capacity());
        now(key.set_large_blob(info, &proof(), &ID, &[0xAB; 3000]))?;
        now(key.remove_orphaned_large_blobs(info, &proof(), &[&ID])).map(drop)
    },
    |key, info| {
        let request = registration(key, info)?;
        let made = now(key.make_credential(request))?;
        security_key::has_seeds(&made).map(drop)
    },
    |key, info| {
        let request = registration(key, info)?;
        now(key.make_credential_with_secrets(info, request, &[ID])).map(drop)
    },
    |key, _| {
        let first = now(key.get_assertion(assertion(None)))?;
        for _ in 1..first.number_of_credentials.unwrap_or(1).min(5) {
            now(key.next_assertion())?;
        }
        Ok(())
    },
    |key, info| {
        let only = assertion(Some(vec![Descriptor { id: ID.to_vec() }]));
        let (response, _) = now(key.get_assertion_with_secrets(info, only, &[ID, HASH]))?;
        assert!(!response.credential.id.is_empty(), "the only one that was allowed");
        Ok(())
    },
    |key, _| now(key.reset()),
];

fn list(key: &mut Key, info: &get_info::Response) -> Result<(), Error> {
    let kept = Proof::Kept(PersistentToken::from_secret(Zeroizing::new(ID)));
    let mut heard = 0;
    let list = now(key.credentials(info, &kept, |_| heard += 1))?;
    let mut listed = 0;
    for at in &list.sites {
        show(&at.site.rp_id);
        let _ = at.site.is_whole();
        listed += at.credentials.len();
        for credential in &at.credentials {
            show(credential.user.name.as_deref().unwrap_or_default());
            let key = credential.public_key.as_ref();
            let again = key.map(|key| cose::AnyKey::decode(&key.encode()));
            assert_eq!(again.transpose().ok().flatten().as_ref(), key, "a key of any kind can be kept");
        }
    }
    assert_eq!(heard, listed, "all that is listed was heard of");
    Ok(())
}

fn enroll(key: &mut Key, info: &get_info::Response) -> Result<(), Error> {
    let proof = proof();
    let mut enrollment = key.enroll(info, &proof);
    for _ in 0..8 {
        if enrollment.enrolled().is_some() {
            break;
        }
        now(enrollment.next())?;
    }
    drop(enrollment);
    now(key.settle())
}

fn registration(key: &mut Key, info: &get_info::Response) -> Result<make_credential::Request, Error> {
    let token = now(key.token(info, &proof(), Permissions::MAKE_CREDENTIAL, Some(SITE)))?;
    Ok(make_credential::Request {
        client_data_hash: HASH,
        rp: RelyingParty { id: SITE.to_owned(), name: None },
        user: User { id: vec![1], name: None, display_name: None },
        algorithms: vec![cose::ES256],
        exclude_list: vec![],
        extensions: MakeCredentialInputs::default(),
        options: Options { rk: Some(true), ..Options::default() },
        pin_uv_auth_param: Some(token.prove(&HASH)),
        pin_uv_auth_protocol: Some(token.protocol()),
        enterprise_attestation: None,
        attestation_formats_preference: vec![],
    })
}

fn assertion(allow_list: Option<Vec<Descriptor>>) -> get_assertion::Request {
    get_assertion::Request {
        rp_id: SITE.to_owned(),
        client_data_hash: HASH,
        allow_list,
        extensions: GetAssertionInputs::default(),
        options: Options::default(),
        pin_uv_auth_param: None,
        pin_uv_auth_protocol: None,
    }
}

fn proof() -> Proof {
    Proof::Pin(pin())
}

fn pin() -> Pin {
    Pin::existing(&"7391".into()).expect("a PIN")
}
