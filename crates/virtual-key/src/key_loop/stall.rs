//! Faults that keep a client waiting.

use std::{future::pending, time::Duration};

use authenticator::fault::Fault;
use tokio::{
    select,
    time::{Instant, interval, sleep_until},
};

use super::{KeyLoop, Request, Turn, process::KEEPALIVE};

impl KeyLoop {
    /// Says that it works, for as long as a fault wants, or until something else comes.
    pub(super) async fn stall(&mut self, request: &Request) -> Option<Turn> {
        let limit = self.faults.strike(self.command, |fault| match fault {
            Fault::Slow(milliseconds) => Some(Some(Duration::from_millis(*milliseconds))),
            Fault::EndlessKeepalive => Some(None),
            _ => None,
        })?;
        self.tell_faults();
        let until = limit.map(|limit| Instant::now() + limit);
        let mut keepalive = interval(KEEPALIVE);
        loop {
            let over = async {
                match until {
                    Some(until) => sleep_until(until).await,
                    None => pending().await,
                }
            };
            let turn = select! {
                biased;
                () = over => return None,
                _ = keepalive.tick() => {
                    self.keep_alive(request);
                    continue;
                }
                turn = self.next() => turn,
            };
            if turn.is_some() {
                return turn;
            }
        }
    }
}
