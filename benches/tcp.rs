//! The whole way over TCP, one request in flight: our key beside soft-fido2, by the same client.

use benches::{
    client::{Client, PING},
    cores, key,
    pairs::Pairs,
    peer, requests,
};
use criterion::Criterion;

const PEER: &str = "soft-fido2 0.17";

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let pairs = Pairs::default();
    let mut group = criterion.benchmark_group("over TCP");

    let ((running, address), peer) = cores::apart(|| (key::over_tcp(), peer::over_tcp()));
    let mut ours = Client::connect(address);
    let mut theirs = Client::connect(peer);

    let payload = [0x5A; 1024];
    let ping = |client: &mut Client| assert_eq!(client.transact(PING, &payload), payload);
    pairs.measure(&mut group, "ping 1024 B", || ping(&mut ours), PEER, || ping(&mut theirs));

    let registration = requests::make_credential();
    let register = |client: &mut Client| client.cbor(&registration);
    pairs.measure(
        &mut group,
        "makeCredential",
        || drop(register(&mut ours)),
        PEER,
        || drop(register(&mut theirs)),
    );

    let assertions = [&mut ours, &mut theirs].map(|client| requests::get_assertion(&register(client)));
    pairs.measure(
        &mut group,
        "getAssertion",
        || drop(ours.cbor(&assertions[0])),
        PEER,
        || drop(theirs.cbor(&assertions[1])),
    );

    group.finish();
    criterion.final_summary();
    pairs.report();
    drop(running);
}
