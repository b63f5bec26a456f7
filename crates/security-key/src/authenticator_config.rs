//! authenticatorConfig, 0x0D (CTAP 2.3 §6.11): the settings of a key.

use ctap::{
    Command, Request,
    authenticator_config::{self as wire, Params, sub_command as sub},
    get_info,
};

use crate::{Error, Permissions, Proof, Session, Token, Transport, proof::Wanted, token::states};

/// What can be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Setting {
    /// Enterprise attestation is on: the key may tell sites of its owner's employer which key it is.
    EnterpriseAttestation,
    /// The key verifies the person each time.
    AlwaysUv,
    /// The shortest PIN.
    MinPinLength,
    /// The sites that may read the shortest length of a PIN.
    MinPinLengthRpIds,
    /// The PIN has to be changed before it is used again.
    ForcePinChange,
    /// PINs that are easily guessed are refused.
    PinComplexityPolicy,
    /// A reset wants a touch of several seconds.
    LongTouchForReset,
}

/// What setMinPINLength sets; what is not there stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PinPolicy {
    /// In code points. It can only rise.
    pub min_length: Option<u64>,
    /// The sites that may read it, in place of those before.
    pub rp_ids: Option<Vec<String>>,
    /// Have the PIN changed before it is used again.
    pub force_change: bool,
    /// Refuse PINs that are easily guessed, from now on.
    pub complexity: bool,
}

impl Setting {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::EnterpriseAttestation,
        Self::AlwaysUv,
        Self::MinPinLength,
        Self::MinPinLengthRpIds,
        Self::ForcePinChange,
        Self::PinComplexityPolicy,
        Self::LongTouchForReset,
    ];

    /// Whether nothing but a reset, which erases every passkey, takes it back.
    pub const fn undone_only_by_reset(self) -> bool {
        match self {
            Self::EnterpriseAttestation
            | Self::MinPinLength
            | Self::PinComplexityPolicy
            | Self::LongTouchForReset => true,
            // Toggled back; replaced by another list; done with when the PIN is changed.
            Self::AlwaysUv | Self::MinPinLengthRpIds | Self::ForcePinChange => false,
        }
    }

    /// Whether the key says that it can be set; `None` where it says nothing about it, so that trying tells.
    pub fn support(self, info: &get_info::Response) -> Option<bool> {
        if !states(info, "authnrCfg") {
            return Some(false);
        }
        let knows = |option: &str| info.options.iter().any(|(id, _)| id == option);
        let stated = match self {
            Self::EnterpriseAttestation => knows("ep"),
            Self::AlwaysUv => knows("alwaysUv"),
            Self::MinPinLength | Self::ForcePinChange => states(info, "setMinPINLength"),
            Self::MinPinLengthRpIds => {
                states(info, "setMinPINLength")
                    && info.max_rp_ids_for_set_min_pin_length.unwrap_or_default() > 0
            }
            Self::PinComplexityPolicy => {
                states(info, "setMinPINLength") && info.pin_complexity_policy.is_some()
            }
            Self::LongTouchForReset => info.long_touch_for_reset.is_some(),
        };
        match &info.authenticator_config_commands {
            Some(commands) => Some(stated && commands.contains(&self.sub_command())),
            // Keys of before CTAP 2.2 do not list their subcommands.
            None if stated => Some(true),
            None => matches!(self, Self::MinPinLengthRpIds).then_some(false),
        }
    }

    fn sub_command(self) -> u64 {
        match self {
            Self::EnterpriseAttestation => sub::ENABLE_ENTERPRISE_ATTESTATION,
            Self::AlwaysUv => sub::TOGGLE_ALWAYS_UV,
            Self::LongTouchForReset => sub::ENABLE_LONG_TOUCH_FOR_RESET,
            Self::MinPinLength
            | Self::MinPinLengthRpIds
            | Self::ForcePinChange
            | Self::PinComplexityPolicy => sub::SET_MIN_PIN_LENGTH,
        }
    }
}

impl<T: Transport> Session<T> {
    /// Enables enterprise attestation.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a key without the command, `INVALID_SUBCOMMAND` as [`Error::Status`] for one without
    /// the setting, and as [`Session::token`].
    pub async fn enable_enterprise_attestation(
        &mut self,
        info: &get_info::Response,
        proof: &Proof,
    ) -> Result<(), Error> {
        self.configure(info, proof, sub::ENABLE_ENTERPRISE_ATTESTATION, None).await
    }

    /// Turns `alwaysUv` over. On a key without a PIN, nobody is asked for one.
    ///
    /// # Errors
    /// `OPERATION_DENIED` as [`Error::Status`] where the key cannot be without it; as
    /// [`Session::enable_enterprise_attestation`].
    pub async fn toggle_always_uv(&mut self, info: &get_info::Response, proof: &Proof) -> Result<(), Error> {
        self.configure(info, proof, sub::TOGGLE_ALWAYS_UV, None).await
    }

    /// Sets what the key asks of PINs. Where the present PIN is too short for it, the key wants it changed.
    ///
    /// # Errors
    /// [`Error::MinimumFalls`] before the key is told; `PIN_POLICY_VIOLATION`, `KEY_STORE_FULL` for too many sites and
    /// `PIN_NOT_SET` as [`Error::Status`]; as [`Session::enable_enterprise_attestation`].
    pub async fn set_pin_policy(
        &mut self,
        info: &get_info::Response,
        proof: &Proof,
        policy: PinPolicy,
    ) -> Result<(), Error> {
        let least = crate::PinRules::of(info).min_length;
        if policy.min_length.is_some_and(|length| length < least) {
            return Err(Error::MinimumFalls(least));
        }
        let params = Params {
            new_min_pin_length: policy.min_length,
            min_pin_length_rp_ids: policy.rp_ids,
            force_change_pin: policy.force_change.then_some(true),
            pin_complexity_policy: policy.complexity.then_some(true),
        };
        self.configure(info, proof, sub::SET_MIN_PIN_LENGTH, Some(params)).await
    }

    /// From now on a reset wants a touch of several seconds.
    ///
    /// # Errors
    /// As [`Session::enable_enterprise_attestation`].
    pub async fn enable_long_touch_for_reset(
        &mut self,
        info: &get_info::Response,
        proof: &Proof,
    ) -> Result<(), Error> {
        self.configure(info, proof, sub::ENABLE_LONG_TOUCH_FOR_RESET, None).await
    }

    async fn configure(
        &mut self,
        info: &get_info::Response,
        proof: &Proof,
        sub_command: u64,
        params: Option<Params>,
    ) -> Result<(), Error> {
        if !states(info, "authnrCfg") {
            return Err(Error::Unsupported("authenticatorConfig: its settings cannot be changed"));
        }
        let wanted = Wanted::everywhere(Permissions::AUTHENTICATOR_CONFIGURATION);
        let request = |token: Option<&Token>| request(token, sub_command, params.as_ref());
        self.send_proven_where_protected(info, proof, wanted, request).await.map(drop)
    }
}

/// pinUvAuthParam is over 32 × 0xFF || 0x0D || subCommand || subCommandParams (§6.11).
fn request(token: Option<&Token>, sub_command: u64, params: Option<&Params>) -> Request {
    let [.., number] = sub_command.to_be_bytes();
    let head = [&[0xFF; 32][..], &[Command::AuthenticatorConfig as u8, number]].concat();
    let message = [head, params.map(Params::encode).unwrap_or_default()].concat();
    Request::AuthenticatorConfig(wire::Request {
        sub_command,
        params: params.cloned(),
        raw_params: Vec::new(),
        pin_uv_auth_protocol: token.map(Token::protocol),
        pin_uv_auth_param: token.map(|token| token.prove(&message)),
    })
}

#[cfg(test)]
#[path = "authenticator_config_tests.rs"]
mod tests;
