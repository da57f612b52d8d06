//! A comment as moderators see it: rendered and as it was written, with why it was held and what was found before.

use super::super::discussion::CommentShown;
use crate::comments::{Comment, Reports, Ruling, Status};
use crate::library::{Article, Library};

/// A comment with all that a ruling is made on.
pub struct Item<'a> {
    pub comment: CommentShown,
    /// Markdown, as it is stored.
    pub source: String,
    pub status: Status,
    pub held_because: Option<&'static str>,
    pub findings: Vec<String>,
    pub is_answer: bool,
    /// What readers reported about it, in words.
    pub reports: Vec<String>,
    /// Its article, if that is still there.
    pub article: Option<&'a Article>,
}

impl<'a> Item<'a> {
    pub fn of(library: &'a Library, comment: &Comment) -> Item<'a> {
        Item {
            comment: CommentShown::whole(comment),
            source: comment.body.clone(),
            status: comment.status,
            held_because: comment.held_because.map(|why| why.label()),
            findings: comment.findings.clone(),
            is_answer: comment.parent.is_some(),
            reports: Vec::new(),
            article: library.article(&comment.slug),
        }
    }

    /// The same with what readers reported.
    pub fn reported(library: &'a Library, comment: &Comment, reports: &[Reports]) -> Item<'a> {
        let said = |report: &Reports| format!("{}: {}", report.reason.label(), report.times);
        Item { reports: reports.iter().map(said).collect(), ..Item::of(library, comment) }
    }

    /// What it is about.
    pub fn title(&self) -> &str {
        self.article.map_or(self.comment.slug.as_str(), |article| article.title.as_str())
    }

    /// What can be done with it at once: the ruling, the button, and its access key.
    pub fn rulings(&self) -> Vec<(&'static str, &'static str, char)> {
        let publish = (Ruling::Publish.id(), "Publish", 'p');
        let hide = (Ruling::Hide.id(), "Hide", 'h');
        let spam = (Ruling::Spam.id(), "Spam", 's');
        let keep = (Ruling::Keep.id(), "Keep it", 'e');
        match self.status {
            Status::Held => vec![publish, hide, spam],
            Status::Published if !self.reports.is_empty() => vec![keep, hide, spam],
            Status::Published => vec![hide, spam],
            Status::Hidden => vec![publish],
            Status::Deleted => Vec::new(),
        }
    }

    /// The marks that can be set and taken away: the ruling and the button.
    pub fn marks(&self) -> Vec<(&'static str, &'static str)> {
        if self.status != Status::Published {
            return Vec::new();
        }
        let official = match self.comment.official {
            true => (Ruling::Unofficial.id(), "Not the official answer"),
            false => (Ruling::Official.id(), "Official answer"),
        };
        let pin = match self.comment.pinned {
            true => (Ruling::Unpin.id(), "Not on top"),
            false => (Ruling::Pin.id(), "Set on top"),
        };
        // An answer stands under what it answers.
        if self.is_answer { vec![official] } else { vec![pin, official] }
    }

    /// Whether there is a text to take away.
    pub fn has_text(&self) -> bool {
        self.status != Status::Deleted
    }
}
