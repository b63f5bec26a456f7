//! Keys on smart card readers, from a shell. What happens it says in lines; what went wrong, and what to do, on stderr.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is a program")]

use std::{
    io::{Error as IoError, read_to_string, stdin},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use ctap::{
    Request,
    auth_data::AuthenticatorData,
    cose,
    entity::{Descriptor, RelyingParty, User},
    extension::{GetAssertionInputs, MakeCredentialInputs},
    get_assertion,
    make_credential::{self, Options},
    u2f,
};
use secrecy::SecretString;
use security_key::{Error, Key, Nfc, Permissions, Pin, PinRules, Progress, Proof, Transport, nfc, open};
use sha2::{Digest, Sha256};
use tokio::time::{Instant, sleep, timeout, timeout_at};

const USAGE: &str = "on_reader readers           which readers there are, and what they have
on_reader watch SECONDS     keys as they come and go
on_reader info READER       getInfo
on_reader touch READER      authenticatorSelection
on_reader version READER    the version message of U2F
on_reader story READER      sets the PIN on standard input, makes a passkey, signs, lists
on_reader again READER      getInfo, and once more at a line on standard input
on_reader give-up READER    authenticatorSelection, taken back after a second; then getInfo";
const SITE: &str = "example.com";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["readers"] => readers(),
        ["watch", seconds] => watch(seconds).await,
        ["info", reader] => info(reader).await,
        ["touch", reader] => touch(reader).await,
        ["version", reader] => version(reader).await,
        ["story", reader] => story(reader).await,
        ["again", reader] => again(reader).await,
        ["give-up", reader] => give_up(reader).await,
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}\n{}", error.hint().unwrap_or_default());
            ExitCode::FAILURE
        }
    }
}

async fn key(reader: &str) -> Result<Key, Error> {
    let progress: Progress = Arc::new(|status| println!("{status:?}"));
    open(&format!("pcsc:{reader}"), progress).await
}

fn readers() -> Result<(), Error> {
    for reader in nfc::readers()? {
        println!("{}: {:?}", reader.name, reader.holds);
    }
    Ok(())
}

async fn watch(seconds: &str) -> Result<(), Error> {
    let mut watch = security_key::watch();
    let limit = Instant::now() + Duration::from_secs(seconds.parse().unwrap_or(1));
    while let Ok(event) = timeout_at(limit, watch.next()).await {
        println!("{event:?}");
    }
    Ok(())
}

async fn info(reader: &str) -> Result<(), Error> {
    print_versions(&mut key(reader).await?).await
}

async fn print_versions(key: &mut Key) -> Result<(), Error> {
    println!("{}", key.info().await?.versions.join(" "));
    Ok(())
}

async fn touch(reader: &str) -> Result<(), Error> {
    key(reader).await?.send(&Request::Selection).await?;
    println!("touched");
    Ok(())
}

async fn version(reader: &str) -> Result<(), Error> {
    let answer = Nfc::open(reader).await?.message(u2f::Request::Version.encode()).await?;
    println!("{}", answer.escape_ascii());
    Ok(())
}

async fn story(reader: &str) -> Result<(), Error> {
    let mut key = key(reader).await?;
    let info = key.info().await?;
    let pin = SecretString::from(read_to_string(stdin()).map_err(gone)?.trim_end().to_owned());
    let pin = Pin::new(&pin, &PinRules::of(&info)).map_err(Error::Pin)?;
    key.set_pin(&info, &pin).await?;
    let info = key.info().await?;
    println!("clientPin {:?}", info.options.iter().find(|(name, _)| *name == "clientPin"));

    let proof = Proof::Pin(pin);
    let hash: [u8; 32] = Sha256::digest(b"client data").into();
    let token = key.token(&info, &proof, Permissions::MAKE_CREDENTIAL, Some(SITE)).await?;
    let made = key.make_credential(make_credential::Request {
        client_data_hash: hash,
        rp: RelyingParty { id: SITE.to_owned(), name: None },
        user: User { id: b"user".to_vec(), name: Some("alice".to_owned()), display_name: None },
        algorithms: vec![cose::ES256],
        exclude_list: (0..8).map(|n| Descriptor { id: vec![n; 60] }).collect(),
        extensions: MakeCredentialInputs::default(),
        options: Options { rk: Some(true), ..Options::default() },
        pin_uv_auth_param: Some(token.prove(&hash)),
        pin_uv_auth_protocol: Some(token.protocol()),
        enterprise_attestation: None,
        attestation_formats_preference: Vec::new(),
    });
    let made = AuthenticatorData::decode(&made.await?.auth_data).map_err(Error::Status)?;
    let id = made.attested.map(|attested| attested.credential_id).unwrap_or_default();
    println!("made");

    let token = key.token(&info, &proof, Permissions::GET_ASSERTION, Some(SITE)).await?;
    let asked = key.get_assertion(get_assertion::Request {
        rp_id: SITE.to_owned(),
        client_data_hash: hash,
        allow_list: None,
        extensions: GetAssertionInputs::default(),
        options: Options::default(),
        pin_uv_auth_param: Some(token.prove(&hash)),
        pin_uv_auth_protocol: Some(token.protocol()),
    });
    let signed = asked.await?;
    println!("signed by the same {}", signed.credential.id == id);

    let list = key.credentials(&info, &proof, |_| {}).await?;
    for at in &list.sites {
        println!("at {:?}: {}", at.site.rp_id, at.credentials.len());
    }
    Ok(())
}

/// A session between whose messages others may use the card.
async fn again(reader: &str) -> Result<(), Error> {
    let mut key = key(reader).await?;
    print_versions(&mut key).await?;
    let mut line = String::new();
    stdin().read_line(&mut line).map_err(gone)?;
    print_versions(&mut key).await
}

async fn give_up(reader: &str) -> Result<(), Error> {
    let mut key = key(reader).await?;
    if timeout(Duration::from_secs(1), key.send(&Request::Selection)).await.is_ok() {
        println!("answered");
    }
    sleep(Duration::from_millis(100)).await;
    print_versions(&mut key).await
}

#[expect(clippy::needless_pass_by_value, reason = "what map_err hands over")]
fn gone(error: IoError) -> Error {
    Error::Gone(error.to_string())
}
