use app::{AppError, Code, security_keys::KeyChange};
use std::cell::Cell;

use super::asking;
use crate::{
    args::{Config, Switch, Which},
    commands::Context,
    output::{print_json, say},
};

pub(super) fn run(context: &Context, which: &Which, command: Config) -> Result<(), AppError> {
    let (change, yes) = match command {
        Config::AlwaysUv { state } => (KeyChange::AlwaysUv(state == Switch::On), false),
        Config::MinPinLength { length, rp_id, sure } => {
            (KeyChange::MinPinLength { length, rp_ids: rp_id }, sure.yes)
        }
        Config::ForcePinChange => (KeyChange::ForcePinChange, false),
        Config::PinComplexity { sure, .. } => (KeyChange::PinComplexity, sure.yes),
        Config::EnterpriseAttestation { sure, .. } => (KeyChange::EnterpriseAttestation, sure.yes),
        Config::LongTouch { sure, .. } => (KeyChange::LongTouch, sure.yes),
    };
    // Asked once, also where the PIN is mistyped.
    let agreed = Cell::new(yes);
    let (preview, done) = asking::with_key(context, which, async |key| {
        let preview = context.app.preview_key_change(key, &change).await?;
        if !preview.nothing_to_do && !agreed.get() {
            eprintln!("{}", preview.text);
            if preview.undone_only_by_reset {
                eprintln!("It is undone only by a reset, which erases every passkey on the key.");
                if !context.confirmed("Go on?", "A change that only a reset undoes")? {
                    return Err(AppError::plain(Code::Refused, "Nothing was changed."));
                }
            }
            agreed.set(true);
        }
        Ok((preview, context.app.change_key(key, &change).await?))
    })?;
    if context.json {
        return print_json(&done);
    }
    let state = done.state.as_deref().unwrap_or("not told");
    if preview.nothing_to_do {
        say!("It is so already: {} is {state}.", done.member);
    } else {
        say!("Done. The key says: {} is {state}.", done.member);
    }
    if done.pin_must_change {
        say!("The PIN must be changed before the key is used: `latchkey key pin change`.");
    }
    Ok(())
}
