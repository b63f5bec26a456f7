//! Files of other managers: every passkey a row, every refusal a reason, and what was read can be written.

use base64::{Engine, engine::general_purpose::STANDARD};
use exchange::{Document, Format, Heading, Passkey, read, write};

const HEADING: Heading<'_> = Heading { exporter_name: "Fuzz", exporter_rp_id: "fuzz.example", written_at: 1 };

/// The first byte chooses the format, or that it is found out, or that what follows is the content of one passkey
/// of Proton Pass. No password: of a KeePass database the header is read.
pub fn run(input: &[u8]) {
    let Some((&choice, bytes)) = input.split_first() else { return };
    let (format, bytes) = match Format::ALL.get(usize::from(choice)) {
        Some(format) => (*format, bytes.to_vec()),
        None if choice == 0xFF => (Format::Proton, proton(bytes)),
        None => match Format::detect(bytes) {
            Some(format) => (format, bytes.to_vec()),
            None => return,
        },
    };
    match read(format, &bytes, None) {
        Ok(document) => check(format, document),
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert!(error.hint().ends_with('.'), "{error}: what to do is a sentence");
        }
    }
}

fn check(format: Format, document: Document) {
    for said in document.rows.iter().filter_map(|row| row.passkey.as_ref().err()).chain(&document.left_out) {
        assert!(!said.is_empty(), "what is not taken over has a reason");
    }
    let passkeys: Vec<Passkey> = document.rows.into_iter().filter_map(|row| row.passkey.ok()).collect();
    for out in [Format::Cxf, format] {
        // Deriving a key takes long, and one passkey fits the other.
        if !out.writes() || out.is_sealed() || out.holds_one() {
            continue;
        }
        let Ok(written) = write(out, &passkeys, &HEADING, None) else { continue };
        let again = read(out, &written.bytes, None).expect("what was written is read");
        assert!(again.rows.iter().all(|row| row.passkey.is_ok()), "{out:?}: {:?}", again.rows);
        assert_eq!(again.rows.len() + written.left_out.len(), passkeys.len(), "{out:?}: none is lost");
    }
}

fn proton(content: &[u8]) -> Vec<u8> {
    let content = STANDARD.encode(content);
    let passkey = format!("{{\"content\":\"{content}\"}}");
    format!("{{\"vaults\":[{{\"items\":[{{\"data\":{{\"content\":{{\"passkeys\":[{passkey}]}}}}}}]}}]}}")
        .into_bytes()
}
