//! Runs the shell commands of every article, as a reader would paste them. `curl` is the real one, led to a service of this
//! test whatever address it is given; programs that are not listed here are left out.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// Programs that commands in articles may use here: none that changes the machine.
const PROGRAMS: [&str; 21] = [
    "awk", "base64", "basename", "cat", "cut", "date", "dirname", "echo", "env", "grep", "head", "jq",
    "openssl", "printf", "python3", "sed", "sort", "tail", "tr", "uniq", "wc",
];

/// A token as commands take apart: `{"alg":"RS256","kid":"1"}` and `{"iss":"https://login.example.com","exp":1763640000}`.
const TOKEN: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUuY29tIiwiZXhwIjoxNzYzNjQwMDAwfQ.c2ln";

/// How long the service may take until it listens, on a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// The commands of an article.
struct Fence {
    /// Where they stand: `path:line`.
    place: String,
    text: String,
    /// Whether it is shown as what goes wrong.
    failing: bool,
}

/// Every fence of shell commands in the library.
fn fences() -> Vec<Fence> {
    let mut fences = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("content")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the library") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                read(&path, &mut fences);
            }
        }
    }
    fences.sort_by(|one, other| one.place.cmp(&other.place));
    fences
}

/// The fences of one article. A fence in a list is indented, and so are its lines.
fn read(path: &Path, fences: &mut Vec<Fence>) {
    let text = fs::read_to_string(path).expect("an article");
    let mut lines = (1..).zip(text.lines());
    while let Some((number, line)) = lines.next() {
        if let "```sh" | "```sh failing" | "```sh fixed" = line.trim() {
            let failing = line.ends_with("failing");
            let indent = line.len() - line.trim_start().len();
            let inside = lines.by_ref().map(|(_, line)| line).take_while(|line| line.trim() != "```");
            let text: String =
                inside.map(|line| format!("{}\n", line.get(indent..).unwrap_or_default())).collect();
            fences.push(Fence { place: format!("{}:{number}", path.display()), text, failing });
        }
    }
}

/// What a variable holds that an article leaves to the reader.
fn value(name: &str) -> String {
    let lower = name.to_lowercase();
    let is_address =
        ["url", "endpoint", "jwks", "api", "homeserver", "registry"].iter().any(|end| lower.ends_with(end));
    if is_address || name == "U" {
        "https://api.example.com".to_owned()
    } else if lower.contains("host") {
        "api.example.com".to_owned()
    } else if lower.ends_with("token") || lower.ends_with("jwt") {
        TOKEN.to_owned()
    } else {
        format!("example-{}", lower.replace('_', "-"))
    }
}

/// The names of the variables in some commands.
fn variables(text: &str) -> BTreeSet<&str> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let after = |part: &'_ str| -> usize { part.bytes().take_while(|byte| is_name(*byte)).count() };
    text.split('$')
        .skip(1)
        .map(|part| part.strip_prefix('{').unwrap_or(part))
        .map(|part| &part[..after(part)])
        .filter(|name| name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_'))
        .collect()
}

/// The service, and a folder in which the commands find what they may use.
struct Place {
    folder: TempDir,
    service: Child,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let made = Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=example.com",
                "-keyout",
            ])
            .arg(at("key.pem"))
            .arg("-out")
            .arg(at("certificate.pem"))
            .output()
            .expect("openssl can be started");
        assert!(made.status.success(), "no certificate: {}", String::from_utf8_lossy(&made.stderr));
        let service = Command::new("/usr/bin/python3")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stacks/answers.py"))
            .args([at("certificate.pem"), at("key.pem"), at("port"), at("requests")])
            .spawn()
            .expect("Python can be started");
        let place = Place { folder, service };
        let begun = Instant::now();
        while !place.at("port").exists() {
            assert!(begun.elapsed() < PATIENCE, "the service does not listen");
            // So that the tries leave the processor to the service.
            std::thread::park_timeout(Duration::from_millis(20));
        }
        place.fill();
        place
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts there the programs that commands may use, and a `curl` that comes to the service from everywhere.
    fn fill(&self) {
        fs::create_dir(self.at("bin")).expect("a folder");
        let path = std::env::var_os("PATH").unwrap_or_default();
        for program in PROGRAMS {
            let found =
                std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.exists());
            symlink(found.unwrap_or_else(|| panic!("{program} is missing")), self.at("bin").join(program))
                .expect("a link");
        }
        let port = fs::read_to_string(self.at("port")).expect("the port");
        let curl = format!(
            "#!/bin/bash\nwhile [[ $1 = -[q46] ]]; do shift; done\n\
             /usr/bin/curl -q --connect-to ::127.0.0.1:{port} --insecure --max-time 30 \"$@\"\n\
             code=$?\nprintf '%s %s\\n' $code \"${{*//$'\\n'/ }}\" >> {calls}\nexit $code\n",
            calls = self.at("calls").display()
        );
        // A loop that waits for something ends at its first wait.
        for (name, text) in [("curl", curl.as_str()), ("sleep", "#!/bin/bash\nexit 1\n")] {
            let file = self.at("bin").join(name);
            fs::write(&file, text).expect("a file");
            fs::set_permissions(&file, Permissions::from_mode(0o755)).expect("a file");
        }
    }

    /// Runs the commands of a fence, and says what went wrong; how many of them were `curl`, and how many requests came.
    fn run(&self, fence: &Fence) -> Result<(usize, usize), String> {
        let folder = tempfile::tempdir_in(self.folder.path()).expect("a folder");
        let script = folder.path().join("commands");
        fs::write(&script, &fence.text).expect("a file");
        let read = Command::new("bash").arg("-n").arg(&script).output().expect("bash can be started");
        if !read.status.success() {
            return Err(format!("no shell reads this: {}", String::from_utf8_lossy(&read.stderr)));
        }
        for name in ["calls", "requests"] {
            fs::write(self.at(name), "").expect("a file");
        }
        // Files that articles had the reader make.
        fs::write(folder.path().join("auth.txt"), format!("Authorization: Bearer {TOKEN}\n"))
            .expect("a file");
        fs::write(folder.path().join("auth.header"), format!("Authorization: Bearer {TOKEN}\n"))
            .expect("a file");
        // Without a terminal nobody is asked for a password. What goes on for ever, such as following a log, is ended.
        let mut command = Command::new("/usr/bin/setsid");
        command.args(["--wait", "/usr/bin/timeout", "--kill-after=2", "15", "/bin/bash"]).arg(&script);
        command.env_clear().env("PATH", self.at("bin")).env("HOME", folder.path()).env("LC_ALL", "C.UTF-8");
        command.envs(variables(&fence.text).into_iter().map(|name| (name, value(name))));
        command.current_dir(folder.path()).stdin(Stdio::null());
        let output = command.output().map_err(|error| format!("cannot be run: {error}"))?;
        // What such a program would have printed may be missing in an address.
        let is_partial = String::from_utf8_lossy(&output.stderr).contains("command not found");
        let calls = fs::read_to_string(self.at("calls")).expect("the calls");
        let requests = fs::read_to_string(self.at("requests")).expect("the requests");
        for call in calls.lines() {
            let (code, arguments) = call.split_once(' ').expect("a code and arguments");
            let may_fail =
                arguments.split(' ').any(|one| one.starts_with("--fail") || one == "-f" || one == "-sf");
            if code != "0" && !(code == "22" && may_fail) && !(code == "3" && is_partial) {
                return Err(format!("curl ends with {code}: curl {arguments}"));
            }
        }
        for line in requests.lines() {
            let request: Value = serde_json::from_str(line).expect("a line of the service");
            for header in request["headers"].as_array().into_iter().flatten() {
                if header[1].as_str().is_some_and(|value| value.contains('$')) {
                    return Err(format!("the shell leaves a variable as it is: {header}"));
                }
            }
        }
        Ok((calls.lines().count(), requests.lines().count()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = self.service.kill();
        let _ = self.service.wait();
    }
}

#[test]
fn commands_as_shown_can_be_pasted() {
    let place = Place::new();
    let (mut calls, mut requests, mut wrong) = (0, 0, Vec::new());
    for fence in fences() {
        match place.run(&fence) {
            Ok(_) if fence.failing => wrong.push(format!("{}: nothing goes wrong", fence.place)),
            Ok((more_calls, more_requests)) => {
                calls += more_calls;
                requests += more_requests;
            }
            Err(_) if fence.failing => {}
            Err(why) => wrong.push(format!("{}: {why}", fence.place)),
        }
    }
    println!("{calls} calls of curl made {requests} requests");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(calls >= 200, "only {calls} calls of curl were found");
}
