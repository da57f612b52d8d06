//! `fix401 serve`: checks the settings, starts the log, and serves.

use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

use crate::app;
use crate::config::{self, Config, LogFormat, Settings};

/// Serves until the program is asked to leave.
///
/// # Errors
/// Whatever keeps it from starting, in one line.
pub fn run(settings: Settings) -> anyhow::Result<ExitCode> {
    let config = Config::load(settings)?;
    start_log(&config)?;
    for name in config::unknown_variables() {
        tracing::warn!("{name} is no setting and changes nothing; fix401 serve --help lists them");
    }
    app::run(config)?;
    Ok(ExitCode::SUCCESS)
}

fn start_log(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log).map_err(|error| {
        anyhow::anyhow!("log: {:?} is no filter such as info or fix401=debug ({error})", config.log)
    })?;
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_target(false).with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Text => log.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
    Ok(())
}
