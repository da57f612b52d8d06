//! The one integration binary: the real server on a port of its own, and what holds the project together.

#[path = "../support/mod.rs"]
mod support;

mod any_text;
mod api;
mod assets;
mod cli;
mod comments;
mod content;
mod diagnose;
mod errors;
mod exchanges;
mod feeds;
mod findings;
mod guide;
mod health;
mod learning;
mod moderate;
mod pages;
mod pastes;
mod secrets;
mod site_search;
mod tidy;
mod upload;
mod watch;
