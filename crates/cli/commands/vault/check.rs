use app::{
    AppError, Code,
    check::{CheckReport, Repaired},
};

use super::slot::progress;
use crate::{
    commands::Context,
    output::{print_json, say},
};

pub(super) fn run(context: &Context, repair: bool, accept_losses: bool) -> Result<(), AppError> {
    let repaired = repair.then(|| context.app.repair_vault(accept_losses, progress(context))).transpose()?;
    let report = context.app.check_vault(progress(context))?;
    if context.json {
        print_json(&serde_json::json!({ "report": report, "repaired": repaired }))?;
    } else {
        if let Some(repaired) = &repaired {
            show_repaired(repaired);
        }
        show(&report);
    }
    if report.whole {
        return Ok(());
    }
    Err(AppError::new(
        Code::Failed,
        "The vault is not whole.",
        "`latchkey vault check --repair` mends what can be mended. Keep a copy of the folder first.",
    ))
}

fn show(report: &CheckReport) {
    if report.whole {
        say!("All is well: {} records, {} of them passkeys.", report.records, report.passkeys);
    }
    for finding in &report.findings {
        say!("{:<11}{}", finding.trouble, finding.message);
    }
}

fn show_repaired(repaired: &Repaired) {
    if let Some(file) = &repaired.aside {
        say!("Moved {} records that cannot be read to {file}.", repaired.moved_aside);
    }
    if repaired.lookups > 0 {
        say!("Made {} passkeys findable again.", repaired.lookups);
    }
    if repaired.losses_accepted {
        say!("The vault goes on without the records that are missing.");
    }
}
