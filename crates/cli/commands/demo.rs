use anstyle::AnsiColor;
use app::{
    AppError,
    demo::{Ceremony, Outcome},
    passkeys::PasskeyKind,
};

use super::{Context, wait};
use crate::output::{bold, print_json, print_table, say, styled};

pub(super) fn run(context: &Context) -> Result<(), AppError> {
    wait(async {
        let report = app::demo::run().await?;
        if context.json {
            return print_json(&report);
        }
        say!("Two passkeys were made at a site on this machine and used twice each, one of either kind.");
        say!("After its first sign-in the synced one was copied to a second device.\n");
        say!("{}", bold("What the site saw"));
        let rows: Vec<_> = report.ceremonies.iter().map(row).collect();
        print_table(["KIND", "CEREMONY", "UP", "UV", "BE", "BS", "COUNTER", "CHECKS", "VERDICT"], &rows);
        say!("\n{}", bold("The device is lost"));
        report.lost_device.iter().for_each(print_outcome);
        say!("\n{}", bold("The key is cloned"));
        report.cloned_key.iter().for_each(print_outcome);
        say!(
            "\nNothing was left behind. See it in a browser with `latchkey lab serve` and `latchkey emulate --uhid`."
        );
        Ok(())
    })
}

fn row(seen: &Ceremony) -> [String; 9] {
    let bit = |set: bool| u8::from(set).to_string();
    let counter = match seen.kind {
        PasskeyKind::Synced if seen.sign_count == 0 => "not counted".to_owned(),
        _ => seen.sign_count.to_string(),
    };
    [
        kind(seen.kind),
        seen.ceremony.to_owned(),
        bit(seen.up),
        bit(seen.uv),
        bit(seen.be),
        bit(seen.bs),
        counter,
        format!("{} of {}", seen.steps.passed, seen.steps.passed + seen.steps.not_passed),
        if seen.verified { styled("verified", AnsiColor::Green) } else { styled("refused", AnsiColor::Red) },
    ]
}

fn print_outcome(outcome: &Outcome) {
    let sign = if outcome.signed_in {
        styled("signed in", AnsiColor::Green)
    } else {
        styled("shut out ", AnsiColor::Red)
    };
    let pad = " ".repeat(12_usize.saturating_sub(word(outcome.kind).len()));
    say!("  {}{pad}  {sign}  {}: {}", kind(outcome.kind), outcome.attempt, outcome.reason);
}

fn kind(kind: PasskeyKind) -> String {
    let color = match kind {
        PasskeyKind::DeviceBound => AnsiColor::Blue,
        PasskeyKind::Synced => AnsiColor::Green,
    };
    styled(word(kind), color)
}

fn word(kind: PasskeyKind) -> &'static str {
    match kind {
        PasskeyKind::DeviceBound => "device-bound",
        PasskeyKind::Synced => "synced",
    }
}
