//! soft-fido2 as its own example runs it, with its own CTAPHID handler, a store in memory, and our TCP framing:
//! one blocking thread, so that nothing is between its code and the socket.

use rustix::event::{PollFd, PollFlags, poll};
use soft_fido2::{
    Authenticator, AuthenticatorCallbacks, AuthenticatorConfig, AuthenticatorOptions, Credential,
    CredentialRef, Result, UpResult, UvResult,
};
use soft_fido2_transport::{Cmd, CommandHandler, CtapHidHandler, Packet, UhidDevice};
use std::{
    collections::BTreeSet,
    fs,
    io::{BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    os::fd::BorrowedFd,
    path::PathBuf,
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, SystemTime},
};

/// Serves the peer over TCP until the program ends, one connection after the other, and says where.
///
/// # Panics
/// Where no port is free.
pub fn over_tcp() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let address = listener.local_addr().expect("a bound socket");
    thread::spawn(move || {
        for stream in listener.incoming() {
            serve(stream.expect("a connection"));
        }
    });
    address
}

/// Serves the peer as a HID device until the program ends, and says by which node.
///
/// # Panics
/// Where the kernel makes none.
pub fn over_uhid() -> PathBuf {
    let before = nodes();
    let device = UhidDevice::create_fido_device().expect("/dev/uhid");
    thread::spawn(move || serve_device(&device));
    loop {
        if let Some(node) = nodes().difference(&before).next() {
            return node.clone();
        }
        thread::sleep(Duration::from_millis(10));
    }
}

fn nodes() -> BTreeSet<PathBuf> {
    let entries = fs::read_dir("/dev").expect("/dev").flatten();
    entries.map(|entry| entry.path()).filter(|path| path.to_string_lossy().contains("hidraw")).collect()
}

/// Its own example sleeps 10 ms where nothing came; waiting for the file is the best that can be done for it.
#[expect(unsafe_code, reason = "the device outlives the loop, and gives its descriptor only as a number")]
fn serve_device(device: &UhidDevice) {
    let mut handler = CtapHidHandler::new(Handler { authenticator: authenticator(), response: Vec::new() });
    let file = unsafe { BorrowedFd::borrow_raw(device.as_raw_fd()) };
    let mut report = [0; 64];
    loop {
        if device.read_packet(&mut report).expect("a device").is_none() {
            poll(&mut [PollFd::new(&file, PollFlags::IN)], None).expect("a device");
            continue;
        }
        let packet = Packet::from_slice(&report).expect("64 bytes");
        for answer in handler.process_packet(packet).expect("an answer") {
            device.write_packet(answer.as_bytes()).expect("a device");
        }
    }
}

fn serve(mut stream: TcpStream) {
    stream.set_nodelay(true).expect("a TCP stream");
    let mut handler = CtapHidHandler::new(Handler { authenticator: authenticator(), response: Vec::new() });
    let mut reader = BufReader::new(stream.try_clone().expect("a TCP stream"));
    let mut frame = [0; 2 + 64];
    while reader.read_exact(&mut frame).is_ok() {
        let packet = Packet::from_slice(&frame[2..]).expect("64 bytes");
        let answers = handler.process_packet(packet).expect("an answer");
        // One write for the whole message, as ours.
        let mut frames = Vec::with_capacity(answers.len() * frame.len());
        for answer in &answers {
            frames.extend_from_slice(&[0, 64]);
            frames.extend_from_slice(answer.as_bytes());
        }
        if stream.write_all(&frames).is_err() {
            return;
        }
    }
}

fn authenticator() -> Authenticator<OneCredential> {
    let options = AuthenticatorOptions::new()
        .with_user_verification(Some(true))
        .with_client_pin(None)
        .with_make_cred_uv_not_required(Some(true));
    let config = AuthenticatorConfig::builder().max_credentials(1000).options(options).build();
    Authenticator::with_config(OneCredential::default(), config).expect("an authenticator")
}

struct Handler {
    authenticator: Authenticator<OneCredential>,
    response: Vec<u8>,
}

impl CommandHandler for Handler {
    fn handle_command(&mut self, _: Cmd, data: &[u8]) -> soft_fido2_transport::Result<Vec<u8>> {
        self.response.clear();
        let handled = self.authenticator.handle(data, &mut self.response);
        handled.map_err(|error| soft_fido2_transport::Error::Other(error.to_string()))?;
        Ok(self.response.clone())
    }
}

/// The quickest store there can be for one account: the credential that was written last.
#[derive(Default)]
struct OneCredential(Mutex<Option<Credential>>);

impl OneCredential {
    fn read(&self) -> Option<Credential> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl AuthenticatorCallbacks for OneCredential {
    fn request_up(&self, _: &str, _: Option<&str>, _: &str) -> Result<UpResult> {
        Ok(UpResult::Accepted)
    }

    fn request_uv(&self, _: &str, _: Option<&str>, _: &str) -> Result<UvResult> {
        Ok(UvResult::Accepted)
    }

    fn write_credential(&self, credential: &CredentialRef<'_>) -> Result<()> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(credential.to_owned());
        Ok(())
    }

    fn read_credential(&self, id: &[u8]) -> Result<Option<Credential>> {
        Ok(self.read().filter(|credential| credential.id == id))
    }

    fn delete_credential(&self, _: &[u8]) -> Result<()> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(())
    }

    fn list_credentials(&self, rp_id: &str, user_id: Option<&[u8]>) -> Result<Vec<Credential>> {
        let matches = |of: &Credential| of.rp.id == rp_id && user_id.is_none_or(|id| of.user.id == id);
        Ok(self.read().filter(matches).into_iter().collect())
    }

    fn enumerate_rps(&self) -> Result<Vec<(String, Option<String>, usize)>> {
        Ok(self.read().map(|of| (of.rp.id, of.rp.name, 1)).into_iter().collect())
    }

    fn credential_count(&self) -> Result<usize> {
        Ok(self.read().iter().count())
    }

    fn get_timestamp_ms(&self) -> u64 {
        let milliseconds = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_millis();
        u64::try_from(milliseconds).unwrap_or(u64::MAX)
    }
}
