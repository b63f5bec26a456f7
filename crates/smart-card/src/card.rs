use std::{
    ffi::CStr,
    ptr::{from_ref, null_mut},
};

use crate::{
    Context, Error,
    api::{Dword, Handle, IoRequest, Long, MAX_ATR},
};

/// SCARD_SHARE_SHARED
const SHARED: Dword = 2;
/// SCARD_PROTOCOL_T0 and SCARD_PROTOCOL_T1: what the card likes better.
const ANY: Dword = 3;
/// The longest response of an extended command, with its status word.
const MAX_RESPONSE: usize = 65_536 + 2;

/// Attributes of a reader (PC/SC part 3 §3.1.1).
pub mod attribute {
    /// SCARD_ATTR_VENDOR_NAME: text.
    pub const VENDOR_NAME: u32 = 0x0001_0100;
    /// SCARD_ATTR_VENDOR_IFD_SERIAL_NO: text.
    pub const SERIAL_NUMBER: u32 = 0x0001_0103;
    /// SCARD_ATTR_ICC_TYPE_PER_ATR: one byte, 5 and above for cards without contacts.
    pub const CARD_TYPE: u32 = 0x0009_0304;
    /// SCARD_ATTR_MAXINPUT: the longest command APDU in bytes, a DWORD.
    pub const MAX_INPUT: u32 = 0x0007_A007;
}

/// How the bytes of an APDU travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// T=0, byte by byte: no extended lengths.
    T0,
    /// T=1, in blocks; cards without contacts, too.
    T1,
}

/// What becomes of a card that is let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// It stays as it is: other programs speak to it on.
    Leave,
    /// It starts anew, for all programs.
    Reset,
}

/// A card, connected. Dropping it leaves the card as it is.
pub struct Card {
    context: Context,
    handle: Handle,
    protocol: Dword,
    after: After,
}

impl Card {
    pub(crate) fn connect(context: &Context, reader: &CStr) -> Result<Self, Error> {
        let (mut handle, mut protocol): (Handle, Dword) = (0, 0);
        // SAFETY: the name ends with a zero byte, and both results are written to before the call returns.
        Error::check(unsafe {
            (context.api().connect)(
                context.handle(),
                reader.as_ptr(),
                SHARED,
                ANY,
                &raw mut handle,
                &raw mut protocol,
            )
        })?;
        Ok(Self { context: context.clone(), handle, protocol, after: After::Leave })
    }

    /// Connects anew, after [`Error::Reset`] or [`Error::Broken`], to the card as it is now.
    ///
    /// # Errors
    /// [`Error::Removed`], [`Error::NoCard`], [`Error::Mute`], [`Error::InUse`].
    pub fn reconnect(&mut self) -> Result<(), Error> {
        let leave = After::Leave.disposition();
        let (handle, protocol) = (self.handle, &raw mut self.protocol);
        // SAFETY: the handle is connected, and the protocol is written to before the call returns.
        Error::check(unsafe { (self.context.api().reconnect)(handle, SHARED, ANY, leave, protocol) })
    }

    /// How APDUs travel.
    pub fn protocol(&self) -> Protocol {
        if self.protocol == 1 { Protocol::T0 } else { Protocol::T1 }
    }

    /// The answer to reset.
    ///
    /// # Errors
    /// [`Error::Removed`], [`Error::Reset`].
    pub fn atr(&self) -> Result<Vec<u8>, Error> {
        let mut atr = vec![0; MAX_ATR];
        let mut length = length(atr.len());
        // Windows takes no null here.
        let (mut state, mut protocol, mut names): (Dword, Dword, Dword) = (0, 0, 0);
        // SAFETY: without room for the reader's names none are written; the ATR has the room that its length says.
        Error::check(unsafe {
            (self.context.api().status)(
                self.handle,
                null_mut(),
                &raw mut names,
                &raw mut state,
                &raw mut protocol,
                atr.as_mut_ptr(),
                &raw mut length,
            )
        })?;
        atr.truncate(usize::try_from(length).unwrap_or_default());
        Ok(atr)
    }

    /// Begins a transaction: until [`Card::end`] no other program speaks to the card. Waits for that of another.
    ///
    /// # Errors
    /// [`Error::Reset`] where another program reset the card, [`Error::Removed`].
    pub fn begin(&mut self) -> Result<(), Error> {
        self.call(self.context.api().begin_transaction)
    }

    /// Ends a transaction; the card stays as it is.
    pub fn end(&mut self) {
        // SAFETY: the handle is connected. A card that is gone has no transaction.
        unsafe { (self.context.api().end_transaction)(self.handle, After::Leave.disposition()) };
    }

    /// Sends a command APDU and resolves with the response APDU.
    ///
    /// # Errors
    /// [`Error::Removed`], [`Error::Reset`], [`Error::Broken`], [`Error::NoService`].
    pub fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, Error> {
        let request = IoRequest { protocol: self.protocol, length: length(size_of::<IoRequest>()) };
        let mut response = vec![0; MAX_RESPONSE];
        let mut received = length(response.len());
        // SAFETY: both buffers are as long as their lengths say; what the protocol's header receives may be null.
        Error::check(unsafe {
            (self.context.api().transmit)(
                self.handle,
                from_ref(&request),
                apdu.as_ptr(),
                length(apdu.len()),
                null_mut(),
                response.as_mut_ptr(),
                &raw mut received,
            )
        })?;
        response.truncate(usize::try_from(received).unwrap_or_default());
        Ok(response)
    }

    /// An attribute of the reader, where it tells it: see [`attribute`].
    pub fn attribute(&self, attribute: u32) -> Option<Vec<u8>> {
        let mut value = vec![0; 264];
        let mut length = length(value.len());
        // SAFETY: the buffer is as long as its length says.
        let answer = unsafe {
            (self.context.api().get_attribute)(
                self.handle,
                Dword::from(attribute),
                value.as_mut_ptr(),
                &raw mut length,
            )
        };
        Error::check(answer).ok()?;
        value.truncate(usize::try_from(length).unwrap_or_default());
        Some(value)
    }

    /// Lets go of the card.
    pub fn disconnect(mut self, after: After) {
        self.after = after;
    }

    fn call(&self, function: unsafe extern "system" fn(Handle) -> Long) -> Result<(), Error> {
        // SAFETY: the handle is connected, and the function takes nothing else.
        Error::check(unsafe { function(self.handle) })
    }
}

impl Drop for Card {
    fn drop(&mut self) {
        // SAFETY: the handle is connected. What a card that is gone answers changes nothing.
        unsafe { (self.context.api().disconnect)(self.handle, self.after.disposition()) };
    }
}

impl After {
    fn disposition(self) -> Dword {
        match self {
            Self::Leave => 0,
            Self::Reset => 1,
        }
    }
}

fn length(length: usize) -> Dword {
    Dword::try_from(length).unwrap_or(Dword::MAX)
}
