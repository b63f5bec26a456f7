//! Browsers that were installed as a Snap or a Flatpak run in a sandbox, and see no device that they were not given.

use std::{fs, path::Path};

use super::{Files, Finding};

/// Names of Snaps and of Flatpaks, and what people call them.
const SNAPS: [(&str, &str); 5] = [
    ("chromium", "Chromium"),
    ("firefox", "Firefox"),
    ("brave", "Brave"),
    ("opera", "Opera"),
    ("vivaldi", "Vivaldi"),
];
const FLATPAKS: [(&str, &str); 7] = [
    ("org.mozilla.firefox", "Firefox"),
    ("org.chromium.Chromium", "Chromium"),
    ("com.google.Chrome", "Chrome"),
    ("com.brave.Browser", "Brave"),
    ("com.microsoft.Edge", "Edge"),
    ("com.vivaldi.Vivaldi", "Vivaldi"),
    ("io.github.ungoogled_software.ungoogled_chromium", "ungoogled-chromium"),
];

/// Which browsers are in a sandbox, and whether keys reach into it.
pub(super) fn examine(files: &Files) -> Vec<Finding> {
    let snaps = SNAPS.iter().filter(|(id, _)| files.at("/snap").join(id).join("current").exists());
    let mut findings: Vec<_> = snaps.map(|(id, name)| snap(id, name)).collect();
    for (id, name) in FLATPAKS {
        let apps = files.system_and_home("/var/lib/flatpak/app", ".local/share/flatpak/app");
        for app in apps.map(|folder| folder.join(id)).filter(|app| app.exists()) {
            findings.push(flatpak(files, &app, id, name));
        }
    }
    findings
}

/// Whether its plug is connected only `snapd` knows, so this can only say what is needed.
fn snap(id: &str, name: &str) -> Finding {
    Finding::note(
        "browser",
        format!(
            "{name} is a Snap. It sees USB keys while its plug u2f-devices is connected, and of these only the models \
             that snapd knows: a virtual key is not one of them."
        ),
        &[
            &format!("sudo snap connect {id}:u2f-devices"),
            "For a virtual key use a browser that is not a Snap: the distribution's own package, or the vendor's.",
        ],
    )
}

/// A permission stands in the app's metadata, or in what the person or the system overrides.
fn flatpak(files: &Files, app: &Path, id: &str, name: &str) -> Finding {
    let overrides = files.system_and_home("/var/lib/flatpak/overrides", ".local/share/flatpak/overrides");
    let mut lists = vec![app.join("current/active/metadata")];
    lists.extend(overrides.flat_map(|folder| [folder.join(id), folder.join("global")]));
    if lists.iter().any(|list| has_all_devices(list)) {
        return Finding::good("browser", format!("{name} (Flatpak) may use all devices, so it sees keys."));
    }
    Finding::trouble(
        "browser",
        format!("{name} is a Flatpak that may not use devices: it sees no USB key, real or virtual."),
        &[
            &format!("flatpak override --user --device=all {id}"),
            "Close the browser wholly and start it again.",
        ],
    )
}

/// `devices=…;all;…` in the group `[Context]`.
fn has_all_devices(list: &Path) -> bool {
    let text = fs::read_to_string(list).unwrap_or_default();
    let context = text.split("\n[").find(|group| group.trim_start_matches('[').starts_with("Context]"));
    let devices = context.into_iter().flat_map(str::lines).find_map(|line| line.strip_prefix("devices="));
    devices.is_some_and(|devices| devices.split(';').any(|device| device.trim() == "all"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Health;

    #[test]
    fn a_flatpak_sees_keys_by_its_own_metadata_or_by_an_override() {
        let root = tempfile::tempdir().unwrap();
        let files = Files { root: root.path().join("system"), home: Some(root.path().join("home")) };
        let write = |path: &Path, text: &str| {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        assert!(examine(&files).is_empty());
        let metadata = files.at("/var/lib/flatpak/app/org.mozilla.firefox/current/active/metadata");
        write(
            &metadata,
            "[Application]\nname=org.mozilla.firefox\n\n[Context]\nshared=network;\ndevices=dri;\n",
        );
        let found = examine(&files);
        assert_eq!(found.first().unwrap().health, Health::Trouble);
        assert_eq!(
            found.first().unwrap().fix.first().unwrap(),
            "flatpak override --user --device=all org.mozilla.firefox"
        );
        // `all` of another group is nobody's permission.
        write(&metadata, "[Context]\ndevices=dri;\n\n[Session Bus Policy]\ndevices=all;\n");
        assert_eq!(examine(&files).first().unwrap().health, Health::Trouble);
        write(
            &root.path().join("home/.local/share/flatpak/overrides/org.mozilla.firefox"),
            "[Context]\ndevices=all;\n",
        );
        assert_eq!(examine(&files).first().unwrap().health, Health::Good);
    }

    #[test]
    fn a_snap_is_told_what_it_needs() {
        let root = tempfile::tempdir().unwrap();
        let files = Files { root: root.path().to_owned(), home: None };
        fs::create_dir_all(files.at("/snap/chromium/current")).unwrap();
        let found = examine(&files);
        assert_eq!(found.len(), 1);
        assert_eq!(found.first().unwrap().fix.first().unwrap(), "sudo snap connect chromium:u2f-devices");
    }
}
