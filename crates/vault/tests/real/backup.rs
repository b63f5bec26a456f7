//! Backups: what the stock program `age` opens, what is restored, and that a failure leaves nothing behind.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use authenticator::{Credential, Profile, platform::Store};
use secrecy::SecretString;
use vault::{Backup, BackupReason, Error, Existing, Keys, Opener, Phase, Recipient, Vault, Verdict};

use crate::world::{World, again, credential, job, unlocked};

const PHRASE: &str = "a backup's own passphrase";

/// A vault with one passkey of each kind; the id of the one that may be copied.
fn with_both_kinds(vault: &Vault) -> Vec<u8> {
    vault.store(&Profile::device_bound()).add(&credential(1), &[]).unwrap();
    let synced = Credential { backup_eligible: true, sign_count: 0, ..credential(2) };
    vault.store(&Profile::synced()).add(&synced, &[]).unwrap();
    let key = vault.store(&Profile::synced());
    key.update_state(&mut |state| state.global_counter = 41).unwrap();
    synced.id
}

fn backup(vault: &Vault, file: &Path, existing: Existing) -> Result<vault::BackedUp, Error> {
    let keys = Keys { passphrase: Some(&PHRASE.into()), recipients: &[] };
    vault.backup(file, keys, existing, &mut |_| {})
}

fn open(file: &Path) -> Result<Backup, Error> {
    Backup::open(&Backup::read(file).unwrap(), Opener::Passphrase(&PHRASE.into()))
}

fn backup_state(vault: &Vault, id: &[u8]) -> (bool, Option<BackupReason>) {
    let passkey = vault.passkey(id).unwrap().unwrap();
    (passkey.backup_state, passkey.backup_reason)
}

#[test]
fn a_backup_holds_what_may_be_copied_and_then_it_counts_as_backed_up() {
    let (world, vault) = World::new();
    let synced = with_both_kinds(&vault);
    assert_eq!(backup_state(&vault, &synced), (false, None));
    let file = world.dir().join("first.backup");
    let mut phases = Vec::new();
    let keys = Keys { passphrase: Some(&PHRASE.into()), recipients: &[] };
    let done = vault.backup(&file, keys, Existing::Keep, &mut |phase| phases.push(phase)).unwrap();
    assert_eq!((done.passkeys, done.device_bound, done.confirmed), (1, 1, vec![synced.clone()]));
    assert_eq!(done.size, fs::metadata(&file).unwrap().len());
    assert_eq!(
        phases,
        [Phase::Collecting, Phase::Encrypting, Phase::Writing, Phase::Verifying, Phase::Confirming]
    );
    assert_eq!(backup_state(&vault, &synced), (true, Some(BackupReason::Backup)));
    assert_eq!(backup_state(&vault, &credential(1).id), (false, None));
    assert!(matches!(backup(&vault, &file, Existing::Keep), Err(Error::FileExists(_))));
    assert!(backup(&vault, &file, Existing::Replace).unwrap().confirmed.is_empty());

    let wrong = Backup::open(&Backup::read(&file).unwrap(), Opener::Passphrase(&"not the passphrase".into()));
    assert!(matches!(wrong, Err(Error::WrongFilePassphrase)));
}

#[test]
fn a_new_vault_is_made_from_a_backup_and_an_old_one_gets_what_it_misses() {
    let (world, vault) = World::new();
    let synced = with_both_kinds(&vault);
    let file = world.dir().join("a.backup");
    backup(&vault, &file, Existing::Keep).unwrap();
    let before = vault.store(&Profile::synced()).get(&synced).unwrap().unwrap();

    let plan = vault.plan_restore(open(&file).unwrap()).unwrap();
    assert!(matches!(plan.rows[0].verdict, Verdict::Duplicate(_)), "{:?}", plan.rows[0].verdict);

    let (_other_world, other) = World::new();
    let plan = other.plan_restore(open(&file).unwrap()).unwrap();
    assert_eq!(plan.left_out, ["1 passkey lived in one place and is in no backup."]);
    assert_eq!(other.import(&plan).unwrap().added, std::slice::from_ref(&synced));
    assert_eq!(backup_state(&other, &synced), (true, Some(BackupReason::Backup)));
    let key = other.store(&Profile::synced());
    let restored = key.get(&synced).unwrap().unwrap();
    assert_eq!((&restored.key, &restored.user), (&before.key, &before.user));
    assert_eq!(restored.cred_random.unwrap().with_uv, before.cred_random.unwrap().with_uv);
    assert_eq!(key.state().unwrap().global_counter, 41);
    assert_eq!(other.passkey(&synced).unwrap().unwrap().source, "created");
}

/// `age` and `tar` as any system has them.
#[test]
fn stock_programs_open_a_backup() {
    let (world, vault) = World::new();
    with_both_kinds(&vault);
    let path = |name: &str| world.dir().join(name);
    let recovery = keygen(&path("recovery.txt"));
    let keys = Keys { passphrase: Some(&PHRASE.into()), recipients: &[recovery] };
    vault.backup(&path("a.backup"), keys, Existing::Keep, &mut |_| {}).unwrap();

    run(Command::new("tar").arg("-xf").arg(path("a.backup")).current_dir(world.dir()));
    let by_recovery_key =
        run(Command::new("age").arg("-d").arg("-i").arg(path("recovery.txt")).arg(path("backup.cbor.age")));
    // `age` reads passphrases from a terminal alone: `script` gives it one.
    let script = format!(
        "(sleep 1; echo \"{PHRASE}\"; sleep 4) | script -qec 'age -d -o identity.txt identity.txt.age' /dev/null"
    );
    run(Command::new("sh").args(["-c", &script]).current_dir(world.dir()));
    let by_passphrase =
        run(Command::new("age").arg("-d").arg("-i").arg(path("identity.txt")).arg(path("backup.cbor.age")));
    assert_eq!(by_recovery_key, by_passphrase);
    let content: ciborium::Value = ciborium::from_reader(by_passphrase.as_slice()).unwrap();
    let member = |name: &str| {
        content.as_map().unwrap().iter().find(|(key, _)| key.as_text() == Some(name)).unwrap().1.clone()
    };
    assert_eq!(member("format").as_text(), Some("latchkey-backup"));
    assert_eq!(member("passkeys").as_array().unwrap().len(), 1);

    let identity = SecretString::from(fs::read_to_string(path("recovery.txt")).unwrap());
    let bytes = Backup::read(&path("a.backup")).unwrap();
    assert!(Backup::has_passphrase(&bytes).unwrap());
    let plan = vault.plan_restore(Backup::open(&bytes, Opener::Identities(&identity)).unwrap()).unwrap();
    assert_eq!(plan.rows.len(), 1);
}

#[test]
fn the_program_age_opens_what_is_written_here_and_the_other_way_round() {
    let (world, _vault) = World::new();
    let path = |name: &str| world.dir().join(name);
    let recipient = keygen(&path("key.txt"));
    fs::write(
        path("ours.age"),
        vault::encrypt(b"ours", &vault::Lock::Recipients(std::slice::from_ref(&recipient))).unwrap(),
    )
    .unwrap();
    let opened = run(Command::new("age").arg("-d").arg("-i").arg(path("key.txt")).arg(path("ours.age")));
    assert_eq!(opened, b"ours");
    fs::write(path("plain"), b"theirs").unwrap();
    let identity = SecretString::from(fs::read_to_string(path("key.txt")).unwrap());
    for armour in [&[][..], &["-a"]] {
        let sealed =
            run(Command::new("age").args(armour).arg("-r").arg(recipient.to_string()).arg(path("plain")));
        assert!(vault::is_age(&sealed) && !vault::wants_passphrase(&sealed).unwrap());
        assert_eq!(vault::decrypt(&sealed, Opener::Identities(&identity)).unwrap().as_slice(), b"theirs");
    }
}

#[test]
fn every_altered_byte_and_every_cut_of_a_backup_is_refused() {
    let (world, vault) = World::new();
    with_both_kinds(&vault);
    let file = world.dir().join("a.backup");
    let identity = age::x25519::Identity::generate();
    let recipients = [identity.to_public().to_string().parse::<Recipient>().unwrap()];
    let keys = Keys { passphrase: None, recipients: &recipients };
    vault.backup(&file, keys, Existing::Keep, &mut |_| {}).unwrap();
    let bytes = fs::read(&file).unwrap();
    let text = identity.to_string();
    let open = |bytes: &[u8]| Backup::open(bytes, Opener::Identities(&text));
    assert!(open(&bytes).is_ok());
    let content = 512..bytes.len() - 1024;
    for at in content.clone().step_by(7) {
        let mut altered = bytes.clone();
        altered[at] ^= 0x10;
        // The archive's padding is the only part that means nothing.
        if let Ok(backup) = open(&altered) {
            assert_eq!(bytes[at], 0, "{at}");
            assert_eq!(vault.plan_restore(backup).unwrap().rows.len(), 1);
        }
    }
    for length in content.step_by(7) {
        assert!(open(&bytes[..length]).is_err(), "{length}");
    }
}

/// Whoever has a recovery key's public half can make a file for it: what no backup of ours holds is taken from none.
#[test]
fn a_forged_backup_brings_no_device_bound_passkey_and_replaces_no_key() {
    let (world, vault) = World::new();
    with_both_kinds(&vault);
    let file = world.dir().join("a.backup");
    let identity = age::x25519::Identity::generate();
    let recipients = [identity.to_public().to_string().parse::<Recipient>().unwrap()];
    let keys = Keys { passphrase: None, recipients: &recipients };
    vault.backup(&file, keys, Existing::Keep, &mut |_| {}).unwrap();
    let text = identity.to_string();
    let forged = |member: &str, value: ciborium::Value| {
        let bytes = forge(&fs::read(&file).unwrap(), &text, &recipients, member, &value);
        Backup::open(&bytes, Opener::Identities(&text))
    };
    assert!(matches!(forged("kind", "device-bound".into()), Err(Error::File(_))));
    assert!(matches!(forged("signCount", 7.into()), Err(Error::File(_))));
    assert!(matches!(forged("key", ciborium::Value::Bytes(vec![0; 32])), Err(Error::File(_))));
    let other = forged("key", ciborium::Value::Bytes(vec![1; 32])).unwrap();
    let plan = vault.plan_restore(other).unwrap();
    assert!(matches!(&plan.rows[0].verdict, Verdict::Refused(why) if why.contains("genuine")));
}

/// The backup with another `member` in its only passkey.
fn forge(
    bytes: &[u8],
    identity: &SecretString,
    recipients: &[Recipient],
    member: &str,
    value: &ciborium::Value,
) -> Vec<u8> {
    let mut archive = tar::Archive::new(bytes);
    let mut sealed = Vec::new();
    std::io::Read::read_to_end(&mut archive.entries().unwrap().next().unwrap().unwrap(), &mut sealed)
        .unwrap();
    let opened = vault::decrypt(&sealed, Opener::Identities(identity)).unwrap();
    let mut content: ciborium::Value = ciborium::from_reader(opened.as_slice()).unwrap();
    let entries = content.as_map_mut().unwrap();
    let (_, passkeys) = entries.iter_mut().find(|(name, _)| name.as_text() == Some("passkeys")).unwrap();
    let passkey = passkeys.as_array_mut().unwrap()[0].as_map_mut().unwrap();
    passkey.iter_mut().find(|(name, _)| name.as_text() == Some(member)).unwrap().1 = value.clone();
    let mut plaintext = Vec::new();
    ciborium::into_writer(&content, &mut plaintext).unwrap();
    let sealed = vault::encrypt(&plaintext, &vault::Lock::Recipients(recipients)).unwrap();
    let mut forged = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_size(sealed.len() as u64);
    forged.append_data(&mut header, "backup.cbor.age", sealed.as_slice()).unwrap();
    forged.into_inner().unwrap()
}

/// Killed before, while and after the file gets its name: no half file, no bit that claims a backup that is not.
#[test]
fn a_backup_that_is_killed_leaves_a_whole_file_or_none() {
    const TEST: &str = "backup::a_backup_that_is_killed_leaves_a_whole_file_or_none";
    if let Some(job) = job() {
        let (dir, phase) = job.split_once('|').unwrap();
        let vault = unlocked(Path::new(dir));
        let keys = Keys { passphrase: Some(&PHRASE.into()), recipients: &[] };
        let mut stop = |now: Phase| {
            if format!("{now:?}") == phase {
                // As a power failure would.
                run(Command::new("kill").args(["-9", &std::process::id().to_string()]));
            }
        };
        vault.backup(&Path::new(dir).join("out/a.backup"), keys, Existing::Keep, &mut stop).unwrap();
        return;
    }
    let (world, vault) = World::new();
    let synced = with_both_kinds(&vault);
    let out = world.dir().join("out");
    fs::create_dir(&out).unwrap();
    for phase in ["Writing", "Verifying", "Confirming"] {
        let killed = again(TEST, &format!("{}|{phase}", world.dir().display())).output().unwrap();
        assert!(!killed.status.success());
        let left: Vec<_> = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        if phase == "Confirming" {
            assert_eq!(left, ["a.backup"]);
            open(&out.join("a.backup")).unwrap();
        } else {
            assert!(left.is_empty(), "{phase}: {left:?}");
        }
        assert_eq!(backup_state(&vault, &synced), (false, None), "{phase}");
    }
}

/// A file system without room, and one that takes no writes, each mounted where this test alone sees it.
#[test]
fn a_full_disk_and_a_read_only_folder_leave_nothing() {
    const TEST: &str = "backup::a_full_disk_and_a_read_only_folder_leave_nothing";
    if let Some(job) = job() {
        let (dir, expected) = job.split_once('|').unwrap();
        let vault = unlocked(Path::new(dir));
        let out = Path::new(dir).join("out");
        let error = backup(&vault, &out.join("a.backup"), Existing::Keep).unwrap_err();
        assert_eq!(matches!(error, Error::DiskFull), expected == "full", "{error}");
        assert!(fs::read_dir(&out).unwrap().all(|entry| entry.unwrap().file_name() == "filler"));
        return;
    }
    let (world, vault) = World::new();
    let synced = with_both_kinds(&vault);
    // More than the block that is left on the full disk.
    for number in 3..9 {
        let synced = Credential { backup_eligible: true, sign_count: 0, ..credential(number) };
        vault.store(&Profile::synced()).add(&synced, &[]).unwrap();
    }
    let out = world.dir().join("out");
    fs::create_dir(&out).unwrap();
    for (options, filler, expected) in
        [("size=64k", "head -c 61440 /dev/zero > \"$0\"/filler", "full"), ("ro", "true", "read-only")]
    {
        let inner = again(TEST, &format!("{}|{expected}", world.dir().display()));
        let script = format!("mount -t tmpfs -o {options} tmpfs \"$0\" && {filler} && exec \"$@\"");
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]).arg(&out);
        command.arg(inner.get_program()).args(inner.get_args());
        command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let done = command.stdin(Stdio::null()).output().unwrap();
        assert!(done.status.success(), "{expected}: {}", String::from_utf8_lossy(&done.stderr));
        assert_eq!(backup_state(&vault, &synced), (false, None), "{expected}");
    }
}

/// A new identity in `file`, as `age-keygen` writes it; its public half.
fn keygen(file: &Path) -> Recipient {
    run(Command::new("age-keygen").arg("-o").arg(file));
    String::from_utf8(run(Command::new("age-keygen").arg("-y").arg(file))).unwrap().parse().unwrap()
}

/// What the program prints; it must succeed.
fn run(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
