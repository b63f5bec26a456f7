//! The formats by name, and finding out which one a file has.

use crate::{bitwarden, cxf, json::Tree, kdbx, keepassxc, proton, webdriver, zip};

/// A format of other programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// The FIDO Alliance's Credential Exchange Format 1.0.
    Cxf,
    /// `KeePassXC`'s `.passkey` file.
    KeePassXc,
    /// A KeePass database, as `KeePassXC` and `KeePassDX` keep passkeys in it.
    Kdbx,
    /// Bitwarden's export.
    Bitwarden,
    /// A credential of the W3C's automation (WebAuthn Level 3 §11.5).
    WebDriver,
    /// A credential of Chrome's `DevTools` Protocol, domain `WebAuthn`.
    Cdp,
    /// Proton Pass's export.
    Proton,
    /// A list for spreadsheets, without keys.
    Csv,
}

impl Format {
    /// All of them, the most lossless first.
    pub const ALL: [Self; 8] = [
        Self::Cxf,
        Self::Kdbx,
        Self::KeePassXc,
        Self::Bitwarden,
        Self::Proton,
        Self::WebDriver,
        Self::Cdp,
        Self::Csv,
    ];

    /// For programs and command lines.
    pub fn id(self) -> &'static str {
        match self {
            Self::Cxf => "cxf",
            Self::KeePassXc => "keepassxc",
            Self::Kdbx => "kdbx",
            Self::Bitwarden => "bitwarden",
            Self::WebDriver => "webdriver",
            Self::Cdp => "cdp",
            Self::Proton => "proton",
            Self::Csv => "csv",
        }
    }

    /// The format of an [`id`](Self::id).
    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.id() == id)
    }

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cxf => "FIDO Credential Exchange (CXF)",
            Self::KeePassXc => "KeePassXC passkey",
            Self::Kdbx => "KeePass database",
            Self::Bitwarden => "Bitwarden export",
            Self::WebDriver => "WebDriver credential",
            Self::Cdp => "Chrome DevTools credential",
            Self::Proton => "Proton Pass export",
            Self::Csv => "CSV list",
        }
    }

    /// How a file's name ends, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::KeePassXc => "passkey",
            Self::Kdbx => "kdbx",
            Self::Csv => "csv",
            Self::Cxf | Self::Bitwarden | Self::WebDriver | Self::Cdp | Self::Proton => "json",
        }
    }

    /// Whether [`read`](crate::read) knows it.
    pub fn reads(self) -> bool {
        self != Self::Csv
    }

    /// Whether [`write`](crate::write()) knows it.
    pub fn writes(self) -> bool {
        self != Self::Proton
    }

    /// Whether files are sealed by a password: any other has its keys in the clear.
    pub fn is_sealed(self) -> bool {
        self == Self::Kdbx
    }

    /// Whether a file has private keys.
    pub fn has_keys(self) -> bool {
        self != Self::Csv
    }

    /// Whether a file holds one passkey and no more.
    pub fn holds_one(self) -> bool {
        self == Self::KeePassXc
    }

    /// What the format has no place for, one plain sentence each.
    pub fn loses(self) -> &'static [&'static str] {
        match self {
            Self::Cxf => cxf::LOSES,
            Self::KeePassXc => keepassxc::LOSES,
            Self::Kdbx => kdbx::LOSES,
            Self::Bitwarden => bitwarden::LOSES,
            Self::WebDriver | Self::Cdp => webdriver::LOSES,
            Self::Proton => proton::LOSES,
            Self::Csv => &["It has no private keys: it is a list for people, and no backup."],
        }
    }

    /// The format that the bytes show, whatever the file is called. A ZIP archive is looked into.
    pub fn detect(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > crate::MAXIMUM {
            return None;
        }
        if kdbx::is_kdbx(bytes) {
            return Some(Self::Kdbx);
        }
        if zip::is_zip(bytes) {
            return match zip::export(bytes) {
                Ok(inner) => Self::of_json(&inner),
                Err(error) => error.is_encrypted().then_some(Self::Proton),
            };
        }
        if proton::is_pgp(bytes) {
            return Some(Self::Proton);
        }
        Self::of_json(bytes)
    }

    fn of_json(bytes: &[u8]) -> Option<Self> {
        let tree = &*Tree::glance(bytes)?;
        if cxf::is_cxf(tree) {
            return Some(Self::Cxf);
        }
        if keepassxc::is_passkey(tree) {
            return Some(Self::KeePassXc);
        }
        if proton::is_export(tree) {
            return Some(Self::Proton);
        }
        if bitwarden::is_export(tree) {
            return Some(Self::Bitwarden);
        }
        webdriver::dialect(tree)
    }
}
