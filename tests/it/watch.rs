//! A content folder that changes while the site is up, as its operator sees it: in the pages and in the log.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder of the content") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// The program while it serves. Ends with the test, also when that fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Reads the log until a line has these words. Every change ends in a line, so that this waits and never sleeps.
#[track_caller]
fn wait_for(log: &mut impl BufRead, words: &str) -> String {
    let mut read = String::new();
    while !read.contains(words) {
        let length = log.read_line(&mut read).expect("the log can be read");
        assert!(length > 0, "the program ended without a word of {words:?}:\n{read}");
    }
    read
}

fn title_of(url: &str) -> String {
    let page = ureq::get(format!("{url}/articles/clock-skew")).call().expect("it answers");
    let page = page.into_body().read_to_string().expect("a page");
    let title = page.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next());
    title.expect("a title").to_owned()
}

#[test]
fn a_good_change_goes_live_and_a_bad_one_is_reported_and_leaves_the_page_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let content = folder.path().join("content");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("content"), &content);
    let child = Command::new(env!("CARGO_BIN_EXE_fix401"))
        .args(["serve", "--listen", "127.0.0.1:0", "--workers", "1", "--content", "content"])
        .current_dir(folder.path())
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut program = Running(child);
    let mut log = BufReader::new(program.0.stderr.take().expect("it is piped"));
    let mut first = String::new();
    BufReader::new(program.0.stdout.take().expect("it is piped")).read_line(&mut first).expect("a line");
    let url =
        first.split_whitespace().find(|word| word.starts_with("http://")).expect("an address").to_owned();

    let article = content.join("causes/clock-skew.md");
    let original = std::fs::read_to_string(&article).expect("the article");
    let title = original.lines().find(|line| line.starts_with("title = ")).expect("a title");
    let titled = |words: &str| original.replacen(title, &format!("title = \"{words}\""), 1);

    std::fs::write(&article, titled("One watch is slow")).expect("it is written");
    wait_for(&mut log, "the changed content is live");
    assert_eq!(title_of(&url), "One watch is slow – fix401");

    std::fs::write(&article, titled("One watch is broken").replace("summary = ", "sumary = "))
        .expect("it is written");
    wait_for(&mut log, "the content stays as it was: ");
    wait_for(&mut log, "content/causes/clock-skew.md:");
    wait_for(&mut log, "sumary");
    assert_eq!(title_of(&url), "One watch is slow – fix401", "the last good one");

    std::fs::remove_file(content.join("questions.toml")).expect("it is there");
    wait_for(&mut log, "the content stays as it was");
    assert_eq!(title_of(&url), "One watch is slow – fix401", "the last good one");

    std::fs::copy(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("content/questions.toml"),
        content.join("questions.toml"),
    )
    .expect("a copy");
    std::fs::write(&article, titled("One watch is fast")).expect("it is written");
    wait_for(&mut log, "the changed content is live");
    assert_eq!(title_of(&url), "One watch is fast – fix401");
}
