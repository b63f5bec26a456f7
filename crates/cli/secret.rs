//! Passphrases from a prompt, a file or standard input; never from the command line.

use app::{App, AppError, Code};
use secrecy::{ExposeSecret, SecretString};
use std::{
    io::{ErrorKind, IsTerminal, Read},
    path::Path,
};
use zeroize::Zeroizing;

/// Opens the vault: by the passphrase file where one is named, else by the keyring, else by asking.
pub(crate) fn unlock(app: &App, file: Option<&Path>) -> Result<(), AppError> {
    if let Some(file) = file {
        return app.unlock(Some(&from_file(file)?));
    }
    match app.unlock(None) {
        Err(error) if error.can_ask_passphrase() => {
            let passphrase = from_prompt("Vault passphrase").map_err(|_| error)?;
            app.unlock(Some(&passphrase))
        }
        done => done,
    }
}

/// The passphrase or PIN of `file` (`-` is standard input), without its line end.
pub(crate) fn from_file(file: &Path) -> Result<SecretString, AppError> {
    let mut text = String::new();
    let read = if file == Path::new("-") {
        std::io::stdin().lock().read_to_string(&mut text)
    } else {
        std::fs::File::open(file).and_then(|mut opened| opened.read_to_string(&mut text))
    };
    let cannot = |error: std::io::Error| {
        AppError::new(
            Code::Failed,
            format!("The file {} cannot be read: {error}.", file.display()),
            "Check the path and that you may read the file.",
        )
    };
    read.map_err(cannot)?;
    let length = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(length);
    Ok(SecretString::from(text))
}

/// Asks in the terminal without showing what is typed.
pub(crate) fn from_prompt(question: &str) -> Result<SecretString, AppError> {
    if !std::io::stdin().is_terminal() {
        return Err(AppError::new(
            Code::Locked,
            "A passphrase is needed and there is no terminal to ask in.",
            "Name a file with --passphrase-file, or give the passphrase on standard input with --passphrase-file -.",
        ));
    }
    // Before the question is seen: somebody who answers at once is not shown either.
    let _shown = Shown::hidden();
    rpassword::prompt_password(format!("{question}: ")).map(SecretString::from).map_err(|error| {
        match error.kind() {
            // Ctrl+C.
            ErrorKind::Interrupted => {
                AppError::plain(Code::Refused, "You took the request back; nothing was changed.")
            }
            _ => AppError::plain(Code::Failed, format!("The terminal cannot be read: {error}.")),
        }
    })
}

/// As [`from_prompt`], for work that Ctrl+C drops: the terminal shows again then what is typed.
pub(crate) async fn typed(question: &str) -> Result<SecretString, AppError> {
    let _shown = Shown::as_it_is();
    let question = question.to_owned();
    let typed = tokio::task::spawn_blocking(move || from_prompt(&question)).await;
    typed.unwrap_or_else(|_| Err(AppError::plain(Code::Failed, "The terminal cannot be read.")))
}

/// What a terminal shows of what is typed; put back when this is dropped.
struct Shown {
    #[cfg(unix)]
    terminal: Option<rustix::termios::Termios>,
}

impl Shown {
    fn as_it_is() -> Self {
        Self {
            #[cfg(unix)]
            terminal: rustix::termios::tcgetattr(std::io::stdin()).ok(),
        }
    }

    /// Shows nothing from now on, and takes Ctrl+C for something typed, which the prompt hears.
    fn hidden() -> Self {
        let shown = Self::as_it_is();
        #[cfg(unix)]
        if let Some(mut silent) = shown.terminal.clone() {
            use rustix::termios::{LocalModes, OptionalActions, tcsetattr};

            silent.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
            // A terminal that cannot be silenced is left to the prompt's own means.
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &silent);
        }
        shown
    }
}

#[cfg(unix)]
impl Drop for Shown {
    fn drop(&mut self) {
        if let Some(terminal) = &self.terminal {
            // A terminal that is gone shows nothing.
            let _ =
                rustix::termios::tcsetattr(std::io::stdin(), rustix::termios::OptionalActions::Now, terminal);
        }
    }
}

/// The bytes of a key file.
pub(crate) fn bytes_of(file: &Path) -> Result<Zeroizing<Vec<u8>>, AppError> {
    std::fs::read(file).map(Zeroizing::new).map_err(|error| {
        AppError::new(
            Code::Failed,
            format!("The key file {} cannot be read: {error}.", file.display()),
            "Check the path and that you may read the file.",
        )
    })
}

/// As [`new_one`], with the option that names the file.
pub(crate) fn new_one_for(file: Option<&Path>, option: &str) -> Result<SecretString, AppError> {
    new_one(file).map_err(|error| match error.code {
        Code::Locked => AppError::new(
            Code::Locked,
            "A passphrase for the file is needed and there is no terminal to ask in.",
            format!("Name a file with {option}, or give the passphrase on standard input with {option} -."),
        ),
        _ => error,
    })
}

/// A new passphrase: from `file`, else asked for twice.
pub(crate) fn new_one(file: Option<&Path>) -> Result<SecretString, AppError> {
    if let Some(file) = file {
        return from_file(file);
    }
    same(from_prompt("New passphrase")?, &from_prompt("The same again")?)
}

/// What was typed twice.
pub(crate) fn same(first: SecretString, again: &SecretString) -> Result<SecretString, AppError> {
    if first.expose_secret() == again.expose_secret() {
        return Ok(first);
    }
    Err(AppError::new(
        Code::Usage,
        "The two are not the same; nothing was changed.",
        "Run the command again.",
    ))
}
