//! One article, checked by itself. What it says about other articles is checked in `links`.

use jiff::civil::Date;

use super::Kind;
use crate::cause::Cause;
use crate::markdown::{ExchangeFence, Html, Section};

/// An article that keeps the rules.
#[derive(Clone, Debug)]
pub struct Article {
    /// What it is about; the folder says so.
    pub kind: Kind,
    /// The name in its address, unique over all kinds; of a cause, the cause's id.
    pub slug: String,
    /// The heading of the page.
    pub title: String,
    /// One sentence, for results and lists.
    pub summary: String,
    /// When somebody last checked that it is true.
    pub reviewed: Date,
    /// Slugs of articles to read next.
    pub see_also: Vec<String>,
    /// Where its facts come from.
    pub sources: Vec<Source>,
    /// The body as it was written, without the front matter.
    pub markdown: String,
    /// The body as it is shown; the title is not in it.
    pub html: Html,
    /// The text before the first heading, without markup.
    pub lead: String,
    /// The parts of the body, in order.
    pub sections: Vec<Section>,
    /// The HTTP exchanges that it shows.
    pub exchanges: Vec<ExchangeFence>,
}

/// Where a fact comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What it is called.
    pub title: String,
    /// Where it is, an `https` address.
    pub url: String,
}

/// A line of the table of contents: a section and the sections one level below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TocEntry<'a> {
    /// The section.
    pub section: &'a Section,
    /// The sections of the third level in it.
    pub children: Vec<&'a Section>,
}

impl Article {
    /// The address of its page.
    pub fn url(&self) -> String {
        format!("/articles/{}", self.slug)
    }

    /// The cause it explains, if it is the article of one.
    pub fn cause(&self) -> Option<Cause> {
        if self.kind == Kind::Cause { self.slug.parse().ok() } else { None }
    }

    /// The table of contents.
    pub fn toc(&self) -> Vec<TocEntry<'_>> {
        let mut entries: Vec<TocEntry> = Vec::new();
        for section in &self.sections {
            match entries.last_mut() {
                Some(entry) if section.level > 2 => entry.children.push(section),
                _ => entries.push(TocEntry { section, children: Vec::new() }),
            }
        }
        entries
    }
}
