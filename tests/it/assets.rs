//! Style, scripts, icons and the small files that browsers and search engines ask for.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use crate::support::{Answer, TestApp, shared};

/// The addresses under `/static/` in a text.
fn named(text: &str) -> BTreeSet<String> {
    let pieces = text.split("/static/").skip(1);
    let name = |rest: &str| -> String {
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect()
    };
    pieces.map(|rest| format!("/static/{}", name(rest))).collect()
}

/// Every file that a page, the style sheet or the manifest names.
fn files(app: &TestApp) -> Vec<(String, Answer)> {
    let mut waiting: Vec<String> =
        ["/", "/articles/clock-skew", "/diagnose", "/api", "/manifest.webmanifest"]
            .iter()
            .flat_map(|path| named(&app.get(path).body))
            .collect();
    let mut files: Vec<(String, Answer)> = Vec::new();
    while let Some(address) = waiting.pop() {
        if files.iter().any(|(known, _)| *known == address) {
            continue;
        }
        let answer = app.get(&address);
        if address.ends_with(".css") {
            waiting.extend(named(&answer.body));
        }
        files.push((address, answer));
    }
    files.sort_by(|one, other| one.0.cmp(&other.0));
    files
}

#[test]
fn a_file_may_be_kept_for_good_because_its_address_carries_its_hash() {
    let app = shared();
    let mut kinds = BTreeSet::new();
    for (address, answer) in files(&app) {
        assert_eq!(answer.status, 200, "{address}");
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable", "{address}");
        let hash: String =
            Sha256::digest(&answer.bytes).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        let parts: Vec<&str> = address.trim_start_matches("/static/").split('.').collect();
        assert_eq!(parts.get(1), Some(&hash.as_str()), "{address}");
        kinds.insert(format!("{} is {}", parts.last().unwrap_or(&""), answer.header("content-type")));
        let without = format!("/static/{}.{}", parts[0], parts[2]);
        assert_eq!(app.get(&without).status, 404, "no address without a hash: {without}");
        let old = address.replace(&hash, "00000000");
        assert_eq!(app.get(&old).status, 404, "no file of another version under this one's name: {old}");
    }
    insta::assert_snapshot!(kinds.into_iter().collect::<Vec<_>>().join("\n"), @r"
    css is text/css; charset=utf-8
    js is text/javascript; charset=utf-8
    png is image/png
    svg is image/svg+xml
    woff2 is font/woff2
    ");
}

#[test]
fn style_and_scripts_load_nothing_from_elsewhere() {
    let app = shared();
    for (address, answer) in files(&app) {
        let ending = address.rsplit('.').next().unwrap_or_default();
        let text = answer.body.replace("http://www.w3.org/", "").replace("https://www.w3.org/", "");
        match ending {
            "css" => {
                assert!(!text.contains("@import"), "{address}");
                for loaded in text.split("url(").skip(1) {
                    assert!(loaded.starts_with("\"/static/"), "{address} loads {loaded:.60}");
                }
            }
            "js" => {
                for forbidden in ["http://", "https://", "eval(", "new Function", "document.write", "import("]
                {
                    assert!(!text.contains(forbidden), "{address} has {forbidden}");
                }
            }
            "svg" => {
                for forbidden in ["<script", " href=\"http", " onload", "<foreignObject"] {
                    assert!(!text.contains(forbidden), "{address} has {forbidden}");
                }
            }
            _ => {}
        }
    }
}

#[test]
fn nothing_outside_the_folder_can_be_come_by() {
    let app = shared();
    for path in [
        "/static/",
        "/static",
        "/static/..",
        "/static/../Cargo.toml",
        "/static/..%2fCargo.toml",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "/static//etc/passwd",
        "/static/..%5cCargo.toml",
        "/static/css/1-tokens.css",
        "/static/commissioner-OFL.txt%00.css",
    ] {
        let answer = app.raw(&format!("GET {path} HTTP/1.1"));
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
        assert!(!answer.body.contains("[package]") && !answer.body.contains("root:"), "{path}");
    }
}

#[test]
fn the_small_files_fit_together() {
    let app = shared();
    let manifest = app.get("/manifest.webmanifest").json();
    let icons = manifest["icons"].as_array().expect("icons");
    assert!(!icons.is_empty());
    for icon in icons {
        let answer = app.get(icon["src"].as_str().expect("an address"));
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, icon["type"].as_str().expect("a type"))
        );
    }

    let opensearch = app.get("/opensearch.xml").body;
    let template =
        opensearch.split("template=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an address");
    let search = template.replace("{searchTerms}", "token").replace("&amp;", "&");
    let path = search.strip_prefix(&app.origin).expect("an address here");
    assert!(app.get(path).body.contains("<mark>"), "{path}");

    let robots = app.get("/robots.txt").body.replace(&app.origin, "http://here");
    insta::assert_snapshot!(robots, @r"
    User-agent: *
    Disallow: /search
    Disallow: /diagnose
    Disallow: /moderate
    Disallow: /api/

    Sitemap: http://here/sitemap.xml
    ");

    assert_eq!(app.get("/.well-known/security.txt").status, 404, "nobody is named");
    assert_eq!(&app.get("/favicon.ico").bytes[..4], [0, 0, 1, 0], "an icon");
    let card = app.get("/").body;
    let card = card.split("property=\"og:image\" content=\"").nth(1).and_then(|rest| rest.split('"').next());
    let card =
        card.and_then(|address| address.strip_prefix(&app.origin)).expect("a picture for link previews");
    assert_eq!(&app.get(card).bytes[1..4], b"PNG");
}
