//! What can go wrong.

/// A fault as lists and help show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its name, in lower case with hyphens.
    pub name: &'static str,
    /// What its value is, empty where it has none.
    pub value: &'static str,
    /// What happens, in one clause.
    pub meaning: &'static str,
}

/// What stands behind the `=` of a fault.
trait Value: Sized {
    fn parse(text: &str) -> Option<Self>;
    fn show(&self) -> String;
}

macro_rules! faults {
    ($($variant:ident $name:literal $(($type:ty, $value:literal $(, $default:literal)?))? $meaning:literal;)*) => {
        /// What can go wrong, by its name.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Fault {
            $(#[doc = $meaning] $variant $(($type))?,)*
        }

        /// Every fault.
        pub const KNOWN: &[Known] = &[
            $(Known { name: $name, value: concat!("" $(, $value)?), meaning: $meaning },)*
        ];

        impl Fault {
            /// Its name.
            pub fn name(&self) -> &'static str {
                match self { $(faults!(@pattern $variant $($type)?) => $name,)* }
            }

            /// Its value as it is written, where it has one.
            pub fn value(&self) -> Option<String> {
                match self { $(faults!(@bind value $variant $($type)?) => faults!(@show value $($type)?),)* }
            }

            /// The fault of this name; the error says what its value is, `None` where there is no such fault.
            pub(super) fn parse(name: &str, value: Option<&str>) -> Result<Self, Option<&'static str>> {
                match name {
                    $($name => faults!(@parse value $variant $($type, $value $(, $default)?)?),)*
                    _ => Err(None),
                }
            }
        }
    };
    (@pattern $variant:ident $type:ty) => { Self::$variant(_) };
    (@pattern $variant:ident) => { Self::$variant };
    (@bind $bound:ident $variant:ident $type:ty) => { Self::$variant($bound) };
    (@bind $bound:ident $variant:ident) => { Self::$variant };
    (@show $bound:ident $type:ty) => { Some($bound.show()) };
    (@show $bound:ident) => { None };
    (@parse $text:ident $variant:ident $type:ty, $value:literal) => {
        $text.and_then(<$type>::parse).map(Self::$variant).ok_or(Some($value))
    };
    (@parse $text:ident $variant:ident $type:ty, $value:literal, $default:literal) => {
        <$type>::parse($text.unwrap_or($default)).map(Self::$variant).ok_or(Some($value))
    };
    (@parse $text:ident $variant:ident) => {
        if $text.is_none() { Ok(Self::$variant) } else { Err(Some("")) }
    };
}

faults! {
    FixedResponse "fixed-response" (Vec<u8>, "HEX") "answers these bytes, status byte first, and does nothing";
    Status "status" (u8, "BYTE") "answers this status and does nothing";
    BadSignature "bad-signature" "signs, and changes one bit of the signature";
    UpUnset "up-unset" "leaves the UP flag out, and signs so";
    UvUnset "uv-unset" "leaves the UV flag out, and signs so";
    WrongRpIdHash "wrong-rp-id-hash" "puts another site's hash into the authenticator data, and signs so";
    BeChanged "be-changed" "turns the BE flag over, and signs so";
    BsWithoutBe "bs-without-be" "sets BS without BE, and signs so";
    WrongAaguid "wrong-aaguid" "names another model in the authenticator data, and signs so";
    WrongCredentialId "wrong-credential-id" "names a credential that it does not have";
    CounterStuck "counter-stuck" "repeats the signature counter";
    CounterBackwards "counter-backwards" "counts signatures down";
    UnsolicitedExtension "unsolicited-extension" "answers an extension that nobody asked for";
    AttestedDataInAssertion "attested-data-in-assertion" "puts attested credential data into an assertion, and signs so";
    SelfAttestationWithAaguid "self-attestation-with-aaguid" "attests by the credential's own key and still names its model";
    AlwaysEnterpriseAttestation "always-enterprise-attestation" "says that its attestation is an enterprise's, unasked";
    ExtraMembers "extra-members" "adds members to the response that no specification names";
    MissingMember "missing-member" (i64, "KEY") "leaves this member of the response out";
    InvalidUtf8 "invalid-utf8" "breaks a text of the response in the middle of a character";
    TrailingBytes "trailing-bytes" "sends bytes behind the response's CBOR";
    NonCanonicalCbor "non-canonical-cbor" "writes a length of the response longer than it has to be";
    RejectsLargeAllowList "rejects-large-allow-list" (u64, "N", "1") "refuses an allow list of more than so many entries with LIMIT_EXCEEDED";
    RejectsLargeExcludeList "rejects-large-exclude-list" (u64, "N", "1") "refuses an exclude list of more than so many entries with LIMIT_EXCEEDED";
    RejectsSilentRequests "rejects-silent-requests" "refuses getAssertion without user presence with INVALID_OPTION";
    RejectsExtensions "rejects-extensions" "refuses a request with any extension with UNSUPPORTED_OPTION";
    RejectsEmptyDisplayName "rejects-empty-display-name" "refuses a display name without letters with INVALID_LENGTH";
    RejectsMissingDisplayName "rejects-missing-display-name" "refuses an account without a display name with INVALID_CBOR";
    IgnoresExtensions "ignores-extensions" "behaves as if no extension were asked for";
    InvalidCredentialAtOnce "invalid-credential-at-once" "says INVALID_CREDENTIAL before any touch where it holds none of the allow list";
    OmitsUser "omits-user" "leaves the account out of an assertion";
    EmptyRpEnumerationError "empty-rp-enumeration-error" (u8, "BYTE", "0x7f") "ends an empty enumeration of sites with this status";
    BioSampleError "bio-sample-error" (u8, "CODE") "judges a fingerprint sample so, and does not count it";
    BioTimeout "bio-timeout" "sees no finger on its sensor";
    Slow "slow" (u64, "MS") "takes so long for each answer, and says meanwhile that it works";
    EndlessKeepalive "endless-keepalive" "says that it works, and never answers until it is cancelled";
    DropReport "drop-report" (u64, "N", "1") "does not send the message's report of this number";
    DuplicateReport "duplicate-report" (u64, "N", "1") "sends the message's report of this number twice";
    ReorderReports "reorder-reports" "sends the last two reports of a message in the wrong order";
    DelayReport "delay-report" (u64, "MS") "sends each report so much later than the one before";
    TruncateReport "truncate-report" (u64, "LENGTH", "32") "sends only so many bytes of the message's last report, which a host sees filled with zeros";
    WrongChannel "wrong-channel" "answers on a channel that it never gave out";
    WrongSequence "wrong-sequence" "skips a sequence number in the message's further reports";
    UnplugMidMessage "unplug-mid-message" "is unplugged when half of its message is sent";
    BusyStorm "busy-storm" (u64, "N", "10") "says CHANNEL_BUSY to so many requests";
    WrongNonce "wrong-nonce" "answers INIT with another nonce";
}

impl Value for Vec<u8> {
    fn parse(text: &str) -> Option<Self> {
        let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let bytes = pairs.iter().map(|[high, low]| Some(digit(high)? << 4 | digit(low)?));
        if rest.is_empty() && !pairs.is_empty() { bytes.collect() } else { None }
    }

    fn show(&self) -> String {
        let digit = |half: u8| char::from_digit(half.into(), 16);
        self.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0x0F)]).flatten().collect()
    }
}

impl Value for u8 {
    fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix("0x") {
            Some(digits) => Self::from_str_radix(digits, 16).ok(),
            None => text.parse().ok(),
        }
    }

    fn show(&self) -> String {
        format!("0x{self:02x}")
    }
}

impl Value for u64 {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for i64 {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn show(&self) -> String {
        self.to_string()
    }
}
