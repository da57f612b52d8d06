//! What only a browser shows: clicking, typing, the keyboard, pages without scripts, policy errors in the console, and
//! axe-core on every kind of page. Needs Chromium and ChromeDriver; `scripts/test` installs and runs them.

mod driver;
#[path = "../support/mod.rs"]
mod support;

mod accessibility;
mod commenting;
mod diagnosing;
mod figures;
mod hostile;
mod moderating;
mod reading;
