use base64::{
    Engine as _,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::fmt;

/// Bytes that the JSON form carries as base64url. Written without padding, read with or without it.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Base64Url(pub Vec<u8>);

const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

impl Base64Url {
    /// The bytes of `text`; `None` where it is not base64url.
    pub fn parse(text: &str) -> Option<Self> {
        ENGINE.decode(text).ok().map(Self)
    }
}

impl fmt::Display for Base64Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&ENGINE.encode(&self.0))
    }
}

impl fmt::Debug for Base64Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Base64Url({self})")
    }
}

impl AsRef<[u8]> for Base64Url {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Base64Url {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<&[u8]> for Base64Url {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl Serialize for Base64Url {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Base64Url {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("expected base64url"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // RFC 4648 §10, in the URL-safe alphabet without padding.
    #[test]
    fn rfc_4648_vectors() {
        for (bytes, text) in
            [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE")]
        {
            assert_eq!(Base64Url(bytes.into()).to_string(), text);
            assert_eq!(Base64Url::parse(text), Some(Base64Url(bytes.into())));
        }
        assert_eq!(Base64Url(vec![0xfb, 0xff]).to_string(), "-_8");
    }

    #[test]
    fn padding_is_taken_and_other_alphabets_are_not() {
        assert_eq!(Base64Url::parse("Zm8="), Some(Base64Url(b"fo".to_vec())));
        assert_eq!(Base64Url::parse("+/8"), None);
        assert_eq!(Base64Url::parse("Zm 8"), None);
        assert_eq!(Base64Url::parse("Zm9"), None, "left-over bits");
    }

    proptest! {
        #[test]
        fn written_bytes_are_read_back(bytes: Vec<u8>) {
            let json = serde_json::to_string(&Base64Url(bytes.clone())).unwrap();
            prop_assert_eq!(serde_json::from_str::<Base64Url>(&json).unwrap(), Base64Url(bytes));
        }
    }
}
