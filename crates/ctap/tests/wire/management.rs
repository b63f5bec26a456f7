//! Any message that manages a key.

use ciborium::{Value, cbor};
use ctap::cbor::encode;
use ctap::{authenticator_config, bio_enrollment, cose, credential_management, get_info, large_blobs};
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;

use super::messages::{bytes, descriptor, leaf, public_key, relying_party, text, user};

pub(crate) fn get_info_response() -> impl Strategy<Value = get_info::Response> {
    (claims(), limits(), settings()).prop_map(|(claims, limits, settings)| get_info::Response {
        max_msg_size: limits.max_msg_size,
        max_credential_count_in_list: limits.max_credential_count_in_list,
        max_credential_id_length: limits.max_credential_id_length,
        max_serialized_large_blob_array: limits.max_serialized_large_blob_array,
        max_cred_blob_length: limits.max_cred_blob_length,
        max_rp_ids_for_set_min_pin_length: limits.max_rp_ids_for_set_min_pin_length,
        remaining_discoverable_credentials: limits.remaining_discoverable_credentials,
        min_pin_length: limits.min_pin_length,
        max_pin_length: limits.max_pin_length,
        force_pin_change: settings.force_pin_change,
        preferred_platform_uv_attempts: settings.preferred_platform_uv_attempts,
        uv_modality: settings.uv_modality,
        vendor_prototype_config_commands: settings.vendor_prototype_config_commands,
        uv_count_since_last_pin_entry: settings.uv_count_since_last_pin_entry,
        long_touch_for_reset: settings.long_touch_for_reset,
        enc_identifier: settings.enc_identifier,
        pin_complexity_policy: settings.pin_complexity_policy,
        pin_complexity_policy_url: settings.pin_complexity_policy_url,
        enc_cred_store_state: settings.enc_cred_store_state,
        authenticator_config_commands: settings.authenticator_config_commands,
        ..claims
    })
}

fn claims() -> impl Strategy<Value = get_info::Response> {
    let lists =
        (vec(text(), 0..4), vec(text(), 0..4), vec(text(), 0..3), vec(text(), 0..3), vec(text(), 0..3));
    let numbers = (vec(any::<u64>(), 0..3), vec(any::<i64>(), 0..4), of(any::<u64>()));
    let maps = (named(any::<bool>()), named(any::<u64>()), other_members());
    (any::<[u8; 16]>(), lists, numbers, maps).prop_map(|(aaguid, lists, numbers, maps)| get_info::Response {
        aaguid,
        versions: lists.0,
        extensions: lists.1,
        transports: lists.2,
        attestation_formats: lists.3,
        transports_for_reset: lists.4,
        pin_uv_auth_protocols: numbers.0,
        algorithms: numbers.1,
        firmware_version: numbers.2,
        options: maps.0,
        certifications: maps.1,
        other: maps.2,
        ..get_info::Response::default()
    })
}

fn limits() -> impl Strategy<Value = get_info::Response> {
    any::<[Option<u64>; 9]>().prop_map(|numbers| get_info::Response {
        max_msg_size: numbers[0],
        max_credential_count_in_list: numbers[1],
        max_credential_id_length: numbers[2],
        max_serialized_large_blob_array: numbers[3],
        max_cred_blob_length: numbers[4],
        max_rp_ids_for_set_min_pin_length: numbers[5],
        remaining_discoverable_credentials: numbers[6],
        min_pin_length: numbers[7],
        max_pin_length: numbers[8],
        ..get_info::Response::default()
    })
}

fn settings() -> impl Strategy<Value = get_info::Response> {
    let numbers = any::<[Option<u64>; 3]>();
    let truths = any::<[Option<bool>; 3]>();
    let lists = (of(vec(any::<u64>(), 0..3)), of(vec(any::<u64>(), 0..5)));
    let encrypted = (of(bytes(32)), of(bytes(32)), of(bytes(60)));
    (numbers, truths, lists, encrypted).prop_map(|(numbers, truths, lists, encrypted)| get_info::Response {
        preferred_platform_uv_attempts: numbers[0],
        uv_modality: numbers[1],
        uv_count_since_last_pin_entry: numbers[2],
        force_pin_change: truths[0],
        long_touch_for_reset: truths[1],
        pin_complexity_policy: truths[2],
        vendor_prototype_config_commands: lists.0,
        authenticator_config_commands: lists.1,
        enc_identifier: encrypted.0,
        enc_cred_store_state: encrypted.1,
        pin_complexity_policy_url: encrypted.2,
        ..get_info::Response::default()
    })
}

/// Names in the order in which the wire has them.
fn named<T: std::fmt::Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Vec<(String, T)>> {
    btree_map("[a-zA-Z]{1,12}", value, 0..5).prop_map(|members| {
        let mut members: Vec<_> = members.into_iter().collect();
        members.sort_by_key(|(name, _)| (name.len(), name.clone()));
        members
    })
}

fn any_key() -> impl Strategy<Value = cose::AnyKey> {
    let other = any::<i64>().prop_map(|algorithm| {
        let bytes = encode(&cbor!({1 => 99, 3 => algorithm, -1 => "of its own"}).unwrap());
        cose::AnyKey::Other { algorithm: Some(algorithm), bytes }
    });
    prop_oneof![public_key().prop_map(cose::AnyKey::Known), other]
}

/// Members that the response has no field for.
fn other_members() -> impl Strategy<Value = Vec<(u64, Value)>> {
    btree_map(0x20..u64::MAX, leaf(), 0..4).prop_map(|members| members.into_iter().collect())
}

pub(crate) fn credential_management_request() -> impl Strategy<Value = credential_management::Request> {
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

pub(crate) fn credential_management_response() -> impl Strategy<Value = credential_management::Response> {
    let counts = (of(any::<u64>()), of(any::<u64>()), of(any::<u64>()), of(any::<u64>()));
    let site = (of(relying_party()), of(any::<[u8; 32]>()));
    let credential = (of(user()), of(descriptor()), of(any_key()), of(any::<u64>()));
    let rest = (of(any::<[u8; 32]>()), of(any::<bool>()), other_members());
    (counts, site, credential, rest).prop_map(|(counts, site, credential, rest)| {
        credential_management::Response {
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
            large_blob_key: rest.0,
            third_party_payment: rest.1,
            other: rest.2,
        }
    })
}

pub(crate) fn bio_enrollment_request() -> impl Strategy<Value = bio_enrollment::Request> {
    let params = (of(bytes(32)), of(text()), of(any::<u64>())).prop_map(|(id, name, timeout)| {
        bio_enrollment::Params {
            template_id: id,
            template_friendly_name: name,
            timeout_milliseconds: timeout,
        }
    });
    let proof = (of(any::<u64>()), of(bytes(32)));
    (of(any::<u64>()), of(any::<u64>()), of(params), proof, of(any::<bool>())).prop_map(
        |(modality, sub_command, params, proof, get_modality)| bio_enrollment::Request {
            modality,
            sub_command,
            raw_params: params.as_ref().map(bio_enrollment::Params::encode).unwrap_or_default(),
            params,
            pin_uv_auth_protocol: proof.0,
            pin_uv_auth_param: proof.1,
            get_modality,
        },
    )
}

pub(crate) fn bio_enrollment_response() -> impl Strategy<Value = bio_enrollment::Response> {
    let infos = (bytes(32), of(text())).prop_map(|(template_id, template_friendly_name)| {
        bio_enrollment::TemplateInfo { template_id, template_friendly_name }
    });
    (any::<[Option<u64>; 6]>(), of(bytes(32)), vec(infos, 0..4)).prop_map(|(numbers, id, infos)| {
        bio_enrollment::Response {
            modality: numbers[0],
            fingerprint_kind: numbers[1],
            max_capture_samples_required_for_enroll: numbers[2],
            template_id: id,
            last_enroll_sample_status: numbers[3],
            remaining_samples: numbers[4],
            template_infos: infos,
            max_template_friendly_name: numbers[5],
        }
    })
}

pub(crate) fn large_blobs_request() -> impl Strategy<Value = large_blobs::Request> {
    (any::<[Option<u64>; 4]>(), of(bytes(300)), of(bytes(32))).prop_map(|(numbers, set, param)| {
        large_blobs::Request {
            get: numbers[0],
            set,
            offset: numbers[1],
            length: numbers[2],
            pin_uv_auth_param: param,
            pin_uv_auth_protocol: numbers[3],
        }
    })
}

pub(crate) fn large_blobs_response() -> impl Strategy<Value = large_blobs::Response> {
    of(bytes(300)).prop_map(|config| large_blobs::Response { config })
}

pub(crate) fn authenticator_config_request() -> impl Strategy<Value = authenticator_config::Request> {
    use authenticator_config::{Params, Request, sub_command as sub};
    let params = (of(any::<u64>()), of(vec(text(), 0..4)), of(any::<bool>()), of(any::<bool>())).prop_map(
        |(length, rp_ids, force, complexity)| Params {
            new_min_pin_length: length,
            min_pin_length_rp_ids: rp_ids,
            force_change_pin: force,
            pin_complexity_policy: complexity,
        },
    );
    let sub_command = prop_oneof![any::<u64>(), Just(sub::SET_MIN_PIN_LENGTH)];
    (sub_command, of(params), of(any::<u64>()), of(bytes(32))).prop_map(
        |(sub_command, params, pin_uv_auth_protocol, pin_uv_auth_param)| {
            let params = params.filter(|_| sub_command == sub::SET_MIN_PIN_LENGTH);
            let raw_params = params.as_ref().map(Params::encode).unwrap_or_default();
            Request { sub_command, params, raw_params, pin_uv_auth_protocol, pin_uv_auth_param }
        },
    )
}
