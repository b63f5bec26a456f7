//! The kernel's word, and then udev's, that a device came or went: a netlink socket (netlink(7),
//! NETLINK_KOBJECT_UEVENT).
//!
//! A message is taken as a reason to look, never as the truth: whoever forged one would have us look at /sys once more.

use std::{fs, io, os::fd::OwnedFd};

use rustix::{
    io::Errno,
    net::{
        AddressFamily, RecvFlags, SocketFlags, SocketType, bind,
        netlink::{KOBJECT_UEVENT, SocketAddrNetlink},
        recv, socket_with,
    },
};
use tokio::io::{Interest, unix::AsyncFd};

/// The two multicast groups. The kernel speaks first, when the node is made; udev when it has set who may open it.
const KERNEL: u32 = 1;
const UDEV: u32 = 2;

/// Longer than any message: the kernel's end at 2048 bytes of properties, udev's at 8192.
const MESSAGE: usize = 16 * 1024;

/// What udev's messages begin with: a word, a number in network order, and lengths in the computer's own order.
const UDEV_PREFIX: &[u8; 8] = b"libudev\0";
const UDEV_MAGIC: u32 = 0xFEED_CAFE;

/// The inode of the user namespace that the computer was started in (linux/proc_ns.h, PROC_USER_INIT_INO).
const FIRST_USER_NAMESPACE: &str = "user:[4026531837]";

/// A socket that hears of devices.
pub(super) struct Uevents(AsyncFd<OwnedFd>);

impl Uevents {
    pub(super) fn listen() -> io::Result<Self> {
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = socket_with(AddressFamily::NETLINK, SocketType::DGRAM, flags, Some(KOBJECT_UEVENT))?;
        bind(&socket, &SocketAddrNetlink::new(0, KERNEL | UDEV))?;
        #[expect(
            deprecated,
            reason = "its successor is an unsafe function; what that asks for, an OwnedFd keeps: \
                      it owns one open description until it is dropped"
        )]
        AsyncFd::with_interest(socket, Interest::READABLE).map(Self)
    }

    /// Waits until something was said of a hidraw node, and takes all that was said up to then.
    pub(super) async fn hidraw(&self) -> io::Result<()> {
        let mut concerned = false;
        while !concerned {
            let mut ready = self.0.readable().await?;
            let mut message = [0; MESSAGE];
            loop {
                match recv(self.0.get_ref(), &mut message[..], RecvFlags::empty()) {
                    Ok((said, _)) => concerned |= concerns_hidraw(message.get(..said).unwrap_or_default()),
                    // More came than the socket holds: among it may be anything.
                    Err(Errno::NOBUFS) => concerned = true,
                    Err(Errno::INTR) => {}
                    Err(Errno::AGAIN) => break,
                    Err(error) => return Err(error.into()),
                }
            }
            ready.clear_ready();
        }
        Ok(())
    }
}

/// Whether the kernel's messages may stay out: it tells no namespace of a user's own making.
pub(super) fn may_be_deaf() -> bool {
    fs::read_link("/proc/self/ns/user")
        .map_or(true, |namespace| namespace.as_os_str() != FIRST_USER_NAMESPACE)
}

fn concerns_hidraw(message: &[u8]) -> bool {
    properties(message).split(|byte| *byte == 0).any(|property| property == b"SUBSYSTEM=hidraw")
}

/// `NAME=VALUE`s with zeros between. The kernel's stand behind `add@/devices/…`, udev's where its header says.
fn properties(message: &[u8]) -> &[u8] {
    let Some(header) = message.strip_prefix(UDEV_PREFIX) else { return message };
    let words: Vec<_> = header.as_chunks().0.iter().take(4).collect();
    let [magic, _, offset, length] = words[..] else { return &[] };
    if u32::from_be_bytes(*magic) != UDEV_MAGIC {
        return &[];
    }
    let [offset, length] = [offset, length].map(|word| u32::from_ne_bytes(*word) as usize);
    message.get(offset..).and_then(|from| from.get(..length)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KERNELS: &[u8] =
        b"add@/devices/virtual/misc/uhid/0003:1209:0001.0001/hidraw/hidraw0\0ACTION=add\0SUBSYSTEM=hidraw\0SEQNUM=7\0";

    fn udevs(magic: u32, offset: u32, properties: &[u8]) -> Vec<u8> {
        let mut message = UDEV_PREFIX.to_vec();
        message.extend(magic.to_be_bytes());
        let length = u32::try_from(properties.len()).unwrap();
        for word in [40, offset, length, 1, 2, 3, 4] {
            message.extend(u32::to_ne_bytes(word));
        }
        message.extend(properties);
        message
    }

    #[test]
    fn both_tell_of_hidraw_nodes() {
        assert!(concerns_hidraw(KERNELS));
        let properties = b"ACTION=add\0SUBSYSTEM=hidraw\0DEVNAME=/dev/hidraw0\0";
        assert!(concerns_hidraw(&udevs(UDEV_MAGIC, 40, properties)));
        assert!(!concerns_hidraw(&udevs(UDEV_MAGIC, 40, b"ACTION=add\0SUBSYSTEM=block\0")));
        assert!(!concerns_hidraw(b"add@/devices/x\0ACTION=add\0SUBSYSTEM=hid\0NAME=SUBSYSTEM=hidraw\0"));
    }

    #[test]
    fn what_is_not_as_it_should_be_is_passed_over() {
        let properties = b"SUBSYSTEM=hidraw\0";
        let whole = udevs(UDEV_MAGIC, 40, properties);
        assert!(!concerns_hidraw(&udevs(0xCAFE_FEED, 40, properties)));
        assert!(!concerns_hidraw(&udevs(UDEV_MAGIC, u32::MAX, properties)));
        for length in 0..whole.len() {
            assert!(!concerns_hidraw(&whole[..length]), "cut at {length}");
        }
        for at in 0..whole.len() {
            for byte in 0..=255 {
                let mut changed = whole.clone();
                changed[at] = byte;
                let _ = concerns_hidraw(&changed);
            }
        }
    }
}
