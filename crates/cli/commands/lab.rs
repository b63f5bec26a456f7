use app::AppError;

use super::{Context, wait};
use crate::{
    args,
    output::{print_json, say},
};

pub(super) fn run(context: &Context, command: &args::Lab) -> Result<(), AppError> {
    let args::Lab::Serve { port } = command;
    // What its site says of passkeys is done in the vault, where that opens without asking.
    let _ = match context.passphrase()? {
        Some(passphrase) => context.app.unlock(Some(&passphrase)),
        None => context.app.unlock(None),
    };
    wait(async {
        let status = context.app.start_lab(*port).await?;
        let url = status.url.unwrap_or_default();
        if context.json {
            print_json(&serde_json::json!({ "event": "ready", "url": url }))?;
        } else {
            say!("The lab is at {url}. Stop it with Ctrl+C.");
        }
        super::until_stopped().await?;
        context.app.stop_lab().await;
        Ok(())
    })
}
