use std::{
    fs::File,
    io::{Error, ErrorKind},
};

use super::{Files, Finding};

/// Whether `emulate --uhid` can make its device.
pub(super) fn examine(files: &Files) -> Finding {
    match File::options().read(true).write(true).open(files.at("/dev/uhid")) {
        Ok(_) => Finding::good("uhid", "A virtual key can appear as a USB key: /dev/uhid can be opened."),
        Err(error) => trouble(&error),
    }
}

fn trouble(error: &Error) -> Finding {
    match error.kind() {
        ErrorKind::NotFound => Finding::trouble(
            "uhid",
            "A virtual key cannot appear as a USB key: there is no /dev/uhid, as the kernel's module uhid is not loaded.",
            &["sudo modprobe uhid", "echo uhid | sudo tee /etc/modules-load.d/uhid.conf"],
        ),
        ErrorKind::PermissionDenied => Finding::trouble(
            "uhid",
            "A virtual key cannot appear as a USB key: you may not open /dev/uhid.",
            &[
                "sudo cp packaging/70-latchkey.rules /etc/udev/rules.d/",
                "sudo udevadm control --reload && sudo udevadm trigger --sysname-match=uhid",
            ],
        ),
        _ => Finding::trouble(
            "uhid",
            format!("A virtual key cannot appear as a USB key: /dev/uhid cannot be opened: {error}."),
            &["Look into the kernel's log: journalctl -k | grep uhid"],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Health;

    #[test]
    fn each_way_to_have_no_device_has_its_fix() {
        let told = |kind: ErrorKind| trouble(&kind.into());
        assert_eq!(told(ErrorKind::NotFound).fix.first().unwrap(), "sudo modprobe uhid");
        assert!(told(ErrorKind::PermissionDenied).fix.first().unwrap().contains("70-latchkey.rules"));
        assert!(told(ErrorKind::ResourceBusy).message.contains("busy"));
        let root = tempfile::tempdir().unwrap();
        let files = Files { root: root.path().to_owned(), home: None };
        assert_eq!(examine(&files).health, Health::Trouble);
        std::fs::create_dir(root.path().join("dev")).unwrap();
        std::fs::write(root.path().join("dev/uhid"), "").unwrap();
        assert_eq!(examine(&files).health, Health::Good);
    }
}
