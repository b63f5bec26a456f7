//! The conformance matrix: what the authenticator must do, and the tests that prove it.
//!
//! - `tests/conformance/items.tsv` lists the items: id, group, section, what
//! - [`proof`]: a comment `proves: id, id` above a test says which it proves
//! - [`matrix`]: `docs/conformance.md`, one row an item
//! - [`features`]: the tables of `docs/security-keys.md`, and whether their tests are there

mod features;
mod matrix;
mod proof;

use crate::shell::Done;
use matrix::Item;
use proof::Proof;
use std::fs;
use std::path::{Path, PathBuf};

const ITEMS: &str = "tests/conformance/items.tsv";
const MATRIX: &str = "docs/conformance.md";
const FEATURES: &str = "docs/security-keys.md";
/// Where tests are, whatever language they are in.
const TESTS: [&str; 2] = ["crates", "tests"];

/// Writes the matrix.
pub(crate) fn write() -> Done {
    let page = matrix::matrix(&items()?, &proofs()?)?;
    fs::write(MATRIX, page).map_err(|reason| format!("{MATRIX} cannot be written: {reason}"))
}

/// Fails where an item has no proof, where the matrix in the repository is not the one that the tests give, or where
/// docs/security-keys.md names a test that is not there.
pub(crate) fn check() -> Done {
    let (items, proofs) = (items()?, proofs()?);
    let page = matrix::matrix(&items, &proofs)?;
    let open = matrix::unproven(&items, &proofs);
    if !open.is_empty() {
        return Err(format!("no test proves {}", open.join(", ")));
    }
    if read(Path::new(MATRIX))? != page {
        return Err(format!("{MATRIX} is not what the tests say; run `cargo xtask conformance`"));
    }
    features::check(&read(Path::new(FEATURES))?, |path| fs::read_to_string(path).ok())
        .map_err(|reason| format!("{FEATURES}: {reason}"))
}

fn items() -> Result<Vec<Item>, String> {
    Item::list(&read(Path::new(ITEMS))?)
}

fn proofs() -> Result<Vec<Proof>, String> {
    let mut files = Vec::new();
    for folder in TESTS {
        find(Path::new(folder), &mut files)?;
    }
    files.sort();
    let mut proofs = Vec::new();
    for file in files {
        // A file that is no text holds no test.
        if let Ok(text) = fs::read_to_string(&file) {
            proofs.extend(proof::of_file(&file.to_string_lossy(), &text)?);
        }
    }
    Ok(proofs)
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> Done {
    let unreadable = |reason| format!("{} cannot be read: {reason}", folder.display());
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let made = ["target", "__pycache__", "node_modules"];
        let built = path.file_name().is_some_and(|name| made.iter().any(|made| name == *made));
        if path.is_dir() && !built {
            find(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|ending| ["rs", "py", "sh", "js"].iter().any(|known| ending == *known))
        {
            files.push(path);
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|reason| format!("{} cannot be read: {reason}", path.display()))
}
