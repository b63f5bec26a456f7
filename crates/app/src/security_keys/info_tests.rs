use super::*;
use ctap::get_info::Response;

/// The names of §6.4, by their numbers.
const MEMBERS: [&str; 31] = [
    "versions",
    "extensions",
    "aaguid",
    "options",
    "maxMsgSize",
    "pinUvAuthProtocols",
    "maxCredentialCountInList",
    "maxCredentialIdLength",
    "transports",
    "algorithms",
    "maxSerializedLargeBlobArray",
    "forcePINChange",
    "minPINLength",
    "firmwareVersion",
    "maxCredBlobLength",
    "maxRPIDsForSetMinPINLength",
    "preferredPlatformUvAttempts",
    "uvModality",
    "certifications",
    "remainingDiscoverableCredentials",
    "vendorPrototypeConfigCommands",
    "attestationFormats",
    "uvCountSinceLastPinEntry",
    "longTouchForReset",
    "encIdentifier",
    "transportsForReset",
    "pinComplexityPolicy",
    "pinComplexityPolicyURL",
    "maxPINLength",
    "encCredStoreState",
    "authenticatorConfigCommands",
];

fn full() -> Response {
    Response {
        versions: vec!["FIDO_2_3".into()],
        extensions: vec!["hmac-secret".into()],
        aaguid: [1; 16],
        options: vec![("rk".into(), true), ("futureOption".into(), false)],
        max_msg_size: Some(1),
        pin_uv_auth_protocols: vec![2],
        max_credential_count_in_list: Some(1),
        max_credential_id_length: Some(1),
        transports: vec!["usb".into()],
        algorithms: vec![-7],
        max_serialized_large_blob_array: Some(1),
        force_pin_change: Some(false),
        min_pin_length: Some(4),
        firmware_version: Some(1),
        max_cred_blob_length: Some(1),
        max_rp_ids_for_set_min_pin_length: Some(1),
        preferred_platform_uv_attempts: Some(1),
        uv_modality: Some(2),
        certifications: vec![("FIDO".into(), 1)],
        remaining_discoverable_credentials: Some(1),
        vendor_prototype_config_commands: Some(vec![]),
        attestation_formats: vec!["packed".into()],
        uv_count_since_last_pin_entry: Some(1),
        long_touch_for_reset: Some(false),
        enc_identifier: Some(vec![0xFF; 32]),
        transports_for_reset: vec!["usb".into()],
        pin_complexity_policy: Some(false),
        pin_complexity_policy_url: Some(b"https://example.com".to_vec()),
        max_pin_length: Some(63),
        enc_cred_store_state: Some(vec![0; 32]),
        authenticator_config_commands: Some(vec![3]),
        other: vec![(0x20, ciborium::Value::Text("new".into()))],
    }
}

#[test]
fn every_member_has_its_name_for_scripts_and_a_row_for_people() {
    let Value::Object(told) = members(&full()) else { panic!("no object") };
    for name in MEMBERS {
        assert!(told.contains_key(name), "{name}");
        let row = info_table::CTAP2.iter().any(|row| row.member == name);
        assert!(row || name == "options", "{name} is not explained");
    }
    assert_eq!(told["unknown"], json!({ "0x20": "636e6577" }));
    assert_eq!(told["aaguid"], "01010101-0101-0101-0101-010101010101");
    assert_eq!(told["options"], json!({ "rk": true, "futureOption": false }));
    assert_eq!(told.len(), MEMBERS.len() + 1);
    assert_eq!(
        members(&Response { versions: vec!["FIDO_2_0".into()], ..Response::default() })["options"],
        Value::Null
    );
}

#[test]
fn what_a_key_does_not_say_is_unknown_and_what_nobody_knows_is_shown_as_it_came() {
    let of = |info: &Response, member: &str| {
        let row = info_table::CTAP2.iter().find(|row| row.member == member).unwrap();
        (row.told)(info)
    };
    let silent = Response::default();
    assert_eq!(of(&silent, "firmwareVersion"), (Told::Unknown, "the key does not say".to_owned()));
    assert_eq!(of(&silent, "options.up").0, Told::Yes, "the specification's default");
    assert_eq!(of(&silent, "options.credMgmt").0, Told::Unknown);
    assert_eq!(of(&full(), "uvModality"), (Told::Value, "fingerprint".to_owned()));
    assert_eq!(of(&full(), "algorithms").1, "ES256 (-7)");

    let rows = unknown(&full());
    let rows: Vec<_> = rows.iter().map(|row| (row.member.as_str(), row.value.as_str())).collect();
    assert_eq!(rows, [("options.futureOption", "no"), ("0x20", "636e6577")]);
}

#[test]
fn each_explanation_is_one_sentence() {
    for row in info_table::CTAP2.iter().chain(info_table::U2F) {
        assert!(row.explanation.ends_with('.'), "{}", row.member);
        assert_eq!(row.explanation.matches(". ").count(), 0, "{}", row.member);
    }
}
