//! What a key claims to be: one struct, eight shipped ones, and files (docs/formats/profile.md).

mod aaguid;
mod fault;
mod file;
mod shipped;
mod validate;
mod words;
mod write;

pub use fault::Fault;

use std::time::Duration;

use ctap::pin_protocol::Version;

/// The two kinds of passkeys (WebAuthn §6.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// BE 0: lives in one place.
    DeviceBound,
    /// BE 1: may be copied.
    Synced,
}

/// What a key claims to be and how it behaves. Everything that getInfo states follows from here and from
/// the key's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Short name, such as `device-bound`.
    pub name: String,
    /// One plain sentence for people who choose.
    pub description: String,
    /// What the credentials are: BE 0 or BE 1.
    pub kind: Kind,
    /// BS of a new credential; only ever true beside [`Kind::Synced`].
    pub backup_state: bool,
    /// The model.
    pub aaguid: [u8; 16],
    /// `U2F_V2`, `FIDO_2_0`, `FIDO_2_1_PRE`, `FIDO_2_1`, `FIDO_2_3`; without any `FIDO_` the key speaks no CTAP2.
    pub versions: Vec<String>,
    /// Extension identifiers; others are ignored.
    pub extensions: Vec<String>,
    /// COSE identifiers, preferred first.
    pub algorithms: Vec<i64>,
    /// Wire names, such as `usb`.
    pub transports: Vec<String>,
    /// `firmwareVersion`.
    pub firmware_version: u64,
    /// How the key itself verifies the person.
    pub verification: Verification,
    /// Which optional features it has.
    pub features: Features,
    /// How much of everything fits.
    pub limits: Limits,
    /// What it asks of PINs.
    pub pin: PinPolicy,
    /// What vouches for new credentials.
    pub attestation: Attestation,
    /// How signatures are counted.
    pub counter: CounterPolicy,
    /// What a reset needs.
    pub reset: ResetPolicy,
    /// How long a question to the person stays open.
    pub time_limit: Duration,
}

/// How a key itself verifies the person (`uv`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// Not at all; a PIN may still do it through the platform.
    None,
    /// By the key's own question to its owner.
    BuiltIn,
    /// By fingerprints, once one is enrolled (§6.7).
    Fingerprint,
}

/// Optional features: the option IDs of getInfo (§6.4) and what the key does itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features {
    /// `rk`
    pub discoverable_credentials: bool,
    /// `clientPin` is stated and clientPIN answered.
    pub client_pin: bool,
    /// `pinUvAuthToken`: tokens with permissions.
    pub pin_uv_auth_token: bool,
    /// `noMcGaPermissionsWithClientPin`
    pub no_mc_ga_permissions_with_client_pin: bool,
    /// `credMgmt`
    pub credential_management: bool,
    /// `perCredMgmtRO`: the persistent, read-only token.
    pub persistent_read_only_token: bool,
    /// `largeBlobs`
    pub large_blobs: bool,
    /// `authnrCfg`
    pub authenticator_config: bool,
    /// `setMinPINLength`
    pub set_min_pin_length: bool,
    /// `alwaysUv` as it leaves the factory; `None` where the key does not know the option.
    pub always_uv: Option<bool>,
    /// `makeCredUvNotRqd`
    pub make_cred_uv_not_rqd: bool,
    /// Ask "which account?" itself and set `userSelected`.
    pub account_chooser: bool,
}

/// How much of everything fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Discoverable credentials.
    pub discoverable_credentials: u64,
    /// `maxMsgSize` as stated, in bytes.
    pub message_size: u64,
    /// `maxCredentialCountInList`
    pub credential_count_in_list: u64,
    /// `maxCredentialIdLength`, in bytes.
    pub credential_id_length: u64,
    /// `maxSerializedLargeBlobArray`, in bytes; at least 1024 (§6.10).
    pub large_blob_array: u64,
    /// `maxCredBlobLength`, in bytes; at least 32 (§12.2).
    pub cred_blob_length: u64,
    /// `maxRPIDsForSetMinPINLength`
    pub rp_ids_for_set_min_pin_length: u64,
    /// Fingerprints that can be enrolled.
    pub fingerprints: u64,
}

/// What a key asks of PINs (§6.5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinPolicy {
    /// Shortest PIN in code points, as it leaves the factory; 4 at least.
    pub min_length: u8,
    /// `maxPINLength` in code points; 63 at most.
    pub max_length: u8,
    /// `maxPinRetries`; 8 at most (§6.5.2.2).
    pub retries: u8,
    /// `pinComplexityPolicy`: refuse repeated and counting digits.
    pub complexity: bool,
}

/// What vouches for new credentials (WebAuthn §6.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    /// Statement formats, the default first: `packed`, `none`, `fido-u2f`.
    pub formats: Vec<String>,
    /// Who signs a `packed` statement.
    pub signer: Signer,
    /// `ep`, where the key is capable of enterprise attestation.
    pub enterprise: Option<Enterprise>,
}

/// Who signs a `packed` statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signer {
    /// The credential's own key: self attestation.
    Credential,
    /// The batch certificate of this model, issued by a generated CA.
    Batch,
}

/// Enterprise attestation (§7.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Enterprise {
    /// The RP IDs that vendor-facilitated enterprise attestation (1) is for.
    pub rp_ids: Vec<String>,
    /// Enabled as it leaves the factory.
    pub enabled: bool,
}

/// How signatures are counted (WebAuthn §6.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CounterPolicy {
    /// Each credential its own, one more each time.
    PerCredential,
    /// One for the whole key, one more each time.
    Global,
    /// Always 0.
    Zero,
}

/// What authenticatorReset needs (§6.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetPolicy {
    /// `longTouchForReset` as it leaves the factory; `None` where the key does not know the option.
    pub long_touch: Option<bool>,
    /// `transportsForReset`; empty where every transport will do.
    pub transports: Vec<String>,
}

impl Profile {
    /// The profiles that come with the program; `device-bound` first. Each is read when the iterator comes to it.
    pub fn shipped() -> impl Iterator<Item = &'static Self> {
        shipped::each()
    }

    /// BE 0, BS 0, one counter for each credential.
    pub fn device_bound() -> Self {
        shipped::DEVICE_BOUND.clone()
    }

    /// BE 1, BS as the store says, counter 0.
    pub fn synced() -> Self {
        shipped::SYNCED.clone()
    }

    /// Reads a profile file; it may extend a shipped one.
    ///
    /// # Errors
    /// Every fault of the file, in its order.
    pub fn from_toml(text: &str) -> Result<Self, Vec<Fault>> {
        file::read(text, shipped::all())
    }

    /// The profile as a file that states all of it and extends nothing.
    pub fn to_toml(&self) -> String {
        write::toml(self)
    }

    /// Whether the key states this version, such as `FIDO_2_1_PRE`.
    pub fn has_version(&self, version: &str) -> bool {
        self.versions.iter().any(|stated| stated == version)
    }

    /// Preferred first. Protocol two came with CTAP 2.1.
    pub(crate) fn pin_uv_auth_protocols(&self) -> &'static [Version] {
        if self.is_before_2_1() { &[Version::One] } else { &[Version::Two, Version::One] }
    }

    /// Whether the key claims CTAP 2.0 at most.
    pub(crate) fn is_before_2_1(&self) -> bool {
        !["FIDO_2_1", "FIDO_2_3"].iter().any(|version| self.has_version(version))
    }

    /// Whether the key itself can verify the person, given what is enrolled.
    pub fn verifies(&self, fingerprints: usize) -> bool {
        match self.verification {
            Verification::None => false,
            Verification::BuiltIn => true,
            Verification::Fingerprint => fingerprints > 0,
        }
    }
}
