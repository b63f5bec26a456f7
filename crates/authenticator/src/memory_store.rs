//! A store that forgets when the process ends.

/// Credentials and state in memory. Clones share one content.
#[derive(Clone, Default)]
pub struct MemoryStore {}
