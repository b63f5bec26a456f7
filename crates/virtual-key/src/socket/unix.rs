//! Several clients by a socket file that only its owner may use.

use std::{
    fs,
    future::Future,
    io,
    os::{
        fd::OwnedFd,
        unix::{
            fs::{FileTypeExt, MetadataExt},
            net::{UnixListener, UnixStream},
        },
    },
    path::{Path, PathBuf},
};

use rustix::{
    fs::{Mode, fchmod},
    net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, bind, listen, socket_with},
};

use super::{refused, stream, tcp::pause};
use crate::{Error, Transport, link::Inbox};

const OPTION: &str = "--unix";

/// A socket file that is held, and goes with this value.
pub(crate) struct Listener {
    listener: UnixListener,
    file: SocketFile,
}

struct SocketFile {
    path: PathBuf,
    /// Device and inode: somebody else's file by the same name stays.
    identity: (u64, u64),
}

impl Listener {
    pub(crate) fn bind(path: &Path) -> Result<Self, Error> {
        Self::bind_for(path, OPTION)
    }

    fn bind_for(path: &Path, option: &'static str) -> Result<Self, Error> {
        let bind = || {
            remove_stale(path)?;
            let listener = listen_privately(path)?;
            let identity = identity(&fs::symlink_metadata(path)?);
            Ok(Self { listener, file: SocketFile { path: path.to_owned(), identity } })
        };
        bind().map_err(|error| refused(&path.display(), option, &error))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.file.path
    }

    pub(crate) fn serve(self, inbox: Inbox) -> io::Result<impl Future<Output = ()> + use<>> {
        let listener = tokio::net::UnixListener::from_std(self.listener)?;
        let file = self.file;
        Ok(async move {
            // Held until the key stops.
            let _file = file;
            loop {
                match listener.accept().await {
                    Ok((mut stream, _)) => {
                        let inbox = inbox.clone();
                        tokio::spawn(async move {
                            let (reader, writer) = stream.split();
                            stream::serve(Transport::Unix, reader, writer, &inbox).await;
                        });
                    }
                    Err(error) => pause(&error).await,
                }
            }
        })
    }
}

/// A socket file of the same kind for whoever commands a key, not the key's own.
pub struct PrivateSocket {
    listener: tokio::net::UnixListener,
    _file: SocketFile,
}

impl PrivateSocket {
    /// Listens at `path`, which `option` names; within a runtime.
    ///
    /// # Errors
    /// Where the path is taken or may not be written.
    pub fn bind(path: &Path, option: &'static str) -> Result<Self, Error> {
        let Listener { listener, file } = Listener::bind_for(path, option)?;
        let listener = tokio::net::UnixListener::from_std(listener);
        let listener = listener.map_err(|error| refused(&path.display(), option, &error))?;
        Ok(Self { listener, _file: file })
    }

    /// The next one who connects.
    ///
    /// # Errors
    /// What the system says.
    pub async fn accept(&self) -> io::Result<tokio::net::UnixStream> {
        self.listener.accept().await.map(|(stream, _)| stream)
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if fs::symlink_metadata(&self.path).is_ok_and(|found| identity(&found) == self.identity)
            && let Err(error) = fs::remove_file(&self.path)
        {
            tracing::warn!(%error, path = %self.path.display(), "the socket file stays");
        }
    }
}

/// A program that was killed leaves its file behind. It is removed only where nobody listens behind it.
fn remove_stale(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if !found.file_type().is_socket() => {
            Err(io::Error::new(io::ErrorKind::AlreadyExists, "a file that is no socket has this name"))
        }
        Ok(_) => match UnixStream::connect(path) {
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => fs::remove_file(path),
            Err(error) => Err(error),
            Ok(_) => Err(io::ErrorKind::AddrInUse.into()),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Linux gives the file the mode that the socket has when it is bound, so there is no moment at which others
/// may connect.
fn listen_privately(path: &Path) -> io::Result<UnixListener> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket: OwnedFd = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    fchmod(&socket, Mode::RUSR | Mode::WUSR)?;
    bind(&socket, &SocketAddrUnix::new(path)?)?;
    listen(&socket, 64)?;
    Ok(socket.into())
}

fn identity(found: &fs::Metadata) -> (u64, u64) {
    (found.dev(), found.ino())
}
