//! The one place that wires things: builds the site from the content, opens the database, serves, and passes on what changes.

mod content;

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{HttpServer, web as actix};
use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::comments::{self, Change, Comments, OpenError};
use crate::config::{Config, Moderation};
use crate::library::{self, Watch};
use crate::web::{self, Clock, Site, State};

pub use content::{Problems, build_site, labelled_reports, open_site, read_files};

/// How long the database is waited for before another try. Readers have all but the comments meanwhile.
const BETWEEN_TRIES: Duration = Duration::from_secs(2);

/// How often what is no longer needed is thrown away: sessions that are over, counted attempts, old keys.
const BETWEEN_TIDYING: Duration = Duration::from_secs(3600);

/// How long requests under way may take to finish once the program is asked to leave, in seconds.
const TO_FINISH: u64 = 20;

/// Everything open and ready to serve.
pub struct App {
    state: actix::Data<State>,
    background: Background,
}

/// Work that goes on beside the requests, and ends with the app.
#[derive(Default)]
struct Background {
    tasks: Vec<AbortHandle>,
    watch: Option<Watch>,
}

impl Background {
    fn spawn(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.push(tokio::spawn(work).abort_handle());
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

impl App {
    /// Builds the site, opens the database and makes every page.
    ///
    /// # Errors
    /// When the content has problems, or the database can't be used as it is. A PostgreSQL that does not answer yet is no
    /// error: articles, search and diagnosis serve without it, and it is tried again until it does.
    pub async fn open(config: Config) -> anyhow::Result<App> {
        let site = open_site(config.content.as_deref())?;
        let app = App::open_with(config, Arc::new(site)).await?;
        app.state.prepare().await;
        Ok(app)
    }

    /// The same with a site that is built already, and each page made when it is first asked for: what tests want, which
    /// start often and look at few pages.
    ///
    /// # Errors
    /// When the database can't be used as it is, or the content folder can't be watched.
    pub async fn open_with(config: Config, site: Arc<Site>) -> anyhow::Result<App> {
        App::open_at(config, site, Box::new(Timestamp::now)).await
    }

    /// The same with a clock of one's own.
    ///
    /// # Errors
    /// As [`App::open_with`].
    pub async fn open_at(config: Config, site: Arc<Site>, clock: Clock) -> anyhow::Result<App> {
        let folder = config.content.clone();
        let state = actix::Data::new(State::new(config, site, clock));
        let mut background = Background::default();
        match open_comments(&state.config).await {
            Ok(comments) => {
                let comments = Arc::new(comments);
                state.connect(comments.clone()).await;
                background.spawn(look_after(state.clone(), comments));
            }
            Err(error) if error.is_away() => {
                tracing::error!(%error, "serving without comments until the database answers");
                background.spawn(connect_later(state.clone()));
            }
            Err(error) => return Err(error).with_context(|| state.config.database()),
        }
        if let Some(folder) = folder {
            let (tell, told) = watch::channel(());
            let watch = library::watch(&folder, move || {
                // Nobody is told once the app has ended.
                let _ = tell.send(());
            });
            background.watch = Some(watch.with_context(|| format!("{} can't be watched", folder.display()))?);
            background.spawn(reload(state.clone(), folder, told));
        }
        Ok(App { state, background })
    }
}

/// Opens everything, says where it listens, and serves until it is asked to leave.
///
/// # Errors
/// Whatever keeps it from starting, in one line.
pub fn run(config: Config) -> anyhow::Result<()> {
    actix_web::rt::System::new().block_on(async {
        let listener = TcpListener::bind(config.listen).with_context(|| {
            format!("{} can't be listened on; --listen chooses another address", config.listen)
        })?;
        let listen = listener.local_addr()?;
        let server = serve(App::open(config.listening_on(listen)).await?, listener)?;
        println!("fix401 is listening on http://{listen} (Ctrl-C ends it)");
        Ok(server.await?)
    })
}

/// Starts to serve; the server ends when it is stopped by its handle, by Ctrl-C or by SIGTERM, and lets requests under way
/// finish first.
///
/// # Errors
/// When the listener can't be used.
pub fn serve(app: App, listener: TcpListener) -> std::io::Result<Server> {
    let App { state, background } = app;
    let background = Arc::new(background);
    let workers = state.config.workers;
    let server = HttpServer::new(move || {
        // Each worker holds the work beside the requests, so that it ends with the last of them.
        let background = background.clone();
        actix_web::App::new()
            .app_data(state.clone())
            .app_data(background)
            .wrap(from_fn(web::around))
            .configure(web::routes)
    });
    Ok(server.workers(workers).shutdown_timeout(TO_FINISH).listen(listener)?.run())
}

async fn open_comments(config: &Config) -> Result<Comments, OpenError> {
    let moderation = match config.moderation {
        Moderation::None => comments::Moderation::None,
        Moderation::First => comments::Moderation::First,
        Moderation::All => comments::Moderation::All,
    };
    let keep_unseen = config.keep_unseen_days.map(|days| SignedDuration::from_hours(24 * i64::from(days)));
    let settings = comments::Settings { moderation, keep_unseen, ..comments::Settings::default() };
    Comments::open(config.database_url.expose(), settings).await
}

async fn connect_later(state: actix::Data<State>) {
    loop {
        tokio::time::sleep(BETWEEN_TRIES).await;
        match open_comments(&state.config).await {
            Ok(comments) => {
                let comments = Arc::new(comments);
                state.connect(comments.clone()).await;
                tracing::info!("the database answers: comments are back");
                return look_after(state, comments).await;
            }
            Err(error) => tracing::warn!(%error, "the database does not answer yet"),
        }
    }
}

/// Keeps the pages up with the comments, and the database tidy.
async fn look_after(state: actix::Data<State>, comments: Arc<Comments>) {
    tokio::join!(follow(state.clone(), comments.clone()), tidy(state, comments));
}

/// Makes the pages anew whose comments or answers changed, here or on another instance, and learns from them.
async fn follow(state: actix::Data<State>, comments: Arc<Comments>) {
    let mut changes = comments.changes();
    loop {
        match changes.recv().await {
            Ok(Change::Article(slug)) => {
                state.refresh(&slug).await;
                state.learn().await;
            }
            Ok(Change::Everything) | Err(RecvError::Lagged(_)) => {
                state.prepare().await;
                state.learn().await;
            }
            Err(RecvError::Closed) => return,
        }
    }
}

async fn tidy(state: actix::Data<State>, comments: Arc<Comments>) {
    loop {
        if let Err(error) = comments.tend(state.now()).await {
            tracing::warn!(
                ?error,
                "what is no longer needed could not be thrown away; the next time does it"
            );
        }
        tokio::time::sleep(BETWEEN_TIDYING).await;
    }
}

/// Puts changed content in the place of the old, if all of it is good.
async fn reload(state: actix::Data<State>, folder: PathBuf, mut changed: watch::Receiver<()>) {
    while changed.changed().await.is_ok() {
        let folder = folder.clone();
        let built = tokio::task::spawn_blocking(move || open_site(Some(&folder))).await;
        match built {
            Ok(Ok(site)) => {
                let articles = site.library.articles().len();
                state.replace(site).await;
                tracing::info!(articles, "the changed content is live");
            }
            Ok(Err(error)) => tracing::error!("the content stays as it was: {error:#}"),
            Err(error) => tracing::error!(%error, "the content stays as it was"),
        }
    }
}
