//! Use cases, one file per screen and subcommand. Both faces go through here and decide nothing.
