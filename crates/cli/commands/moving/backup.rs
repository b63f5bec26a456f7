use app::{
    AppError, Code,
    backup::{Backup, Phase},
    import::Opens,
    vault::VaultState,
};

use super::{counted, secrets, table};
use crate::{
    args,
    commands::Context,
    output::{print_json, say},
    secret,
};

pub(in crate::commands) fn backup(context: &Context, options: &args::Backup) -> Result<(), AppError> {
    let passphrase = match &options.file_passphrase_file {
        // What else opens it is enough; a passphrase is asked for only where nothing does.
        None if !options.recipient.is_empty() || context.app.has_recovery_key()? => None,
        file => Some(secret::new_one_for(file.as_deref(), "--file-passphrase-file")?),
    };
    let backup = Backup {
        file: &options.file,
        passphrase: passphrase.as_ref(),
        recipients: &options.recipient,
        replace: options.replace,
    };
    let done = context.app.back_up(&backup, &mut |phase| eprintln!("{}", sentence(phase)))?;
    if context.json {
        return print_json(&done);
    }
    say!("{} in {}, read back and compared.", counted(done.passkeys), done.file);
    match done.newly_backed_up {
        0 => {}
        1 => say!("1 of them counts as backed up from now on (BS 1)."),
        many => say!("{many} of them count as backed up from now on (BS 1)."),
    }
    if done.recovery_keys > 0 {
        say!("The vault's recovery key opens it.");
    }
    match done.device_bound {
        0 => {}
        1 => say!("1 device-bound one lives in one place and is in no backup."),
        many => say!("{many} device-bound ones live in one place each and are in no backup."),
    }
    Ok(())
}

pub(in crate::commands) fn restore(context: &Context, options: &args::Restore) -> Result<(), AppError> {
    let opens = if options.secrets.identity.is_some() {
        Opens::ByIdentity
    } else {
        context.app.backup_opens(&options.file)?
    };
    let absent = context.app.vault_status().state == VaultState::Absent;
    if !absent {
        context.unlock()?;
    }
    let plan = context.app.plan_restore(&options.file, &secrets(&options.secrets, opens)?)?;
    // Where there is no vault yet, one is made as late as can be: a cancelled restore leaves nothing.
    table::decide(context, &plan, &options.rows, &[], || {
        if absent {
            let passphrase =
                secret::new_one(context.passphrase_file()).map_err(|error| match error.code {
                    Code::Locked => AppError::new(
                        Code::Locked,
                        "There is no vault yet, and its passphrase is needed to make one.",
                        "Name a file with --passphrase-file.",
                    ),
                    _ => error,
                })?;
            if let Some(notice) = context.app.init_vault(&passphrase)? {
                eprintln!("{notice}");
            }
        }
        Ok(())
    })
}

fn sentence(phase: Phase) -> &'static str {
    match phase {
        Phase::Collecting => "Reading the vault…",
        Phase::Encrypting => "Encrypting…",
        Phase::Writing => "Writing the file to the disk…",
        Phase::Verifying => "Reading it back…",
        Phase::Confirming => "Noting what is backed up…",
    }
}
