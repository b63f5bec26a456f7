use rusqlite::{Connection, ErrorCode, OptionalExtension as _, params};

use crate::{Error, Lab, Session};

/// The most characters of a name.
const LONGEST: usize = 64;

impl Lab {
    /// Gives the account that this browser is signed in to another name, and tells so.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`], [`Error::Name`], [`Error::NameTaken`], or from the database.
    pub fn rename_account(&self, session: &Session, name: &str, display_name: &str) -> Result<(), Error> {
        let (name, display_name) = names(name, display_name)?;
        let current = self.signed_in_as(session)?.ok_or(Error::NotSignedIn)?;
        let signal = {
            let connection = self.connection();
            let account = id(&connection, &current)?;
            let renamed = connection.execute(
                "UPDATE account SET name = ?2, display_name = ?3 WHERE id = ?1",
                params![account, name, display_name],
            );
            match renamed {
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                    return Err(Error::NameTaken(name.to_owned()));
                }
                renamed => renamed?,
            };
            self.current_user(&connection, account)?
        };
        self.tell(signal)
    }
}

/// The account called `name`.
pub(crate) fn id(connection: &Connection, name: &str) -> Result<i64, Error> {
    connection
        .query_row("SELECT id FROM account WHERE name = ?1", [name], |row| row.get(0))
        .optional()?
        .ok_or_else(|| Error::UnknownAccount(name.to_owned()))
}

/// Names as they are kept; the person's falls back to the account's.
pub(crate) fn names<'a>(name: &'a str, display_name: &'a str) -> Result<(&'a str, &'a str), Error> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST {
        return Err(Error::Name);
    }
    Ok((name, Some(display_name.trim()).filter(|given| !given.is_empty()).unwrap_or(name)))
}
