//! The window's pages: their packages and their build, each only when something is newer.

use crate::npm::{self, is_stale, modified};
use crate::shell::{self, Done};
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

const UI: &str = "ui";

/// Installs the npm packages, unless they are as new as the lock file.
pub(crate) fn ensure_packages() -> Done {
    npm::ensure_packages(UI)
}

/// Builds `ui/dist`, unless it is as new as every source.
pub(crate) fn ensure_built() -> Done {
    let ui = Path::new(UI);
    if is_stale(modified(&ui.join("dist/index.html")), newest(ui)) { build() } else { Ok(()) }
}

/// Builds `ui/dist`.
pub(crate) fn build() -> Done {
    shell::run(&mut npm(&["run", "build"]))
}

/// An npm command in the folder of the pages.
pub(crate) fn npm(arguments: &[&str]) -> Command {
    npm::command(UI, arguments)
}

/// The date of the newest source under a folder; what tools write there does not count.
fn newest(folder: &Path) -> Option<SystemTime> {
    let entries = std::fs::read_dir(folder).ok()?;
    entries
        .flatten()
        .filter(|entry| !["node_modules", "dist"].iter().any(|made| entry.file_name() == *made))
        .filter_map(|entry| {
            let path = entry.path();
            // A folder's own date tells of a source that was removed.
            if path.is_dir() { newest(&path).max(modified(&path)) } else { modified(&path) }
        })
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::time::Duration;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn only_sources_count() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        // Later than the folders, which are made now.
        let later = SystemTime::now() + Duration::from_secs(3600);
        let write = |path: &str, date: SystemTime| -> std::io::Result<()> {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a file is in a folder"))?;
            fs::File::create(path)?.set_modified(date)
        };
        write("package.json", at(5))?;
        write("src/lib/page.ts", later)?;
        write("dist/index.html", later + Duration::from_secs(1))?;
        write("node_modules/some/index.js", later + Duration::from_secs(2))?;
        assert_eq!(newest(folder.path()), Some(later));
        Ok(())
    }

    #[test]
    fn an_absent_folder_has_no_newest() {
        assert_eq!(newest(Path::new("no/such/folder")), None);
    }
}
