//! `soft-fido2-key`: soft-fido2's authenticator by its own CTAPHID handler, behind /dev/uhid until it is killed. Every
//! touch is given. Its credentials and its PIN are in memory, so it does not end where it is unplugged: the lines `unplug`
//! and `plug in` on its standard input do that.

mod uhid;

use soft_fido2::{
    Authenticator, AuthenticatorCallbacks, AuthenticatorConfig, AuthenticatorOptions, Credential,
    CredentialRef, Result, UpResult, UvResult,
};
use soft_fido2_transport::{Cmd, CommandHandler, CtapHidHandler, Packet};
use std::{
    collections::BTreeMap,
    io,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::SystemTime,
};
use uhid::Device;

/// pid.codes' number for trying things out.
const VENDOR: u16 = 0x1209;
const PRODUCT: u16 = 0x0003;

fn main() -> io::Result<()> {
    let mut device = Device::create("soft-fido2", "soft-1", VENDOR.into(), PRODUCT.into())?;
    let options = AuthenticatorOptions::new()
        .with_user_verification(None)
        .with_credential_management(Some(true))
        .with_make_cred_uv_not_required(Some(true));
    let config = AuthenticatorConfig::builder()
        .aaguid(*b"soft-fido2-peer!")
        .max_credentials(100)
        .extensions(vec!["credProtect".into()])
        .options(options)
        .build();
    let port = device.again()?;
    thread::spawn(move || obey(port));
    let authenticator = Authenticator::with_config(Stored::default(), config).expect("an authenticator");
    let mut handler = CtapHidHandler::new(Handler(authenticator));
    loop {
        let packet = Packet::from_bytes(device.read()?);
        for answer in handler.process_packet(packet).map_err(io::Error::other)? {
            device.write(answer.as_bytes())?;
        }
    }
}

fn obey(mut port: Device) -> io::Result<()> {
    for line in io::stdin().lines() {
        match line?.as_str() {
            "unplug" => port.unplug()?,
            "plug in" => port.plug_in()?,
            other => eprintln!("neither `unplug` nor `plug in`: {other}"),
        }
    }
    Ok(())
}

struct Handler(Authenticator<Stored>);

impl CommandHandler for Handler {
    fn handle_command(&mut self, command: Cmd, data: &[u8]) -> soft_fido2_transport::Result<Vec<u8>> {
        if command != Cmd::Cbor {
            return Err(soft_fido2_transport::Error::InvalidCommand);
        }
        let mut response = Vec::new();
        let handled = self.0.handle(data, &mut response);
        handled.map_err(|error| soft_fido2_transport::Error::Other(error.to_string()))?;
        Ok(response)
    }
}

/// The credentials by their ids.
#[derive(Default)]
struct Stored(Mutex<BTreeMap<Vec<u8>, Credential>>);

impl Stored {
    fn all(&self) -> MutexGuard<'_, BTreeMap<Vec<u8>, Credential>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AuthenticatorCallbacks for Stored {
    fn request_up(&self, _: &str, _: Option<&str>, _: &str) -> Result<UpResult> {
        Ok(UpResult::Accepted)
    }

    fn request_uv(&self, _: &str, _: Option<&str>, _: &str) -> Result<UvResult> {
        Ok(UvResult::Denied)
    }

    fn write_credential(&self, credential: &CredentialRef<'_>) -> Result<()> {
        self.all().insert(credential.id.to_vec(), credential.to_owned());
        Ok(())
    }

    fn read_credential(&self, id: &[u8]) -> Result<Option<Credential>> {
        Ok(self.all().get(id).cloned())
    }

    fn delete_credential(&self, id: &[u8]) -> Result<()> {
        self.all().remove(id);
        Ok(())
    }

    fn list_credentials(&self, rp_id: &str, user_id: Option<&[u8]>) -> Result<Vec<Credential>> {
        let matches = |of: &&Credential| of.rp.id == rp_id && user_id.is_none_or(|id| of.user.id == id);
        Ok(self.all().values().filter(matches).cloned().collect())
    }

    fn enumerate_rps(&self) -> Result<Vec<(String, Option<String>, usize)>> {
        let mut sites = BTreeMap::new();
        for credential in self.all().values() {
            sites.entry(credential.rp.id.clone()).or_insert((credential.rp.name.clone(), 0)).1 += 1;
        }
        Ok(sites.into_iter().map(|(id, (name, count))| (id, name, count)).collect())
    }

    fn credential_count(&self) -> Result<usize> {
        Ok(self.all().len())
    }

    fn get_timestamp_ms(&self) -> u64 {
        let milliseconds = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_millis();
        u64::try_from(milliseconds).unwrap_or(u64::MAX)
    }
}
