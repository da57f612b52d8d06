//! One file per subcommand.

pub mod diagnose;
pub mod evaluate;
