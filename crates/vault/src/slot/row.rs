//! A slot as stored, whatever its kind.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Argon2id, Dated, Recovery, SecurityKeySlot, Slot, SlotId, SlotInfo, decode};
use crate::{
    error::Error,
    random::{random, scalar},
    seal::{
        Id, Place,
        slot::{self, SlotSecret, Unwrapped},
    },
    secret::Secret,
};

const COLUMNS: &str =
    r#"SELECT id, kind, label, parameters, wrapped, public_key, sealed_key, "check" FROM slot"#;

/// A slot's row.
pub(crate) struct SlotRow {
    pub(crate) id: Id,
    /// [`Slot::number`], or that of a later version.
    pub(crate) kind: u8,
    pub(crate) label: String,
    pub(crate) parameters: Vec<u8>,
    /// What the key-encryption key opens; empty where the keyring holds the vault key itself (formats 1 and 2).
    pub(crate) wrapped: Vec<u8>,
    /// Empty in slots of formats 1 and 2, as the next.
    pub(crate) public_key: Vec<u8>,
    pub(crate) sealed_key: Vec<u8>,
    pub(crate) check: Vec<u8>,
}

/// What an opened slot gives.
pub(crate) struct Opened {
    pub(crate) vault_key: Secret,
    /// Absent in slots of formats 1 and 2.
    pub(crate) secret: Option<SlotSecret>,
}

/// A slot that is about to be made, or brought to today's form.
pub(crate) struct NewSlot {
    pub(crate) id: Id,
    pub(crate) kind: Slot,
    pub(crate) label: String,
    pub(crate) parameters: Vec<u8>,
    pub(crate) key_encryption_key: Secret,
}

impl NewSlot {
    /// With a fresh key pair, and what it wraps.
    pub(crate) fn make(
        self,
        vault: &Id,
        seed: &Secret,
        vault_key: &Secret,
    ) -> Result<(SlotRow, SlotSecret), Error> {
        let place = Place { vault, record: &self.id, kind: self.kind.number() };
        let secret = SlotSecret { scalar: scalar()?, seed: seed.clone() };
        let wrapped = slot::wrap(&self.key_encryption_key, place, &self.parameters, &secret, random()?)?;
        let mut row = SlotRow {
            id: self.id,
            kind: self.kind.number(),
            label: self.label,
            parameters: self.parameters,
            wrapped,
            public_key: slot::public_key(&secret.scalar)?,
            sealed_key: Vec::new(),
            check: Vec::new(),
        };
        row.seal(vault, seed, vault_key)?;
        Ok((row, secret))
    }
}

impl SlotRow {
    /// Every slot, also those that only a later version knows, the oldest format's order: by kind.
    pub(crate) fn all(connection: &Connection) -> Result<Vec<Self>, Error> {
        let mut statement = connection.prepare_cached(&format!("{COLUMNS} ORDER BY kind, id"))?;
        let rows = statement.query_map([], Self::read)?.collect::<Result<_, _>>()?;
        Ok(rows)
    }

    /// The slots of one kind.
    pub(crate) fn of(connection: &Connection, kind: Slot) -> Result<Vec<Self>, Error> {
        Ok(Self::all(connection)?.into_iter().filter(|row| row.kind == kind.number()).collect())
    }

    pub(crate) fn find(connection: &Connection, id: &Id) -> Result<Option<Self>, Error> {
        let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE id = ?1"))?;
        Ok(statement.query_row([id], Self::read).optional()?)
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            kind: row.get(1)?,
            label: row.get(2)?,
            parameters: row.get(3)?,
            wrapped: row.get(4)?,
            public_key: row.get(5)?,
            sealed_key: row.get(6)?,
            check: row.get(7)?,
        })
    }

    /// Puts it into the file, in place of the one with its id.
    pub(crate) fn store(&self, connection: &Connection) -> Result<(), Error> {
        connection.execute(
            r#"INSERT OR REPLACE INTO slot (id, kind, label, parameters, wrapped, public_key, sealed_key, "check")
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"#,
            params![
                self.id,
                self.kind,
                self.label,
                self.parameters,
                self.wrapped,
                self.public_key,
                self.sealed_key,
                self.check
            ],
        )?;
        Ok(())
    }

    pub(crate) fn delete(&self, connection: &Connection) -> Result<(), Error> {
        connection.execute("DELETE FROM slot WHERE id = ?1", [self.id])?;
        Ok(())
    }

    /// What `key_encryption_key` opens; `None` where it is not this slot's.
    pub(crate) fn open(&self, vault: &Id, key_encryption_key: &Secret) -> Result<Option<Opened>, Error> {
        self.require_intact(vault)?;
        let place = self.place(vault);
        match slot::unwrap(key_encryption_key, place, &self.parameters, &self.wrapped) {
            Err(_) => Ok(None),
            Ok(Unwrapped::VaultKey(vault_key)) => Ok(Some(Opened { vault_key, secret: None })),
            Ok(Unwrapped::KeyPair(secret)) => {
                let vault_key = self.vault_key(vault, &secret)?;
                Ok(Some(Opened { vault_key, secret: Some(secret) }))
            }
        }
    }

    /// The vault key of today, by what the slot wraps.
    pub(crate) fn vault_key(&self, vault: &Id, secret: &SlotSecret) -> Result<Secret, Error> {
        slot::open_vault_key(secret, self.place(vault), &self.sealed_key).map_err(|_| self.altered())
    }

    /// Seals a vault key to this slot.
    pub(crate) fn seal(&mut self, vault: &Id, seed: &Secret, vault_key: &Secret) -> Result<(), Error> {
        self.sealed_key =
            slot::seal_vault_key(vault_key, self.place(vault), &self.public_key, seed, &scalar()?)?;
        self.check = self.computed_check(vault);
        Ok(())
    }

    /// Whether its bytes are as they were written.
    pub(crate) fn require_intact(&self, vault: &Id) -> Result<(), Error> {
        if self.computed_check(vault) == self.check { Ok(()) } else { Err(self.altered()) }
    }

    /// What the header says of it.
    pub(crate) fn listed(&self, vault: &Id) -> [u8; 32] {
        slot::listed(self.place(vault), &self.public_key, &self.label, &self.parameters)
    }

    /// Whether a new vault key cannot be sealed to it.
    pub(crate) fn is_outdated(&self) -> bool {
        self.public_key.is_empty()
    }

    /// `None` for a kind of slot that a later version made.
    pub(crate) fn info(&self) -> Option<SlotInfo> {
        let kind = Slot::from_number(self.kind)?;
        Some(SlotInfo {
            id: SlotId(self.id),
            kind,
            label: self.name(),
            created_at: decode::<Dated>(&self.parameters).unwrap_or_default().created_at,
            outdated: self.is_outdated(),
            security_key: (kind == Slot::SecurityKey)
                .then(|| SecurityKeySlot::load(&self.parameters).ok())
                .flatten(),
            recipient: (kind == Slot::Recovery)
                .then(|| Recovery::load(&self.parameters).ok().map(|recovery| recovery.recipient))
                .flatten(),
        })
    }

    /// Its label, or its kind where a format without labels made it.
    pub(crate) fn name(&self) -> String {
        let kind = Slot::from_number(self.kind).map_or("Slot", Slot::name);
        if self.label.is_empty() { kind.to_owned() } else { self.label.clone() }
    }

    /// Whether it costs less to guess than a slot of today.
    pub(crate) fn is_cheap(&self) -> bool {
        self.kind == Slot::Passphrase.number()
            && Argon2id::load(&self.parameters).is_ok_and(|argon2id| argon2id.is_cheap())
    }

    fn altered(&self) -> Error {
        Error::Damaged(format!("the slot {:?} was altered", self.name()))
    }

    fn computed_check(&self, vault: &Id) -> Vec<u8> {
        slot::check(self.place(vault), &self.parameters, &self.wrapped, &self.public_key, &self.sealed_key)
    }

    pub(crate) fn place<'a>(&'a self, vault: &'a Id) -> Place<'a> {
        Place { vault, record: &self.id, kind: self.kind }
    }
}
