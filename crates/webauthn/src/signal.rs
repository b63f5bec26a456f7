//! What a relying party says of its credentials (WebAuthn §5.1.10): the options of the three signal methods, in
//! their JSON form.

use serde::{Deserialize, Serialize};

use crate::Base64Url;

/// A signal. The three dictionaries are told apart by their members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Signal {
    /// `signalUnknownCredential`
    UnknownCredential(UnknownCredentialOptions),
    /// `signalAllAcceptedCredentials`
    AllAcceptedCredentials(AllAcceptedCredentialsOptions),
    /// `signalCurrentUserDetails`
    CurrentUserDetails(CurrentUserDetailsOptions),
}

/// The relying party does not know this credential (§5.1.10.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UnknownCredentialOptions {
    /// The RP ID.
    pub rp_id: String,
    /// The credential id.
    pub credential_id: Base64Url,
}

/// It knows these credentials of an account and no others (§5.1.10.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AllAcceptedCredentialsOptions {
    /// The RP ID.
    pub rp_id: String,
    /// The user handle.
    pub user_id: Base64Url,
    /// The credential ids; none where the account has no passkey any more.
    pub all_accepted_credential_ids: Vec<Base64Url>,
}

/// The account is called so now (§5.1.10.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CurrentUserDetailsOptions {
    /// The RP ID.
    pub rp_id: String,
    /// The user handle.
    pub user_id: Base64Url,
    /// The account's name.
    pub name: String,
    /// The person's name.
    pub display_name: String,
}

impl Signal {
    /// The static method of `PublicKeyCredential` that sends it.
    pub const fn method(&self) -> &'static str {
        match self {
            Self::UnknownCredential(_) => "signalUnknownCredential",
            Self::AllAcceptedCredentials(_) => "signalAllAcceptedCredentials",
            Self::CurrentUserDetails(_) => "signalCurrentUserDetails",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After the examples of §5.1.10, whose ids are no whole bytes.
    #[test]
    fn each_signal_is_read_as_it_is_written() {
        for (method, text) in [
            ("signalUnknownCredential", r#"{"rpId":"example.com","credentialId":"aabbccdd"}"#),
            (
                "signalAllAcceptedCredentials",
                r#"{"rpId":"example.com","userId":"aabbccdd","allAcceptedCredentialIds":["bbcc"]}"#,
            ),
            (
                "signalCurrentUserDetails",
                r#"{"rpId":"example.com","userId":"aabbccdd","name":"New user name","displayName":"New display name"}"#,
            ),
        ] {
            let signal: Signal = serde_json::from_str(text).unwrap();
            assert_eq!(signal.method(), method);
            let again: Signal = serde_json::from_str(&serde_json::to_string(&signal).unwrap()).unwrap();
            assert_eq!(again, signal);
        }
    }

    #[test]
    fn what_is_half_a_signal_or_two_is_none() {
        for text in [
            r#"{"rpId":"example.com"}"#,
            r#"{"rpId":"example.com","credentialId":"a*"}"#,
            r#"{"rpId":"example.com","userId":"aa"}"#,
            r#"{"rpId":"example.com","userId":"aa","name":"n","displayName":"d","credentialId":"aa"}"#,
        ] {
            assert!(serde_json::from_str::<Signal>(text).is_err(), "{text}");
        }
    }
}
