//! What a reviewer would otherwise have to look for: the layers, the names that may stand in one place only, dead links in
//! the documents, and commands in README that no longer exist.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Which room may name which. A room that is not listed may name none.
const LAYERS: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    ("cli", &["app", "config", "comments", "search", "library", "diagnosis", "problem", "redact", "cause"]),
    ("app", &["web", "config", "comments", "search", "library", "diagnosis", "problem", "cause"]),
    (
        "web",
        &[
            "config",
            "comments",
            "search",
            "library",
            "diagnosis",
            "report",
            "markdown",
            "redact",
            "cause",
            "problem",
        ],
    ),
    ("comments", &["redact", "markdown"]),
    ("search", &["library", "cause", "problem"]),
    ("library", &["markdown", "cause", "problem"]),
    ("diagnosis", &["report", "cause", "redact", "problem"]),
    ("report", &["redact"]),
    ("redact", &[]),
    ("markdown", &[]),
    ("config", &[]),
    ("cause", &[]),
    ("problem", &[]),
    ("lib", &[]),
];

/// What only some rooms may name, and which.
const KEPT_TO: &[(&str, &[&str])] = &[
    ("actix_web", &["web", "app"]),
    ("askama", &["web"]),
    ("sqlx", &["comments"]),
    ("tantivy", &["search"]),
    ("pulldown_cmark", &["markdown"]),
    ("ammonia", &["markdown"]),
    ("std::env::", &["config"]),
    ("Timestamp::now", &["app", "cli"]),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder of the project") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path, endings));
        } else if path.extension().is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted)) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The room a source file belongs to, and the file's text without its comments.
fn sources() -> Vec<(String, PathBuf, String)> {
    let source = root().join("src");
    files(&source, &["rs"])
        .into_iter()
        .map(|path| {
            let inside = path.strip_prefix(&source).expect("it is under src");
            let room =
                inside.iter().next().expect("a name").to_string_lossy().trim_end_matches(".rs").to_owned();
            let text = std::fs::read_to_string(&path).expect("a source file");
            let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            (room, path, code.join("\n"))
        })
        .collect()
}

/// The rooms that a source names: `crate::room`, also inside `use crate::{room::…, room}`.
fn named_rooms(code: &str) -> BTreeSet<String> {
    let name =
        |text: &str| -> String { text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect() };
    let mut named = BTreeSet::new();
    for start in ["crate::", "fix401::"] {
        for (place, _) in code.match_indices(start) {
            let rest = &code[place + start.len()..];
            let Some(group) = rest.strip_prefix('{') else {
                named.insert(name(rest));
                continue;
            };
            let mut depth = 0;
            let mut item = String::new();
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        named.insert(name(item.trim()));
                        item.clear();
                    }
                    c if depth == 0 => item.push(c),
                    _ => {}
                }
            }
            named.insert(name(item.trim()));
        }
    }
    named.remove("");
    named
}

#[test]
fn every_room_names_only_the_rooms_below_it() {
    let mut wrong = Vec::new();
    for (room, path, code) in sources() {
        let allowed = LAYERS.iter().find(|(name, _)| *name == room).map(|(_, below)| *below);
        let Some(allowed) = allowed else {
            wrong.push(format!("{}: the room {room} does not stand in LAYERS", path.display()));
            continue;
        };
        for named in named_rooms(&code) {
            if named != room
                && LAYERS.iter().any(|(name, _)| *name == named)
                && !allowed.contains(&named.as_str())
            {
                wrong.push(format!("{}: {room} names {named}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_belongs_to_one_room_is_named_only_there() {
    let mut wrong = Vec::new();
    for (room, path, code) in sources() {
        for (name, rooms) in KEPT_TO {
            if code.contains(name) && !rooms.contains(&room.as_str()) {
                wrong.push(format!("{}: {name} belongs to {}", path.display(), rooms.join(", ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_group_in_a_use_line_counts_for_each_of_its_rooms() {
    let named = named_rooms("use crate::{cause::{Cause, Family}, report};\nlet x = crate::redact::mask(t);");
    assert_eq!(named, ["cause", "redact", "report"].map(String::from).into());
}

#[test]
fn links_in_the_documents_lead_somewhere() {
    let root = root();
    let mut documents = files(&root.join("docs"), &["md"]);
    documents.extend(
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| root.join(name)),
    );
    let mut dead = Vec::new();
    for document in documents {
        let text = std::fs::read_to_string(&document).expect("a document");
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap_or_default();
            let is_outside = target.contains("://") || target.starts_with("mailto:");
            if !is_outside && !file.is_empty() && !document.parent().expect("a folder").join(file).exists() {
                dead.push(format!("{}: {target}", document.display()));
            }
        }
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

#[test]
fn every_test_name_is_a_sentence() {
    let mut wrong = Vec::new();
    for folder in ["src", "tests"] {
        for path in files(&root().join(folder), &["rs"]) {
            let text = std::fs::read_to_string(&path).expect("a source file");
            let lines: Vec<&str> = text.lines().map(str::trim).collect();
            for pair in
                lines.windows(2).filter(|pair| pair[0].ends_with("test]") && pair[0].starts_with("#["))
            {
                let name =
                    pair[1].split("fn ").nth(1).and_then(|rest| rest.split('(').next()).unwrap_or_default();
                if name.starts_with("test_") || name.matches('_').count() < 2 {
                    wrong.push(format!("{}: {name}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
