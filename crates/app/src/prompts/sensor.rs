//! The simulated fingerprint sensor, as a face shows it.

use authenticator::platform;
use serde::{
    Deserialize, Serialize,
    de::{IntoDeserializer, value::Error},
};
use specta::Type;
use std::{fmt, str::FromStr};

macro_rules! mirrored {
    ($(#[$doc:meta])* $name:ident: $($variant:ident $text:literal),*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name {
            $(#[doc = $text] $variant,)*
        }

        impl $name {
            /// Each of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// In plain words.
            pub fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl From<$name> for platform::$name {
            fn from(value: $name) -> Self {
                match value { $($name::$variant => Self::$variant,)* }
            }
        }
    };
}

mirrored! {
    /// The finger that touches the sensor.
    Finger: RightThumb "right thumb", RightIndex "right index finger", RightMiddle "right middle finger",
    RightRing "right ring finger", RightLittle "right little finger", LeftThumb "left thumb",
    LeftIndex "left index finger", LeftMiddle "left middle finger", LeftRing "left ring finger",
    LeftLittle "left little finger"
}

mirrored! {
    /// How well the sensor reads it (CTAP 2.3 §6.7).
    Quality: Good "well", TooHigh "too high", TooLow "too low", TooLeft "too far left", TooRight "too far right",
    TooFast "too fast", TooSlow "too slow", Poor "nothing to be made out", TooSkewed "too skewed",
    TooShort "too briefly", MergeFailure "does not go together with the samples before",
    NotLifted "not lifted since the sample before"
}

/// As JSON and commands have it, such as `right-index`.
impl fmt::Display for Finger {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(formatter)
    }
}

impl FromStr for Finger {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::deserialize(name.into_deserializer())
    }
}
