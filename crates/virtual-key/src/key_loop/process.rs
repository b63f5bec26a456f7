//! A request, from its beginning to its answer.

use std::{
    future::{Future, poll_fn},
    panic::resume_unwind,
    pin::{Pin, pin},
    task::Poll,
    time::Duration,
};

use authenticator::{Authenticator, fault::command_name, platform::User};
use ctap::{
    Status,
    apdu::{Response, StatusWord},
    cose,
    hid::{self, Message},
};
use tokio::{
    runtime::Handle,
    select,
    task::spawn_blocking,
    time::{Instant, MissedTickBehavior, interval_at, sleep},
};

use super::{KeyLoop, Over, Protocol, Request, Turn};

/// How often a client that waits hears that the key still works (§11.2.9.1.7).
pub(super) const KEEPALIVE: Duration = Duration::from_millis(100);
/// How soon a question is taken back that was asked at the very moment when the one before it was.
const AGAIN: Duration = Duration::from_millis(5);

impl KeyLoop {
    /// Lets the authenticator answer; what comes next, where nobody waits for the answer any more.
    pub(super) async fn process(
        &mut self,
        mut authenticator: Authenticator,
        request: Request,
    ) -> (Authenticator, Option<Turn>) {
        // One question is open at a time. getInfo, with which programs look who is there, asks none.
        if request.message != [ctap::Command::GetInfo as u8] {
            self.close_touch().await;
        }
        self.tell_request(&request);
        if request.protocol == Protocol::Ctap2 {
            self.command = command_name(request.message.first().copied().unwrap_or_default());
            match self.stall(&request).await {
                None => {}
                Some(Turn::Cancel) => {
                    let response = vec![Status::KEEPALIVE_CANCEL.0];
                    self.tell_response(&request, &response);
                    self.answer(&request, response);
                    return (authenticator, None);
                }
                Some(turn) => {
                    self.give_up(&request, &turn);
                    return (authenticator, Some(turn));
                }
            }
        }
        let (response, turn) = if takes_long(&authenticator, &request) {
            let answered;
            let turn;
            ((authenticator, answered), turn) = self.process_aside(authenticator, &request).await;
            (answered, turn)
        } else {
            self.process_here(&mut authenticator, &request).await
        };
        self.tell_faults();
        self.tell_response(&request, &response);
        match &turn {
            None => self.answer(&request, response),
            Some(turn) => self.give_up(&request, turn),
        }
        (authenticator, turn)
    }

    /// Most requests ask nobody and are answered without a timer.
    async fn process_here(
        &mut self,
        authenticator: &mut Authenticator,
        request: &Request,
    ) -> (Vec<u8>, Option<Turn>) {
        let mut handle = pin!(handle(authenticator, request.over, request.protocol, &request.message));
        match poll_fn(|context| Poll::Ready(handle.as_mut().poll(context))).await {
            Poll::Ready(response) => (response, None),
            Poll::Pending => self.attend(handle, request).await,
        }
    }

    /// On a thread of its own, so that keepalives go out while it computes.
    async fn process_aside(
        &mut self,
        mut authenticator: Authenticator,
        request: &Request,
    ) -> ((Authenticator, Vec<u8>), Option<Turn>) {
        let runtime = Handle::current();
        let (over, protocol, message) = (request.over, request.protocol, request.message.clone());
        let job = spawn_blocking(move || {
            let response = runtime.block_on(handle(&mut authenticator, over, protocol, &message));
            (authenticator, response)
        });
        // A defect there is a defect of the whole key.
        let job = async { job.await.unwrap_or_else(|defect| resume_unwind(defect.into_panic())) };
        self.attend(pin!(job), request).await
    }

    /// A request waits for the person, or computes. Keeps the client's patience until it is answered or taken back.
    async fn attend<T>(
        &mut self,
        mut handle: Pin<&mut impl Future<Output = T>>,
        request: &Request,
    ) -> (T, Option<Turn>) {
        // Over HID the first keepalive comes at once: the status has changed (§11.2.9.1.7). A card may have its
        // answer by then.
        let first = match request.over {
            Over::Hid(_) => Instant::now(),
            Over::Card => Instant::now() + KEEPALIVE,
        };
        let mut keepalive = interval_at(first, KEEPALIVE);
        keepalive.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let turn = select! {
                biased;
                response = &mut handle => return (response, None),
                _ = keepalive.tick() => {
                    self.keep_alive(request);
                    continue;
                }
                turn = self.next() => turn,
            };
            match turn {
                None => {}
                Some(Turn::Cancel) => return (withdraw(&*self.user, handle).await, None),
                Some(turn) => return (withdraw(&*self.user, handle).await, Some(turn)),
            }
        }
    }

    pub(super) fn keep_alive(&mut self, request: &Request) {
        let (client, status) = (request.client, self.user.status());
        match request.over {
            Over::Hid(channel) => self.send(client, Message::keepalive(channel, status)),
            Over::Card => {
                if let Some(update) = self.cards.get(&client).and_then(|card| card.keepalive(status)) {
                    self.send_apdu(client, update);
                }
            }
        }
    }

    pub(super) fn answer(&mut self, request: &Request, response: Vec<u8>) {
        self.channels.finish();
        self.serving = None;
        let client = request.client;
        match request.over {
            Over::Hid(channel) => {
                let command = match request.protocol {
                    Protocol::Ctap2 => hid::Command::Cbor,
                    Protocol::U2f => hid::Command::Msg,
                };
                let message = Message::new(channel, command, response)
                    .unwrap_or_else(|_| Message::error(channel, hid::Error::OTHER));
                self.send(client, message);
            }
            Over::Card => {
                let response = match request.protocol {
                    Protocol::Ctap2 => Response::success(response),
                    Protocol::U2f => Response::decode(&response).unwrap_or(StatusWord::UNKNOWN.into()),
                };
                if let Some(apdu) = self.cards.get_mut(&client).and_then(|card| card.answer(response)) {
                    self.send_apdu(client, apdu);
                }
            }
        }
    }

    /// Nobody waits for the answer, but a card that is still in the field owes its reader one.
    fn give_up(&mut self, request: &Request, next: &Turn) {
        if matches!(next, Turn::Request(next) if next.client == request.client) {
            return;
        }
        self.channels.finish();
        self.serving = None;
        if matches!((request.over, next), (Over::Card, Turn::PowerCycle)) {
            let cancelled = vec![Status::KEEPALIVE_CANCEL.0];
            self.answer(request, cancelled);
        }
    }
}

async fn handle(
    authenticator: &mut Authenticator,
    over: Over,
    protocol: Protocol,
    message: &[u8],
) -> Vec<u8> {
    let transport = match over {
        Over::Hid(_) => authenticator::Transport::Usb,
        Over::Card => authenticator::Transport::Nfc,
    };
    match protocol {
        Protocol::Ctap2 => authenticator.handle(message, transport).await,
        Protocol::U2f => authenticator.handle_u2f(message).await,
    }
}

/// Finding the primes of an RSA key takes longer than a client waits without a keepalive: such a request gets a
/// thread of its own. The others are faster than the way there.
fn takes_long(authenticator: &Authenticator, request: &Request) -> bool {
    request.message.first() == Some(&(ctap::Command::MakeCredential as u8))
        && request.protocol == Protocol::Ctap2
        && authenticator.profile().algorithms.contains(&cose::RS256)
}

/// Takes the open question back and waits for what the request then answers. It is never dropped. A second
/// question, asked because the first was answered at this very moment, is taken back as well.
pub(crate) async fn withdraw<T>(
    user: &dyn User,
    mut handle: Pin<&mut (impl Future<Output = T> + ?Sized)>,
) -> T {
    loop {
        select! {
            biased;
            response = &mut handle => return response,
            () = std::future::ready(()) => user.withdraw(),
        }
        select! {
            biased;
            response = &mut handle => return response,
            () = sleep(AGAIN) => {}
        }
    }
}
