use std::time::Duration;

/// Time, as far as a key needs it.
pub trait Clock: Send + Sync {
    /// Time since the key was powered; never goes back.
    fn uptime(&self) -> Duration;

    /// Seconds since 1970-01-01T00:00:00Z, for a credential's date.
    fn unix_seconds(&self) -> u64;
}
