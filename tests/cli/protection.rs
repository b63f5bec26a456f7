//! The running program keeps its memory to itself, also from other programs of the same user.

use std::{
    fs,
    os::unix::{fs::MetadataExt, process::ExitStatusExt},
    path::Path,
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

use crate::program::{LATCHKEY, NO_BUS};

/// A user without privileges: root may read everything anyway.
const NOBODY: &str = "65534";

/// What a debugger needs to open.
const MEMORY: [&str; 3] = ["mem", "maps", "environ"];

#[test]
fn no_other_program_reads_its_memory_and_a_crash_leaves_none() {
    let folder = writable_folder();
    let key = start(folder.path(), None);
    for file in MEMORY {
        assert!(!opens(&key, file), "{file} of a running key can be opened");
    }
    // Not the user's own any more: nothing of /proc that is the owner's alone is theirs (proc(5)).
    assert_eq!(fs::metadata(format!("/proc/{}/environ", key.id())).unwrap().uid(), 0);
    let limits = fs::read_to_string(format!("/proc/{}/limits", key.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
    assert!(!crash(key), "a crash left a core file");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// The same questions have another answer where the process is open, so they ask the right thing.
#[test]
fn for_who_works_on_the_program_it_can_be_opened_and_says_so() {
    let folder = writable_folder();
    let mut key = start(folder.path(), Some("1"));
    assert!(opens(&key, "environ"), "environ cannot be opened although debugging is allowed");
    let _ = key.kill();
    let said = std::io::read_to_string(key.stderr.take().unwrap()).unwrap();
    assert!(said.contains("LATCHKEY_ALLOW_DEBUGGING is set"), "{said}");
    let _ = key.wait();

    let mut key = start(folder.path(), Some("yes"));
    assert!(!opens(&key, "environ"), "only `1` opens it");
    let _ = key.kill();
    let _ = key.wait();
}

fn writable_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    folder
}

/// A key that has said that it is ready, in `folder` and with core files allowed as far as the system allows them.
fn start(folder: &Path, allow_debugging: Option<&str>) -> Child {
    // Where nobody may reach the build: the program as a file of its own.
    let program = folder.join("latchkey");
    fs::copy(LATCHKEY, &program).unwrap();
    let mut command = as_the_user("sh");
    command
        .args(["-c", "ulimit -c \"$(ulimit -H -c)\"; exec ./latchkey emulate --store memory --approve never --tcp 127.0.0.1:0 --json"])
        .current_dir(folder)
        .env(NO_BUS.0, NO_BUS.1)
        .env("HOME", folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if let Some(value) = allow_debugging {
        command.env("LATCHKEY_ALLOW_DEBUGGING", value);
    }
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    let mut stdout = std::io::BufReader::new(child.stdout.as_mut().unwrap());
    std::io::BufRead::read_line(&mut stdout, &mut line).unwrap();
    assert!(line.contains("ready"), "{line}");
    fs::remove_file(program).unwrap();
    child
}

/// Whether another program of the same user opens this file of the process.
fn opens(process: &Child, file: &str) -> bool {
    let path = format!("/proc/{}/{file}", process.id());
    let done = as_the_user("sh").args(["-c", "exec 3<\"$0\"", &path]).stderr(Stdio::null()).status().unwrap();
    done.success()
}

/// Crashes it; whether it left a core file.
fn crash(mut process: Child) -> bool {
    // The first of a signal that no fault raised only takes Rust's own handler away.
    let kill = format!("kill -SEGV {0}; sleep 0.2; kill -SEGV {0}", process.id());
    assert!(as_the_user("sh").args(["-c", &kill]).status().unwrap().success());
    let status = process.wait().unwrap();
    assert_eq!(status.signal(), Some(11));
    status.core_dumped()
}

fn as_the_user(program: &str) -> Command {
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", program]);
    command
}
