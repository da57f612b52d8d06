//! What handlers share: the site as it is now with the pages made of it, the comments, the settings, the clock.
//! Whoever builds it watches for changes and tells it; it does not look by itself.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use arc_swap::{ArcSwap, ArcSwapOption};
use jiff::Timestamp;
use tokio::sync::Mutex;

use super::address::Address;
use super::cache::{Keep, Stored};
use super::error::PageError;
use super::findings::Examples;
use super::learning;
use super::meter::Meter;
use super::page;
use super::upload::Uploads;
use crate::comments::Comments;
use crate::config::Config;
use crate::diagnosis::Diagnoser;
use crate::diagnosis::learnt::Learnt;
use crate::library::Library;
use crate::search::Search;

/// The content and what was built from it. It changes as a whole or not at all.
pub struct Site {
    pub library: Library,
    pub search: Search,
    pub diagnoser: Diagnoser,
    /// Looked for when somebody first asks.
    examples: OnceLock<Examples>,
}

impl Site {
    /// Puts together what was built.
    pub fn new(library: Library, search: Search, diagnoser: Diagnoser) -> Site {
        Site { library, search, diagnoser, examples: OnceLock::new() }
    }

    /// Lines in which findings are seen.
    pub(super) fn examples(&self, now: Timestamp) -> &Examples {
        self.examples.get_or_init(|| Examples::new(&self.library, &self.diagnoser, now))
    }
}

/// A site and the pages made of it, which are swapped together.
struct Edition {
    site: Arc<Site>,
    pages: ArcSwap<HashMap<String, Arc<Stored>>>,
}

impl Edition {
    fn new(site: Arc<Site>) -> Edition {
        Edition { site, pages: ArcSwap::default() }
    }

    fn page(&self, path: &str) -> Option<Arc<Stored>> {
        self.pages.load().get(path).cloned()
    }

    fn keep(&self, path: String, page: Arc<Stored>) {
        self.pages.rcu(|pages| {
            let mut pages = HashMap::clone(pages);
            pages.insert(path.clone(), page.clone());
            pages
        });
    }
}

/// A page as it was made.
pub struct Made {
    pub html: Vec<u8>,
    /// Whether it may be kept. What was made while the database was away may not.
    pub lasting: bool,
}

/// What tells the time.
pub type Clock = Box<dyn Fn() -> Timestamp + Send + Sync>;

/// What handlers share.
pub struct State {
    pub config: Config,
    /// What is counted for the operator.
    pub meter: Meter,
    /// Room for large files.
    pub uploads: Uploads,
    edition: ArcSwap<Edition>,
    comments: ArcSwapOption<Comments>,
    learnt: ArcSwap<Learnt>,
    /// Held while answers are learnt from, so that what is older never lands on what is newer.
    learning: Mutex<()>,
    /// Held while a page is made and put in its place, so that an older rendering never lands on a newer one.
    making: Mutex<()>,
    clock: Clock,
}

impl State {
    /// Takes a site; comments come by [`State::connect`] once the database is open.
    pub fn new(config: Config, site: Arc<Site>, clock: Clock) -> State {
        State {
            uploads: Uploads::new(config.upload_max),
            config,
            edition: ArcSwap::from_pointee(Edition::new(site)),
            meter: Meter::default(),
            comments: ArcSwapOption::empty(),
            learnt: ArcSwap::default(),
            learning: Mutex::new(()),
            making: Mutex::new(()),
            clock,
        }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Scheme, host and port that readers type, without a slash at the end.
    pub fn origin(&self) -> &str {
        self.config.public_url.origin()
    }

    /// The site as it is now. Hold it for the length of a request, so that all of an answer is of one piece.
    pub fn site(&self) -> Arc<Site> {
        self.edition.load().site.clone()
    }

    /// The comments.
    ///
    /// # Errors
    /// As long as the database was never open.
    pub fn comments(&self) -> Result<Arc<Comments>, PageError> {
        self.comments.load_full().ok_or(PageError::Unavailable)
    }

    /// Takes the comments once the database is open, and forgets the pages that were made without them.
    pub async fn connect(&self, comments: Arc<Comments>) {
        let _making = self.making.lock().await;
        self.comments.store(Some(comments));
        self.edition.load().pages.store(Arc::default());
        self.learn().await;
    }

    /// What is learnt from readers' answers so far.
    pub fn learnt(&self) -> Arc<Learnt> {
        self.learnt.load_full()
    }

    /// Learns anew from all answers. While the database is away, what was learnt before stays.
    pub async fn learn(&self) {
        let _learning = self.learning.lock().await;
        if let Ok(comments) = self.comments()
            && let Some(learnt) = learning::learn(self.site(), &comments, self.now()).await
        {
            self.learnt.store(Arc::new(learnt));
        }
    }

    /// Makes every page of a new site and only then puts it in the place of the old one.
    pub async fn replace(&self, site: Site) {
        let _making = self.making.lock().await;
        let edition = Arc::new(Edition::new(Arc::new(site)));
        self.fill(&edition).await;
        self.edition.store(edition);
        // Other findings may point elsewhere.
        self.learn().await;
    }

    /// Makes every page now, so that no reader waits for one.
    pub async fn prepare(&self) {
        super::assets::prepare();
        let _making = self.making.lock().await;
        let edition = self.edition.load_full();
        edition.pages.store(Arc::default());
        self.fill(&edition).await;
    }

    /// Makes the pages anew that show comments of this article.
    pub async fn refresh(&self, slug: &str) {
        let _making = self.making.lock().await;
        let edition = self.edition.load_full();
        let Some(article) = edition.site.library.article(slug) else { return };
        for address in [Address::Article(slug), Address::Kind(article.kind), Address::Home] {
            self.make_and_keep(&edition, address).await;
        }
    }

    /// Answers with a page that is the same for everybody: one lookup, unless nobody asked for it yet.
    pub async fn serve(
        &self,
        request: &HttpRequest,
        address: Address<'_>,
    ) -> Result<HttpResponse, PageError> {
        let path = address.path();
        if let Some(page) = self.edition.load().page(&path) {
            return Ok(page.answer(request));
        }
        let _making = self.making.lock().await;
        let edition = self.edition.load_full();
        if let Some(page) = edition.page(&path) {
            return Ok(page.answer(request));
        }
        let made = address.make(self, &edition.site).await?;
        if !made.lasting {
            return Ok(page::fresh(request, StatusCode::OK, page::HTML, made.html));
        }
        let page = Arc::new(Stored::new(page::HTML, Keep::Ask, made.html));
        edition.keep(path.into_owned(), page.clone());
        Ok(page.answer(request))
    }

    async fn fill(&self, edition: &Edition) {
        for address in Address::all(&edition.site).filter(|address| address.is_made_ahead()) {
            self.make_and_keep(edition, address).await;
        }
    }

    /// A page that cannot be made or kept now is made when somebody asks for it.
    async fn make_and_keep(&self, edition: &Edition, address: Address<'_>) {
        let path = address.path().into_owned();
        match address.make(self, &edition.site).await {
            Ok(made) if made.lasting => {
                edition.keep(path, Arc::new(Stored::new(page::HTML, Keep::Ask, made.html)));
            }
            Ok(_) => edition.forget(&path),
            Err(error) => {
                tracing::error!(page = path, ?error, "a page could not be made");
                edition.forget(&path);
            }
        }
    }
}

impl Edition {
    fn forget(&self, path: &str) {
        self.pages.rcu(|pages| {
            let mut pages = HashMap::clone(pages);
            pages.remove(path);
            pages
        });
    }
}

/// The state as handlers ask for it.
pub type Shared = web::Data<State>;
