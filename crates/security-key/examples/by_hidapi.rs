//! Finds security keys by hidapi, as on macOS and Windows, opens each and prints what it says it speaks.
#![allow(clippy::print_stdout, missing_docs)]

use security_key::{Error, found_by_hidapi};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    for key in found_by_hidapi() {
        let mut session = key.open(Arc::new(|_| ())).await?;
        let info = session.info().await?;
        println!("{} {:?} serial {:?}: {}", key.address, key.name, key.serial, info.versions.join(" "));
    }
    Ok(())
}
