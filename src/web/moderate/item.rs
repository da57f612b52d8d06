//! A comment as moderators see it: rendered and as it was written, with why it was held and what was found before.

use super::super::discussion::CommentShown;
use crate::comments::{Comment, Ruling, Status};
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
            article: library.article(&comment.slug),
        }
    }

    /// What it is about.
    pub fn title(&self) -> &str {
        self.article.map_or(self.comment.slug.as_str(), |article| article.title.as_str())
    }

    /// What can be done with it at once: the ruling, the button, and its access key.
    pub fn rulings(&self) -> Vec<(&'static str, &'static str, char)> {
        let publish = (Ruling::Publish.id(), "Publish", 'p');
        let hide = (Ruling::Hide.id(), "Hide", 'h');
        match self.status {
            Status::Held => vec![publish, hide],
            Status::Published => vec![hide],
            Status::Hidden => vec![publish],
            Status::Deleted => Vec::new(),
        }
    }

    /// Whether there is a text to take away.
    pub fn has_text(&self) -> bool {
        self.status != Status::Deleted
    }
}
