//! A lab with passkeys in it, for looking at the page: `cargo run -p lab --example filled`.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

#[path = "../tests/lab/support.rs"]
mod support;

use ctap::auth_data::Flags;
use lab::{Database, Lab, ServerConfig, Wishes};
use support::SoftwareKey;

#[tokio::main]
async fn main() -> Result<(), lab::Error> {
    let running = lab::serve(ServerConfig { port: 8470, database: Database::Memory }).await?;
    let origin = running.url();
    let mut phone = SoftwareKey::synced(0x5e);
    let mut blue = SoftwareKey::device_bound(0xb1);
    let mut copied = SoftwareKey::device_bound(0xc0);
    let mut fresh = SoftwareKey::synced(0xf7);
    fresh.flags &= !Flags::BS;
    for (key, name) in [(&mut phone, "ada"), (&mut fresh, "zoe"), (&mut blue, "grace"), (&mut copied, "hedy")]
    {
        register(running.lab(), key, name, origin)?;
    }
    for step in [1, 4, 2, 9, 1, 3] {
        blue.sign_count += step;
        copied.sign_count += step;
        sign_in(running.lab(), &mut phone, origin)?;
        sign_in(running.lab(), &mut blue, origin)?;
        sign_in(running.lab(), &mut copied, origin)?;
    }
    copied.sign_count = 5;
    sign_in(running.lab(), &mut copied, origin)?;
    println!("{origin}");
    std::future::pending().await
}

fn register(lab: &Lab, key: &mut SoftwareKey, name: &str, origin: &str) -> Result<(), lab::Error> {
    let browser = lab.open_session()?;
    let begun = lab.begin_registration(&browser, name, "", &Wishes::default())?;
    lab.finish_registration(&browser, &begun.ceremony, &key.create(&begun.options, origin))?;
    Ok(())
}

fn sign_in(lab: &Lab, key: &mut SoftwareKey, origin: &str) -> Result<(), lab::Error> {
    let browser = lab.open_session()?;
    let begun = lab.begin_authentication(&browser, None)?;
    lab.finish_authentication(&browser, &begun.ceremony, &key.get(&begun.options, origin))?;
    Ok(())
}
