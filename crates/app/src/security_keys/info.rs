//! What a key says about itself, member by member and in words (`key info`; authenticatorGetInfo, CTAP 2.3 §6.4).

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ctap::get_info::Response;
use serde::Serialize;
use serde_json::{Map, Value, json};
use specta::Type;

use super::{OpenKey, info_table, info_transport};
use crate::{App, error::AppError, metadata::KeyModel, passkeys::uuid};

/// A key's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyInfo {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What is known of its model, where something is.
    pub model: Option<KeyModel>,
    /// What it says, by subjects.
    pub groups: Vec<InfoGroup>,
}

/// What a key says of one subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct InfoGroup {
    /// The subject.
    pub subject: Subject,
    /// Member by member.
    pub rows: Vec<InfoRow>,
}

/// What members are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// What it is.
    Identity,
    /// How it is reached.
    Interfaces,
    /// What it speaks.
    Protocol,
    /// How it knows its owner.
    Verification,
    /// What it keeps.
    Storage,
    /// How it is managed.
    Management,
    /// What its owner or an organisation set.
    Policy,
    /// What it can do beyond signing in.
    Extensions,
    /// How much it takes at once.
    Limits,
    /// How it proves what it is.
    Attestation,
    /// What this program does not know.
    Unknown,
}

/// One member, or one option.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct InfoRow {
    /// Its name in the specification, an option's as `options.rk`.
    pub member: String,
    /// Its name in words.
    pub title: String,
    /// Whether it is so.
    pub state: Told,
    /// Its value in words.
    pub value: String,
    /// What it means, as one sentence.
    pub explanation: String,
}

/// What a key says of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// It is so.
    Yes,
    /// It is not so.
    No,
    /// It has a value.
    Value,
    /// The key does not say.
    Unknown,
}

impl App {
    /// Asks the key anew what it is, and explains it.
    ///
    /// # Errors
    /// `device-gone`, `busy`; `failed` where the file of labels cannot be understood.
    pub async fn key_info(&self, key: &mut OpenKey) -> Result<KeyInfo, AppError> {
        key.refresh().await?;
        let summary = self.key_summary(key)?;
        let model = if key.speaks_ctap2() { self.model_of(key.info.aaguid) } else { None };
        Ok(KeyInfo { id: summary.id, name: summary.name, model, groups: groups(key) })
    }
}

impl OpenKey {
    /// Asks the key anew what it says about itself.
    ///
    /// # Errors
    /// `device-gone`, `busy`.
    pub async fn refresh(&mut self) -> Result<(), AppError> {
        if self.speaks_ctap2() {
            let asked = self.session.info().await;
            self.info = asked.map_err(|error| AppError::of_key("saying what it is", error))?;
        }
        Ok(())
    }

    /// What it says, for scripts: every member that it states, under its name in the specification; bytes as base64url,
    /// the AAGUID as a UUID, and what this program does not know under `unknown`, as CBOR in hexadecimal.
    pub fn info_members(&self) -> Value {
        if self.speaks_ctap2() { members(&self.info) } else { json!({ "versions": self.info.versions }) }
    }
}

fn groups(key: &OpenKey) -> Vec<InfoGroup> {
    let table = if key.speaks_ctap2() { info_table::CTAP2 } else { info_table::U2F };
    let mut groups: Vec<InfoGroup> = Vec::new();
    for row in table {
        let (state, value) = (row.told)(&key.info);
        put(
            &mut groups,
            row.subject,
            InfoRow {
                member: row.member.to_owned(),
                title: row.title.to_owned(),
                state,
                value,
                explanation: row.explanation.to_owned(),
            },
        );
    }
    for row in key.session.initialization().map(info_transport::rows).into_iter().flatten() {
        put(&mut groups, Subject::Interfaces, row);
    }
    for row in unknown(&key.info) {
        put(&mut groups, Subject::Unknown, row);
    }
    groups
}

fn put(groups: &mut Vec<InfoGroup>, subject: Subject, row: InfoRow) {
    match groups.iter_mut().find(|group| group.subject == subject) {
        Some(group) => group.rows.push(row),
        None => groups.push(InfoGroup { subject, rows: vec![row] }),
    }
}

/// Options and members that no table knows.
fn unknown(info: &Response) -> Vec<InfoRow> {
    let named = |member: String| info_table::CTAP2.iter().any(|row| row.member == member);
    let options = info.options.iter().filter(|(id, _)| !named(format!("options.{id}")));
    let options = options.map(|(id, set)| InfoRow {
        member: format!("options.{id}"),
        title: id.clone(),
        state: if *set { Told::Yes } else { Told::No },
        value: if *set { "yes" } else { "no" }.to_owned(),
        explanation: "An option that this program does not know.".to_owned(),
    });
    let members = info.other.iter().map(|(number, value)| InfoRow {
        member: format!("0x{number:02X}"),
        title: format!("Member 0x{number:02X}"),
        state: Told::Value,
        value: cbor(value),
        explanation: "A member that this program does not know, or cannot read, as CBOR.".to_owned(),
    });
    options.chain(members).collect()
}

fn cbor(value: &ciborium::Value) -> String {
    let mut bytes = Vec::new();
    // Writing into memory fails for nothing that was read from the wire.
    let _ = ciborium::into_writer(value, &mut bytes);
    hex::encode(bytes)
}

fn members(info: &Response) -> Value {
    let bytes = |bytes: &Vec<u8>| json!(BASE64_URL_SAFE_NO_PAD.encode(bytes));
    let listed = |list: &[String]| (!list.is_empty()).then(|| json!(list));
    let number = |number: Option<u64>| number.map(Value::from);
    let truth = |truth: Option<bool>| truth.map(Value::from);
    let options: Map<_, _> = info.options.iter().map(|(id, set)| (id.clone(), json!(set))).collect();
    let certifications: Map<_, _> =
        info.certifications.iter().map(|(name, level)| (name.clone(), json!(level))).collect();
    let algorithms: Vec<_> =
        info.algorithms.iter().map(|alg| json!({ "type": "public-key", "alg": alg })).collect();
    let unknown: Map<_, _> =
        info.other.iter().map(|(key, value)| (format!("0x{key:02X}"), json!(cbor(value)))).collect();
    let url = info.pin_complexity_policy_url.as_deref().map(|url| json!(String::from_utf8_lossy(url)));
    let stated = [
        ("versions", Some(json!(info.versions))),
        ("extensions", listed(&info.extensions)),
        ("aaguid", Some(json!(uuid(info.aaguid)))),
        ("options", (!options.is_empty()).then_some(Value::Object(options))),
        ("maxMsgSize", number(info.max_msg_size)),
        (
            "pinUvAuthProtocols",
            (!info.pin_uv_auth_protocols.is_empty()).then(|| json!(info.pin_uv_auth_protocols)),
        ),
        ("maxCredentialCountInList", number(info.max_credential_count_in_list)),
        ("maxCredentialIdLength", number(info.max_credential_id_length)),
        ("transports", listed(&info.transports)),
        ("algorithms", (!algorithms.is_empty()).then(|| json!(algorithms))),
        ("maxSerializedLargeBlobArray", number(info.max_serialized_large_blob_array)),
        ("forcePINChange", truth(info.force_pin_change)),
        ("minPINLength", number(info.min_pin_length)),
        ("firmwareVersion", number(info.firmware_version)),
        ("maxCredBlobLength", number(info.max_cred_blob_length)),
        ("maxRPIDsForSetMinPINLength", number(info.max_rp_ids_for_set_min_pin_length)),
        ("preferredPlatformUvAttempts", number(info.preferred_platform_uv_attempts)),
        ("uvModality", number(info.uv_modality)),
        ("certifications", (!certifications.is_empty()).then_some(Value::Object(certifications))),
        ("remainingDiscoverableCredentials", number(info.remaining_discoverable_credentials)),
        (
            "vendorPrototypeConfigCommands",
            info.vendor_prototype_config_commands.as_ref().map(|list| json!(list)),
        ),
        ("attestationFormats", listed(&info.attestation_formats)),
        ("uvCountSinceLastPinEntry", number(info.uv_count_since_last_pin_entry)),
        ("longTouchForReset", truth(info.long_touch_for_reset)),
        ("encIdentifier", info.enc_identifier.as_ref().map(bytes)),
        ("transportsForReset", listed(&info.transports_for_reset)),
        ("pinComplexityPolicy", truth(info.pin_complexity_policy)),
        ("pinComplexityPolicyURL", url),
        ("maxPINLength", number(info.max_pin_length)),
        ("encCredStoreState", info.enc_cred_store_state.as_ref().map(bytes)),
        ("authenticatorConfigCommands", info.authenticator_config_commands.as_ref().map(|list| json!(list))),
        ("unknown", (!unknown.is_empty()).then_some(Value::Object(unknown))),
    ];
    let stated = stated.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(stated.collect())
}

#[cfg(test)]
#[path = "info_tests.rs"]
mod tests;
