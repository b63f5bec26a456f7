//! Over the kernel's HID: our key beside soft-fido2, each behind /dev/uhid. `cargo xtask bench` runs it in the
//! guest kernel, which has one.

use benches::{client::Hidraw, cores, exchange, key, peer};
use std::path::Path;

#[expect(clippy::print_stdout, reason = "a word to a person")]
fn main() {
    if !Path::new("/dev/uhid").exists() {
        println!("over uhid: this kernel has no /dev/uhid; `cargo xtask bench` measures in one that has");
        return;
    }
    let ((running, ours), theirs) = cores::apart(|| (key::over_uhid(), peer::over_uhid()));
    exchange::measure("over uhid", Hidraw::open(&ours), Hidraw::open(&theirs));
    drop(running);
}
