//! `trussed-key [FOLDER]`: the authenticator of the Nitrokey 3 and the Solo 2, with the HID driver of their firmware,
//! on Trussed's platform of software, behind /dev/uhid until it is killed. Every touch is given, as long as one may be
//! asked for. What it stores lies in the folder, so that a key that comes back is the same; without one, in memory.

mod bus;
#[path = "../uhid.rs"]
mod uhid;

use bus::Bus;
use ctaphid_dispatch::{
    Channel, DEFAULT_MESSAGE_SIZE, Dispatch, Requester, Responder,
    app::{App, Command, Error},
};
use fido_authenticator::{Authenticator, Config, Conforming, LargeBlobsConfig};
use heapless_bytes::BytesView;
use std::{
    env, io,
    path::PathBuf,
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};
use trussed::{
    backend::BackendId,
    platform::Platform,
    virt::{self, StorageConfig, StoreConfig},
};
use trussed_core::types::{Location, consent::Level};
use trussed_staging::virt::{BackendIds, Client, Dispatcher};
use uhid::{Device, Report};
use usb_device::{
    bus::UsbBusAllocator,
    device::{UsbDeviceBuilder, UsbVidPid},
};
use usbd_ctaphid::CtapHid;

/// pid.codes' number for trying things out.
const VENDOR: u16 = 0x1209;
const PRODUCT: u16 = 0x0002;

/// How often the driver looks for its app's answer, and how seldom where nobody waits for one.
const BUSY: Duration = Duration::from_millis(1);
const IDLE: Duration = Duration::from_millis(100);

fn main() -> io::Result<()> {
    let store = env::args_os().nth(1).map_or_else(StoreConfig::ram, |folder| in_folder(&folder.into()));
    let device = Device::create("Trussed FIDO authenticator", "trussed-1", VENDOR.into(), PRODUCT.into())?;
    virt::with_platform(store, |mut platform| {
        platform.user_interface().set_user_presence_level(Level::Strong);
        let backends = &[BackendId::Custom(BackendIds::StagingBackend), BackendId::Core];
        platform
            .run_client_with_backends("fido", Dispatcher::default(), backends, |client| serve(client, device))
    })
}

fn in_folder(folder: &PathBuf) -> StoreConfig<'static> {
    let file = |name: &str| StorageConfig::filesystem(folder.join(name));
    StoreConfig { internal: file("internal"), external: file("external"), volatile: StorageConfig::ram() }
}

fn serve(client: Client, device: Device) -> io::Result<()> {
    let config = Config {
        max_resident_credential_count: Some(100),
        large_blobs: Some(LargeBlobsConfig { location: Location::Internal, max_size: 4096 }),
        firmware_version: Some(1.into()),
        ..Config::new(DEFAULT_MESSAGE_SIZE)
    };
    let authenticator = Authenticator::new(client, Conforming {}, config);
    let channel = Channel::<DEFAULT_MESSAGE_SIZE>::new();
    let (requester, responder) = channel.split().expect("a channel of nobody yet");
    thread::scope(|scope| {
        let worker = scope.spawn(move || work(authenticator, responder));
        drive(requester, device, worker.thread())
    })
}

/// The apps' side: answers what the driver has put into the channel.
fn work(mut authenticator: impl App<'static>, responder: Responder<'_, DEFAULT_MESSAGE_SIZE>) {
    let mut dispatch = Dispatch::new(responder);
    loop {
        dispatch.poll(&mut [&mut authenticator, &mut Winks]);
        thread::park_timeout(IDLE);
    }
}

/// The driver's side: reports to and from the computer.
fn drive(
    requester: Requester<'_, DEFAULT_MESSAGE_SIZE>,
    mut device: Device,
    worker: &thread::Thread,
) -> io::Result<()> {
    let started = Instant::now();
    let milliseconds = || u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX);
    let bus = Bus::default();
    let allocator = UsbBusAllocator::new(bus.clone());
    let mut hid =
        CtapHid::new(&allocator, requester, 0).implements_ctap1().implements_ctap2().implements_wink();
    let mut usb = UsbDeviceBuilder::new(&allocator, UsbVidPid(VENDOR, PRODUCT)).build();
    let reports = reports(device.again()?);
    let mut pause = IDLE;
    loop {
        match reports.recv_timeout(pause) {
            Ok(report) => bus.queues().to_key.push_back(report?),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        hid.check_timeout(milliseconds());
        usb.poll(&mut [&mut hid]);
        if matches!(hid.did_start_processing(), usbd_ctaphid::types::Status::ReceivedData(_)) {
            worker.unpark();
            pause = BUSY;
        }
        // Each report that has gone makes room for the next of the same answer.
        loop {
            let Some(report) = bus.queues().to_computer.pop_front() else { break };
            device.write(&report)?;
            usb.poll(&mut [&mut hid]);
            pause = IDLE;
        }
    }
}

fn reports(mut device: Device) -> mpsc::Receiver<io::Result<Report>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || while sender.send(device.read()).is_ok() {});
    receiver
}

/// Says so where its light would blink.
struct Winks;

impl App<'static> for Winks {
    fn commands(&self) -> &'static [Command] {
        &[Command::Wink]
    }

    fn call(&mut self, _: Command, _: &[u8], _: &mut BytesView) -> Result<(), Error> {
        println!("winked");
        Ok(())
    }
}
