//! What has to be on the machine: Debian's names, and how to see it is there on another system.

use crate::shell;
use std::path::Path;
use std::process::Command;

/// One Debian package.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Package {
    /// Its name in Debian and Ubuntu.
    pub(crate) name: &'static str,
    trace: Trace,
}

/// The sign by which a system without Debian's packages shows that it has the same.
#[derive(Clone, Copy, Debug)]
enum Trace {
    /// A program on the path.
    Program(&'static str),
    /// A library that pkg-config knows.
    Library(&'static str),
    /// A header or another file.
    File(&'static str),
    /// Fonts: one with this name is known.
    Font(&'static str),
    /// A shared library that the linker knows, whatever its version.
    Shared(&'static str),
}

use Trace::{File, Font, Library, Program, Shared};

const fn package(name: &'static str, trace: Trace) -> Package {
    Package { name, trace }
}

/// To compile anything at all: SQLite is C, and `cc` links.
pub(crate) const COMPILER: &[Package] =
    &[package("build-essential", Program("cc")), package("pkg-config", Program("pkg-config"))];

/// To compile the window.
pub(crate) const WINDOW: &[Package] = &[
    package("libwebkit2gtk-4.1-dev", Library("webkit2gtk-4.1")),
    package("libxdo-dev", File("/usr/include/xdo.h")),
    package("libayatana-appindicator3-dev", Library("ayatana-appindicator3-0.1")),
    package("librsvg2-dev", Library("librsvg-2.0")),
];

/// To compile the tests, and what they run with: a foreign client reaches keys by hidapi, a suite by PC/SC.
pub(crate) const TESTS: &[Package] = &[
    package("libudev-dev", Library("libudev")),
    package("libpcsclite-dev", Library("libpcsclite")),
    package("swig", Program("swig")),
    package("python3-venv", Program("python3")),
    // A card reader of nothing but software, for the key as a card.
    package("pcscd", Program("pcscd")),
    package("vsmartcard-vpcd", File("/etc/reader.conf.d/vpcd")),
    package("opensc", Program("opensc-tool")),
    // Opens what is encrypted here, and the other way round.
    package("age", Program("age")),
    // Reads databases that are written here.
    package("keepassxc", Program("keepassxc-cli")),
    // Judges captures.
    package("tshark", Program("tshark")),
    // A network mount, for the vault on it; no server is started.
    package("sshfs", Program("sshfs")),
    package("openssh-sftp-server", File("/usr/lib/openssh/sftp-server")),
];

/// What the cases in the guest kernel use, and what builds that kernel.
pub(crate) const GUEST: &[Package] = &[
    // The window under a display of its own, driven and looked at.
    package("webkit2gtk-driver", Program("WebKitWebDriver")),
    package("xvfb", Program("Xvfb")),
    package("imagemagick", Program("convert")),
    package("xdotool", Program("xdotool")),
    package("fonts-dejavu-core", Font("DejaVu Sans")),
    package("fonts-noto-core", Font("Noto Sans")),
    // The keyring.
    package("dbus", Program("dbus-run-session")),
    package("dbus-x11", Program("dbus-launch")),
    package("gnome-keyring", Program("gnome-keyring-daemon")),
    // A login session, which is locked and sent to sleep.
    package("systemd", File("/lib/systemd/systemd-logind")),
    package("libpam-systemd", File("/lib/x86_64-linux-gnu/security/pam_systemd.so")),
    // The other sides of the wire.
    package("chromium", Program("chromium")),
    package("chromium-driver", Program("chromedriver")),
    package("fido2-tools", Program("fido2-token")),
    package("pamu2fcfg", Program("pamu2fcfg")),
    package("libpam-u2f", Program("pamu2fcfg")),
    package("pamtester", Program("pamtester")),
    package("openssh-client", Program("ssh-keygen")),
    // Reads the headers of the file system that one of the foreign keys stores in.
    package("libclang1", Shared("libclang")),
    // The guest itself.
    package("udev", Program("udevadm")),
    package("iproute2", Program("ip")),
    package("curl", Program("curl")),
    // Its kernel.
    package("make", Program("make")),
    package("flex", Program("flex")),
    package("bison", Program("bison")),
    package("bc", Program("bc")),
    package("xz-utils", Program("xz")),
    package("debian-archive-keyring", File("/usr/share/keyrings/debian-archive-keyring.gpg")),
];

impl Package {
    /// Whether its trace is found, whoever installed it.
    pub(crate) fn is_traced(&self) -> bool {
        match self.trace {
            Program(name) => shell::found(name),
            Library(name) => shell::succeeds(Command::new("pkg-config").args(["--exists", name])),
            File(path) => Path::new(path).exists(),
            Shared(name) => {
                let known = shell::read(Command::new("ldconfig").arg("--print-cache"));
                known.is_some_and(|known| known.lines().any(|line| names(line.trim_start(), name)))
            }
            Font(name) => {
                shell::read(Command::new("fc-list").arg(name)).is_some_and(|fonts| !fonts.is_empty())
            }
        }
    }

    /// The package and its trace, for a person whose system names packages otherwise.
    pub(crate) fn description(&self) -> String {
        let Self { name, trace } = self;
        match trace {
            Program(program) => format!("the program `{program}` (in Debian: {name})"),
            Library(library) => format!("the library `{library}` known to pkg-config (in Debian: {name})"),
            File(path) => format!("the file {path} (in Debian: {name})"),
            Shared(library) => format!("the shared library {library} (in Debian: {name})"),
            Font(font) => format!("the font {font} (in Debian: {name})"),
        }
    }
}

/// Whether a line of the linker's cache begins with that library, as `libclang-14.so.1` and `libclang.so.18`.
fn names(line: &str, library: &str) -> bool {
    line.strip_prefix(library).is_some_and(|rest| {
        rest.starts_with(".so")
            || rest
                .strip_prefix('-')
                .is_some_and(|version| version.starts_with(|at: char| at.is_ascii_digit()))
    })
}

/// Of the wanted packages those that `dpkg-query` does not list as installed. A line of the listing is a name and
/// dpkg's state, `ii` for installed: `curl ii `.
pub(crate) fn missing(wanted: &[Package], listing: &str) -> Vec<Package> {
    let installed: Vec<&str> = listing
        .lines()
        .filter_map(|line| line.split_once(' '))
        // The second letter is the state; the first is what the person wants of it (`hi` is held, and there).
        .filter(|(_, state)| state.chars().nth(1) == Some('i'))
        .map(|(name, _)| name)
        .collect();
    wanted.iter().filter(|package| !installed.contains(&package.name)).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(wanted: &[Package], listing: &str) -> Vec<&'static str> {
        missing(wanted, listing).iter().map(|package| package.name).collect()
    }

    #[test]
    fn a_shared_library_is_told_from_others_that_begin_so() {
        assert!(super::names("libclang-14.so.1 (libc6,x86-64) => /usr/lib/libclang-14.so.1", "libclang"));
        assert!(super::names("libclang.so.18 (libc6,x86-64) => /usr/lib64/libclang.so.18", "libclang"));
        assert!(!super::names(
            "libclang-cpp.so.14 (libc6,x86-64) => /usr/lib/libclang-cpp.so.14",
            "libclang"
        ));
    }

    #[test]
    fn what_dpkg_lists_as_installed_is_not_missing() {
        assert_eq!(names(COMPILER, "build-essential ii \npkg-config ii \n"), Vec::<&str>::new());
        assert_eq!(names(COMPILER, "build-essential hi \npkg-config ii \n"), Vec::<&str>::new());
    }

    #[test]
    fn absent_removed_and_half_installed_are_missing() {
        assert_eq!(names(COMPILER, ""), ["build-essential", "pkg-config"]);
        assert_eq!(
            names(COMPILER, "build-essential rc \npkg-config un \n"),
            ["build-essential", "pkg-config"]
        );
        assert_eq!(
            names(COMPILER, "build-essential iU \npkg-config iF \n"),
            ["build-essential", "pkg-config"]
        );
    }

    #[test]
    fn a_name_is_compared_whole() {
        assert_eq!(names(COMPILER, "build-essential ii \npkg-config-extra ii \n"), ["pkg-config"]);
    }

    #[test]
    fn a_description_names_both() {
        let said = COMPILER.first().map(Package::description);
        assert_eq!(said.as_deref(), Some("the program `cc` (in Debian: build-essential)"));
    }
}
