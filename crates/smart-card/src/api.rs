//! The functions of the system's PC/SC library, by their names, and the types that they take on each system.

use std::{
    error::Error as _,
    ffi::{c_char, c_void},
    sync::OnceLock,
};

use libloading::Library;

use crate::Error;

/// LONG and DWORD: pcsc-lite takes the C types of these names, 64 bits wide on most machines; Windows and macOS have
/// 32 bits everywhere.
#[cfg(not(any(windows, target_os = "macos")))]
mod width {
    pub(crate) type Long = std::ffi::c_long;
    pub(crate) type Dword = std::ffi::c_ulong;
}
#[cfg(any(windows, target_os = "macos"))]
mod width {
    pub(crate) type Long = i32;
    pub(crate) type Dword = u32;
}
pub(crate) use width::{Dword, Long};

/// SCARDCONTEXT and SCARDHANDLE.
#[cfg(not(windows))]
pub(crate) type Handle = Long;
/// SCARDCONTEXT and SCARDHANDLE: ULONG_PTR.
#[cfg(windows)]
pub(crate) type Handle = usize;

/// MAX_ATR_SIZE
#[cfg(not(windows))]
pub(crate) const MAX_ATR: usize = 33;
/// The length of rgbAtr, which is padded.
#[cfg(windows)]
pub(crate) const MAX_ATR: usize = 36;

#[cfg(target_os = "macos")]
const FILE: &str = "/System/Library/Frameworks/PCSC.framework/PCSC";
#[cfg(windows)]
const FILE: &str = "winscard.dll";
#[cfg(not(any(windows, target_os = "macos")))]
const FILE: &str = "libpcsclite.so.1";

/// SCARD_READERSTATE. Apple's header packs it.
#[cfg_attr(not(target_os = "macos"), repr(C))]
#[cfg_attr(target_os = "macos", repr(C, packed))]
pub(crate) struct RawReaderState {
    pub(crate) reader: *const c_char,
    pub(crate) user_data: *mut c_void,
    pub(crate) current_state: Dword,
    pub(crate) event_state: Dword,
    pub(crate) atr_length: Dword,
    pub(crate) atr: [u8; MAX_ATR],
}

/// SCARD_IO_REQUEST
#[repr(C)]
pub(crate) struct IoRequest {
    pub(crate) protocol: Dword,
    pub(crate) length: Dword,
}

/// Names of functions that take text have an A behind them on Windows: bytes, no UTF-16.
#[cfg(windows)]
macro_rules! of_text {
    ($name:literal) => {
        concat!($name, "A\0")
    };
}
#[cfg(not(windows))]
macro_rules! of_text {
    ($name:literal) => {
        concat!($name, "\0")
    };
}

macro_rules! functions {
    ($($(#[$doc:meta])* $field:ident = $name:expr => ($($argument:ty),*);)*) => {
        /// The library, open for as long as the program runs.
        pub(crate) struct Api {
            $($(#[$doc])* pub(crate) $field: unsafe extern "system" fn($($argument),*) -> Long,)*
            /// What the pointers above point into.
            _library: Library,
        }

        impl Api {
            fn of(library: Library) -> Result<Self, libloading::Error> {
                Ok(Self {
                    // SAFETY: these are the signatures of winscard.h for this system; the pointers stand beside the
                    // library that they point into, which outlives them there.
                    $($field: unsafe { *library.get($name.as_bytes())? },)*
                    _library: library,
                })
            }
        }
    };
}

functions! {
    establish_context = "SCardEstablishContext\0" => (Dword, *const c_void, *const c_void, *mut Handle);
    release_context = "SCardReleaseContext\0" => (Handle);
    cancel = "SCardCancel\0" => (Handle);
    list_readers = of_text!("SCardListReaders") => (Handle, *const c_char, *mut c_char, *mut Dword);
    get_status_change = of_text!("SCardGetStatusChange") => (Handle, Dword, *mut RawReaderState, Dword);
    connect = of_text!("SCardConnect") => (Handle, *const c_char, Dword, Dword, *mut Handle, *mut Dword);
    reconnect = "SCardReconnect\0" => (Handle, Dword, Dword, Dword, *mut Dword);
    disconnect = "SCardDisconnect\0" => (Handle, Dword);
    begin_transaction = "SCardBeginTransaction\0" => (Handle);
    end_transaction = "SCardEndTransaction\0" => (Handle, Dword);
    status = of_text!("SCardStatus") =>
        (Handle, *mut c_char, *mut Dword, *mut Dword, *mut Dword, *mut u8, *mut Dword);
    transmit = "SCardTransmit\0" =>
        (Handle, *const IoRequest, *const u8, Dword, *mut IoRequest, *mut u8, *mut Dword);
    get_attribute = "SCardGetAttrib\0" => (Handle, Dword, *mut u8, *mut Dword);
}

impl Api {
    /// The library of this system. One that is installed while the program runs is found, too.
    pub(crate) fn get() -> Result<&'static Self, Error> {
        static API: OnceLock<Api> = OnceLock::new();
        if let Some(api) = API.get() {
            return Ok(api);
        }
        let found = open().and_then(Self::of).map_err(|error| Error::NoLibrary(why(&error)))?;
        Ok(API.get_or_init(|| found))
    }
}

/// Which call failed is of no use; what the system said to it is.
fn why(error: &libloading::Error) -> String {
    let said = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    if said.contains(FILE) { said } else { format!("{FILE}: {said}") }
}

#[cfg(not(windows))]
fn open() -> Result<Library, libloading::Error> {
    // SAFETY: what this library runs when it is opened is fit for any thread and time, as for the programs that are
    // linked with it.
    unsafe { Library::new(FILE) }
}

#[cfg(windows)]
fn open() -> Result<Library, libloading::Error> {
    use libloading::os::windows::{LOAD_LIBRARY_SEARCH_SYSTEM32, Library as System};
    // SAFETY: as on other systems; and the file is Windows' own, not one that lies beside the program.
    unsafe { System::load_with_flags(FILE, LOAD_LIBRARY_SEARCH_SYSTEM32).map(Library::from) }
}
