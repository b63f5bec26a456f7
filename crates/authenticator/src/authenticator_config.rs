//! authenticatorConfig (§6.11).

use ctap::{
    Status,
    authenticator_config::{Params, Request, sub_command as sub},
};

use crate::{Authenticator, pin_token::permission};

impl Authenticator {
    /// Changes one setting.
    pub(crate) fn authenticator_config(&mut self, request: &Request) -> Result<(), Status> {
        if !self.profile.features.authenticator_config {
            return Err(Status::INVALID_COMMAND);
        }
        if !self.config_commands().contains(&request.sub_command) {
            return Err(Status::INVALID_SUBCOMMAND);
        }
        self.prove_config(request)?;
        match request.sub_command {
            sub::ENABLE_ENTERPRISE_ATTESTATION => self.enable_enterprise_attestation(),
            sub::TOGGLE_ALWAYS_UV => self.toggle_always_uv(),
            sub::SET_MIN_PIN_LENGTH => self.set_min_pin_length(request.params.as_ref()),
            sub::ENABLE_LONG_TOUCH_FOR_RESET => self.enable_long_touch_for_reset(),
            _ => Err(Status::INVALID_SUBCOMMAND),
        }
    }

    /// The subcommands of this key (`authenticatorConfigCommands`). It has no prototypes of a vendor.
    pub(crate) fn config_commands(&self) -> Vec<u64> {
        let known = [
            (sub::ENABLE_ENTERPRISE_ATTESTATION, self.profile.attestation.enterprise.is_some()),
            (sub::TOGGLE_ALWAYS_UV, self.profile.features.always_uv.is_some()),
            (sub::SET_MIN_PIN_LENGTH, self.profile.features.set_min_pin_length),
            (sub::ENABLE_LONG_TOUCH_FOR_RESET, self.profile.reset.long_touch.is_some()),
        ];
        known.into_iter().filter_map(|(sub_command, has)| has.then_some(sub_command)).collect()
    }

    /// The proof over 32 × 0xFF || 0x0D || subCommand || subCommandParams. A key that nothing protects yet has
    /// nothing to prove it with; there `alwaysUv` can be toggled all the same.
    fn prove_config(&mut self, request: &Request) -> Result<(), Status> {
        let toggles = request.sub_command == sub::TOGGLE_ALWAYS_UV;
        if !self.is_protected()? && (toggles || !self.always_verifies()?) {
            return Ok(());
        }
        let [.., sub_command] = request.sub_command.to_be_bytes();
        let message = [&[0xFF; 32][..], &[0x0D, sub_command], &request.raw_params].concat();
        let (param, protocol) = (request.pin_uv_auth_param.as_deref(), request.pin_uv_auth_protocol);
        self.verify_proof(&message, param, protocol, permission::AUTHENTICATOR_CONFIGURATION)
    }

    /// §6.11.1
    fn enable_enterprise_attestation(&self) -> Result<(), Status> {
        self.platform.store.update_state(&mut |state| state.enterprise_attestation = true)?;
        Ok(())
    }

    /// §6.11.2
    fn toggle_always_uv(&self) -> Result<(), Status> {
        let profile = &self.profile;
        self.platform.store.update_state(&mut |state| {
            state.always_uv = profile.always_uv(state).map(|holds| !holds);
        })?;
        Ok(())
    }

    /// §6.11.4: everything is checked before anything is set.
    fn set_min_pin_length(&self, params: Option<&Params>) -> Result<(), Status> {
        let profile = &self.profile;
        let params = params.cloned().unwrap_or_default();
        let state = self.platform.store.state()?;
        let current = profile.min_pin_length(&state);
        let new = params.new_min_pin_length.unwrap_or(current.into());
        let new = u8::try_from(new).map_err(|_| Status::PIN_POLICY_VIOLATION)?;
        if new < current || new > profile.pin.max_length {
            return Err(Status::PIN_POLICY_VIOLATION);
        }
        let rp_ids = params.min_pin_length_rp_ids;
        let room = profile.limits.rp_ids_for_set_min_pin_length;
        if rp_ids.as_ref().is_some_and(|rp_ids| rp_ids.len() as u64 > room) {
            return Err(Status::KEY_STORE_FULL);
        }
        let force = params.force_change_pin == Some(true);
        if force && state.pin.is_none() {
            return Err(Status::PIN_NOT_SET);
        }
        let complexity = params.pin_complexity_policy == Some(true);
        self.platform.store.update_state(&mut |state| {
            // Of the present PIN only the length is known, so a stricter policy asks for another one.
            let stricter = complexity && !profile.pin_complexity_policy(state);
            let too_short = |length| length < new;
            state.force_pin_change |=
                state.pin.as_ref().is_some_and(|pin| force || stricter || too_short(pin.length));
            if new > current {
                state.min_pin_length = Some(new);
            }
            if let Some(rp_ids) = &rp_ids {
                state.min_pin_length_rp_ids = Some(rp_ids.clone());
            }
            state.pin_complexity_policy |= complexity;
        })?;
        Ok(())
    }

    /// §6.11.5
    fn enable_long_touch_for_reset(&self) -> Result<(), Status> {
        self.platform.store.update_state(&mut |state| state.long_touch_for_reset = true)?;
        Ok(())
    }
}
