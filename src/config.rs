//! The settings: one field, one flag, one variable, one default, one line of help each. The only reader of the environment.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args as _;
use ipnet::IpNet;
use serde::Deserialize;
use url::Url;

/// A request that is no HTTP is an everyday thing on the internet and no error of ours, so the parser keeps quiet.
const DEFAULT_LOG: &str = "warn,actix_http=off,fix401=info";

/// More threads than this are a slip of the finger, and would take all of the memory before the first reader comes.
const WORKERS_MAX: usize = 1024;

/// The largest file that may be allowed, in MB: each is held in memory.
const UPLOAD_MAX: usize = 1024;

/// The largest file unless set, in MB: an archive of a long session in a browser.
const UPLOAD_DEFAULT: usize = 50;

/// Settings as they are given: each as a flag, as an environment variable, or as a key in `fix401.toml`, in this order of precedence.
#[derive(Clone, Debug, Default, Deserialize, clap::Args)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// Address and port to listen on [default: 127.0.0.1:8401]
    #[arg(long, env = "FIX401_LISTEN", value_name = "ADDRESS:PORT", hide_env_values = true)]
    listen: Option<String>,

    /// Folder for what the program keeps: the database, unless another is named [default: ./data]
    #[arg(long, env = "FIX401_DATA", value_name = "FOLDER", hide_env_values = true)]
    data: Option<PathBuf>,

    /// Database: sqlite:PATH, or postgres://USER:PASSWORD@HOST/NAME for several instances [default: SQLite in the data folder]
    #[arg(long, env = "FIX401_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    database_url: Option<Secret>,

    /// Folder with the articles, watched for changes [default: the library inside the program]
    #[arg(long, env = "FIX401_CONTENT", value_name = "FOLDER", hide_env_values = true)]
    content: Option<PathBuf>,

    /// Address that readers type, for links in feeds and social tags [default: http://LISTEN]
    #[arg(long, env = "FIX401_PUBLIC_URL", value_name = "URL", hide_env_values = true)]
    public_url: Option<String>,

    /// Proxies whose X-Forwarded-For is believed: networks, separated by commas [default: none]
    #[arg(long, env = "FIX401_TRUSTED_PROXIES", value_name = "NETWORKS", hide_env_values = true)]
    trusted_proxies: Option<String>,

    /// Which comments wait for a moderator: none, first (a reader's first) or all [default: none; what looks like spam waits all the same]
    #[arg(long, env = "FIX401_MODERATION", value_name = "WHICH", hide_env_values = true)]
    moderation: Option<String>,

    /// Days after which the text of a comment that is hidden or held is erased [default: never]
    #[arg(long, env = "FIX401_KEEP_UNSEEN_DAYS", value_name = "DAYS", hide_env_values = true)]
    keep_unseen_days: Option<u32>,

    /// Where a security researcher should write: an https: or mailto: address, shown in security.txt [default: none]
    #[arg(long, env = "FIX401_SECURITY_CONTACT", value_name = "URL", hide_env_values = true)]
    security_contact: Option<String>,

    /// Largest file that the diagnosis takes, in MB; several may be held in memory at once [default: 50]
    #[arg(long, env = "FIX401_UPLOAD_MAX", value_name = "MB", hide_env_values = true)]
    upload_max: Option<usize>,

    /// Threads that answer requests [default: one for each core]
    #[arg(long, env = "FIX401_WORKERS", value_name = "NUMBER", hide_env_values = true)]
    workers: Option<usize>,

    /// What is logged: error, warn, info, debug, or a filter such as fix401=debug [default: info of this program, warnings of its libraries]
    #[arg(long, env = "FIX401_LOG", value_name = "FILTER", hide_env_values = true)]
    log: Option<String>,

    /// How the log is written: text, or json with one object a line [default: text]
    #[arg(long, env = "FIX401_LOG_FORMAT", value_name = "FORMAT", hide_env_values = true)]
    log_format: Option<String>,

    /// File with settings [default: fix401.toml, if there is one]
    #[arg(long, env = "FIX401_CONFIG", value_name = "FILE", hide_env_values = true)]
    #[serde(skip)]
    config: Option<PathBuf>,
}

impl Settings {
    /// Only what says where the database is, for commands that work on it alone.
    pub fn of_database(
        data: Option<PathBuf>,
        database_url: Option<Secret>,
        config: Option<PathBuf>,
    ) -> Settings {
        Settings { data, database_url, config, ..Settings::default() }
    }
}

/// A setting that must never be printed.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The value itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(value: &str) -> Result<Secret, Self::Err> {
        Ok(Secret(value.to_owned()))
    }
}

/// The settings in force: checked, with every default filled in.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// What the program keeps.
    pub data: PathBuf,
    /// The database, as sqlx reads it.
    pub database_url: Secret,
    /// The library's folder; the one inside the program when there is none.
    pub content: Option<PathBuf>,
    /// The address readers type, without a slash at its end.
    pub public_url: PublicUrl,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Which comments wait for a moderator.
    pub moderation: Moderation,
    /// Days after which the text of a comment that is hidden or held is erased.
    pub keep_unseen_days: Option<u32>,
    /// What security.txt names; without one there is no such file.
    pub security_contact: Option<String>,
    /// The largest file that the diagnosis takes, in bytes.
    pub upload_max: usize,
    /// Threads that answer requests.
    pub workers: usize,
    /// The filter of the log.
    pub log: String,
    /// How the log is written.
    pub log_format: LogFormat,
}

/// Which comments wait for a moderator before they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moderation {
    /// Only what looks like spam.
    None,
    /// Until one comment from the same network was published, too.
    First,
    /// Every comment.
    All,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The address under which readers see the site: scheme, host and port, nothing behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    fn of(listen: SocketAddr) -> PublicUrl {
        PublicUrl(format!("http://{listen}"))
    }

    /// The origin, as a browser sends it in `Origin` (RFC 6454, section 6.2): no slash at the end.
    pub fn origin(&self) -> &str {
        &self.0
    }

    /// Whether readers come over TLS.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Whether a browser keeps `Secure` cookies for this address: over TLS, or on the machine itself.
    pub fn keeps_secure_cookies(&self) -> bool {
        let host = self.0.split("://").nth(1).unwrap_or_default();
        let loopback = ["127.0.0.1", "localhost", "[::1]"];
        self.is_https() || loopback.iter().any(|name| host == *name || host.starts_with(&format!("{name}:")))
    }
}

impl FromStr for PublicUrl {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<PublicUrl, ConfigError> {
        let refused =
            || wrong("public-url", text, "an address such as https://fix401.example.com, without a path");
        let url = Url::parse(text).map_err(|_| refused())?;
        let is_web = matches!(url.scheme(), "http" | "https");
        let is_bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty();
        if !is_web || !is_bare || url.host().is_none() {
            return Err(refused());
        }
        Ok(PublicUrl(url.origin().ascii_serialization()))
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A setting that can't be used, said in one line.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

impl Config {
    /// Reads the settings file, if there is one, puts the flags and variables over it, and checks the outcome.
    pub fn load(given: Settings) -> Result<Config, ConfigError> {
        let file = match &given.config {
            Some(path) => read_file(path)?,
            None if Path::new("fix401.toml").exists() => read_file(Path::new("fix401.toml"))?,
            None => Settings::default(),
        };
        Config::resolve(given, file)
    }

    /// What to call the database in a message: its file, or where it is set. Nothing of it is secret.
    pub fn database(&self) -> String {
        match self.database_url.expose().strip_prefix("sqlite:") {
            Some(file) => file.trim_start_matches("//").split('?').next().unwrap_or_default().to_owned(),
            None => "database-url".to_owned(),
        }
    }

    /// The settings once the port is known: a port 0 in `listen` lets the system choose one.
    pub fn listening_on(self, listen: SocketAddr) -> Config {
        let public_url = match self.public_url == PublicUrl::of(self.listen) {
            true => PublicUrl::of(listen),
            false => self.public_url,
        };
        Config { listen, public_url, ..self }
    }

    fn resolve(given: Settings, file: Settings) -> Result<Config, ConfigError> {
        let listen = match given.listen.or(file.listen) {
            Some(text) => text
                .parse()
                .map_err(|_| wrong("listen", &text, "an address and port such as 127.0.0.1:8401"))?,
            None => SocketAddr::from(([127, 0, 0, 1], 8401)),
        };
        let data = given.data.or(file.data).unwrap_or_else(|| PathBuf::from("data"));
        let database_url = match given.database_url.or(file.database_url) {
            Some(Secret(url)) if is_database(&url) => Secret(url),
            Some(_) => {
                return Err(ConfigError("database-url: begins with neither sqlite: nor postgres://".into()));
            }
            None => Secret(format!("sqlite:{}", data.join("fix401.sqlite3").display())),
        };
        let public_url = match given.public_url.or(file.public_url) {
            Some(text) => text.parse()?,
            None => PublicUrl::of(listen),
        };
        let trusted_proxies = match given.trusted_proxies.or(file.trusted_proxies) {
            Some(text) => networks(&text)?,
            None => Vec::new(),
        };
        let moderation = match given.moderation.or(file.moderation).as_deref() {
            None | Some("none") => Moderation::None,
            Some("first") => Moderation::First,
            Some("all") => Moderation::All,
            Some(text) => return Err(wrong("moderation", text, "none, first or all")),
        };
        let security_contact = given.security_contact.or(file.security_contact);
        if let Some(text) = &security_contact
            && (!(text.starts_with("https://") || text.starts_with("mailto:"))
                || text.contains(|char: char| char.is_whitespace() || char.is_control()))
        {
            return Err(wrong("security-contact", text, "an https: or mailto: address"));
        }
        let upload_max = match given.upload_max.or(file.upload_max) {
            Some(number) if !(1..=UPLOAD_MAX).contains(&number) => {
                return Err(wrong("upload-max", &number.to_string(), "a number from 1 to 1024"));
            }
            number => number.unwrap_or(UPLOAD_DEFAULT) << 20,
        };
        let workers = match given.workers.or(file.workers) {
            Some(number) if !(1..=WORKERS_MAX).contains(&number) => {
                return Err(wrong("workers", &number.to_string(), "a number from 1 to 1024"));
            }
            Some(number) => number,
            None => std::thread::available_parallelism().map_or(1, usize::from),
        };
        let log_format = match given.log_format.or(file.log_format).as_deref() {
            None | Some("text") => LogFormat::Text,
            Some("json") => LogFormat::Json,
            Some(text) => return Err(wrong("log-format", text, "text or json")),
        };
        Ok(Config {
            listen,
            data,
            database_url,
            content: given.content.or(file.content),
            public_url,
            trusted_proxies,
            moderation,
            keep_unseen_days: given.keep_unseen_days.or(file.keep_unseen_days).filter(|days| *days > 0),
            security_contact,
            upload_max,
            workers,
            log: given.log.or(file.log).unwrap_or_else(|| DEFAULT_LOG.into()),
            log_format,
        })
    }
}

fn read_file(path: &Path) -> Result<Settings, ConfigError> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| ConfigError(format!("{shown}: {error}")))?;
    toml::from_str(&text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.lines().count().max(1);
        ConfigError(format!("{shown}:{line}: {}", error.message().replace('\n', "; ")))
    })
}

fn wrong(setting: &str, value: &str, wanted: &str) -> ConfigError {
    let variable = setting.to_uppercase().replace('-', "_");
    ConfigError(format!(
        "{setting}: {value:?} is not {wanted} (flag --{setting}, variable FIX401_{variable}, or the settings file)"
    ))
}

/// The variables of the environment that look like settings and are none. They don't stop the start: an orchestrator sets
/// some of its own for each service it knows, such as `FIX401_SERVICE_HOST`.
pub fn unknown_variables() -> Vec<String> {
    unknown(std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()))
}

fn unknown(names: impl Iterator<Item = String>) -> Vec<String> {
    let command = Settings::augment_args(clap::Command::new("fix401"));
    let known = |name: &str| command.get_arguments().any(|one| one.get_env().is_some_and(|env| env == name));
    // scripts/test leaves its database there.
    let is_ours = |name: &String| name.starts_with("FIX401_") && !name.starts_with("FIX401_TEST_");
    let mut unknown: Vec<String> = names.filter(|name| is_ours(name) && !known(name)).collect();
    unknown.sort_unstable();
    unknown
}

fn is_database(url: &str) -> bool {
    ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme))
}

fn networks(text: &str) -> Result<Vec<IpNet>, ConfigError> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            part.parse::<IpNet>()
                .or_else(|_| part.parse::<IpAddr>().map(IpNet::from))
                .map_err(|_| wrong("trusted-proxies", part, "a network such as 10.0.0.0/8"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(toml: &str) -> Settings {
        toml::from_str(toml).expect("the test's settings are well formed")
    }

    #[track_caller]
    fn refused(toml: &str, says: &str) {
        let error = Config::resolve(settings(toml), Settings::default()).expect_err("a wrong setting");
        assert_eq!(error.to_string(), says);
    }

    #[test]
    fn without_any_setting_it_listens_on_the_machine_itself_with_sqlite_in_the_data_folder() {
        let config = Config::resolve(Settings::default(), Settings::default()).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8401");
        assert_eq!(config.database_url.expose(), "sqlite:data/fix401.sqlite3");
        assert_eq!(config.public_url.origin(), "http://127.0.0.1:8401");
        assert_eq!(config.moderation, Moderation::None);
        assert!(config.public_url.keeps_secure_cookies());
    }

    #[test]
    fn a_flag_or_variable_wins_over_the_file() {
        let given = settings(r#"listen = "127.0.0.1:9000""#);
        let file = settings("listen = '127.0.0.1:9001'\nmoderation = 'all'");
        let config = Config::resolve(given, file).unwrap();
        assert_eq!(config.listen.port(), 9000);
        assert_eq!(config.moderation, Moderation::All);
    }

    #[test]
    fn a_wrong_setting_is_said_in_one_line_with_where_to_change_it() {
        refused(
            "listen = 'nowhere'",
            "listen: \"nowhere\" is not an address and port such as 127.0.0.1:8401 (flag --listen, variable FIX401_LISTEN, or the settings file)",
        );
        refused(
            "public-url = 'https://example.com/help'",
            "public-url: \"https://example.com/help\" is not an address such as https://fix401.example.com, without a path (flag --public-url, variable FIX401_PUBLIC_URL, or the settings file)",
        );
        refused(
            "workers = 80000",
            "workers: \"80000\" is not a number from 1 to 1024 (flag --workers, variable FIX401_WORKERS, or the settings file)",
        );
        refused(
            "upload-max = 0",
            "upload-max: \"0\" is not a number from 1 to 1024 (flag --upload-max, variable FIX401_UPLOAD_MAX, or the settings file)",
        );
        refused(
            "trusted-proxies = '10.0.0.0/8, proxy'",
            "trusted-proxies: \"proxy\" is not a network such as 10.0.0.0/8 (flag --trusted-proxies, variable FIX401_TRUSTED_PROXIES, or the settings file)",
        );
    }

    #[test]
    fn a_database_url_never_prints() {
        refused(
            "database-url = 'mysql://u:hunter2@h/d'",
            "database-url: begins with neither sqlite: nor postgres://",
        );
        let file = settings("database-url = 'postgres://u:hunter2@h/d'");
        let config = Config::resolve(Settings::default(), file).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        assert_eq!(config.database(), "database-url");
    }

    #[test]
    fn a_message_names_the_file_of_the_database() {
        let named = |toml: &str| Config::resolve(settings(toml), Settings::default()).unwrap().database();
        assert_eq!(named(""), "data/fix401.sqlite3");
        assert_eq!(named("database-url = 'sqlite:///srv/x.sqlite3?mode=rw'"), "/srv/x.sqlite3");
    }

    #[test]
    fn a_variable_that_is_no_setting_is_noticed() {
        let names = ["FIX401_MODERATON", "FIX401_MODERATION", "FIX401_TEST_POSTGRES", "PATH"];
        assert_eq!(unknown(names.map(String::from).into_iter()), ["FIX401_MODERATON"]);
    }

    #[test]
    fn secure_cookies_are_kept_over_tls_and_on_the_machine_itself() {
        let kept = |text: &str| text.parse::<PublicUrl>().unwrap().keeps_secure_cookies();
        assert!(kept("https://fix401.example.com"));
        assert!(kept("http://localhost:8401"));
        assert!(!kept("http://fix401.example.com"));
        assert!(!kept("http://localhost.example.com"));
    }

    #[test]
    fn one_proxy_may_be_named_without_a_prefix_length() {
        assert_eq!(networks("192.0.2.1, 2001:db8::/32").unwrap().len(), 2);
    }
}
