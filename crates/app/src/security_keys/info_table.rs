//! Every member of getInfo 0x01 to 0x1F and every option (CTAP 2.3 §6.4), with what it means.

use ctap::get_info::Response;

use super::{
    info::{Subject, Told},
    info_words::{
        algorithm, bytes, characters, config_command, list, modalities, option, optional, sealed, silent,
        stated, truth, value,
    },
};
use crate::passkeys::uuid;

/// A member, or an option.
pub(super) struct Row {
    pub(super) subject: Subject,
    pub(super) member: &'static str,
    pub(super) title: &'static str,
    pub(super) explanation: &'static str,
    pub(super) told: fn(&Response) -> (Told, String),
}

const fn row(
    subject: Subject,
    member: &'static str,
    title: &'static str,
    explanation: &'static str,
    told: fn(&Response) -> (Told, String),
) -> Row {
    Row { subject, member, title, explanation, told }
}

/// Of a key that speaks CTAP2.
pub(super) const CTAP2: &[Row] = &[
    row(
        Subject::Identity,
        "aaguid",
        "Model",
        "All keys of one model share this number; it names no person and no single key.",
        |info| {
            if info.aaguid == [0; 16] { (Told::Unknown, "none".to_owned()) } else { value(uuid(info.aaguid)) }
        },
    ),
    row(
        Subject::Identity,
        "firmwareVersion",
        "Firmware",
        "The version of the program inside; few keys can ever get another.",
        |info| optional(info.firmware_version, |version| version.to_string()),
    ),
    row(
        Subject::Identity,
        "encIdentifier",
        "Encrypted identifier",
        "Tells this very key from all others, to those alone who hold a read-only token of it; it looks new each time.",
        |info| sealed(info.enc_identifier.as_ref()),
    ),
    row(
        Subject::Interfaces,
        "transports",
        "Transports",
        "The ways by which programs can reach the key.",
        |info| list(&info.transports),
    ),
    row(
        Subject::Protocol,
        "versions",
        "Versions",
        "The dialects that the key speaks; U2F_V2 is the oldest and knows no passkeys.",
        |info| list(&info.versions),
    ),
    row(
        Subject::Protocol,
        "pinUvAuthProtocols",
        "PIN protocols",
        "How a PIN is encrypted on its way to the key; two is the better one, and the first is preferred.",
        |info| list(&info.pin_uv_auth_protocols.iter().map(u64::to_string).collect::<Vec<_>>()),
    ),
    row(
        Subject::Protocol,
        "algorithms",
        "Algorithms",
        "The kinds of signatures that it makes; the first is preferred.",
        |info| list(&info.algorithms.iter().map(|alg| algorithm(*alg)).collect::<Vec<_>>()),
    ),
    row(Subject::Verification, "options.up", "Touch", "The key can tell that somebody is there.", |info| {
        if stated(info, "up").is_none() {
            (Told::Yes, "yes, as every key unless it says otherwise".to_owned())
        } else {
            option(info, "up")
        }
    }),
    row(
        Subject::Verification,
        "options.clientPin",
        "PIN",
        "The owner proves to be it by a PIN; \"no\" says that none is set yet.",
        |info| match stated(info, "clientPin") {
            Some(true) => (Told::Yes, "set".to_owned()),
            Some(false) => (Told::No, "not set yet".to_owned()),
            None => (Told::Unknown, "the key takes none".to_owned()),
        },
    ),
    row(
        Subject::Verification,
        "options.uv",
        "Own verification",
        "The key knows its owner by its own means, such as a finger; \"no\" says that nothing is enrolled yet.",
        |info| match stated(info, "uv") {
            Some(true) => (Told::Yes, "set up".to_owned()),
            Some(false) => (Told::No, "not set up yet".to_owned()),
            None => (Told::Unknown, "the key has none".to_owned()),
        },
    ),
    row(
        Subject::Verification,
        "options.bioEnroll",
        "Fingerprints",
        "Fingers can be enrolled, named and removed; \"no\" says that none is enrolled yet.",
        |info| match stated(info, "bioEnroll") {
            Some(true) => (Told::Yes, "enrolled".to_owned()),
            Some(false) => (Told::No, "none enrolled yet".to_owned()),
            None => (Told::Unknown, "the key has no sensor that can be managed".to_owned()),
        },
    ),
    row(
        Subject::Verification,
        "options.userVerificationMgmtPreview",
        "Fingerprints, preview",
        "The same by the command of before CTAP 2.1.",
        |info| option(info, "userVerificationMgmtPreview"),
    ),
    row(
        Subject::Verification,
        "uvModality",
        "Kinds of verification",
        "By what the key knows its owner.",
        |info| optional(info.uv_modality, modalities),
    ),
    row(
        Subject::Verification,
        "options.pinUvAuthToken",
        "Tokens with permissions",
        "A PIN or a finger opens only what was asked for, such as listing.",
        |info| option(info, "pinUvAuthToken"),
    ),
    row(
        Subject::Verification,
        "options.noMcGaPermissionsWithClientPin",
        "PIN for managing alone",
        "Signing in wants the key's own verification: its PIN opens management only.",
        |info| option(info, "noMcGaPermissionsWithClientPin"),
    ),
    row(
        Subject::Verification,
        "options.uvBioEnroll",
        "Finger enrols finger",
        "Own verification suffices to enrol another finger.",
        |info| option(info, "uvBioEnroll"),
    ),
    row(
        Subject::Verification,
        "options.uvAcfg",
        "Finger changes settings",
        "Own verification suffices to change settings.",
        |info| option(info, "uvAcfg"),
    ),
    row(
        Subject::Verification,
        "minPINLength",
        "Shortest PIN",
        "A new PIN has so many characters at least.",
        |info| optional(info.min_pin_length, characters),
    ),
    row(
        Subject::Verification,
        "maxPINLength",
        "Longest PIN",
        "A new PIN has so many characters at most.",
        |info| optional(info.max_pin_length, characters),
    ),
    row(
        Subject::Verification,
        "forcePINChange",
        "PIN must change",
        "The key takes its PIN for nothing but changing it.",
        |info| truth(info.force_pin_change, "no"),
    ),
    row(
        Subject::Verification,
        "preferredPlatformUvAttempts",
        "Tries of own verification",
        "So often a program should let the owner try before it asks for the PIN.",
        |info| optional(info.preferred_platform_uv_attempts, |times| times.to_string()),
    ),
    row(
        Subject::Verification,
        "uvCountSinceLastPinEntry",
        "Verified since the last PIN",
        "How often own verification was used since the PIN was typed last.",
        |info| optional(info.uv_count_since_last_pin_entry, |times| times.to_string()),
    ),
    row(
        Subject::Storage,
        "options.rk",
        "Passkeys",
        "The key stores passkeys, so that sites need no name to begin with.",
        |info| option(info, "rk"),
    ),
    row(
        Subject::Storage,
        "remainingDiscoverableCredentials",
        "Room for passkeys",
        "About so many more passkeys fit.",
        |info| optional(info.remaining_discoverable_credentials, |room| room.to_string()),
    ),
    row(
        Subject::Storage,
        "options.largeBlobs",
        "Large blobs",
        "The key keeps small files for passkeys.",
        |info| option(info, "largeBlobs"),
    ),
    row(
        Subject::Storage,
        "maxSerializedLargeBlobArray",
        "Room for large blobs",
        "All of them together take so much at most.",
        |info| optional(info.max_serialized_large_blob_array, bytes),
    ),
    row(
        Subject::Storage,
        "encCredStoreState",
        "Encrypted state of the list",
        "Changes when the passkeys change; it tells those alone who hold a read-only token.",
        |info| sealed(info.enc_cred_store_state.as_ref()),
    ),
    row(
        Subject::Management,
        "options.credMgmt",
        "Managing passkeys",
        "Passkeys can be listed, renamed and deleted.",
        |info| option(info, "credMgmt"),
    ),
    row(
        Subject::Management,
        "options.credentialMgmtPreview",
        "Managing passkeys, preview",
        "The same by the command of before CTAP 2.1, without renaming.",
        |info| option(info, "credentialMgmtPreview"),
    ),
    row(
        Subject::Management,
        "options.perCredMgmtRO",
        "Read-only token",
        "Passkeys can be listed later without the PIN, by a token that a program keeps.",
        |info| option(info, "perCredMgmtRO"),
    ),
    row(
        Subject::Management,
        "options.authnrCfg",
        "Settings",
        "Settings of the key can be changed.",
        |info| option(info, "authnrCfg"),
    ),
    row(
        Subject::Management,
        "authenticatorConfigCommands",
        "Settings that can be changed",
        "The commands of authenticatorConfig that it knows.",
        |info| match &info.authenticator_config_commands {
            None => silent(),
            Some(commands) => {
                list(&commands.iter().map(|command| config_command(*command)).collect::<Vec<_>>())
            }
        },
    ),
    row(
        Subject::Management,
        "vendorPrototypeConfigCommands",
        "Settings of the maker",
        "Commands of the maker's own, by number.",
        |info| match &info.vendor_prototype_config_commands {
            None => silent(),
            Some(commands) => {
                list(&commands.iter().map(|command| format!("0x{command:X}")).collect::<Vec<_>>())
            }
        },
    ),
    row(
        Subject::Management,
        "longTouchForReset",
        "Long touch for reset",
        "A reset wants a touch of several seconds, so that none happens by accident.",
        |info| truth(info.long_touch_for_reset, "not known to the key"),
    ),
    row(
        Subject::Management,
        "transportsForReset",
        "Ways for reset",
        "A reset works by these transports alone; where none is named, by all.",
        |info| {
            if info.transports_for_reset.is_empty() {
                (Told::Unknown, "not restricted".to_owned())
            } else {
                list(&info.transports_for_reset)
            }
        },
    ),
    row(
        Subject::Management,
        "options.plat",
        "Built in",
        "It is part of a computer or phone, and cannot be carried to another.",
        |info| option(info, "plat"),
    ),
    row(
        Subject::Policy,
        "options.alwaysUv",
        "Always verify",
        "The key wants its PIN or a finger each time, whatever a site asks.",
        |info| option(info, "alwaysUv"),
    ),
    row(
        Subject::Policy,
        "options.makeCredUvNotRqd",
        "Register without verification",
        "Second factors, which are no passkeys, can be made by a touch alone.",
        |info| option(info, "makeCredUvNotRqd"),
    ),
    row(
        Subject::Policy,
        "options.setMinPINLength",
        "Shortest PIN can be raised",
        "The shortest length of a PIN can be raised; only a reset lowers it.",
        |info| option(info, "setMinPINLength"),
    ),
    row(
        Subject::Policy,
        "maxRPIDsForSetMinPINLength",
        "Sites that may read it",
        "So many sites can be named that the key tells its shortest PIN length.",
        |info| optional(info.max_rp_ids_for_set_min_pin_length, |sites| sites.to_string()),
    ),
    row(
        Subject::Policy,
        "pinComplexityPolicy",
        "Complex PINs",
        "The key refuses PINs that are easily guessed, by rules of its own.",
        |info| truth(info.pin_complexity_policy, "not known to the key"),
    ),
    row(
        Subject::Policy,
        "pinComplexityPolicyURL",
        "Rules of complex PINs",
        "Where its maker tells those rules.",
        |info| match info.pin_complexity_policy_url.as_deref() {
            None => silent(),
            Some(url) => value(super::naming::plain(&String::from_utf8_lossy(url))),
        },
    ),
    row(Subject::Extensions, "extensions", "Extensions", "What the key can do beyond signing in.", |info| {
        list(&info.extensions)
    }),
    row(
        Subject::Extensions,
        "maxCredBlobLength",
        "Blob of a passkey",
        "A site can keep so much beside each passkey.",
        |info| optional(info.max_cred_blob_length, bytes),
    ),
    row(Subject::Limits, "maxMsgSize", "Longest message", "The key takes messages of this length.", |info| {
        match info.max_msg_size {
            Some(size) => value(bytes(size)),
            None => (Told::Unknown, "not stated; 1024 bytes are always taken".to_owned()),
        }
    }),
    row(
        Subject::Limits,
        "maxCredentialCountInList",
        "Credentials in a list",
        "A site can ask for one of so many at once.",
        |info| optional(info.max_credential_count_in_list, |count| count.to_string()),
    ),
    row(
        Subject::Limits,
        "maxCredentialIdLength",
        "Longest credential id",
        "The key takes credential ids of this length.",
        |info| optional(info.max_credential_id_length, bytes),
    ),
    row(
        Subject::Attestation,
        "attestationFormats",
        "Attestation formats",
        "The forms in which it proves to a site what model it is.",
        |info| list(&info.attestation_formats),
    ),
    row(
        Subject::Attestation,
        "options.ep",
        "Enterprise attestation",
        "Sites of an organisation can be told which single key this is; \"no\" says that it can be switched on.",
        |info| match stated(info, "ep") {
            Some(true) => (Told::Yes, "on".to_owned()),
            Some(false) => (Told::No, "off".to_owned()),
            None => (Told::Unknown, "not known to the key".to_owned()),
        },
    ),
    row(
        Subject::Attestation,
        "certifications",
        "Certifications",
        "What the key claims to be certified for, with the level.",
        |info| {
            list(
                &info
                    .certifications
                    .iter()
                    .map(|(name, level)| format!("{name} {level}"))
                    .collect::<Vec<_>>(),
            )
        },
    ),
];

/// Of a key that knows U2F alone and has no getInfo.
pub(super) const U2F: &[Row] = &[
    row(
        Subject::Protocol,
        "versions",
        "Versions",
        "A key of before passkeys: a second factor beside a password.",
        |info| list(&info.versions),
    ),
    row(
        Subject::Verification,
        "options.clientPin",
        "PIN",
        "Who holds the key can use it: it knows no PIN and no finger.",
        |_| (Told::No, "none".to_owned()),
    ),
    row(
        Subject::Storage,
        "options.rk",
        "Passkeys",
        "It stores none; what sites registered it knows again without a list.",
        |_| (Told::No, "none".to_owned()),
    ),
    row(
        Subject::Management,
        "options.credMgmt",
        "Managing",
        "There is nothing to list, to change or to reset.",
        |_| (Told::No, "none".to_owned()),
    ),
];
