//! The form for a comment: what was sent with it, and how it is shown again. Knows no request and no page.

use super::super::body::Fields;
use super::Refusal;
use crate::comments::{
    AUTHOR_MAX, BODY_MAX, Comment, Comments, Draft, FINDINGS_MAX, FieldProblem, NewComment, Outcome,
};
use crate::diagnosis::Diagnoser;
use crate::markdown::{self, Html};
use crate::redact;
use jiff::Timestamp;

/// What somebody sent. Nothing in it is trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    pub author: String,
    pub body: String,
    pub outcome: String,
    pub parent: String,
    pub findings: Vec<String>,
    /// The field that people do not see.
    pub trap: String,
    /// When the form was handed out, signed.
    pub issued: String,
    /// The edit token, where it does not come by the cookie.
    pub right: String,
    /// Whether to show it only.
    pub is_preview: bool,
}

impl Sent {
    /// Reads the fields of the form.
    pub fn of(fields: &Fields) -> Sent {
        let text = |name| fields.text(name).to_owned();
        Sent {
            author: text("author"),
            body: text("body"),
            outcome: text("outcome"),
            parent: text("parent"),
            findings: fields.texts("f"),
            trap: text("website"),
            issued: text("issued"),
            right: text("token"),
            is_preview: fields.text("action") == "preview",
        }
    }

    /// The comment, if it can be one.
    ///
    /// # Errors
    /// Every problem, in the order of the fields on the page.
    pub fn parse(&self) -> Result<NewComment, Vec<FieldProblem>> {
        let draft = Draft {
            author: self.author.clone(),
            body: self.body.clone(),
            outcome: self.outcome.clone(),
            parent: self.parent.clone(),
            findings: self.findings.clone(),
            trap: self.trap.clone(),
        };
        // Programs may leave this out; a person who chose nothing has overlooked it.
        let unsaid = self.outcome.is_empty() && !self.is_preview;
        let unsaid = unsaid.then(|| FieldProblem {
            field: "outcome",
            message: "Choose what happened, or “Something to add”.".to_owned(),
        });
        match (NewComment::parse(draft), unsaid) {
            (Ok(new), None) => Ok(new),
            (parsed, unsaid) => {
                let mut problems: Vec<FieldProblem> =
                    unsaid.into_iter().chain(parsed.err().into_iter().flatten()).collect();
                problems.sort_by_key(|problem| ORDER.iter().position(|name| *name == problem.field));
                Err(problems)
            }
        }
    }
}

/// The fields as they stand on the page. A problem with one that nobody sees comes first.
const ORDER: [&str; 3] = ["outcome", "body", "author"];

/// The form as it is shown.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// Where it is sent.
    pub action: String,
    /// What it carries along unseen: field name and value.
    pub carried: Vec<(&'static str, String)>,
    pub author: String,
    pub body: String,
    outcome: String,
    /// What a diagnosis saw before, to be sent along or not.
    pub findings: Vec<FindingShown>,
    /// Whether it changes a comment that is there.
    pub is_edit: bool,
    problems: Vec<FieldProblem>,
    /// Why it was not done, when no single field is to blame.
    pub refusal: Option<String>,
    /// The kinds of secrets that are masked in it, in words.
    pub masked: String,
}

/// A finding of the diagnosis that led here.
#[derive(Clone, Debug)]
pub struct FindingShown {
    pub id: String,
    pub says: String,
}

/// An outcome to choose.
pub struct Choice {
    pub id: &'static str,
    pub text: &'static str,
    pub chosen: bool,
}

impl Form {
    /// The form under an article. The page is the same bytes for everybody and stays for days, so the time on its form says
    /// nothing about how long somebody had it: it carries none, only the signature that it was made here.
    pub fn under_article(comments: &Comments, slug: &str) -> Form {
        Form {
            carried: vec![("issued", comments.form_token(slug, Timestamp::UNIX_EPOCH))],
            ..Form::new(slug)
        }
    }

    /// An empty form for a comment under an article.
    pub fn new(slug: &str) -> Form {
        Form { action: format!("/articles/{slug}/comments"), ..Form::default() }
    }

    /// The form for a comment under an article with what was sent.
    pub fn again(slug: &str, sent: &Sent, diagnoser: &Diagnoser) -> Form {
        let mut form = Form { findings: findings(&sent.findings, diagnoser), ..Form::new(slug) }.filled(sent);
        // The time when the form was first handed out: whoever looks at a preview is not faster for it.
        form.carried = vec![("issued", sent.issued.clone())];
        if !sent.parent.is_empty() {
            form.carried.push(("parent", sent.parent.clone()));
        }
        form
    }

    /// The form that changes a comment, with the comment in it.
    pub fn edit(comment: &Comment, right: &str) -> Form {
        let sent = Sent {
            author: comment.author.clone().unwrap_or_default(),
            body: comment.body.clone(),
            outcome: comment.outcome.id().to_owned(),
            right: right.to_owned(),
            ..Sent::default()
        };
        Form::edit_again(comment.id, &sent)
    }

    /// The form that changes a comment with what was sent.
    pub fn edit_again(id: uuid::Uuid, sent: &Sent) -> Form {
        let mut form =
            Form { action: format!("/comments/{id}"), is_edit: true, ..Form::default() }.filled(sent);
        if !sent.right.is_empty() {
            form.carried.push(("token", sent.right.clone()));
        }
        form
    }

    fn filled(self, sent: &Sent) -> Form {
        let Sent { author, body, outcome, .. } = sent.clone();
        // Of what is far too long the beginning is enough to go on with.
        let author: String = author.chars().take(4 * AUTHOR_MAX).collect();
        let body: String = body.chars().take(2 * BODY_MAX).collect();
        // A secret is not sent back either: it would be masked at the latest when the comment is stored.
        let (author, body) = (redact::mask(&author), redact::mask(&body));
        let mut kinds = author.kinds;
        kinds.extend(body.kinds);
        kinds.sort_unstable();
        kinds.dedup();
        let masked = super::in_words(&kinds);
        Form { author: author.text, body: body.text, outcome, masked, ..self }
    }

    /// The same with an outcome chosen.
    pub fn choosing(self, outcome: Outcome) -> Form {
        Form { outcome: outcome.id().to_owned(), ..self }
    }

    /// The same with the problems of its fields.
    pub fn with_problems(self, problems: Vec<FieldProblem>) -> Form {
        Form { problems, ..self }
    }

    /// The same with why it was refused.
    pub(super) fn refused(self, refusal: &Refusal) -> Form {
        Form { refusal: Some(refusal.says.clone()), ..self }
    }

    /// The same as an answer to nobody.
    pub fn without_parent(mut self) -> Form {
        self.carried.retain(|(name, _)| *name != "parent");
        self
    }

    /// Whether something is wrong with it.
    pub fn is_wrong(&self) -> bool {
        self.refusal.is_some() || !self.problems.is_empty()
    }

    /// What is wrong with a field.
    pub fn problem(&self, field: &str) -> Option<&str> {
        self.problems.iter().find(|problem| problem.field == field).map(|problem| problem.message.as_str())
    }

    /// What is wrong, each with the name of its field when that can be seen.
    pub fn problems(&self) -> impl Iterator<Item = (Option<&'static str>, &str)> {
        self.problems
            .iter()
            .map(|problem| (ORDER.into_iter().find(|name| *name == problem.field), problem.message.as_str()))
    }

    /// The outcomes to choose from, in the words of somebody who has just tried.
    pub fn choices(&self) -> impl Iterator<Item = Choice> {
        Outcome::ALL.into_iter().map(|outcome| Choice {
            id: outcome.id(),
            text: match outcome {
                Outcome::Fixed => "This fixed it",
                Outcome::Partly => "It helped in part",
                Outcome::NotFixed => "It did not fix it",
                Outcome::Question => "I have a question",
                Outcome::Note => "Something to add",
            },
            chosen: outcome.id() == self.outcome,
        })
    }

    /// Whether it answers a comment.
    pub fn is_answer(&self) -> bool {
        self.carried.iter().any(|(name, _)| *name == "parent")
    }

    /// What is asked above the outcomes.
    pub fn question(&self) -> &'static str {
        if self.is_answer() { "What is it?" } else { "What happened?" }
    }

    /// What is asked above the text.
    pub fn prompt(&self) -> &'static str {
        if self.is_answer() { "Your answer" } else { "What you saw, and what you changed" }
    }

    /// What the button says.
    pub fn verb(&self) -> &'static str {
        if self.is_edit { "Save" } else { "Post" }
    }
}

/// The findings that there are, each once and not too many; others are dropped without a word.
pub fn findings(ids: &[String], diagnoser: &Diagnoser) -> Vec<FindingShown> {
    let mut shown: Vec<FindingShown> = Vec::new();
    for meaning in ids.iter().filter_map(|id| diagnoser.meaning(id)) {
        if shown.len() < FINDINGS_MAX && !shown.iter().any(|known| known.id == meaning.id) {
            shown.push(FindingShown { id: meaning.id.clone(), says: meaning.says.clone() });
        }
    }
    shown
}

/// A comment as it would be shown.
pub struct Preview {
    pub author: String,
    pub outcome: Option<Outcome>,
    pub html: Html,
}

impl Preview {
    /// What would be stored of this, rendered: secrets are masked first.
    pub fn of(new: &NewComment, outcome: &str) -> Preview {
        Preview {
            author: redact::mask(new.author().unwrap_or("Anonymous")).text,
            outcome: outcome.parse().ok(),
            html: markdown::comment(&redact::mask(new.body()).text),
        }
    }
}
