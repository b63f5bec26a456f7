//! Writes `ui/src/lib/bindings.ts`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/src/lib/bindings.ts");
    std::fs::write(file, latchkey_window::bindings::typescript()?)?;
    Ok(())
}
