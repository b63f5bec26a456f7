//! What the desktop tells on D-Bus: logind of locked sessions and of sleep, the screen saver of itself.

use std::{convert::Infallible, sync::Arc, time::Duration};
use zbus::{
    Connection, MatchRule, Message, MessageStream, Proxy,
    export::ordered_stream::OrderedStreamExt,
    message::Type,
    names::InterfaceName,
    zvariant::{OwnedFd, OwnedObjectPath, OwnedValue},
};

use super::{App, Change, Listening, LockReason, lock};

/// How long after a bus did not answer it is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(10);

/// What troubles begin with.
const LOGIND_NAME: &str = "The session manager (logind)";
const SAVER_NAME: &str = "The desktop's screen saver";

const LOGIND: &str = "org.freedesktop.login1";
const MANAGER: &str = "org.freedesktop.login1.Manager";
const SESSION: &str = "org.freedesktop.login1.Session";
const SESSIONS: &str = "/org/freedesktop/login1/session";

/// Desktops name their screen savers differently; the signal is the same.
const SCREEN_SAVERS: [&str; 5] = [
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
    "org.xfce.ScreenSaver",
];

/// Locks the vault as they tell, until dropped.
pub(super) async fn follow(app: &Arc<App>) {
    tokio::join!(
        keep_trying(
            app,
            LOGIND_NAME,
            || logind(app),
            |listening| {
                listening.sessions = false;
                listening.holds_sleep = false;
            }
        ),
        keep_trying(
            app,
            SAVER_NAME,
            || screen_saver(app),
            |listening| {
                listening.screen_saver = false;
            }
        ),
    );
}

/// A bus that does not answer, or goes away, is tried again; until then the trouble is told.
async fn keep_trying<F: Future<Output = zbus::Result<Infallible>>>(
    app: &App,
    who: &str,
    listen: impl Fn() -> F,
    deaf: impl Fn(&mut Listening),
) {
    loop {
        let Err(error) = listen().await;
        tell(app, who, |listening| {
            deaf(listening);
            listening.trouble.push(format!("{who} cannot be heard: {error}."));
        });
        tokio::time::sleep(TRY_AGAIN).await;
    }
}

/// What is new of `who`, and told where it is.
fn tell(app: &App, who: &str, news: impl Fn(&mut Listening)) {
    let mut listening = lock(&app.locking.listening);
    let mut now = listening.clone().unwrap_or_default();
    now.trouble.retain(|trouble| !trouble.starts_with(who));
    news(&mut now);
    if listening.as_ref() != Some(&now) {
        *listening = Some(now);
        drop(listening);
        app.changed(Change::Vault);
    }
}

async fn logind(app: &Arc<App>) -> zbus::Result<Infallible> {
    let bus = Connection::system().await?;
    let manager = Proxy::new(&bus, LOGIND, "/org/freedesktop/login1", MANAGER).await?;
    let mut sleeps = manager.receive_signal("PrepareForSleep").await?;
    let mut sessions = MessageStream::for_match_rule(of_sessions()?.build(), &bus, None).await?;
    // Asking anything shows whether somebody is there at all.
    manager.get_property::<bool>("PreparingForSleep").await?;
    let mut brake = hold_sleep(app, &manager).await;
    loop {
        tokio::select! {
            signal = sleeps.next() => {
                let Some(signal) = signal else { return Err(gone()) };
                if signal.body().deserialize::<bool>()? {
                    if app.auto_lock_choice().sleep {
                        app.lock_now(LockReason::Sleep).await;
                    }
                    // The computer may sleep now.
                    drop(brake.take());
                } else {
                    brake = hold_sleep(app, &manager).await;
                }
            }
            signal = sessions.next() => {
                let signal = signal.ok_or_else(gone)??;
                match says(&signal) {
                    Some(locked) if is_mine(&bus, &signal).await => screen(app, locked).await,
                    _ => {}
                }
            }
        }
    }
}

/// The screen saver's own signal, for desktops that do not tell logind.
async fn screen_saver(app: &Arc<App>) -> zbus::Result<Infallible> {
    let bus = Connection::session().await?;
    let rule = MatchRule::builder().msg_type(Type::Signal).member("ActiveChanged")?.build();
    let mut signals = MessageStream::for_match_rule(rule, &bus, None).await?;
    tell(app, SAVER_NAME, |listening| listening.screen_saver = true);
    loop {
        let signal = signals.next().await.ok_or_else(gone)??;
        let header = signal.header();
        let from = header.interface().map(InterfaceName::as_str).unwrap_or_default();
        if SCREEN_SAVERS.contains(&from)
            && let Ok(active) = signal.body().deserialize::<bool>()
        {
            screen(app, active).await;
        }
    }
}

async fn screen(app: &Arc<App>, locked: bool) {
    if !locked {
        app.screen_unlocked().await;
    } else if app.auto_lock_choice().screen {
        app.lock_now(LockReason::Screen).await;
    }
}

/// Lets sleep wait until the vault is locked ("delay", systemd.inhibit). Where that is refused, locking races with
/// sleep, which the status tells.
async fn hold_sleep(app: &App, manager: &Proxy<'_>) -> Option<OwnedFd> {
    let asked = ("sleep", "Latchkey", "Lock the vault", "delay");
    let brake = manager.call::<_, _, OwnedFd>("Inhibit", &asked).await;
    tell(app, LOGIND_NAME, |listening| {
        listening.sessions = true;
        listening.holds_sleep = brake.is_ok();
        if let Err(error) = &brake {
            let trouble = format!("{LOGIND_NAME} lets sleep not wait for the vault: {error}.");
            listening.trouble.push(trouble);
        }
    });
    brake.ok()
}

/// Signals of every session: who belongs to none, such as a service of the user, is locked with the user's.
fn of_sessions() -> zbus::Result<zbus::match_rule::Builder<'static>> {
    MatchRule::builder().msg_type(Type::Signal).sender(LOGIND)?.path_namespace(SESSIONS)
}

/// Whether the session says that it is locked now, or unlocked; `None` where it says something else. Some desktops
/// lock on the signal `Lock`, others tell by the property `LockedHint` that they have.
fn says(signal: &Message) -> Option<bool> {
    let header = signal.header();
    match (header.interface()?.as_str(), header.member()?.as_str()) {
        (SESSION, "Lock") => Some(true),
        (SESSION, "Unlock") => Some(false),
        ("org.freedesktop.DBus.Properties", "PropertiesChanged") => {
            let body = signal.body();
            let (_, changed, _): (&str, std::collections::HashMap<&str, OwnedValue>, Vec<&str>) =
                body.deserialize().ok()?;
            bool::try_from(changed.get("LockedHint")?).ok()
        }
        _ => None,
    }
}

/// Whether the session that signals is one of this user's. One that cannot be asked any more counts as such.
async fn is_mine(bus: &Connection, signal: &Message) -> bool {
    let header = signal.header();
    let Some(path) = header.path() else { return false };
    let Ok(session) = Proxy::new(bus, LOGIND, path.to_owned(), SESSION).await else { return true };
    match session.get_property::<(u32, OwnedObjectPath)>("User").await {
        Ok((user, _)) => user == rustix::process::getuid().as_raw(),
        Err(_) => true,
    }
}

fn gone() -> zbus::Error {
    zbus::Error::Failure("the bus is gone".to_owned())
}
