//! Starting programs: shown, run, and their failure put in words.

use std::path::Path;
use std::process::{Command, Stdio};

/// Success, or the sentence the person reads.
pub(crate) type Done = Result<(), String>;

/// A command from its words: `command("npm", &["ci"])`.
pub(crate) fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

/// Shows the command, runs it with this terminal as its own, and waits.
pub(crate) fn run(command: &mut Command) -> Done {
    let words = shown(command);
    match command.get_current_dir() {
        Some(folder) => println!("$ (cd {} && {words})", folder.display()),
        None => println!("$ {words}"),
    }
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{words}` failed ({status})")),
        Err(reason) => Err(format!("`{words}` could not be started: {reason}")),
    }
}

/// What a command prints, when it succeeds; its complaints are not shown.
pub(crate) fn read(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a command succeeds, with nothing shown.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Whether a program of this name is on the path.
pub(crate) fn found(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Tools such as udevd's control program live where only root's path looks.
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/sbin"].map(|folder| Path::new(folder).to_path_buf()))
        .any(|folder| folder.join(program).is_file())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_command_and_its_code() {
        let reason = run(&mut command("sh", &["-c", "exit 7"])).expect_err("exit code 7 is a failure");
        assert!(reason.contains("sh -c exit 7"), "{reason}");
        assert!(reason.contains("exit status: 7"), "{reason}");
    }

    #[test]
    fn an_absent_program_is_no_panic() {
        assert!(!found("latchkey-has-no-such-program"));
        assert!(run(&mut command("latchkey-has-no-such-program", &[])).is_err());
        assert_eq!(read(&mut command("latchkey-has-no-such-program", &[])), None);
    }
}
