//! fix401: a knowledge base for one problem, an HTTP 401.

pub mod cause;
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
