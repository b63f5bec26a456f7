//! authenticator-rs, the client of Firefox, against the one FIDO key that is plugged in: registration and sign-in, by
//! CTAP2 with PRF and credProtect, with `plain` without PRF, or with `u2f` by CTAP1. Run in the guest by
//! `cases/authenticator-rs.py` and `cases/u2f.py`.

use authenticator::{
    Pin, StatusPinUv, StatusUpdate,
    authenticatorservice::{AuthenticatorService, RegisterArgs, SignArgs},
    crypto::{COSEAlgorithm, COSEKey},
    ctap2::server::{
        AuthenticationExtensionsClientInputs as Extensions, AuthenticationExtensionsPRFInputs,
        AuthenticationExtensionsPRFValues, CredentialProtectionPolicy, PublicKeyCredentialDescriptor,
        PublicKeyCredentialParameters, PublicKeyCredentialUserEntity, RelyingParty, ResidentKeyRequirement,
        Transport, UserVerificationRequirement,
    },
    statecallback::StateCallback,
};
use p256::{
    ecdsa::{DerSignature, VerifyingKey, signature::Verifier},
    pkcs8::DecodePublicKey,
};
use std::{
    process::ExitCode,
    sync::mpsc::{Sender, channel},
    thread,
};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const RP_ID: &str = "latchkey.example";
const ORIGIN: &str = "https://latchkey.example";
const PIN: &str = "1234";
const LIMIT_MS: u64 = 25_000;

fn main() -> ExitCode {
    let mode = std::env::args().nth(1).unwrap_or_default();
    match everything(Mode { u2f: mode == "u2f", prf: mode.is_empty() }) {
        Ok(()) => {
            println!("authenticator-rs: everything done");
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("authenticator-rs: {error}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Clone, Copy)]
struct Mode {
    u2f: bool,
    prf: bool,
}

fn everything(mode: Mode) -> Result<()> {
    let mut service = AuthenticatorService::new()?;
    service.add_u2f_usb_hid_platform_transports();
    let (id, key) = register(&mut service, mode)?;
    let first = sign(&mut service, mode, &id, &key, 1)?;
    let second = sign(&mut service, mode, &id, &key, 2)?;
    check(second.counter > first.counter, "a device-bound key counts")?;
    check(first.secret == second.secret, "one salt, one secret")?;
    check(first.secret.is_some() == mode.prf, "PRF where it was asked for")
}

/// A credential's id and its public key.
fn register(service: &mut AuthenticatorService, Mode { u2f, prf }: Mode) -> Result<(Vec<u8>, COSEKey)> {
    let arguments = RegisterArgs {
        client_data_hash: [0; 32],
        relying_party: RelyingParty { id: RP_ID.to_owned(), name: None },
        origin: ORIGIN.to_owned(),
        user: PublicKeyCredentialUserEntity {
            id: b"ada-1".to_vec(),
            name: Some("ada".to_owned()),
            display_name: None,
        },
        pub_cred_params: vec![PublicKeyCredentialParameters { alg: COSEAlgorithm::ES256 }],
        exclude_list: vec![],
        user_verification_req: verification(u2f),
        resident_key_req: if u2f {
            ResidentKeyRequirement::Discouraged
        } else {
            ResidentKeyRequirement::Required
        },
        extensions: if u2f { Extensions::default() } else { registration_extensions(prf) },
        pin: None,
        use_ctap1_fallback: u2f,
    };
    let (sender, receiver) = channel();
    let callback = StateCallback::new(Box::new(move |result| drop(sender.send(result))));
    service.register(LIMIT_MS, arguments, status(), callback)?;
    let made = receiver.recv()??;
    println!("registered: {made:?}");
    if !u2f {
        let enabled = made.extensions.prf.is_some_and(|prf| prf.enabled == Some(true));
        check(enabled == prf, "PRF is there where it was asked for")?;
        let protection = made.att_obj.auth_data.extensions.cred_protect;
        check(
            protection == Some(CredentialProtectionPolicy::UserVerificationOptionalWithCredentialIDList),
            "credProtect is said",
        )?;
    }
    let credential = made.att_obj.auth_data.credential_data.ok_or("no credential was made")?;
    Ok((credential.credential_id, credential.credential_public_key))
}

fn registration_extensions(prf: bool) -> Extensions {
    let input = AuthenticationExtensionsPRFInputs { eval: None, eval_by_credential: None };
    Extensions {
        cred_props: Some(true),
        credential_protection_policy: Some(
            CredentialProtectionPolicy::UserVerificationOptionalWithCredentialIDList,
        ),
        prf: prf.then_some(input),
        ..Extensions::default()
    }
}

struct Signed {
    counter: u32,
    secret: Option<Vec<u8>>,
}

fn sign(
    service: &mut AuthenticatorService,
    Mode { u2f, prf }: Mode,
    id: &[u8],
    key: &COSEKey,
    hash: u8,
) -> Result<Signed> {
    let eval = AuthenticationExtensionsPRFValues { first: b"salt".to_vec(), second: None };
    let input = AuthenticationExtensionsPRFInputs { eval: Some(eval), eval_by_credential: None };
    let arguments = SignArgs {
        client_data_hash: [hash; 32],
        origin: ORIGIN.to_owned(),
        relying_party_id: RP_ID.to_owned(),
        allow_list: vec![PublicKeyCredentialDescriptor { id: id.to_vec(), transports: vec![Transport::USB] }],
        user_verification_req: verification(u2f),
        user_presence_req: true,
        extensions: Extensions { prf: prf.then_some(input), ..Extensions::default() },
        pin: None,
        use_ctap1_fallback: u2f,
    };
    let (sender, receiver) = channel();
    let callback = StateCallback::new(Box::new(move |result| drop(sender.send(result))));
    service.sign(LIMIT_MS, arguments, status(), callback)?;
    let signed = receiver.recv()??;
    println!("signed: {signed:?}");
    let message = [signed.assertion.auth_data.to_vec(), vec![hash; 32]].concat();
    let verifier = VerifyingKey::from_public_key_der(&key.der_spki().map_err(|error| format!("{error:?}"))?)?;
    verifier.verify(&message, &DerSignature::try_from(&signed.assertion.signature[..])?)?;
    Ok(Signed {
        counter: signed.assertion.auth_data.counter,
        secret: signed.extensions.prf.and_then(|prf| prf.results).map(|results| results.first),
    })
}

fn verification(u2f: bool) -> UserVerificationRequirement {
    if u2f { UserVerificationRequirement::Discouraged } else { UserVerificationRequirement::Required }
}

/// Answers what the library asks of the person.
fn status() -> Sender<StatusUpdate> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for update in receiver {
            println!("status: {update:?}");
            if let StatusUpdate::PinUvError(StatusPinUv::PinRequired(answer)) = update {
                drop(answer.send(Pin::new(PIN)));
            }
        }
    });
    sender
}

fn check(holds: bool, what: &str) -> Result<()> {
    if holds { Ok(()) } else { Err(format!("does not hold: {what}").into()) }
}
