//! Headless Chromium, driven over WebDriver: one ChromeDriver and one empty profile for each test.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long a page may take to come to what a test waits for, on a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(30);

/// How the reader's browser is set.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub width: u32,
    pub height: u32,
    pub dark: bool,
    pub scripts: bool,
}

/// A desktop window in daylight, with scripts.
pub const DESKTOP: Look = Look { width: 1280, height: 900, dark: false, scripts: true };
/// A phone at night.
pub const PHONE: Look = Look { width: 390, height: 844, dark: true, scripts: true };
/// A desktop window in which no script runs.
pub const NO_SCRIPTS: Look = Look { scripts: false, ..DESKTOP };

/// A browser of the test's own.
pub struct Browser {
    client: Client,
    _driver: Driver,
    _profile: TempDir,
}

struct Driver {
    process: Child,
    /// The address of the session, once there is one.
    session: Option<String>,
}

impl Driver {
    /// Starts ChromeDriver on a port of the kernel's choosing; nothing when it ends before it says which.
    fn start() -> Option<(Driver, String)> {
        let process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed (scripts/test installs it)");
        let mut driver = Driver { process, session: None };
        let output = driver.process.stdout.take().expect("its output is piped");
        let port = BufReader::new(output).lines().map_while(Result::ok).find_map(|line| {
            line.split("successfully on port ").nth(1).map(|rest| rest.trim_end_matches('.').to_owned())
        })?;
        Some((driver, port))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // A ChromeDriver that is killed leaves its Chromium behind, so the session is ended first. Nothing here may panic: the
        // test may be panicking already, and the browser may be gone.
        if let Some(session) = &self.session {
            let _ = ureq::delete(session).call();
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Browser {
    /// Starts a browser.
    pub async fn open(look: Look) -> Browser {
        // It binds the port that the kernel gave it for IPv4 once more for IPv6, and ends when somebody was quicker there.
        let (mut driver, port) = std::iter::repeat_with(Driver::start)
            .take(5)
            .flatten()
            .next()
            .expect("chromedriver says its port");
        let profile = tempfile::tempdir().expect("a folder for the profile");
        let mut arguments: Vec<String> = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
        ]
        .map(String::from)
        .into();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        arguments.push(format!("--window-size={},{}", look.width, look.height));
        let javascript = if look.scripts { 1 } else { 2 };
        let capabilities = json!({
            "goog:chromeOptions": {
                "args": arguments,
                "prefs": { "profile.managed_default_content_settings.javascript": javascript },
            },
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let Value::Object(capabilities) = capabilities else { unreachable!("it is an object") };
        let client = ClientBuilder::new(hyper_connector())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("a browser");
        let session = client.session_id().await.expect("a session").unwrap_or_default();
        driver.session = Some(format!("http://127.0.0.1:{port}/session/{session}"));
        let browser = Browser { client, _driver: driver, _profile: profile };
        browser.devtools("Emulation.setDeviceMetricsOverride", json!({
            "width": look.width, "height": look.height, "deviceScaleFactor": 1, "mobile": look.width < 600,
        })).await;
        let scheme = if look.dark { "dark" } else { "light" };
        browser
            .devtools(
                "Emulation.setEmulatedMedia",
                json!({
                    "features": [
                        { "name": "prefers-color-scheme", "value": scheme },
                        // What still moves can't be clicked.
                        { "name": "prefers-reduced-motion", "value": "reduce" },
                    ],
                }),
            )
            .await;
        browser
    }

    /// Goes to an address and waits until it is loaded.
    pub async fn goto(&self, url: &str) {
        self.client.goto(url).await.expect("the page loads");
    }

    /// The path and query of the page that is shown.
    pub async fn path(&self) -> String {
        let url = self.client.current_url().await.expect("an address");
        match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        }
    }

    /// Waits for an element.
    #[track_caller]
    pub fn find<'b>(&'b self, css: &'b str) -> impl Future<Output = Element> + 'b {
        let caller = std::panic::Location::caller();
        async move {
            match self.client.wait().for_element(Locator::Css(css)).await {
                Ok(element) => element,
                Err(error) => panic!("{caller}: no {css}: {error}\n{}", self.main_text().await),
            }
        }
    }

    /// Waits until an element's text has some words in it.
    #[track_caller]
    pub fn reads<'b>(&'b self, css: &'b str, words: &'b str) -> impl Future<Output = ()> + 'b {
        let caller = std::panic::Location::caller();
        async move {
            if !self.until(css, |text| text.is_some_and(|text| text.contains(words))).await {
                panic!("{caller}: {css} does not read {words:?}\n{}", self.main_text().await);
            }
        }
    }

    /// Waits until an element with these words is no more.
    #[track_caller]
    pub fn gone<'b>(&'b self, css: &'b str, words: &'b str) -> impl Future<Output = ()> + 'b {
        let caller = std::panic::Location::caller();
        async move {
            if !self.until(css, |text| text.is_none_or(|text| text != words)).await {
                panic!("{caller}: {css} still reads {words:?}\n{}", self.main_text().await);
            }
        }
    }

    /// Looks at the first such element until its text is as wanted; says whether it came to that.
    async fn until(&self, css: &str, wanted: impl Fn(Option<String>) -> bool) -> bool {
        let looking = async {
            loop {
                let text = match self.client.find(Locator::Css(css)).await {
                    Ok(element) => element.text().await.ok(),
                    Err(_) => None,
                };
                if wanted(text) {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, looking).await.is_ok()
    }

    /// How many elements there are now.
    pub async fn count(&self, css: &str) -> usize {
        self.client.find_all(Locator::Css(css)).await.expect("a selector").len()
    }

    /// Types into a field after clearing it.
    pub async fn fill(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.expect("it can be cleared");
        field.send_keys(text).await.expect("it can be typed in");
    }

    /// Chooses a file in a field for files.
    pub async fn attach(&self, css: &str, file: &std::path::Path) {
        let path = file.to_str().expect("a path of a test is text");
        self.find(css).await.send_keys(path).await.expect("a file can be chosen");
    }

    /// Clicks, as a person does who scrolls what they want to press into the middle first: at the edge of a phone's page it
    /// may be behind the bar for the thumb.
    #[track_caller]
    pub fn click<'b>(&'b self, css: &'b str) -> impl Future<Output = ()> + 'b {
        let caller = std::panic::Location::caller();
        let found = self.find(css);
        async move {
            let element = found.await;
            let argument = serde_json::to_value(&element).expect("an element's reference");
            let middle = "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })";
            self.client.execute(middle, vec![argument]).await.expect("the page scrolls");
            element.click().await.unwrap_or_else(|error| panic!("{caller}: {css} can't be clicked: {error}"));
        }
    }

    /// Presses keys wherever the focus is.
    pub async fn press(&self, keys: &str) {
        let focused = self.client.active_element().await.expect("something has the focus");
        focused.send_keys(keys).await.expect("keys can be pressed");
    }

    /// Presses the tabulator.
    pub async fn tab(&self) {
        // Not sent to the focused element: a field for files takes keys for the name of a file.
        let tab = char::from(Key::Tab);
        let keys = KeyActions::new("keyboard".to_owned());
        let keys = keys.then(KeyAction::Down { value: tab }).then(KeyAction::Up { value: tab });
        self.client.perform_actions(keys).await.expect("the tabulator can be pressed");
    }

    /// Runs a script in the page.
    pub async fn run(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.expect("the script runs")
    }

    /// The page's source as it is now.
    pub async fn source(&self) -> String {
        self.client.source().await.expect("a source")
    }

    /// What the page says, for a message.
    pub async fn main_text(&self) -> String {
        match self.client.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(error) => format!("(no page: {error})"),
        }
    }

    /// Shows the page as it would be printed.
    pub async fn print_look(&self) {
        self.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" })).await;
    }

    /// What axe-core objects to on this page, one line for each violation.
    pub async fn accessibility_violations(&self) -> Vec<String> {
        let axe = include_str!("axe.min.js");
        self.client.execute(axe, vec![]).await.expect("axe-core loads");
        let script = "const done = arguments[arguments.length - 1];
            axe.run(document, { resultTypes: ['violations'] }).then(r => done(r.violations.flatMap(v =>
                v.nodes.map(n => v.id + ': ' + n.target.join(' ') + ': ' + n.failureSummary.replace(/\\s+/g, ' ')))));";
        let found = self.client.execute_async(script, vec![]).await.expect("axe-core runs");
        serde_json::from_value(found).expect("a list of lines")
    }

    /// Errors that the browser's console shows: refused by policy, failed to load, thrown.
    pub async fn console_errors(&self) -> Vec<String> {
        let entries = self.client.issue_cmd(ChromeCommand::Log).await.expect("the console's entries");
        let entries = entries.as_array().cloned().unwrap_or_default();
        entries
            .iter()
            .filter(|entry| entry["level"] == "SEVERE")
            .map(|entry| entry["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    async fn devtools(&self, command: &str, parameters: Value) {
        let body = json!({ "cmd": command, "params": parameters }).to_string();
        self.client.issue_cmd(ChromeCommand::DevTools(body)).await.expect("a DevTools command");
    }
}

fn hyper_connector() -> hyper_util::client::legacy::connect::HttpConnector {
    hyper_util::client::legacy::connect::HttpConnector::new()
}

/// What ChromeDriver offers beyond the standard.
#[derive(Debug)]
enum ChromeCommand {
    DevTools(String),
    Log,
}

impl WebDriverCompatibleCommand for ChromeCommand {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        let session = session.unwrap_or_default();
        match self {
            ChromeCommand::DevTools(_) => base.join(&format!("session/{session}/goog/cdp/execute")),
            ChromeCommand::Log => base.join(&format!("session/{session}/se/log")),
        }
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        let body = match self {
            ChromeCommand::DevTools(body) => body.clone(),
            ChromeCommand::Log => json!({ "type": "browser" }).to_string(),
        };
        (http::Method::POST, Some(body))
    }
}
