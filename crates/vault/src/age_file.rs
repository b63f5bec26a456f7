//! Files in the format of age (c2sp.org/age), which the program `age` opens and makes too.

use std::{
    fmt,
    io::{Read, Write},
    str::FromStr,
};

use age::{
    DecryptError, Decryptor, Encryptor,
    armor::ArmoredReader,
    scrypt,
    x25519::{self, Identity},
};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::{
    error::Error,
    slot::{PASSPHRASE_MINIMUM, RecoveryKey, normalised},
};

/// log₂ of scrypt's cost, as the program `age` chooses it: 256 MiB, about a second.
const WORK_FACTOR: u8 = 18;
/// The most that a file may ask for: 1 GiB, some seconds.
const WORK_FACTOR_MAXIMUM: u8 = 20;

/// Who will open a file that is written.
pub enum Lock<'a> {
    /// Whoever knows the passphrase.
    Passphrase(&'a SecretString),
    /// Whoever holds an identity of one of these.
    Recipients(&'a [Recipient]),
}

/// What opens a file that is read.
#[derive(Clone, Copy)]
pub enum Opener<'a> {
    /// A passphrase.
    Passphrase(&'a SecretString),
    /// The text of an identity file: lines `AGE-SECRET-KEY-1…`, empty ones, comments after `#`.
    Identities(&'a SecretString),
}

/// The public half of an X25519 identity, `age1…`.
#[derive(Clone)]
pub struct Recipient(x25519::Recipient);

impl FromStr for Recipient {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let recipient = text.trim().parse().map(Self);
        recipient.map_err(|_| Error::Refused("a recipient is a public key of age, `age1` and 58 letters"))
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<&Identity> for Recipient {
    fn from(identity: &Identity) -> Self {
        Self(identity.to_public())
    }
}

/// Whether the file is one of age, in bytes or armoured.
pub fn is_age(bytes: &[u8]) -> bool {
    bytes.starts_with(b"age-encryption.org/") || bytes.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----")
}

/// Whether a passphrase opens the file, rather than an identity.
///
/// # Errors
/// [`Error::File`] where it is no file of age.
pub fn wants_passphrase(bytes: &[u8]) -> Result<bool, Error> {
    Ok(decryptor(bytes)?.is_scrypt())
}

/// A file of age that holds `plaintext`.
///
/// # Errors
/// [`Error::PassphraseTooShort`]; [`Error::Refused`] without a recipient.
pub fn encrypt(plaintext: &[u8], lock: &Lock<'_>) -> Result<Vec<u8>, Error> {
    match lock {
        Lock::Passphrase(passphrase) => {
            let normal = normalised(passphrase);
            let found = normal.chars().count();
            if found < PASSPHRASE_MINIMUM {
                return Err(Error::PassphraseTooShort { minimum: PASSPHRASE_MINIMUM, found });
            }
            let mut recipient = scrypt::Recipient::new(SecretString::from(normal.as_str()));
            recipient.set_work_factor(WORK_FACTOR);
            encrypt_to(plaintext, &[&recipient])
        }
        Lock::Recipients(recipients) => {
            let recipients: Vec<&dyn age::Recipient> =
                recipients.iter().map(|recipient| &recipient.0 as _).collect();
            encrypt_to(plaintext, &recipients)
        }
    }
}

fn encrypt_to(plaintext: &[u8], recipients: &[&dyn age::Recipient]) -> Result<Vec<u8>, Error> {
    let encryptor = Encryptor::with_recipients(recipients.iter().copied())
        .map_err(|_| Error::Refused("an encrypted file needs a passphrase, or a recipient who opens it"))?;
    let mut file = Vec::with_capacity(plaintext.len() + plaintext.len() / 1024 + 1024);
    encryptor
        .wrap_output(&mut file)
        .and_then(|mut writer| {
            writer.write_all(plaintext)?;
            writer.finish()
        })
        .map_err(Error::io("the file cannot be encrypted"))?;
    Ok(file)
}

/// What the file holds.
///
/// # Errors
/// [`Error::WrongFilePassphrase`], [`Error::WrongIdentity`]; [`Error::File`] where it is no file of age, asks for
/// absurd work, or was altered.
pub fn decrypt(bytes: &[u8], opener: Opener<'_>) -> Result<Zeroizing<Vec<u8>>, Error> {
    let sealed_by_passphrase = decryptor(bytes)?.is_scrypt();
    match opener {
        Opener::Passphrase(_) if !sealed_by_passphrase => Err(Error::WrongIdentity),
        Opener::Identities(_) if sealed_by_passphrase => Err(Error::WrongFilePassphrase),
        Opener::Passphrase(typed) => {
            let opened = decrypt_with_passphrase(bytes, typed.expose_secret());
            let normal = normalised(typed);
            // The program `age` takes a passphrase as it is typed; ours are in NFC.
            match opened {
                Err(Error::WrongFilePassphrase) if normal.as_str() != typed.expose_secret() => {
                    decrypt_with_passphrase(bytes, &normal)
                }
                opened => opened,
            }
        }
        Opener::Identities(text) => decrypt_with(bytes, &identities(text)?),
    }
}

fn decrypt_with_passphrase(bytes: &[u8], passphrase: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut identity = scrypt::Identity::new(SecretString::from(passphrase));
    identity.set_max_work_factor(WORK_FACTOR_MAXIMUM);
    read(bytes, &[&identity])
}

/// As [`decrypt`], with identities that were read already.
pub(crate) fn decrypt_with(bytes: &[u8], identities: &[Identity]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let identities: Vec<&dyn age::Identity> = identities.iter().map(|identity| identity as _).collect();
    read(bytes, &identities)
}

fn read(bytes: &[u8], identities: &[&dyn age::Identity]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut reader = decryptor(bytes)?.decrypt(identities.iter().copied()).map_err(explain)?;
    // Room for all of it, so that the buffer never moves and leaves a copy behind.
    let mut plaintext = Zeroizing::new(Vec::with_capacity(bytes.len()));
    reader
        .read_to_end(&mut plaintext)
        .map_err(|_| Error::File("it was altered or cut off on its way".to_owned()))?;
    Ok(plaintext)
}

/// The identities of an identity file's text; a recovery key may be written as a person types it.
pub(crate) fn identities(text: &SecretString) -> Result<Vec<Identity>, Error> {
    let lines = text.expose_secret().lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    match lines.map(str::parse).collect::<Result<Vec<_>, _>>() {
        Ok(identities) if !identities.is_empty() => Ok(identities),
        _ => {
            let typed = RecoveryKey::parse(text).map_err(|_| Error::NoIdentity)?;
            Ok(vec![typed.identity().clone()])
        }
    }
}

fn decryptor(bytes: &[u8]) -> Result<Decryptor<ArmoredReader<std::io::BufReader<&[u8]>>>, Error> {
    Decryptor::new(ArmoredReader::new(bytes)).map_err(explain)
}

#[expect(clippy::needless_pass_by_value, reason = "what map_err hands over")]
fn explain(error: DecryptError) -> Error {
    match error {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => Error::WrongFilePassphrase,
        DecryptError::NoMatchingKeys => Error::WrongIdentity,
        DecryptError::ExcessiveWork { required, .. } => Error::File(format!(
            "its passphrase would cost 2^{required} steps of scrypt, far more than a person waits for"
        )),
        DecryptError::UnknownFormat => Error::File("it is of a later version of age".to_owned()),
        DecryptError::InvalidMac => Error::File("it was altered".to_owned()),
        _ => Error::File("it is no file of age".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretString {
        text.into()
    }

    #[test]
    fn a_passphrase_opens_in_either_form_and_no_other_does() {
        let composed = secret("passphrasé");
        let file = encrypt(b"keys", &Lock::Passphrase(&composed)).unwrap();
        assert!(is_age(&file) && wants_passphrase(&file).unwrap());
        assert!(!file.windows(4).any(|window| window == b"keys"));
        for typed in [composed, secret("passphrase\u{301}")] {
            assert_eq!(decrypt(&file, Opener::Passphrase(&typed)).unwrap().as_slice(), b"keys");
        }
        assert!(matches!(
            decrypt(&file, Opener::Passphrase(&secret("passphrase"))),
            Err(Error::WrongFilePassphrase)
        ));
        assert!(matches!(
            encrypt(b"keys", &Lock::Passphrase(&secret("short"))),
            Err(Error::PassphraseTooShort { .. })
        ));
    }

    #[test]
    fn every_recipient_opens_and_nobody_else() {
        let identities = [Identity::generate(), Identity::generate()];
        let recipients: Vec<_> = identities.iter().map(Recipient::from).collect();
        let file = encrypt(b"keys", &Lock::Recipients(&recipients)).unwrap();
        assert!(!wants_passphrase(&file).unwrap());
        for identity in &identities {
            let text = secret(&format!("# mine\n\n{}\n", identity.to_string().expose_secret()));
            assert_eq!(decrypt(&file, Opener::Identities(&text)).unwrap().as_slice(), b"keys");
        }
        let printed = identities[0].to_string().expose_secret().to_lowercase();
        let typed = secret(&format!("{} {}", &printed[..20], &printed[20..]));
        assert_eq!(decrypt(&file, Opener::Identities(&typed)).unwrap().as_slice(), b"keys");
        let other = Identity::generate().to_string();
        assert!(matches!(decrypt(&file, Opener::Identities(&other)), Err(Error::WrongIdentity)));
        assert!(matches!(
            decrypt(&file, Opener::Passphrase(&secret("no passphrase"))),
            Err(Error::WrongIdentity)
        ));
        assert!(matches!(decrypt(&file, Opener::Identities(&secret("# none"))), Err(Error::NoIdentity)));
        assert!(encrypt(b"keys", &Lock::Recipients(&[])).is_err());
    }

    #[test]
    fn every_cut_and_every_flipped_bit_is_seen() {
        let identity = Identity::generate();
        let file = encrypt(&[7; 300], &Lock::Recipients(&[(&identity).into()])).unwrap();
        for length in 0..file.len() {
            assert!(decrypt_with(&file[..length], std::slice::from_ref(&identity)).is_err(), "{length}");
        }
        for at in 0..file.len() {
            let mut altered = file.clone();
            altered[at] ^= 1;
            assert!(decrypt_with(&altered, std::slice::from_ref(&identity)).is_err(), "{at}");
        }
    }

    #[test]
    fn a_file_that_asks_for_absurd_work_is_refused_at_once() {
        let file = b"age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 30\n\
            AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n0123456789abcdef";
        let error = decrypt(file, Opener::Passphrase(&secret("a passphrase"))).unwrap_err();
        assert!(error.to_string().contains("scrypt"), "{error}");
    }
}
