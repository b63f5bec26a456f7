//! What a key on USB says before it is asked anything (CTAPHID_INIT, CTAP 2.3 §11.2.9.1.3).

use ctap::hid::Capabilities;
use security_key::Initialization;

use super::info::{InfoRow, Told};

/// The rows of a key's page.
pub(super) fn rows(told: Initialization) -> Vec<InfoRow> {
    let [major, minor, build] = told.device_version;
    let Capabilities(flags) = told.capabilities;
    let known = [(Capabilities::WINK, "wink"), (Capabilities::CBOR, "CTAP2")];
    let known = known.iter().filter(|(flag, _)| flags & flag != 0).map(|(_, what)| *what);
    let u2f = (flags & Capabilities::NMSG == 0).then_some("U2F");
    let takes: Vec<_> = known.chain(u2f).collect();
    vec![
        row(
            "CTAPHID_INIT.version",
            "Transport protocol",
            told.protocol_version.to_string(),
            "The version of the protocol that carries messages over USB.",
        ),
        row(
            "CTAPHID_INIT.deviceVersion",
            "Device version",
            format!("{major}.{minor}.{build}"),
            "The maker's own number for the device; often that of its firmware.",
        ),
        row(
            "CTAPHID_INIT.capabilities",
            "Takes over USB",
            takes.join(", "),
            "What the key says that it understands there.",
        ),
    ]
}

fn row(member: &str, title: &str, value: String, explanation: &str) -> InfoRow {
    let (member, title, explanation) = (member.to_owned(), title.to_owned(), explanation.to_owned());
    InfoRow { member, title, state: Told::Value, value, explanation }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_capability_that_says_no_is_read_as_what_it_denies() {
        let values = |flags| {
            let told = Initialization {
                protocol_version: 2,
                device_version: [5, 4, 3],
                capabilities: Capabilities(flags),
            };
            rows(told).into_iter().map(|row| row.value).collect::<Vec<_>>()
        };
        assert_eq!(values(0x05), ["2", "5.4.3", "wink, CTAP2, U2F"]);
        assert_eq!(values(0x0C), ["2", "5.4.3", "CTAP2"]);
    }
}
