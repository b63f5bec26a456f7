//! Profiles: the files, the shipped ones, what is wrong with others.

mod faults;
mod file;
mod shipped;
