//! The status byte that opens every response (CTAP 2.3 §8.2).

use std::fmt;

/// A CTAP status byte. Total over `u8`: a byte that nobody assigned is still a status.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Status(pub u8);

macro_rules! statuses {
    ($($name:ident = $byte:literal $text:literal;)*) => {
        impl Status {
            $(#[doc = $text] pub const $name: Self = Self($byte);)*

            /// The specification's name, where the byte has one.
            pub const fn name(self) -> Option<&'static str> {
                match self.0 { $($byte => Some(stringify!($name)),)* _ => None }
            }

            /// What the status says, in one plain clause.
            pub const fn meaning(self) -> &'static str {
                match self.0 { $($byte => $text,)* _ => "a status this program does not know" }
            }
        }
    };
}

statuses! {
    SUCCESS = 0x00 "done";
    INVALID_COMMAND = 0x01 "the command is not a CTAP command";
    INVALID_PARAMETER = 0x02 "a parameter has a value that is not allowed";
    INVALID_LENGTH = 0x03 "the message or a member has the wrong length";
    INVALID_SEQ = 0x04 "a packet came out of sequence";
    TIMEOUT = 0x05 "the message timed out";
    CHANNEL_BUSY = 0x06 "the key is busy with another program";
    LOCK_REQUIRED = 0x0A "the command needs a channel lock";
    INVALID_CHANNEL = 0x0B "the channel was not given out";
    CBOR_UNEXPECTED_TYPE = 0x11 "a member has the wrong CBOR type";
    INVALID_CBOR = 0x12 "the message is not canonical CBOR";
    MISSING_PARAMETER = 0x14 "a required member is missing";
    LIMIT_EXCEEDED = 0x15 "a limit of the key was exceeded";
    FP_DATABASE_FULL = 0x17 "no space for another fingerprint";
    LARGE_BLOB_STORAGE_FULL = 0x18 "no space for the large blob";
    CREDENTIAL_EXCLUDED = 0x19 "the key already holds a credential of the exclude list";
    PROCESSING = 0x21 "still processing";
    INVALID_CREDENTIAL = 0x22 "the credential is not of this key";
    USER_ACTION_PENDING = 0x23 "waiting for the person";
    OPERATION_PENDING = 0x24 "another operation is pending";
    NO_OPERATIONS = 0x25 "no operation is pending";
    UNSUPPORTED_ALGORITHM = 0x26 "none of the algorithms is supported";
    OPERATION_DENIED = 0x27 "the person declined";
    KEY_STORE_FULL = 0x28 "no space for another credential";
    UNSUPPORTED_OPTION = 0x2B "an option is not supported";
    INVALID_OPTION = 0x2C "an option is not valid for this command";
    KEEPALIVE_CANCEL = 0x2D "the command was cancelled";
    NO_CREDENTIALS = 0x2E "the key holds no matching credential";
    USER_ACTION_TIMEOUT = 0x2F "nobody answered in time";
    NOT_ALLOWED = 0x30 "the command is not allowed now";
    PIN_INVALID = 0x31 "the PIN is wrong";
    PIN_BLOCKED = 0x32 "the PIN is blocked; only a reset helps";
    PIN_AUTH_INVALID = 0x33 "the PIN/UV token or its proof is not valid";
    PIN_AUTH_BLOCKED = 0x34 "the PIN is blocked until the key is powered again";
    PIN_NOT_SET = 0x35 "no PIN is set";
    PUAT_REQUIRED = 0x36 "the command needs a PIN/UV token";
    PIN_POLICY_VIOLATION = 0x37 "the PIN does not follow the key's rules";
    REQUEST_TOO_LARGE = 0x39 "the request is larger than the key accepts";
    ACTION_TIMEOUT = 0x3A "the action timed out";
    UP_REQUIRED = 0x3B "the command needs a touch";
    UV_BLOCKED = 0x3C "built-in user verification is blocked";
    INTEGRITY_FAILURE = 0x3D "the stored data is not intact";
    INVALID_SUBCOMMAND = 0x3E "the subcommand is not known";
    UV_INVALID = 0x3F "built-in user verification failed";
    UNAUTHORIZED_PERMISSION = 0x40 "the permission is not granted";
    OTHER = 0x7F "an error without a name";
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (0x{:02X})", self.name().unwrap_or("?"), self.0)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (CTAP status 0x{:02X})", self.meaning(), self.0)
    }
}

impl std::error::Error for Status {}
