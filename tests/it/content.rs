//! The content that is built in: without a problem, found by search, and safe to show as it is.

use std::sync::LazyLock;

use fix401::cause::Cause;
use fix401::library::{self, Files, Library};
use fix401::search::{Query, Search};

fn files() -> Files {
    library::embedded()
}

fn content() -> &'static (Library, Search) {
    static CONTENT: LazyLock<(Library, Search)> = LazyLock::new(build);
    &CONTENT
}

fn build() -> (Library, Search) {
    let problems = |problems: Vec<fix401::problem::Problem>| -> String {
        problems.iter().map(|problem| format!("\ncontent/{problem}")).collect()
    };
    let library = Library::parse(files().articles()).unwrap_or_else(|found| panic!("{}", problems(found)));
    let search =
        Search::build(&library, &files().synonyms().1).unwrap_or_else(|found| panic!("{}", problems(found)));
    (library, search)
}

#[test]
fn the_content_has_no_problem() {
    let (library, _) = content();
    assert!(library.articles().len() > Cause::COUNT);
}

#[test]
fn every_article_is_found_first_by_its_name() {
    let (library, search) = content();
    let mut others = Vec::new();
    for article in library.articles() {
        for name in
            [&article.slug, &article.slug.replace('-', " "), &article.title, &article.title.to_lowercase()]
        {
            let results = search.find(&Query { text: name, limit: 1, ..Query::default() });
            let first = results.hits.first().map_or("nothing", |hit| hit.slug.as_str());
            if first != article.slug {
                others.push(format!("{name}: {first}"));
            }
        }
        if !search.suggest(&article.title).iter().any(|suggestion| suggestion.url == article.url()) {
            others.push(format!("{} is not suggested while its title is typed", article.title));
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
}

/// What people type, and the article that they should come upon among the first three.
const SEARCHES: &[(&str, &str)] = &[
    ("clock skew", "clock-skew"),
    ("ntp", "clock-skew"),
    ("jwt audience", "wrong-audience"),
    ("nginx strips authorization header", "header-stripped-by-proxy"),
    ("authorisation heeder", "malformed-authorization-header"),
    ("token expired", "token-expired"),
    ("samesite cookie", "cookie-not-sent"),
    ("preflight options 401", "cors-preflight"),
    ("csrf", "origin-or-csrf-check"),
    ("app password", "password-login-disabled"),
    ("2fa", "password-login-disabled"),
    ("session lost after restart", "session-expired"),
    ("kerberos spn", "negotiate-failure"),
    ("401 vs 403", "401-or-403"),
    ("sigv4", "request-signature-mismatch"),
    ("keychain old password", "stale-stored-credential"),
    ("redirect drops header", "header-lost-on-redirect"),
    ("trailing newline", "stray-whitespace"),
    ("rate limit", "ip-or-policy-block"),
    ("insufficient_scope", "insufficient-scope"),
    ("invalid_client", "oauth-client-misconfigured"),
    ("jwks rotated", "signature-invalid"),
    ("bearer bearer", "malformed-authorization-header"),
    ("407", "proxy-authentication-required"),
];

#[test]
fn what_people_type_brings_them_to_the_right_article() {
    let (library, search) = content();
    let mut misses = Vec::new();
    for (text, slug) in SEARCHES {
        assert!(library.article(slug).is_some(), "{slug}");
        let results = search.find(&Query { text, limit: 9, ..Query::default() });
        let mut articles: Vec<&str> = results.hits.iter().map(|hit| hit.slug.as_str()).collect();
        articles.dedup();
        if !articles.iter().take(3).any(|found| found == slug) {
            misses.push(format!("{text}: {}", articles.join(", ")));
        }
    }
    assert!(misses.is_empty(), "{}", misses.join("\n"));
}

#[test]
fn articles_need_neither_inline_styles_nor_scripts() {
    let (library, _) = content();
    for article in library.articles() {
        let html = article.html.as_str();
        for forbidden in [" style=", "<script", "<img", " onclick=", "javascript:"] {
            assert!(!html.contains(forbidden), "{} has {forbidden}", article.path());
        }
    }
}
