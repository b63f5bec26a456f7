//! A plan as both faces show it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use exchange::Format;
use serde::{Deserialize, Serialize};
use specta::Type;
use vault::{Choice, Standing};

use crate::{
    error::{AppError, Code},
    passkeys::Passkey,
    vault::explain,
};

/// What would become of the passkeys of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// Names it to [`App::import`](crate::App::import).
    pub plan: u32,
    /// The format's id; `backup` for a backup.
    pub format: String,
    /// The format's name for people.
    pub format_name: String,
    /// In the file's order.
    pub rows: Vec<Row>,
    /// What else the file holds and is not taken over, one plain sentence each.
    pub left_out: Vec<String>,
}

/// One passkey of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Where it stands in the file.
    pub place: String,
    /// Its site; absent where it cannot be read.
    pub rp_id: Option<String>,
    /// The account's name there.
    pub user_name: Option<String>,
    /// How it relates to what the vault holds.
    pub verdict: Verdict,
    /// The verdict in one plain sentence.
    pub reason: String,
    /// Whether it can be taken at all.
    pub can_be_taken: bool,
    /// Whether it will be.
    pub take: bool,
    /// Whether the file says BE; where it does not, BE is an assumption that can be changed.
    pub flags_known: bool,
    /// The passkey as it would be; absent where there can be none.
    pub passkey: Option<Passkey>,
    /// What was not lossless, one plain sentence each.
    pub notes: Vec<String>,
}

/// How a passkey of a file relates to what the vault holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The vault knows neither it nor its account.
    New,
    /// The vault holds another one for the same account; sites will be offered the file's.
    Newer,
    /// The vault holds another one for the same account; sites will go on being offered that.
    Older,
    /// The vault holds it, or an earlier row is the same.
    Duplicate,
    /// It is in the trash, from which it can be taken.
    InTrash,
    /// It cannot be taken over.
    Refused,
}

/// What a person wants of one row; what is absent stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RowChoice {
    /// The row, counted from 0.
    pub row: u32,
    /// Take it or leave it.
    pub take: Option<bool>,
    /// BE as its site saw it, where the file does not say.
    pub backup_eligible: Option<bool>,
    /// BS.
    pub backup_state: Option<bool>,
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Imported {
    /// The ids of the passkeys that came, base64url.
    pub added: Vec<String>,
    /// Those that were taken out of the trash.
    pub restored: Vec<String>,
    /// Those that were offered before and gave way to a newer one; they are kept.
    pub replaced: Vec<String>,
    /// How many rows were left.
    pub left: u32,
}

impl Plan {
    pub(super) fn of(number: u32, format: Option<Format>, plan: &::vault::Plan) -> Self {
        Self {
            plan: number,
            format: format.map_or("backup", Format::id).to_owned(),
            format_name: format.map_or("Latchkey backup", Format::name).to_owned(),
            rows: plan.rows.iter().map(Row::from).collect(),
            left_out: plan.left_out.clone(),
        }
    }
}

impl From<&::vault::Row> for Row {
    fn from(row: &::vault::Row) -> Self {
        let (verdict, reason) = verdict(&row.verdict);
        Self {
            place: row.place.clone(),
            rp_id: row.rp_id.clone(),
            user_name: row.user_name.clone(),
            verdict,
            reason,
            can_be_taken: row.verdict.can_be_taken(),
            take: row.choice == Choice::Take,
            flags_known: row.flags_known,
            passkey: row.passkey().map(Passkey::from),
            notes: row.notes.clone(),
        }
    }
}

fn verdict(verdict: &::vault::Verdict) -> (Verdict, String) {
    use ::vault::Verdict as Judged;

    let (word, reason) = match verdict {
        Judged::New => (Verdict::New, "It is new."),
        Judged::SameAccount { offered: true, .. } => (
            Verdict::Newer,
            "The vault holds an older one for this account; both stay, and sites are offered this one.",
        ),
        Judged::SameAccount { offered: false, .. } => (
            Verdict::Older,
            "The vault holds one for this account that is not older; both stay, and sites go on being offered that.",
        ),
        Judged::Duplicate(Standing::Hidden) => (Verdict::Duplicate, "The vault holds it, hidden."),
        Judged::Duplicate(Standing::Replaced) => {
            (Verdict::Duplicate, "The vault holds it, replaced by a newer one.")
        }
        Judged::Duplicate(_) => (Verdict::Duplicate, "The vault holds it already."),
        Judged::InTrash => (Verdict::InTrash, "The vault has it in the trash; take it to restore it."),
        Judged::Repeated(first) => {
            return (Verdict::Duplicate, format!("It is the same as row {}.", first + 1));
        }
        Judged::Refused(reason) => return (Verdict::Refused, reason.clone()),
    };
    (word, reason.to_owned())
}

impl RowChoice {
    /// Whether it can be made.
    pub(super) fn check(self, plan: &::vault::Plan) -> Result<(), AppError> {
        let row = plan.rows.get(self.row as usize).ok_or_else(|| {
            AppError::plain(
                Code::NotFound,
                format!("There is no row {}; the file has {}.", self.row + 1, plan.rows.len()),
            )
        })?;
        if row.verdict.can_be_taken() || self.take == Some(false) {
            return Ok(());
        }
        let (_, reason) = verdict(&row.verdict);
        Err(AppError::plain(Code::Usage, format!("Row {} cannot be taken. {reason}", self.row + 1)))
    }

    pub(super) fn make(self, plan: &mut ::vault::Plan) -> Result<(), AppError> {
        let Some(row) = plan.rows.get_mut(self.row as usize) else { return Ok(()) };
        if self.backup_eligible.is_some() || self.backup_state.is_some() {
            let Some(now) = row.passkey() else { return Ok(()) };
            let backup_eligible = self.backup_eligible.unwrap_or(now.backup_eligible);
            // BS follows BE where nobody says otherwise: a copy exists.
            let backup_state = self.backup_state.unwrap_or(backup_eligible);
            row.set_flags(backup_eligible, backup_state).map_err(explain)?;
        }
        match self.take {
            Some(true) => row.choose(Choice::Take).map_err(explain),
            Some(false) => row.choose(Choice::Leave).map_err(explain),
            None => Ok(()),
        }
    }
}

impl From<::vault::Imported> for Imported {
    fn from(imported: ::vault::Imported) -> Self {
        let ids = |ids: Vec<Vec<u8>>| ids.iter().map(|id| URL_SAFE_NO_PAD.encode(id)).collect();
        Self {
            added: ids(imported.added),
            restored: ids(imported.restored),
            replaced: ids(imported.replaced),
            left: u32::try_from(imported.left).unwrap_or(u32::MAX),
        }
    }
}
