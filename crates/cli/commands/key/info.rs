use anstyle::AnsiColor;
use app::{
    AppError,
    metadata::{KeyModel, Severity},
    security_keys::{InfoRow, KeyInfo, Subject, Told},
};

use super::asking;
use crate::{
    args::Which,
    commands::Context,
    output::{bold, print_json, say, styled},
};

pub(super) fn run(context: &Context, which: &Which) -> Result<(), AppError> {
    let (info, members) = asking::with_key(context, which, async |key| {
        let info = context.app.key_info(key).await?;
        Ok((info, key.info_members()))
    })?;
    if context.json {
        return print_json(&members);
    }
    page(&info);
    Ok(())
}

fn page(info: &KeyInfo) {
    say!("{}  {}", bold(&info.name), info.id);
    if let Some(model) = &info.model {
        of_model(model);
    }
    for group in &info.groups {
        say!("");
        say!("{}", bold(subject(group.subject)));
        for row in &group.rows {
            say!("  {:<31}{}", row.title, value(row));
            say!(
                "  {:<31}{}",
                "",
                styled(format!("{} ({})", row.explanation, row.member), AnsiColor::BrightBlack)
            );
        }
    }
}

fn of_model(model: &KeyModel) {
    let claimed = if model.claimed { ", as the key claims" } else { "" };
    let certified = model.certification.as_ref().map(|by| format!("; {}", by.name)).unwrap_or_default();
    say!("{}{claimed}{certified}", model.name);
    for warning in &model.warnings {
        let color = match warning.severity {
            Severity::Danger => AnsiColor::Red,
            Severity::Notice => AnsiColor::Yellow,
        };
        say!("{}", styled(&warning.meaning, color));
    }
}

fn value(row: &InfoRow) -> String {
    match row.state {
        Told::Yes => styled(&row.value, AnsiColor::Green),
        Told::Unknown => styled(&row.value, AnsiColor::BrightBlack),
        Told::No | Told::Value => row.value.clone(),
    }
}

fn subject(subject: Subject) -> &'static str {
    match subject {
        Subject::Identity => "Identity",
        Subject::Interfaces => "Interfaces",
        Subject::Protocol => "Protocol",
        Subject::Verification => "Verification",
        Subject::Storage => "Storage",
        Subject::Management => "Management",
        Subject::Policy => "Policy",
        Subject::Extensions => "Extensions",
        Subject::Limits => "Limits",
        Subject::Attestation => "Attestation",
        Subject::Unknown => "Unknown to this program",
    }
}
