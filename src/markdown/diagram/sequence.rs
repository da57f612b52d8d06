//! Who says what to whom, from top to bottom.
//!
//! `A -> B: text` is a request, `A --> B: text` an answer, `-x` or `--x` a message that never arrives, and
//! `note A: text` a remark on one of them.

use super::measure::{LINE, widest, wrap};
use super::svg::{Anchor, Canvas};
use super::{Drawing, Slip, short, title};
use crate::markdown::escape;

const MOST_PARTICIPANTS: usize = 4;
const MOST_STEPS: usize = 10;
const LONGEST_NAME: usize = 16;
const LONGEST_TEXT: usize = 34;
const LONGEST_NOTE: usize = 60;

/// What the text of a message may take before it is broken; more where the distance is longer anyway.
const ROOM: f32 = 120.0;
const NAME_HEIGHT: f32 = 32.0;
/// From the edge of the picture to what is in it.
const EDGE: f32 = 2.0;

/// What was written, understood.
struct Sequence {
    title: String,
    participants: Vec<String>,
    steps: Vec<Step>,
}

enum Step {
    Message { from: usize, to: usize, answer: bool, lost: bool, text: String },
    Note { on: usize, text: String },
}

pub(super) fn draw(text: &str) -> Result<Drawing, Vec<Slip>> {
    let sequence = Sequence::read(text)?;
    let words: Vec<String> = sequence.steps.iter().map(|step| sequence.in_words(step)).collect();
    let (shapes, size) = Layout::of(&sequence).draw(&sequence);
    let items = words.iter().map(|line| escape(line)).collect();
    Ok(Drawing { kind: "sequence", title: sequence.title, size, shapes, items, words, has_links: false })
}

impl Sequence {
    fn read(text: &str) -> Result<Sequence, Vec<Slip>> {
        let mut slips = Vec::new();
        let title = title(text).unwrap_or_else(|slip| {
            slips.push(slip);
            String::new()
        });
        let mut sequence = Sequence { title, participants: Vec::new(), steps: Vec::new() };
        for (number, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with("title:") && number == 0 {
                continue;
            }
            match sequence.step(line.trim()) {
                Ok(step) => sequence.steps.push(step),
                Err(what) => slips.push((number, what)),
            }
        }
        if sequence.steps.is_empty() && slips.is_empty() {
            slips.push((0, "a sequence in which nothing happens; write `A -> B: text`".to_owned()));
        }
        if sequence.steps.len() > MOST_STEPS {
            let what = format!(
                "a sequence of {} lines; tell it in {MOST_STEPS}, or in two pictures",
                sequence.steps.len()
            );
            slips.push((0, what));
        }
        if slips.is_empty() { Ok(sequence) } else { Err(slips) }
    }

    fn step(&mut self, line: &str) -> Result<Step, String> {
        let Some((head, text)) = line.split_once(": ") else {
            return Err(format!("`{line}` says nothing; write `A -> B: text` or `note A: text`"));
        };
        let text = text.trim().to_owned();
        if let Some(name) = head.strip_prefix("note ") {
            short("a note", &text, LONGEST_NOTE)?;
            // Whoever is only remarked on has a line, too: what never ran is seen to stand idle.
            let on = self.participant(name.trim())?;
            return Ok(Step::Note { on, text });
        }
        // The longer arrows first: each of the shorter is the end of one.
        let arrows =
            [(" --> ", true, false), (" --x ", true, true), (" -> ", false, false), (" -x ", false, true)];
        let found = arrows.into_iter().find_map(|(arrow, answer, lost)| {
            head.split_once(arrow).map(|(from, to)| (from.trim(), to.trim(), answer, lost))
        });
        let Some((from, to, answer, lost)) = found else {
            return Err(format!("`{head}` has no arrow; write ` -> `, ` --> ` or ` -x ` between two names"));
        };
        short("the text of a message", &text, LONGEST_TEXT)?;
        if lost && from == to {
            return Err(format!("`{from}` loses a message to itself; use ` -> `"));
        }
        Ok(Step::Message { from: self.participant(from)?, to: self.participant(to)?, answer, lost, text })
    }

    fn participant(&mut self, name: &str) -> Result<usize, String> {
        if let Some(place) = self.participants.iter().position(|there| there == name) {
            return Ok(place);
        }
        short("a name", name, LONGEST_NAME)?;
        if self.participants.len() == MOST_PARTICIPANTS {
            return Err(format!("`{name}` is one more than {MOST_PARTICIPANTS}; leave somebody out"));
        }
        self.participants.push(name.to_owned());
        Ok(self.participants.len() - 1)
    }

    fn in_words(&self, step: &Step) -> String {
        match step {
            Step::Message { from, to, text, .. } if from == to => {
                format!("{}, by itself: {text}.", self.participants[*from])
            }
            Step::Message { from, to, answer, lost, text } => {
                let (from, to) = (&self.participants[*from], &self.participants[*to]);
                let lost = if *lost { ", which never arrives" } else { "" };
                let verb = if *answer { "answers" } else { "to" };
                format!("{from} {verb} {to}{lost}: {text}.")
            }
            Step::Note { on, text } => format!("Note on {}: {text}.", self.participants[*on]),
        }
    }
}

/// Where everything goes.
struct Layout {
    /// The middle of each participant's line.
    lanes: Vec<f32>,
    /// The text of each step, in lines.
    texts: Vec<Vec<String>>,
    width: f32,
}

impl Layout {
    fn of(sequence: &Sequence) -> Layout {
        let names: Vec<f32> = sequence.participants.iter().map(|name| name_width(name)).collect();
        let mut texts: Vec<Vec<String>> = sequence.steps.iter().map(|step| broken(step, ROOM)).collect();
        let mut gaps: Vec<f32> =
            names.windows(2).map(|pair| ((pair[0] + pair[1]) / 2.0 + 20.0).max(80.0)).collect();
        let mut right = names.last().copied().unwrap_or(0.0) / 2.0;
        // Short ways first: what they need is a part of what the long ones have.
        for span in 0..names.len() {
            for (step, text) in sequence.steps.iter().zip(&texts) {
                let Step::Message { from, to, .. } = step else { continue };
                let (first, last) = (*from.min(to), *from.max(to));
                if last - first != span {
                    continue;
                }
                let between = if span == 0 { first..first + 1 } else { first..last };
                let need = widest(text) + if span == 0 { 50.0 } else { 26.0 };
                match gaps.get_mut(between) {
                    Some(there) => {
                        let missing = (need - there.iter().sum::<f32>()).max(0.0) / there.len() as f32;
                        there.iter_mut().for_each(|gap| *gap += missing);
                    }
                    None => right = right.max(need),
                }
            }
        }
        let mut left = names.first().copied().unwrap_or(0.0) / 2.0;
        let reach: f32 = gaps.iter().sum();
        for (step, text) in sequence.steps.iter().zip(&texts) {
            if let Step::Note { on, .. } = step {
                // A note may cover its neighbours' lines, but not the edge.
                let at: f32 = gaps.iter().take(*on).sum();
                let half = note_width(text) / 2.0;
                left = left.max(half - at);
                right = right.max(half - (reach - at));
            }
        }
        let mut lanes = vec![left + EDGE];
        for gap in gaps {
            lanes.push(lanes.last().copied().unwrap_or(0.0) + gap);
        }
        for (step, text) in sequence.steps.iter().zip(&mut texts) {
            if let Step::Message { from, to, .. } = step
                && from != to
            {
                *text = broken(step, ((lanes[*to] - lanes[*from]).abs() - 26.0).max(ROOM));
            }
        }
        let width = lanes.last().copied().unwrap_or(0.0) + right + EDGE;
        Layout { lanes, texts, width }
    }

    fn draw(&self, sequence: &Sequence) -> (String, (f32, f32)) {
        let mut steps = Canvas::default();
        let mut y = NAME_HEIGHT + EDGE + 10.0;
        for (step, text) in sequence.steps.iter().zip(&self.texts) {
            y = match step {
                Step::Message { from, to, .. } if from == to => self.by_itself(&mut steps, y, *from, text),
                Step::Message { from, to, answer, lost, text: whole } => {
                    let refused = whole.split(|c: char| !c.is_ascii_digit()).any(|word| word == "401");
                    let class = match (refused, answer) {
                        (true, true) => "answer refused",
                        (true, false) => "request refused",
                        (false, true) => "answer",
                        (false, false) => "request",
                    };
                    self.message(&mut steps, y, (*from, *to), (class, *lost), text)
                }
                Step::Note { on, .. } => self.note(&mut steps, y, *on, text),
            };
        }
        let bottom = y + 6.0;
        let mut canvas = Canvas::default();
        for (lane, name) in self.lanes.iter().zip(&sequence.participants) {
            canvas.line("lane", (*lane, NAME_HEIGHT + EDGE), (*lane, bottom));
            let width = name_width(name);
            canvas.rect("box", (lane - width / 2.0, EDGE), (width, NAME_HEIGHT));
            canvas.text("name", (*lane, EDGE + 21.0), Anchor::Middle, std::slice::from_ref(name));
        }
        (canvas.finish() + &steps.finish(), (self.width, bottom + EDGE))
    }

    fn message(
        &self,
        canvas: &mut Canvas,
        top: f32,
        (from, to): (usize, usize),
        (class, lost): (&str, bool),
        text: &[String],
    ) -> f32 {
        let (start, end) = (self.lanes[from], self.lanes[to]);
        let way = (end - start).signum();
        let y = top + LINE * text.len() as f32 + 5.0;
        let label = if class.ends_with("refused") { "said refused" } else { "said" };
        // What it stands on is washed out behind it, so that a line in between does not strike it through.
        let (middle, wide) = ((start + end) / 2.0, widest(text) + 8.0);
        canvas.rect("behind", (middle - wide / 2.0, top), (wide, LINE * text.len() as f32));
        canvas.text(label, (middle, top + 14.0), Anchor::Middle, text);
        if lost {
            let stop = start + (end - start) * 0.72;
            canvas.line(class, (start, y), (stop, y));
            let (l, r, t, b) = (stop - 5.0, stop + 5.0, y - 5.0, y + 5.0);
            canvas.path("lost", &format!("M{l:.1} {t:.1}L{r:.1} {b:.1}M{r:.1} {t:.1}L{l:.1} {b:.1}"));
        } else {
            canvas.line(class, (start, y), (end - way * 6.0, y));
            let head = if class.ends_with("refused") { "head refused" } else { "head" };
            canvas.head(head, (end - way, y), (way, 0.0));
        }
        y + 12.0
    }

    fn by_itself(&self, canvas: &mut Canvas, top: f32, at: usize, text: &[String]) -> f32 {
        let x = self.lanes[at];
        let height = (LINE * text.len() as f32).max(22.0);
        let (y, out, low) = (top + 6.0, x + 26.0, top + 6.0 + height);
        canvas.path("request", &format!("M{x:.1} {y:.1}H{out:.1}V{low:.1}H{:.1}", x + 6.0));
        canvas.head("head", (x + 1.0, low), (-1.0, 0.0));
        let first = y + (height - LINE * text.len() as f32) / 2.0 + 14.0;
        canvas.text("said", (out + 8.0, first), Anchor::Start, text);
        low + 12.0
    }

    fn note(&self, canvas: &mut Canvas, top: f32, on: usize, text: &[String]) -> f32 {
        let (width, height) = (note_width(text), LINE * text.len() as f32 + 12.0);
        let x = (self.lanes[on] - width / 2.0).clamp(EDGE, (self.width - EDGE - width).max(EDGE));
        canvas.rect("note", (x, top + 2.0), (width, height));
        canvas.text("remark", (x + width / 2.0, top + 22.0), Anchor::Middle, text);
        top + height + 14.0
    }
}

fn broken(step: &Step, room: f32) -> Vec<String> {
    match step {
        Step::Message { text, .. } => wrap(text, room),
        Step::Note { text, .. } => wrap(text, 190.0),
    }
}

fn name_width(name: &str) -> f32 {
    super::measure::width(name) + 26.0
}

fn note_width(text: &[String]) -> f32 {
    widest(text) + 22.0
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::markdown::tests::{faults, read};

    #[test]
    fn a_sequence_is_drawn_and_said_in_words() {
        let document = read(
            "```sequence\ntitle: Nobody & nothing\nApp -> Auth: who?\nAuth --> App: 401\nApp -> App: retry\nAuth --x App: lost\nnote App: Never ran\n```\n",
        );
        assert_snapshot!(document.html, @r#"
        <figure class="picture">
        <figcaption>Nobody &amp; nothing</figcaption>
        <div class="canvas" tabindex="0" role="group" aria-labelledby="picture-1-title">
        <svg class="sequence" role="img" aria-labelledby="picture-1-title" aria-describedby="picture-1-words" width="162" height="241" viewBox="0 0 162 241">
        <title id="picture-1-title">Nobody &amp; nothing</title>
        <desc id="picture-1-words">App to Auth: who?. Auth answers App: 401. App, by itself: retry. Auth answers App, which never arrives: lost. Note on App: Never ran.</desc>
        <path class="lane" d="M45.9 34.0L45.9 239.0"/>
        <rect class="box" x="18.7" y="2.0" width="54.3" height="32.0" rx="3"/>
        <text class="name" x="45.9" y="23.0" text-anchor="middle">App</text>
        <path class="lane" d="M129.7 34.0L129.7 239.0"/>
        <rect class="box" x="99.8" y="2.0" width="59.8" height="32.0" rx="3"/>
        <text class="name" x="129.7" y="23.0" text-anchor="middle">Auth</text>
        <rect class="behind" x="65.6" y="44.0" width="44.4" height="18.0" rx="3"/>
        <text class="said" x="87.8" y="58.0" text-anchor="middle">who?</text>
        <path class="request" d="M45.9 67.0L123.7 67.0"/>
        <path class="head" d="M120.7 71.0L128.7 67.0L120.7 63.0Z"/>
        <rect class="behind" x="70.8" y="79.0" width="34.0" height="18.0" rx="3"/>
        <text class="said refused" x="87.8" y="93.0" text-anchor="middle">401</text>
        <path class="answer refused" d="M129.7 102.0L51.9 102.0"/>
        <path class="head refused" d="M54.9 98.0L46.9 102.0L54.9 106.0Z"/>
        <path class="request" d="M45.9 120.0H71.9V142.0H51.9"/>
        <path class="head" d="M54.9 138.0L46.9 142.0L54.9 146.0Z"/>
        <text class="said" x="79.9" y="136.0" text-anchor="start">retry</text>
        <rect class="behind" x="70.8" y="154.0" width="34.0" height="18.0" rx="3"/>
        <text class="said" x="87.8" y="168.0" text-anchor="middle">lost</text>
        <path class="answer" d="M129.7 177.0L69.3 177.0"/>
        <path class="lost" d="M64.3 172.0L74.3 182.0M74.3 172.0L64.3 182.0"/>
        <rect class="note" x="2.0" y="191.0" width="87.7" height="30.0" rx="3"/>
        <text class="remark" x="45.9" y="211.0" text-anchor="middle">Never ran</text>
        </svg>
        </div>
        <details class="in-words">
        <summary>In words</summary>
        <ol>
        <li>App to Auth: who?.</li>
        <li>Auth answers App: 401.</li>
        <li>App, by itself: retry.</li>
        <li>Auth answers App, which never arrives: lost.</li>
        <li>Note on App: Never ran.</li>
        </ol>
        </details>
        </figure>
        "#);
        assert!(document.faults.is_empty());
    }

    /// The numbers that follow a mark in a drawing.
    fn numbers<'d>(drawing: &'d str, mark: &'d str) -> impl Iterator<Item = f32> + 'd {
        drawing.split(mark).skip(1).map(|rest| {
            let end = rest.find(|c: char| c != '.' && c != '-' && !c.is_ascii_digit()).unwrap_or(rest.len());
            rest[..end].parse().expect("a number")
        })
    }

    #[test]
    fn nothing_is_drawn_beyond_the_edge() {
        let long = "W".repeat(34);
        let note = "A note of sixty characters, all of which should be readable.";
        for steps in [
            format!("A -> B: {long}\nB -> B: {long}\nnote A: {note}\nnote B: {note}"),
            format!(
                "Wwwwwwwwwwwwww -> B: x\nB -> C: x\nC -> D: {long}\nD -> Wwwwwwwwwwwwww: {long}\nD -> D: {long}"
            ),
            format!("A -> A: {long}\nnote A: {note}"),
        ] {
            let html = read(&format!("```sequence\ntitle: t\n{steps}\n```\n")).html.to_string();
            let drawing =
                html.split("<svg").nth(1).and_then(|rest| rest.split("</svg>").next()).expect("a drawing");
            let width = numbers(drawing, " width=\"").next().expect("a width");
            let boxes = numbers(drawing, " x=\"").collect::<Vec<_>>();
            assert!(boxes.iter().all(|x| (0.0..=width).contains(x)), "{boxes:?} in {width}");
            for shape in drawing.split("<rect").skip(1) {
                let right: f32 =
                    numbers(shape, " x=\"").take(1).chain(numbers(shape, " width=\"").take(1)).sum();
                assert!(right <= width, "{right} of {width}: {steps}");
            }
        }
    }

    #[test]
    fn pictures_of_a_page_have_ids_of_their_own() {
        let one = "```sequence\ntitle: t\nA -> B: c\n```\n";
        let html = read(&format!("## Fix\n\n{one}\n{one}")).html;
        assert!(
            html.as_str().contains("id=\"picture-1-title\"")
                && html.as_str().contains("id=\"picture-2-title\"")
        );
        let elsewhere =
            html.section("fix", "clock-skew", "/articles/clock-skew").expect("there is one").to_string();
        for what in ["id", "aria-labelledby"] {
            assert!(elsewhere.contains(&format!("{what}=\"clock-skew-picture-2-title\"")), "{elsewhere}");
        }
        assert!(elsewhere.contains("aria-describedby=\"clock-skew-picture-1-words\""));
    }

    #[test]
    fn slips_in_a_sequence_are_reported_with_what_to_do() {
        faults(
            "```sequence\ntitle:\nA > B: c\nA -> B\nnote C:  \nA -x A: e\nA -> Bbbbbbbbbbbbbbbbb: f\nA -> B: 01234567890123456789012345678901234\n```\n\n```sequence\ntitle: a\n```\n\n```sequence\ntitle: b\nA -> B: x\nC -> D: x\nA -> E: x\n```\n",
            &[
                "2: the title is empty; write it",
                "3: `A > B` has no arrow; write ` -> `, ` --> ` or ` -x ` between two names",
                "4: `A -> B` says nothing; write `A -> B: text` or `note A: text`",
                "5: `note C:` says nothing; write `A -> B: text` or `note A: text`",
                "6: `A` loses a message to itself; use ` -> `",
                "7: a name has 17 characters; shorten it to 16: `Bbbbbbbbbbbbbbbbb`",
                "8: the text of a message has 35 characters; shorten it to 34: `01234567890123456789012345678901234`",
                "12: a sequence in which nothing happens; write `A -> B: text`",
                "19: `E` is one more than 4; leave somebody out",
            ],
        );
    }
}
