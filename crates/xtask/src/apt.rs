//! Debian's package manager: as root directly, else by a sudo command that is shown first.

use crate::packages::{self, Package};
use crate::shell::{self, Done, command};
use std::io::IsTerminal;
use std::process::Command;

/// Sees that the packages are there; does nothing when they are.
pub(crate) fn ensure(wanted: &[Package]) -> Done {
    if !(shell::found("apt-get") && shell::found("dpkg-query")) {
        return elsewhere(wanted);
    }
    let missing = packages::missing(wanted, &installed(wanted));
    if missing.is_empty() {
        return Ok(());
    }
    println!("Missing packages: {}", names(&missing).join(" "));
    let root = Root::of_this_process()?;
    root.apt_get(&["update"])?;
    let (known, unknown): (Vec<Package>, Vec<Package>) =
        missing.iter().partition(|package| is_known(package));
    if !known.is_empty() {
        let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
        arguments.extend(names(&known));
        root.apt_get(&arguments)?;
    }
    // Ubuntu's Chromium, for one, is no package; the other steps are of use without it.
    if let Some(list) = absent(&unknown) {
        eprintln!(
            "This release's package sources lack what follows; install it by hand, or what needs it fails:{list}"
        );
    }
    Ok(())
}

/// Without Debian's tools nothing is installed: whatever system it is, what is needed has to be there.
fn elsewhere(wanted: &[Package]) -> Done {
    absent(wanted).map_or(Ok(()), |list| {
        Err(format!("this system has no apt-get, so please install with its own package manager:{list}"))
    })
}

/// Those of which there is no trace, one to a line.
fn absent(packages: &[Package]) -> Option<String> {
    let lines: String = packages
        .iter()
        .filter(|package| !package.is_traced())
        .fold(String::new(), |list, package| list + "\n  " + &package.description());
    (!lines.is_empty()).then_some(lines)
}

fn names(packages: &[Package]) -> Vec<&'static str> {
    packages.iter().map(|package| package.name).collect()
}

fn installed(wanted: &[Package]) -> String {
    // dpkg-query exits with 1 when it does not know one of the names, and lists the others all the same.
    let mut query = command("dpkg-query", &["--show", "--showformat", "${Package} ${db:Status-Abbrev}\n"]);
    let output = query.args(names(wanted)).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
}

fn is_known(package: &Package) -> bool {
    shell::succeeds(&mut command("apt-cache", &["show", "--no-all-versions", package.name]))
}

/// How this process may install.
enum Root {
    Already,
    BySudo,
}

impl Root {
    fn of_this_process() -> Result<Self, String> {
        if shell::read(&mut command("id", &["-u"])).is_some_and(|id| id.trim() == "0") {
            return Ok(Self::Already);
        }
        if !shell::found("sudo") {
            return Err(
                "packages are missing and there is no sudo; run `cargo xtask setup` as root once".into()
            );
        }
        if !std::io::stdin().is_terminal() && !shell::succeeds(&mut command("sudo", &["-n", "true"])) {
            return Err("packages are missing, and sudo wants a password that nobody can type here; \
                        run `cargo xtask setup` in a terminal once"
                .into());
        }
        Ok(Self::BySudo)
    }

    fn apt_get(&self, arguments: &[&str]) -> Done {
        // A question from a package's set-up would wait for ever under a pipe. `env` because sudo drops variables.
        let mut words = vec!["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"];
        words.extend(arguments);
        let mut command = match self {
            Self::Already => Command::new("env"),
            Self::BySudo => Command::new("sudo"),
        };
        command.args(if matches!(self, Self::Already) { words.get(1..).unwrap_or_default() } else { &words });
        shell::run(&mut command)
    }
}
