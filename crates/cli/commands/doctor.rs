use anstyle::AnsiColor;
use app::{
    AppError, Code,
    doctor::{Finding, Health},
};

use super::Context;
use crate::output::{print_json, say, styled};

/// How wide a sign is, with the space behind it.
const INDENT: &str = "         ";

pub(super) fn run(context: &Context) -> Result<(), AppError> {
    let findings = context.app.examine();
    if context.json {
        print_json(&findings)?;
    } else {
        findings.iter().for_each(show);
    }
    match findings.iter().filter(|finding| finding.health == Health::Trouble).count() {
        0 => Ok(()),
        1 => Err(trouble("One thing does not work.")),
        many => Err(trouble(&format!("{many} things do not work."))),
    }
}

fn trouble(message: &str) -> AppError {
    AppError::new(Code::Failed, message, "What to do stands below each; then run `latchkey doctor` again.")
}

fn show(finding: &Finding) {
    let sign = match finding.health {
        Health::Good => styled("good   ", AnsiColor::Green),
        Health::Note => styled("note   ", AnsiColor::Cyan),
        Health::Trouble => styled("trouble", AnsiColor::Red),
    };
    say!("{sign}  {}", finding.message);
    for line in &finding.fix {
        say!("{INDENT}{line}");
    }
}
