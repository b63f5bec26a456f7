//! soft-fido2's client against the one FIDO key that is plugged in, whose PIN is 1234: registration and sign-in, by PIN
//! and by built-in verification, then the list of relying parties. Prints what was signed, for the case that verifies
//! it: `tests/guest/cases/soft-fido2-client.py`.
#![allow(clippy::print_stdout, reason = "a program that reports to another")]

use soft_fido2::{
    Client, ClientDataHash, CredentialManagementRequest, Error, GetAssertionRequest, MakeCredentialRequest,
    PinProtocol, PinUvAuth, PinUvAuthEncapsulation, RelyingParty, Result, Transport, TransportList, User,
    request::Permission,
};

const PIN: &str = "1234";
const REGISTRATION: [u8; 32] = [1; 32];
const SIGN_IN: [u8; 32] = [2; 32];
// Its protocol one pads what it encrypts, which the specification's does not (CTAP 2.3 §6.5.6).
const PROTOCOL: PinProtocol = PinProtocol::V2;

/// How the key knows its person.
#[derive(Clone, Copy)]
enum Verification {
    Pin,
    BuiltIn,
}

fn main() -> Result<()> {
    let mut key = TransportList::enumerate()?.get(0).ok_or(Error::DoesNotExist)?;
    key.open()?;
    for (rp_id, verification) in [("pin.example", Verification::Pin), ("uv.example", Verification::BuiltIn)] {
        let made = register(&mut key, rp_id, verification)?;
        println!("registered {rp_id} {} {}", hex(&REGISTRATION), hex(&made));
        let signed = sign_in(&mut key, rp_id, verification)?;
        println!("signed {rp_id} {} {}", hex(&SIGN_IN), hex(&signed));
    }
    let token = Client::get_pin_token_for_credential_management(&mut key, PIN, PROTOCOL)?;
    for rp in Client::enumerate_rps(&mut key, CredentialManagementRequest::new(Some(token)))? {
        println!("listed {}", rp.id);
    }
    Ok(())
}

/// The response's CBOR.
fn register(key: &mut Transport, rp_id: &str, verification: Verification) -> Result<Vec<u8>> {
    let rp = RelyingParty { id: rp_id.to_owned(), name: Some("A site".to_owned()) };
    let user =
        User { id: b"ada-1".to_vec(), name: Some("ada".to_owned()), display_name: Some("Ada".to_owned()) };
    let auth = authorize(key, rp_id, verification, Permission::MakeCredential, &REGISTRATION)?;
    let request = MakeCredentialRequest::new(ClientDataHash::new(REGISTRATION), rp, user)
        .with_pin_uv_auth(auth)
        .with_resident_key(true);
    Client::make_credential(key, request)
}

/// The response's CBOR.
fn sign_in(key: &mut Transport, rp_id: &str, verification: Verification) -> Result<Vec<u8>> {
    let auth = authorize(key, rp_id, verification, Permission::GetAssertion, &SIGN_IN)?;
    let request = GetAssertionRequest::new(ClientDataHash::new(SIGN_IN), rp_id).with_pin_uv_auth(auth);
    Client::get_assertion(key, request)
}

fn authorize(
    key: &mut Transport,
    rp_id: &str,
    verification: Verification,
    permission: Permission,
    hash: &[u8; 32],
) -> Result<PinUvAuth> {
    let mut session = PinUvAuthEncapsulation::new(key, PROTOCOL)?;
    let (permission, rp_id) = (permission as u8, Some(rp_id));
    let token = match verification {
        Verification::Pin => {
            session.get_pin_uv_auth_token_using_pin_with_permissions(key, PIN, permission, rp_id)?
        }
        Verification::BuiltIn => {
            session.get_pin_uv_auth_token_using_uv_with_permissions(key, permission, rp_id)?
        }
    };
    Ok(PinUvAuth::new(session.authenticate(hash, &token)?, PROTOCOL.into()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
