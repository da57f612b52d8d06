//! What a stranger may send.

use super::*;

#[track_caller]
fn check(draft: Draft, expected: &[(&str, &str)]) {
    let problems = NewComment::parse(draft).err().unwrap_or_default();
    let found: Vec<_> = problems.iter().map(|p| (p.field, p.message.as_str())).collect();
    assert_eq!(found, expected);
}

fn body(body: &str) -> Draft {
    Draft { body: body.into(), ..Draft::default() }
}

fn author(author: &str) -> Draft {
    Draft { author: author.into(), ..body("Thanks.") }
}

#[test]
fn a_comment_with_only_spaces_is_refused() {
    check(body(""), &[("body", "Please write something.")]);
    check(body(" \n\t "), &[("body", "Please write something.")]);
}

#[test]
fn a_comment_of_invisible_characters_is_refused() {
    check(body("\u{200B}\u{FEFF}\u{2800}\u{3164}\u{E0041}\u{202E}"), &[("body", "Please write something.")]);
}

#[test]
fn a_comment_that_shows_nothing_once_it_is_rendered_is_refused() {
    for nothing in ["-----", "> > >", "[a]: https://a.io", "[](https://a.io)", "&nbsp;&#8203;&nbsp;"] {
        check(body(nothing), &[("body", "Please write something.")]);
    }
    check(body("<b></b>"), &[]);
    check(body("a < b"), &[]);
}

#[test]
fn a_comment_of_two_characters_is_too_short() {
    check(body("ok"), &[("body", "Please write a little more.")]);
    check(body("o k\u{200B}"), &[("body", "Please write a little more.")]);
    check(body("yes"), &[]);
    check(body("時計が"), &[]);
}

#[test]
fn a_comment_can_have_8000_characters_and_no_more() {
    check(body(&"ü".repeat(8000)), &[]);
    check(
        body(&"ü".repeat(8001)),
        &[(
            "body",
            "A comment can have 8000 characters; this one has 8001. Please keep the lines that matter.",
        )],
    );
}

#[test]
fn a_zero_byte_is_refused_with_a_clear_message() {
    let message = "This contains a zero byte, which cannot be stored. Paste the text without it.";
    check(body("a log\0with a zero byte"), &[("body", message)]);
    check(author("A\0da"), &[("author", message)]);
}

#[test]
fn a_name_can_have_60_characters_and_no_more() {
    check(author(&"é".repeat(60)), &[]);
    check(
        author(&"é".repeat(61)),
        &[("author", "A name can have 60 characters; this one has 61. Please shorten it.")],
    );
}

#[test]
fn every_problem_is_told_at_once() {
    let draft = Draft {
        author: "x".repeat(61),
        body: " ".into(),
        outcome: "solved".into(),
        parent: "12".into(),
        findings: vec!["Not an id".into()],
        trap: String::new(),
    };
    check(
        draft,
        &[
            ("author", "A name can have 60 characters; this one has 61. Please shorten it."),
            ("body", "Please write something."),
            ("outcome", "Choose one of the outcomes: fixed, partly, not-fixed, question, note."),
            ("parent", "The comment that this answers does not exist."),
            ("findings", "A finding is named by its id, like \"jwt.audience-refused\"."),
        ],
    );
}

#[test]
fn findings_are_ids_and_not_too_many() {
    let with = |findings: Vec<String>| Draft { findings, ..body("Thanks.") };
    check(with((0..40).map(|n| format!("jwt.finding-{n}")).collect()), &[]);
    check(
        with((0..41).map(|n| format!("jwt.finding-{n}")).collect()),
        &[("findings", "A comment can carry 40 findings; this one has 41.")],
    );
    for wrong in [
        "",
        ".",
        "jwt",
        "jwt.",
        ".x",
        "JWT.x",
        "jwt.a b",
        "jwt.a--b",
        "jwt.-a",
        "jwt.é",
        "a.b.c",
        &format!("a.{}", "b".repeat(90)),
    ] {
        check(
            with(vec![wrong.to_owned()]),
            &[("findings", "A finding is named by its id, like \"jwt.audience-refused\".")],
        );
    }
}

#[test]
fn a_finding_sent_twice_is_kept_once() {
    let draft = Draft { findings: vec!["jwt.expired".into(); 3], ..body("Thanks.") };
    assert_eq!(NewComment::parse(draft).unwrap().findings, ["jwt.expired"]);
}

#[test]
fn a_name_of_spaces_or_of_nothing_visible_is_no_name() {
    for name in ["", "   ", "\u{200B}\u{FEFF}", "\u{202E}"] {
        assert_eq!(NewComment::parse(author(name)).unwrap().author, None);
    }
}

#[test]
fn a_name_stands_on_one_line_and_reads_in_one_direction() {
    let name = NewComment::parse(author("  Ada\n\t \u{202E}Love\u{7}lace\u{2069} ")).unwrap().author;
    assert_eq!(name.as_deref(), Some("Ada Lovelace"));
}

#[test]
fn what_a_terminal_or_an_attacker_leaves_in_a_text_is_taken_out() {
    let read = |text: &str| NewComment::parse(body(text)).unwrap().body;
    assert_eq!(read("\u{1b}[31mHTTP/1.1 401\u{1b}[0m\r\nnext\rlast"), "[31mHTTP/1.1 401[0m\nnext\nlast");
    assert_eq!(read("user\u{202E}nimda\u{202C} is back"), "usernimda is back");
}

#[test]
fn the_indent_of_a_first_line_of_code_is_kept() {
    let read = |text: &str| NewComment::parse(body(text)).unwrap().body;
    assert_eq!(read("\n\n    curl -v\n    more\n\n"), "    curl -v\n    more");
    assert_eq!(read("\n  \n    curl -v"), "    curl -v");
    assert_eq!(read("Hello   \n"), "Hello");
}

#[test]
fn the_ids_of_closed_lists_read_back() {
    for outcome in Outcome::ALL {
        assert_eq!(outcome.id().parse(), Ok(outcome));
    }
    for status in Status::ALL {
        assert_eq!(status.id().parse(), Ok(status));
    }
    assert_eq!("solved".parse::<Outcome>(), Err(UnknownId));
}
