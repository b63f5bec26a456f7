use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinSet,
};

use super::Found;
use crate::nfc;

/// A key that came or went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A key is there. Those that were there before anybody watched are told of first.
    Plugged(Found),
    /// The key at this address is gone.
    Unplugged {
        /// As it was told when the key came.
        address: String,
    },
}

/// Keys as they come and go, until this is dropped.
pub struct Watch {
    events: UnboundedReceiver<Event>,
    _sources: JoinSet<()>,
}

/// Watches for keys. Wants a runtime of tokio around it.
pub fn watch() -> Watch {
    let (tell, events) = unbounded_channel();
    let mut sources = JoinSet::new();
    #[cfg(target_os = "linux")]
    sources.spawn(super::usb_events::watch(tell.clone()));
    #[cfg(all(not(target_os = "linux"), feature = "hidapi"))]
    sources.spawn(super::hidapi::watch(tell.clone()));
    sources.spawn(readers(tell));
    Watch { events, _sources: sources }
}

/// Keys on smart card readers, for as long as this is awaited.
async fn readers(tell: UnboundedSender<Event>) {
    let listens = tell.clone();
    // Whoever listened may be gone before the watch has ended.
    let _watch = nfc::watch(move |event| drop(tell.send(event)));
    listens.closed().await;
}

impl Watch {
    /// The next event. Dropping the future loses none.
    pub async fn next(&mut self) -> Event {
        match self.events.recv().await {
            Some(event) => event,
            // No source is left: nothing will come.
            None => std::future::pending().await,
        }
    }
}
