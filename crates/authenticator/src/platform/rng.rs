/// Randomness for keys, identifiers and tokens: cryptographically strong, or seeded for a repeatable run.
pub trait Rng: Send + Sync {
    /// Fills the whole slice.
    fn fill(&self, bytes: &mut [u8]);
}
