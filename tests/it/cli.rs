//! The program as it is run in a shell.

use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The program in an empty folder, with no setting of this shell.
fn fix401(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fix401"));
    command.args(arguments).current_dir(folder).env_clear();
    command
}

fn run(arguments: &[&str]) -> Output {
    fed(arguments, "")
}

/// Runs the program with something on its standard input.
fn fed(arguments: &[&str], input: &str) -> Output {
    let folder = empty_folder();
    let mut command = fix401(folder.path(), arguments);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("it is piped").write_all(input.as_bytes()).expect("it reads");
    child.wait_with_output().expect("it ends")
}

fn empty_folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn complained(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

#[test]
fn help_says_what_each_subcommand_does() {
    let help = said(&run(&["--help"]));
    for subcommand in ["serve", "diagnose", "search", "check", "evaluate", "moderator"] {
        assert!(help.contains(&format!("  {subcommand} ")), "{subcommand} is missing:\n{help}");
        let own = run(&[subcommand, "--help"]);
        assert!(own.status.success() && said(&own).contains("Usage: fix401"), "{subcommand}");
    }
    let serve = said(&run(&["serve", "--help"])).split_whitespace().collect::<Vec<_>>().join(" ");
    for setting in
        ["LISTEN", "DATA", "DATABASE_URL", "CONTENT", "PUBLIC_URL", "TRUSTED_PROXIES", "MODERATION"]
    {
        assert!(serve.contains(&format!("[env: FIX401_{setting}]")), "{setting}");
    }
}

#[test]
fn a_report_on_standard_input_is_diagnosed_and_its_token_stays_masked() {
    let paste = "> GET /v1/me HTTP/1.1\n> Authorization: Bearer Bearer s3cr3tT0kenValue123\n< HTTP/1.1 401 Unauthorized\n";
    let output = fed(&["diagnose"], paste);
    assert!(output.status.success());
    assert!(said(&output).contains("1. The Authorization header is malformed"), "{}", said(&output));
    assert!(!said(&output).contains("s3cr3tT0ken"));
    let output = fed(&["diagnose", "--json", "-"], paste);
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(answer["causes"][0]["id"], "malformed-authorization-header");
    assert_eq!(answer["causes"].as_array().map(Vec::len), Some(45));
    assert!(!said(&output).contains("s3cr3tT0ken"));
}

#[test]
fn search_finds_and_says_so_when_it_does_not() {
    let found = run(&["search", "clock", "skew", "--limit", "1"]);
    assert!(found.status.success() && said(&found).contains("/articles/clock-skew"), "{}", said(&found));
    let nothing = run(&["search", "zzzzzzzz"]);
    assert!(!nothing.status.success() && said(&nothing).contains("Nothing was found."));
    let wrong = run(&["search", "--kind", "poems", "token"]);
    assert_eq!(complained(&wrong), "fix401: --kind poems: no kind of article has this name\n");
}

#[test]
fn check_counts_the_articles_or_names_the_line_to_mend() {
    let well = run(&["check"]);
    assert!(well.status.success() && said(&well).contains("articles, no problems."), "{}", said(&well));
    let folder = empty_folder();
    let guide = folder.path().join("guide");
    std::fs::create_dir(&guide).expect("a folder");
    let article = "+++\ntitle = \"A\"\nsummary = \"One.\"\nreviewed = 2026-11-23\ncolour = \"red\"\n+++\n## B\n\nText.\n";
    std::fs::write(guide.join("broken.md"), article).expect("an article");
    let content = folder.path().to_string_lossy().into_owned();
    let broken = run(&["check", "--content", &content]);
    assert_eq!(broken.status.code(), Some(1));
    assert!(said(&broken).contains(&format!("{content}/guide/broken.md:5: ")), "{}", said(&broken));
}

#[test]
fn evaluate_prints_the_figures_for_each_kind_of_case() {
    let folder = empty_folder();
    let cases = folder.path().join("cases.jsonl");
    let case = |id: &str, cause: &str| {
        format!(
            "{{\"id\":\"{id}\",\"report\":\"jwt expired\",\"cause\":\"{cause}\",\"also\":[],\"answerable\":\"direct\"}}\n"
        )
    };
    std::fs::write(&cases, case("one", "token-expired") + &case("two", "token-expired")).expect("cases");
    let figures = said(&run(&["evaluate", &cases.to_string_lossy()]));
    assert!(figures.contains("top-1") && figures.contains("MRR"), "{figures}");
    assert!(figures.contains("direct           2  100.0 %"), "{figures}");
    std::fs::write(&cases, case("one", "bad-luck")).expect("cases");
    let wrong = run(&["evaluate", &cases.to_string_lossy()]);
    assert!(complained(&wrong).contains("cases.jsonl:1: "), "{}", complained(&wrong));
}

#[test]
fn moderators_are_added_listed_and_removed() {
    let folder = empty_folder();
    let data = folder.path().to_string_lossy().into_owned();
    let added = fed(&["moderator", "add", "ada", "--data", &data], "correct horse battery\n");
    assert_eq!(said(&added), "ada can sign in at /moderate now.\n", "{}", complained(&added));
    assert!(said(&run(&["moderator", "list", "--data", &data])).starts_with("ada  since "));
    let again = fed(&["moderator", "add", "ada", "--data", &data], "correct horse battery\n");
    assert_eq!(complained(&again), "fix401: There is already a moderator named ada.\n");
    assert!(run(&["moderator", "remove", "ada", "--data", &data]).status.success());
}

#[test]
fn a_wrong_setting_stops_the_start_in_one_line() {
    let output = run(&["--listen", "nowhere"]);
    assert_eq!(output.status.code(), Some(1));
    let expected = "fix401: listen: \"nowhere\" is not an address and port such as 127.0.0.1:8401 \
        (flag --listen, variable FIX401_LISTEN, or the settings file)\n";
    assert_eq!(complained(&output), expected);
}

#[test]
fn it_says_where_it_listens_and_leaves_when_it_is_asked_to() {
    let folder = empty_folder();
    let mut child = fix401(folder.path(), &["--listen", "127.0.0.1:0", "--log", "off"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut first = String::new();
    BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut first).expect("a line");
    let url =
        first.split_whitespace().find(|word| word.starts_with("http://")).expect("an address").to_owned();
    let answer = ureq::get(format!("{url}/readyz")).call().expect("it answers");
    assert_eq!(answer.status(), 200);
    assert!(folder.path().join("data/fix401.sqlite3").exists());
    let asked = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill");
    assert!(asked.success());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}
