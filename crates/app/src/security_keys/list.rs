//! The keys as a face shows them (`key list`).

use ctap::get_info;
use security_key::Medium;
use serde::Serialize;
use specta::Type;
use tokio::task::JoinSet;

use super::{Colour, FoundKey, KeyRequest, Mark, OpenKey, choosing, naming, opening};
use crate::{
    App,
    error::{AppError, Code},
    passkeys::uuid,
};

/// A key in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeySummary {
    /// Its id: the same after a replug.
    pub id: String,
    /// What it is called: the person's label, else its model, else what it calls itself.
    pub name: String,
    /// The person's label.
    pub label: Option<String>,
    /// What metadata calls its model.
    pub model: Option<String>,
    /// The person's colour.
    pub colour: Option<Colour>,
    /// What lies between.
    pub transport: KeyMedium,
    /// Its address.
    pub path: String,
    /// The USB vendor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor_id: Option<u16>,
    /// The vendor's product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_id: Option<u16>,
    /// Who it says made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manufacturer: Option<String>,
    /// What it calls itself.
    pub product: String,
    /// What ought to tell it from others of its model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// Its model as a UUID; none of a key that knows U2F alone, or that could not be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aaguid: Option<String>,
    /// What it speaks, as getInfo states it.
    pub versions: Vec<String>,
    /// Nothing but its port tells it from another key that is there: their labels may swap.
    pub alike: bool,
    /// Why it could not be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<AppError>,
}

/// What lies between this program and a key, as a list shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum KeyMedium {
    /// A USB port.
    Usb,
    /// The field of a reader without contacts.
    Nfc,
    /// The contacts of a reader.
    SmartCard,
    /// A socket of an emulated key.
    Socket,
}

impl From<Medium> for KeyMedium {
    fn from(medium: Medium) -> Self {
        match medium {
            Medium::Usb => Self::Usb,
            Medium::Nfc => Self::Nfc,
            Medium::Contact => Self::SmartCard,
            Medium::Socket | Medium::InProcess => Self::Socket,
        }
    }
}

impl App {
    /// The keys that are there, each asked what it is; those that a request means where it names one. A key that
    /// cannot be asked is listed with the reason.
    ///
    /// # Errors
    /// `not-found` where the request names a key that is not there.
    pub async fn security_keys(&self, request: &KeyRequest) -> Result<Vec<KeySummary>, AppError> {
        let marks = self.key_marks()?;
        let keys = match choosing::meant(&marks, request).await {
            Err(error) if error.code == Code::DeviceGone && request.key.is_none() => Vec::new(),
            keys => keys?,
        };
        let mut asked = JoinSet::new();
        for (place, key) in keys.into_iter().enumerate() {
            let request = request.clone();
            asked.spawn(async move { (place, key.clone(), opening::open(key, &request).await) });
        }
        let mut asked = asked.join_all().await;
        asked.sort_by_key(|(place, ..)| *place);
        let summaries = asked.into_iter().map(|(_, key, opened)| {
            let mark = marks.of(&key.id);
            let model = opened.as_ref().ok().and_then(|opened| self.model_name(&opened.info));
            KeySummary::of(key, opened.as_ref().map_err(Clone::clone), mark, model)
        });
        Ok(summaries.collect())
    }
}

impl App {
    /// An open key as a list shows it.
    ///
    /// # Errors
    /// `failed` where the file of labels cannot be understood.
    pub fn key_summary(&self, key: &OpenKey) -> Result<KeySummary, AppError> {
        let known = FoundKey { found: key.found.clone(), id: key.id.clone() };
        let marks = self.key_marks()?;
        Ok(KeySummary::of(known, Ok(key), marks.of(&key.id), self.model_name(&key.info)))
    }

    /// What metadata calls the model of a key, where it knows it.
    fn model_name(&self, info: &get_info::Response) -> Option<String> {
        self.model_of(info.aaguid).map(|model| model.name)
    }
}

impl KeySummary {
    fn of(key: FoundKey, opened: Result<&OpenKey, AppError>, mark: Mark, model: Option<String>) -> Self {
        let product = naming::plain(&key.found.name);
        let ctap2 = opened.as_ref().ok().filter(|key| key.speaks_ctap2());
        Self {
            name: mark.label.clone().or_else(|| model.clone()).unwrap_or_else(|| product.clone()),
            label: mark.label,
            colour: mark.colour,
            model,
            transport: key.found.medium.into(),
            vendor_id: key.found.vendor_id,
            product_id: key.found.product_id,
            manufacturer: key.found.manufacturer.as_deref().map(naming::plain),
            product,
            serial: key.found.serial.as_deref().map(naming::plain),
            aaguid: ctap2.map(|key| uuid(key.info.aaguid)),
            versions: opened.as_ref().map(|key| key.info.versions.clone()).unwrap_or_default(),
            alike: key.alike(),
            id: key.id,
            path: key.found.address,
            error: opened.err(),
        }
    }
}
