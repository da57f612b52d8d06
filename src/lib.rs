//! fix401: a knowledge base for one problem, an HTTP 401.
//!
//! In reading order, each room naming only those above it (`tests/it/tidy.rs` holds this):
//!
//! - [`cause`], [`problem`]: the closed list of causes; what is wrong with a content file.
//! - [`redact`]: what looks like a secret, and how it is masked.
//! - [`report`]: a paste becomes a report.
//! - [`diagnosis`]: findings from a report, causes from findings.
//! - [`markdown`], [`library`], [`search`]: articles, checked, rendered and found.
//! - [`comments`]: what readers say, and what moderators do about it.
//! - [`config`], [`web`], [`app`], [`cli`]: settings, pages, the wiring, the command line.

pub mod app;
pub mod cause;
pub mod cli;
pub mod comments;
pub mod config;
pub mod diagnosis;
pub mod library;
pub mod markdown;
pub mod problem;
pub mod redact;
pub mod report;
pub mod search;
pub mod web;
