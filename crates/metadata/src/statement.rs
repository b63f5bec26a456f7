//! What is stated of a model's keys (`authenticatorGetInfo` of its metadata statement), and how a key differs from it.

use ctap::get_info::Response;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

use crate::{aaguid, text::plain};

/// The answer to authenticatorGetInfo that a model's metadata states, in the metadata's JSON form.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statement(pub(crate) Map<String, Value>);

/// A member in which a key differs from what is stated of its model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The member's name in getInfo, an option's as `options.rk`.
    pub member: String,
    /// What the metadata states; `None` where it does not state the member.
    pub stated: Option<String>,
    /// What the key says; `None` where it does not.
    pub told: Option<String>,
}

/// What a person changes on one key says nothing about its model.
const SETTINGS: [&str; 8] = [
    "alwaysUv",
    "bioEnroll",
    "clientPin",
    "ep",
    "makeCredUvNotRqd",
    "userVerificationMgmtPreview",
    "uv",
    "uvBioEnroll",
];

/// Where a key differs from what is stated of its model. Members that a person changes, and the room that is left, are
/// not compared; another firmware is a difference, and the reason of many others.
pub fn differences(stated: &Statement, told: &Response) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut compare = |member: &str, stated: Option<String>, told: Option<String>| {
        if stated != told {
            found.push(Difference { member: member.to_owned(), stated, told });
        }
    };
    compare("versions", stated.words("versions"), words(&told.versions));
    compare("extensions", stated.words("extensions"), words(&told.extensions));
    compare("aaguid", stated.aaguid(), Some(aaguid::text(told.aaguid)));
    for option in
        stated.options().chain(told.options.iter().map(|(name, _)| name.clone())).collect::<BTreeSet<_>>()
    {
        if !SETTINGS.contains(&option.as_str()) {
            let said =
                told.options.iter().find(|(name, _)| *name == option).map(|(_, value)| value.to_string());
            let name = format!("options.{}", plain(&option).unwrap_or_default());
            compare(&name, stated.option(&option), said);
        }
    }
    compare("transports", stated.words("transports"), words(&told.transports));
    let algorithms = told.algorithms.iter().map(i64::to_string).collect::<Vec<_>>();
    compare("algorithms", stated.algorithms(), words(&algorithms));
    let protocols = told.pin_uv_auth_protocols.iter().map(u64::to_string).collect::<Vec<_>>();
    compare("pinUvAuthProtocols", stated.words("pinUvAuthProtocols"), words(&protocols));
    let numbers = [
        ("maxMsgSize", told.max_msg_size),
        ("maxCredentialCountInList", told.max_credential_count_in_list),
        ("maxCredentialIdLength", told.max_credential_id_length),
        ("maxSerializedLargeBlobArray", told.max_serialized_large_blob_array),
        ("firmwareVersion", told.firmware_version),
        ("maxCredBlobLength", told.max_cred_blob_length),
        ("maxRPIDsForSetMinPINLength", told.max_rp_ids_for_set_min_pin_length),
        ("preferredPlatformUvAttempts", told.preferred_platform_uv_attempts),
        ("uvModality", told.uv_modality),
    ];
    for (member, number) in numbers {
        compare(member, stated.number(member), number.map(|number| number.to_string()));
    }
    found
}

impl Statement {
    /// The texts or numbers of a list; their order is the key's preference, and is not compared.
    fn words(&self, member: &str) -> Option<String> {
        let list = self.0.get(member)?.as_array()?;
        let word = |value: &Value| match value {
            Value::String(text) => plain(text),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        words(&list.iter().filter_map(word).collect::<Vec<_>>())
    }

    fn algorithms(&self) -> Option<String> {
        let list = self.0.get("algorithms")?.as_array()?;
        let numbers = list.iter().filter_map(|parameters| parameters.get("alg")?.as_i64());
        words(&numbers.map(|number| number.to_string()).collect::<Vec<_>>())
    }

    fn number(&self, member: &str) -> Option<String> {
        self.0.get(member)?.as_u64().map(|number| number.to_string())
    }

    fn aaguid(&self) -> Option<String> {
        self.0.get("aaguid")?.as_str().and_then(aaguid::parse).map(aaguid::text)
    }

    fn options(&self) -> impl Iterator<Item = String> {
        self.0.get("options").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.clone())
    }

    fn option(&self, name: &str) -> Option<String> {
        self.0.get("options")?.get(name)?.as_bool().map(|value| value.to_string())
    }
}

/// Sorted, each once; `None` where there are none, as a list is left out on the wire then.
fn words(list: &[String]) -> Option<String> {
    let sorted: BTreeSet<_> = list.iter().filter_map(|word| plain(word)).collect();
    (!sorted.is_empty()).then(|| sorted.into_iter().collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn stated() -> Statement {
        let statement = json!({
            "versions": ["FIDO_2_0", "U2F_V2"],
            "extensions": ["hmac-secret"],
            "aaguid": "ee882879721c491397753dfcce97072a",
            "options": {"rk": true, "clientPin": true, "plat": false},
            "maxMsgSize": 1200,
            "algorithms": [{"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -8}],
            "firmwareVersion": 328_706,
            "ofTomorrow": {"deep": [1]},
        });
        Statement(statement.as_object().unwrap().clone())
    }

    fn told() -> Response {
        Response {
            versions: vec!["U2F_V2".to_owned(), "FIDO_2_0".to_owned()],
            extensions: vec!["hmac-secret".to_owned()],
            aaguid: aaguid::parse("ee882879-721c-4913-9775-3dfcce97072a").unwrap(),
            options: vec![
                ("rk".to_owned(), true),
                ("plat".to_owned(), false),
                ("clientPin".to_owned(), false),
            ],
            max_msg_size: Some(1200),
            algorithms: vec![-8, -7],
            firmware_version: Some(328_706),
            ..Response::default()
        }
    }

    #[test]
    fn a_key_as_stated_does_not_differ_whatever_its_settings() {
        assert_eq!(differences(&stated(), &told()), []);
    }

    #[test]
    fn every_difference_is_named_with_both_sides() {
        let mut told = told();
        told.extensions.push("credProtect".to_owned());
        told.options = vec![("rk".to_owned(), false), ("plat".to_owned(), false)];
        told.firmware_version = None;
        told.max_cred_blob_length = Some(32);
        let found = differences(&stated(), &told);
        let found: Vec<_> = found
            .iter()
            .map(|difference| {
                (difference.member.as_str(), difference.stated.as_deref(), difference.told.as_deref())
            })
            .collect();
        assert_eq!(
            found,
            [
                ("extensions", Some("hmac-secret"), Some("credProtect, hmac-secret")),
                ("options.rk", Some("true"), Some("false")),
                ("firmwareVersion", Some("328706"), None),
                ("maxCredBlobLength", None, Some("32")),
            ]
        );
    }
}
