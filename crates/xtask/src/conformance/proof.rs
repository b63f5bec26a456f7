//! The markers: a line `// proves: id, id` above a Rust test, or `# proves: id, id` in a script that
//! is a test itself (`//` in JavaScript).

use std::path::Path;

/// What one marker says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Proof {
    /// The item's id.
    pub(super) item: String,
    /// The test: `path::name`, or the path of a script.
    pub(super) test: String,
}

const SLASHES: &str = "// proves:";
const HASH: &str = "# proves:";
/// Programs here are tests as a whole: the guest's cases start them.
const PROGRAMS: &str = "tests/interop/";

/// The markers of one file.
///
/// # Errors
/// A marker above something that is no test.
pub(super) fn of_file(path: &str, text: &str) -> Result<Vec<Proof>, String> {
    let ends = |with: &str| Path::new(path).extension().is_some_and(|ending| ending == with);
    let is_rust = ends("rs");
    let sign = if is_rust || ends("js") { SLASHES } else { HASH };
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut proofs = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let Some(items) = line.strip_prefix(sign) else { continue };
        let test = if is_rust && !path.starts_with(PROGRAMS) {
            let below = lines.get(number + 1..).unwrap_or_default();
            let name = test_below(below)
                .ok_or_else(|| format!("{path}:{}: there is no test below this marker", number + 1))?;
            format!("{path}::{name}")
        } else {
            path.to_owned()
        };
        proofs
            .extend(items.split(',').map(|item| Proof { item: item.trim().to_owned(), test: test.clone() }));
    }
    Ok(proofs)
}

/// The function's name, where the lines begin with an attribute that makes it a test.
fn test_below<'a>(lines: &[&'a str]) -> Option<&'a str> {
    let head = lines.iter().take_while(|line| line.starts_with("#[") || line.starts_with("//"));
    let count = head.clone().count();
    head.clone().find(|line| line.starts_with("#[test") || line.starts_with("#[tokio::test"))?;
    let (_, signature) = lines.get(count)?.split_once("fn ")?;
    signature.split(['(', '<']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proof(item: &str, test: &str) -> Proof {
        Proof { item: item.into(), test: test.into() }
    }

    #[test]
    fn a_rust_test_is_named_with_its_path() {
        // One line, because this file is searched for markers too.
        let outer = "// proves: hid-init, hid-ping\n#[tokio::test]\n#[expect(clippy::panic)]\nasync fn it_answers() {}";
        let inner =
            "mod tests {\n    // proves: hid-cbor\n    // A reason.\n    #[test]\n    fn inner() {}\n}\n";
        let text = format!("{outer}\n{inner}");
        let found = of_file("crates/a/src/a.rs", &text).expect("every marker stands above a test");
        let outer = "crates/a/src/a.rs::it_answers";
        assert_eq!(
            found,
            [
                proof("hid-init", outer),
                proof("hid-ping", outer),
                proof("hid-cbor", "crates/a/src/a.rs::inner")
            ]
        );
    }

    #[test]
    fn a_script_and_a_foreign_client_prove_as_a_whole() {
        let case = "tests/guest/cases/a.py";
        assert_eq!(
            of_file(case, "\"\"\"A.\"\"\"\n# proves: webdriver\nprint()\n"),
            Ok(vec![proof("webdriver", case)])
        );
        let client = "tests/interop/a.rs";
        assert_eq!(
            of_file(client, "// proves: selection\nfn main() {}\n"),
            Ok(vec![proof("selection", client)])
        );
    }

    #[test]
    fn a_marker_above_no_test_is_refused() {
        for below in ["fn helper() {}", "#[ignore]\nfn ignored() {}", "\n#[test]\nfn too_far() {}", ""] {
            let refused = of_file("crates/a/src/a.rs", &format!("// proves: x\n{below}\n"));
            assert_eq!(
                refused,
                Err("crates/a/src/a.rs:1: there is no test below this marker".into()),
                "{below}"
            );
        }
    }
}
