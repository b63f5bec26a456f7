//! Any message that this crate can express.

use ciborium::Value;
use ctap::attestation::Statement;
use ctap::auth_data::{AttestedCredential, AuthenticatorData, Flags};
use ctap::entity::{Descriptor, RelyingParty, User};
use ctap::extension::{
    CredProtect, GetAssertionInputs, HmacSecretInput, LargeBlob, LargeBlobInput, LargeBlobOutput,
    LargeBlobSupport, MakeCredentialInputs, UnsignedOutputs,
};
use ctap::make_credential::Options;
use ctap::pin_protocol::Version;
use ctap::{Command, Request, Response, client_pin, cose, get_assertion, make_credential};
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;

use super::management;

pub(crate) fn request() -> impl Strategy<Value = Request> {
    prop_oneof![
        make_credential_request().prop_map(Request::MakeCredential),
        get_assertion_request().prop_map(Request::GetAssertion),
        client_pin_request().prop_map(Request::ClientPin),
        management::bio_enrollment_request().prop_map(Request::BioEnrollment),
        management::credential_management_request().prop_map(Request::CredentialManagement),
        management::large_blobs_request().prop_map(Request::LargeBlobs),
        management::authenticator_config_request().prop_map(Request::AuthenticatorConfig),
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
        management::get_info_response().prop_map(|it| (Command::GetInfo, Response::GetInfo(it))),
        client_pin_response().prop_map(|it| (Command::ClientPin, Response::ClientPin(it))),
        management::bio_enrollment_response()
            .prop_map(|it| (Command::BioEnrollment, Response::BioEnrollment(it))),
        management::credential_management_response()
            .prop_map(|it| (Command::CredentialManagement, Response::CredentialManagement(it))),
        management::large_blobs_response().prop_map(|it| (Command::LargeBlobs, Response::LargeBlobs(it))),
        Just((Command::AuthenticatorConfig, Response::Empty)),
        Just((Command::Reset, Response::Empty)),
        Just((Command::Selection, Response::Empty)),
    ]
}

/// Boxed like the other large ones: strategies lie on the stack, one inside the other.
pub(crate) fn public_key() -> BoxedStrategy<cose::PublicKey> {
    prop_oneof![
        (prop_oneof![Just(cose::ES256), Just(cose::ECDH_ES_HKDF_256)], any::<[u8; 32]>(), any::<[u8; 32]>())
            .prop_map(|(algorithm, x, y)| cose::PublicKey::P256 { algorithm, x, y }),
        any::<[u8; 32]>().prop_map(|x| cose::PublicKey::Ed25519 { x }),
        (exactly(), exactly()).prop_map(|(x, y)| cose::PublicKey::P384 { x, y }),
        (exactly(), exactly()).prop_map(|(x, y)| cose::PublicKey::P521 { x, y }),
        any::<([u8; 32], [u8; 32])>().prop_map(|(x, y)| cose::PublicKey::Secp256k1 { x, y }),
        (number(256..=512), number(1..=8)).prop_map(|(n, e)| cose::PublicKey::Rsa { n, e }),
        prop_oneof![
            Just((cose::ML_DSA_44, 1312)),
            Just((cose::ML_DSA_65, 1952)),
            Just((cose::ML_DSA_87, 2592)),
        ]
        .prop_flat_map(|(algorithm, length)| {
            vec(any::<u8>(), length).prop_map(move |key| cose::PublicKey::MlDsa { algorithm, key })
        }),
    ]
    .boxed()
}

fn exactly<const N: usize>() -> impl Strategy<Value = [u8; N]> {
    vec(any::<u8>(), N).prop_map(|bytes| bytes.try_into().unwrap())
}

/// A big-endian number without leading zeroes.
fn number(lengths: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Vec<u8>> {
    (1..=u8::MAX, vec(any::<u8>(), lengths)).prop_map(|(first, mut bytes)| {
        bytes[0] = first;
        bytes
    })
}

pub(crate) fn auth_data() -> impl Strategy<Value = AuthenticatorData> {
    let attested = (any::<[u8; 16]>(), bytes(1023), public_key()).prop_map(|(aaguid, credential_id, key)| {
        AttestedCredential { aaguid, credential_id, public_key: key.encode() }
    });
    let extensions = (cred_protect(), any::<bool>()).prop_map(|(cred_protect, hmac_secret)| {
        ctap::extension::MakeCredentialOutputs {
            cred_protect: Some(cred_protect.into()),
            hmac_secret: Some(hmac_secret),
            ..Default::default()
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
    let fido_u2f = (bytes(80), bytes(200))
        .prop_map(|(signature, certificate)| Statement::FidoU2f { signature, certificate });
    let other = ("[a-z0-9]{1,12}", members()).prop_filter_map("a format of its own", |(format, members)| {
        let known = ["none", "packed", "fido-u2f"].contains(&format.as_str());
        (!known).then_some(Statement::Other(format, Value::Map(members)))
    });
    prop_oneof![Just(Statement::None), packed, fido_u2f, other]
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
    let supported = any::<bool>().prop_map(LargeBlobOutput::Supported);
    (bytes(300), statement(), of(any::<bool>()), of(any::<[u8; 32]>()), of(supported)).prop_map(
        |(auth_data, attestation, ep_att, large_blob_key, large_blob)| make_credential::Response {
            auth_data,
            attestation,
            ep_att,
            large_blob_key,
            unsigned_extension_outputs: UnsignedOutputs { large_blob },
        },
    )
}

fn get_assertion_request() -> impl Strategy<Value = get_assertion::Request> {
    let extensions = get_assertion_inputs();
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
    let signed = (descriptor(), bytes(200), bytes(80), of(user()));
    let chosen = (of(any::<u64>()), of(any::<bool>()));
    let large_blob = prop_oneof![
        large_blob().prop_map(LargeBlobOutput::Read),
        any::<bool>().prop_map(LargeBlobOutput::Written)
    ];
    (signed, chosen, of(any::<[u8; 32]>()), of(large_blob)).prop_map(
        |(signed, chosen, large_blob_key, large_blob)| get_assertion::Response {
            credential: signed.0,
            auth_data: signed.1,
            signature: signed.2,
            user: signed.3,
            number_of_credentials: chosen.0,
            user_selected: chosen.1,
            large_blob_key,
            unsigned_extension_outputs: UnsignedOutputs { large_blob },
        },
    )
}

fn large_blob() -> impl Strategy<Value = LargeBlob> {
    (bytes(100), any::<u64>()).prop_map(|(compressed, original_size)| LargeBlob { compressed, original_size })
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

fn make_credential_inputs() -> BoxedStrategy<MakeCredentialInputs> {
    let support = prop_oneof![Just(LargeBlobSupport::Required), Just(LargeBlobSupport::Preferred)];
    let blobs = (of(bytes(40)), of(any::<bool>()), of(support));
    let flags = (of(Just(true)), of(Just(true)), of(Just(true)), of(Just(true)));
    (of(cred_protect()), blobs, flags, of(hmac_secret_input()))
        .prop_map(|(cred_protect, blobs, flags, hmac_secret_mc)| MakeCredentialInputs {
            cred_protect,
            cred_blob: blobs.0,
            large_blob_key: blobs.1,
            large_blob: blobs.2,
            min_pin_length: flags.0,
            pin_complexity_policy: flags.1,
            hmac_secret: flags.2,
            hmac_secret_mc,
            third_party_payment: flags.3,
        })
        .boxed()
}

fn get_assertion_inputs() -> BoxedStrategy<GetAssertionInputs> {
    let large_blob = prop_oneof![Just(LargeBlobInput::Read), large_blob().prop_map(LargeBlobInput::Write)];
    (of(Just(true)), of(any::<bool>()), of(large_blob), of(hmac_secret_input()), of(Just(true)))
        .prop_map(|(cred_blob, large_blob_key, large_blob, hmac_secret, third_party_payment)| {
            GetAssertionInputs { cred_blob, large_blob_key, large_blob, hmac_secret, third_party_payment }
        })
        .boxed()
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

pub(crate) fn cred_protect() -> impl Strategy<Value = CredProtect> {
    prop_oneof![
        Just(CredProtect::UserVerificationOptional),
        Just(CredProtect::UserVerificationOptionalWithCredentialIdList),
        Just(CredProtect::UserVerificationRequired),
    ]
}

fn options() -> impl Strategy<Value = Options> {
    (of(any::<bool>()), of(any::<bool>()), of(any::<bool>())).prop_map(|(rk, up, uv)| Options { rk, up, uv })
}

pub(crate) fn relying_party() -> impl Strategy<Value = RelyingParty> {
    (text(), of(text())).prop_map(|(id, name)| RelyingParty { id, name })
}

pub(crate) fn user() -> impl Strategy<Value = User> {
    (bytes(64), of(text()), of(text())).prop_map(|(id, name, display_name)| User { id, name, display_name })
}

pub(crate) fn descriptor() -> impl Strategy<Value = Descriptor> {
    bytes(120).prop_map(|id| Descriptor { id })
}

/// Members in the order in which the wire has them.
fn members() -> impl Strategy<Value = Vec<(Value, Value)>> {
    let value = prop_oneof![leaf(), vec(leaf(), 0..3).prop_map(Value::Array)];
    btree_map(0..1000_u64, value, 0..4)
        .prop_map(|members| members.into_iter().map(|(key, value)| (Value::from(key), value)).collect())
}

pub(crate) fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::Bool),
        bytes(300).prop_map(Value::Bytes),
        text().prop_map(Value::Text),
        Just(Value::Null),
    ]
}

pub(crate) fn text() -> impl Strategy<Value = String> {
    "\\PC{0,30}"
}

pub(crate) fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..=most)
}
