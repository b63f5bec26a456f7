//! One step of a sequence. Values come from few, so that steps meet: three sites, four accounts, four PINs.

use arbitrary::Arbitrary;

/// What happens next.
#[derive(Arbitrary, Debug)]
pub(crate) enum Step {
    MakeCredential(MakeCredential),
    GetAssertion(GetAssertion),
    GetNextAssertion,
    GetInfo,
    KeyAgreement(Protocol),
    PinRetries,
    UvRetries,
    SetPin(Pin),
    ChangePin(Pin, Pin),
    /// getPinToken
    DefaultToken(Pin),
    PinToken(Pin, u8, Option<Site>),
    UvToken(u8, Option<Site>),
    BioEnrollment {
        sub_command: u8,
        template: u8,
        name: Option<Text>,
        timeout: Option<u16>,
        proof: Proof,
    },
    CredentialManagement {
        sub_command: u8,
        site: Site,
        credential: u8,
        user: Option<u8>,
        proof: Proof,
    },
    Selection,
    ReadLargeBlobs {
        offset: u16,
        length: u16,
    },
    WriteLargeBlobs {
        content: Vec<u8>,
        right_hash: bool,
        fragment: u16,
        proof: Proof,
    },
    Configure {
        sub_command: u8,
        min_pin_length: Option<u8>,
        sites: Option<Vec<Site>>,
        force: Option<bool>,
        proof: Proof,
    },
    Reset,
    /// How the person answers the next question.
    Person(Person),
    /// Seconds that pass.
    Wait(u8),
    PowerCycle,
    Raw(Vec<u8>),
}

#[derive(Arbitrary, Debug)]
pub(crate) struct MakeCredential {
    pub(crate) site: Site,
    pub(crate) user: u8,
    pub(crate) algorithms: [Algorithm; 2],
    pub(crate) exclude: Option<u8>,
    pub(crate) extensions: Extensions,
    pub(crate) options: Options,
    pub(crate) proof: Proof,
    pub(crate) enterprise: Option<u8>,
    pub(crate) formats: Option<Text>,
}

#[derive(Arbitrary, Debug)]
pub(crate) struct GetAssertion {
    pub(crate) site: Site,
    pub(crate) allow: Option<u8>,
    pub(crate) extensions: Extensions,
    pub(crate) options: Options,
    pub(crate) proof: Proof,
}

#[derive(Arbitrary, Debug)]
pub(crate) struct Extensions {
    pub(crate) cred_protect: Option<u8>,
    pub(crate) cred_blob: Option<Blob>,
    pub(crate) large_blob_key: Option<bool>,
    pub(crate) min_pin_length: Option<bool>,
    pub(crate) pin_complexity_policy: Option<bool>,
    pub(crate) hmac_secret: Option<bool>,
    /// hmac-secret at getAssertion, hmac-secret-mc at makeCredential: how many salts.
    pub(crate) salts: Option<u8>,
    pub(crate) third_party_payment: Option<bool>,
    pub(crate) unknown: bool,
}

#[derive(Arbitrary, Debug)]
pub(crate) struct Options {
    pub(crate) rk: Option<bool>,
    pub(crate) up: Option<bool>,
    pub(crate) uv: Option<bool>,
}

/// pinUvAuthParam
#[derive(Arbitrary, Debug)]
pub(crate) enum Proof {
    None,
    Right,
    Empty,
    Wrong([u8; 16]),
}

#[derive(Arbitrary, Clone, Copy, Debug)]
pub(crate) enum Protocol {
    One,
    Two,
}

#[derive(Arbitrary, Debug)]
pub(crate) enum Site {
    First,
    Second,
    Long,
}

impl Site {
    pub(crate) fn rp_id(&self) -> String {
        match self {
            Self::First => "first.example".to_owned(),
            Self::Second => "second.example".to_owned(),
            Self::Long => format!("{}.example", "long".repeat(60)),
        }
    }
}

#[derive(Arbitrary, Debug)]
pub(crate) enum Pin {
    First,
    Second,
    Short,
    Any(Text),
}

impl Pin {
    pub(crate) fn text(&self) -> String {
        match self {
            Self::First => "7391".to_owned(),
            Self::Second => "a longer PIN".to_owned(),
            Self::Short => "12".to_owned(),
            Self::Any(text) => text.0.clone(),
        }
    }
}

/// Not more than a PIN or a name holds.
#[derive(Debug)]
pub(crate) struct Text(pub(crate) String);

impl<'a> Arbitrary<'a> for Text {
    fn arbitrary(input: &mut arbitrary::Unstructured<'a>) -> arbitrary::Result<Self> {
        String::arbitrary(input).map(|text| Self(text.chars().take(70).collect()))
    }
}

/// Up to and over what a credBlob may hold.
#[derive(Debug)]
pub(crate) struct Blob(pub(crate) Vec<u8>);

impl<'a> Arbitrary<'a> for Blob {
    fn arbitrary(input: &mut arbitrary::Unstructured<'a>) -> arbitrary::Result<Self> {
        u8::arbitrary(input).map(|length| Self(vec![length; usize::from(length)]))
    }
}

#[derive(Arbitrary, Debug)]
pub(crate) enum Algorithm {
    Es256,
    EdDsa,
    Es384,
    Es512,
    Es256k,
    MlDsa44,
    Unknown,
}

impl Algorithm {
    pub(crate) fn number(&self) -> i64 {
        match self {
            Self::Es256 => -7,
            Self::EdDsa => -8,
            Self::Es384 => -35,
            Self::Es512 => -36,
            Self::Es256k => -47,
            Self::MlDsa44 => -48,
            Self::Unknown => -65_000,
        }
    }
}

#[derive(Arbitrary, Debug)]
pub(crate) enum Person {
    Approves { account: u8, verified: bool },
    Declines,
    NotVerified,
    Sleeps,
    Cancels,
}
