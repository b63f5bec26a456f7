//! Password and key file to the transformed key.

use aes::{
    Aes256,
    cipher::{BlockCipherEncrypt, KeyInit},
};
use argon2::{Algorithm, Argon2, Params, Version};
use quick_xml::{Reader, events::Event};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::header::Kdf;
use crate::{base64, error::Error, read::Unlock};

pub(super) type Key = Zeroizing<[u8; 32]>;

pub(super) fn transformed(unlock: Unlock<'_>, kdf: &Kdf) -> Result<Key, Error> {
    let mut composite = Sha256::new();
    if let Some(password) = unlock.password {
        composite.update(Sha256::digest(password.expose_secret()));
    }
    if let Some(key_file) = unlock.key_file {
        composite.update(*of_key_file(key_file)?);
    }
    derive(&Zeroizing::new(composite.finalize().into()), kdf)
}

fn derive(composite: &Key, kdf: &Kdf) -> Result<Key, Error> {
    match kdf {
        Kdf::Aes { seed, rounds } => {
            let cipher = Aes256::new(seed.into());
            let (left, right) = composite.split_at(16);
            let mut blocks = [left, right].map(|half| half.try_into().unwrap_or_default());
            for _ in 0..*rounds {
                cipher.encrypt_blocks(&mut blocks);
            }
            let [left, right] = blocks;
            Ok(Zeroizing::new(Sha256::new().chain_update(left).chain_update(right).finalize().into()))
        }
        Kdf::Argon2 { id, version, salt, memory, passes, lanes } => {
            let algorithm = if *id { Algorithm::Argon2id } else { Algorithm::Argon2d };
            let damaged = |error| Error::damaged(format!("its key derivation cannot be done: {error}"));
            let version = Version::try_from(*version).map_err(damaged)?;
            let kibibytes = u32::try_from(memory / 1024).unwrap_or(u32::MAX);
            let params = Params::new(kibibytes, *passes, *lanes, Some(32)).map_err(damaged)?;
            let mut key = Zeroizing::new([0; 32]);
            let argon2 = Argon2::new(algorithm, version, params);
            argon2.hash_password_into(&**composite, salt, &mut *key).map_err(damaged)?;
            Ok(key)
        }
    }
}

/// The key of a key file: XML of version 1 or 2, 32 bytes, 64 hexadecimal digits, or the hash of any other file.
fn of_key_file(bytes: &[u8]) -> Result<Key, Error> {
    if let Some(xml) = std::str::from_utf8(bytes).ok().filter(|text| text.contains("<KeyFile")) {
        return of_xml(xml)
            .ok_or_else(|| Error::damaged("the key file has no key, or not the one that its hash is of"));
    }
    let raw = bytes.try_into().ok().or_else(|| of_hex(bytes));
    Ok(Zeroizing::new(raw.unwrap_or_else(|| Sha256::digest(bytes).into())))
}

fn of_xml(xml: &str) -> Option<Key> {
    let mut reader = Reader::from_str(xml);
    let mut path = Vec::new();
    let [mut version, mut data, mut hash] = [const { String::new() }; 3];
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) => {
                if element.name().as_ref() == "Data"
                    && let Some(attribute) = element.try_get_attribute("Hash").ok()?
                {
                    hash = attribute.value.into_owned();
                }
                path.push(element.name().as_ref().to_owned());
            }
            Event::End(_) => {
                path.pop();
            }
            Event::Text(text) => match path.last().map(String::as_str) {
                Some("Version") => version.push_str(&text.xml10_content()),
                Some("Data") => data.push_str(&text.xml10_content()),
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
    }
    let data: Zeroizing<String> = Zeroizing::new(data.split_ascii_whitespace().collect());
    if !version.trim().starts_with('2') {
        return base64::decode(&data)?.try_into().ok().map(Zeroizing::new);
    }
    let key = Zeroizing::new(of_hex(data.as_bytes())?);
    let digest = Sha256::digest(*key);
    let stated = u32::from_str_radix(hash.trim(), 16).ok()?;
    (digest.first_chunk().map(|first| u32::from_be_bytes(*first)) == Some(stated)).then_some(key)
}

fn of_hex(digits: &[u8]) -> Option<[u8; 32]> {
    let text = std::str::from_utf8(digits).ok().filter(|text| text.len() == 64 && text.is_ascii())?;
    let mut key = [0; 32];
    for (byte, pair) in key.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let pair = std::str::from_utf8(pair).ok().filter(|pair| !pair.starts_with('+'))?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_files_of_every_kind_are_read() {
        let key: [u8; 32] = std::array::from_fn(|index| u8::try_from(index).unwrap());
        let hex: String = hex::encode(key);
        let spaced =
            hex.as_bytes().chunks(8).map(|part| std::str::from_utf8(part).unwrap()).collect::<Vec<_>>();
        let digest = Sha256::digest(key);
        let stated: String = hex::encode_upper(&digest[..4]);
        let xml = |version: &str, data: &str, hash: &str| {
            format!(
                "<?xml version=\"1.0\"?><KeyFile><Meta><Version>{version}</Version></Meta><Key>\
                 <Data{hash}>\n{data}\n</Data></Key></KeyFile>"
            )
        };
        let hash = format!(" Hash=\"{stated}\"");
        for file in [
            key.to_vec(),
            hex.clone().into_bytes(),
            xml("1.00", &base64::standard(&key), "").into_bytes(),
            xml("2.0", &spaced.join(" "), &hash).into_bytes(),
        ] {
            assert_eq!(*of_key_file(&file).unwrap(), key);
        }
        assert_eq!(
            *of_key_file(b"a holiday picture").unwrap(),
            <[u8; 32]>::from(Sha256::digest(b"a holiday picture"))
        );
        assert!(of_key_file(xml("2.0", &hex, " Hash=\"00000000\"").as_bytes()).is_err());
        assert!(of_key_file(b"<KeyFile>").is_err());
    }
}
