//! Resident memory at idle: a process with our key beside a process with soft-fido2, each behind TCP, each after
//! one registration and one assertion.
//!
//! This program starts itself once for each side, so that both have the same code around them.

use benches::{
    client::{Client, Tcp},
    key, peer, requests,
    resident::resident,
};
use std::{
    env,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    process::{ChildStdout, Command, Stdio},
    thread,
    time::Duration,
};

const SIDE: &str = "LATCHKEY_BENCH_SIDE";
const ROWS: [(&str, &str); 3] = [("all", "VmRSS:"), ("its own", "RssAnon:"), ("of files", "RssFile:")];

#[expect(clippy::print_stdout, reason = "a report for a person")]
fn main() {
    match env::var(SIDE).as_deref() {
        Ok("ours") => {
            let (running, address) = key::over_tcp();
            serve(address);
            drop(running);
        }
        Ok(_) => serve(peer::over_tcp()),
        Err(_) => {
            let [ours, theirs] = ["ours", "theirs"].map(resident_of);
            println!(
                "\n{:<18} {:>8} {:>8}  {:>6}  beside soft-fido2 0.17",
                "resident in kB", "ours", "beside", "ratio"
            );
            for ((name, _), (ours, theirs)) in ROWS.iter().zip(ours.into_iter().zip(theirs)) {
                println!("{name:<18} {ours:>8} {theirs:>8}  {:>6.2}", f64::from(ours) / f64::from(theirs));
            }
        }
    }
}

/// Says where the key is and waits until the parent has looked.
#[expect(clippy::print_stdout, reason = "the parent reads it")]
fn serve(address: SocketAddr) {
    println!("{address}");
    std::io::stdin().read_to_end(&mut Vec::new()).expect("a parent");
}

/// The resident memory of one side's process, in kB, by [`ROWS`].
fn resident_of(side: &str) -> [u32; 3] {
    let mut child = Command::new(env::current_exe().expect("this program"))
        .env(SIDE, side)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program");
    let mut client = Client::new(Tcp::connect(address(child.stdout.take().expect("a pipe"))));
    let assertion = requests::get_assertion(&client.cbor(&requests::make_credential()));
    client.cbor(&assertion);
    drop(client);
    thread::sleep(Duration::from_millis(500));
    let resident = ROWS.map(|(_, label)| resident(child.id(), label));
    drop(child.stdin.take());
    child.wait().expect("a child that ends");
    resident
}

fn address(stdout: ChildStdout) -> SocketAddr {
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).expect("an address");
    line.trim().parse().expect("an address")
}
