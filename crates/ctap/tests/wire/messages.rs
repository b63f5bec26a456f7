//! Any message that this crate can express.

use ciborium::Value;
use ctap::attestation::Statement;
use ctap::auth_data::{AttestedCredential, AuthenticatorData, Flags};
use ctap::entity::{Descriptor, RelyingParty, User};
use ctap::extension::{CredProtect, GetAssertionInputs, HmacSecretInput, MakeCredentialInputs};
use ctap::make_credential::Options;
use ctap::pin_protocol::Version;
use ctap::{
    Command, Request, Response, client_pin, cose, credential_management, get_assertion, get_info,
    make_credential,
};
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;

pub(crate) fn request() -> impl Strategy<Value = Request> {
    prop_oneof![
        make_credential_request().prop_map(Request::MakeCredential),
        get_assertion_request().prop_map(Request::GetAssertion),
        client_pin_request().prop_map(Request::ClientPin),
        credential_management_request().prop_map(Request::CredentialManagement),
        prop_oneof![
            Just(Request::GetInfo),
            Just(Request::Reset),
            Just(Request::GetNextAssertion),
            Just(Request::Selection),
        ],
    ]
}

pub(crate) fn response() -> impl Strategy<Value = (Command, Response)> {
    prop_oneof![
        make_credential_response().prop_map(|it| (Command::MakeCredential, Response::MakeCredential(it))),
        get_assertion_response().prop_map(|it| (Command::GetAssertion, Response::GetAssertion(it))),
        get_assertion_response().prop_map(|it| (Command::GetNextAssertion, Response::GetAssertion(it))),
        get_info_response().prop_map(|it| (Command::GetInfo, Response::GetInfo(it))),
        client_pin_response().prop_map(|it| (Command::ClientPin, Response::ClientPin(it))),
        credential_management_response()
            .prop_map(|it| (Command::CredentialManagement, Response::CredentialManagement(it))),
        Just((Command::Reset, Response::Empty)),
        Just((Command::Selection, Response::Empty)),
    ]
}

pub(crate) fn public_key() -> impl Strategy<Value = cose::PublicKey> {
    prop_oneof![
        (prop_oneof![Just(cose::ES256), Just(cose::ECDH_ES_HKDF_256)], any::<[u8; 32]>(), any::<[u8; 32]>())
            .prop_map(|(algorithm, x, y)| cose::PublicKey::P256 { algorithm, x, y }),
        any::<[u8; 32]>().prop_map(|x| cose::PublicKey::Ed25519 { x }),
    ]
}

pub(crate) fn auth_data() -> impl Strategy<Value = AuthenticatorData> {
    let attested = (any::<[u8; 16]>(), bytes(1023), public_key()).prop_map(|(aaguid, credential_id, key)| {
        AttestedCredential { aaguid, credential_id, public_key: key.encode() }
    });
    let extensions = (cred_protect(), any::<bool>()).prop_map(|(cred_protect, hmac_secret)| {
        ctap::extension::MakeCredentialOutputs {
            cred_protect: Some(cred_protect),
            hmac_secret: Some(hmac_secret),
        }
        .encode()
        .unwrap()
    });
    (any::<[u8; 32]>(), any::<u8>(), any::<u32>(), of(attested), of(extensions)).prop_map(
        |(rp_id_hash, flags, sign_count, attested, extensions)| {
            let at = if attested.is_some() { Flags::AT } else { 0 };
            let ed = if extensions.is_some() { Flags::ED } else { 0 };
            let flags = Flags(flags & !(Flags::AT | Flags::ED) | at | ed);
            AuthenticatorData { rp_id_hash, flags, sign_count, attested, extensions }
        },
    )
}

pub(crate) fn statement() -> impl Strategy<Value = Statement> {
    let packed = (any::<i64>(), bytes(80), vec(bytes(200), 0..4))
        .prop_map(|(algorithm, signature, chain)| Statement::Packed { algorithm, signature, chain });
    let other = ("[a-z0-9]{1,12}", members()).prop_filter_map("a format of its own", |(format, members)| {
        let known = ["none", "packed"].contains(&format.as_str());
        (!known).then_some(Statement::Other(format, Value::Map(members)))
    });
    prop_oneof![Just(Statement::None), packed, other]
}

fn make_credential_request() -> impl Strategy<Value = make_credential::Request> {
    let entities = (any::<[u8; 32]>(), relying_party(), user(), vec(any::<i64>(), 0..5));
    let choices = (vec(descriptor(), 0..4), make_credential_inputs(), options());
    let proof = (of(bytes(32)), of(any::<u64>()), of(any::<u64>()), vec(text(), 0..3));
    (entities, choices, proof).prop_map(|(entities, choices, proof)| make_credential::Request {
        client_data_hash: entities.0,
        rp: entities.1,
        user: entities.2,
        algorithms: entities.3,
        exclude_list: choices.0,
        extensions: choices.1,
        options: choices.2,
        pin_uv_auth_param: proof.0,
        pin_uv_auth_protocol: proof.1,
        enterprise_attestation: proof.2,
        attestation_formats_preference: proof.3,
    })
}

fn make_credential_response() -> impl Strategy<Value = make_credential::Response> {
    (bytes(300), statement())
        .prop_map(|(auth_data, attestation)| make_credential::Response { auth_data, attestation })
}

fn get_assertion_request() -> impl Strategy<Value = get_assertion::Request> {
    let extensions = of(hmac_secret_input()).prop_map(|hmac_secret| GetAssertionInputs { hmac_secret });
    let allow_list = of(vec(descriptor(), 1..4));
    (text(), any::<[u8; 32]>(), allow_list, extensions, options(), of(bytes(32)), of(any::<u64>())).prop_map(
        |(
            rp_id,
            client_data_hash,
            allow_list,
            extensions,
            options,
            pin_uv_auth_param,
            pin_uv_auth_protocol,
        )| {
            get_assertion::Request {
                rp_id,
                client_data_hash,
                allow_list,
                extensions,
                options,
                pin_uv_auth_param,
                pin_uv_auth_protocol,
            }
        },
    )
}

fn get_assertion_response() -> impl Strategy<Value = get_assertion::Response> {
    (descriptor(), bytes(200), bytes(80), of(user()), of(any::<u64>()), of(any::<bool>())).prop_map(
        |(credential, auth_data, signature, user, number_of_credentials, user_selected)| {
            get_assertion::Response {
                credential,
                auth_data,
                signature,
                user,
                number_of_credentials,
                user_selected,
            }
        },
    )
}

fn get_info_response() -> impl Strategy<Value = get_info::Response> {
    let names = (vec(text(), 0..4), vec(text(), 0..4), vec(text(), 0..3), vec(text(), 0..3));
    let numbers = (of(any::<u64>()), of(any::<u64>()), of(any::<u64>()), of(any::<u64>()), of(any::<u64>()));
    let lists = (vec(any::<u64>(), 0..3), vec(any::<i64>(), 0..4), option_ids());
    let rest = (any::<[u8; 16]>(), of(any::<bool>()), of(any::<u64>()), other_members());
    (names, numbers, lists, rest).prop_map(|(names, numbers, lists, rest)| get_info::Response {
        versions: names.0,
        extensions: names.1,
        aaguid: rest.0,
        options: lists.2,
        max_msg_size: numbers.0,
        pin_uv_auth_protocols: lists.0,
        max_credential_count_in_list: numbers.1,
        max_credential_id_length: numbers.2,
        transports: names.2,
        algorithms: lists.1,
        force_pin_change: rest.1,
        min_pin_length: numbers.3,
        firmware_version: numbers.4,
        remaining_discoverable_credentials: rest.2,
        attestation_formats: names.3,
        other: rest.3,
    })
}

fn client_pin_request() -> impl Strategy<Value = client_pin::Request> {
    let numbers = (of(any::<u64>()), any::<u64>(), of(any::<u64>()));
    let secrets = (of(public_key()), of(bytes(32)), of(bytes(80)), of(bytes(32)), of(text()));
    (numbers, secrets).prop_map(|(numbers, secrets)| client_pin::Request {
        pin_uv_auth_protocol: numbers.0,
        sub_command: numbers.1,
        key_agreement: secrets.0,
        pin_uv_auth_param: secrets.1,
        new_pin_enc: secrets.2,
        pin_hash_enc: secrets.3,
        permissions: numbers.2,
        rp_id: secrets.4,
    })
}

fn client_pin_response() -> impl Strategy<Value = client_pin::Response> {
    (of(public_key()), of(bytes(48)), of(any::<u64>()), of(any::<bool>()), of(any::<u64>())).prop_map(
        |(key_agreement, pin_uv_auth_token, pin_retries, power_cycle_state, uv_retries)| {
            client_pin::Response {
                key_agreement,
                pin_uv_auth_token,
                pin_retries,
                power_cycle_state,
                uv_retries,
            }
        },
    )
}

fn credential_management_request() -> impl Strategy<Value = credential_management::Request> {
    let params = (of(any::<[u8; 32]>()), of(descriptor()), of(user())).prop_map(
        |(rp_id_hash, credential_id, user)| credential_management::Params { rp_id_hash, credential_id, user },
    );
    (any::<u64>(), of(params), of(any::<u64>()), of(bytes(32))).prop_map(
        |(sub_command, params, pin_uv_auth_protocol, pin_uv_auth_param)| credential_management::Request {
            sub_command,
            raw_params: params.as_ref().map(credential_management::Params::encode).unwrap_or_default(),
            params,
            pin_uv_auth_protocol,
            pin_uv_auth_param,
        },
    )
}

fn credential_management_response() -> impl Strategy<Value = credential_management::Response> {
    let counts = (of(any::<u64>()), of(any::<u64>()), of(any::<u64>()), of(any::<u64>()));
    let site = (of(relying_party()), of(any::<[u8; 32]>()));
    let credential = (of(user()), of(descriptor()), of(public_key()), of(cred_protect()));
    (counts, site, credential).prop_map(|(counts, site, credential)| credential_management::Response {
        existing_resident_credentials_count: counts.0,
        max_possible_remaining_resident_credentials_count: counts.1,
        rp: site.0,
        rp_id_hash: site.1,
        total_rps: counts.2,
        user: credential.0,
        credential_id: credential.1,
        public_key: credential.2,
        total_credentials: counts.3,
        cred_protect: credential.3,
    })
}

fn make_credential_inputs() -> impl Strategy<Value = MakeCredentialInputs> {
    (of(cred_protect()), of(Just(true)))
        .prop_map(|(cred_protect, hmac_secret)| MakeCredentialInputs { cred_protect, hmac_secret })
}

fn hmac_secret_input() -> impl Strategy<Value = HmacSecretInput> {
    let version = prop_oneof![Just(Version::One), Just(Version::Two)];
    (public_key(), bytes(80), bytes(32), of(version)).prop_map(
        |(key_agreement, salt_enc, salt_auth, pin_uv_auth_protocol)| HmacSecretInput {
            key_agreement,
            salt_enc,
            salt_auth,
            pin_uv_auth_protocol,
        },
    )
}

fn cred_protect() -> impl Strategy<Value = CredProtect> {
    prop_oneof![
        Just(CredProtect::UserVerificationOptional),
        Just(CredProtect::UserVerificationOptionalWithCredentialIdList),
        Just(CredProtect::UserVerificationRequired),
    ]
}

fn options() -> impl Strategy<Value = Options> {
    (of(any::<bool>()), of(any::<bool>()), of(any::<bool>())).prop_map(|(rk, up, uv)| Options { rk, up, uv })
}

fn relying_party() -> impl Strategy<Value = RelyingParty> {
    (text(), of(text())).prop_map(|(id, name)| RelyingParty { id, name })
}

fn user() -> impl Strategy<Value = User> {
    (bytes(64), of(text()), of(text())).prop_map(|(id, name, display_name)| User { id, name, display_name })
}

fn descriptor() -> impl Strategy<Value = Descriptor> {
    bytes(120).prop_map(|id| Descriptor { id })
}

/// Option ids in the order in which the wire has them.
fn option_ids() -> impl Strategy<Value = Vec<(String, bool)>> {
    btree_map("[a-zA-Z]{1,12}", any::<bool>(), 0..5).prop_map(|options| {
        let mut options: Vec<_> = options.into_iter().collect();
        options.sort_by_key(|(id, _)| (id.len(), id.clone()));
        options
    })
}

/// Members of getInfo that the response has no field for.
fn other_members() -> impl Strategy<Value = Vec<(u64, Value)>> {
    let key = prop_oneof![Just(0x0B), 0x0F..=0x13_u64, Just(0x15), 0x17..=0x1F_u64, 0x20..u64::MAX];
    btree_map(key, leaf(), 0..4).prop_map(|members| members.into_iter().collect())
}

/// Members in the order in which the wire has them.
fn members() -> impl Strategy<Value = Vec<(Value, Value)>> {
    let value = prop_oneof![leaf(), vec(leaf(), 0..3).prop_map(Value::Array)];
    btree_map(0..1000_u64, value, 0..4)
        .prop_map(|members| members.into_iter().map(|(key, value)| (Value::from(key), value)).collect())
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::Bool),
        bytes(300).prop_map(Value::Bytes),
        text().prop_map(Value::Text),
        Just(Value::Null),
    ]
}

fn text() -> impl Strategy<Value = String> {
    "\\PC{0,30}"
}

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..=most)
}
