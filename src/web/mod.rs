//! The site: pages, their addresses, and what surrounds every request. The only room that names actix_web and askama; it
//! knows no SQL, makes no HTML outside templates, and wires nothing together.

mod address;
mod api;
mod article;
pub mod assets;
mod body;
mod cache;
mod client;
mod comments;
mod cookies;
mod diagnose;
mod discussion;
mod error;
mod feeds;
mod findings;
mod guard;
mod health;
mod home;
mod indexes;
mod learning;
mod marked;
mod meter;
mod moderate;
mod page;
mod privacy;
mod routes;
mod search;
mod sent;
mod sitemap;
mod small;
mod state;
mod upload;
mod verdict;

pub use guard::around;
pub use routes::routes;
pub use state::{Clock, Site, State};
