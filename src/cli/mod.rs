//! The subcommands, one file each. They take parsed arguments and write to what they are given.

pub mod check;
pub mod search;
