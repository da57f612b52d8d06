//! `fix401 serve`: opens everything and answers until it is asked to leave.

use std::net::TcpListener;
use std::process::ExitCode;

use anyhow::Context as _;
use tracing_subscriber::EnvFilter;

use crate::app::{self, App};
use crate::config::{Config, LogFormat, Settings};

/// Serves. Prints where, once it does.
pub fn run(settings: Settings) -> anyhow::Result<ExitCode> {
    let config = Config::load(settings)?;
    start_log(&config)?;
    actix_web::rt::System::new().block_on(async {
        let listener = TcpListener::bind(config.listen).with_context(|| {
            format!("{} can't be listened on; --listen chooses another address", config.listen)
        })?;
        let listen = listener.local_addr()?;
        let app = App::open(config.listening_on(listen)).await?;
        let server = app::serve(app, listener)?;
        println!("fix401 is listening on http://{listen} (Ctrl-C ends it)");
        server.await?;
        Ok(ExitCode::SUCCESS)
    })
}

fn start_log(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log).map_err(|error| {
        anyhow::anyhow!("log: {:?} is no filter such as info or fix401=debug ({error})", config.log)
    })?;
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_target(false).with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
    Ok(())
}
