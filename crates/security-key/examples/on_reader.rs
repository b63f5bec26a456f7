//! Keys on smart card readers, from a shell: `on_reader readers`, `on_reader watch SECONDS`, `on_reader info READER`,
//! `on_reader touch READER`, `on_reader version READER`. What it finds it says in lines, and why not on stderr.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is a program")]

use std::{process::ExitCode, sync::Arc, time::Duration};

use ctap::{Request, u2f};
use security_key::{Error, Nfc, Transport, nfc, open};
use tokio::time::{Instant, timeout_at};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["readers"] => readers(),
        ["watch", seconds] => watch(seconds).await,
        ["info", reader] => info(reader).await,
        ["touch", reader] => touch(reader).await,
        ["version", reader] => version(reader).await,
        _ => {
            eprintln!("on_reader readers | watch SECONDS | info READER | touch READER | version READER");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}\n{}", error.hint().unwrap_or_default());
            ExitCode::FAILURE
        }
    }
}

fn readers() -> Result<(), Error> {
    for reader in nfc::readers()? {
        println!("{}: {:?}", reader.name, reader.holds);
    }
    Ok(())
}

/// All keys, those in USB ports too.
async fn watch(seconds: &str) -> Result<(), Error> {
    let mut watch = security_key::watch();
    let limit = Instant::now() + Duration::from_secs(seconds.parse().unwrap_or(1));
    while let Ok(event) = timeout_at(limit, watch.next()).await {
        println!("{event:?}");
    }
    Ok(())
}

async fn info(reader: &str) -> Result<(), Error> {
    let mut key = open(&format!("pcsc:{reader}"), Arc::new(|_| {})).await?;
    println!("{}", key.info().await?.versions.join(" "));
    Ok(())
}

/// authenticatorSelection: waits for a touch.
async fn touch(reader: &str) -> Result<(), Error> {
    let progress = Arc::new(|status| println!("{status:?}"));
    let mut key = open(&format!("pcsc:{reader}"), progress).await?;
    key.send(&Request::Selection).await?;
    println!("touched");
    Ok(())
}

async fn version(reader: &str) -> Result<(), Error> {
    let mut key = Nfc::open(reader).await?;
    println!("{}", String::from_utf8_lossy(&key.message(u2f::Request::Version.encode()).await?));
    Ok(())
}
