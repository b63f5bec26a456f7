//! A plan, shown and decided upon.

use anstyle::AnsiColor;
use app::{
    AppError, Code,
    import::{Plan, Row, RowChoice, Verdict},
};

use super::{counted, harmless, typed};
use crate::{
    args::Rows,
    commands::Context,
    output::{print_json, print_table, say, styled},
};

/// Makes the choices of the command line, shows what will be done, asks, and does it.
pub(super) fn decide(
    context: &Context,
    plan: &Plan,
    rows: &Rows,
    flags: &[String],
    before: impl FnOnce() -> Result<(), AppError>,
) -> Result<(), AppError> {
    let choices = choices(plan, rows, flags)?;
    let plan = context.app.choose_import(plan.plan, &choices)?;
    if rows.dry_run {
        context.app.cancel_import();
        if context.json {
            return print_json(&plan);
        }
        show(&plan);
        return Ok(());
    }
    if !context.json {
        show(&plan);
    }
    let taken = plan.rows.iter().filter(|row| row.take).count();
    if taken > 0 {
        confirm(taken, rows.yes)?;
        before()?;
    }
    let imported = context.app.import(plan.plan)?;
    if context.json {
        return print_json(&serde_json::json!({ "plan": plan, "imported": imported }));
    }
    say!(
        "{} came, {} out of the trash, {} left.",
        imported.added.len(),
        imported.restored.len(),
        imported.left
    );
    if !imported.replaced.is_empty() {
        say!("{} gave way to a newer one and are kept as replaced.", imported.replaced.len());
    }
    Ok(())
}

fn confirm(taken: usize, yes: bool) -> Result<(), AppError> {
    if yes {
        return Ok(());
    }
    match typed(&format!("Take {}? [y/N]", counted(taken as u64))).as_deref() {
        Some("y" | "Y" | "yes") => Ok(()),
        Some(_) => Err(AppError::plain(Code::Refused, "Nothing was taken.")),
        None => Err(AppError::new(
            Code::Usage,
            "Taking passkeys wants a yes and there is no terminal to ask in; nothing was taken.",
            "Look at it with --dry-run, then say --yes.",
        )),
    }
}

fn show(plan: &Plan) {
    say!("{}: {} in the file.", plan.format_name, counted(plan.rows.len() as u64));
    let rows: Vec<_> = plan.rows.iter().enumerate().map(|(index, row)| line(index, row)).collect();
    if !rows.is_empty() {
        print_table(["ROW", "SITE", "ACCOUNT", "FLAGS", "VERDICT", "DONE"], &rows);
    }
    for (index, row) in plan.rows.iter().enumerate() {
        let reason = (row.verdict != Verdict::New).then_some(&row.reason);
        for text in reason.into_iter().chain(&row.notes) {
            say!("Row {}, {}: {}", index + 1, harmless(&row.place), harmless(text));
        }
    }
    if plan.rows.iter().any(|row| row.can_be_taken && !row.flags_known) {
        say!("Flags with `?` are assumed, as the file does not say them; --flags changes them.");
    }
    for text in &plan.left_out {
        say!("Left out: {}", harmless(text));
    }
}

fn line(index: usize, row: &Row) -> [String; 6] {
    let flags = row.passkey.as_ref().map_or_else(String::new, |passkey| {
        let doubt = if row.flags_known { "" } else { "?" };
        let bit = |set: bool| u8::from(set);
        format!("BE {}{doubt}  BS {}", bit(passkey.backup_eligible), bit(passkey.backup_state))
    });
    let (verdict, color) = match row.verdict {
        Verdict::New => ("new", AnsiColor::Green),
        Verdict::Newer => ("newer", AnsiColor::Green),
        Verdict::Older => ("older", AnsiColor::Yellow),
        Verdict::Duplicate => ("duplicate", AnsiColor::Blue),
        Verdict::InTrash => ("in the trash", AnsiColor::Yellow),
        Verdict::Refused => ("refused", AnsiColor::Red),
    };
    let done = if row.take { "take" } else { "leave" };
    let text = |text: &Option<String>| harmless(text.as_deref().unwrap_or_default());
    [
        (index + 1).to_string(),
        text(&row.rp_id),
        text(&row.user_name),
        flags,
        styled(verdict, color),
        done.to_owned(),
    ]
}

/// What the options say, the later ones last: flags, leave, take.
fn choices(plan: &Plan, rows: &Rows, flags: &[String]) -> Result<Vec<RowChoice>, AppError> {
    let mut choices = Vec::new();
    for text in flags {
        let (row, bits) = text.split_once('=').ok_or_else(|| bad_flags(text))?;
        let (eligible, state) = match bits {
            "0,0" => (false, false),
            "1,0" => (true, false),
            "1,1" => (true, true),
            _ => return Err(bad_flags(text)),
        };
        // Named one by one, a row that says BE itself is an error; under `all` it keeps what it says.
        let rows = numbers(plan, row, |row| row.can_be_taken && !row.flags_known)?;
        choices.extend(rows.into_iter().map(|row| RowChoice {
            row,
            take: None,
            backup_eligible: Some(eligible),
            backup_state: Some(state),
        }));
    }
    for (texts, take) in [(&rows.leave, false), (&rows.take, true)] {
        for text in texts {
            let rows = numbers(plan, text, |row| row.can_be_taken)?;
            choices.extend(rows.into_iter().map(|row| RowChoice {
                row,
                take: Some(take),
                ..RowChoice::default()
            }));
        }
    }
    Ok(choices)
}

/// The rows that a word names, counted from 0: one by its number, or all that are `meant`.
fn numbers(plan: &Plan, text: &str, meant: impl Fn(&Row) -> bool) -> Result<Vec<u32>, AppError> {
    if text == "all" {
        let all = (0..).zip(&plan.rows);
        return Ok(all.filter(|(_, row)| meant(row)).map(|(index, _)| index).collect());
    }
    let number = text.parse::<u32>().ok().and_then(|number| number.checked_sub(1));
    number.map(|number| vec![number]).ok_or_else(|| {
        AppError::plain(
            Code::Usage,
            format!("{text} is no row: rows have numbers from 1; `all` is all of them."),
        )
    })
}

fn bad_flags(text: &str) -> AppError {
    AppError::new(
        Code::Usage,
        format!("{text} says no flags."),
        "Write ROW=BE,BS such as `3=1,1`, `2=1,0` or `all=0,0`; BS without BE is not allowed (WebAuthn §6.1.3).",
    )
}
