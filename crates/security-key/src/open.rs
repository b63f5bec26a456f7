use crate::{Error, Hid, Nfc, Progress, Session, Transport, nfc};

/// A conversation with a key, whatever lies between.
pub type Key = Session<Box<dyn Transport>>;

/// Opens the key at an address: a device node, `pcsc:READER NAME` of one on a smart card reader, or, of an emulated
/// key, `tcp:ADDRESS` or `unix:PATH`. `progress` hears what the key is doing while a request is open.
///
/// The session belongs to the key that is there now: one that is unplugged answers nothing more, whatever stands at its
/// address next.
///
/// # Errors
/// [`Error::Gone`], [`Error::NoPermission`], [`Error::Busy`]; on a reader [`Error::Reader`], [`Error::NotAKey`].
pub async fn open(address: &str, progress: Progress) -> Result<Key, Error> {
    if let Some(reader) = address.strip_prefix(nfc::SCHEME) {
        let transport = Nfc::open(reader).await?.with_progress(progress);
        return Ok(Session::new(Box::new(transport)));
    }
    let transport = Hid::open(address).await?.with_progress(progress);
    Ok(Session::new(Box::new(transport)))
}
