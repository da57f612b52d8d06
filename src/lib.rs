//! fix401: a knowledge base for one problem, an HTTP 401.

pub mod cause;
pub mod cli;
pub mod diagnosis;
pub mod problem;
pub mod redact;
pub mod report;
