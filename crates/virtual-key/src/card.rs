//! A card, as the loop sees it (CTAP 2.3 §11.3).

use ctap::{
    Status,
    apdu::{Response, StatusWord},
    hid::KeepaliveStatus,
    nfc::{Applet, Speaks},
};
use tokio::sync::mpsc;

/// What the reader is told.
pub(crate) type Outbox = mpsc::Sender<Vec<u8>>;

/// The FIDO application of one reader's card, and who waits for what.
pub(crate) struct Card {
    pub(crate) applet: Applet,
    outbox: Outbox,
    /// The reader waits for the response to an APDU.
    waiting: bool,
    /// The client asks again, with NFCCTAP_GETRESPONSE.
    polls: bool,
    /// The answer to a request, for which its client has yet to ask.
    ready: Option<Response>,
}

impl Card {
    pub(crate) fn new(speaks: Speaks, outbox: Outbox) -> Self {
        Self { applet: Applet::new(speaks), outbox, waiting: false, polls: false, ready: None }
    }

    /// The card left the field or came into it.
    pub(crate) fn reset(&mut self) {
        self.applet.reset();
        self.forget();
    }

    /// A request begins.
    pub(crate) fn begin(&mut self, polls: bool) {
        (self.waiting, self.polls, self.ready) = (true, polls, None);
    }

    /// The client asks how far its request is; what to say at once where it does not run any more.
    pub(crate) fn poll(&mut self, runs: bool) -> Option<Vec<u8>> {
        if runs {
            self.waiting = true;
            return None;
        }
        let response = self.ready.take().unwrap_or(StatusWord::CONDITIONS_NOT_SATISFIED.into());
        Some(self.applet.respond(response))
    }

    /// Nobody asks for what was asked before.
    pub(crate) fn forget(&mut self) {
        (self.waiting, self.polls, self.ready) = (false, false, None);
    }

    /// The request was answered: what to send, where the reader waits for it.
    pub(crate) fn answer(&mut self, response: Response) -> Option<Vec<u8>> {
        if self.waiting {
            return Some(self.applet.respond(response));
        }
        self.ready = Some(response);
        None
    }

    /// What to send a client that polls while its request runs (§11.3.7.2).
    pub(crate) fn keepalive(&self, status: KeepaliveStatus) -> Option<Vec<u8>> {
        (self.waiting && self.polls).then(|| Applet::status_update(status))
    }

    /// What a request is told that comes while another transport's runs. A U2F client asks again after that.
    pub(crate) fn busy(&mut self, ctap2: bool) -> Vec<u8> {
        let response = if ctap2 {
            Response::success(vec![Status::CHANNEL_BUSY.0])
        } else {
            StatusWord::CONDITIONS_NOT_SATISFIED.into()
        };
        self.applet.respond(response)
    }

    /// One APDU, one response: a reader that is gone reads none.
    pub(crate) fn send(&mut self, response: Vec<u8>) {
        self.waiting = false;
        if self.outbox.try_send(response).is_err() {
            tracing::debug!("a response found no reader");
        }
    }
}
