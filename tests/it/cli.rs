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
    for subcommand in
        ["serve", "diagnose", "search", "check", "evaluate", "backup", "export", "import", "moderator"]
    {
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
fn a_report_on_standard_input_is_answered_as_by_the_api_with_its_token_masked() {
    let paste = "> GET /v1/me HTTP/1.1\n> Authorization: Bearer Bearer s3cr3tT0kenValue123\n< HTTP/1.1 401 Unauthorized\n";
    let output = fed(&["diagnose", "--json", "-"], paste);
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(answer["causes"][0]["id"], "malformed-authorization-header");
    assert_eq!(answer["causes"].as_array().map(Vec::len), Some(45));
    assert!(!said(&output).contains("s3cr3tT0ken"));
}

#[test]
fn a_report_may_be_a_file_and_must_be_something() {
    let empty = fed(&["diagnose"], " \n");
    assert_eq!(empty.status.code(), Some(1));
    assert_eq!(
        complained(&empty),
        "fix401: there is nothing to look at; give a file, or pipe in what you have\n"
    );
    let missing = run(&["diagnose", "no-such-file"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(complained(&missing).starts_with("fix401: no-such-file: "), "{}", complained(&missing));

    let folder = empty_folder();
    let file = folder.path().join("latin.log");
    std::fs::write(&file, b"Zugriff verweigert f\xfcr alice\nUnauthorizedError: jwt expired\n")
        .expect("a file");
    let output = run(&["diagnose", &file.to_string_lossy()]);
    let text = said(&output);
    assert!(output.status.success() && text.contains("1. The token has expired"), "{text}");
    assert!(!text.contains("s3cr3tT0ken"), "{text}");
    assert!(!text.contains('\u{1b}'), "no colours where nobody looks");
    // Commands to check with stand under the cause that they belong to.
    let lines = text.lines().skip_while(|line| !line.starts_with("1. ")).take_while(|line| !line.is_empty());
    assert!(lines.skip(1).all(|line| line.starts_with("   ")), "{text}");
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
fn a_moderator_needs_a_password_from_standard_input_and_a_name_that_exists() {
    let folder = empty_folder();
    let data = folder.path().to_string_lossy().into_owned();
    let nothing = fed(&["moderator", "add", "ada", "--data", &data], "");
    assert_eq!(complained(&nothing), "fix401: no password on standard input\n");
    let short = fed(&["moderator", "add", "ada", "--data", &data], "short\n");
    assert_eq!(short.status.code(), Some(1));
    assert!(
        complained(&short).contains("12") && !complained(&short).contains("short\n"),
        "{}",
        complained(&short)
    );
    let nobody = run(&["moderator", "remove", "ada", "--data", &data]);
    assert_eq!(complained(&nobody), "fix401: There is no moderator named ada.\n");
    let list = said(&run(&["moderator", "list", "--data", &data]));
    assert_eq!(list, "Nobody yet. fix401 moderator add NAME makes the first account.\n");
}

#[test]
fn a_mistyped_subcommand_or_flag_is_refused() {
    for arguments in [&["diganose"][..], &["serve", "--lisen", "x"], &["search"], &["moderator", "add"]] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(said(&output).is_empty() && complained(&output).contains("--help"), "{arguments:?}");
    }
}

#[test]
fn content_with_a_problem_stops_the_start_and_names_it() {
    let folder = empty_folder();
    std::fs::create_dir(folder.path().join("guide")).expect("a folder");
    std::fs::write(folder.path().join("guide/broken.md"), "no front matter").expect("an article");
    let content = folder.path().to_string_lossy().into_owned();
    let output = run(&["serve", "--listen", "127.0.0.1:0", "--content", &content]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).is_empty(), "it does not claim to listen");
    assert!(
        complained(&output).contains(&format!("{content}/guide/broken.md:1: ")),
        "{}",
        complained(&output)
    );
    let nowhere = run(&["serve", "--listen", "127.0.0.1:0", "--content", "no-such-folder"]);
    assert!(complained(&nowhere).starts_with("fix401: the content can't be read: no-such-folder: "));
}

#[test]
fn a_wrong_setting_stops_the_start_in_one_line() {
    for (arguments, setting) in [
        (["--public-url", "https://example.com/help"], "public-url"),
        (["--moderation", "some"], "moderation"),
        (["--trusted-proxies", "proxy"], "trusted-proxies"),
        (["--security-contact", "me"], "security-contact"),
        (["--database-url", "mysql://u:hunter2@h/d"], "database-url"),
        (["--log-format", "xml"], "log-format"),
        (["--log", "fix401=loud"], "log"),
        (["--config", "no-such.toml"], "no-such.toml"),
    ] {
        let output = run(&arguments);
        let text = complained(&output);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(text.starts_with(&format!("fix401: {setting}: ")) && text.lines().count() == 1, "{text}");
        assert!(!text.contains("hunter2"), "a database's password is nobody's business");
    }
    let output = run(&["--listen", "nowhere"]);
    assert_eq!(output.status.code(), Some(1));
    let expected = "fix401: listen: \"nowhere\" is not an address and port such as 127.0.0.1:8401 \
        (flag --listen, variable FIX401_LISTEN, or the settings file)\n";
    assert_eq!(complained(&output), expected);
}

#[test]
fn a_setting_that_is_no_number_stops_the_start_in_one_line_too() {
    let output = run(&["--workers", "many"]);
    assert_eq!(output.status.code(), Some(1));
    let expected = "fix401: --workers <NUMBER>: \"many\" can't be read: invalid digit found in string\n";
    assert_eq!(complained(&output), expected);
}

#[test]
fn it_says_where_it_listens_logs_nothing_of_its_readers_and_leaves_when_it_is_asked_to() {
    let folder = empty_folder();
    let mut child = fix401(folder.path(), &["--listen", "127.0.0.1:0", "--log", "info,fix401=trace"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut first = String::new();
    BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut first).expect("a line");
    let url =
        first.split_whitespace().find(|word| word.starts_with("http://")).expect("an address").to_owned();
    let answer = ureq::get(format!("{url}/readyz")).call().expect("it answers");
    assert_eq!(answer.status(), 200);
    assert!(folder.path().join("data/fix401.sqlite3").exists());
    let article = ureq::get(format!("{url}/articles/clock-skew")).call().expect("it answers").into_body();
    let article = article.into_with_config().read_to_string().expect("a page");
    assert!(
        article.contains(&format!("href=\"{url}/articles/clock-skew\"")),
        "links name the port it was given"
    );
    for path in ["/diagnose", "/api/v1/diagnose", "/nowhere/zebra", "/articles/zebra"] {
        let paste = "Authorization: Bearer zebra-4711 zebra";
        let request =
            ureq::post(format!("{url}{path}?q=zebra&f=zebra")).config().http_status_as_error(false).build();
        request.header("User-Agent", "zebra").header("Cookie", "a=zebra").send(paste).expect("an answer");
    }
    ureq::get(format!("{url}/search?q=zebra")).call().expect("it answers");
    let asked = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill");
    assert!(asked.success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    let log = complained(&output);
    assert!(log.contains("route=\"/diagnose\"") && log.contains("status=403"), "{log}");
    assert!(!log.contains("zebra"), "{log}");
}

#[test]
fn a_database_is_copied_exported_and_imported_elsewhere() {
    let folder = empty_folder();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (here, there, lines) = (path("here"), path("there"), path("all.jsonl"));
    assert!(fed(&["moderator", "add", "ada", "--data", &here], "correct horse battery\n").status.success());
    let copied = run(&["backup", &path("copy.sqlite3"), "--data", &here]);
    assert!(copied.status.success() && Path::new(&path("copy.sqlite3")).exists(), "{}", complained(&copied));
    let again = run(&["backup", &path("copy.sqlite3"), "--data", &here]);
    assert!(complained(&again).ends_with("copy.sqlite3: there is a file of that name already\n"));

    assert!(run(&["export", &lines, "--data", &here]).status.success());
    assert_eq!(run(&["export", &lines, "--data", &here]).status.code(), Some(1), "nothing is written over");
    let imported = run(&["import", &lines, "--data", &there]);
    assert!(imported.status.success() && said(&imported).contains("moderator 1"), "{}", said(&imported));
    let exported = |data: &str| said(&run(&["export", "--data", data]));
    assert_eq!(exported(&there), exported(&here));

    let text = std::fs::read_to_string(&lines).expect("the lines");
    std::fs::write(&lines, format!("{text}{{\"row\":\"deed\",\"id\":7}}\n")).expect("a line more");
    let wrong = run(&["import", &lines, "--data", &path("elsewhere")]);
    let number = text.lines().count() + 1;
    assert_eq!(
        said(&wrong),
        format!("{lines}:{number}: \"id\" is 7; it has to be a UUID\nNothing was imported.\n")
    );
    assert_eq!(wrong.status.code(), Some(1));
    assert!(said(&run(&["moderator", "list", "--data", &path("elsewhere")])).starts_with("Nobody yet."));
}
