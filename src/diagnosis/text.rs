//! A diagnosis as plain text: for a terminal, and for who sends text to the server. Knows no terminal; colour is asked
//! for by the caller.

use std::fmt::Write as _;

use super::view::{CauseView, EvidenceView, FindingView, SettleView, View, band};

/// How many causes are shown.
const CAUSES: usize = 3;
/// After a clear first cause, one below this is not shown.
const WORTH_SHOWING: f64 = 0.04;
/// How many marked lines are shown.
const LINES: usize = 8;

/// How many reasons for a cause, and how many against it, are shown.
const REASONS: usize = 5;

/// Whether to mark with colour (ANSI escapes) beside the carets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    #[default]
    No,
    Yes,
}

impl Colour {
    fn paint(self, code: &str, text: &str) -> String {
        match self {
            Colour::Yes => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            Colour::No => text.to_owned(),
        }
    }
}

/// The diagnosis as text: what it is, the reader's lines marked with what was seen, the likeliest causes, what would settle
/// it, the next question.
pub fn text(view: &View, colour: Colour) -> String {
    let mut out = String::new();
    write_heading(&mut out, view, colour);
    let causes = shown(view);
    let mentioned = |finding: &&FindingView| {
        let names = |evidence: &[EvidenceView]| evidence.iter().any(|one| one.finding == finding.id);
        causes.iter().any(|cause| names(&cause.because) || names(&cause.against))
    };
    for finding in view.findings.iter().filter(mentioned).take(LINES) {
        write_finding(&mut out, finding, colour);
    }
    for (index, cause) in causes.iter().enumerate() {
        let settle = view.settle.as_ref().filter(|_| index == 0);
        write_cause(&mut out, index + 1, cause, settle, colour);
    }
    if let Some(question) = &view.question {
        let _ = writeln!(out, "{}", colour.paint("1", &question.text));
        for answer in &question.answers {
            let _ = writeln!(out, "  - {} ({}={})", answer.text, question.id, answer.id);
        }
        out.push('\n');
    }
    if !view.permalink.is_empty() {
        let _ = writeln!(out, "To share, without the paste: {}", view.permalink);
    }
    out
}

/// The first causes; where the first is clear, those that are as good as ruled out are left away.
fn shown(view: &View) -> &[CauseView] {
    let worth = |cause: &&CauseView| !view.conclusive || cause.probability >= WORTH_SHOWING;
    let further = view.causes.iter().take(CAUSES).skip(1).take_while(worth).count();
    view.causes.get(..=further).unwrap_or(&view.causes)
}

fn write_heading(out: &mut String, view: &View, colour: Colour) {
    if let Some(other) = &view.not_a_401 {
        let _ = writeln!(out, "{}", colour.paint("1", other.heading));
        let _ = writeln!(out, "{:>5} | {}", other.marked.line, other.excerpt);
        let _ = writeln!(out, "{}\n{}\n", other.says, other.url);
        out.push_str("Were it a 401 all the same:\n\n");
    }
    let Some(first) = view.causes.first().filter(|_| view.conclusive) else {
        out.push_str("The evidence is thin. These come first so far:\n\n");
        return;
    };
    let band = band(first.probability);
    let mut letters = band.chars();
    let capital: String = letters.next().iter().flat_map(|first| first.to_uppercase()).collect();
    let title = if first.title.is_empty() { first.id } else { &first.title };
    let line = format!("{capital}{}: {title}", letters.as_str());
    let _ = writeln!(out, "{}\n", colour.paint("1", &line));
}

fn write_finding(out: &mut String, finding: &FindingView, colour: Colour) {
    let Some(excerpt) = &finding.marked else {
        let _ = writeln!(out, "        {}\n", finding.says);
        return;
    };
    let dropped = excerpt.before.chars().take_while(|letter| letter.is_whitespace()).count();
    let before: String = excerpt.before.chars().skip(dropped).collect();
    let (indent, length) = (before.chars().count(), excerpt.marked.chars().count().max(1));
    let marked = colour.paint("1;33", &excerpt.marked);
    let _ = writeln!(out, "{:>5} | {before}{marked}{}", excerpt.line, excerpt.after.trim_end());
    let carets = colour.paint("33", &"^".repeat(length));
    let _ = writeln!(out, "      | {}{carets}\n        {}\n", " ".repeat(indent), finding.says);
}

fn write_cause(
    out: &mut String,
    place: usize,
    cause: &CauseView,
    settle: Option<&SettleView>,
    colour: Colour,
) {
    let title = if cause.title.is_empty() { cause.id } else { &cause.title };
    let percent = (100.0 * cause.probability).round();
    let title = colour.paint("1", title);
    let _ = writeln!(out, "{place}. {title} ({}, {percent} %)", band(cause.probability));
    let line = |one: &EvidenceView| one.line.map(|line| format!(" [line {line}]")).unwrap_or_default();
    for because in cause.because.iter().take(REASONS) {
        let _ = writeln!(out, "   {} {}{}", colour.paint("32", "+"), because.says, line(because));
    }
    for against in cause.against.iter().take(REASONS) {
        let _ = writeln!(out, "   {} {}{}", colour.paint("31", "-"), against.says, line(against));
    }
    match settle {
        Some(settle) => write_settle(out, settle, colour),
        None if cause.check.is_empty() => {}
        // A check may end in commands, each on a line of its own.
        None => {
            let _ = writeln!(out, "   To be sure: {}", cause.check.replace('\n', "\n     "));
        }
    }
    if !cause.url.is_empty() {
        let _ = writeln!(out, "   {}", cause.url);
    }
    out.push('\n');
}

fn write_settle(out: &mut String, settle: &SettleView, colour: Colour) {
    let _ = writeln!(out, "   {} {}", colour.paint("1", "What would settle it:"), settle.look);
    for line in settle.run.iter().flat_map(|run| run.lines()) {
        let _ = writeln!(out, "     {line}");
    }
    for variable in &settle.fill_in {
        let _ = writeln!(out, "       ${} is {}", variable.name, variable.stands_for);
    }
    if let Some(method) = &settle.repeats {
        let _ =
            writeln!(out, "       It sends {method} again, without a body: run it where that does no harm.");
    }
    for outcome in &settle.outcomes {
        let _ = writeln!(out, "     - {}", outcome.says);
    }
    if let Some(next) = &settle.next_title {
        let _ = writeln!(out, "     If it is not that, this comes next: {next}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::view::Excerpt;

    #[test]
    fn a_line_is_shown_with_carets_under_what_was_seen() {
        let marked = Excerpt {
            line: 12,
            before: "  < www-authenticate: ".to_owned(),
            marked: "Basic".to_owned(),
            after: " realm=x".to_owned(),
        };
        let finding = FindingView {
            id: "a.b".to_owned(),
            says: "The server asks for Basic.".to_owned(),
            excerpt: Some(marked.whole()),
            start: Some(0),
            end: Some(5),
            marked: Some(marked),
        };
        let mut out = String::new();
        write_finding(&mut out, &finding, Colour::No);
        assert_eq!(
            out,
            "   12 | < www-authenticate: Basic realm=x\n      |                     ^^^^^\n        The server asks for Basic.\n\n"
        );
    }
}
