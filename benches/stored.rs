//! What an operation costs with 10,000 stored credentials beside what it costs with 10: in memory and in the vault.

use authenticator::{Authenticator, Credential, MemoryStore, Profile, platform::Store};
use benches::{
    key::{handle, with_store},
    pairs::Pairs,
    requests,
};
use criterion::{BenchmarkGroup, Criterion, measurement::WallTime};
use std::{path::Path, sync::Arc};

const FEW: u32 = 10;
const MANY: u32 = 10_000;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let pairs = Pairs::default();

    let mut group = criterion.benchmark_group("10,000 stored");
    let [many, few] = [MANY, FEW].map(|count| filled(&memory(), count));
    measure(&pairs, &mut group, "in memory", many, few);

    // In memory where the system has such a folder: what is measured is the work, not the disk.
    let shared_memory = Path::new("/dev/shm");
    let folder = if shared_memory.exists() { shared_memory.to_owned() } else { std::env::temp_dir() };
    let vaults = tempfile::tempdir_in(folder).expect("a folder");
    let [many, few] = [MANY, FEW].map(|count| filled(&vault(&vaults.path().join(count.to_string())), count));
    measure(&pairs, &mut group, "in the vault", many, few);

    group.finish();
    criterion.final_summary();
    pairs.report();
}

fn measure(
    pairs: &Pairs,
    group: &mut BenchmarkGroup<'_, WallTime>,
    place: &str,
    mut many: Authenticator,
    mut few: Authenticator,
) {
    let registration = requests::make_credential();
    let register = |key: &mut Authenticator| handle(key, &registration);
    let assert = |key: &mut Authenticator, request: &[u8]| assert_eq!(handle(key, request)[0], 0x00);
    pairs.measure(
        group,
        &format!("makeCredential {place}"),
        || drop(register(&mut many)),
        "10 stored",
        || drop(register(&mut few)),
    );
    let [many_request, few_request] =
        [&mut many, &mut few].map(|key| requests::get_assertion(&register(key)));
    pairs.measure(
        group,
        &format!("getAssertion {place}"),
        || assert(&mut many, &many_request),
        "10 stored",
        || assert(&mut few, &few_request),
    );
}

/// A key on this store with `count` discoverable credentials, ten for each of its sites.
fn filled(store: &Arc<dyn Store>, count: u32) -> Authenticator {
    let mut key = with_store(Arc::clone(store));
    handle(&mut key, &requests::make_credential());
    let made = store.all().expect("a store").pop().expect("a credential");
    for number in 1..count {
        let mut credential = Credential { id: number.to_be_bytes().repeat(8), ..made.clone() };
        credential.rp.id = format!("site{}.example", number / 10);
        credential.user.id = number.to_be_bytes().to_vec();
        store.add(&credential, &[]).expect("room");
    }
    key
}

fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::with_capacity(20_000))
}

fn vault(folder: &Path) -> Arc<dyn Store> {
    let passphrase = secrecy::SecretString::from("a bench's passphrase".to_owned());
    std::fs::create_dir(folder).expect("a folder");
    let (vault, _) = vault::Vault::create(folder, &passphrase, vault::Keyring::Skip).expect("a vault");
    let mut profile = Profile::device_bound();
    profile.limits.discoverable_credentials = 20_000;
    Arc::new(vault.store(&profile))
}
