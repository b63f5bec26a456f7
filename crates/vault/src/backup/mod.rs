//! A backup: one encrypted file that holds what a vault can be made from again (docs/backup-format.md).
//!
//! It is written in two phases. First the file: written, read back from the disk, opened by what will open it one
//! day, compared, named. Then the vault: every passkey of the file is compared with what the vault holds, and only
//! what is the same counts as backed up. Where the first phase fails nothing is left behind, and no bit changes.

mod archive;
mod content;

use std::path::Path;

use age::x25519::Identity;
use authenticator::Kind;
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::{
    age_file::{self, Lock, Opener, Recipient},
    audit::Actor,
    error::Error,
    header::Header,
    import::{Plan, is_same},
    record::{self, BackupReason},
    slot::{Slot, SlotRow},
    vault::Vault,
    whole_file::{Existing, Staged},
};
use archive::Archive;
use content::Content;

/// The largest backup that is read, in bytes.
const MAXIMUM: u64 = 1 << 30;

/// What will open a backup; at least one of the two.
#[derive(Clone, Copy)]
pub struct Keys<'a> {
    /// A passphrase of the backup's own.
    pub passphrase: Option<&'a SecretString>,
    /// Public keys of age, such as that of the vault's recovery key.
    pub recipients: &'a [Recipient],
}

/// What a backup is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Reading the vault.
    Collecting,
    /// Stretching the passphrase, encrypting.
    Encrypting,
    /// Writing the file to the disk.
    Writing,
    /// Reading it back, opening and comparing it.
    Verifying,
    /// Noting in the vault what is backed up.
    Confirming,
}

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackedUp {
    /// Passkeys in the file, those of the trash among them.
    pub passkeys: usize,
    /// Credential ids of those whose BS became 1.
    pub confirmed: Vec<Vec<u8>>,
    /// Passkeys that live in one place and are in no backup.
    pub device_bound: usize,
    /// Bytes of the file.
    pub size: u64,
}

/// A backup that was opened.
pub struct Backup {
    content: Content,
}

impl Vault {
    /// Writes all that may be copied into one encrypted file, and notes what is backed up.
    ///
    /// # Errors
    /// [`Error::Locked`]; [`Error::Refused`] without anything to open it; [`Error::FileExists`], [`Error::DiskFull`],
    /// [`Error::Io`], [`Error::NotVerified`]: then there is no new file, and nothing counts as backed up.
    pub fn backup(
        &self,
        file: &Path,
        keys: Keys<'_>,
        existing: Existing,
        progress: &mut dyn FnMut(Phase),
    ) -> Result<BackedUp, Error> {
        if keys.passphrase.is_none() && keys.recipients.is_empty() {
            return Err(Error::Refused("a backup needs a passphrase or a recovery key that opens it"));
        }
        progress(Phase::Collecting);
        let now = self.live().now();
        let content = self.read(|session| Content::collect(session, now))?;
        let plaintext = record::encode(&content)?;

        progress(Phase::Encrypting);
        let identity = Identity::generate();
        let archive = seal(&plaintext, &identity, keys)?.to_bytes(now)?;

        progress(Phase::Writing);
        let mut staged = Staged::write(file, &archive, existing)?;
        progress(Phase::Verifying);
        verify(&staged.read_back()?, &plaintext, &identity, keys)?;
        staged.publish()?;
        if std::fs::read(file).map_err(Error::io(format!("{} cannot be read", file.display())))? != archive {
            return Err(Error::NotVerified("under its name lies another file".to_owned()));
        }

        progress(Phase::Confirming);
        Ok(BackedUp {
            passkeys: content.passkeys.len(),
            confirmed: self.confirm(&content)?,
            device_bound: content.device_bound,
            size: archive.len() as u64,
        })
    }

    /// What would become of the passkeys of a backup. Changes nothing; [`Vault::import`] does it.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::Damaged`].
    pub fn plan_restore(&self, backup: Backup) -> Result<Plan, Error> {
        self.plan(backup.into_plan())
    }

    /// Who holds the recovery keys of an open vault. A slot that somebody wrote into the file without the vault key is
    /// not among them: else a backup would be encrypted for him.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::Damaged`].
    pub fn recovery_recipients(&self) -> Result<Vec<Recipient>, Error> {
        self.read(|session| {
            let header = Header::load(session.transaction, session.vault, &session.open.vault_key)?;
            let rows = SlotRow::of(session.transaction, Slot::Recovery)?;
            let listed = rows.iter().filter(|row| header.lists(session.vault, row));
            listed.filter_map(|row| row.info()?.recipient).map(|text| text.parse()).collect()
        })
    }

    /// BS becomes 1 for what the backup holds as the vault does; the credential ids of those.
    fn confirm(&self, content: &Content) -> Result<Vec<Vec<u8>>, Error> {
        self.write(|session| {
            let mut confirmed = Vec::new();
            for record in &content.passkeys {
                // What was deleted for good meanwhile is no longer ours to speak of.
                let Some(mut stored) = session.passkey(&record.credential_id)? else { continue };
                if !is_same(record, &stored.record) {
                    return Err(Error::NotVerified("a passkey in it is not the vault's".to_owned()));
                }
                if session.confirm_backup(&mut stored, BackupReason::Backup, content.created_at)? {
                    confirmed.push(record.credential_id.clone());
                }
            }
            Ok(confirmed)
        })
    }
}

impl Backup {
    /// Opens a backup's bytes.
    ///
    /// # Errors
    /// [`Error::WrongFilePassphrase`], [`Error::WrongIdentity`], [`Error::NoIdentity`], [`Error::File`],
    /// [`Error::NewerVersion`].
    pub fn open(bytes: &[u8], opener: Opener<'_>) -> Result<Self, Error> {
        let plaintext = open(&Archive::from_bytes(bytes)?, opener)?;
        Ok(Self { content: Content::decode(&plaintext)? })
    }

    /// Reads a backup's file, 1 GiB at most.
    ///
    /// # Errors
    /// [`Error::File`] where it is too long to be one, [`Error::Io`].
    pub fn read(file: &Path) -> Result<Vec<u8>, Error> {
        use std::io::Read;

        let cannot = || Error::io(format!("{} cannot be read", file.display()));
        let mut bytes = Vec::new();
        let opened = std::fs::File::open(file).map_err(cannot())?;
        opened.take(MAXIMUM + 1).read_to_end(&mut bytes).map_err(cannot())?;
        if bytes.len() as u64 > MAXIMUM {
            return Err(Error::File("it is too long for a backup".to_owned()));
        }
        Ok(bytes)
    }

    /// Whether a passphrase was given when it was written.
    ///
    /// # Errors
    /// [`Error::File`] where it is no backup.
    pub fn has_passphrase(bytes: &[u8]) -> Result<bool, Error> {
        Ok(Archive::from_bytes(bytes)?.identity.is_some())
    }

    /// What becomes of its passkeys in a vault that holds nothing yet.
    pub fn into_plan(self) -> Plan {
        let Content { passkeys, keys, device_bound, created_at, .. } = self.content;
        let left_out = match device_bound {
            0 => Vec::new(),
            1 => vec!["1 passkey lived in one place and is in no backup.".to_owned()],
            many => vec![format!("{many} passkeys lived in one place each and are in no backup.")],
        };
        let records = passkeys.into_iter().map(|mut record| {
            // The backup that it comes from is the copy.
            if record.backup_eligible && !record.backup_state {
                record.backup_state = true;
                record.backup_reason = Some(BackupReason::Backup);
                record.backed_up_at = Some(created_at);
            }
            record
        });
        let states = keys.into_iter().map(|key| (key.aaguid, key.state)).collect();
        Plan::of_records(records, left_out, states, Actor::File("backup".to_owned()))
    }

    /// Seconds since 1970 when it was made.
    pub fn created_at(&self) -> u64 {
        self.content.created_at
    }
}

/// age forbids a passphrase beside other recipients in one file. So the content is encrypted to an identity of the
/// backup's own beside the others, and a second file holds that identity under the passphrase.
fn seal(plaintext: &[u8], identity: &Identity, keys: Keys<'_>) -> Result<Archive, Error> {
    let mut recipients = vec![Recipient::from(identity)];
    recipients.extend_from_slice(keys.recipients);
    let content = age_file::encrypt(plaintext, &Lock::Recipients(&recipients))?;
    let identity = keys.passphrase.map(|passphrase| {
        use secrecy::ExposeSecret;
        let line = Zeroizing::new(format!("{}\n", identity.to_string().expose_secret()));
        age_file::encrypt(line.as_bytes(), &Lock::Passphrase(passphrase))
    });
    Ok(Archive { identity: identity.transpose()?, content })
}

fn open(archive: &Archive, opener: Opener<'_>) -> Result<Zeroizing<Vec<u8>>, Error> {
    let identities = match (opener, &archive.identity) {
        (Opener::Identities(text), _) => age_file::identities(text)?,
        // It was written for others.
        (Opener::Passphrase(_), None) => return Err(Error::WrongIdentity),
        (Opener::Passphrase(_), Some(sealed)) => {
            let line = age_file::decrypt(sealed, opener)?;
            let line = std::str::from_utf8(&line).map_err(|_| Error::NoIdentity)?;
            age_file::identities(&SecretString::from(line))?
        }
    };
    age_file::decrypt_with(&archive.content, &identities)
}

/// What lies on the disk opens to what was to be written.
fn verify(written: &[u8], plaintext: &[u8], identity: &Identity, keys: Keys<'_>) -> Result<(), Error> {
    let wrong = |error: Error| Error::NotVerified(error.to_string());
    let archive = Archive::from_bytes(written).map_err(wrong)?;
    let read = match keys.passphrase {
        Some(passphrase) => open(&archive, Opener::Passphrase(passphrase)),
        // The recovery key is on paper; the backup's own identity opens the same bytes.
        None => age_file::decrypt_with(&archive.content, std::slice::from_ref(identity)),
    };
    let read = read.map_err(wrong)?;
    let content = Content::decode(&read).map_err(wrong)?;
    // BE without copies, or a copy of what lives in one place, would be a lie told to sites.
    let copyable = content.passkeys.iter().all(|record| record.kind == Kind::Synced);
    if *read != *plaintext || !copyable {
        return Err(Error::NotVerified("it holds something else".to_owned()));
    }
    Ok(())
}
