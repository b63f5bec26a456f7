//! Why a key did not start, or stopped.

/// Why a key did not start, or stopped by itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The kernel offers no HID devices made by programs.
    #[error("There is no /dev/uhid: the kernel module uhid is not loaded.")]
    NoUhid,
    /// /dev/uhid is not for this user.
    #[error("This user may not open /dev/uhid.")]
    NoPermission,
    /// /dev/uhid did not do as it should.
    #[error("The HID device failed: {reason}.")]
    Device {
        /// What the system said.
        reason: String,
    },
    /// Somebody listens there already.
    #[error("The address {address} is in use by another program.")]
    AddressInUse {
        /// As asked for.
        address: String,
        /// The option of `latchkey emulate` that names it.
        option: &'static str,
    },
    /// Other computers would reach the key.
    #[error(
        "The address {address} can be reached from other computers, and whoever reaches a key may use it."
    )]
    NotLoopback {
        /// As asked for.
        address: String,
        /// The option of `latchkey emulate` that names it.
        option: &'static str,
    },
    /// A socket could not be opened.
    #[error("The address {address} cannot be opened: {reason}.")]
    Socket {
        /// As asked for.
        address: String,
        /// The option of `latchkey emulate` that names it.
        option: &'static str,
        /// What the system said.
        reason: String,
    },
    /// The key's thread could not be started.
    #[error("The key's thread could not be started: {reason}.")]
    Thread {
        /// What the system said.
        reason: String,
    },
    /// A defect in this program.
    #[error("The key's thread ended by a defect in this program.")]
    Crashed,
}

impl Error {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoUhid => Some(
                "Install the udev rule, which lets you open it, and load the module: `sudo cp \
                 packaging/70-latchkey.rules /etc/udev/rules.d/ && sudo modprobe uhid`."
                    .to_owned(),
            ),
            Self::NoPermission => Some(
                "Install the udev rule: `sudo cp packaging/70-latchkey.rules /etc/udev/rules.d/ && sudo udevadm \
                 control --reload && sudo udevadm trigger`."
                    .to_owned(),
            ),
            Self::AddressInUse { option, .. } | Self::Socket { option, .. } => {
                Some(format!("Stop what uses it, or name another with {option}."))
            }
            Self::NotLoopback { option, .. } => {
                Some(format!("Name a loopback address, such as 127.0.0.1, with {option}."))
            }
            Self::Device { .. } => Some("Start the key again.".to_owned()),
            Self::Thread { .. } | Self::Crashed => None,
        }
    }
}
