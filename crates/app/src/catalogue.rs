//! The passkeys as the window scrolls and searches them: by pages, sorted by site and account.

use ::vault::{Filter, Page, Sort, Standing};
use authenticator::Kind;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{App, error::AppError, passkeys::Passkey, vault::explain};

/// Which passkeys are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PasskeyQuery {
    /// Every word of this stands in a site, name, note or tag. Case and accents do not matter.
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

impl App {
    /// A page of the vault's passkeys.
    ///
    /// # Errors
    /// `locked` and what else keeps the vault from being read.
    pub fn passkey_page(&self, query: &PasskeyQuery) -> Result<PasskeyPage, AppError> {
        let (offset, limit) = (query.offset as usize, query.limit as usize);
        let vault = self.open_vault()?;
        let page = vault.search(&query.words, &query.show.filter(), Sort::Site, offset, limit);
        let Page { total, items, tally } = page.map_err(explain)?;
        Ok(PasskeyPage {
            passkeys: items.into_iter().map(Passkey::from).collect(),
            found: number(total),
            all: number(tally.kept),
            not_backed_up: number(tally.not_backed_up),
            hidden: number(tally.hidden),
            put_aside: number(tally.put_aside),
        })
    }
}

impl Show {
    fn filter(self) -> Filter {
        match self {
            Self::All => Filter::default(),
            Self::DeviceBound => Filter { kind: Some(Kind::DeviceBound), ..Filter::default() },
            Self::Synced => Filter { kind: Some(Kind::Synced), ..Filter::default() },
            Self::Hidden => Filter { standings: vec![Standing::Hidden], ..Filter::default() },
            Self::PutAside => {
                Filter { standings: vec![Standing::Deleted, Standing::Replaced], ..Filter::default() }
            }
        }
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
