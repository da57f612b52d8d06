//! The reader's own lines with what was seen marked in them: where each mark, number and note goes, and which lines fold
//! away. Values only; the template prints them. Secrets are masked here, before anything leaves.

use std::ops::Range;

use crate::diagnosis::Finding;
use crate::redact::{self, Secret};

/// Lines shown before and after a marked one.
const CONTEXT: usize = 1;
/// Fewer lines than this are not worth folding.
const WORTH_FOLDING: usize = 4;
/// The most lines in a fold. The reader has the rest.
const FOLD_MAX: usize = 200;
/// A mark over more lines than this is drawn on its first line only.
const MARK_LINES: usize = 3;
/// A piece longer than this, in characters, is shown by its ends.
const PIECE_MAX: usize = 320;
/// Of a large text so many marked lines are shown.
const EXCERPTS: usize = 40;
/// Of a long line of a large text so many bytes are shown on either side of a mark.
const REACH: usize = 160;

/// A run of lines.
pub enum Block {
    Lines(Vec<Line>),
    /// Lines without a mark, folded away: the lines, and how many more there are.
    Fold(Vec<Line>, usize),
    /// So many lines of a large text are left out here.
    Gap(usize),
}

/// A line of the paste.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Counted from 1; only in excerpts from a large text, where lines are left out.
    pub number: Option<usize>,
    pub pieces: Vec<Piece>,
    pub notes: Vec<Note>,
    /// Whether there is room for the notes right beside the line, so that a stroke may lead from it to them.
    pub beside: bool,
}

/// A part of a line that looks the same from end to end.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    pub marked: bool,
    pub masked: bool,
    /// The numbers of the notes that this piece ends the mark of.
    pub rings: Vec<usize>,
}

/// What is written beside a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub number: usize,
    pub says: String,
    pub detail: Option<String>,
}

/// The marked paste, and the number of each finding that has a place in it.
pub struct Marked {
    pub blocks: Vec<Block>,
    /// By index of the finding.
    pub numbers: Vec<Option<usize>>,
}

impl Block {
    /// How many lines are folded away.
    pub fn hidden(&self) -> usize {
        match self {
            Block::Lines(_) => 0,
            Block::Fold(lines, more) => lines.len() + more,
            Block::Gap(lines) => *lines,
        }
    }
}

/// A place to mark, and where its note stands.
struct Mark {
    finding: usize,
    span: Range<usize>,
    line: usize,
}

/// Marks those of the findings that matter in the text. Cost is linear in the text for the few marks that there are. Of a
/// large text only the marked lines are shown, with their neighbours.
pub fn mark(
    text: &str,
    findings: &[Finding],
    matters: impl Fn(usize) -> bool,
    secrets: &[Secret],
    is_large: bool,
) -> Marked {
    let lines = lines(text);
    let mut marks: Vec<Mark> = findings
        .iter()
        .enumerate()
        .filter(|(index, _)| matters(*index))
        .filter_map(|(index, finding)| place(text, &lines, secrets, index, finding))
        .collect();
    marks.sort_by_key(|mark| (mark.span.start, mark.span.end));
    if is_large {
        marks.truncate(EXCERPTS);
    }
    let mut numbers = vec![None; findings.len()];
    for (number, mark) in marks.iter().enumerate() {
        if let Some(place) = numbers.get_mut(mark.finding) {
            *place = Some(number + 1);
        }
    }
    let paste = Paste { text, lines: &lines, marks: &marks, secrets, findings };
    let mut blocks = if is_large { paste.excerpts() } else { paste.whole() };
    make_room(&mut blocks);
    Marked { blocks, numbers }
}

/// A text with what is to be shown on it.
struct Paste<'p> {
    text: &'p str,
    lines: &'p [Range<usize>],
    marks: &'p [Mark],
    secrets: &'p [Secret],
    findings: &'p [Finding],
}

impl Paste<'_> {
    /// All lines, those far from every mark folded away.
    fn whole(&self) -> Vec<Block> {
        let mut shown: Vec<(Line, bool)> = Vec::new();
        for (index, line) in self.lines.iter().enumerate() {
            let pieces = pieces(self.text, line, self.marks, self.secrets, index);
            let is_rest_of_secret = pieces.is_empty() && !line.is_empty();
            if !is_rest_of_secret {
                let is_marked = pieces.iter().any(|piece| piece.marked);
                shown.push((Line { pieces, notes: self.notes(index), ..Line::default() }, is_marked));
            }
        }
        fold(shown)
    }

    /// The marked lines with their neighbours, and between them how many are left out.
    fn excerpts(&self) -> Vec<Block> {
        let mut near: Vec<usize> = self
            .marks
            .iter()
            .flat_map(|mark| mark.line.saturating_sub(CONTEXT)..=mark.line + CONTEXT)
            .filter(|index| *index < self.lines.len())
            .collect();
        near.sort_unstable();
        near.dedup();
        let mut blocks = Vec::new();
        let mut at = 0;
        for index in near {
            if index > at {
                blocks.push(Block::Gap(index - at));
            }
            let line = self.excerpt(index);
            match blocks.last_mut() {
                Some(Block::Lines(lines)) if index == at => lines.push(line),
                _ => blocks.push(Block::Lines(vec![line])),
            }
            at = index + 1;
        }
        if self.lines.len() > at {
            blocks.push(Block::Gap(self.lines.len() - at));
        }
        blocks
    }

    /// A line with its number. A long one, as archives have them, is shown around its marks only.
    fn excerpt(&self, index: usize) -> Line {
        let line = self.lines.get(index).cloned().unwrap_or_default();
        let mut windows: Vec<Range<usize>> = Vec::new();
        if line.len() <= 4 * REACH {
            windows.push(line.clone());
        }
        let on_line = self.marks.iter().filter(|mark| mark.line == index);
        for mark in on_line.filter(|_| line.len() > 4 * REACH) {
            let window = self.window(&line, mark.span.start, mark.span.end);
            match windows.last_mut().filter(|last| window.start <= last.end) {
                Some(last) => last.end = last.end.max(window.end),
                None => windows.push(window),
            }
        }
        if windows.is_empty() {
            windows.push(self.window(&line, line.start, line.start));
        }
        let gap = || Piece { text: "…".to_owned(), ..Piece::default() };
        let mut shown = Vec::new();
        let mut at = line.start;
        for window in windows {
            if window.start > at {
                shown.push(gap());
            }
            at = window.end;
            shown.extend(pieces(self.text, &window, self.marks, self.secrets, index));
        }
        if at < line.end {
            shown.push(gap());
        }
        Line { number: Some(index + 1), pieces: shown, notes: self.notes(index), beside: false }
    }

    /// What is shown of a line around a place, cut between characters and not inside a secret.
    fn window(&self, line: &Range<usize>, start: usize, end: usize) -> Range<usize> {
        let from = self.text.floor_char_boundary(start.saturating_sub(REACH)).max(line.start);
        let to = self.text.ceil_char_boundary((end + REACH).min(self.text.len())).min(line.end).max(from);
        let secret_at = |at: usize| {
            let next = self.secrets.partition_point(|secret| secret.span.end <= at);
            self.secrets.get(next).filter(|secret| secret.span.start < at)
        };
        let from = secret_at(from).map_or(from, |secret| secret.span.start.max(line.start));
        let to = secret_at(to).map_or(to, |secret| secret.span.end.min(line.end));
        from..to
    }

    fn notes(&self, line: usize) -> Vec<Note> {
        let here = self.marks.iter().enumerate().filter(|(_, mark)| mark.line == line);
        let note = |(number, mark): (usize, &Mark)| {
            let finding = self.findings.get(mark.finding)?;
            let detail = finding.detail.clone();
            Some(Note { number: number + 1, says: finding.meaning.says.clone(), detail })
        };
        here.filter_map(note).collect()
    }
}

/// The lines without their ends; the empty lines after the last are not there.
fn lines(text: &str) -> Vec<Range<usize>> {
    let text = text.trim_end();
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        lines.push(start..start + line.trim_end_matches('\r').len());
        start += line.len() + 1;
    }
    lines
}

/// Where a finding is marked. A secret is marked whole or not at all.
fn place(
    text: &str,
    lines: &[Range<usize>],
    secrets: &[Secret],
    index: usize,
    finding: &Finding,
) -> Option<Mark> {
    let span = finding.span?.range();
    let meant = text.get(span.clone())?;
    let mut start = span.start + (meant.len() - meant.trim_start().len());
    let mut end = span.end - (meant.len() - meant.trim_end().len());
    if start >= end {
        return None;
    }
    (start, end) = whole_words(text, start, end);
    for secret in secrets {
        if secret.span.start < end && start < secret.span.end {
            start = start.min(secret.span.start);
            end = end.max(secret.span.end);
        }
    }
    let line_at = |at: usize| lines.partition_point(|line| line.start <= at).saturating_sub(1);
    let line = line_at(start);
    if line_at(end.saturating_sub(1)) - line >= MARK_LINES {
        end = lines.get(line).map_or(end, |line| line.end);
    }
    Some(Mark { finding: index, span: start..end, line })
}

/// Moves the ends of a mark that fall into a word to the ends of the word: a ring in the middle of one is hard to read.
fn whole_words(text: &str, start: usize, end: usize) -> (usize, usize) {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let joins = |c: char| is_word(c) || c == '-';
    let parts = (text.get(..start), text.get(start..end), text.get(end..));
    let (Some(before), Some(marked), Some(after)) = parts else { return (start, end) };
    let less = before.chars().rev().take_while(|c| is_word(*c)).map(char::len_utf8).sum::<usize>();
    let more = after.chars().take_while(|c| is_word(*c)).map(char::len_utf8).sum::<usize>();
    (
        start - if marked.starts_with(joins) { less } else { 0 },
        end + if marked.ends_with(joins) { more } else { 0 },
    )
}

/// Cuts a line where a mark or a secret begins or ends.
fn pieces(text: &str, line: &Range<usize>, marks: &[Mark], secrets: &[Secret], index: usize) -> Vec<Piece> {
    let touches = |span: &Range<usize>| span.start < line.end && line.start < span.end;
    let marks: Vec<(usize, &Mark)> =
        marks.iter().enumerate().filter(|(_, mark)| touches(&mark.span)).collect();
    let first = secrets.partition_point(|secret| secret.span.end <= line.start);
    let secrets: Vec<&Secret> =
        secrets.iter().skip(first).take_while(|secret| secret.span.start < line.end).collect();

    let spans = marks.iter().map(|(_, mark)| &mark.span).chain(secrets.iter().map(|secret| &secret.span));
    let inside = |at: &usize| line.start < *at && *at < line.end;
    let mut cuts: Vec<usize> = spans.flat_map(|span| [span.start, span.end]).filter(inside).collect();
    // The secrets stand in order, so the one at a place is looked up: a line may hold tens of thousands.
    let secret_at = |at: usize| secrets.get(secrets.partition_point(|secret| secret.span.end <= at)).copied();
    // Inside a secret nothing is cut: it is one piece.
    cuts.retain(|at| secret_at(*at).is_none_or(|secret| secret.span.start >= *at));
    cuts.extend([line.start, line.end]);
    cuts.sort_unstable();
    cuts.dedup();

    let mut pieces: Vec<Piece> = Vec::new();
    for (start, end) in cuts.iter().zip(cuts.iter().skip(1)).map(|(start, end)| (*start, *end)) {
        let over = |span: &Range<usize>| span.start < end && start < span.end;
        let secret = secret_at(start).filter(|secret| over(&secret.span));
        let text = match secret {
            // The rest of a secret that began on an earlier line is under the mask there.
            Some(secret) if secret.span.start < start => continue,
            Some(secret) => redact::mask_part(text, std::slice::from_ref(secret), secret.span.clone()),
            None => text.get(start..end).unwrap_or_default().to_owned(),
        };
        let ends_here =
            |mark: &Mark| mark.line == index && over(&mark.span) && mark.span.end.min(line.end) <= end;
        let marked = marks.iter().any(|(_, mark)| over(&mark.span));
        // Between two marks nothing is drawn under the space.
        let word = text.trim_start();
        let space = text.get(..text.len() - word.len()).unwrap_or_default();
        if marked && !space.is_empty() {
            pieces.push(Piece { text: visible(space), ..Piece::default() });
        }
        pieces.push(Piece {
            text: visible(if marked { word } else { &text }),
            marked,
            masked: secret.is_some(),
            rings: marks.iter().filter(|(_, mark)| ends_here(mark)).map(|(number, _)| number + 1).collect(),
        });
    }
    pieces
}

/// Text that shows what is there: nothing that turns the line around, no control characters, no endless piece.
fn visible(text: &str) -> String {
    let is_hidden = |c: char| {
        (c.is_control() && c != '\t')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let shown = |c: char| if is_hidden(c) { '\u{fffd}' } else { c };
    if text.chars().nth(PIECE_MAX).is_none() {
        return text.chars().map(shown).collect();
    }
    let length = text.chars().count();
    let half = PIECE_MAX / 2;
    let start = text.chars().take(half).map(shown);
    let end = text.chars().skip(length - half).map(shown);
    start.chain(" … ".chars()).chain(end).collect()
}

/// Folds away runs of lines that are far from every mark.
fn fold(lines: Vec<(Line, bool)>) -> Vec<Block> {
    let marked: Vec<bool> = lines.iter().map(|(_, marked)| *marked).collect();
    let is_near = |index: usize| {
        let from = index.saturating_sub(CONTEXT);
        marked.iter().skip(from).take(index - from + CONTEXT + 1).any(|marked| *marked)
    };
    let mut runs: Vec<(bool, Vec<Line>)> = Vec::new();
    for (index, (line, _)) in lines.into_iter().enumerate() {
        let near = is_near(index);
        match runs.last_mut() {
            Some((kind, run)) if *kind == near => run.push(line),
            _ => runs.push((near, vec![line])),
        }
    }
    runs.into_iter()
        .map(|(near, mut run)| {
            if near || run.len() < WORTH_FOLDING {
                return Block::Lines(run);
            }
            let more = run.len().saturating_sub(FOLD_MAX);
            run.truncate(FOLD_MAX);
            Block::Fold(run, more)
        })
        .collect()
}

/// Notes stand in the margin one below the other. Those that come soon after long ones are pushed down; a stroke from
/// their line would lead to somebody else's note.
fn make_room(blocks: &mut [Block]) {
    /// Characters in a row of a note, and how many rows of a note are as high as one line of code.
    const ROW: usize = 32;
    let rows = |note: &Note| {
        note.says.chars().count().div_ceil(ROW)
            + note.detail.as_ref().map_or(0, |text| text.len().div_ceil(ROW))
    };
    let mut taken = 0_usize;
    for block in blocks {
        let Block::Lines(lines) = block else {
            taken = taken.saturating_sub(1);
            continue;
        };
        for line in lines {
            line.beside = taken == 0 && !line.notes.is_empty();
            taken += line.notes.iter().map(rows).sum::<usize>();
            taken = taken.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::sync::Arc;

    use super::*;
    use crate::diagnosis::Meaning;
    use crate::redact::SecretKind;
    use crate::report::Span;

    fn finding(text: &str, seen: &str, says: &str) -> Finding {
        let start = text.find(seen).expect("the test names what stands in its text");
        let meaning = Meaning { id: "test.seen".into(), says: says.into(), points_to: Vec::new() };
        Finding { meaning: Arc::new(meaning), span: Some(Span::new(start, start + seen.len())), detail: None }
    }

    /// The lines as they are shown: `[marked](1)`, with the notes below.
    fn print(marked: &Marked) -> String {
        let mut out = String::new();
        for block in &marked.blocks {
            let lines = match block {
                Block::Lines(lines) => lines,
                Block::Fold(..) | Block::Gap(_) => {
                    let _ = writeln!(out, "({} lines)", block.hidden());
                    continue;
                }
            };
            for line in lines {
                if let Some(number) = line.number {
                    let _ = write!(out, "{number} | ");
                }
                for piece in &line.pieces {
                    let text = if piece.marked { format!("[{}]", piece.text) } else { piece.text.clone() };
                    let rings: String = piece.rings.iter().map(|ring| format!("({ring})")).collect();
                    let _ = write!(out, "{text}{rings}");
                }
                out.push('\n');
                for note in &line.notes {
                    let _ = writeln!(out, "    {}: {}", note.number, note.says);
                }
            }
        }
        out
    }

    #[track_caller]
    fn check(text: &str, seen: &[(&str, &str)], expected: &str) {
        let findings: Vec<Finding> = seen.iter().map(|(seen, says)| finding(text, seen, says)).collect();
        assert_eq!(print(&mark(text, &findings, |_| true, &[], false)).trim_end(), expected.trim());
    }

    #[test]
    fn the_note_stands_under_the_line_and_carries_the_number_of_its_mark() {
        check(
            "> GET / HTTP/1.1\n< HTTP/1.1 401 Unauthorized\n",
            &[("401", "The answer is 401.")],
            "> GET / HTTP/1.1\n< HTTP/1.1 [401](1) Unauthorized\n    1: The answer is 401.",
        );
    }

    #[test]
    fn numbers_follow_the_text_and_not_the_order_of_finding() {
        check("a b", &[("b", "Second."), ("a", "First.")], "[a](1) [b](2)\n    1: First.\n    2: Second.");
    }

    #[test]
    fn marks_that_overlap_are_cut_where_they_cross() {
        check(
            "ab cd ef",
            &[("ab cd", "One."), ("cd ef", "Two.")],
            "[ab ][cd](1) [ef](2)\n    1: One.\n    2: Two.",
        );
    }

    #[test]
    fn a_mark_that_ends_inside_a_word_takes_the_whole_word() {
        check("$ curl -v x", &[("curl -", "It is curl.")], "$ [curl -v](1) x\n    1: It is curl.");
        check("say unbilled.", &[("bill", "A bill.")], "say [unbilled](1).\n    1: A bill.");
    }

    #[test]
    fn lines_far_from_a_mark_are_folded_away() {
        check("1\n2\n3\n4\n5\n6 x\n7", &[("x", "An x.")], "(4 lines)\n5\n6 [x](1)\n    1: An x.\n7");
    }

    #[test]
    fn a_mark_over_many_lines_is_drawn_on_the_first() {
        check("a1\na2\na3\na4", &[("a1\na2\na3\na4", "All.")], "[a1](1)\n    1: All.\na2\na3\na4");
    }

    #[test]
    fn of_a_large_text_the_marked_lines_are_shown_with_their_numbers_and_neighbours() {
        let text = format!("{}first x\n{}last y\nend\n", "-\n".repeat(1000), "-\n".repeat(5000));
        let findings = [finding(&text, "x", "An x."), finding(&text, "y", "A y.")];
        let shown = print(&mark(&text, &findings, |_| true, &[], true));
        assert_eq!(
            shown.trim_end(),
            "(999 lines)\n1000 | -\n1001 | first [x](1)\n    1: An x.\n1002 | -\n(4998 lines)\n6001 | -\n6002 | last [y](2)\n    2: A y.\n6003 | end"
        );
    }

    #[test]
    fn of_a_line_of_megabytes_only_what_is_near_a_mark_is_shown_and_no_part_of_a_secret() {
        let key = "k".repeat(400);
        let text = format!("{}é{key} seen {key}{}", "a".repeat(2_000_000), "b".repeat(2_000_000));
        let findings = [finding(&text, "seen", "Seen.")];
        let at = text.find(&key).unwrap();
        let (first, second) = (at..at + 400, at + 406..at + 806);
        let secret = |span| Secret { span, kind: SecretKind::Token };
        let shown = print(&mark(&text, &findings, |_| true, &[secret(first), secret(second)], true));
        assert_eq!(shown.trim_end(), "1 | …[masked] [seen](1) [masked]…\n    1: Seen.");
    }

    #[test]
    fn a_secret_is_one_piece_also_where_a_mark_ends_inside_it() {
        let text = "token abcdefgh end";
        let secret = Secret { span: 6..14, kind: SecretKind::JsonWebToken };
        let findings = [finding(text, "token abc", "A token.")];
        let marked = mark(text, &findings, |_| true, &[secret], false);
        let Some(Block::Lines(lines)) = marked.blocks.first() else { panic!("lines") };
        let masked: Vec<&Piece> = lines[0].pieces.iter().filter(|piece| piece.masked).collect();
        assert_eq!(masked.len(), 1);
        assert!(masked[0].marked);
    }

    #[test]
    fn a_line_of_twenty_thousand_secrets_is_masked_as_fast_as_it_is_read() {
        let text = "k=abcd ".repeat(20_000);
        let at = |index: usize| index * 7 + 2..index * 7 + 6;
        let secrets: Vec<Secret> =
            (0..20_000).map(|index| Secret { span: at(index), kind: SecretKind::Token }).collect();
        let marked = mark(&text, &[], |_| true, &secrets, false);
        let Some(Block::Lines(lines)) = marked.blocks.first() else { panic!("lines") };
        assert_eq!(lines[0].pieces.iter().filter(|piece| piece.masked).count(), 20_000);
        assert!(lines[0].pieces.iter().all(|piece| !piece.text.contains("abcd")));
    }

    #[test]
    fn letters_that_turn_a_line_around_are_shown_as_what_they_are() {
        assert_eq!(visible("a\u{202e}b\u{1b}[0m"), "a\u{fffd}b\u{fffd}[0m");
    }

    #[test]
    fn an_endless_line_is_shown_by_its_ends() {
        let shown = visible(&"é".repeat(10_000));
        assert_eq!(shown.chars().count(), PIECE_MAX + 3);
    }

    #[test]
    fn an_empty_paste_is_one_empty_line() {
        assert_eq!(print(&mark("", &[], |_| true, &[], false)), "\n");
    }
}
