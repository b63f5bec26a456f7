//! The document: a table for each group of items, in the order of the list.

use super::proof::Proof;
use std::fmt::Write;

const HEAD: &str = "\
# Conformance

What the authenticator does, and the tests that prove it. Sections are those of CTAP 2.3 where no other specification
is named. `cargo xtask conformance` writes this page from `tests/conformance/items.tsv` and from the comments
`proves: …` above the tests; `cargo xtask test` fails where it is stale.
";

/// What must be proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    id: String,
    group: String,
    section: String,
    what: String,
}

impl Item {
    /// Reads the list: a line each of id, group, section and what, with tabs between.
    pub(super) fn list(text: &str) -> Result<Vec<Self>, String> {
        text.lines().map(Self::parse).collect()
    }

    fn parse(line: &str) -> Result<Self, String> {
        let mut parts = line.split('\t').map(str::to_owned);
        match (parts.next(), parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(id), Some(group), Some(section), Some(what), None) => Ok(Self { id, group, section, what }),
            _ => Err(format!("not id, group, section and what with tabs between: {line}")),
        }
    }
}

/// The whole page.
///
/// # Errors
/// A marker that names no item.
pub(super) fn matrix(items: &[Item], proofs: &[Proof]) -> Result<String, String> {
    if let Some(proof) = proofs.iter().find(|proof| items.iter().all(|item| item.id != proof.item)) {
        return Err(format!("{} says that it proves `{}`, which is no item", proof.test, proof.item));
    }
    let mut page = HEAD.to_owned();
    let mut group = "";
    for item in items {
        if item.group != group {
            group = &item.group;
            let _ = write!(page, "\n## {group}\n\n| What | Section | Proven by |\n|---|---|---|\n");
        }
        let mut tests: Vec<&str> =
            proofs.iter().filter(|proof| proof.item == item.id).map(|proof| proof.test.as_str()).collect();
        tests.sort_unstable();
        tests.dedup();
        let tests: Vec<String> = tests.iter().map(|test| format!("`{test}`")).collect();
        let _ = writeln!(page, "| {} | {} | {} |", item.what, item.section, tests.join("<br>"));
    }
    Ok(page)
}

/// The ids of the items that no test proves.
pub(super) fn unproven<'a>(items: &'a [Item], proofs: &[Proof]) -> Vec<&'a str> {
    let is_open = |item: &&Item| proofs.iter().all(|proof| proof.item != item.id);
    items.iter().filter(is_open).map(|item| item.id.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "ping\tHID\t§1\tPING\ninit\tHID\t§2\tINIT\nudp\tTransports\t\tUDP\n";

    fn proof(item: &str, test: &str) -> Proof {
        Proof { item: item.into(), test: test.into() }
    }

    #[test]
    fn each_item_has_a_row_with_its_tests_in_order_and_once() {
        let items = Item::list(LIST).expect("the list is well formed");
        let proofs = [
            proof("ping", "b.rs::b"),
            proof("udp", "c.py"),
            proof("ping", "a.rs::a"),
            proof("ping", "b.rs::b"),
        ];
        let page = matrix(&items, &proofs).expect("every proof names an item");
        let table = page.strip_prefix(HEAD).expect("the head comes first");
        assert_eq!(
            table,
            "\n## HID\n\n| What | Section | Proven by |\n|---|---|---|\n\
             | PING | §1 | `a.rs::a`<br>`b.rs::b` |\n| INIT | §2 |  |\n\
             \n## Transports\n\n| What | Section | Proven by |\n|---|---|---|\n| UDP |  | `c.py` |\n"
        );
    }

    #[test]
    fn a_proof_of_nothing_is_refused() {
        let items = Item::list(LIST).expect("the list is well formed");
        let refused = matrix(&items, &[proof("pong", "a.rs::a")]);
        assert_eq!(refused, Err("a.rs::a says that it proves `pong`, which is no item".into()));
    }

    #[test]
    fn what_nothing_proves_is_named() {
        let items = Item::list(LIST).expect("the list is well formed");
        assert_eq!(unproven(&items, &[proof("init", "a.rs::a")]), ["ping", "udp"]);
    }

    #[test]
    fn a_line_of_the_list_has_four_parts() {
        assert!(Item::list("ping\tHID\t§1").is_err());
        assert!(Item::list("ping\tHID\t§1\tPING\tmore").is_err());
    }
}
