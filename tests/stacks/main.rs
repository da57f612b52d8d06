//! Runs what articles show: configurations and programs that refuse the right credentials, and their mended twins; and
//! shell commands. Needs the servers; `scripts/test` installs them. What a fence must be is told in CONTRIBUTING.

mod commands;
mod server;

use fix401::app;
use fix401::markdown::SetupFence;

use server::Server;

/// Every fence in this language in every article: what is shown as failing must answer 401, what is shown as fixed 200.
#[track_caller]
fn check(language: &str) {
    let site = app::open_site(None).expect("the content is good");
    let mut wrong = Vec::new();
    let mut pairs = 0;
    for article in site.library.articles() {
        let shown: Vec<&SetupFence> =
            article.setups.iter().filter(|setup| setup.language == language).collect();
        for pair in shown.chunks(2) {
            let order: Vec<bool> = pair.iter().map(|setup| setup.failing).collect();
            assert_eq!(order, [true, false], "{}: failing and fixed come in pairs", article.path());
            pairs += 1;
        }
        for setup in shown {
            let expected = if setup.failing { 401 } else { 200 };
            match Server::start(language, &setup.text).and_then(|server| server.ask()) {
                Ok(status) if status == expected => {}
                Ok(status) => {
                    wrong.push(format!(
                        "{}: the fence in line {} of the body answers {status}, not {expected}",
                        article.path(),
                        setup.line
                    ));
                }
                Err(why) => wrong.push(format!("{}: line {}: {why}", article.path(), setup.line)),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(pairs > 0, "no article shows {language} failing and fixed");
}

#[test]
fn nginx_as_shown_fails_and_is_fixed() {
    check("nginx");
}

#[test]
fn apache_as_shown_fails_and_is_fixed() {
    check("apache");
}

#[test]
fn haproxy_as_shown_fails_and_is_fixed() {
    check("haproxy");
}

#[test]
fn programs_in_python_as_shown_fail_and_are_fixed() {
    check("python");
}

#[test]
fn programs_in_javascript_as_shown_fail_and_are_fixed() {
    check("javascript");
}
