//! `fix401 search WORDS`: hits with their section and snippet, to be read at a terminal.

use std::io::{self, Write};

use crate::search::{Fragment, Hit, Query, Search};

/// How wide a line of a snippet is.
const WIDTH: usize = 80;

const BOLD: &str = "\u{1b}[1m";
const PLAIN: &str = "\u{1b}[0m";

/// Writes what a search finds. `site` stands before each address, for instance `https://401.example`. `colour` marks
/// titles and the words that were found in bold.
///
/// # Errors
/// When `out` cannot be written to.
///
/// Returns whether something was found.
pub fn search(
    search: &Search,
    query: &Query<'_>,
    site: &str,
    colour: bool,
    out: &mut dyn Write,
) -> io::Result<bool> {
    let results = search.find(query);
    if results.hits.is_empty() {
        writeln!(out, "Nothing was found.")?;
    }
    for hit in &results.hits {
        write_hit(hit, site, colour, out)?;
    }
    if let Some(suggestion) = &results.suggestion {
        writeln!(out, "Did you mean: {suggestion}")?;
    }
    let shown = query.offset + results.hits.len();
    if !results.hits.is_empty() && (query.offset > 0 || shown < results.total) {
        writeln!(out, "{} to {shown} of {}.", query.offset + 1, results.total)?;
    }
    Ok(!results.hits.is_empty())
}

fn write_hit(hit: &Hit, site: &str, colour: bool, out: &mut dyn Write) -> io::Result<()> {
    let (bold, plain) = if colour { (BOLD, PLAIN) } else { ("", "") };
    let section = hit.section.as_ref().map(|section| format!(" > {section}")).unwrap_or_default();
    writeln!(out, "{bold}{}{section}{plain} ({})", hit.title, hit.kind)?;
    for line in wrap(&hit.snippet, bold, plain) {
        writeln!(out, "  {line}")?;
    }
    writeln!(out, "  {site}{}\n", hit.url)
}

/// The snippet in lines of at most [`WIDTH`] characters, where words allow it.
fn wrap(fragments: &[Fragment], bold: &str, plain: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut width = 0;
    // What stands between two spaces may be marked in part: `invalid_[token]`.
    let mut piece = String::new();
    let mut piece_width = 0;
    let mut flush = |piece: &mut String, piece_width: &mut usize| {
        if width > 0 && width + 1 + *piece_width > WIDTH {
            lines.push(std::mem::take(&mut line));
            width = 0;
        }
        if width > 0 && *piece_width > 0 {
            line.push(' ');
            width += 1;
        }
        line.push_str(piece);
        width += *piece_width;
        piece.clear();
        *piece_width = 0;
    };
    for fragment in fragments {
        for (at, word) in fragment.text.split(' ').enumerate() {
            if at > 0 {
                flush(&mut piece, &mut piece_width);
            }
            if fragment.marked && !word.is_empty() {
                piece.push_str(&format!("{bold}{word}{plain}"));
            } else {
                piece.push_str(word);
            }
            piece_width += word.chars().count();
        }
    }
    flush(&mut piece, &mut piece_width);
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::fixture;

    #[track_caller]
    fn output(text: &str, limit: usize, colour: bool) -> (bool, String) {
        let index = Search::build(&fixture::library(), "").expect("the fixture can be indexed");
        let query = Query { text, limit, ..Query::default() };
        let mut out = Vec::new();
        let found = search(&index, &query, "https://401.example", colour, &mut out)
            .expect("memory can be written to");
        (found, String::from_utf8(out).expect("text"))
    }

    #[test]
    fn a_hit_shows_title_section_snippet_and_address() {
        let (found, text) = output("invalid_token", 5, false);
        assert!(found);
        insta::assert_snapshot!(text, @r#"
        The token has expired > What you see (cause)
          The challenge is WWW-Authenticate: Bearer error="invalid_token" and the code is
          E401. > GET / HTTP/1.1 · < HTTP/1.1 401 Unauthorized
          https://401.example/articles/token-expired#what-you-see
        "#);
    }

    #[test]
    fn marked_words_are_bold_when_colour_is_on() {
        let (_, text) = output("E401", 1, true);
        assert!(text.contains("\u{1b}[1mE401\u{1b}[0m"), "{text:?}");
    }

    #[test]
    fn nothing_found_is_said() {
        let (found, text) = output("zzzzzz", 5, false);
        assert!(!found);
        assert_eq!(text, "Nothing was found.\n");
    }
}
