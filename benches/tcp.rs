//! Over TCP: our key beside soft-fido2.

use benches::{client::Tcp, cores, exchange, key, peer};

fn main() {
    let ((running, address), peer) = cores::apart(|| (key::over_tcp(), peer::over_tcp()));
    exchange::measure("over TCP", Tcp::connect(address), Tcp::connect(peer));
    drop(running);
}
