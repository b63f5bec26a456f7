use app::{AppError, Code, keys::KeyLink};
use std::net::SocketAddr;

use crate::args::Emulate;

/// The links of each of `keys` keys.
pub(super) fn of_each(options: &Emulate, keys: usize) -> Result<Vec<Vec<KeyLink>>, AppError> {
    let mut links = vec![Vec::new(); keys];
    let free = |address: &SocketAddr| address.port() == 0;
    share(&mut links, "--udp", &options.udp, free, KeyLink::Udp)?;
    share(&mut links, "--tcp", &options.tcp, free, KeyLink::Tcp)?;
    share(&mut links, "--unix", &options.unix, |_| false, KeyLink::Unix)?;
    if options.nfc {
        let [only] = &mut links[..] else {
            return Err(AppError::new(
                Code::Usage,
                format!("{keys} keys cannot lie on one reader."),
                "Name one profile for a run that uses --nfc.",
            ));
        };
        only.push(KeyLink::Nfc(options.vpcd));
    }
    for links in &mut links {
        if options.uhid || links.is_empty() {
            links.push(KeyLink::Uhid);
        }
    }
    Ok(links)
}

/// One key takes all the addresses of an option. Several take one each, in the order of their profiles; one
/// that the system fills in (`free`) may stand for all.
fn share<A: Clone>(
    links: &mut [Vec<KeyLink>],
    option: &str,
    addresses: &[A],
    free: impl Fn(&A) -> bool,
    link: impl Fn(A) -> KeyLink,
) -> Result<(), AppError> {
    let keys = links.len();
    match (links, addresses) {
        (_, []) => {}
        ([only], _) => only.extend(addresses.iter().cloned().map(link)),
        (links, [one]) if free(one) => links.iter_mut().for_each(|of| of.push(link(one.clone()))),
        (links, _) if addresses.len() == keys => {
            links.iter_mut().zip(addresses).for_each(|(of, address)| of.push(link(address.clone())));
        }
        _ => {
            return Err(AppError::new(
                Code::Usage,
                format!(
                    "{keys} keys cannot share {} of {option}: each takes one of its own.",
                    counted(addresses.len())
                ),
                format!(
                    "Name {option} {keys} times, in the order of the profiles; port 0, named once, gives each a free port."
                ),
            ));
        }
    }
    Ok(())
}

fn counted(addresses: usize) -> String {
    if addresses == 1 { "the one address".to_owned() } else { format!("the {addresses} addresses") }
}
