//! Finds a security key, waits for a line on standard input, then opens that very key.
#![allow(clippy::print_stdout, missing_docs)]

use std::{error::Error, io::stdin, sync::Arc};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let key = security_key::found().into_iter().next().ok_or("no key is there")?;
    println!("{}", key.address);
    stdin().read_line(&mut String::new())?;
    match key.open(Arc::new(|_| ())).await {
        Ok(_) => println!("opened"),
        Err(error) => println!("{error}"),
    }
    Ok(())
}
