//! Smart card readers: the library and the service behind them, and what is on each.

use security_key::nfc::{Holds, Reader, ReaderError, readers};

use super::Finding;

pub(super) fn examine() -> Vec<Finding> {
    match readers() {
        Ok(readers) if readers.is_empty() => vec![without_readers(&ReaderError::NoReader)],
        Ok(readers) => readers.iter().map(reader).collect(),
        Err(error) => vec![without_readers(&error)],
    }
}

/// Who uses USB keys alone misses nothing, so only what is broken is trouble.
fn without_readers(error: &ReaderError) -> Finding {
    let fix: Vec<_> = error.hint().into_iter().collect();
    match error {
        ReaderError::NoReader => Finding::note("reader", error.to_string(), &fix),
        ReaderError::NoLibrary(_) | ReaderError::NoService => Finding::note(
            "reader",
            format!("{error} Keys on readers, by NFC or contacts, are not seen; those in USB ports are."),
            &fix,
        ),
        _ => Finding::trouble("reader", error.to_string(), &fix),
    }
}

fn reader(reader: &Reader) -> Finding {
    let name = &reader.name;
    match &reader.holds {
        Holds::Key { name: key, .. } => {
            let key = key.as_deref().unwrap_or("A security key");
            Finding::good("reader", format!("{key} is on the reader {name}."))
        }
        Holds::Nothing => Finding::good("reader", format!("The reader {name} works; nothing is on it.")),
        Holds::OtherCard => Finding::note(
            "reader",
            format!("The card on the reader {name} is no security key."),
            &["Lay the key on it, or push it in."],
        ),
        Holds::Unknown(error) => {
            let fix: Vec<_> = error.hint().into_iter().collect();
            Finding::trouble("reader", format!("What is on the reader {name} cannot be told: {error}"), &fix)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Health;

    #[test]
    fn what_only_readers_need_is_no_trouble_for_who_has_none() {
        let health = |error: ReaderError| without_readers(&error).health;
        assert_eq!(health(ReaderError::NoReader), Health::Note);
        assert_eq!(health(ReaderError::NoLibrary("not found".to_owned())), Health::Note);
        assert_eq!(health(ReaderError::Denied), Health::Trouble);
        assert!(!without_readers(&ReaderError::NoService).fix.is_empty());
    }

    #[test]
    fn a_reader_that_another_program_has_is_trouble_with_the_program_s_name() {
        let holds = Holds::Unknown(ReaderError::InUse(vec!["scdaemon".to_owned()]));
        let found = reader(&Reader { name: "Blue reader".to_owned(), holds, count: 1 });
        assert_eq!(found.health, Health::Trouble);
        assert!(found.message.contains("scdaemon") && found.fix.iter().any(|line| line.contains("gpgconf")));
    }
}
