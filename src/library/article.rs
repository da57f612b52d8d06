//! One article, checked by itself. What it says about other articles is checked in `links`.

use jiff::civil::Date;
use toml::Spanned;
use toml::value::Datetime;

use super::Kind;
use super::front_matter::{self, Parts};
use super::links::{self, Reference};
use crate::cause::Cause;
use crate::markdown::{self, ExchangeFence, Html, Section, SetupFence};
use crate::problem::Problem;

/// The headings of a cause's article, in their order. A reader who knows one knows all.
pub const CAUSE_HEADINGS: [&str; 6] = [
    "What you see",
    "Why it happens",
    "How to be sure",
    "How to fix it",
    "How to keep it from coming back",
    "When it is something else",
];

/// An article that keeps the rules.
#[derive(Clone, Debug)]
pub struct Article {
    /// What it is about; the folder says so.
    pub kind: Kind,
    /// The name in its address, unique over all kinds; of a cause, the cause's id.
    pub slug: String,
    /// The heading of the page, plain text.
    pub title: String,
    /// One sentence for results and lists, plain text.
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
    /// The configurations and programs that it shows failing and fixed.
    pub setups: Vec<SetupFence>,
}

/// Where a fact comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What it is called.
    pub title: String,
    /// Where it is, an address that begins with `https://` or `http://`.
    pub url: String,
}

/// A line of the table of contents: a section and the sections one level below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TocEntry<'a> {
    /// The section.
    pub section: &'a Section,
    /// The sections of the third level in it, and their tabs.
    pub children: Vec<&'a Section>,
}

impl Article {
    /// Reads and checks one file. `path` is relative to the content folder: `causes/clock-skew.md`.
    ///
    /// # Errors
    /// Every problem that shows without the other articles.
    pub fn parse(path: &str, text: &str) -> Result<Article, Vec<Problem>> {
        let (draft, mut problems) = Draft::read(path, text);
        match draft {
            Some(draft) if problems.is_empty() => Ok(draft.article),
            _ => {
                problems.sort();
                Err(problems)
            }
        }
    }

    /// The address of its page.
    pub fn url(&self) -> String {
        format!("/articles/{}", self.slug)
    }

    /// The file it comes from, relative to the content folder.
    pub fn path(&self) -> String {
        format!("{}/{}.md", self.kind.folder(), self.slug)
    }

    /// The cause it explains, if it is the article of one.
    pub fn cause(&self) -> Option<Cause> {
        if self.kind == Kind::Cause { self.slug.parse().ok() } else { None }
    }

    /// The section with this heading.
    pub fn section(&self, heading: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.heading == heading)
    }

    /// What stands under the heading of the second level with this anchor, to be shown inside another page.
    pub fn part(&self, anchor: &str) -> Option<Html> {
        self.html.section(anchor, &self.slug, &self.url())
    }

    /// How to be sure that this is the cause, in short: what stands first under that heading, with the command that it
    /// announces on the lines below. Empty for an article that has no such heading.
    pub fn check(&self) -> String {
        let [_, _, heading, ..] = CAUSE_HEADINGS;
        let first = self.section(heading).and_then(|section| section.text.lines().next()).unwrap_or_default();
        let command = if first.ends_with(':') { self.first_fence(heading) } else { None };
        match command {
            Some(command) => format!("{first}\n{command}"),
            None => first.to_owned(),
        }
    }

    /// What the first fence under a heading of the second level holds.
    fn first_fence(&self, heading: &str) -> Option<&str> {
        let (_, rest) = self.markdown.split_once(&format!("## {heading}\n"))?;
        let body = rest.split("\n## ").next()?;
        let (_, fence) = body.split_once("```")?;
        let (_, inside) = fence.split_once('\n')?;
        inside.split("\n```").next()
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

/// An article together with what can only be checked when all are known.
pub(super) struct Draft {
    pub article: Article,
    /// The `id`s that a link may name.
    pub anchors: Vec<String>,
    /// What it names of other articles.
    pub references: Vec<Reference>,
}

impl Draft {
    /// Reads a file. Nothing comes of one whose path says no kind and slug; every other can be linked to, and its
    /// links be checked, whatever else is wrong with it.
    pub fn read(path: &str, text: &str) -> (Option<Draft>, Vec<Problem>) {
        let mut problems = Vec::new();
        let Some((kind, slug)) = place(path, &mut problems) else { return (None, problems) };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
        let parts = front_matter::split(path, &text, &mut problems);

        let mut references = Vec::new();
        let mut resolve =
            |destination: &str, line: usize| links::resolve(kind, slug, destination, line, &mut references);
        let document = markdown::article(parts.body, parts.body_line, &mut resolve);
        problems.extend(document.faults.into_iter().map(|fault| Problem::new(path, fault.line, fault.what)));

        let mut head = Head { path, parts: &parts, problems: &mut problems };
        let title = head.sentence("title", parts.front.title.as_ref());
        let summary = head.sentence("summary", parts.front.summary.as_ref());
        head.summary_is_one_sentence(&summary);
        let reviewed = head.date();
        let sources = head.sources();
        for name in &parts.front.see_also {
            references.push(Reference::see_also(name.get_ref(), parts.line_of(name)));
        }

        let article = Article {
            kind,
            slug: slug.to_owned(),
            title,
            summary,
            reviewed,
            see_also: parts.front.see_also.iter().map(|name| name.get_ref().clone()).collect(),
            sources,
            markdown: parts.body.to_owned(),
            html: document.html,
            lead: document.lead,
            sections: document.sections,
            exchanges: document.exchanges,
            setups: document.setups,
        };
        let mut body = Body { path, line: parts.body_line, article: &article, problems: &mut problems };
        body.has_text();
        if kind == Kind::Cause {
            body.has_the_headings_of_a_cause();
            body.shows_it_failing_and_fixed();
        }
        (Some(Draft { article, anchors: document.anchors, references }), problems)
    }
}

/// The kind and slug that a path says.
fn place<'p>(path: &'p str, problems: &mut Vec<Problem>) -> Option<(Kind, &'p str)> {
    let folders = Kind::ALL.iter().map(|kind| kind.folder()).collect::<Vec<_>>().join(", ");
    let mut refuse = |what: String| problems.push(Problem::new(path, 1, what));
    let Some((folder, name)) = path.split_once('/') else {
        refuse(format!("an article outside of the folders; move it to one of {folders}"));
        return None;
    };
    let Some(kind) = Kind::of_folder(folder) else {
        refuse(format!("no articles belong in the folder `{folder}`; move it to one of {folders}"));
        return None;
    };
    let slug = name.strip_suffix(".md").unwrap_or(name);
    let well_formed = slug.split('-').all(|word| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    });
    if !well_formed {
        refuse(format!(
            "`{slug}` cannot stand in an address; rename the file: a-z and 0-9, words joined by one `-`"
        ));
        return None;
    }
    if kind == Kind::Cause && slug.parse::<Cause>().is_err() {
        refuse(format!(
            "no cause has the id `{slug}`; rename the file to a cause's id or move it to another folder"
        ));
    }
    Some((kind, slug))
}

/// The checks of the front matter.
struct Head<'h> {
    path: &'h str,
    parts: &'h Parts<'h>,
    problems: &'h mut Vec<Problem>,
}

impl Head<'_> {
    fn report(&mut self, line: usize, what: impl Into<String>) {
        self.problems.push(Problem::new(self.path, line, what));
    }

    /// A key that must be there, and an example of it.
    fn missing(&mut self, key: &str, example: &str) {
        if self.parts.readable {
            self.report(1, format!("the front matter has no `{key}`; add `{key} = {example}`"));
        }
    }

    /// A text that must be there, in one line and without markup.
    fn sentence(&mut self, key: &str, value: Option<&Spanned<String>>) -> String {
        let Some(value) = value else {
            self.missing(key, "\"...\"");
            return String::new();
        };
        let line = self.parts.line_of(value);
        let text = value.get_ref().trim();
        if text.is_empty() {
            self.report(line, format!("the {key} is empty; write it"));
        } else if text.contains('\n') {
            self.report(line, format!("the {key} has several lines; write it in one"));
        } else if text.contains('`') || text.contains("**") || text.contains("](") {
            self.report(line, format!("the {key} is plain text; take the backticks, stars and links out"));
        }
        text.to_owned()
    }

    fn summary_is_one_sentence(&mut self, summary: &str) {
        let Some(value) = &self.parts.front.summary else { return };
        let line = self.parts.line_of(value);
        if summary.is_empty() {
            return;
        }
        if !summary.ends_with('.') {
            self.report(line, "the summary does not end with a full stop; write one sentence that does");
        }
        if has_second_sentence(summary) {
            self.report(
                line,
                "the summary has more than one sentence; keep one and move the rest into the text",
            );
        }
    }

    fn date(&mut self) -> Date {
        let Some(value) = &self.parts.front.reviewed else {
            self.missing("reviewed", "2026-11-20");
            return Date::ZERO;
        };
        let line = self.parts.line_of(value);
        match *value.get_ref() {
            Datetime { date: Some(day), time: None, offset: None } => {
                let date = i16::try_from(day.year)
                    .ok()
                    .zip(i8::try_from(day.month).ok())
                    .zip(i8::try_from(day.day).ok())
                    .and_then(|((year, month), day)| Date::new(year, month, day).ok());
                if date.is_none() {
                    self.report(line, "there is no such day; write the day of the last check");
                }
                date.unwrap_or(Date::ZERO)
            }
            _ => {
                self.report(line, "`reviewed` is a day without a time; write it as `reviewed = 2026-11-20`");
                Date::ZERO
            }
        }
    }

    fn sources(&mut self) -> Vec<Source> {
        let parts = self.parts;
        let mut sources = Vec::new();
        for raw in &parts.front.sources {
            let line = parts.line_of(raw);
            let source = raw.get_ref();
            if source.title.trim().is_empty() {
                self.report(line, "a source without a title; say what it is called");
            }
            let web = ["https://", "http://"].iter().any(|scheme| source.url.starts_with(scheme));
            if !web || source.url.contains(char::is_whitespace) {
                self.report(line, format!("`{}` is no web address; write one with https://", source.url));
            }
            sources.push(Source { title: source.title.trim().to_owned(), url: source.url.clone() });
        }
        sources
    }
}

/// Whether a sentence ends before the text does: a stop, a space and a capital letter.
fn has_second_sentence(text: &str) -> bool {
    let mut before = [' ', ' '];
    for c in text.chars() {
        if matches!(before[0], '.' | '?' | '!') && before[1] == ' ' && c.is_uppercase() {
            return true;
        }
        before = [before[1], c];
    }
    false
}

/// The checks of the body.
struct Body<'b> {
    path: &'b str,
    /// The line on which it begins.
    line: usize,
    article: &'b Article,
    problems: &'b mut Vec<Problem>,
}

impl Body<'_> {
    fn report(&mut self, line: usize, what: impl Into<String>) {
        self.problems.push(Problem::new(self.path, line, what));
    }

    fn has_text(&mut self) {
        let article = self.article;
        if article.lead.is_empty() && article.sections.iter().all(|section| section.text.is_empty()) {
            self.report(self.line, "the article is empty; write it or take the file out");
            return;
        }
        for (at, section) in article.sections.iter().enumerate() {
            let deeper = article.sections.get(at + 1).is_some_and(|next| next.level > section.level);
            if section.text.is_empty() && !deeper {
                let what = format!(
                    "nothing stands below the heading `{}`; write it or take it out",
                    section.heading
                );
                self.report(section.line, what);
            }
        }
    }

    fn has_the_headings_of_a_cause(&mut self) {
        let article = self.article;
        let mut found: Vec<(&str, usize)> = Vec::new();
        for section in article.sections.iter().filter(|section| section.level == 2) {
            let heading = section.heading.as_str();
            if !CAUSE_HEADINGS.contains(&heading) {
                let all = CAUSE_HEADINGS.join(" / ");
                let what = format!(
                    "`## {heading}` is no heading of a cause's article; it has {all}, use `###` in them"
                );
                self.report(section.line, what);
            } else if found.iter().any(|(earlier, _)| *earlier == heading) {
                self.report(
                    section.line,
                    format!("the heading `## {heading}` stands here again; join the two"),
                );
            } else {
                found.push((heading, section.line));
            }
        }
        let expected =
            CAUSE_HEADINGS.into_iter().filter(|heading| found.iter().any(|(there, _)| there == heading));
        if let Some((here, (heading, line))) =
            expected.zip(&found).find(|(here, (heading, _))| here != heading)
        {
            let what = format!(
                "the heading `## {heading}` stands where `## {here}` belongs; put them in the fixed order"
            );
            self.report(*line, what);
        }
        for heading in CAUSE_HEADINGS {
            if !found.iter().any(|(there, _)| *there == heading) {
                self.report(
                    self.line,
                    format!("the heading `## {heading}` is missing; every cause's article has it"),
                );
            }
        }
    }

    fn shows_it_failing_and_fixed(&mut self) {
        for (failing, name) in [(true, "failing"), (false, "fixed")] {
            let lines: Vec<usize> = self
                .article
                .exchanges
                .iter()
                .filter(|fence| fence.failing == failing)
                .map(|fence| fence.line)
                .collect();
            match lines[..] {
                [] => {
                    let what = format!("no fence ```http {name}; show the exchange as `curl -v` prints it");
                    self.report(self.line, what);
                }
                [_] => {}
                [_, ref more @ ..] => {
                    for line in more {
                        let what =
                            format!("a second fence ```http {name}; keep one, name the others ```http");
                        self.report(line.saturating_sub(1), what);
                    }
                }
            }
        }
    }
}
