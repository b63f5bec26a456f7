//! The vault on real files, real processes and a real keyring.

mod backup;
mod check;
mod counters;
mod damage;
mod disk;
mod fixture;
mod formats;
mod import;
mod keyring;
mod kill;
mod life;
mod memory;
mod network;
mod processes;
mod rollback;
mod slots;
mod tamper;
mod world;
