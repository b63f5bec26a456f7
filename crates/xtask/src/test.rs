//! `cargo xtask test`: every check there is, in one order, all of them even when one fails.

use crate::shell::{self, Done, command};
use crate::steps::Steps;
use crate::ui::npm;
use crate::{conformance, deny, guest, interop, setup, ui};

/// How much is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All of it.
    Everything,
    /// All but what needs the guest kernel: real browser, window, foreign clients.
    Fast,
}

/// Sets up and runs the steps.
pub(crate) fn test(extent: Extent) -> Done {
    let mut steps = Steps::default();
    if !steps.take("set-up", || setup::for_tests(extent)) {
        return steps.close();
    }
    // The window's crate takes `ui/dist` into itself when it is compiled.
    steps.take("window's pages", ui::ensure_built);
    steps.take("cargo fmt", || cargo(&["fmt", "--all", "--check"]));
    steps.take("cargo clippy", clippy);
    steps.take("cargo doc", doc);
    steps.take("cargo deny", deny::check);
    steps.take("cargo deny advisories", deny::advisories);
    // cargo's own runner, because it runs the examples in the documentation too.
    // The test that the generated bindings are those in the repository is the window crate's.
    steps.take("cargo test", || cargo(&["test", "--workspace", "--no-fail-fast"]));
    steps.take("conformance", conformance::check);
    if steps.take("interop programs", interop::build) {
        steps.take("python-fido2", interop::python_fido2);
        steps.take("nfc", interop::nfc);
        steps.take("readers", interop::readers);
        steps.take("webdriverio", interop::webdriverio);
        steps.take("vault reader", interop::vault_reader);
        steps.take("metadata", interop::metadata);
    } else {
        steps.skip(
            &["python-fido2", "nfc", "readers", "webdriverio", "vault reader", "metadata"],
            "the program could not be built",
        );
    }
    steps.take("kdbx", interop::kdbx);
    steps.take("ui check", || shell::run(&mut npm(&["run", "check"])));
    steps.take("ui test", || shell::run(&mut npm(&["test"])));
    steps.take("ui build", ui::build);
    if extent == Extent::Everything {
        steps.take("chromium", interop::chromium);
        steps.take("export", interop::export);
    }
    match extent {
        Extent::Fast => steps.skip(&["chromium", "export", "guest programs", "guest"], "--fast"),
        Extent::Everything if steps.take("guest programs", guest::build) => {
            steps.take("guest", guest::suite);
        }
        Extent::Everything => steps.skip(&["guest"], "its programs could not be built"),
    }
    steps.close()
}

fn cargo(arguments: &[&str]) -> Done {
    shell::run(&mut command("cargo", arguments))
}

/// With the one program that hides behind a feature.
fn clippy() -> Done {
    let targets = ["--workspace", "--all-targets", "--features", "benches/peer-client"];
    shell::run(command("cargo", &["clippy"]).args(targets).args(["--", "-D", "warnings"]))
}

fn doc() -> Done {
    let mut doc = command("cargo", &["doc", "--workspace", "--no-deps"]);
    shell::run(doc.env("RUSTDOCFLAGS", "-D warnings"))
}
