use anstyle::AnsiColor;
use app::{
    AppError, Code,
    metadata::{
        FileStatus, KeyModel, MetadataFile, ModelCertification, ModelSource, ModelWarning, Severity,
        parse_aaguid,
    },
};
use std::path::{Path, PathBuf};

use super::Context;
use crate::{
    args::{self, MetadataKind},
    output::{bold, print_json, print_table, say, styled},
};

pub(super) fn run(context: &Context, command: &args::Metadata) -> Result<(), AppError> {
    match command {
        args::Metadata::Import { file, root } => import(context, file, root),
        args::Metadata::Status => status(context),
        args::Metadata::Show { aaguid } => show(context, aaguid),
        args::Metadata::Remove { kind } => remove(context, *kind),
    }
}

fn import(context: &Context, file: &Path, roots: &[PathBuf]) -> Result<(), AppError> {
    let import = context.app.import_metadata(file, roots)?;
    if context.json {
        return print_json(&import);
    }
    let taken = &import.file;
    let models = if taken.models == 1 { "a model".to_owned() } else { format!("{} models", taken.models) };
    say!("Took {}: {}, {models}.", taken.name, described(taken));
    match &taken.root {
        Some(root) if taken.own_root => say!("Its signature holds and leads to your own root, {root}."),
        Some(root) => {
            say!("Its signature holds and leads to {root}. Whether a certificate was revoked was not asked.");
        }
        None => say!("Nobody signed it: what it says is only claimed."),
    }
    if import.stale {
        say!("{}", styled("A newer one is due already.", AnsiColor::Yellow));
    }
    for skipped in &import.skipped {
        say!("Entry {} cannot be read and was left out: {}.", skipped.place, skipped.reason);
    }
    Ok(())
}

fn status(context: &Context) -> Result<(), AppError> {
    let status = context.app.metadata_status()?;
    if context.json {
        return print_json(&status);
    }
    if status.files.is_empty() {
        say!(
            "No metadata is kept: only common models are known by name. `latchkey metadata import --help` says more."
        );
        return Ok(());
    }
    let row = |kept: &FileStatus| {
        let file = &kept.file;
        let number = file.number.map(|number| number.to_string()).unwrap_or_default();
        let due = file.next_update.clone().unwrap_or_default();
        [
            bold(source(file.source)),
            file.models.to_string(),
            number,
            if kept.stale { styled(due, AnsiColor::Yellow) } else { due },
            format!("{} days", kept.age_days),
            file.root.clone().unwrap_or_else(|| "not signed".to_owned()),
        ]
    };
    let rows: Vec<_> = status.files.iter().map(row).collect();
    print_table(["METADATA", "MODELS", "NUMBER", "NEXT", "AGE", "SIGNED UNDER"], &rows);
    for kept in &status.files {
        if let Some(problem) = &kept.problem {
            say!("{}: {problem}", styled(source(kept.file.source), AnsiColor::Red));
        } else if kept.stale {
            say!(
                "{}: a newer one is due. Download it and import it.",
                styled(source(kept.file.source), AnsiColor::Yellow)
            );
        }
    }
    Ok(())
}

fn show(context: &Context, text: &str) -> Result<(), AppError> {
    let aaguid = parse_aaguid(text)?;
    let model = context.app.model_of(aaguid).ok_or_else(|| {
        AppError::new(
            Code::NotFound,
            format!("No model is known with the AAGUID {text}."),
            "`latchkey metadata import` takes files with more models; docs/metadata.md says where they are.",
        )
    })?;
    if context.json {
        return print_json(&model);
    }
    say!("{}", bold(&model.name));
    for (name, value) in facts(&model) {
        if !value.is_empty() {
            say!("{name:<16}{value}");
        }
    }
    for warning in &model.warnings {
        say!("{}", line(warning));
    }
    if model.stale {
        say!(
            "{}",
            styled("Newer metadata is due: something may have become known since.", AnsiColor::Yellow)
        );
    }
    Ok(())
}

fn facts(model: &KeyModel) -> [(&'static str, String); 6] {
    let said = if model.verified { "verified" } else { "claimed, not verified" };
    let certified = |certification: &Option<ModelCertification>| {
        certification.as_ref().map(certified).unwrap_or_default()
    };
    [
        ("AAGUID", model.aaguid.clone()),
        ("Said by", format!("{} ({said})", source(model.source))),
        ("Certification", certified(&model.certification)),
        ("", certified(&model.fips)),
        ("Changed", model.status_changed.clone().unwrap_or_default()),
        ("Icon", model.icon.as_deref().and_then(media_type).unwrap_or_default()),
    ]
}

fn certified(certification: &ModelCertification) -> String {
    let since = certification.date.as_ref().map(|date| format!(", since {date}")).unwrap_or_default();
    let number = certification.number.as_ref().map(|number| format!(", {number}")).unwrap_or_default();
    format!("{}{since}{number}", certification.name)
}

fn media_type(url: &str) -> Option<String> {
    Some(url.strip_prefix("data:")?.split(';').next()?.to_owned())
}

/// A warning in one line, red where keys of the model may not keep what they promise.
fn line(warning: &ModelWarning) -> String {
    let color = match warning.severity {
        Severity::Danger => AnsiColor::Red,
        Severity::Notice => AnsiColor::Yellow,
    };
    let date = warning.date.as_ref().map(|date| format!(" ({date})")).unwrap_or_default();
    let firmware = warning.firmware.map(|version| format!(" Firmware {version}.")).unwrap_or_default();
    let url = warning.url.as_ref().map(|url| format!(" {url}")).unwrap_or_default();
    format!("{}{date}: {}{firmware}{url}", styled(&warning.status, color), warning.meaning)
}

fn remove(context: &Context, kind: Option<MetadataKind>) -> Result<(), AppError> {
    let gone = context.app.remove_metadata(kind.map(|kind| match kind {
        MetadataKind::Metadata => ModelSource::Metadata,
        MetadataKind::Convenience => ModelSource::Convenience,
        MetadataKind::Community => ModelSource::Community,
    }))?;
    if context.json {
        return print_json(&gone);
    }
    for file in gone {
        say!("Removed {}: {}.", file.name, described(&file));
    }
    Ok(())
}

fn described(file: &MetadataFile) -> String {
    let number = file.number.map(|number| format!(" number {number}")).unwrap_or_default();
    let due =
        file.next_update.as_ref().map(|date| format!(", the next one due on {date}")).unwrap_or_default();
    format!("{}{number}{due}", source(file.source))
}

fn source(source: ModelSource) -> &'static str {
    match source {
        ModelSource::Metadata => "FIDO metadata",
        ModelSource::Convenience => "Convenience Metadata",
        ModelSource::Community => "community list",
        ModelSource::Common => "Latchkey's own table",
    }
}
