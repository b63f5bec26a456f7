use app::AppError;

use super::{secrets, table};
use crate::{args, commands::Context, secret};

pub(in crate::commands) fn import(context: &Context, options: &args::Import) -> Result<(), AppError> {
    let mut secrets = secrets(&options.secrets, context.app.import_opens(&options.file)?)?;
    secrets.key_file = options.key_file.as_deref().map(secret::bytes_of).transpose()?;
    let plan = context.app.plan_import(&options.file, options.format.as_deref(), &secrets)?;
    table::decide(context, &plan, &options.rows, &options.flags, || Ok(()))
}
