//! The node that the system makes for a device.

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

/// The kernel makes the node beside us; where it has none within this time, none is coming.
const LIMIT: Duration = Duration::from_secs(1);

/// Waits for the node of the device whose physical address is `phys`, so that programs find it when the key
/// is said to be ready. `None` where the kernel makes none, or /dev is not its own.
pub(super) fn wait(phys: &str) -> Option<PathBuf> {
    let limit = Instant::now() + LIMIT;
    loop {
        let found = find(Path::new("/sys/class/hidraw"), Path::new("/dev"), phys);
        if found.is_some() || Instant::now() > limit {
            return found;
        }
        thread::sleep(Duration::from_millis(5));
    }
}

fn find(class: &Path, nodes: &Path, phys: &str) -> Option<PathBuf> {
    let wanted = format!("HID_PHYS={phys}");
    fs::read_dir(class).ok()?.flatten().find_map(|entry| {
        let uevent = fs::read_to_string(entry.path().join("device/uevent")).ok()?;
        let node = nodes.join(entry.file_name());
        (uevent.lines().any(|line| line == wanted) && node.exists()).then_some(node)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_node_is_the_one_whose_physical_address_was_given() {
        let root = std::env::temp_dir().join(format!("latchkey-node-{}", std::process::id()));
        for (name, phys) in
            [("hidraw0", "usb-1/input0"), ("hidraw1", "latchkey/7/0"), ("hidraw2", "latchkey/7/01")]
        {
            fs::create_dir_all(root.join("class").join(name).join("device")).unwrap();
            let uevent = format!("DRIVER=hid-generic\nHID_PHYS={phys}\nHID_UNIQ=x\n");
            fs::write(root.join("class").join(name).join("device/uevent"), uevent).unwrap();
        }
        let find = |phys| find(&root.join("class"), &root, phys);
        assert_eq!(find("latchkey/7/0"), None, "no node yet");
        fs::write(root.join("hidraw1"), "").unwrap();
        assert_eq!(find("latchkey/7/0"), Some(root.join("hidraw1")));
        assert_eq!(find("latchkey/7"), None);
        fs::remove_dir_all(root).unwrap();
    }
}
