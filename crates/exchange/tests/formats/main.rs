//! Every format by files of the shape that its program writes, by round trips, by other people's readers, and by
//! what a stranger might send.

mod fixtures;
mod hostile;
mod kdbx;
mod others;
mod proton;
mod round_trips;
mod support;
