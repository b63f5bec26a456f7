//! What is asked of a key in a test of a ceremony.

use app::security_keys::TEST_SITE;
use clap::Args;

#[derive(Args)]
pub(crate) struct Register {
    #[command(flatten)]
    pub(crate) ceremony: Ceremony,

    /// The account's name
    #[arg(long, value_name = "NAME", default_value = "latchkey test")]
    pub(crate) user: String,

    /// Leave the passkey on the key (discoverable), to be found by `key credential list`; else nothing stays there
    #[arg(long)]
    pub(crate) discoverable: bool,

    /// A passkey with seeds, for secrets later (hmac-secret)
    #[arg(long)]
    pub(crate) hmac_secret: bool,

    /// The protection: 1 none, 2 found by its id or with the PIN, 3 never without the PIN (credProtect)
    #[arg(long, value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(1..=3))]
    pub(crate) cred_protect: Option<u8>,

    /// Keep this text beside the passkey (credBlob)
    #[arg(long, value_name = "TEXT")]
    pub(crate) cred_blob: Option<String>,

    /// With room for a large blob
    #[arg(long)]
    pub(crate) large_blob: bool,

    /// For payments at other sites (thirdPartyPayment)
    #[arg(long)]
    pub(crate) payment: bool,

    /// Sign in with it at once
    #[arg(long)]
    pub(crate) sign_in: bool,
}

#[derive(Args)]
pub(crate) struct Authenticate {
    #[command(flatten)]
    pub(crate) ceremony: Ceremony,

    /// The passkey's id, as `key register` or `key credential list` shows it; any that is on the key where none is named
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) credential: Vec<String>,

    /// Verify the signature by this public key, as `key register` shows it
    #[arg(long, value_name = "COSE", allow_hyphen_values = true)]
    pub(crate) public_key: Option<String>,

    /// Ask for the text beside the passkey (credBlob)
    #[arg(long)]
    pub(crate) cred_blob: bool,
}

#[derive(Args)]
pub(crate) struct Ceremony {
    /// The site; the default one exists nowhere
    #[arg(long, value_name = "SITE", default_value = TEST_SITE)]
    pub(crate) rp: String,

    /// Do not have the key find out who touches it, where it lets that be
    #[arg(long)]
    pub(crate) no_verification: bool,

    /// Show the secret of this salt, 64 hexadecimal digits (hmac-secret); two at most
    #[arg(long, value_name = "HEX")]
    pub(crate) salt: Vec<String>,

    /// Show the secret of this text, as a site gets it from a browser (prf); two at most, with --salt
    #[arg(long, value_name = "TEXT")]
    pub(crate) prf: Vec<String>,
}
