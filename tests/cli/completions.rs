//! Completions and the manual page come from the command line's own definition.

use crate::program::{Home, errors};

#[test]
fn every_shell_gets_completions_and_the_manual_names_every_command() {
    let home = Home::new();
    for (arguments, expected) in [
        (&["completions", "bash"][..], "complete -F _latchkey"),
        (&["completions", "zsh"], "#compdef latchkey"),
        (&["completions", "fish"], "complete -c latchkey"),
        (&["manual"], ".TH latchkey 1"),
    ] {
        let output = home.command(arguments).output().unwrap();
        assert!(output.status.success(), "{}", errors(&output));
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains(expected), "{expected} in {text}");
        for command in ["demo", "emulate", "profile", "passkey", "vault", "lab", "webdriver"] {
            assert!(text.contains(command), "{command} in {arguments:?}");
        }
    }
}
