//! A path of questions, from top to bottom. Each answer goes on to the next question or ends in advice.

use super::measure::{LINE, widest, width, wrap};
use super::svg::{Anchor, Canvas};
use super::{Drawing, Resolve, Slip, short, title};
use crate::markdown::{escape, escape_address};

const MOST_QUESTIONS: usize = 8;
const MOST_ANSWERS: usize = 4;
const LONGEST_QUESTION: usize = 90;
const LONGEST_ANSWER: usize = 16;
const LONGEST_END: usize = 70;

/// As wide as the column of a phone. The style makes it smaller where there is less, so that it never scrolls sideways.
const WIDTH: f32 = 324.0;
const EDGE: f32 = 2.0;
/// The line that leads on to the next question.
const TRUNK: f32 = 24.0;

/// What was written, understood.
struct Flow {
    title: String,
    questions: Vec<Question>,
}

struct Question {
    /// The line below the first.
    line: usize,
    text: String,
    answers: Vec<Answer>,
}

struct Answer {
    says: String,
    then: Then,
}

enum Then {
    Next,
    /// The advice, and the address that it leads to.
    End(String, Option<String>),
}

pub(super) fn draw(text: &str, resolve: Resolve<'_>) -> Result<Drawing, Vec<Slip>> {
    let flow = Flow::read(text, resolve)?;
    let (shapes, height) = flow.shapes();
    let says = |number: usize, question: &Question, marked: bool| {
        let answers = question.answers.iter().map(|answer| answer.in_words(number, marked));
        let text = if marked { escape(&question.text) } else { question.text.clone() };
        format!("{text} {}", answers.collect::<Vec<_>>().join(" "))
    };
    let numbered = || flow.questions.iter().enumerate();
    Ok(Drawing {
        kind: "flow",
        size: (WIDTH, height),
        shapes,
        items: numbered().map(|(number, question)| says(number, question, true)).collect(),
        words: numbered().map(|(number, question)| says(number, question, false)).collect(),
        has_links: flow
            .questions
            .iter()
            .flat_map(|question| &question.answers)
            .any(|answer| matches!(answer.then, Then::End(_, Some(_)))),
        title: flow.title,
    })
}

impl Answer {
    /// The answer as a sentence. `number` is the place of its question, from 0.
    fn in_words(&self, number: usize, marked: bool) -> String {
        let text = |text: &str| if marked { escape(text) } else { text.to_owned() };
        let then = match &self.then {
            Then::Next => format!("go on with question {}", number + 2),
            Then::End(end, Some(address)) if marked => {
                format!("<a href=\"{}\">{}</a>", escape_address(address), escape(end))
            }
            Then::End(end, _) => text(end),
        };
        format!("If {}: {then}.", text(&self.says))
    }
}

impl Flow {
    fn read(text: &str, resolve: Resolve<'_>) -> Result<Flow, Vec<Slip>> {
        let mut slips = Vec::new();
        let title = title(text).unwrap_or_else(|slip| {
            slips.push(slip);
            String::new()
        });
        let mut questions: Vec<Question> = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with("title:") && number == 0 {
                continue;
            }
            let read = match line.strip_prefix("ask:").map(str::trim) {
                Some(question) => short("a question", question, LONGEST_QUESTION).map(|()| {
                    questions.push(Question { line: number, text: question.to_owned(), answers: Vec::new() });
                }),
                None => answer(line, number, resolve).and_then(|answer| match questions.last_mut() {
                    Some(question) => {
                        question.answers.push(answer);
                        Ok(())
                    }
                    None => Err(format!("`{line}` answers nothing; write `ask: QUESTION` above it")),
                }),
            };
            slips.extend(read.err().map(|what| (number, what)));
        }
        if slips.is_empty() {
            slips = shape(&questions);
        }
        if slips.is_empty() { Ok(Flow { title, questions }) } else { Err(slips) }
    }

    /// The shapes, and the height they take.
    fn shapes(&self) -> (String, f32) {
        let mut canvas = Canvas::default();
        let mut y = EDGE;
        for question in &self.questions {
            let lines = wrap(&question.text, WIDTH - 2.0 * EDGE - 28.0);
            let height = LINE * lines.len() as f32 + 18.0;
            canvas.rect("box", (EDGE, y), (WIDTH - 2.0 * EDGE, height));
            canvas.text("name", (EDGE + 14.0, y + 22.0), Anchor::Start, &lines);
            y = answers(&mut canvas, y + height, &question.answers);
        }
        (canvas.finish(), y + EDGE)
    }
}

/// The ends of a question first, each as a branch to the right; then the way on. Gives where the next thing begins.
fn answers(canvas: &mut Canvas, top: f32, answers: &[Answer]) -> f32 {
    let label = answers.iter().map(|answer| width(&answer.says)).fold(0.0, f32::max) + 14.0;
    let ends = TRUNK + 14.0 + label + 26.0;
    let mut y = top;
    let mut last_branch = top;
    for answer in answers {
        let Then::End(text, address) = &answer.then else { continue };
        let lines = wrap(text, WIDTH - EDGE - ends - 8.0);
        let middle = y + 24.0;
        canvas.line("request", (TRUNK, middle), (ends - 12.0, middle));
        canvas.head("head", (ends - 6.0, middle), (1.0, 0.0));
        says(canvas, TRUNK + 14.0, middle, &answer.says);
        match address {
            Some(address) => canvas.link(&escape_address(address), |canvas| {
                // The gaps between the lines can be hit, too.
                let size = (widest(&lines) + 8.0, LINE * lines.len() as f32 + 8.0);
                canvas.rect("target", (ends - 2.0, middle - 16.0), size);
                canvas.text("end", (ends + 2.0, middle + 5.0), Anchor::Start, &lines);
            }),
            None => canvas.text("end", (ends + 2.0, middle + 5.0), Anchor::Start, &lines),
        }
        last_branch = middle;
        y = middle + LINE * (lines.len() as f32 - 1.0) + 8.0;
    }
    match answers.iter().find(|answer| matches!(answer.then, Then::Next)) {
        None => {
            canvas.line("request", (TRUNK, top), (TRUNK, last_branch));
            y
        }
        Some(next) => {
            let bottom = y + 44.0;
            canvas.line("request", (TRUNK, top), (TRUNK, bottom - 6.0));
            canvas.head("head", (TRUNK, bottom - 1.0), (0.0, 1.0));
            canvas.text("said", (TRUNK + 14.0, y + 25.0), Anchor::Start, std::slice::from_ref(&next.says));
            bottom
        }
    }
}

/// An answer on its branch, with room around it.
fn says(canvas: &mut Canvas, x: f32, middle: f32, text: &str) {
    canvas.rect("behind", (x - 4.0, middle - 9.0), (width(text) + 8.0, 18.0));
    canvas.text("said", (x, middle + 5.0), Anchor::Start, &[text.to_owned()]);
}

fn answer(line: &str, number: usize, resolve: Resolve<'_>) -> Result<Answer, String> {
    let Some((says, then)) = line.split_once(" -> ") else {
        return Err(format!(
            "`{line}` is neither a question nor an answer; write `ask: ...` or `yes -> ...`"
        ));
    };
    let (says, then) = (says.trim().to_owned(), then.trim());
    short("an answer", &says, LONGEST_ANSWER)?;
    if then == "next" {
        return Ok(Answer { says, then: Then::Next });
    }
    let (text, link) = match then.rsplit_once(": ") {
        Some((text, link)) if is_link(link.trim()) => (text.trim(), Some(link.trim())),
        _ => (then, None),
    };
    short("where an answer ends", text, LONGEST_END)?;
    let address = link.map(|link| resolve(link, number)).transpose()?;
    Ok(Answer { says, then: Then::End(text.to_owned(), address) })
}

fn is_link(text: &str) -> bool {
    let leads = text.starts_with(['/', '#', '.']) || text.contains(".md") || text.contains("://");
    leads && !text.contains(char::is_whitespace)
}

/// What is wrong with how the questions follow each other.
fn shape(questions: &[Question]) -> Vec<Slip> {
    let mut slips = Vec::new();
    if questions.is_empty() {
        slips.push((0, "a path without a question; write `ask: QUESTION`".to_owned()));
    }
    if questions.len() > MOST_QUESTIONS {
        let what =
            format!("a path of {} questions; ask {MOST_QUESTIONS}, or draw two pictures", questions.len());
        slips.push((0, what));
    }
    for (place, question) in questions.iter().enumerate() {
        let is_last = place + 1 == questions.len();
        let on = question.answers.iter().filter(|answer| matches!(answer.then, Then::Next)).count();
        let what = match (question.answers.len(), on) {
            (0 | 1, _) => {
                "a question with less than two answers; write `yes -> ...` and `no -> ...` below it"
            }
            (count, _) if count > MOST_ANSWERS => "a question with more than four answers; ask it in two",
            (_, 2..) => "two answers that go on; let one end, or leave the question out",
            (_, 1) if is_last => "an answer that goes on after the last question; let it end in advice",
            (_, 0) if !is_last => {
                "no answer goes on, so that nobody comes to the next question; write `-> next`"
            }
            _ => continue,
        };
        slips.push((question.line, what.to_owned()));
    }
    slips
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::markdown::tests::{faults, read};
    use crate::markdown::{Fault, article};

    const WHO: &str = "```flow\ntitle: Who wrote it\nask: Is there a Via header?\n  yes -> Ask the proxy: ../stacks/nginx.md\n  no -> next\nask: Is it in the log?\n  yes -> The application\n  no -> Something <else>\n```\n";

    #[test]
    fn a_path_is_said_in_words_with_its_links() {
        let document =
            article(WHO, 1, &mut |address, _| Ok(address.replace("../stacks/nginx.md", "/articles/nginx")));
        let (_, list) = document.html.as_str().split_once("<ol>\n").expect("a list");
        assert_snapshot!(list.split("</ol>").next().unwrap_or_default(), @r#"
        <li>Is there a Via header? If yes: <a href="/articles/nginx">Ask the proxy</a>. If no: go on with question 2.</li>
        <li>Is it in the log? If yes: The application. If no: Something &lt;else&gt;.</li>
        "#);
        assert_eq!(document.html.as_str().matches("<a href=\"/articles/nginx\">").count(), 2);
        assert!(
            document
                .lead
                .starts_with("Who wrote it\nIs there a Via header? If yes: Ask the proxy. If no: go on")
        );
    }

    #[test]
    fn a_picture_with_links_is_no_image_for_those_who_hear_it() {
        assert!(read(WHO).html.as_str().contains("<svg class=\"flow\" role=\"group\""));
        let without = WHO.replace(": ../stacks/nginx.md", "");
        assert!(read(&without).html.as_str().contains("<svg class=\"flow\" role=\"img\""));
    }

    #[test]
    fn a_dead_link_is_reported_with_its_line() {
        let document = article(WHO, 10, &mut |_, line| Err(format!("dead, asked on {line}")));
        assert_eq!(document.faults, [Fault { line: 13, what: "dead, asked on 13".to_owned() }]);
    }

    #[test]
    fn slips_in_a_path_are_reported_with_what_to_do() {
        faults(
            "```flow\nyes -> a\nask: b\nyes => c\n```\n\n```flow\ntitle: d\nask: e\nyes -> f\nno -> g\nask: h\nyes -> next\nno -> i\nask: j\nyes -> next\nno -> k\nask: l\nyes -> m\n```\n\n```flow\ntitle: n\nask: o\nyes -> next\nno -> next\nmaybe -> p\nask: q\nyes -> r\nno -> next\n```\n",
            &[
                "2: a picture without a title; begin with a line `title: WHAT IT SHOWS`",
                "2: `yes -> a` answers nothing; write `ask: QUESTION` above it",
                "4: `yes => c` is neither a question nor an answer; write `ask: ...` or `yes -> ...`",
                "9: no answer goes on, so that nobody comes to the next question; write `-> next`",
                "18: a question with less than two answers; write `yes -> ...` and `no -> ...` below it",
                "24: two answers that go on; let one end, or leave the question out",
                "28: an answer that goes on after the last question; let it end in advice",
            ],
        );
    }
}
