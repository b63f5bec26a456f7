use anstyle::AnsiColor;
use app::{
    AppError,
    trace::{Detail, Direction, Header, Line, Transport, show},
};
use std::path::Path;

use super::Context;
use crate::output::{bold, print_json, say, styled};

/// Where details begin, below the title.
const INDENT: usize = 27;

pub(super) fn run(context: &Context, file: &Path) -> Result<(), AppError> {
    let shown = show(file)?;
    if context.json {
        return print_json(&shown);
    }
    say!("{}", heading(&shown.header));
    for line in &shown.lines {
        print(line);
    }
    if shown.truncated {
        say!("The trace ends in half a line, which is not shown: the program that recorded it was cut off.");
    }
    Ok(())
}

fn heading(header: &Header) -> String {
    let seeded = if header.seeded { ", seeded" } else { "" };
    let secrets = if header.secrets { "with secrets" } else { "without secrets" };
    let key = format!("{} key{seeded}, latchkey {}", header.profile, header.latchkey);
    bold(format!("{key}, {}, {secrets}", header.started))
}

fn print(line: &Line) {
    #[allow(clippy::cast_precision_loss, reason = "a time to look at")]
    let seconds = line.t as f64 / 1_000_000.0;
    let transport = line.transport.map_or("", name);
    let client = line.client.map_or_else(String::new, |client| client.to_string());
    let summary = if line.view.summary.is_empty() { "" } else { "  " };
    say!(
        "{seconds:>12.6}  {transport:<4} {client:<3} {} {}{summary}{}",
        arrow(line.direction),
        title(line),
        line.view.summary
    );
    details(&line.view.details, INDENT);
}

fn title(line: &Line) -> String {
    let title = &line.view.title;
    match line.direction {
        None => styled(title, AnsiColor::Yellow),
        Some(Direction::FromKey) if title == "ERROR" || is_refusal(title) => styled(title, AnsiColor::Red),
        Some(_) => bold(title),
    }
}

/// A response whose status is not SUCCESS.
fn is_refusal(title: &str) -> bool {
    title.split_once(' ').is_some_and(|(_, status)| status != "SUCCESS")
}

fn arrow(direction: Option<Direction>) -> String {
    match direction {
        Some(Direction::ToKey) => styled('→', AnsiColor::Cyan),
        Some(Direction::FromKey) => styled('←', AnsiColor::Green),
        None => styled('·', AnsiColor::Yellow),
    }
}

/// Members below each other, their values aligned.
pub(super) fn details(details: &[Detail], indent: usize) {
    let plain = details.iter().filter(|detail| detail.details.is_empty());
    let width = plain.map(|detail| detail.name.chars().count()).max().unwrap_or(0);
    for detail in details {
        let line = format!("{:indent$}{:<width$}  {}", "", detail.name, detail.value);
        say!("{}", line.trim_end());
        self::details(&detail.details, indent + 2);
    }
}

fn name(transport: Transport) -> &'static str {
    match transport {
        Transport::Uhid => "uhid",
        Transport::Udp => "udp",
        Transport::Tcp => "tcp",
        Transport::Unix => "unix",
        Transport::Nfc => "nfc",
    }
}
