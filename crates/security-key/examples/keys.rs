//! Tells of the security keys that are there, and of those that come and go, one line each, until it is ended.
#![allow(clippy::print_stdout, missing_docs)]

use security_key::{Event, watch};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut keys = watch();
    loop {
        match keys.next().await {
            Event::Plugged(key) => {
                println!(
                    "plugged {} {:?} serial {:?} port {:?}",
                    key.address, key.name, key.serial, key.port
                );
            }
            Event::Unplugged { address } => println!("unplugged {address}"),
        }
    }
}
