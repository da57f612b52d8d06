//! The real server on a port of the kernel's choosing, with a data folder and a database of its own, and a client that
//! speaks HTTP to it.
#![allow(dead_code, reason = "each binary of tests uses what it needs")]

pub mod database;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use fix401::app::{self, App};
use fix401::comments::{Comments, Settings};
use fix401::config::{Config, LogFormat, Moderation};
use fix401::web::Site;
use jiff::Timestamp;
use tempfile::TempDir;

use database::TestDatabase;

/// When every test begins, in milliseconds: noon on 23 November 2026, UTC.
const BEGIN: i64 = 1_795_435_200_000;

/// The site inside the program, built once for all tests of a binary.
static SITE: LazyLock<Arc<Site>> =
    LazyLock::new(|| Arc::new(app::open_site(None).expect("the content is good")));

/// The site inside the program, for tests that ask it without a server.
pub fn site() -> Arc<Site> {
    SITE.clone()
}

/// A server for tests that only read. Those that run at the same time share it.
pub fn shared() -> Arc<TestApp> {
    static SHARED: Mutex<Weak<TestApp>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    shared.upgrade().unwrap_or_else(|| {
        let app = Arc::new(TestApp::start());
        *shared = Arc::downgrade(&app);
        app
    })
}

/// Waits for asynchronous work. A test may run in a runtime already, in which no other can wait, hence the thread.
pub fn wait<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(work)
    });
    thread.join().expect("the work ends in order")
}

/// A running fix401. Stops when it goes out of scope.
pub struct TestApp {
    /// Scheme, host and port, without a slash at the end.
    pub origin: String,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
    agent: ureq::Agent,
    /// The time, in milliseconds. It stands still unless a test moves it.
    clock: Arc<AtomicI64>,
    /// Where the comments are.
    database_url: String,
    /// The data folder; removed at the end.
    pub data: TempDir,
    /// Gone at the end, after the server.
    database: TestDatabase,
}

impl TestApp {
    /// Starts with the default settings.
    pub fn start() -> TestApp {
        TestApp::start_with(|_| ())
    }

    /// Starts with some settings changed.
    pub fn start_with(change: impl FnOnce(&mut Config)) -> TestApp {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let listen = listener.local_addr().expect("the port that was given");
        let origin = format!("http://{listen}");
        let data = tempfile::tempdir().expect("a data folder");
        let database = wait(TestDatabase::create());
        let mut config = Config {
            listen,
            data: data.path().to_owned(),
            database_url: database.url.parse().expect("any text is a secret"),
            content: None,
            public_url: origin.parse().expect("the listener's address"),
            trusted_proxies: Vec::new(),
            moderation: Moderation::None,
            keep_unseen_days: None,
            security_contact: None,
            upload_max: 50 << 20,
            workers: 1,
            log: "off".into(),
            log_format: LogFormat::Text,
        };
        change(&mut config);
        let database_url = config.database_url.expose().to_owned();
        let clock = Arc::new(AtomicI64::new(BEGIN));
        let shown = clock.clone();
        let tell_time = move || Timestamp::from_millisecond(shown.load(Ordering::SeqCst)).expect("a time");
        let (tell, told) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let site = match &config.content {
                    Some(folder) => Arc::new(app::open_site(Some(folder)).expect("the content is good")),
                    None => SITE.clone(),
                };
                let app = App::open_at(config, site, Box::new(tell_time)).await.expect("the app opens");
                let server = app::serve(app, listener).expect("the server starts");
                tell.send(server.handle()).expect("the test waits");
                server.await.expect("the server ends in order");
            });
        });
        let handle = told.recv().expect("the server started");
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        let thread = Some(thread);
        TestApp { origin, handle, thread, agent: config.into(), clock, database_url, data, database }
    }

    /// Lets time pass on the server.
    pub fn pass(&self, seconds: i64) {
        self.clock.fetch_add(1000 * seconds, Ordering::SeqCst);
    }

    /// Makes a moderator's account, as `fix401 moderator add` does.
    pub fn add_moderator(&self, name: &str, password: &str) {
        let now = Timestamp::from_millisecond(self.clock.load(Ordering::SeqCst)).expect("a time");
        let (database, name, password) = (self.database_url.clone(), name.to_owned(), password.to_owned());
        wait(async move {
            let comments = Comments::open(&database, Settings::default()).await.expect("the database");
            comments.add_moderator(&name, &password, now).await.expect("a new account");
            comments.close().await;
        });
    }

    /// Fetches a page.
    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[])
    }

    /// Fetches a page with request headers.
    #[track_caller]
    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = headers
            .iter()
            .fold(self.agent.get(self.url(path)), |request, (name, value)| request.header(*name, *value));
        Answer::read(request.call())
    }

    /// Asks for a page's header only.
    #[track_caller]
    pub fn head(&self, path: &str) -> Answer {
        Answer::read(self.agent.head(self.url(path)).call())
    }

    /// Sends a form as a browser on this site does.
    #[track_caller]
    pub fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_form_with(path, fields, &[("Sec-Fetch-Site", "same-origin")])
    }

    /// Sends a form with the request headers of the caller's choosing.
    #[track_caller]
    pub fn post_form_with(&self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let request = headers
            .iter()
            .fold(self.agent.post(self.url(path)), |request, (name, value)| request.header(*name, *value));
        Answer::read(request.send_form(fields.iter().copied()))
    }

    /// Sends a body of a type.
    #[track_caller]
    pub fn send(&self, method: &str, path: &str, content_type: &str, body: &str) -> Answer {
        let request = match method {
            "POST" => self.agent.post(self.url(path)),
            "PATCH" => self.agent.patch(self.url(path)),
            "PUT" => self.agent.put(self.url(path)),
            other => panic!("no such method here: {other}"),
        };
        Answer::read(request.header("Content-Type", content_type).send(body))
    }

    /// Sends bytes that need not be text as a body.
    #[track_caller]
    pub fn post_bytes(&self, path: &str, content_type: &str, body: &[u8]) -> Answer {
        Answer::read(self.agent.post(self.url(path)).header("Content-Type", content_type).send(body))
    }

    /// Sends a request line and a header as they are, for what no client library sends. `Host` and `Connection: close`
    /// are added.
    #[track_caller]
    pub fn raw(&self, head: &str) -> Answer {
        let address = self.origin.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a limit");
        let request = format!("{head}\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("the request is sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        Answer::parse(&answer)
    }

    /// Sends any request, with a body or without one.
    #[track_caller]
    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Answer {
        let request = headers
            .iter()
            .fold(ureq::http::Request::builder(), |request, (name, value)| request.header(*name, *value))
            .method(method)
            .uri(self.url(path));
        let may_be_bare = matches!(method, "GET" | "HEAD" | "OPTIONS" | "DELETE");
        match body {
            None if may_be_bare => Answer::read(self.agent.run(request.body(()).expect("a request"))),
            body => Answer::read(self.agent.run(request.body(body.unwrap_or_default()).expect("a request"))),
        }
    }

    /// The address of a path here.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        // The message is sent at once; the answer to it is the end of the thread.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
            && !std::thread::panicking()
        {
            panic!("the server panicked");
        }
    }
}

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body, read as UTF-8.
    pub body: String,
    /// The body as it came.
    pub bytes: Vec<u8>,
    headers: ureq::http::HeaderMap,
}

impl Answer {
    #[track_caller]
    fn read(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Answer {
        let mut answer = answer.expect("an answer");
        let status = answer.status().as_u16();
        let headers = answer.headers().clone();
        let bytes = answer.body_mut().read_to_vec().expect("a body");
        Answer { status, body: String::from_utf8_lossy(&bytes).into_owned(), bytes, headers }
    }

    /// Reads an answer that ends with the connection.
    #[track_caller]
    fn parse(answer: &[u8]) -> Answer {
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("an answer with a header");
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("a status");
        let mut headers = ureq::http::HeaderMap::new();
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            let name: ureq::http::HeaderName = name.parse().expect("a field's name");
            headers.append(name, value.parse().expect("a field's value"));
        }
        let bytes = answer[end + 4..].to_vec();
        Answer { status, body: String::from_utf8_lossy(&bytes).into_owned(), bytes, headers }
    }

    /// Every field of the header as `name: value`, sorted.
    pub fn header_lines(&self) -> Vec<String> {
        let line = |(name, value): (&ureq::http::HeaderName, &ureq::http::HeaderValue)| {
            format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()))
        };
        let mut lines: Vec<String> = self.headers.iter().map(line).collect();
        lines.sort();
        lines
    }

    /// The body without its content coding.
    #[track_caller]
    pub fn decoded(&self) -> Vec<u8> {
        let mut plain = Vec::new();
        match self.header("content-encoding") {
            "" => plain.clone_from(&self.bytes),
            "gzip" => {
                flate2::read::GzDecoder::new(self.bytes.as_slice())
                    .read_to_end(&mut plain)
                    .expect("good gzip");
            }
            "br" => {
                brotli::Decompressor::new(self.bytes.as_slice(), 4096)
                    .read_to_end(&mut plain)
                    .expect("good brotli");
            }
            other => panic!("nobody asked for {other}"),
        }
        plain
    }

    /// A header field's value; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// What somebody reads in an element that has no other of its kind inside: the first that begins with this markup.
    #[track_caller]
    pub fn text_in(&self, start: &str) -> String {
        let (_, rest) = self.body.split_once(start).unwrap_or_else(|| panic!("no {start} in\n{}", self.body));
        let element = start.trim_start_matches('<').split([' ', '>']).next().unwrap_or_default();
        let inside = rest.split(&format!("</{element}>")).next().unwrap_or_default();
        let inside = if start.ends_with('>') { inside } else { inside.split_once('>').unwrap_or_default().1 };
        text_of(inside)
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

/// What somebody reads: the markup without its tags, a line for each piece of text.
pub fn text_of(markup: &str) -> String {
    let pieces = markup.split('<').enumerate().map(|(place, piece)| match place {
        0 => piece,
        _ => piece.split_once('>').unwrap_or_default().1,
    });
    let lines = pieces.map(str::trim).filter(|piece| !piece.is_empty());
    let text = lines.collect::<Vec<_>>().join("\n");
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&amp;", "&"),
        ("&#38;", "&"),
    ]
    .iter()
    .fold(text, |text, (entity, letter)| text.replace(entity, letter))
}
