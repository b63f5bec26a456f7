use std::{
    ffi::{CString, c_char},
    ptr::null,
    sync::Arc,
    time::Duration,
};

use crate::{
    Card, Error, Watched,
    api::{Api, Dword, Handle, RawReaderState},
};

/// SCARD_SCOPE_SYSTEM
const SYSTEM: Dword = 2;

/// A connection to the service. Its clones are the same one; it ends with the last of them and of its cards.
///
/// Calls on one context wait for each other, [`Context::cancel`] alone does not: whoever waits for readers and speaks
/// to a card wants two.
#[derive(Clone)]
pub struct Context(Arc<Connection>);

struct Connection {
    api: &'static Api,
    handle: Handle,
}

impl Context {
    /// Connects to the service, which is started by that where the system does such things.
    ///
    /// # Errors
    /// [`Error::NoLibrary`], [`Error::NoService`], [`Error::Denied`].
    pub fn establish() -> Result<Self, Error> {
        let api = Api::get()?;
        let mut handle: Handle = 0;
        // SAFETY: the pointers that may be null are, and the handle is written to before the call returns.
        Error::check(unsafe { (api.establish_context)(SYSTEM, null(), null(), &raw mut handle) })?;
        Ok(Self(Arc::new(Connection { api, handle })))
    }

    /// The names of the readers, which is none where there are none.
    ///
    /// # Errors
    /// [`Error::NoService`] and what else the service says.
    pub fn readers(&self) -> Result<Vec<String>, Error> {
        // A reader may come between the two calls of one round.
        for _ in 0..3 {
            match self.list() {
                Err(Error::NoReader) => return Ok(Vec::new()),
                Err(Error::Unsupported) => {}
                listed => return listed,
            }
        }
        Err(Error::Unsupported)
    }

    fn list(&self) -> Result<Vec<String>, Error> {
        let mut length: Dword = 0;
        // SAFETY: without a buffer the call says how long it would have to be.
        Error::check(unsafe {
            (self.api().list_readers)(self.handle(), null(), std::ptr::null_mut(), &raw mut length)
        })?;
        let mut names = vec![0_u8; usize::try_from(length).unwrap_or_default()];
        // SAFETY: the buffer is as long as the length says, and the call writes no more than that.
        Error::check(unsafe {
            (self.api().list_readers)(
                self.handle(),
                null(),
                names.as_mut_ptr().cast::<c_char>(),
                &raw mut length,
            )
        })?;
        names.truncate(usize::try_from(length).unwrap_or_default());
        // One after another, each with a zero byte behind it, and one more behind all.
        let names = names.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        Ok(names.map(|name| String::from_utf8_lossy(name).into_owned()).collect())
    }

    /// Waits until a reader is otherwise than it was known to be, and notes how they all are now. `false` where the
    /// limit passed and nothing happened.
    ///
    /// # Errors
    /// [`Error::Cancelled`], [`Error::NoService`], and [`Error::UnknownReader`] for a reader that went meanwhile.
    pub fn wait(&self, readers: &mut [Watched], limit: Duration) -> Result<bool, Error> {
        let mut states: Vec<RawReaderState> = readers.iter().map(Watched::to_raw).collect();
        let count = Dword::try_from(states.len()).unwrap_or_default();
        // Zero and the greatest number have meanings of their own.
        let limit = Dword::try_from(limit.as_millis()).unwrap_or(Dword::MAX).clamp(1, 0x7FFF_FFFF);
        // SAFETY: the array is as long as the count says; the names that it points to live in `readers`.
        let answer = Error::check(unsafe {
            (self.api().get_status_change)(self.handle(), limit, states.as_mut_ptr(), count)
        });
        match answer {
            Ok(()) => {
                for (reader, state) in readers.iter_mut().zip(&states) {
                    reader.take(state);
                }
                Ok(true)
            }
            Err(Error::Timeout) => {
                readers.iter_mut().for_each(Watched::settle);
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Ends a wait that is under way in another thread. One that begins later is not ended by it.
    pub fn cancel(&self) {
        // SAFETY: the context lives, and this call is made for other threads. What it answers changes nothing.
        unsafe { (self.api().cancel)(self.handle()) };
    }

    /// Connects to the card on a reader, shared with other programs.
    ///
    /// # Errors
    /// [`Error::NoReader`], [`Error::UnknownReader`], [`Error::NoCard`], [`Error::Mute`], [`Error::InUse`].
    pub fn connect(&self, reader: &str) -> Result<Card, Error> {
        let unknown = || Error::UnknownReader(reader.to_owned());
        let name = CString::new(reader).map_err(|_| unknown())?;
        Card::connect(self, &name).map_err(|error| match error {
            Error::UnknownReader(_) => match self.readers() {
                Ok(readers) if readers.is_empty() => Error::NoReader,
                _ => unknown(),
            },
            error => error,
        })
    }

    pub(crate) fn api(&self) -> &'static Api {
        self.0.api
    }

    pub(crate) fn handle(&self) -> Handle {
        self.0.handle
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // SAFETY: the last one who could use the handle is gone. A service that is gone, too, has nothing to release.
        unsafe { (self.api.release_context)(self.handle) };
    }
}
