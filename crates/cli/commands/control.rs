//! `emulate --control`: commands for running keys, from standard input or from a socket.

use app::{
    App, AppError, Code,
    keys::{ControlSocket, RunningKey},
};
use std::{path::Path, sync::Arc, thread};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    sync::mpsc,
};

use crate::output::print_error;

/// Where commands come from.
pub(super) enum Control {
    /// From nowhere.
    None,
    /// From standard input, line by line.
    Lines(mpsc::Receiver<String>),
    /// From whoever connects, one after the other.
    Socket(ControlSocket),
}

impl Control {
    pub(super) fn open(path: Option<&Path>) -> Result<Self, AppError> {
        match path {
            None => Ok(Self::None),
            Some(path) if path == Path::new("-") => Ok(Self::Lines(lines())),
            Some(path) => ControlSocket::bind(path).map(Self::Socket),
        }
    }
}

/// Does what is asked, until dropped.
pub(super) async fn serve(control: Control, app: &Arc<App>, keys: &[RunningKey]) -> Result<(), AppError> {
    match control {
        Control::None => {}
        Control::Lines(mut lines) => {
            while let Some(line) = lines.recv().await {
                if let Err(error) = apply(&line, app, keys).await {
                    print_error(&error, true);
                }
            }
        }
        Control::Socket(socket) => loop {
            let stream = socket.accept().await?;
            // A peer that goes away has said what it wanted.
            let _ = converse(stream, app, keys).await;
        },
    }
    std::future::pending().await
}

/// Each line is answered by one of JSON: `{"faults":[…]}`, those that are on then, or `{"error":{…}}`.
async fn converse(
    mut stream: tokio::net::UnixStream,
    app: &Arc<App>,
    keys: &[RunningKey],
) -> std::io::Result<()> {
    let (reader, mut writer) = stream.split();
    let mut lines = BufReader::new(reader).lines();
    while let Some(line) = lines.next_line().await? {
        let answer = match apply(&line, app, keys).await {
            Ok(faults) => serde_json::json!({ "faults": faults }),
            Err(error) => serde_json::json!({ "error": error }),
        };
        writer.write_all(format!("{answer}\n").as_bytes()).await?;
    }
    Ok(())
}

/// Every key of the run does the same. `unlock` is for the vault that they wait for.
async fn apply(line: &str, app: &Arc<App>, keys: &[RunningKey]) -> Result<Vec<String>, AppError> {
    if line.trim() == "unlock" {
        let app = Arc::clone(app);
        let opened = tokio::task::spawn_blocking(move || app.reopen()).await;
        opened.unwrap_or_else(|_| Err(AppError::plain(Code::Failed, "Unlocking stopped unexpectedly.")))?;
        return Ok(keys.first().map(RunningKey::list_faults).unwrap_or_default());
    }
    let mut faults = Vec::new();
    for key in keys {
        faults = key.control(line)?;
    }
    Ok(faults)
}

/// Reading standard input blocks, so a thread of its own does it; it is left behind when the program ends.
fn lines() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(16);
    thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}
