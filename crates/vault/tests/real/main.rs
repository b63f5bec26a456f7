//! The vault on real files, real processes and a real keyring.

mod damage;
mod keyring;
mod life;
mod network;
mod processes;
mod world;
