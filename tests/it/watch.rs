//! A content folder that changes while the site is up.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::support::TestApp;

/// How long a change may take on a machine with much else to do. On a quiet one it is live within a second.
const PATIENCE: Duration = Duration::from_secs(60);

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

#[track_caller]
fn wait_until_it_reads(app: &TestApp, words: &str) {
    let began = Instant::now();
    while !app.get("/articles/clock-skew").body.contains(words) {
        assert!(began.elapsed() < PATIENCE, "the page never read {words:?}");
    }
}

#[test]
fn a_good_change_goes_live_and_a_bad_one_leaves_the_page_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("content"), folder.path());
    let app = TestApp::start_with(|config| config.content = Some(folder.path().to_owned()));
    let article = folder.path().join("causes/clock-skew.md");
    let original = std::fs::read_to_string(&article).expect("the article");
    let title = original.lines().find(|line| line.starts_with("title = ")).expect("a title");

    std::fs::write(&article, original.replace(title, "title = \"Somebody's watch is slow\""))
        .expect("it is written");
    wait_until_it_reads(&app, "Somebody&#39;s watch is slow");

    // What a reload would build has a problem, so there is nothing to swap in.
    std::fs::write(&article, "no front matter").expect("it is written");
    let problem = fix401::app::open_site(Some(folder.path())).err().expect("a problem").to_string();
    assert!(problem.contains("causes/clock-skew.md:1: "), "{problem}");
    assert!(app.get("/articles/clock-skew").body.contains("Somebody&#39;s watch is slow"));

    std::fs::write(&article, original.replace(title, "title = \"Somebody's watch is fast\""))
        .expect("it is written");
    wait_until_it_reads(&app, "Somebody&#39;s watch is fast");
}
