use app::{AppError, profiles};
use std::path::Path;

use super::Context;
use crate::{
    args,
    output::{bold, print_json, print_table, say},
};

pub(super) fn run(context: &Context, command: &args::Profile) -> Result<(), AppError> {
    match command {
        args::Profile::List => list(context),
        args::Profile::Show { profile } => show(context, profile),
        args::Profile::AttestationCa { profile } => attestation_ca(context, profile),
        args::Profile::Check { file } => check(context, file),
    }
}

fn list(context: &Context) -> Result<(), AppError> {
    let shipped = profiles::shipped();
    if context.json {
        return print_json(&shipped);
    }
    let rows: Vec<_> = shipped.into_iter().map(|profile| [bold(profile.name), profile.description]).collect();
    print_table(["PROFILE", "WHAT IT IS"], &rows);
    Ok(())
}

/// TOML is what it prints; with `--json` it is one JSON text.
fn show(context: &Context, profile: &str) -> Result<(), AppError> {
    let toml = profiles::load(profile)?.to_toml();
    if context.json {
        return print_json(&toml);
    }
    say!("{}", toml.trim_end());
    Ok(())
}

/// PEM is what it prints; with `--json` it is one JSON text.
fn attestation_ca(context: &Context, profile: &str) -> Result<(), AppError> {
    let pem = profiles::attestation_ca(profile)?;
    if context.json {
        return print_json(&pem);
    }
    say!("{}", pem.trim_end());
    Ok(())
}

fn check(context: &Context, file: &Path) -> Result<(), AppError> {
    let checked = profiles::check(file)?;
    if context.json {
        print_json(&checked)?;
        return checked.verdict();
    }
    for fault in &checked.faults {
        say!("{}:{fault}", checked.file);
    }
    checked.verdict()?;
    say!("{} is a profile without faults.", checked.file);
    Ok(())
}
