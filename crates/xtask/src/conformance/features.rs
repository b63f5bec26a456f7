//! docs/security-keys.md: what managers of security keys do, what Latchkey does of it, and the tests that show it.
//!
//! A row is `| what | yes, partly or not yet | tests |`. A test is `path::name` in Rust, else the path of a script.

/// The head of the tables that are judged.
const HEAD: &str = "| What | Latchkey | Shown by |";

/// Reads the page's tables; `source` gives the text of a file, where there is one.
///
/// # Errors
/// A row whose state is none of the three, one that claims without a test, and a test that is not there.
pub(super) fn check(page: &str, source: impl Fn(&str) -> Option<String>) -> Result<(), String> {
    let mut judged = 0;
    let mut in_table = false;
    for line in page.lines() {
        if line == HEAD {
            in_table = true;
        } else if !line.starts_with('|') {
            in_table = false;
        } else if in_table && !line.starts_with("|---") {
            row(line, &source)?;
            judged += 1;
        }
    }
    if judged == 0 { Err("no table says what Latchkey does".into()) } else { Ok(()) }
}

fn row(line: &str, source: &impl Fn(&str) -> Option<String>) -> Result<(), String> {
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [what, state, tests] = cells.as_slice() else {
        return Err(format!("a row has three cells: {line}"));
    };
    let claims = state.starts_with("yes") || state.starts_with("partly");
    if !claims && !state.starts_with("not yet") {
        return Err(format!("`{what}` is neither yes, partly nor not yet"));
    }
    let tests: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
    if claims && tests.is_empty() {
        return Err(format!("no test shows `{what}`"));
    }
    match tests.iter().find(|test| !is_there(test, source)) {
        Some(test) => Err(format!("`{what}` names {test}, which is no test")),
        None => Ok(()),
    }
}

fn is_there(test: &str, source: &impl Fn(&str) -> Option<String>) -> bool {
    match test.split_once("::") {
        Some((path, name)) => source(path).is_some_and(|text| has_test(&text, name)),
        None => source(test).is_some(),
    }
}

/// Whether a function of that name stands below an attribute that makes it a test.
fn has_test(text: &str, name: &str) -> bool {
    let signature = format!("fn {name}(");
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines.iter().enumerate().filter(|(_, line)| line.contains(&signature)).any(|(number, _)| {
        let above = lines.iter().take(number).rev();
        above
            .take_while(|line| !line.is_empty() && !line.ends_with('}'))
            .any(|line| line.starts_with("#[test") || line.starts_with("#[tokio::test"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str =
        "fn helper() {}\n\n#[tokio::test]\n#[expect(clippy::panic)]\nasync fn it_lists() {\n}\n";

    fn judge(row: &str) -> Result<(), String> {
        let page = format!("# Keys\n\n| What | Latchkey | Shown by |\n|---|---|---|\n{row}\n");
        check(&page, |path| (path == "tests/a.rs" || path == "tests/a.py").then(|| SOURCE.to_owned()))
    }

    #[test]
    fn a_row_that_claims_names_tests_that_are_there() {
        assert_eq!(judge("| List | yes | `tests/a.rs::it_lists`, `tests/a.py` |"), Ok(()));
        assert_eq!(judge("| List | not yet |  |"), Ok(()));
        assert_eq!(judge("| List | partly: by name | `tests/a.py` |"), Ok(()));
        assert_eq!(judge("| List | yes | soon |"), Err("no test shows `List`".into()));
        assert!(judge("| List | yes | `tests/b.py` |").is_err());
        assert!(judge("| List | yes | `tests/a.rs::it_deletes` |").is_err());
        assert!(judge("| List | yes | `tests/a.rs::helper` |").is_err(), "a function that is no test");
    }

    #[test]
    fn a_state_is_one_of_three_and_a_page_without_a_table_is_refused() {
        assert!(judge("| List | maybe | `tests/a.py` |").is_err());
        assert!(judge("| List | yes |").is_err());
        assert!(check("# Keys\n", |_| None).is_err());
    }
}
