//! The whole way over a wire, one request in flight: our key beside soft-fido2, by the same client.

use crate::{
    client::{Client, PING, Wire},
    pairs::Pairs,
    requests,
};
use criterion::Criterion;

const PEER: &str = "soft-fido2 0.17";

/// Measures ping, makeCredential and getAssertion, and prints the table.
///
/// # Panics
/// Where a key does not answer as it should.
pub fn measure<W: Wire>(over: &str, ours: W, theirs: W) {
    let mut criterion = Criterion::default().configure_from_args();
    let pairs = Pairs::default();
    let mut group = criterion.benchmark_group(over);
    let mut ours = Client::new(ours);
    let mut theirs = Client::new(theirs);

    let payload = [0x5A; 1024];
    let ping = |client: &mut Client<W>| assert_eq!(client.transact(PING, &payload), payload);
    pairs.measure(&mut group, "ping 1024 B", || ping(&mut ours), PEER, || ping(&mut theirs));

    let registration = requests::make_credential();
    let register = |client: &mut Client<W>| client.cbor(&registration);
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
}
