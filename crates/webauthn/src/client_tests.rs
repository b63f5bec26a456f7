use super::*;
use crate::verify::{self, Policy};
use ctap::{
    auth_data::{AttestedCredential, Flags},
    cose,
};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use sha2::{Digest as _, Sha256};

const ORIGIN: &str = "https://login.example.org";
const ABLE: Capabilities = Capabilities { discoverable: true, user_verification: true };
const PLAIN: Capabilities = Capabilities { discoverable: false, user_verification: false };

fn creation() -> PublicKeyCredentialCreationOptionsJSON {
    serde_json::from_value(json!({
        "rp": { "id": "example.org", "name": "Example" },
        "user": { "id": "AQID", "name": "ada", "displayName": "Ada" },
        "challenge": "AQIDBAUGBwgJCgsMDQ4PEA",
        "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }, { "type": "new-kind", "alg": 1 }],
        "authenticatorSelection": { "residentKey": "required", "userVerification": "required" },
        "extensions": { "credProps": true },
        "futureMember": {},
    }))
    .unwrap()
}

fn policy() -> Policy {
    serde_json::from_value(json!({
        "rpId": "example.org", "origins": [ORIGIN], "challenge": "AQIDBAUGBwgJCgsMDQ4PEA", "requireUserVerification": true,
    }))
    .unwrap()
}

fn signing_key() -> SigningKey {
    SigningKey::from_slice(&[3; 32]).unwrap()
}

fn auth_data(attested: Option<AttestedCredential>, sign_count: u32) -> Vec<u8> {
    AuthenticatorData {
        rp_id_hash: Sha256::digest("example.org").into(),
        flags: Flags(Flags::UP | Flags::UV),
        sign_count,
        attested,
        extensions: None,
    }
    .encode()
}

#[test]
fn what_the_client_makes_the_relying_party_verifies() {
    let registration = Registration::begin(&creation(), ORIGIN, ABLE).unwrap();
    assert_eq!(registration.request.algorithms, [cose::ES256]);
    assert_eq!((registration.request.options.rk, registration.request.options.uv), (Some(true), Some(true)));

    let point = signing_key().verifying_key().to_sec1_point(false);
    let key = PublicKey::P256 {
        algorithm: cose::ES256,
        x: point.as_bytes()[1..33].try_into().unwrap(),
        y: point.as_bytes()[33..].try_into().unwrap(),
    };
    let attested =
        AttestedCredential { aaguid: [1; 16], credential_id: vec![5; 20], public_key: key.encode() };
    let answer = make_credential::Response {
        auth_data: auth_data(Some(attested), 1),
        attestation: Statement::Packed { algorithm: cose::ES256, signature: vec![0; 70], chain: vec![] },
        ep_att: None,
        large_blob_key: None,
        unsigned_extension_outputs: ctap::extension::UnsignedOutputs::default(),
    };
    let response = registration.finish(answer, &["usb".to_owned()]).unwrap();
    assert_eq!(response.client_extension_results["credProps"]["rk"], true);
    let verdict = verify::registration(&policy(), &response, &|_| Some(false));
    assert!(verdict.verified, "{:#?}", verdict.failure());
    assert_eq!(verdict.attestation.unwrap().format, "none", "nobody asked for an attestation");

    let options = PublicKeyCredentialRequestOptionsJSON {
        challenge: policy().challenge,
        rp_id: Some("example.org".to_owned()),
        user_verification: Some("required".to_owned()),
        ..Default::default()
    };
    let authentication = Authentication::begin(&options, ORIGIN, ABLE).unwrap();
    assert_eq!(authentication.request.allow_list, None, "an empty list is not sent");
    let data = auth_data(None, 2);
    let signature: Signature =
        signing_key().sign(&[data.as_slice(), &authentication.request.client_data_hash].concat());
    let response = authentication.finish(get_assertion::Response {
        credential: Descriptor { id: vec![5; 20] },
        auth_data: data,
        signature: signature.to_der().as_bytes().to_vec(),
        user: None,
        number_of_credentials: None,
        user_selected: None,
        large_blob_key: None,
        unsigned_extension_outputs: ctap::extension::UnsignedOutputs::default(),
    });
    let verdict = verify::assertion(&policy(), verdict.credential.as_ref(), &response);
    assert!(verdict.verified, "{:#?}", verdict.failure());
}

#[test]
fn what_cannot_begin_does_not() {
    let begin = |change: fn(&mut PublicKeyCredentialCreationOptionsJSON), origin, key| {
        let mut options = creation();
        change(&mut options);
        Registration::begin(&options, origin, key).err()
    };
    assert_eq!(begin(|_| (), "https://example.com", ABLE), Some(Error::Origin(Refusal::Foreign)));
    assert_eq!(begin(|options| options.user.id.0.clear(), ORIGIN, ABLE), Some(Error::UserHandle));
    assert_eq!(begin(|options| options.user.id.0 = vec![0; 65], ORIGIN, ABLE), Some(Error::UserHandle));
    assert_eq!(
        begin(|options| options.pub_key_cred_params[0].kind = "x".to_owned(), ORIGIN, ABLE),
        Some(Error::NoAlgorithm)
    );
    assert_eq!(begin(|_| (), ORIGIN, PLAIN), Some(Error::NotDiscoverable));
    let verification_only = Capabilities { user_verification: false, ..ABLE };
    assert_eq!(begin(|_| (), ORIGIN, verification_only), Some(Error::NoUserVerification));
}

#[test]
fn preferences_follow_the_key() {
    let selection = |resident_key: &str, user_verification: &str, key| {
        let mut options = creation();
        options.authenticator_selection = Some(AuthenticatorSelectionCriteria {
            resident_key: Some(resident_key.to_owned()),
            user_verification: Some(user_verification.to_owned()),
            ..Default::default()
        });
        let request = Registration::begin(&options, ORIGIN, key).unwrap().request;
        (request.options.rk, request.options.uv)
    };
    assert_eq!(selection("preferred", "preferred", ABLE), (Some(true), Some(true)));
    assert_eq!(selection("preferred", "preferred", PLAIN), (Some(false), None));
    assert_eq!(selection("discouraged", "discouraged", ABLE), (Some(false), None));
}

// RFC 8410 §10.1's Ed25519 public key, whose DER is printed there.
#[test]
fn an_ed25519_key_becomes_the_rfc_s_subject_public_key_info() {
    let x = hex::decode("19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1").unwrap();
    let info = subject_public_key_info(&PublicKey::Ed25519 { x: x.try_into().unwrap() });
    assert_eq!(
        hex::encode(info),
        "302a300506032b657003210019bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"
    );
}
