//! Faults in authenticator data: what is signed afterwards is the faulty data.

use ciborium::Value;
use ctap::{
    auth_data::{AttestedCredential, AuthenticatorData, Flags},
    cbor,
};

use super::{Fault, Faults};
use crate::{Authenticator, Credential};

impl Authenticator {
    /// What a fault makes of the authenticator data of `credential`, before it is signed.
    pub(crate) fn distort_data(&self, credential: &Credential, data: AuthenticatorData) -> AuthenticatorData {
        if !self.faults.is_armed() {
            return data;
        }
        let command = if data.attested.is_some() { "makeCredential" } else { "getAssertion" };
        let assertion = command == "getAssertion";
        let mut data = distort_flags(&self.faults, command, data);
        if self.faults.strikes(command, &Fault::WrongRpIdHash) {
            data.rp_id_hash = data.rp_id_hash.map(|byte| !byte);
        }
        if let Some(count) =
            self.faults.strike_remembering(command, |fault, given| count(fault, given, &data))
        {
            data.sign_count = count;
        }
        if let Some(attested) = &mut data.attested {
            if self.faults.strikes(command, &Fault::WrongAaguid) {
                attested.aaguid = attested.aaguid.map(|byte| !byte);
            }
            if self.faults.strikes(command, &Fault::WrongCredentialId) {
                attested.credential_id = other_id(&attested.credential_id);
            }
        }
        if assertion && self.faults.strikes(command, &Fault::AttestedDataInAssertion) {
            data.attested = Some(AttestedCredential {
                aaguid: self.profile.aaguid,
                credential_id: credential.id.clone(),
                public_key: credential.key.public_key().encode(),
            });
        }
        if self.faults.strikes(command, &Fault::UnsolicitedExtension) {
            data.extensions = Some(with_extension(data.extensions.as_deref()));
        }
        data
    }
}

/// Another id of the same length.
pub(super) fn other_id(id: &[u8]) -> Vec<u8> {
    id.iter().map(|byte| !byte).collect()
}

fn distort_flags(faults: &Faults, command: &str, mut data: AuthenticatorData) -> AuthenticatorData {
    let flags = &mut data.flags;
    // A flag that is not set cannot be left out.
    if flags.has(Flags::UP) && faults.strikes(command, &Fault::UpUnset) {
        flags.0 &= !Flags::UP;
    }
    if flags.has(Flags::UV) && faults.strikes(command, &Fault::UvUnset) {
        flags.0 &= !Flags::UV;
    }
    if faults.strikes(command, &Fault::BeChanged) {
        flags.0 = if flags.has(Flags::BE) { flags.0 & !(Flags::BE | Flags::BS) } else { flags.0 | Flags::BE };
    }
    if faults.strikes(command, &Fault::BsWithoutBe) {
        flags.0 = flags.0 & !Flags::BE | Flags::BS;
    }
    data
}

fn count(fault: &Fault, given: &mut Option<u32>, data: &AuthenticatorData) -> Option<u32> {
    let count = match fault {
        Fault::CounterStuck => given.unwrap_or(data.sign_count),
        // The first is below what the relying party has seen last, unless that is 0 already.
        Fault::CounterBackwards => given.unwrap_or(data.sign_count.saturating_sub(1)).saturating_sub(1),
        _ => return None,
    };
    *given = Some(count);
    Some(count)
}

fn with_extension(extensions: Option<&[u8]>) -> Vec<u8> {
    let known = extensions.and_then(|bytes| cbor::decode(bytes).ok());
    let mut members = known.and_then(|value| value.into_map().ok()).unwrap_or_default();
    members.push((Value::from("unsolicited"), Value::Bool(true)));
    cbor::encode(&Value::Map(members))
}
