//! `passkey import`, `vault restore` and the window's import: a file is opened and judged row by row, a person
//! chooses, and all that was chosen comes in one transaction.
//!
//! The private keys stay in here between the two steps: a face gets a [`Plan`] without them, and its number.

mod file;
mod plan;

pub use file::{Opens, Secrets};
pub(crate) use file::{explain_exchange, opener};
pub use plan::{Imported, Plan, Row, RowChoice, Verdict};

use exchange::Format;
use std::path::Path;
use vault::Source;

use crate::{
    App, Change,
    app::lock,
    error::{AppError, Code},
    vault::explain,
};

/// A plan that waits for its person.
pub(crate) struct Pending {
    number: u32,
    format: Option<Format>,
    plan: ::vault::Plan,
}

impl App {
    /// What a file that is to be imported wants before it can be read.
    ///
    /// # Errors
    /// Where it is not there, too large or no file of age although it begins like one.
    pub fn import_opens(&self, file: &Path) -> Result<Opens, AppError> {
        file::opens(&file::read(file)?)
    }

    /// What would become of the passkeys in `file`; `format` is an [`id`](Format::id), found out where it is `None`.
    /// Changes nothing. The plan waits for [`App::import`]; only the newest one does.
    ///
    /// # Errors
    /// `locked`; `wrong-secret` where `secrets` do not open the file; what is wrong with the file.
    pub fn plan_import(
        &self,
        file: &Path,
        format: Option<&str>,
        secrets: &Secrets,
    ) -> Result<Plan, AppError> {
        let vault = self.open_vault()?;
        let bytes = file::open(file::read(file)?, secrets)?;
        let format = match format {
            Some(id) => known_format(id)?,
            None => Format::detect(&bytes).ok_or_else(|| {
                AppError::new(
                    Code::Failed,
                    format!("{} is of no format that is known here.", file.display()),
                    "Name its format with --format if you know it: cxf, kdbx, keepassxc, bitwarden, proton, \
                     webdriver or cdp.",
                )
            })?,
        };
        let document = file::document(format, &bytes, secrets)?;
        let source = Source { name: format.id(), backup_eligible: assumed_backup_eligible(format) };
        let plan = vault.plan_import(document, source).map_err(explain)?;
        Ok(self.wait_for_choices(Some(format), plan))
    }

    /// Changes what becomes of some rows of a plan.
    ///
    /// # Errors
    /// `not-found` for a plan or row that is not there; `usage` for a choice that the row does not have. Then
    /// nothing of `choices` is done.
    pub fn choose_import(&self, plan: u32, choices: &[RowChoice]) -> Result<Plan, AppError> {
        let mut pending = lock(&self.import);
        let pending = pending.as_mut().filter(|pending| pending.number == plan).ok_or_else(no_plan)?;
        for choice in choices {
            choice.check(&pending.plan)?;
        }
        for choice in choices {
            choice.make(&mut pending.plan)?;
        }
        Ok(Plan::of(plan, pending.format, &pending.plan))
    }

    /// Does what the plan says, all of it or nothing. The plan is used up.
    ///
    /// # Errors
    /// `not-found` for a plan that is not there; `locked`; where the vault changed meanwhile.
    pub fn import(&self, plan: u32) -> Result<Imported, AppError> {
        let vault = self.open_vault()?;
        let pending = {
            let mut waiting = lock(&self.import);
            waiting.take_if(|waiting| waiting.number == plan).ok_or_else(no_plan)?
        };
        let imported = vault.import(&pending.plan).map_err(explain)?;
        self.changed(Change::Passkeys);
        Ok(imported.into())
    }

    /// Forgets the plan that waits, and the private keys in it.
    pub fn cancel_import(&self) {
        *lock(&self.import) = None;
    }

    /// Keeps the plan, in place of an earlier one.
    pub(crate) fn wait_for_choices(&self, format: Option<Format>, plan: ::vault::Plan) -> Plan {
        let mut waiting = lock(&self.import);
        let number = waiting.as_ref().map_or(1, |earlier| earlier.number.wrapping_add(1));
        let shown = Plan::of(number, format, &plan);
        *waiting = Some(Pending { number, format, plan });
        shown
    }
}

/// The format of an id.
pub(crate) fn known_format(id: &str) -> Result<Format, AppError> {
    Format::of_id(id).ok_or_else(|| {
        let ids: Vec<_> = Format::ALL.into_iter().map(Format::id).collect();
        AppError::new(
            Code::Usage,
            format!("There is no format with the name {id}."),
            format!("Choose one of {}.", ids.join(", ")),
        )
    })
}

/// BE where a file does not say it: what the programs of its format made when they left it out. KeePassXC up to
/// 2.7.11 made BE 0 and wrote no flag; a virtual authenticator has BE 0 unless it is told otherwise (WebAuthn
/// §11.3).
fn assumed_backup_eligible(format: Format) -> bool {
    match format {
        Format::KeePassXc | Format::Kdbx | Format::WebDriver | Format::Cdp => false,
        Format::Cxf | Format::Bitwarden | Format::Proton | Format::Csv => true,
    }
}

fn no_plan() -> AppError {
    AppError::new(Code::NotFound, "This import is not waiting any more.", "Open the file again.")
}
