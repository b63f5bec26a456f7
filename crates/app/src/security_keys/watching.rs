//! Keys as they come and go.

use serde::Serialize;
use specta::Type;

use super::{KeyMedium, finding, naming};
use crate::{App, error::AppError};

/// A key that came or went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", tag = "event")]
pub enum KeyEvent {
    /// A key is there. Those that were there already are told of first.
    Plugged {
        /// Its id, as a list has it; where a key just like it is there too, the list has the port behind it.
        id: String,
        /// The person's label, else what it calls itself.
        name: String,
        /// What lies between.
        transport: KeyMedium,
        /// Its address.
        path: String,
    },
    /// The key at this address is gone.
    Unplugged {
        /// As it was told when the key came.
        path: String,
    },
}

impl App {
    /// Tells of the keys that are there, and of those that come and go, until it fails to or this is dropped. No key is
    /// asked anything, but for cards, which tell by nothing else what they are.
    ///
    /// # Errors
    /// Those of `tell`; `failed` where the labels cannot be read.
    pub async fn watch_security_keys(
        &self,
        mut tell: impl FnMut(KeyEvent) -> Result<(), AppError>,
    ) -> Result<(), AppError> {
        let mut keys = security_key::watch();
        loop {
            tell(match keys.next().await {
                security_key::Event::Unplugged { address } => KeyEvent::Unplugged { path: address },
                security_key::Event::Plugged(found) => {
                    let key = finding::identified(found).await;
                    let label = self.key_marks()?.of(&key.id).label;
                    KeyEvent::Plugged {
                        name: label.unwrap_or_else(|| naming::plain(&key.found.name)),
                        id: key.id,
                        transport: key.found.medium.into(),
                        path: key.found.address,
                    }
                }
            })?;
        }
    }
}
