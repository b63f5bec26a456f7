//! Passkeys from files: judged row by row, taken in one transaction.

use authenticator::{Credential, Kind, PrivateKey, Profile, platform::Store};
use ctap::cose;
use exchange::{Document, Row};
use serde_json::json;
use vault::{BackupReason, Choice, Plan, Selection, Source, Standing, Vault, Verdict};

use crate::world::{World, credential};

const CXF: Source<'_> = Source { name: "cxf", backup_eligible: true };

/// A passkey of a file; `key` tells keys apart.
fn passkey(id: &[u8], user: &[u8], key: u8) -> exchange::Passkey {
    let key = PrivateKey::from_bytes(cose::ES256, &[key; 32]).unwrap();
    let package = key.to_pkcs8().unwrap();
    exchange::Passkey::from_pkcs8(package, id.to_vec(), "shop.example", user.to_vec()).unwrap()
}

fn document(passkeys: impl IntoIterator<Item = exchange::Passkey>) -> Document {
    let row =
        |(index, passkey)| Row { place: format!("row {index}"), passkey: Ok(passkey), notes: Vec::new() };
    Document {
        rows: passkeys.into_iter().enumerate().map(row).collect(),
        left_out: vec!["1 password".into()],
    }
}

fn plan(vault: &Vault, passkeys: impl IntoIterator<Item = exchange::Passkey>) -> Plan {
    vault.plan_import(document(passkeys), CXF).unwrap()
}

fn synced(vault: &Vault) -> vault::VaultStore {
    vault.store(&Profile::synced())
}

#[test]
fn a_new_passkey_comes_with_all_that_the_file_says() {
    let (_world, vault) = World::new();
    let mut sent = passkey(b"one", b"erika", 1);
    sent.user_name = Some("erika".into());
    sent.created_at = Some(1_600_000_000);
    sent.cred_blob = Some(b"blob".to_vec());
    sent.large_blob = Some(exchange::LargeBlob { compressed: vec![3, 0], original_size: 0 });
    sent.hmac_secret =
        Some(exchange::HmacSecret { with_uv: [7; 32].into(), without_uv: Some([8; 32].into()) });
    sent.third_party_payment = true;
    sent.title = Some("My shop".into());
    sent.urls = vec!["https://shop.example/login".into()];
    sent.notes = Some("since spring".into());
    sent.tags = vec!["shops".into()];
    sent.aaguid = Some([9; 16]);
    sent.unknown.insert("cxf:item.subtitle".into(), json!({"deep": [1, "two"]}));
    let plan = plan(&vault, [sent.clone()]);
    assert_eq!((plan.rows[0].verdict.clone(), plan.rows[0].choice), (Verdict::New, Choice::Take));
    assert_eq!(plan.left_out, ["1 password"]);
    assert!(vault.passkeys().unwrap().is_empty(), "a plan changes nothing");

    let imported = vault.import(&plan).unwrap();
    assert_eq!(imported.added, [b"one".to_vec()]);
    let held = vault.passkey(b"one").unwrap().unwrap();
    assert_eq!((held.kind, held.backup_eligible, held.backup_state), (Kind::Synced, true, true));
    assert_eq!((held.backup_reason, held.source.as_str()), (Some(BackupReason::Import), "cxf"));
    assert_eq!((held.created_at, held.sign_count), (1_600_000_000, 0));
    assert!(held.imported_at.is_some() && held.imported_at == held.backed_up_at);

    let credential = synced(&vault).get(b"one").unwrap().unwrap();
    assert_eq!(credential.key, PrivateKey::from_bytes(cose::ES256, &[1; 32]).unwrap());
    assert_eq!(synced(&vault).find("shop.example").unwrap().len(), 1, "the synced key offers it");

    // What goes out again is what came in.
    let exported = vault.export(Selection::All).unwrap();
    let mut expected = sent;
    (expected.sign_count, expected.discoverable) = (Some(0), Some(true));
    (expected.backup_eligible, expected.backup_state) = (Some(true), Some(true));
    assert!(exported.passkeys == [expected] && exported.left_out.is_empty());
}

#[test]
fn be_stays_what_the_site_saw_and_bs_never_stands_without_it() {
    let (_world, vault) = World::new();
    let mut said = passkey(b"said", b"one", 1);
    said.backup_eligible = Some(false);
    let silent = Source { name: "keepassxc", backup_eligible: false };
    let mut plan = vault
        .plan_import(
            document([said, passkey(b"assumed", b"two", 2), passkey(b"chosen", b"three", 3)]),
            silent,
        )
        .unwrap();
    assert_eq!(plan.rows.iter().map(|row| row.flags_known).collect::<Vec<_>>(), [true, false, false]);
    assert!(plan.rows[0].set_flags(true, true).is_err(), "the file says it");
    assert!(plan.rows[1].set_flags(false, true).is_err(), "BS without BE");
    plan.rows[2].set_flags(true, false).unwrap();
    vault.import(&plan).unwrap();

    let flags = |id: &[u8]| {
        let held = vault.passkey(id).unwrap().unwrap();
        assert_eq!(held.kind, Kind::Synced, "a copy lives in two places, whatever its site believes");
        (held.backup_eligible, held.backup_state, held.backup_reason)
    };
    assert_eq!(flags(b"said"), (false, false, None));
    assert_eq!(flags(b"assumed"), (false, false, None));
    assert_eq!(flags(b"chosen"), (true, false, None));
    let used = synced(&vault).update(b"said", &mut |credential| credential.last_used_at = Some(1)).unwrap();
    assert!(used.is_some_and(|credential| !credential.backup_eligible), "the synced key goes on using it");
    assert_eq!(vault.export(Selection::All).unwrap().passkeys.len(), 3, "and it may be exported again");
}

#[test]
fn what_the_vault_holds_already_is_left_and_what_it_has_in_the_trash_is_offered() {
    let (_world, vault) = World::new();
    vault.import(&plan(&vault, [passkey(b"one", b"erika", 1)])).unwrap();
    let again =
        plan(&vault, [passkey(b"one", b"erika", 1), passkey(b"two", b"max", 2), passkey(b"two", b"max", 2)]);
    let verdicts: Vec<_> = again.rows.iter().map(|row| row.verdict.clone()).collect();
    assert_eq!(verdicts, [Verdict::Duplicate(Standing::Offered), Verdict::New, Verdict::Repeated(1)]);
    assert_eq!(vault.import(&again).unwrap().added, [b"two".to_vec()]);
    assert_eq!(vault.passkeys().unwrap().len(), 2);
}

#[test]
fn an_id_with_another_key_is_refused_wherever_the_other_stands() {
    let (_world, vault) = World::new();
    vault.import(&plan(&vault, [passkey(b"one", b"erika", 1)])).unwrap();
    let mut plan =
        plan(&vault, [passkey(b"one", b"erika", 9), passkey(b"two", b"max", 2), passkey(b"two", b"max", 9)]);
    for row in [0, 2] {
        assert!(matches!(&plan.rows[row].verdict, Verdict::Refused(why) if why.contains("genuine")), "{row}");
        assert!(plan.rows[row].choose(Choice::Take).is_err());
    }
    vault.import(&plan).unwrap();
    let kept = synced(&vault).get(b"one").unwrap().unwrap();
    assert_eq!(kept.key, PrivateKey::from_bytes(cose::ES256, &[1; 32]).unwrap());
}

#[test]
fn of_two_for_one_account_both_stay_and_the_newer_is_offered() {
    let (_world, vault) = World::new();
    let dated = |id: &[u8], key, at| {
        let mut passkey = passkey(id, b"erika", key);
        passkey.created_at = at;
        passkey
    };
    vault.import(&plan(&vault, [dated(b"held", 1, Some(2_000))])).unwrap();
    let plan = plan(
        &vault,
        [dated(b"older", 2, Some(1_000)), dated(b"newer", 3, Some(3_000)), dated(b"undated", 4, None)],
    );
    let says = |row: usize| match &plan.rows[row].verdict {
        Verdict::SameAccount { other, offered } => (other.clone(), *offered),
        other => panic!("{other:?}"),
    };
    assert_eq!(says(0), (b"held".to_vec(), false));
    assert_eq!(says(1), (b"held".to_vec(), true));
    assert_eq!(says(2), (b"newer".to_vec(), false));
    let imported = vault.import(&plan).unwrap();
    assert_eq!((imported.added.len(), imported.replaced), (3, vec![b"held".to_vec()]));
    let offered = synced(&vault).find("shop.example").unwrap();
    assert_eq!(offered.iter().map(|one| one.id.as_slice()).collect::<Vec<_>>(), [b"newer"]);
    for replaced in [&b"held"[..], b"older", b"undated"] {
        assert_eq!(vault.passkey(replaced).unwrap().unwrap().standing, Standing::Replaced);
    }
}

#[test]
fn what_a_copy_cannot_be_is_refused_with_its_reason() {
    let (_world, vault) = World::new();
    let mut counted = passkey(b"counted", b"one", 1);
    counted.sign_count = Some(12);
    let mut zero = passkey(b"zero", b"two", 2);
    zero.sign_count = Some(0);
    let mut rows = document([counted, zero]);
    rows.rows.push(Row {
        place: "row 2".into(),
        passkey: Err("Its key is of RSA-PSS.".into()),
        notes: Vec::new(),
    });
    let plan = vault.plan_import(rows, CXF).unwrap();
    assert!(matches!(&plan.rows[0].verdict, Verdict::Refused(why) if why.contains("12 signatures")));
    assert_eq!(plan.rows[1].verdict, Verdict::New);
    assert_eq!(plan.rows[2].verdict, Verdict::Refused("Its key is of RSA-PSS.".into()));
    let imported = vault.import(&plan).unwrap();
    assert_eq!((imported.added.len(), imported.left), (1, 2));
}

#[test]
fn a_plan_that_the_vault_outgrew_does_nothing() {
    let (_world, vault) = World::new();
    let (first, second) =
        (plan(&vault, [passkey(b"one", b"erika", 1)]), plan(&vault, [passkey(b"one", b"erika", 2)]));
    vault.import(&first).unwrap();
    let error = vault.import(&second).unwrap_err();
    assert!(error.to_string().contains("changed"), "{error}");
    assert_eq!(vault.passkeys().unwrap().len(), 1);
}

#[test]
fn device_bound_passkeys_are_in_no_export() {
    let (_world, vault) = World::new();
    vault.store(&Profile::device_bound()).add(&credential(1), &[]).unwrap();
    let copyable = Credential { backup_eligible: true, sign_count: 0, ..credential(2) };
    synced(&vault).add(&copyable, &[]).unwrap();

    let exported = vault.export(Selection::All).unwrap();
    assert_eq!(exported.passkeys.iter().map(|one| &one.credential_id).collect::<Vec<_>>(), [&copyable.id]);
    let left: Vec<_> = exported.left_out.iter().map(|(passkey, why)| (passkey.id.clone(), *why)).collect();
    assert_eq!(left, [(credential(1).id, vault::Reason::DeviceBound)]);
    let alone = vault.export(Selection::These(&[credential(1).id])).unwrap();
    assert!(alone.passkeys.is_empty() && alone.left_out.len() == 1, "not even when named");
    assert!(vault.export(Selection::These(&[b"nothing".to_vec()])).is_err());
}
