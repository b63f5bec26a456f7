use app::{
    AppError, Code,
    security_keys::{ResetDone, ResetPlan, ResetStep},
};
use std::io::{IsTerminal, Write};

use super::asking;
use crate::{
    args::Which,
    commands::{Context, wait},
    output::{print_json, say},
};

pub(super) fn run(context: &Context, which: &Which, confirm: Option<String>) -> Result<(), AppError> {
    let request = asking::request(which)?;
    wait(async {
        let key = asking::interruptible(context.app.open_key(&request)).await?;
        let plan = context.app.plan_reset(&key)?;
        // Before the key is unplugged: afterwards there are ten seconds.
        let typed = match confirm {
            Some(typed) => typed,
            None => asking::interruptible(asked(context, &plan)).await?,
        };
        let mut shown = None;
        let told = |step: &ResetStep| tell(context, step, &mut shown);
        let reset = Box::pin(context.app.reset_key(key, &typed, &request, told));
        asking::interruptible(reset).await.map(drop)
    })
}

async fn asked(context: &Context, plan: &ResetPlan) -> Result<String, AppError> {
    eprintln!(
        "This erases every passkey on {} ({}), its PIN and its settings, for good.",
        plan.name, plan.id
    );
    if context.json || !std::io::stdin().is_terminal() {
        return Err(AppError::new(
            Code::Usage,
            "A reset wants its confirmation and there is no terminal to ask in; nothing was done.",
            format!("If you are sure: --confirm \"{}\"", plan.confirmation),
        ));
    }
    eprint!("Type \"{}\" to go on: ", plan.confirmation);
    let _ = std::io::stderr().flush();
    let typed = tokio::task::spawn_blocking(|| {
        let mut typed = String::new();
        std::io::stdin().read_line(&mut typed).map(|_| typed)
    });
    // What cannot be read is no confirmation.
    Ok(typed.await.ok().and_then(Result::ok).unwrap_or_default())
}

/// Each step once, for scripts one line of JSON; on a terminal the seconds run.
fn tell(context: &Context, step: &ResetStep, shown: &mut Option<std::mem::Discriminant<ResetStep>>) {
    let first = shown.replace(std::mem::discriminant(step)) != Some(std::mem::discriminant(step));
    if context.json {
        if first {
            // A script that does not read on has seen enough.
            let _ = print_json(step);
        }
        return;
    }
    match step {
        ResetStep::Remove { reader: false } => eprintln!("1/4  Unplug the key."),
        ResetStep::Remove { reader: true } => eprintln!("1/4  Take the key off the reader."),
        ResetStep::Insert { reader: false } => eprintln!("2/4  Plug it in again."),
        ResetStep::Insert { reader: true } => eprintln!("2/4  Put it back on the reader."),
        ResetStep::Touch { long, seconds_left } => {
            let how = if *long { "Press it and hold it until it stops blinking" } else { "Touch it now" };
            if std::io::stderr().is_terminal() {
                eprint!("\r3/4  {how} ({seconds_left} s left). ");
            } else if first {
                eprintln!("3/4  {how} ({seconds_left} s left).");
            }
        }
        ResetStep::Done(done) => {
            if std::io::stderr().is_terminal() {
                eprintln!();
            }
            eprintln!("4/4  Done.");
            proof(done);
        }
    }
}

fn proof(done: &ResetDone) {
    let same =
        if done.same_key { "It is the same key" } else { "The key says other things of itself than before" };
    let pin = match done.pin_set {
        Some(false) => "it has no PIN any more",
        Some(true) => "it still says that it has a PIN",
        None => "it takes no PIN",
    };
    let room =
        done.remaining_passkeys.map(|room| format!(", and {room} passkeys fit on it")).unwrap_or_default();
    say!("{same}; {pin}{room}.");
    if !done.erased {
        say!("Something that it says speaks against it being erased: see `latchkey key info`.");
    }
}
