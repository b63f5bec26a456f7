//! One file per subcommand.

mod control;
mod demo;
mod doctor;
mod emulate;
mod inventory;
mod key;
mod lab;
mod manual;
mod metadata;
mod moving;
mod passkey;
mod profile;
mod trace;
mod vault;
mod webdriver;

use app::{App, AppError, Code, vault::VaultState};
use secrecy::SecretString;
use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
    sync::Arc,
};

use crate::{
    args::{Args, Command},
    secret,
};

/// What every subcommand needs: the program's view of the data folder, and how to show and to unlock.
pub(crate) struct Context {
    pub(crate) app: Arc<App>,
    pub(crate) json: bool,
    passphrase_file: Option<PathBuf>,
}

/// Runs the subcommand that was named.
pub(crate) fn run(args: Args) -> Result<(), AppError> {
    let folder = args.data_dir.map_or_else(app::default_folder, Ok)?;
    let context =
        Context { app: Arc::new(App::new(folder)), json: args.json, passphrase_file: args.passphrase_file };
    match args.command {
        Command::Demo => demo::run(&context),
        Command::Emulate(options) => emulate::run(&context, &options),
        Command::Profile(command) => profile::run(&context, &command),
        Command::Passkey(command) => passkey::run(&context, command),
        Command::Vault(command) => vault::run(&context, &command),
        Command::Key(keys) => key::run(&context, keys),
        Command::Lab(command) => lab::run(&context, &command),
        Command::WebDriver(command) => webdriver::run(&context, &command),
        Command::Trace(command) => trace::run(&context, &command),
        Command::Metadata(command) => metadata::run(&context, &command),
        Command::Inventory(options) => inventory::run(&context, &options),
        Command::Doctor => doctor::run(&context),
        Command::Completions { shell } => {
            manual::completions(shell);
            Ok(())
        }
        Command::Manual => manual::page(),
    }
}

impl Context {
    /// Opens the vault: by the passphrase file where one is named, else by the keyring, else by asking.
    pub(crate) fn unlock(&self) -> Result<(), AppError> {
        secret::unlock(&self.app, self.passphrase_file())
    }

    /// Opens the vault where that asks nobody: for what is only kept beside. With a passphrase file that is named, a wrong
    /// one is an error.
    pub(crate) fn unlock_quietly(&self) -> Result<(), AppError> {
        match (self.app.vault_status().state, self.passphrase_file()) {
            (VaultState::Absent, _) => Ok(()),
            (_, Some(_)) => self.unlock(),
            (_, None) => {
                // Locked, it keeps nothing, and nothing is missing.
                let _ = self.app.unlock(None);
                Ok(())
            }
        }
    }

    /// The passphrase of the file that was named.
    pub(crate) fn passphrase(&self) -> Result<Option<SecretString>, AppError> {
        self.passphrase_file.as_deref().map(secret::from_file).transpose()
    }

    /// Asks a yes-or-no question; `doing` begins the sentence where nobody can be asked.
    pub(crate) fn confirmed(&self, question: &str, doing: &str) -> Result<bool, AppError> {
        if self.json || !std::io::stdin().is_terminal() {
            return Err(AppError::new(
                Code::Usage,
                format!("{doing} wants a yes and there is no terminal to ask in; nothing was done."),
                "Say --yes if you are sure.",
            ));
        }
        eprint!("{question} [y/N] ");
        let _ = std::io::stderr().flush();
        let mut answer = String::new();
        let _ = std::io::stdin().read_line(&mut answer);
        Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
    }

    /// The file that was named.
    pub(crate) fn passphrase_file(&self) -> Option<&std::path::Path> {
        self.passphrase_file.as_deref()
    }
}

/// Runs a subcommand that waits. What still blocks afterwards, such as a read of the terminal, is left behind.
///
/// On this thread: keys have threads of their own, and what computes or blocks is given one, so that a worker for each
/// of the machine's cores would only wait, with its stack and its share of the heap.
fn wait<T>(subcommand: impl Future<Output = Result<T, AppError>>) -> Result<T, AppError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| AppError::plain(Code::Failed, format!("The system gives no threads: {error}.")))?;
    let done = runtime.block_on(subcommand);
    runtime.shutdown_background();
    done
}

/// Waits for Ctrl+C, or for the system to end the program.
async fn until_stopped() -> Result<(), AppError> {
    let failed =
        |error: std::io::Error| AppError::plain(Code::Failed, format!("Signals cannot be heard: {error}."));
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut end = signal(SignalKind::terminate()).map_err(failed)?;
        tokio::select! {
            done = tokio::signal::ctrl_c() => done.map_err(failed),
            _ = end.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.map_err(failed)
}
