//! The passkeys as the window scrolls and searches them: by pages, sorted by site and account.

use serde::{Deserialize, Serialize};
use specta::Type;
use std::sync::Arc;

use crate::{
    App,
    app::lock,
    error::AppError,
    passkeys::{Passkey, PasskeyKind, Standing},
    vault::explain,
};

/// Which passkeys are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PasskeyQuery {
    /// Every word of this stands in a site, name, note or tag. Upper and lower case do not matter.
    pub words: String,
    /// Which of them.
    pub show: Show,
    /// How many are passed over.
    pub offset: u32,
    /// How many at most.
    pub limit: u32,
}

/// A part of the vault.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Show {
    /// All that was not put aside.
    #[default]
    All,
    /// The device-bound ones of these.
    DeviceBound,
    /// The synced ones of these.
    Synced,
    /// Those that no site is offered, though they were not put aside.
    Hidden,
    /// The trash, and what was replaced.
    PutAside,
}

/// A part of the answer, and how much of it there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PasskeyPage {
    /// The passkeys from the asked offset on.
    pub passkeys: Vec<Passkey>,
    /// How many the words and the part leave.
    pub found: u32,
    /// How many were not put aside, whatever was asked.
    pub all: u32,
    /// How many of these could be copied and are not: one lost computer away from being lost.
    pub not_backed_up: u32,
    /// How many of these are hidden.
    pub hidden: u32,
    /// How many are in the trash or were replaced.
    pub put_aside: u32,
}

/// The passkeys of one revision of the vault, in their order, each with the text that is searched.
pub(crate) struct Catalogue {
    revision: u64,
    entries: Vec<(String, Passkey)>,
}

impl App {
    /// A page of the vault's passkeys.
    ///
    /// # Errors
    /// `locked` and what else keeps the vault from being read.
    pub fn passkey_page(&self, query: &PasskeyQuery) -> Result<PasskeyPage, AppError> {
        let catalogue = self.catalogue()?;
        let words: Vec<_> = query.words.split_whitespace().map(str::to_lowercase).collect();
        let found = || {
            catalogue
                .entries
                .iter()
                .filter(|(_, passkey)| query.show.holds(passkey))
                .filter(|(text, _)| words.iter().all(|word| text.contains(word.as_str())))
        };
        let (offset, limit) = (query.offset as usize, query.limit as usize);
        let count = |part: &dyn Fn(&Passkey) -> bool| {
            let counted = catalogue.entries.iter().filter(|(_, passkey)| part(passkey)).count();
            u32::try_from(counted).unwrap_or(u32::MAX)
        };
        Ok(PasskeyPage {
            passkeys: found().skip(offset).take(limit).map(|(_, passkey)| passkey.clone()).collect(),
            found: u32::try_from(found().count()).unwrap_or(u32::MAX),
            all: count(&|passkey| Show::All.holds(passkey)),
            not_backed_up: count(&|passkey| {
                Show::All.holds(passkey) && passkey.backup_eligible && !passkey.backup_state
            }),
            hidden: count(&|passkey| Show::Hidden.holds(passkey)),
            put_aside: count(&|passkey| Show::PutAside.holds(passkey)),
        })
    }

    /// Read anew only where the vault has changed. It holds no secret, but goes when the vault is locked.
    fn catalogue(&self) -> Result<Arc<Catalogue>, AppError> {
        let vault = match self.open_vault() {
            Ok(vault) => vault,
            Err(error) => {
                *lock(&self.catalogue) = None;
                return Err(error);
            }
        };
        let revision = vault.revision().map_err(explain)?;
        let mut kept = lock(&self.catalogue);
        if let Some(catalogue) = kept.as_ref().filter(|kept| kept.revision == revision) {
            return Ok(Arc::clone(catalogue));
        }
        let passkeys = vault.passkeys().map_err(explain)?.into_iter();
        let passkeys = passkeys.chain(vault.put_aside().map_err(explain)?).map(Passkey::from);
        let mut entries: Vec<_> = passkeys.map(|passkey| (passkey.searched(), passkey)).collect();
        entries.sort_by(|(_, one), (_, other)| {
            (&one.rp_id, &one.user_name, &one.id).cmp(&(&other.rp_id, &other.user_name, &other.id))
        });
        let catalogue = Arc::new(Catalogue { revision, entries });
        *kept = Some(Arc::clone(&catalogue));
        Ok(catalogue)
    }
}

impl Show {
    fn holds(self, passkey: &Passkey) -> bool {
        let aside = matches!(passkey.standing, Standing::Deleted | Standing::Replaced);
        match self {
            Self::All => !aside,
            Self::DeviceBound => !aside && passkey.kind == PasskeyKind::DeviceBound,
            Self::Synced => !aside && passkey.kind == PasskeyKind::Synced,
            Self::Hidden => passkey.standing == Standing::Hidden,
            Self::PutAside => aside,
        }
    }
}
