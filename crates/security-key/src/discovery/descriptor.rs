//! HID report descriptors (Device Class Definition for HID 1.11, §6.2.2), as far as finding a security key and the
//! size of its reports needs them.

/// What a security key's reports are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reports {
    /// Bytes of a report from the key.
    pub(crate) input: usize,
    /// Bytes of a report to the key.
    pub(crate) output: usize,
    /// Each report begins with a number. No security key's does (CTAP 2.3 §11.2.8.2).
    pub(crate) numbered: bool,
}

impl Reports {
    /// Those of nearly every key (CTAP 2.3 §11.2.8.2).
    pub(crate) const USUAL: Self = Self { input: 64, output: 64, numbered: false };

    /// Whether a packet with data fits in, and full-speed USB can carry it.
    pub(crate) fn are_possible(self) -> bool {
        let possible = 8..=64;
        possible.contains(&self.input) && possible.contains(&self.output) && !self.numbered
    }
}

/// Usage page 0xF1D0, usage 1: a FIDO authenticator (CTAP 2.3 §11.2.8.2).
const FIDO_AUTHENTICATOR: u32 = 0xF1D0_0001;

/// A prefix without its size: tag and type.
mod item {
    pub(super) const INPUT: u8 = 0x80;
    pub(super) const OUTPUT: u8 = 0x90;
    pub(super) const FEATURE: u8 = 0xB0;
    pub(super) const COLLECTION: u8 = 0xA0;
    pub(super) const END_COLLECTION: u8 = 0xC0;
    pub(super) const USAGE_PAGE: u8 = 0x04;
    pub(super) const REPORT_SIZE: u8 = 0x74;
    pub(super) const REPORT_ID: u8 = 0x84;
    pub(super) const REPORT_COUNT: u8 = 0x94;
    pub(super) const PUSH: u8 = 0xA4;
    pub(super) const POP: u8 = 0xB4;
    pub(super) const USAGE: u8 = 0x08;
    pub(super) const LONG: u8 = 0xFE;
}

/// More than any real device nests.
const DEEPEST: usize = 16;

#[derive(Clone, Copy, Default)]
struct Globals {
    page: u32,
    report_size: u32,
    report_count: u32,
}

/// The reports of a security key: of a descriptor whose first top-level collection is a FIDO authenticator.
pub(crate) fn security_key(descriptor: &[u8]) -> Option<Reports> {
    let mut globals = Globals::default();
    let mut pushed = Vec::new();
    let mut usage = None;
    let mut depth = 0_usize;
    let (mut input, mut output, mut numbered) = (0_u32, 0_u32, false);
    let mut rest = descriptor;
    while let Some((item, data, size)) = next(&mut rest) {
        match item {
            item::USAGE_PAGE => globals.page = data,
            item::REPORT_SIZE => globals.report_size = data,
            item::REPORT_COUNT => globals.report_count = data,
            item::REPORT_ID => numbered = true,
            item::PUSH if pushed.len() < DEEPEST => pushed.push(globals),
            item::POP => globals = pushed.pop().unwrap_or_default(),
            item::USAGE => {
                usage.get_or_insert((data, size));
            }
            item::COLLECTION => {
                let usage = match usage.take() {
                    // A usage of four bytes brings its page along; another has the one that is in force.
                    Some((extended, 4)) => extended,
                    Some((id, _)) => globals.page << 16 | id,
                    None => 0,
                };
                if depth == 0 && usage != FIDO_AUTHENTICATOR {
                    return None;
                }
                depth += 1;
            }
            item::END_COLLECTION if depth <= 1 => {
                return Some(Reports { input: bytes(input), output: bytes(output), numbered });
            }
            item::END_COLLECTION => depth -= 1,
            item::INPUT | item::OUTPUT | item::FEATURE => {
                let bits = globals.report_size.saturating_mul(globals.report_count);
                match item {
                    item::INPUT => input = input.saturating_add(bits),
                    item::OUTPUT => output = output.saturating_add(bits),
                    _ => {}
                }
                usage = None;
            }
            _ => {}
        }
    }
    None
}

/// The next item: its prefix without the size, its data, and how many bytes that was.
fn next(rest: &mut &[u8]) -> Option<(u8, u32, usize)> {
    let (&prefix, after) = rest.split_first()?;
    if prefix == item::LONG {
        // Nothing uses these; they say how long they are.
        let (&length, after) = after.split_first()?;
        *rest = after.get(1 + usize::from(length)..)?;
        return Some((item::LONG, 0, 0));
    }
    let size = match prefix & 0x03 {
        3 => 4,
        size => usize::from(size),
    };
    let (data, after) = after.split_at_checked(size)?;
    *rest = after;
    let value = data.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte));
    Some((prefix & !0x03, value, size))
}

fn bytes(bits: u32) -> usize {
    usize::try_from(bits.div_ceil(8)).unwrap_or(usize::MAX)
}

#[cfg(test)]
#[path = "descriptor_tests.rs"]
mod tests;
