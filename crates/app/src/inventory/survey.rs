//! From the vault's passkeys and the keys it has seen to one table.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

use super::{Account, Backup, Entry, Inventory, Place};
use crate::passkeys::{PasskeyKind, algorithm_name, rfc3339};
use ::vault::{Passkey, SeenKey, Standing};

/// The vault among the places.
const VAULT: &str = "vault";

/// A key may keep the RP ID cut off (CTAP 2.0), so that its hash is what tells one site from another.
type Whose = (Vec<u8>, Vec<u8>);

pub(super) fn survey(passkeys: &[Passkey], keys: &[SeenKey]) -> Inventory {
    let offered: Vec<_> = passkeys.iter().filter(|passkey| passkey.standing == Standing::Offered).collect();
    let mut accounts = BTreeMap::<Whose, Account>::new();
    for passkey in &offered {
        let site = Sha256::digest(passkey.rp_id.as_bytes()).to_vec();
        let account = accounts
            .entry((site, passkey.user_handle.clone()))
            .or_insert_with(|| Account::new(&passkey.rp_id, &passkey.user_handle));
        account.name(&passkey.rp_id, passkey.user_name.as_ref(), passkey.user_display_name.as_ref());
        account.passkeys.push(Entry {
            place: VAULT.to_owned(),
            credential_id: URL_SAFE_NO_PAD.encode(&passkey.id),
            kind: passkey.kind.into(),
            backup_state: Some(passkey.backup_state),
            algorithm: Some(algorithm_name(passkey.algorithm)),
            duplicate: false,
        });
    }
    for key in keys {
        for listed in key.listing.iter().flat_map(|listing| &listing.passkeys) {
            let account = accounts
                .entry((listed.rp_id_hash.clone(), listed.user_id.clone()))
                .or_insert_with(|| Account::new(&listed.rp_id, &listed.user_id));
            account.name(&listed.rp_id, listed.user_name.as_ref(), listed.user_display_name.as_ref());
            account.passkeys.push(Entry {
                place: key.id.clone(),
                credential_id: URL_SAFE_NO_PAD.encode(&listed.credential_id),
                kind: PasskeyKind::DeviceBound,
                backup_state: None,
                algorithm: listed.algorithm.map(algorithm_name),
                duplicate: false,
            });
        }
    }
    let mut accounts: Vec<_> = accounts.into_values().map(Account::judged).collect();
    accounts.sort_by(|a, b| (&a.rp_id, &a.user_name).cmp(&(&b.rp_id, &b.user_name)));
    let mut places = vec![Place {
        id: VAULT.to_owned(),
        name: "Vault".to_owned(),
        passkeys: Some(count(offered.len())),
        remaining: None,
        listed_at: None,
        last_seen_at: None,
    }];
    places.extend(keys.iter().map(Place::from));
    Inventory { places, accounts }
}

impl Account {
    fn new(rp_id: &str, user_handle: &[u8]) -> Self {
        Self {
            rp_id: rp_id.to_owned(),
            user_name: None,
            user_display_name: None,
            user_handle: URL_SAFE_NO_PAD.encode(user_handle),
            backup: Backup::None,
            passkeys: Vec::new(),
        }
    }

    /// The longest form of each name that any place keeps: others may be cut off.
    fn name(&mut self, rp_id: &str, user_name: Option<&String>, display_name: Option<&String>) {
        if rp_id.len() > self.rp_id.len() {
            rp_id.clone_into(&mut self.rp_id);
        }
        for (known, told) in [(&mut self.user_name, user_name), (&mut self.user_display_name, display_name)] {
            if told.is_some_and(|told| known.as_ref().is_none_or(|known| told.len() > known.len())) {
                *known = told.cloned();
            }
        }
    }

    fn judged(mut self) -> Self {
        let places: Vec<_> = self.passkeys.iter().map(|entry| entry.place.clone()).collect();
        for entry in &mut self.passkeys {
            entry.duplicate = places.iter().filter(|place| **place == entry.place).count() > 1;
        }
        self.backup = if places.iter().any(|place| Some(place) != places.first()) {
            Backup::AnotherPlace
        } else if self.passkeys.iter().any(|entry| entry.backup_state == Some(true)) {
            Backup::Copy
        } else {
            Backup::None
        };
        self
    }
}

impl From<&SeenKey> for Place {
    fn from(key: &SeenKey) -> Self {
        let listing = key.listing.as_ref();
        Self {
            id: key.id.clone(),
            name: key.name.clone(),
            passkeys: listing.map(|listing| count(listing.passkeys.len())),
            remaining: listing
                .and_then(|listing| listing.remaining)
                .map(|remaining| u32::try_from(remaining).unwrap_or(u32::MAX)),
            listed_at: listing.map(|listing| rfc3339(listing.listed_at)),
            last_seen_at: Some(rfc3339(key.last_seen_at)),
        }
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::vault::{ListedPasskey, Listing};

    fn key(id: &str, passkeys: &[(&str, &str, &[u8], &[u8])]) -> SeenKey {
        let listed = |(site, shown, user, credential): &(&str, &str, &[u8], &[u8])| ListedPasskey {
            rp_id: (*shown).to_owned(),
            rp_id_hash: Sha256::digest(site.as_bytes()).to_vec(),
            user_id: user.to_vec(),
            user_name: Some("ada".to_owned()),
            credential_id: credential.to_vec(),
            ..ListedPasskey::default()
        };
        let mut key = SeenKey::new(id.to_owned(), id.to_uppercase(), 10);
        key.listing = Some(Listing {
            listed_at: 10,
            state: None,
            remaining: Some(5),
            passkeys: passkeys.iter().map(listed).collect(),
        });
        key
    }

    #[test]
    fn an_account_is_one_over_all_keys_and_what_stands_twice_on_one_is_told() {
        let long = "a-site-with-a-long-name.example.com";
        let blue = key(
            "blue",
            &[(long, "…long-name.example.com", b"u1", b"c1"), ("two.example", "two.example", b"u2", b"c2")],
        );
        let red = key("red", &[(long, long, b"u1", b"c3"), ("one.example", "one.example", b"u1", b"c4")]);
        let gray = key("gray", &[("two.example", "two.example", b"u3".as_slice(), b"c5".as_slice()); 2]);
        let never = SeenKey::new("never".to_owned(), "NEVER".to_owned(), 1);
        let found = survey(&[], &[blue, red, gray, never]);

        let told: Vec<_> = found
            .accounts
            .iter()
            .map(|account| (account.rp_id.as_str(), account.passkeys.len(), account.backup))
            .collect();
        assert_eq!(
            told,
            [
                (long, 2, Backup::AnotherPlace),
                ("one.example", 1, Backup::None),
                ("two.example", 1, Backup::None),
                ("two.example", 2, Backup::None),
            ],
            "two passkeys in one place are lost together"
        );
        let twice: Vec<_> = found
            .accounts
            .iter()
            .map(|account| account.passkeys.iter().any(|entry| entry.duplicate))
            .collect();
        assert_eq!(twice, [false, false, false, true]);
        let places: Vec<_> = found.places.iter().map(|place| (&*place.id, place.passkeys)).collect();
        let expected =
            [("vault", Some(0)), ("blue", Some(2)), ("red", Some(2)), ("gray", Some(2)), ("never", None)];
        assert_eq!(places, expected);
    }
}
