mod change;
mod show;

use app::AppError;

use super::{Context, moving};
use crate::args;

pub(super) fn run(context: &Context, command: args::Passkey) -> Result<(), AppError> {
    context.unlock()?;
    match command {
        args::Passkey::List { words, trash } => show::list(context, &words.join(" "), trash),
        args::Passkey::Show(of) => show::show(context, &of.id),
        args::Passkey::Flags(of) => show::flags(context, &of.id),
        args::Passkey::History { id } => show::history(context, id.as_deref()),
        args::Passkey::Rename { id, names } => change::rename(context, &id.id, names),
        args::Passkey::Note { id, text, tag } => change::note(context, &id.id, text, tag),
        args::Passkey::Hide(of) => change::hide(context, &of.id, true),
        args::Passkey::Unhide(of) => change::hide(context, &of.id, false),
        args::Passkey::Delete { id, yes } => change::delete(context, &id.id, yes),
        args::Passkey::Restore { id, in_place } => change::restore(context, &id.id, in_place),
        args::Passkey::Purge { id, yes, .. } => change::purge(context, id.as_deref(), yes),
        args::Passkey::Import(options) => moving::import(context, &options),
        args::Passkey::Export(options) => moving::export(context, &options),
        args::Passkey::Signal { file } => change::signal(context, &file),
    }
}
