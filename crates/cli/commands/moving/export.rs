use app::{
    AppError, Code,
    export::{CLEAR_TEXT_WORDS, Export, Seal},
};

use super::{harmless, typed};
use crate::{
    args,
    commands::Context,
    output::{print_json, say},
    secret,
};

pub(in crate::commands) fn export(context: &Context, options: &args::Export) -> Result<(), AppError> {
    let seal = seal(context, options)?;
    let exported = context.app.export(&Export {
        file: &options.file,
        format: &options.format,
        ids: &options.id,
        seal: &seal,
        replace: options.replace,
    })?;
    if context.json {
        return print_json(&exported);
    }
    let sealed = if exported.encrypted { "encrypted" } else { "in clear text" };
    say!(
        "{} of {} in {}, {sealed}.",
        exported.passkeys,
        exported.passkeys as usize + exported.left_out.len(),
        exported.file
    );
    for left in &exported.left_out {
        let account = left.user_name.as_deref().unwrap_or("an account");
        say!("Left out: {} at {}. {}", harmless(account), harmless(&left.rp_id), left.reason);
    }
    for note in &exported.notes {
        say!("{}", harmless(note));
    }
    Ok(())
}

fn seal(context: &Context, options: &args::Export) -> Result<Seal, AppError> {
    if options.clear_text {
        return Ok(Seal::Nothing(match &options.confirm {
            Some(words) => words.clone(),
            None => typed(&format!(
                "Whoever reads {} can sign in as you. To write it in clear text, type `{CLEAR_TEXT_WORDS}`:",
                options.file.display()
            ))
            .ok_or_else(|| {
                AppError::new(
                    Code::Usage,
                    "Clear text wants to be confirmed and there is no terminal to ask in; nothing was written.",
                    format!("Say --confirm \"{CLEAR_TEXT_WORDS}\", or leave the file encrypted."),
                )
            })?,
        }));
    }
    if !options.recipient.is_empty() {
        return Ok(Seal::Recipients(options.recipient.clone()));
    }
    // Said before a passphrase is asked for.
    context.app.seals_itself(&options.format)?;
    secret::new_one_for(options.file_passphrase_file.as_deref(), "--file-passphrase-file")
        .map(Seal::Passphrase)
}
