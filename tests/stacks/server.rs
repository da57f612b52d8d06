//! A server in the foreground with a folder and a port of its own, and the application that proxies stand before.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// What the request carries, and the application takes.
const CREDENTIALS: &str = "Bearer s3cr3t";

/// The application that stands in `FOLDER/app.wsgi`, for a server that runs it itself: 200 to those credentials, 401 to all
/// else.
const PROGRAM: &str = "def application(environ, start_response):
    is_known = environ.get('HTTP_AUTHORIZATION') == 'Bearer s3cr3t'
    start_response('200 OK' if is_known else '401 Unauthorized', [('Content-Length', '0'), ('WWW-Authenticate', 'Bearer')])
    return []
";

/// How long a server may take until it listens, on a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server; ended, with all its processes, when dropped.
pub struct Server {
    process: Child,
    address: SocketAddr,
    folder: TempDir,
}

impl Server {
    /// Starts the server of this language with what stands in a fence, and waits until it listens.
    pub fn start(language: &str, text: &str) -> Result<Server, String> {
        let folder = tempfile::tempdir().map_err(|error| format!("no folder: {error}"))?;
        let address = free_address()?;
        let file = folder.path().join(if language == "javascript" { "shown.js" } else { "shown" });
        let filled = text
            .replace("LISTEN", &address.port().to_string())
            .replace("UPSTREAM", &application()?.to_string())
            .replace("FOLDER", &folder.path().to_string_lossy());
        let is_program = matches!(language, "python" | "javascript");
        fs::write(&file, if is_program { text } else { &filled }).map_err(|error| format!("{error}"))?;
        fs::write(folder.path().join("app.wsgi"), PROGRAM).map_err(|error| format!("{error}"))?;
        // A server that was started by root reads it as somebody else.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755))
            .map_err(|error| format!("{error}"))?;
        let log = fs::File::create(folder.path().join("output")).map_err(|error| format!("{error}"))?;
        let output = log.try_clone().map_err(|error| format!("{error}"))?;
        let process = command(language, &file, folder.path())
            .env("PORT", address.port().to_string())
            .current_dir(folder.path())
            .stdout(output)
            .stderr(log)
            // A group of its own, to be ended with its workers.
            .process_group(0)
            .spawn()
            .map_err(|error| format!("the server of {language} cannot be started: {error}"))?;
        let mut server = Server { process, address, folder };
        server.wait()?;
        Ok(server)
    }

    /// Tries the port until somebody listens.
    fn wait(&mut self) -> Result<(), String> {
        let begun = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            if let Ok(Some(status)) = self.process.try_wait() {
                return Err(format!("the server ended with {status}:\n{}", self.output()));
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("nobody listens after {PATIENCE:?}:\n{}", self.output()));
            }
            // So that the tries leave the processor to the server.
            std::thread::park_timeout(Duration::from_millis(20));
        }
        Ok(())
    }

    /// The status of the answer to the request with the right credentials.
    pub fn ask(&self) -> Result<u16, String> {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(PATIENCE))
            .build();
        let agent: ureq::Agent = config.into();
        let answer =
            agent.get(format!("http://{}/orders", self.address)).header("Authorization", CREDENTIALS);
        let answer = answer.call().map_err(|error| format!("no answer: {error}\n{}", self.output()))?;
        Ok(answer.status().as_u16())
    }

    /// What it printed, for a message.
    fn output(&self) -> String {
        fs::read_to_string(self.folder.path().join("output")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The order, not the kill, is what nginx and Apache pass on to their workers.
        let group = format!("-{}", self.process.id());
        let _ = Command::new("kill").args(["-TERM", "--", &group]).status();
        let _ = self.process.wait();
    }
}

/// How Debian's programs are started so that they stay in the foreground.
fn command(language: &str, file: &Path, folder: &Path) -> Command {
    let (program, arguments): (&str, &[&str]) = match language {
        "nginx" => ("/usr/sbin/nginx", &["-g", "daemon off;", "-e", "stderr", "-c"]),
        "apache" => ("/usr/sbin/apache2", &["-D", "FOREGROUND", "-f"]),
        "haproxy" => ("/usr/sbin/haproxy", &["-db", "-f"]),
        // Not the first in the path: it may be one without Debian's modules.
        "python" => ("/usr/bin/python3", &[]),
        "javascript" => ("node", &[]),
        other => panic!("nothing is known of how to run {other}"),
    };
    let mut command = Command::new(program);
    command.args(arguments).arg(file);
    if language == "nginx" {
        command.arg("-p").arg(folder);
    }
    command.env("NODE_PATH", "/usr/share/nodejs");
    command
}

/// A port that the kernel gave and that is free again.
fn free_address() -> Result<SocketAddr, String> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map_err(|error| format!("no port: {error}"))
}

/// An application that answers 200 to the right credentials and 401 to all else, for as long as the test runs.
fn application() -> Result<SocketAddr, String> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| format!("no port: {error}"))?;
    let address = listener.local_addr().map_err(|error| format!("no port: {error}"))?;
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let _ = answer(stream);
        }
    });
    Ok(address)
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut is_known = false;
    for line in BufReader::new(stream.try_clone()?).lines() {
        let line = line?;
        let Some((name, value)) = line.split_once(':') else {
            if line.is_empty() { break } else { continue }
        };
        is_known |= name.eq_ignore_ascii_case("authorization") && value.trim() == CREDENTIALS;
    }
    let status = if is_known { "200 OK" } else { "401 Unauthorized\r\nWWW-Authenticate: Bearer" };
    write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}
