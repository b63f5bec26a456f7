//! What each task needs. Every step looks first and does nothing when it is there already.

use crate::packages::{COMPILER, GUEST, Package, TESTS, WINDOW};
use crate::shell::Done;
use crate::test::Extent;
use crate::{apt, deny, guest, interop, toolchain, ui};

/// For the programs of the terminal.
pub(crate) fn for_terminal() -> Done {
    toolchain::check_rust()?;
    apt::ensure(COMPILER)
}

/// For building and opening the window.
pub(crate) fn for_window() -> Done {
    toolchain::check_rust()?;
    toolchain::check_node()?;
    apt::ensure(&[COMPILER, WINDOW].concat())?;
    ui::ensure_packages()
}

/// For the tests.
pub(crate) fn for_tests(extent: Extent) -> Done {
    toolchain::check_rust()?;
    toolchain::check_node()?;
    toolchain::ensure_components()?;
    apt::ensure(&packages_for_tests(extent))?;
    deny::ensure()?;
    ui::ensure_packages()?;
    interop::ensure()?;
    match extent {
        Extent::Everything => guest::ensure(),
        Extent::Fast => Ok(()),
    }
}

fn packages_for_tests(extent: Extent) -> Vec<Package> {
    let guest = match extent {
        Extent::Everything => GUEST,
        Extent::Fast => &[],
    };
    [COMPILER, WINDOW, TESTS, guest].concat()
}
