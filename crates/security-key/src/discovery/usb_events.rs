//! Keys on USB as they come and go.

use std::time::{Duration, Instant};

use tokio::{
    sync::mpsc::UnboundedSender,
    time::{sleep, timeout},
};

use super::{
    Event, Found, Identity,
    told::{Told, holds},
    uevent::{Uevents, may_be_deaf},
    usb,
};

/// How often to look where nobody tells.
const LOOK: Duration = Duration::from_millis(500);
/// How long udev may take to let this user open a new node; then the key is told of all the same.
const PERMISSION: Duration = Duration::from_millis(500);
/// How often to look whether it did, where its word does not arrive.
const LOOK_FOR_PERMISSION: Duration = Duration::from_millis(50);

/// Tells of keys until nobody listens. It listens before it looks first, so that no key slips through between.
pub(super) async fn watch(tell: UnboundedSender<Event>) {
    let mut uevents = Uevents::listen().ok();
    let mut told = Told::default();
    let mut closed = Closed::default();
    loop {
        let mut keys = usb::found();
        closed.forget_all_but(&keys);
        keys.retain(|key| told.knows(key) || usb::may_be_opened(&key.address) || closed.long_enough(key));
        if told.tell(keys, &tell).is_err() {
            return;
        }
        let pause = if closed.any_new() {
            LOOK_FOR_PERMISSION
        } else if uevents.is_none() || may_be_deaf() {
            LOOK
        } else {
            Duration::MAX
        };
        match &uevents {
            None => sleep(pause).await,
            Some(socket) => {
                if let Ok(Err(_)) = timeout(pause, socket.hidraw()).await {
                    uevents = None;
                }
            }
        }
    }
}

/// Keys that this user may not open, or not yet, and since when they are there.
#[derive(Default)]
struct Closed(Vec<(Identity, Instant)>);

impl Closed {
    fn forget_all_but(&mut self, keys: &[Found]) {
        self.0.retain(|(identity, _)| holds(keys, identity));
    }

    fn long_enough(&mut self, key: &Found) -> bool {
        let known = self.0.iter().find(|(identity, _)| *identity == key.identity);
        let Some((_, since)) = known else {
            self.0.push((key.identity.clone(), Instant::now()));
            return false;
        };
        since.elapsed() >= PERMISSION
    }

    fn any_new(&self) -> bool {
        self.0.iter().any(|(_, since)| since.elapsed() < PERMISSION + LOOK_FOR_PERMISSION)
    }
}
