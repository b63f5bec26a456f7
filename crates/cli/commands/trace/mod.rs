mod replay;
mod show;

use app::AppError;

use super::Context;
use crate::{args, output::say};

pub(super) fn run(context: &Context, command: &args::Trace) -> Result<(), AppError> {
    match command {
        args::Trace::Show { file } => show::run(context, file),
        args::Trace::Export { file, pcapng } => {
            app::trace::export(file, pcapng)?;
            if !context.json {
                say!("Wrote {}. Open it with `wireshark {}`.", pcapng.display(), pcapng.display());
            }
            Ok(())
        }
        args::Trace::Replay { file, seed, profile } => replay::run(context, file, seed, profile.clone()),
    }
}
