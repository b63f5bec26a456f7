//! Passkeys on their way into a file.

use authenticator::{Kind, PrivateKey};
use exchange::{HmacSecret, LargeBlob};
use zeroize::Zeroizing;

use crate::{
    error::Error,
    passkey::Passkey,
    record::{Record, Standing},
    vault::Vault,
};

/// Which passkeys are exported.
#[derive(Clone, Copy, Debug)]
pub enum Selection<'a> {
    /// All that sites know: those that are offered or hidden.
    All,
    /// Those with these credential ids, wherever they stand.
    These(&'a [Vec<u8>]),
}

/// What an export takes along.
pub struct Exported {
    /// Ready for a file, oldest first.
    pub passkeys: Vec<exchange::Passkey>,
    /// What stays, and why.
    pub left_out: Vec<(Passkey, Reason)>,
}

/// Why a passkey is not exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It lives in one place.
    DeviceBound,
    /// Its site has counted so many signatures (CXF 1.0, Passkey: such a passkey is left out).
    Counted(u32),
}

/// A passkey of which there may be copies: there is no other way out of the vault for a private key than through
/// here.
pub(crate) struct Copyable<'a>(&'a Record);

impl Record {
    /// Itself, where its kind says that there may be copies.
    pub(crate) fn copyable(&self) -> Result<Copyable<'_>, Reason> {
        match (self.kind, self.counted()) {
            (Kind::DeviceBound, _) => Err(Reason::DeviceBound),
            (Kind::Synced, 0) => Ok(Copyable(self)),
            (Kind::Synced, count) => Err(Reason::Counted(count)),
        }
    }
}

impl Vault {
    /// The passkeys of `selection` with their private keys.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::Damaged`]; [`Error::Refused`] for an id that the vault does not hold.
    pub fn export(&self, selection: Selection<'_>) -> Result<Exported, Error> {
        self.read(|session| {
            let mut exported = Exported { passkeys: Vec::new(), left_out: Vec::new() };
            let found = match selection {
                Selection::All => {
                    let mut all = session.passkeys()?;
                    all.retain(|stored| {
                        matches!(stored.record.standing(), Standing::Offered | Standing::Hidden)
                    });
                    all
                }
                Selection::These(ids) => {
                    let found = ids.iter().map(|id| session.passkey(id)?.ok_or(Error::Refused(NOT_HELD)));
                    found.collect::<Result<_, _>>()?
                }
            };
            for stored in found {
                match stored.record.copyable() {
                    Ok(copyable) => exported.passkeys.push(copyable.passkey()?),
                    Err(reason) => exported.left_out.push((Passkey::from(&stored.record), reason)),
                }
            }
            Ok(exported)
        })
    }
}

const NOT_HELD: &str = "the vault holds no passkey with one of these ids";

impl Copyable<'_> {
    fn passkey(&self) -> Result<exchange::Passkey, Error> {
        let record = self.0;
        let damaged = || Error::Damaged("a passkey has a key that this version does not know".to_owned());
        let key = PrivateKey::from_bytes(record.algorithm, record.key.expose()).ok_or_else(damaged)?;
        let mut passkey = exchange::Passkey::from_pkcs8(
            key.to_pkcs8().ok_or_else(damaged)?,
            record.credential_id.clone(),
            record.rp_id.as_str(),
            record.user_handle.clone(),
        )
        .map_err(Error::Damaged)?;
        passkey.rp_name.clone_from(&record.rp_name);
        passkey.user_name.clone_from(&record.user_name);
        passkey.user_display_name.clone_from(&record.user_display_name);
        passkey.sign_count = Some(0);
        passkey.discoverable = Some(record.discoverable);
        passkey.backup_eligible = Some(record.backup_eligible);
        passkey.backup_state = Some(record.backup_state);
        passkey.created_at = Some(record.created_at);
        passkey.last_used_at = record.last_used_at;
        passkey.hmac_secret = record.hmac_secret.as_ref().map(|seeds| HmacSecret {
            with_uv: Zeroizing::new(*seeds.with_uv.expose()),
            without_uv: Some(Zeroizing::new(*seeds.without_uv.expose())),
        });
        passkey.cred_blob.clone_from(&record.cred_blob);
        passkey.large_blob = record
            .large_blob
            .as_ref()
            .map(|blob| LargeBlob { compressed: blob.compressed.clone(), original_size: blob.original_size });
        passkey.third_party_payment = record.third_party_payment;
        passkey.notes.clone_from(&record.notes);
        passkey.tags.clone_from(&record.tags);
        passkey.aaguid = Some(record.aaguid);
        record.foreign.as_ref().map_or(Ok(()), |foreign| foreign.give(&mut passkey))?;
        Ok(passkey)
    }
}
