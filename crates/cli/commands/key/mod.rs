//! Security keys.

mod asking;
mod blob;
mod ceremony;
mod config;
mod credential;
mod fingerprint;
mod info;
mod label;
mod list;
mod pin;
mod reset;
mod shown;

pub(super) use asking::touch;

use app::AppError;

use super::Context;
use crate::{
    args::{KeyCommand, SecurityKeys},
    output::{print_json, say},
};

pub(super) fn run(context: &Context, keys: SecurityKeys) -> Result<(), AppError> {
    let which = &keys.which;
    match keys.command {
        KeyCommand::List(list) if list.watch => list::watch(context),
        KeyCommand::List(_) => list::run(context, which),
        KeyCommand::Info => info::run(context, which),
        KeyCommand::Wink => {
            let id = asking::with_key(context, which, async |key| {
                context.app.wink_key(key).await?;
                Ok(key.id.clone())
            })?;
            if context.json {
                return print_json(&serde_json::json!({ "id": id }));
            }
            say!("The key {id} shows itself.");
            Ok(())
        }
        KeyCommand::Select => list::select(context, which),
        KeyCommand::Credential(command) => credential::run(context, which, &command),
        KeyCommand::Fingerprint(command) => fingerprint::run(context, which, &command),
        KeyCommand::Blob(command) => blob::run(context, which, &command),
        KeyCommand::Register(options) => ceremony::register(context, which, &options),
        KeyCommand::Authenticate(options) => ceremony::authenticate(context, which, &options),
        KeyCommand::Label(label) => label::run(context, which, &label),
        KeyCommand::Pin(command) => pin::run(context, which, &command),
        KeyCommand::Config(command) => config::run(context, which, command),
        KeyCommand::Reset { confirm } => reset::run(context, which, confirm),
    }
}
