use ::trace::{Packet, view::apdu_view};
use ctap::apdu::{Command, Response, StatusWord};
use std::{
    collections::HashMap,
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    thread::sleep,
    time::{Duration, Instant},
};

use super::{Heard, PATIENCE};

/// What vpcd says where a card gets its power.
const ON: &[u8] = &[0x01];
/// How often it is looked whether the card has come.
const PAUSE: Duration = Duration::from_millis(5);

mod cla {
    pub(super) const ISO: u8 = 0x00;
    pub(super) const CTAP: u8 = 0x80;
}

mod ins {
    pub(super) const NFCCTAP_GETRESPONSE: u8 = 0x11;
    pub(super) const GET_RESPONSE: u8 = 0xC0;
}

/// The trace's readers: vpcd's side, to which the replayed key comes as a card.
///
/// How often a client has to ask again depends on time: such polls and the status updates that answer them
/// (CTAP 2.3 §11.3.7.2) are not compared, and the response behind them is, in the parts that the trace has it in.
pub(super) struct Cards {
    listener: TcpListener,
    readers: HashMap<u64, Reader>,
}

struct Reader {
    stream: TcpStream,
    /// The command that was sent last.
    last: Option<Command>,
    /// What of a response came earlier than in the trace.
    ahead: Option<Response>,
}

impl Cards {
    pub(super) fn listen() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        Ok(Self { listener, readers: HashMap::new() })
    }

    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The card gets its power.
    pub(super) fn power(&mut self, client: u64) -> io::Result<()> {
        let reader = self.reader(client)?;
        reader.ahead = None;
        reader.write(ON)
    }

    pub(super) fn send(&mut self, packet: &Packet) -> io::Result<()> {
        let reader = self.reader(packet.client)?;
        reader.last = Command::decode(&packet.bytes).ok();
        if reader.ahead.is_some() && reader.last.as_ref().is_some_and(is_fetching) {
            return Ok(());
        }
        reader.ahead = None;
        reader.write(&packet.bytes)
    }

    /// What the key says where the trace has this response; `None` for a status update.
    pub(super) fn hear(&mut self, packet: &Packet) -> io::Result<Option<Heard>> {
        let reader = self.reader(packet.client)?;
        if is_status_update(&packet.bytes) {
            reader.await_update()?;
            return Ok(None);
        }
        let came = reader.response()?;
        let got = came.clone().map(|bytes| Packet { bytes, masked: Vec::new(), ..packet.clone() });
        Ok(Some(Heard {
            came,
            expected: Some(apdu_view(packet, true)),
            got: got.map(|got| apdu_view(&got, true)),
            is_whole: true,
            place: None,
        }))
    }

    /// Whether a card says more than was recorded.
    pub(super) fn more(&mut self, patience: Duration) -> Option<Vec<u8>> {
        self.readers.values_mut().find_map(|reader| reader.read(patience).ok()?)
    }

    pub(super) fn close(&mut self, client: u64) {
        self.readers.remove(&client);
    }

    fn reader(&mut self, client: u64) -> io::Result<&mut Reader> {
        if !self.readers.contains_key(&client) {
            let reader = Reader { stream: self.accept()?, last: None, ahead: None };
            self.readers.insert(client, reader);
        }
        self.readers.get_mut(&client).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    fn accept(&self) -> io::Result<TcpStream> {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.listener.accept() {
                Ok((stream, _)) => {
                    stream.set_nonblocking(false)?;
                    stream.set_nodelay(true)?;
                    return Ok(stream);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock && Instant::now() < until => {
                    sleep(PAUSE);
                }
                Err(error) => return Err(error),
            }
        }
    }
}

impl Reader {
    /// Where the trace has a status update, the key may have its answer.
    fn await_update(&mut self) -> io::Result<()> {
        if self.ahead.is_some() {
            return Ok(());
        }
        match self.read(PATIENCE)? {
            Some(response) if !is_status_update(&response) => self.ahead = self.whole(&response)?,
            _ => {}
        }
        Ok(())
    }

    /// The next response that is no status update, as long as the last command wants it.
    fn response(&mut self) -> io::Result<Option<Vec<u8>>> {
        if let Some(Response { mut data, status }) = self.ahead.take() {
            let room = self.room();
            if data.len() <= room {
                return Ok(Some(Response { data, status }.encode()));
            }
            let rest = data.split_off(room);
            let more = StatusWord::more(rest.len());
            self.ahead = Some(Response { data: rest, status });
            return Ok(Some(Response { data, status: more }.encode()));
        }
        let until = Instant::now() + PATIENCE;
        let mut came = self.read(PATIENCE)?;
        while came.as_deref().is_some_and(is_status_update) && Instant::now() < until {
            self.fetch(cla::CTAP, ins::NFCCTAP_GETRESPONSE)?;
            came = self.read(PATIENCE)?;
        }
        Ok(came)
    }

    /// A response with all of its parts.
    fn whole(&mut self, first: &[u8]) -> io::Result<Option<Response>> {
        let mut whole = Response::decode(first);
        while let Some(Response { data, status: StatusWord(0x6100..=0x61FF) }) = &mut whole {
            let before = std::mem::take(data);
            self.fetch(cla::ISO, ins::GET_RESPONSE)?;
            whole = self.read(PATIENCE)?.as_deref().and_then(Response::decode);
            if let Some(Response { data, .. }) = &mut whole {
                *data = [before, std::mem::take(data)].concat();
            }
        }
        Ok(whole)
    }

    /// Asks for more, in parts as long as the last command wants them.
    fn fetch(&mut self, cla: u8, ins: u8) -> io::Result<()> {
        let Some(Command { encoding, .. }) = self.last else { return Ok(()) };
        let fetch = Command { cla, ins, p1: 0, p2: 0, data: Vec::new(), encoding, ne: Some(self.room()) };
        self.write(&fetch.encode())
    }

    fn room(&self) -> usize {
        self.last.as_ref().map_or(0, Command::room)
    }

    fn write(&mut self, message: &[u8]) -> io::Result<()> {
        let length = u16::try_from(message.len()).map_err(io::Error::other)?;
        self.stream.write_all(&[&length.to_be_bytes()[..], message].concat())
    }

    /// The next response; `None` where none comes in time.
    fn read(&mut self, patience: Duration) -> io::Result<Option<Vec<u8>>> {
        self.stream.set_read_timeout(Some(patience))?;
        let mut length = [0; 2];
        if !super::came_in_time(self.stream.read_exact(&mut length))? {
            return Ok(None);
        }
        let mut message = vec![0; u16::from_be_bytes(length).into()];
        self.stream.read_exact(&mut message)?;
        Ok(Some(message))
    }
}

/// Whether a command asks for what has been asked before.
fn is_fetching(command: &Command) -> bool {
    matches!(
        (command.cla, command.ins, command.p1),
        (cla::CTAP, ins::NFCCTAP_GETRESPONSE, 0) | (cla::ISO | cla::CTAP, ins::GET_RESPONSE, _)
    )
}

fn is_status_update(response: &[u8]) -> bool {
    response.ends_with(&StatusWord::STATUS_UPDATE.0.to_be_bytes())
}
