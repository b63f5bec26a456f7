//! ZIP archives around an export: Proton Pass and Bitwarden write them. One file is taken out, without more of the
//! format than that takes: no encryption, no ZIP64, stored or deflated.

use zeroize::Zeroizing;

use crate::{error::Error, inflate::inflate};

const LOCAL_HEADER: [u8; 4] = *b"PK\x03\x04";
const CENTRAL_HEADER: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";
const END_LENGTH: usize = 22;
/// The comment behind the end.
const LONGEST_COMMENT: usize = 0xFFFF;

const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// A file of the archive, as the central directory tells of it.
struct Entry<'a> {
    name: &'a [u8],
    encrypted: bool,
    method: u16,
    packed_length: usize,
    length: usize,
    offset: usize,
}

pub(crate) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(&LOCAL_HEADER)
}

/// The export in an archive: its only file, or `data.json`, or the one that ends in `.json`.
pub(crate) fn export(archive: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let entries =
        entries(archive).ok_or_else(|| Error::damaged("the ZIP archive has no readable directory"))?;
    let ends = |end: &'static [u8]| entries.iter().filter(move |entry| entry.name.ends_with(end));
    if ends(b".pgp").next().is_some() {
        return Err(Error::pgp());
    }
    let candidates =
        [ends(b"data.json").collect::<Vec<_>>(), ends(b".json").collect(), entries.iter().collect()];
    let entry = match candidates.iter().find(|found| !found.is_empty()).map(Vec::as_slice) {
        Some(&[entry]) => entry,
        Some(several) => {
            let reason =
                format!("the ZIP archive has {} files, and none of them is the export", several.len());
            return Err(Error::damaged(reason));
        }
        None => return Err(Error::Empty),
    };
    if entry.encrypted {
        return Err(Error::Encrypted(
            "the ZIP archive has a password",
            "Unpack it with that password, and read the file that comes out.",
        ));
    }
    let packed = content(archive, entry).ok_or_else(|| Error::damaged("the ZIP archive ends too early"))?;
    if entry.length > crate::MAXIMUM {
        return Err(Error::Bomb("the ZIP archive"));
    }
    let content = match entry.method {
        STORED => packed.to_vec(),
        DEFLATED => inflate("the ZIP archive", packed)?,
        _ => return Err(Error::damaged("the ZIP archive is packed in a way that is not known")),
    };
    let content = Zeroizing::new(content);
    if content.len() != entry.length {
        return Err(Error::damaged("a file of the ZIP archive has not the length that is stated"));
    }
    Ok(content)
}

fn entries(archive: &[u8]) -> Option<Vec<Entry<'_>>> {
    let earliest = archive.len().saturating_sub(END_LENGTH + LONGEST_COMMENT);
    let tail = archive.get(earliest..)?;
    let end = earliest + tail.windows(END.len()).rposition(|window| window == END)?;
    let count = u16_at(archive, end + 10)?;
    let mut at = u32_at(archive, end + 16)?;
    let mut entries = Vec::new();
    for _ in 0..count {
        if archive.get(at..at + 4)? != CENTRAL_HEADER {
            return None;
        }
        let name_length = usize::from(u16_at(archive, at + 28)?);
        let extra_length = usize::from(u16_at(archive, at + 30)?);
        let comment_length = usize::from(u16_at(archive, at + 32)?);
        let name = archive.get(at + 46..at + 46 + name_length)?;
        // A folder is a name that ends so.
        if !name.ends_with(b"/") {
            entries.push(Entry {
                name,
                encrypted: u16_at(archive, at + 8)? & 1 != 0,
                method: u16_at(archive, at + 10)?,
                packed_length: u32_at(archive, at + 20)?,
                length: u32_at(archive, at + 24)?,
                offset: u32_at(archive, at + 42)?,
            });
        }
        at += 46 + name_length + extra_length + comment_length;
    }
    Some(entries)
}

fn content<'a>(archive: &'a [u8], entry: &Entry<'_>) -> Option<&'a [u8]> {
    let local = archive.get(entry.offset..)?;
    if !local.starts_with(&LOCAL_HEADER) {
        return None;
    }
    let start = 30 + usize::from(u16_at(local, 26)?) + usize::from(u16_at(local, 28)?);
    local.get(start..start + entry.packed_length)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    let number = bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))?;
    usize::try_from(number).ok()
}
