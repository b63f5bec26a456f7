use app::{
    AppError,
    prompts::{Prompt, PromptAnswer},
};

use super::{Shared, blocking};

#[tauri::command]
#[specta::specta]
pub(crate) async fn prompt_current(app: Shared<'_>) -> Result<Option<Prompt>, AppError> {
    Ok(app.prompts.current())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn prompt_answer(app: Shared<'_>, id: u32, answer: PromptAnswer) -> Result<(), AppError> {
    blocking(app, move |app| app.prompts.answer(id, answer)).await
}
