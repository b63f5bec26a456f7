//! npm in a folder of its own packages.

use crate::shell::{self, Done};
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

/// Installs a folder's packages, unless its `node_modules` is as new as its lock file.
pub(crate) fn ensure_packages(folder: &str) -> Done {
    let root = Path::new(folder);
    // npm writes this file last; the folder's own date changes with every cache a tool keeps in it.
    let installed = modified(&root.join("node_modules/.package-lock.json"));
    if is_stale(installed, modified(&root.join("package-lock.json"))) {
        shell::run(&mut command(folder, &["ci", "--no-audit", "--no-fund"]))?;
    }
    Ok(())
}

/// An npm command in a folder.
pub(crate) fn command(folder: &str, arguments: &[&str]) -> Command {
    let mut npm = shell::command("npm", arguments);
    npm.current_dir(folder);
    npm
}

/// Whether a product has to be made: it is absent, or older than what it is made of.
pub(crate) fn is_stale(product: Option<SystemTime>, source: Option<SystemTime>) -> bool {
    product.is_none() || source > product
}

/// When it was changed; `None` where there is no such file.
pub(crate) fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|known| known.modified()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn stale_is_absent_or_older() {
        assert!(is_stale(None, None));
        assert!(is_stale(None, Some(at(1))));
        assert!(is_stale(Some(at(1)), Some(at(2))));
        assert!(!is_stale(Some(at(2)), Some(at(1))));
        assert!(!is_stale(Some(at(2)), Some(at(2))));
        assert!(!is_stale(Some(at(2)), None));
    }
}
