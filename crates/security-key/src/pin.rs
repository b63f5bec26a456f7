use ctap::get_info;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, Zeroizing};

/// A PIN as keys compare it: in Normalization Form C, so that one PIN typed on two keyboards is one PIN (CTAP 2.3
/// §6.5.1). Wiped when dropped, never printed.
#[derive(Clone)]
pub struct Pin(Zeroizing<String>);

/// What a key asks of a new PIN, told before anybody types one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinRules {
    /// The fewest characters, in code points (`minPINLength`).
    pub min_length: u64,
    /// The most characters, in code points (`maxPINLength`).
    pub max_length: u64,
    /// The most bytes of UTF-8: fewer characters fit where they are not plain letters and digits.
    pub max_bytes: usize,
    /// The key refuses PINs that are easily guessed, by rules of its own (`pinComplexityPolicy`).
    pub complexity: bool,
    /// Where those rules can be read (`pinComplexityPolicyURL`).
    pub complexity_url: Option<String>,
    /// The PIN that is set has to be changed before the key takes it again (`forcePINChange`).
    pub change_forced: bool,
}

/// Why a text can be no PIN of a key. No key was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PinFault {
    /// In code points.
    #[error("The PIN has {length} characters; the key wants {least} at least.")]
    TooShort {
        /// What it has.
        length: u64,
        /// What it should have.
        least: u64,
    },
    /// In code points.
    #[error("The PIN has {length} characters; the key takes {most} at most.")]
    TooLong {
        /// What it has.
        length: u64,
        /// What it may have.
        most: u64,
    },
    /// In bytes of UTF-8.
    #[error(
        "The PIN takes {bytes} bytes, and a key keeps {most} at most. Letters with accents and other scripts take more than one each."
    )]
    TooManyBytes {
        /// What it takes.
        bytes: usize,
        /// What it may take.
        most: usize,
    },
    /// A PIN is padded with zeroes, so the ones at its end would be lost.
    #[error("The PIN ends in a character of value zero, which keys cut off.")]
    EndsInZero,
}

/// A PIN is padded with zeroes to this length, and one of them must be there (§6.5.5.5).
const PADDED: usize = 64;
/// Also before CTAP 2.1, when it was counted in bytes, no PIN was shorter.
const LEAST: u64 = 4;

impl Pin {
    /// A PIN to be set, by the rules of the key.
    ///
    /// # Errors
    /// The first rule that it does not follow.
    pub fn new(typed: &SecretString, rules: &PinRules) -> Result<Self, PinFault> {
        let pin = Self::normalized(typed);
        let length = pin.0.chars().count() as u64;
        if length < rules.min_length {
            return Err(PinFault::TooShort { length, least: rules.min_length });
        }
        if length > rules.max_length {
            return Err(PinFault::TooLong { length, most: rules.max_length });
        }
        pin.fitting(rules.max_bytes)
    }

    /// A PIN that is set already: the rules may have become stricter since, so only what can be no PIN of any key is
    /// refused, and costs no try.
    ///
    /// # Errors
    /// What no PIN can be.
    pub fn existing(typed: &SecretString) -> Result<Self, PinFault> {
        let pin = Self::normalized(typed);
        let bytes = pin.0.len() as u64;
        if bytes < LEAST {
            return Err(PinFault::TooShort { length: bytes, least: LEAST });
        }
        pin.fitting(PADDED - 1)
    }

    fn normalized(typed: &SecretString) -> Self {
        let typed = typed.expose_secret();
        // Room for the longest that normalization can make of it: a string that grew would leave copies behind.
        let mut pin = Zeroizing::new(String::with_capacity(typed.len().saturating_mul(3)));
        pin.extend(typed.nfc());
        Self(pin)
    }

    fn fitting(self, most: usize) -> Result<Self, PinFault> {
        if self.0.len() > most {
            return Err(PinFault::TooManyBytes { bytes: self.0.len(), most });
        }
        if self.0.ends_with('\0') { Err(PinFault::EndsInZero) } else { Ok(self) }
    }

    /// The newPin of §6.5.5.5: padded with zeroes.
    pub(crate) fn padded(&self) -> Zeroizing<[u8; PADDED]> {
        let mut padded = Zeroizing::new([0; PADDED]);
        padded.iter_mut().zip(self.0.bytes()).for_each(|(to, from)| *to = from);
        padded
    }

    /// LEFT(SHA-256(PIN), 16)
    pub(crate) fn hash(&self) -> Zeroizing<[u8; 16]> {
        let mut digest: [u8; 32] = Sha256::digest(self.0.as_bytes()).into();
        let left = Zeroizing::new(digest.first_chunk().copied().unwrap_or_default());
        digest.zeroize();
        left
    }
}

impl PinRules {
    /// What a key states, and the specification where it does not (§6.4, §6.5.1).
    pub fn of(info: &get_info::Response) -> Self {
        let url = info.pin_complexity_policy_url.as_deref();
        Self {
            min_length: info.min_pin_length.unwrap_or(LEAST).max(LEAST),
            max_length: info.max_pin_length.unwrap_or(PADDED as u64 - 1),
            max_bytes: PADDED - 1,
            complexity: info.pin_complexity_policy == Some(true),
            complexity_url: url.and_then(|url| String::from_utf8(url.to_vec()).ok()),
            change_forced: info.force_pin_change == Some(true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> PinRules {
        PinRules::of(&get_info::Response::default())
    }

    fn new(typed: &str) -> Result<Pin, PinFault> {
        Pin::new(&typed.into(), &rules())
    }

    #[test]
    fn a_key_that_states_nothing_has_the_rules_of_the_specification() {
        let none = PinRules {
            min_length: 4,
            max_length: 63,
            max_bytes: 63,
            complexity: false,
            complexity_url: None,
            change_forced: false,
        };
        assert_eq!(rules(), none);
        let info = get_info::Response {
            force_pin_change: Some(true),
            min_pin_length: Some(6),
            max_pin_length: Some(8),
            pin_complexity_policy: Some(true),
            pin_complexity_policy_url: Some(b"https://example.com/pin".to_vec()),
            ..Default::default()
        };
        let rules = PinRules::of(&info);
        assert_eq!((rules.min_length, rules.max_length), (6, 8));
        assert!(rules.complexity && rules.change_forced);
        assert_eq!(rules.complexity_url.as_deref(), Some("https://example.com/pin"));
        let pin = |typed: &str| Pin::new(&typed.into(), &rules).map(drop);
        assert_eq!(pin("12345"), Err(PinFault::TooShort { length: 5, least: 6 }));
        assert_eq!(pin("123456789"), Err(PinFault::TooLong { length: 9, most: 8 }));
        assert_eq!(pin("12345678"), Ok(()));
    }

    #[test]
    fn characters_are_counted_as_code_points_after_normalization_and_bytes_as_utf_8() {
        assert!(new("\u{e9}\u{e9}\u{e9}\u{e9}").is_ok());
        let decomposed = "e\u{301}e\u{301}e\u{301}";
        assert_eq!(new(decomposed).err(), Some(PinFault::TooShort { length: 3, least: 4 }));
        assert!(new(&"1".repeat(63)).is_ok());
        assert_eq!(new(&"1".repeat(64)).err(), Some(PinFault::TooLong { length: 64, most: 63 }));
        assert!(new(&"\u{e9}".repeat(31)).is_ok());
        assert_eq!(new(&"\u{e9}".repeat(32)).err(), Some(PinFault::TooManyBytes { bytes: 64, most: 63 }));
        assert_eq!(new("1234\0").err(), Some(PinFault::EndsInZero));
        assert_eq!(*new("e\u{301}tat").unwrap().hash(), *new("\u{e9}tat").unwrap().hash());
        assert_eq!(new("1234").unwrap().padded()[..5], *b"1234\0");
    }

    #[test]
    fn a_pin_that_is_set_may_be_shorter_than_a_new_one() {
        assert!(Pin::existing(&"1234".into()).is_ok());
        assert_eq!(Pin::existing(&"123".into()).err(), Some(PinFault::TooShort { length: 3, least: 4 }));
        assert!(Pin::existing(&"1".repeat(64).into()).is_err());
    }
}
