//! A diagnosis as it is shown, the same for terminal, page and API: excerpts with secrets masked, plain values. Knows
//! nothing of HTML, addresses or articles; what an article says is handed in.

use serde::Serialize;
use utoipa::ToSchema;

use super::other::Other;
use super::settle::Settle;
use super::{Answer, Diagnosis, Question, Ranked};
use crate::cause::Cause;
use crate::redact::{self, Secret};
use crate::report::Span;

/// Excerpts are cut to about this many bytes on each side of what is marked.
const CONTEXT: usize = 70;
/// A marked place longer than this is cut.
const LONGEST_MARK: usize = 160;

/// A diagnosis: the causes, best first, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Diagnosis)]
pub struct View {
    /// Best first.
    pub causes: Vec<CauseView>,
    pub findings: Vec<FindingView>,
    /// What the text shows when it shows another thing than a 401. The causes are ranked all the same.
    #[schema(required)]
    pub not_a_401: Option<OtherView>,
    /// One observation that tells the first cause from the second, or, in a conclusive diagnosis, whether it is the first.
    #[schema(required)]
    pub settle: Option<SettleView>,
    #[schema(required)]
    pub question: Option<QuestionView>,
    #[schema(example = true)]
    pub conclusive: bool,
    /// The address that rebuilds this diagnosis from its findings, without the paste.
    #[schema(example = "https://fix401.example/diagnose?f=message.expired")]
    pub permalink: String,
}

/// A cause in the ranking.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Cause)]
pub struct CauseView {
    #[schema(example = "token-expired")]
    pub id: &'static str,
    #[schema(example = "The token has expired")]
    pub title: String,
    #[schema(example = "/articles/token-expired")]
    pub url: String,
    /// 0 to 1.
    #[schema(example = 0.82)]
    pub probability: f64,
    pub because: Vec<EvidenceView>,
    #[schema(example = json!([]))]
    pub against: Vec<EvidenceView>,
    /// How to be sure: a sentence, and the command that it announces on the lines below.
    #[schema(
        example = "Read the token and the clock:\nprintf '%s' \"$TOKEN\" | cut -d. -f2 | base64 -d; date -u"
    )]
    pub check: String,
    /// How many readers this cause's article helped.
    #[schema(example = 12)]
    pub fixed_for: u64,
}

/// A finding as evidence beside a cause.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Evidence)]
pub struct EvidenceView {
    #[schema(example = "message.expired")]
    pub finding: String,
    #[schema(example = "The answer says that something has expired.")]
    pub says: String,
    /// The reader's own words, masked; nothing for an answer or a finding from a link.
    #[schema(required, example = "… error_description=\"The token expired\"")]
    pub excerpt: Option<String>,
    /// The line of the text that it stands on, counted from 1.
    #[schema(required, example = 2)]
    pub line: Option<usize>,
}

/// What a text shows in the place of a 401.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = NotA401)]
pub struct OtherView {
    #[schema(example = "forbidden")]
    pub id: &'static str,
    #[schema(example = "This is a 403, not a 401")]
    pub heading: &'static str,
    /// What it means and where to look.
    #[schema(example = "The server refuses whatever the credential is.")]
    pub says: &'static str,
    /// The article to go on with.
    #[schema(example = "/articles/401-or-403")]
    pub url: String,
    /// The place that shows it, masked.
    #[schema(example = "< HTTP/1.1 403 Forbidden")]
    pub excerpt: String,
    /// Whether the text speaks of a login as well, so that the causes of a 401 may hold all the same.
    #[schema(example = false)]
    pub may_be_one: bool,
    /// The excerpt in three parts, to mark the middle one.
    #[serde(skip)]
    pub marked: Excerpt,
}

/// One observation that would settle it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Settle)]
pub struct SettleView {
    /// What to look at, or what the command does.
    #[schema(example = "Compare the server's clock with yours.")]
    pub look: String,
    /// A command for a POSIX shell, with the values of the text filled in and quoted. It holds no secret.
    #[schema(required, example = "curl -sSI 'https://api.example.com/' | grep -i '^date:'; date -u")]
    pub run: Option<String>,
    /// The variables of the command that have to be set first.
    pub fill_in: Vec<VariableView>,
    /// The method, when the command repeats a request that may change something. It is sent without its body.
    #[schema(required, example = json!(null))]
    pub repeats: Option<String>,
    pub outcomes: Vec<OutcomeView>,
    /// The cause that comes next in line when the first is ruled out.
    #[schema(required, example = "token-expired")]
    pub next: Option<&'static str>,
    /// The title of that cause.
    #[serde(skip)]
    pub next_title: Option<String>,
}

/// A variable of a command.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SettleVariable)]
pub struct VariableView {
    #[schema(example = "TOKEN")]
    pub name: &'static str,
    /// What it stands for.
    #[schema(example = "the token itself, without a word before it")]
    pub stands_for: &'static str,
}

/// What an outcome of an observation means.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SettleOutcome)]
pub struct OutcomeView {
    #[schema(example = "If they differ by more than a few seconds, one clock is wrong.")]
    pub says: String,
    /// The cause that it leads to, if it leads to one.
    #[schema(required, example = "clock-skew")]
    pub cause: Option<&'static str>,
}

/// A finding with its place.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Finding)]
pub struct FindingView {
    #[schema(example = "message.expired")]
    pub id: String,
    #[schema(example = "The answer says that something has expired.")]
    pub says: String,
    #[schema(required, example = "… error_description=\"The token expired\"")]
    pub excerpt: Option<String>,
    /// Byte offsets into the submitted text.
    #[schema(required, example = 88)]
    pub start: Option<usize>,
    #[schema(required, example = 105)]
    pub end: Option<usize>,
    /// The excerpt in three parts, to mark the middle one.
    #[serde(skip)]
    pub marked: Option<Excerpt>,
}

/// The next question.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Question)]
pub struct QuestionView {
    #[schema(example = "elsewhere")]
    pub id: String,
    #[schema(example = "Does the same request work anywhere else?")]
    pub text: String,
    pub answers: Vec<AnswerView>,
}

/// One answer to choose.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Answer)]
pub struct AnswerView {
    #[schema(example = "nowhere")]
    pub id: String,
    #[schema(example = "No, nowhere")]
    pub text: String,
}

/// What others know of a cause.
#[derive(Clone, Debug, Default)]
pub struct About {
    pub title: String,
    pub url: String,
    pub check: String,
    pub fixed_for: u64,
}

/// A line of the paste with the place that a finding marks, secrets masked. No part holds a line break.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// The line, counted from 1.
    pub line: usize,
    pub before: String,
    pub marked: String,
    pub after: String,
}

impl Excerpt {
    /// The excerpt around a place of the text.
    pub fn new(text: &str, secrets: &[Secret], span: Span) -> Excerpt {
        let mut start = floor(text, span.start.min(text.len()));
        let mut end = floor(text, span.end.clamp(start, text.len()));
        // White space at the edges is not what was meant.
        let meant = text.get(start..end).unwrap_or_default();
        start += meant.len() - meant.trim_start().len();
        end -= meant.len() - meant.trim_end().len();
        end = end.max(start);
        // A secret is marked whole or not at all, so that no part of it stands beside its mask.
        for secret in secrets {
            if secret.span.start < end && start < secret.span.end {
                start = start.min(secret.span.start);
                end = end.max(secret.span.end);
            }
        }
        // What is marked over several lines is shown by its first.
        let first_line = text.get(start..end).and_then(|marked| marked.find('\n'));
        let cut = first_line.map_or(end, |length| start + length);
        let cut = floor(text, cut.min(start + LONGEST_MARK)).max(start);
        let inside_secret = secrets.iter().find(|secret| secret.span.start < cut && cut < secret.span.end);
        let cut = inside_secret.map_or(cut, |secret| secret.span.end);

        let line_start = text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let line_end = text.get(cut..).and_then(|after| after.find('\n')).map_or(text.len(), |at| cut + at);
        let from = outside(secrets, word_start(text, line_start, start), line_start, false);
        let to = outside(secrets, word_end(text, cut, line_end), line_end, true);
        let masked = |from: usize, to: usize| one_line(&redact::mask_part(text, secrets, from..to));
        Excerpt {
            line: 1 + text.bytes().take(start).filter(|byte| *byte == b'\n').count(),
            before: format!("{}{}", if from > line_start { "…" } else { "" }, masked(from, start)),
            marked: masked(start, cut),
            after: format!("{}{}", masked(cut, to), if to < line_end { "…" } else { "" }),
        }
    }

    /// The three parts as one.
    pub fn whole(&self) -> String {
        format!("{}{}{}", self.before, self.marked, self.after).trim().to_owned()
    }
}

/// Where the excerpt begins: at a word, at most [`CONTEXT`] before the mark.
fn word_start(text: &str, line_start: usize, start: usize) -> usize {
    if start - line_start <= CONTEXT {
        return line_start;
    }
    let from = floor(text, start - CONTEXT);
    let space = text.get(from..start).and_then(|context| context.find(char::is_whitespace));
    space.map_or(from, |at| from + at)
}

/// Where the excerpt ends: at a word, at most [`CONTEXT`] after the mark.
fn word_end(text: &str, end: usize, line_end: usize) -> usize {
    if line_end - end <= CONTEXT {
        return line_end;
    }
    let to = floor(text, end + CONTEXT);
    let space = text.get(end..to).and_then(|context| context.rfind(char::is_whitespace));
    space.map_or(to, |at| end + at)
}

/// Moves a cut that falls into a secret out of it, away from the mark but not over the line's end.
fn outside(secrets: &[Secret], cut: usize, limit: usize, forward: bool) -> usize {
    match secrets.iter().find(|secret| secret.span.start < cut && cut < secret.span.end) {
        Some(secret) if forward => secret.span.end.min(limit).max(cut),
        Some(secret) => secret.span.start.max(limit).min(cut),
        None => cut,
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

impl View {
    /// Builds the view. `about` says what is known of a cause; `limit` is the most causes to name; `origin` is what stands
    /// before the path of an article, if anything.
    pub fn new(
        diagnosis: &Diagnosis,
        text: &str,
        limit: Option<usize>,
        permalink: String,
        origin: &str,
        about: impl Fn(Cause) -> About,
    ) -> View {
        let findings: Vec<FindingView> = diagnosis
            .findings
            .iter()
            .map(|finding| {
                let marked = finding.span.map(|span| Excerpt::new(text, &diagnosis.secrets, span));
                FindingView {
                    id: finding.meaning.id.clone(),
                    says: match &finding.detail {
                        Some(detail) => format!("{} {detail}", finding.meaning.says),
                        None => finding.meaning.says.clone(),
                    },
                    excerpt: marked.as_ref().map(Excerpt::whole),
                    start: finding.span.map(|span| span.start),
                    end: finding.span.map(|span| span.end),
                    marked,
                }
            })
            .collect();
        let evidence = |indices: &[usize]| -> Vec<EvidenceView> {
            let found = indices.iter().filter_map(|index| findings.get(*index));
            found
                .map(|finding| EvidenceView {
                    finding: finding.id.clone(),
                    says: finding.says.clone(),
                    excerpt: finding.excerpt.clone(),
                    line: finding.marked.as_ref().map(|marked| marked.line),
                })
                .collect()
        };
        // What readers said stands with the finding that they share; where they share none, `fixed_for` has to do.
        let readers = |ranked: &Ranked| -> (Option<EvidenceView>, Option<EvidenceView>) {
            let said = ranked.readers.as_ref().and_then(|readers| {
                let finding = findings.get(readers.finding?)?;
                let (finding, says) = (finding.id.clone(), readers.says());
                Some((readers.shift, EvidenceView { finding, says, excerpt: None, line: None }))
            });
            match said {
                Some((shift, evidence)) if shift > 0.0 => (Some(evidence), None),
                Some((_, evidence)) => (None, Some(evidence)),
                None => (None, None),
            }
        };
        let cause = |ranked: &Ranked| {
            let about = about(ranked.cause);
            let (for_it, against_it) = readers(ranked);
            CauseView {
                id: ranked.cause.id(),
                title: about.title,
                url: about.url,
                probability: ranked.probability,
                because: evidence(&ranked.because).into_iter().chain(for_it).collect(),
                against: evidence(&ranked.against).into_iter().chain(against_it).collect(),
                check: about.check,
                fixed_for: about.fixed_for,
            }
        };
        let causes = diagnosis.causes.iter().take(limit.unwrap_or(usize::MAX)).map(cause).collect();
        let question = diagnosis.question.as_ref().map(QuestionView::new);
        let settle = diagnosis.settle.as_ref().map(|settle| SettleView::new(settle, &about));
        let not_a_401 = diagnosis.other.map(|other| OtherView::new(other, text, &diagnosis.secrets, origin));
        View { causes, findings, not_a_401, settle, question, conclusive: diagnosis.conclusive, permalink }
    }
}

impl OtherView {
    fn new(other: Other, text: &str, secrets: &[Secret], origin: &str) -> OtherView {
        let marked = Excerpt::new(text, secrets, other.span);
        OtherView {
            id: other.kind.id(),
            heading: other.kind.heading(),
            says: other.kind.says(),
            url: format!("{origin}/articles/{}", other.kind.article()),
            excerpt: marked.whole(),
            may_be_one: other.may_be_one,
            marked,
        }
    }
}

impl SettleView {
    fn new(settle: &Settle, about: impl Fn(Cause) -> About) -> SettleView {
        let variables = settle.variables.iter();
        SettleView {
            look: settle.look.to_string(),
            run: settle.run.clone(),
            fill_in: variables.map(|(name, stands_for)| VariableView { name, stands_for }).collect(),
            repeats: settle.sends_again.clone(),
            outcomes: settle
                .outcomes
                .iter()
                .map(|(says, cause)| OutcomeView { says: says.to_string(), cause: cause.map(Cause::id) })
                .collect(),
            next: settle.next.map(Cause::id),
            next_title: settle.next.map(|next| about(next).title),
        }
    }
}

impl QuestionView {
    /// A question as it is shown.
    pub fn new(question: &Question) -> QuestionView {
        let answer = |answer: &Answer| AnswerView { id: answer.id.clone(), text: answer.text.clone() };
        QuestionView {
            id: question.id.clone(),
            text: question.text.clone(),
            answers: question.answers.iter().map(answer).collect(),
        }
    }
}

/// How likely a probability is, in words for people who distrust decimals.
pub fn band(probability: f64) -> &'static str {
    match probability {
        p if p >= 0.75 => "very likely",
        p if p >= 0.45 => "likely",
        p if p >= 0.15 => "possible",
        p if p >= 0.05 => "unlikely",
        _ => "very unlikely",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_the_line_with_the_mark_in_the_middle() {
        let text = "first\nthe token has expired today\nlast";
        let at = text.find("expired").unwrap();
        let excerpt = Excerpt::new(text, &[], Span::new(at, at + 7));
        assert_eq!(
            (excerpt.line, excerpt.before.as_str(), excerpt.marked.as_str(), excerpt.after.as_str()),
            (2, "the token has ", "expired", " today")
        );
    }

    #[test]
    fn a_long_line_is_cut_at_words_on_both_sides() {
        let text = format!("{}expired{}", "early words ".repeat(20), " late words".repeat(20));
        let at = text.find("expired").unwrap();
        let excerpt = Excerpt::new(&text, &[], Span::new(at, at + 7));
        assert!(excerpt.before.starts_with("… ") && excerpt.before.len() < 80, "{excerpt:?}");
        assert!(excerpt.after.ends_with("…") && excerpt.after.len() < 80, "{excerpt:?}");
    }

    #[test]
    fn a_place_outside_the_text_gives_an_empty_excerpt() {
        assert_eq!(Excerpt::new("é", &[], Span::new(7, 9)).whole(), "é");
    }
}
