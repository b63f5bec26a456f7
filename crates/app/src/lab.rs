//! `lab serve` and the Lab room: the relying party on this machine.

use serde::Serialize;
use specta::Type;
use std::sync::Arc;

use crate::{
    App, Change,
    app::lock,
    error::{AppError, Code},
    signals,
    vault::known_vault,
};

/// The port where nobody names another.
pub const DEFAULT_PORT: u16 = 8443;

/// The lab as the window shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LabStatus {
    /// Whether it serves.
    pub running: bool,
    /// Where.
    pub url: Option<String>,
    /// Why it stopped, where it did so by itself.
    pub error: Option<AppError>,
}

impl App {
    /// Starts the lab on `port`; 0 takes a free one. Its accounts live in the data folder.
    ///
    /// # Errors
    /// `busy` where the port is in use, `failed` where its database cannot be opened.
    pub async fn start_lab(&self, port: u16) -> Result<LabStatus, AppError> {
        if lock(&self.lab).is_none() {
            let running = ::lab::serve(::lab::ServerConfig {
                port,
                database: ::lab::Database::File(self.folder().join("lab.sqlite")),
            })
            .await
            .map_err(|error| explain(&error))?;
            running.lab().on_signal(self.signal_listener());
            *lock(&self.lab) = Some(running);
            self.changed(Change::Lab);
        }
        Ok(self.lab_status())
    }

    /// Does in the vault what the lab says, from whichever thread serves.
    fn signal_listener(&self) -> ::lab::Listener {
        let (vault, folder, changes) = (Arc::clone(&self.vault), self.folder().to_owned(), self.changes());
        Box::new(move |signal| {
            let effect = signals::heed(known_vault(&vault, &folder).ok().flatten().as_ref(), signal);
            // Nobody listening is fine, as in `App::changed`.
            let _ = changes.send(Change::Passkeys);
            effect
        })
    }

    /// Stops it; nothing where it does not run.
    pub async fn stop_lab(&self) {
        let running = lock(&self.lab).take();
        if let Some(running) = running {
            running.stop().await;
            self.changed(Change::Lab);
        }
    }

    /// Whether it serves, and where.
    pub fn lab_status(&self) -> LabStatus {
        let url = lock(&self.lab).as_ref().map(|running| running.url().to_owned());
        LabStatus { running: url.is_some(), url, error: None }
    }
}

pub(crate) fn explain(error: &::lab::Error) -> AppError {
    let code = if matches!(error, ::lab::Error::PortInUse { .. }) { Code::Busy } else { Code::Failed };
    AppError { hint: error.hint(), ..AppError::plain(code, error.to_string()) }
}
