//! ctap-hid-fido2, a client that nobody here wrote, against the one FIDO key that is plugged in: information, PIN,
//! registration, assertion, the list of credentials, deletion. Run in the guest by `cases/ctap-hid-fido2.py`.
#![allow(clippy::print_stdout, reason = "a program that reports to a person")]

use ctap_hid_fido2::{
    Cfg, FidoKeyHid, FidoKeyHidFactory,
    fidokey::{
        CredentialSupportedKeyType, GetAssertionArgsBuilder, MakeCredentialArgsBuilder,
        get_assertion::get_assertion_params::Assertion, get_info::InfoOption,
        make_credential::make_credential_params::Attestation,
    },
    public_key::PublicKey,
    public_key_credential_user_entity::PublicKeyCredentialUserEntity,
    verifier,
};
use std::process::ExitCode;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const RP_ID: &str = "latchkey.example";
const PIN: &str = "1234";
const NEW_PIN: &str = "567890";

fn main() -> ExitCode {
    let mut cfg = Cfg::init();
    cfg.enable_keep_alive_msg = false;
    // The commands of the published specification, not their previews.
    cfg.use_pre_credential_management = false;
    match [1, 2].into_iter().try_for_each(|protocol| everything(&cfg, protocol)) {
        Ok(()) => {
            println!("ctap-hid-fido2: everything done");
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("ctap-hid-fido2: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The whole round by one PIN/UV auth protocol. The second round finds the PIN that the first one set.
fn everything(cfg: &Cfg, protocol: u8) -> Result<()> {
    let key = FidoKeyHidFactory::create(cfg)?.with_pin_protocol_version(protocol);
    if key.enable_info_option(&InfoOption::ClientPin)? == Some(true) {
        key.change_pin(NEW_PIN, PIN)?;
    } else {
        information(&key)?;
        key.set_new_pin(PIN)?;
        for option in [InfoOption::ClientPin, InfoOption::PinUvAuthToken] {
            check(
                key.enable_info_option(&option)? == Some(true),
                "clientPin and pinUvAuthToken once a PIN is set",
            )?;
        }
    }
    key.change_pin(PIN, NEW_PIN)?;
    check(key.make_credential_rk(RP_ID, b"x", Some(PIN), &user(0)).is_err(), "the old PIN opens nothing")?;
    check(key.get_pin_retries()? == 7, "a wrong PIN costs one try")?;

    let keys = [CredentialSupportedKeyType::Ecdsa256, CredentialSupportedKeyType::Ed25519];
    for (number, key_type) in (0..).zip(keys) {
        let made = register(&key, number, key_type)?;
        check(key.get_pin_retries()? == 8, "the right PIN gives the tries back")?;
        assert_with(&key, &made)?;
    }
    list_and_delete(&key)
}

fn information(key: &FidoKeyHid) -> Result<()> {
    let info = key.get_info()?;
    println!("{info}");
    check(info.versions.iter().any(|version| version == "FIDO_2_1"), "versions name FIDO_2_1")?;
    check(
        info.aaguid == 0x6fb1_8d4c_09f2_4e57_a3c6_51d0_7e94_b218_u128.to_be_bytes(),
        "the AAGUID is the device-bound key's",
    )?;
    check(info.pin_uv_auth_protocols == [2, 1], "both PIN/UV auth protocols, two preferred")?;
    for option in ["rk", "uv", "credMgmt"] {
        check(info.options.contains(&(option.to_owned(), true)), &format!("option {option} is true"))?;
    }
    check(info.options.contains(&("clientPin".to_owned(), false)), "no PIN is set yet")
}

fn register(key: &FidoKeyHid, number: u8, key_type: CredentialSupportedKeyType) -> Result<Attestation> {
    let challenge = verifier::create_challenge();
    let args = MakeCredentialArgsBuilder::new(RP_ID, &challenge)
        .pin(NEW_PIN)
        .key_type(key_type)
        .user_entity(&user(number))
        .resident_key()
        .build();
    let made = key.make_credential_with_args(&args)?;
    check(
        made.flags.user_present_result && made.flags.user_verified_result,
        "UP and UV are set by touch and PIN",
    )?;
    check(
        made.fmt == "packed" && made.attstmt_alg == key_type as i32,
        "packed attestation by the credential's algorithm",
    )?;
    // Self attestation is signed by the credential's own key over the same bytes as an assertion (WebAuthn §8.2),
    // and this library's attestation verifier knows certificates only.
    check(made.attstmt_x5c.is_empty(), "self attestation carries no certificate")?;
    let as_assertion = Assertion {
        rpid_hash: made.rpid_hash.clone(),
        auth_data: made.auth_data.clone(),
        signature: made.attstmt_sig.clone(),
        ..Assertion::default()
    };
    verify(&made.credential_publickey, &challenge, &as_assertion, "the attestation")?;
    println!("registered {}", made.credential_descriptor);
    Ok(made)
}

fn assert_with(key: &FidoKeyHid, made: &Attestation) -> Result<()> {
    let mut last_count = made.sign_count;
    for _ in 0..2 {
        let challenge = verifier::create_challenge();
        let id = &made.credential_descriptor.id;
        let args = GetAssertionArgsBuilder::new(RP_ID, &challenge).pin(NEW_PIN).credential_id(id).build();
        let assertions = key.get_assertion_with_args(&args)?;
        let [assertion] = assertions.as_slice() else { return Err("one credential, one assertion".into()) };
        check(assertion.credential_id == *id, "the assertion names the credential")?;
        check(assertion.flags.user_verified_result, "UV is set by the PIN")?;
        check(assertion.sign_count > last_count, "a device-bound key counts")?;
        last_count = assertion.sign_count;
        verify(&made.credential_publickey, &challenge, assertion, "the assertion")?;
    }
    Ok(())
}

fn list_and_delete(key: &FidoKeyHid) -> Result<()> {
    let pin = Some(NEW_PIN);
    let count = key.credential_management_get_creds_metadata(pin)?;
    check(count.existing_resident_credentials_count == 2, "two credentials are counted")?;
    let sites = key.credential_management_enumerate_rps(pin)?;
    let [site] = sites.as_slice() else { return Err("one site is listed".into()) };
    check(site.public_key_credential_rp_entity.id == RP_ID, "the site is listed by its RP ID")?;
    let credentials = key.credential_management_enumerate_credentials(pin, &site.rpid_hash)?;
    let mut names: Vec<_> =
        credentials.iter().map(|entry| entry.public_key_credential_user_entity.name.as_str()).collect();
    names.sort_unstable();
    check(names == ["ada-0", "ada-1"], "both accounts are listed")?;
    for entry in credentials {
        key.credential_management_delete_credential(pin, entry.public_key_credential_descriptor)?;
    }
    let count = key.credential_management_get_creds_metadata(pin)?;
    check(count.existing_resident_credentials_count == 0, "nothing is left after deletion")?;
    check(key.credential_management_enumerate_rps(pin).is_err(), "no site is left: NO_CREDENTIALS")
}

fn user(number: u8) -> PublicKeyCredentialUserEntity {
    PublicKeyCredentialUserEntity::new(Some(&[number]), Some(&format!("ada-{number}")), Some("Ada"))
}

fn verify(public_key: &PublicKey, challenge: &[u8], signed: &Assertion, what: &str) -> Result<()> {
    check(verifier::verify_assertion(RP_ID, public_key, challenge, signed), &format!("{what} verifies"))?;
    check(
        !verifier::verify_assertion(RP_ID, public_key, b"other", signed),
        &format!("{what} is for its challenge only"),
    )
}

fn check(holds: bool, what: &str) -> Result<()> {
    if holds { Ok(()) } else { Err(format!("does not hold: {what}").into()) }
}
