//! The Authenticator Configuration (§11.3), and the profile that it makes.

use std::time::Duration;

use authenticator::{
    Kind, Profile,
    profile::{Attestation, CounterPolicy, Features, Limits, ResetPolicy, Signer, Verification},
};
use serde::{Deserialize, Serialize};

use crate::problem::Problem;

/// Extension identifiers that can be asked for, with what a key states for each: those of WebAuthn §10, which
/// platforms speak by CTAP extensions, and those of CTAP.
pub(crate) const EXTENSIONS: &[(&str, &[&str])] = &[
    ("prf", &["hmac-secret", "hmac-secret-mc"]),
    ("largeBlob", &["largeBlob"]),
    ("credBlob", &["credBlob"]),
    ("minPinLength", &["minPinLength"]),
    ("credProtect", &["credProtect"]),
    ("hmac-secret", &["hmac-secret"]),
    ("hmac-secret-mc", &["hmac-secret-mc"]),
    ("largeBlobKey", &["largeBlobKey"]),
    ("thirdPartyPayment", &["thirdPartyPayment"]),
];

const AAGUID: u128 = 0x9d3c_f1a7_5e02_4b68_8c91_e47a_06bd_3f25;

/// As the client sent it, with the defaults of §11.3 for what it left out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AuthenticatorConfiguration {
    pub(crate) protocol: Protocol,
    pub(crate) transport: AuthenticatorTransport,
    #[serde(default)]
    pub(crate) has_resident_key: bool,
    #[serde(default)]
    pub(crate) has_user_verification: bool,
    #[serde(default = "yes")]
    pub(crate) is_user_consenting: bool,
    #[serde(default)]
    pub(crate) is_user_verified: bool,
    #[serde(default)]
    pub(crate) extensions: Vec<String>,
    /// Without effect, as §11.2 says of an endpoint that does not support the `uvm` extension.
    #[serde(default)]
    pub(crate) uvm: Vec<[u32; 3]>,
    #[serde(default)]
    pub(crate) default_backup_eligibility: bool,
    #[serde(default)]
    pub(crate) default_backup_state: bool,
}

/// What the virtual authenticator speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) enum Protocol {
    #[serde(rename = "ctap1/u2f")]
    U2f,
    #[serde(rename = "ctap2")]
    Ctap2,
    #[serde(rename = "ctap2_1")]
    Ctap21,
    /// CTAP 2.2 has no version string of its own (CTAP 2.3 §6.4).
    #[serde(rename = "ctap2_2")]
    Ctap22,
    #[serde(rename = "ctap2_3")]
    Ctap23,
}

/// The transport that the key states; it is reached as the endpoint was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AuthenticatorTransport {
    Usb,
    Nfc,
    Ble,
    SmartCard,
    Hybrid,
    Internal,
}

impl AuthenticatorConfiguration {
    /// What makes no sense together, and extensions that are not there.
    ///
    /// # Errors
    /// `invalid argument`, `unsupported operation`.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        if self.uvm.len() > 3 {
            return Err(Problem::invalid_argument("uvm has up to 3 entries."));
        }
        if self.default_backup_state && !self.default_backup_eligibility {
            return Err(Problem::invalid_argument(BS_WITHOUT_BE));
        }
        let beyond_u2f = self.has_resident_key
            || self.has_user_verification
            || self.default_backup_eligibility
            || !self.extensions.is_empty();
        if self.protocol == Protocol::U2f && beyond_u2f {
            let message = "U2F has no discoverable credentials, no user verification, no backup flags and no extensions.";
            return Err(Problem::invalid_argument(message));
        }
        let (large_blob, large_blob_key) = (self.states("largeBlob"), self.states("largeBlobKey"));
        if large_blob && large_blob_key {
            let message =
                "largeBlob and largeBlobKey exclude each other (CTAP 2.3 §12.4). Ask for one of them.";
            return Err(Problem::invalid_argument(message));
        }
        if (large_blob || large_blob_key) && !self.has_resident_key {
            let message =
                "Browsers keep large blobs with discoverable credentials: they need hasResidentKey.";
            return Err(Problem::invalid_argument(message));
        }
        match self.extensions.iter().find(|wanted| !is_supported(wanted)) {
            Some(unknown) => {
                Err(Problem::unsupported_operation(format!("The extension {unknown} is not supported.")))
            }
            None => Ok(()),
        }
    }

    /// The key that was asked for.
    pub(crate) fn profile(&self) -> Profile {
        Profile {
            name: "webdriver".to_owned(),
            description: "A virtual authenticator of a WebDriver session.".to_owned(),
            aaguid: AAGUID.to_be_bytes(),
            transports: vec![self.transport.wire_name().to_owned()],
            time_limit: Duration::from_secs(30),
            ..if self.protocol == Protocol::U2f { u2f() } else { self.ctap2() }
        }
    }

    fn ctap2(&self) -> Profile {
        let base = Profile::device_bound();
        let extensions = self.stated_extensions();
        let ctap21 = self.protocol != Protocol::Ctap2;
        // What minPinLength tells is a rule for PINs (CTAP 2.3 §12.5). Else there is none: a browser would open a
        // dialogue for it, and nobody is there to type.
        let pin = self.states("minPinLength");
        Profile {
            kind: if self.default_backup_eligibility { Kind::Synced } else { Kind::DeviceBound },
            backup_state: self.default_backup_state,
            versions: self.protocol.versions().iter().map(|&version| version.to_owned()).collect(),
            verification: if self.has_user_verification { Verification::BuiltIn } else { Verification::None },
            features: Features {
                discoverable_credentials: self.has_resident_key,
                client_pin: pin,
                pin_uv_auth_token: ctap21 && (pin || self.has_user_verification),
                no_mc_ga_permissions_with_client_pin: false,
                credential_management: ctap21 && self.has_resident_key,
                persistent_read_only_token: false,
                large_blobs: self.states("largeBlobKey"),
                authenticator_config: pin,
                set_min_pin_length: pin,
                always_uv: None,
                make_cred_uv_not_rqd: ctap21,
                account_chooser: self.has_resident_key,
            },
            limits: Limits {
                // Imported credentials bring ids of any length (WebAuthn §4); this many fit in one message.
                message_size: 7609,
                credential_count_in_list: 6,
                credential_id_length: 1023,
                ..base.limits
            },
            attestation: Attestation {
                formats: vec!["packed".to_owned(), "none".to_owned()],
                signer: Signer::Credential,
                enterprise: None,
            },
            counter: CounterPolicy::PerCredential,
            reset: ResetPolicy { long_touch: None, transports: Vec::new() },
            extensions,
            ..base
        }
    }

    /// Whether the key has what `extension` needs.
    pub(crate) fn states(&self, extension: &str) -> bool {
        self.stated_extensions().iter().any(|stated| stated == extension)
    }

    fn stated_extensions(&self) -> Vec<String> {
        let asked = |name: &str| self.extensions.iter().any(|wanted| wanted == name);
        let mut stated = Vec::new();
        for (_, parts) in EXTENSIONS.iter().filter(|(name, _)| asked(name)) {
            for part in *parts {
                if !stated.iter().any(|known| known == part) {
                    stated.push((*part).to_owned());
                }
            }
        }
        stated
    }
}

pub(crate) const BS_WITHOUT_BE: &str =
    "A credential that is not eligible for backup cannot be backed up (WebAuthn §6.1.3).";

/// Whether an extension identifier can be asked for.
pub(crate) fn is_supported(extension: &str) -> bool {
    EXTENSIONS.iter().any(|(name, _)| *name == extension)
}

impl Protocol {
    fn versions(self) -> &'static [&'static str] {
        match self {
            Self::U2f => &["U2F_V2"],
            Self::Ctap2 => &["FIDO_2_0"],
            Self::Ctap21 | Self::Ctap22 => &["FIDO_2_0", "FIDO_2_1"],
            Self::Ctap23 => &["FIDO_2_0", "FIDO_2_1", "FIDO_2_3"],
        }
    }
}

impl AuthenticatorTransport {
    fn wire_name(self) -> &'static str {
        match self {
            Self::Usb => "usb",
            Self::Nfc => "nfc",
            Self::Ble => "ble",
            Self::SmartCard => "smart-card",
            Self::Hybrid => "hybrid",
            Self::Internal => "internal",
        }
    }
}

/// The shipped key that speaks U2F alone.
fn u2f() -> Profile {
    Profile::shipped()
        .find(|profile| profile.name == "u2f-only")
        .cloned()
        .unwrap_or_else(Profile::device_bound)
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn configuration(members: &Value) -> AuthenticatorConfiguration {
        let mut all = json!({ "protocol": "ctap2_1", "transport": "usb" });
        all.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        serde_json::from_value(all).unwrap()
    }

    #[test]
    fn what_is_left_out_has_the_defaults_of_the_standard() {
        let plain = configuration(&json!({}));
        assert!(plain.is_user_consenting && !plain.is_user_verified);
        assert!(!plain.has_resident_key && !plain.has_user_verification);
        let profile = plain.profile();
        assert!(profile.extensions.is_empty(), "no extension that was not asked for");
        assert_eq!((profile.kind, profile.backup_state), (Kind::DeviceBound, false));
        assert_eq!(profile.verification, Verification::None);
        assert_eq!(profile.versions, ["FIDO_2_0", "FIDO_2_1"]);
    }

    #[test]
    fn the_profile_follows_the_options() {
        let profile = configuration(&json!({
            "protocol": "ctap2", "transport": "smart-card", "hasResidentKey": true, "hasUserVerification": true,
            "extensions": ["prf", "largeBlob", "hmac-secret"],
            "defaultBackupEligibility": true, "defaultBackupState": true,
        }))
        .profile();
        assert_eq!(profile.extensions, ["hmac-secret", "hmac-secret-mc", "largeBlob"]);
        assert_eq!(profile.transports, ["smart-card"]);
        assert_eq!(profile.versions, ["FIDO_2_0"]);
        assert_eq!((profile.kind, profile.backup_state), (Kind::Synced, true));
        assert_eq!(profile.verification, Verification::BuiltIn);
        assert!(profile.features.discoverable_credentials && !profile.features.large_blobs);
        assert_eq!(Profile::from_toml(&profile.to_toml()), Ok(profile), "a key that can be");
        let profile = configuration(&json!({
            "protocol": "ctap2", "hasResidentKey": true, "hasUserVerification": true, "extensions": ["largeBlobKey"],
        }))
        .profile();
        assert_eq!(profile.extensions, ["largeBlobKey"]);
        assert!(profile.features.large_blobs, "the command that the key is for");
        assert_eq!(Profile::from_toml(&profile.to_toml()), Ok(profile), "a key that can be");
    }

    #[test]
    fn u2f_is_u2f_alone() {
        let profile = configuration(&json!({ "protocol": "ctap1/u2f", "transport": "nfc" })).profile();
        assert_eq!(profile.versions, ["U2F_V2"]);
        assert_eq!(profile.transports, ["nfc"]);
        assert_eq!(Profile::from_toml(&profile.to_toml()), Ok(profile), "a key that can be");
    }
}
