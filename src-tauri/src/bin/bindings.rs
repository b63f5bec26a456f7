//! Writes `ui/src/lib/bindings.ts`.

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    latchkey_window::bindings::write(Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../ui/src/lib/bindings.ts"
    )))
}
