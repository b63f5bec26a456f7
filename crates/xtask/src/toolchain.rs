//! Rust and Node: what this project cannot install, and so asks for.

use crate::shell::{self, Done, command};

/// The oldest Node whose npm and Vite are tried.
const NODE: Version = Version(20, 0);

/// A version's first two numbers, which are all that is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(u32, u32);

impl Version {
    /// The first number with a dot in it: `rustc 1.95.0 (5980…)`, `v20.20.2`, `1.90`.
    fn parse(said: &str) -> Option<Self> {
        let mut numbers = said
            .split_whitespace()
            .map(|word| word.trim_start_matches('v'))
            .find(|word| word.starts_with(|first: char| first.is_ascii_digit()) && word.contains('.'))?
            .split(|letter: char| !letter.is_ascii_digit())
            .map(str::parse);
        Some(Self(numbers.next()?.ok()?, numbers.next()?.ok()?))
    }
}

/// Rust of the workspace's age at least.
pub(crate) fn check_rust() -> Done {
    let needed =
        Version::parse(env!("CARGO_PKG_RUST_VERSION")).ok_or("the workspace names no rust-version")?;
    check("rustc", needed, "update it with `rustup update stable`, or install it from https://rustup.rs")
}

/// Node for the window's pages.
pub(crate) fn check_node() -> Done {
    check("node", NODE, "install it from https://nodejs.org or your system's packages, with npm")?;
    if shell::found("npm") {
        Ok(())
    } else {
        Err("npm is missing; it comes with Node from https://nodejs.org".into())
    }
}

/// The formatter and the linter.
pub(crate) fn ensure_components() -> Done {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if shell::succeeds(&mut command("cargo", &[subcommand, "--version"])) {
            continue;
        }
        if !shell::found("rustup") {
            return Err(format!(
                "`cargo {subcommand}` is missing and there is no rustup to add it; install {component}"
            ));
        }
        shell::run(&mut command("rustup", &["component", "add", component]))?;
    }
    Ok(())
}

/// A program of a crate, kept by cargo in its own folder for programs.
pub(crate) fn ensure_crate(program: &str, version: &str) -> Done {
    let said = shell::read(&mut command("cargo", &["install", "--list"])).unwrap_or_default();
    if is_installed(&said, program, version) {
        return Ok(());
    }
    shell::run(&mut command("cargo", &["install", program, "--version", version, "--locked"]))
}

fn is_installed(listing: &str, program: &str, version: &str) -> bool {
    listing.lines().any(|line| line.trim_end_matches(':') == format!("{program} v{version}"))
}

fn check(program: &str, needed: Version, remedy: &str) -> Done {
    let Some(said) = shell::read(&mut command(program, &["--version"])) else {
        return Err(format!("{program} is missing; {remedy}"));
    };
    let found =
        Version::parse(&said).ok_or_else(|| format!("`{program} --version` says nothing known: {said}"))?;
    if found >= needed {
        return Ok(());
    }
    Err(format!(
        "{program} is {}.{}, and {}.{} is the oldest that works; {remedy}",
        found.0, found.1, needed.0, needed.1
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_programs_say_them() {
        assert_eq!(Version::parse("rustc 1.95.0 (59807616e 2026-04-14)"), Some(Version(1, 95)));
        assert_eq!(Version::parse("v20.20.2\n"), Some(Version(20, 20)));
        assert_eq!(Version::parse("1.97.0-nightly"), Some(Version(1, 97)));
        assert_eq!(Version::parse("1.90"), Some(Version(1, 90)));
        assert_eq!(Version::parse("no number"), None);
        assert_eq!(Version::parse(""), None);
    }

    #[test]
    fn versions_compare_by_number_not_by_letter() {
        assert!(Version(1, 100) > Version(1, 90));
        assert!(Version(18, 20) < NODE);
        assert!(Version(20, 0) >= NODE);
    }

    #[test]
    fn an_installed_crate_is_found_by_name_and_version() {
        let listing = "cargo-deny v0.20.2:\n    cargo-deny\ntauri-driver v2.1.0:\n    tauri-driver\n";
        assert!(is_installed(listing, "tauri-driver", "2.1.0"));
        assert!(!is_installed(listing, "tauri-driver", "2.1"));
        assert!(!is_installed(listing, "deny", "0.20.2"));
    }
}
