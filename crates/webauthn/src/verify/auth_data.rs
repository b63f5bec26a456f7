//! The steps about RP ID and flags, which both ceremonies share: 7.1.14 to 7.1.17 and 7.2.15 to 7.2.18.

use ctap::auth_data::{AuthenticatorData, Flags};
use sha2::{Digest as _, Sha256};

use super::{Policy, steps::Steps, steps::hex};

/// Runs the steps. `first` is the number of the RP ID step; the others follow it.
pub(super) fn check(steps: &mut Steps, first: u8, policy: &Policy, data: Option<&AuthenticatorData>) {
    let Some(data) = data else {
        for (id, title, after) in [
            ("rp-id-hash", RP_ID_HASH, 0),
            ("user-present", UP, 1),
            ("user-verified", UV, 2),
            ("backup-flags", BACKUP, 3),
        ] {
            steps.skip(id, first + after, title, UNREADABLE);
        }
        return;
    };

    let expected: [u8; 32] = Sha256::digest(&policy.rp_id).into();
    steps.check(
        "rp-id-hash",
        first,
        RP_ID_HASH,
        data.rp_id_hash == expected,
        format!("SHA-256({:?}) is {}, came {}.", policy.rp_id, hex(&expected), hex(&data.rp_id_hash)),
    );
    let (up, uv) = (data.flags.has(Flags::UP), data.flags.has(Flags::UV));
    if policy.require_user_presence {
        steps.check("user-present", first + 1, UP, up, format!("UP is {}.", u8::from(up)));
    } else {
        steps.skip("user-present", first + 1, UP, format!("Not required; UP is {}.", u8::from(up)));
    }
    if policy.require_user_verification {
        steps.check("user-verified", first + 2, UV, uv, format!("UV is {}.", u8::from(uv)));
    } else {
        steps.skip("user-verified", first + 2, UV, format!("Not required; UV is {}.", u8::from(uv)));
    }
    let (be, bs) = (data.flags.has(Flags::BE), data.flags.has(Flags::BS));
    steps.check(
        "backup-flags",
        first + 3,
        BACKUP,
        be || !bs,
        format!("{}: {}.", bits(be, bs), meaning(be, bs)),
    );
}

/// `BE 1, BS 0`.
pub(super) fn bits(be: bool, bs: bool) -> String {
    format!("BE {}, BS {}", u8::from(be), u8::from(bs))
}

fn meaning(be: bool, bs: bool) -> &'static str {
    match (be, bs) {
        (false, false) => "device-bound",
        (true, false) => "may be copied, no copy confirmed yet",
        (true, true) => "synced",
        (false, true) => "no authenticator may say this: backed up, yet not eligible for backup",
    }
}

pub(super) const UNREADABLE: &str = "The authenticator data could not be read.";
const RP_ID_HASH: &str = "The credential is scoped to our RP ID";
const UP: &str = "Somebody was present";
const UV: &str = "The person was verified";
const BACKUP: &str = "The backup flags make sense";
