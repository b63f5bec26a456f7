//! What becomes of passkeys in a vault: the trash, signals, histories, backups, counters, search.

mod audit;
mod backup;
mod counters;
mod edits;
mod search;
mod seen_keys;
mod signals;
mod slots;
mod trash;
mod world;
