//! `--approve never`: the person says no.

use super::{Client, Request};
use crate::program::{Emulator, Home};

const OPERATION_DENIED: u8 = 0x27;

#[test]
fn a_no_is_operation_denied_and_makes_nothing() {
    let options = ["--store", "memory", "--approve", "never", "--tcp", "127.0.0.1:0"];
    let key = Emulator::start(&Home::new(), &options);
    let mut client = Client::tcp(key.tcp());
    for _ in 0..2 {
        assert_eq!(client.cbor(&Request::register("ada").encode()), (OPERATION_DENIED, vec![]));
        let told = key.event("response");
        assert_eq!((&told["status"], &told["statusName"]), (&0x27.into(), &"OPERATION_DENIED".into()));
    }
    // Even that nothing is there is told only to somebody who is (§6.2.2 step 7).
    assert_eq!(client.cbor(&Request::sign_in().encode()), (OPERATION_DENIED, vec![]));
    client.ping(b"still here");
}
