//! Ranks causes from findings. Values in, values out: no files, no clock, no HTML.

mod finding;

pub use finding::{Finding, Meaning, Weight};
