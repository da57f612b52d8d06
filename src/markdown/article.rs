//! The body of an article: Markdown in, a page's body, its parts and its faults out.

use std::collections::{HashMap, HashSet};

use pulldown_cmark::{
    BrokenLink, CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, html,
};

use super::diagram;
use super::fence::{ExchangeFence, Fence, SetupFence};
use super::tabs::{self, TabPlace, TabPlan};
use super::{Html, escape, escape_address, leads_outside};

/// What [`article`] makes of a source.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The page's body. Not to be shown while there are faults.
    pub html: Html,
    /// The text before the first heading, without markup.
    pub lead: String,
    /// The headings of the second and third level and the tabs, each with its text.
    pub sections: Vec<Section>,
    /// The `id` of every heading of any level.
    pub anchors: Vec<String>,
    /// The exchanges marked as failing or fixed.
    pub exchanges: Vec<ExchangeFence>,
    /// The configurations and programs marked as failing or fixed.
    pub setups: Vec<SetupFence>,
    /// What breaks a rule, in the order of the source.
    pub faults: Vec<Fault>,
}

/// A heading of the second or third level, or a tab, and the text below it, up to the next such heading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// The `id` of the heading, without `#`; unique in the document.
    pub anchor: String,
    /// 2 or 3; of a tab, 4.
    pub level: u8,
    /// The heading as plain text.
    pub heading: String,
    /// The text below it, without markup; one line for each block.
    pub text: String,
    /// The line of the heading, counted as in [`article`].
    pub line: usize,
}

/// Something in a source that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, counted as in [`article`].
    pub line: usize,
    /// What is wrong, and what to do about it.
    pub what: String,
}

/// An article's body as HTML, its parts as plain text, and what breaks the rules.
///
/// `first_line` is the number of the source's first line in its file. `resolve` is asked for every link, with its
/// destination and line; it answers with the address to write, or with what is wrong with it.
///
/// The markup needs no inline style, which the content security policy forbids. Tables and code can take the focus,
/// so that they scroll by keyboard; the lines of an exchange carry a class for the side that sent them.
pub fn article(
    source: &str,
    first_line: usize,
    resolve: &mut dyn FnMut(&str, usize) -> Result<String, String>,
) -> Document {
    let lines = Lines::new(source, first_line);
    let mut undefined = Vec::new();
    let callback = |link: BrokenLink<'_>| {
        // A lone `[word]` is text as often as not; `[text][name]` is a link that somebody meant.
        if matches!(link.link_type, LinkType::Reference | LinkType::Collapsed) {
            undefined.push((link.span.start, link.reference.to_string()));
        }
        None
    };
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let parser = Parser::new_with_broken_link_callback(source, options, Some(callback));
    let events: Vec<_> = parser.into_offset_iter().collect();
    let mut page = Page::new(resolve, TabPlan::of(&events));
    for (event, span) in events {
        page.offset = span.start;
        page.line = lines.at(span.start);
        page.take(event);
    }
    let mut document = page.finish();
    for (start, name) in undefined {
        let what =
            format!("the link names [{name}], which is defined nowhere; add a line `[{name}]: ADDRESS`");
        document.faults.push(Fault { line: lines.at(start), what });
    }
    document.faults.sort_by_key(|fault| fault.line);
    document
}

/// Where lines begin, to turn an offset into a line number.
struct Lines {
    starts: Vec<usize>,
    first: usize,
}

impl Lines {
    fn new(source: &str, first: usize) -> Lines {
        let after_breaks =
            source.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Lines { starts: std::iter::once(0).chain(after_breaks).collect(), first }
    }

    fn at(&self, offset: usize) -> usize {
        self.first + self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }
}

/// The page under construction.
struct Page<'a, 'r> {
    resolve: &'r mut dyn FnMut(&str, usize) -> Result<String, String>,
    events: Vec<Event<'a>>,
    document: Document,
    /// Where the event at hand stands in the source.
    offset: usize,
    /// The line of the event at hand.
    line: usize,
    /// Which headings are tabs.
    tabs: TabPlan,
    in_tabs: bool,
    /// How many pictures there are so far.
    pictures: usize,
    /// The level of the heading above; the title of the page is the first.
    level: u8,
    heading: Option<Heading>,
    fence: Option<Fence>,
    link: Option<Link>,
    /// The text of an image and the elements open in it, while inside one.
    image: Option<(String, usize)>,
    in_html: bool,
    slugs: HashSet<String>,
    /// How many tables stand under a heading: a label says which one it is.
    tables: HashMap<String, usize>,
}

/// A heading that is being read.
struct Heading {
    level: u8,
    /// Where its start stands among the events, to be given its id.
    start: usize,
    text: String,
    line: usize,
    is_tab: bool,
}

/// A link that is being read.
struct Link {
    text: String,
    line: usize,
}

impl<'a, 'r> Page<'a, 'r> {
    fn new(resolve: &'r mut dyn FnMut(&str, usize) -> Result<String, String>, tabs: TabPlan) -> Page<'a, 'r> {
        Page {
            resolve,
            tabs,
            in_tabs: false,
            pictures: 0,
            offset: 0,
            events: Vec::new(),
            document: Document::default(),
            line: 0,
            level: 1,
            heading: None,
            fence: None,
            link: None,
            image: None,
            in_html: false,
            slugs: HashSet::new(),
            tables: HashMap::new(),
        }
    }

    fn finish(mut self) -> Document {
        self.leave_tabs();
        let mut out = String::new();
        html::push_html(&mut out, self.events.into_iter());
        self.document.html = Html(out);
        let texts = self.document.sections.iter_mut().map(|section| &mut section.text);
        for text in texts.chain([&mut self.document.lead]) {
            text.truncate(text.trim_end().len());
        }
        self.document
    }

    fn fault(&mut self, what: impl Into<String>) {
        self.document.faults.push(Fault { line: self.line, what: what.into() });
    }

    fn markup(&mut self, markup: impl Into<String>) {
        self.events.push(Event::InlineHtml(CowStr::from(markup.into())));
    }

    /// Adds to the plain text of whatever is being read.
    fn say(&mut self, text: &str) {
        if let Some(link) = &mut self.link {
            link.text.push_str(text);
        }
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(text);
            return;
        }
        match self.document.sections.last_mut() {
            Some(section) => section.text.push_str(text),
            None => self.document.lead.push_str(text),
        }
    }

    /// Ends a line of the plain text.
    fn end_line(&mut self) {
        let text = match self.document.sections.last_mut() {
            Some(section) => &mut section.text,
            None => &mut self.document.lead,
        };
        text.truncate(text.trim_end().len());
        if !text.is_empty() {
            text.push('\n');
        }
    }

    fn take(&mut self, event: Event<'a>) {
        if let Some(fence) = &mut self.fence {
            match event {
                Event::Text(text) => fence.text.push_str(&text),
                _ => self.end_fence(),
            }
            return;
        }
        if self.image.is_some() {
            self.take_in_image(event);
            return;
        }
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(end) => self.end(end),
            Event::Text(text) => {
                self.say(&text);
                self.events.push(Event::Text(text));
            }
            Event::Code(text) => {
                self.say(&text);
                self.events.push(Event::Code(text));
            }
            Event::Html(markup) | Event::InlineHtml(markup) => {
                if !self.in_html {
                    let shown = markup.trim().to_owned();
                    self.fault(format!(
                        "raw HTML `{shown}`; write it in Markdown, or as code between backticks"
                    ));
                }
                self.events.push(Event::Text(markup));
            }
            Event::SoftBreak | Event::HardBreak => {
                self.say(" ");
                self.events.push(event);
            }
            // What is left belongs to extensions that are switched off, except the rule between blocks.
            other => self.events.push(other),
        }
    }

    fn start(&mut self, tag: Tag<'a>) {
        if is_block(&tag) {
            // What stands before a block in the same list item is a line of its own.
            self.end_line();
        }
        match tag {
            Tag::Heading { level, .. } => {
                let level = level as u8;
                if level == 1 {
                    self.fault(
                        "a heading of the first level; the title is in the front matter, begin with `## `",
                    );
                } else if level > self.level + 1 {
                    let what = format!(
                        "a heading of level {level} under one of level {}; use level {}, none may be skipped",
                        self.level,
                        self.level + 1
                    );
                    self.fault(what);
                }
                self.level = level;
                let is_tab = self.enter_heading();
                let start = self.events.len();
                self.heading = Some(Heading { level, start, text: String::new(), line: self.line, is_tab });
                self.events.push(Event::Start(tag));
            }
            Tag::CodeBlock(kind) => self.start_fence(&kind),
            Tag::Link { dest_url, .. } => {
                if self.heading.as_ref().is_some_and(|heading| heading.is_tab) {
                    self.fault(
                        "a link in the name of a tab, where it cannot be followed; put it into the text below",
                    );
                }
                let href = match (self.resolve)(&dest_url, self.line) {
                    Ok(address) => address,
                    Err(what) => {
                        self.fault(what);
                        String::new()
                    }
                };
                self.link = Some(Link { text: String::new(), line: self.line });
                let rel = if leads_outside(&href) { " rel=\"noopener\"" } else { "" };
                self.markup(format!("<a href=\"{}\"{rel}>", escape_address(&href)));
            }
            Tag::Image { .. } => self.image = Some((String::new(), 0)),
            Tag::HtmlBlock => {
                self.fault("a block of raw HTML; write it in Markdown, or as code in a fence");
                self.in_html = true;
            }
            Tag::Table(_) => {
                let label = self.table_label();
                self.markup(format!(
                    "<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">",
                    escape(&label)
                ));
                // Alignments would become inline styles, which the content security policy forbids.
                self.events.push(Event::Start(Tag::Table(Vec::new())));
            }
            other => self.events.push(Event::Start(other)),
        }
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::Link => {
                if let Some(link) = self.link.take()
                    && link.text.trim().is_empty()
                {
                    self.line = link.line;
                    self.fault("a link without text; say between the brackets where it leads");
                }
                self.markup("</a>");
            }
            TagEnd::HtmlBlock => self.in_html = false,
            TagEnd::Table => {
                self.events.push(Event::End(end));
                self.markup("</div>\n");
                self.end_line();
            }
            TagEnd::TableCell => {
                self.say(" ");
                self.events.push(Event::End(end));
            }
            TagEnd::Paragraph
            | TagEnd::Item
            | TagEnd::TableHead
            | TagEnd::TableRow
            | TagEnd::BlockQuote(_) => {
                self.end_line();
                self.events.push(Event::End(end));
            }
            other => self.events.push(Event::End(other)),
        }
    }

    /// Opens or closes the tabs around a heading that begins, and says whether it is the name of one.
    fn enter_heading(&mut self) -> bool {
        let Some(place) = self.tabs.at(self.offset) else { return false };
        match place {
            TabPlace::After => self.leave_tabs(),
            TabPlace::First(_) | TabPlace::Next(_) => {
                self.in_tabs = true;
                self.events.push(Event::Html(CowStr::from(tabs::before_name(place))));
            }
        }
        place != TabPlace::After
    }

    fn leave_tabs(&mut self) {
        if std::mem::take(&mut self.in_tabs) {
            self.events.push(Event::Html(CowStr::from(tabs::AFTER_LAST)));
        }
    }

    fn end_heading(&mut self) {
        let Some(Heading { level, start, text, line, is_tab }) = self.heading.take() else { return };
        let text = text.trim().to_owned();
        self.line = line;
        if text.is_empty() {
            self.fault("an empty heading; give it words or take it out");
        }
        let anchor = self.unique(slug(&text));
        if !is_tab {
            if let Some(Event::Start(Tag::Heading { id, .. })) = self.events.get_mut(start) {
                *id = Some(CowStr::from(anchor.clone()));
            }
            self.markup(format!(
                " <a class=\"anchor\" href=\"#{anchor}\" aria-label=\"Link to this section\">#</a>"
            ));
        }
        let closing = pulldown_cmark::HeadingLevel::try_from(usize::from(level));
        self.events.extend(closing.map(|level| Event::End(TagEnd::Heading(level))));
        if is_tab {
            if let Err(what) = tabs::check_name(&text) {
                self.fault(what);
            }
            self.events.push(Event::Html(CowStr::from(tabs::after_name(&anchor))));
        }
        self.document.anchors.push(anchor.clone());
        if level <= 3 || is_tab {
            self.document.sections.push(Section { anchor, level, heading: text, text: String::new(), line });
        } else {
            self.say(&text);
            self.end_line();
        }
    }

    fn start_fence(&mut self, kind: &CodeBlockKind<'a>) {
        let (fence, faults) = Fence::start(kind, self.line + 1);
        for what in faults {
            self.fault(what);
        }
        self.fence = Some(fence);
    }

    fn end_fence(&mut self) {
        let Some(fence) = self.fence.take() else { return };
        if fence.failing.is_none() && self.draw(&fence) {
            return;
        }
        self.say(&fence.text);
        self.end_line();
        self.events.push(Event::Html(CowStr::from(fence.html())));
        if fence.is_mute_exchange() {
            self.line = fence.line;
            self.fault("an exchange in which nobody speaks; begin the request's lines with `> `, the response's with `< `");
        }
        let Fence { language, failing, text, line } = fence;
        match failing {
            Some(failing) if language == "http" => {
                self.document.exchanges.push(ExchangeFence { failing, text, line });
            }
            Some(failing) => self.document.setups.push(SetupFence { language, failing, text, line }),
            None => {}
        }
    }

    /// Draws the picture that a fence describes, if it is one of those.
    fn draw(&mut self, fence: &Fence) -> bool {
        let id = format!("picture-{}", self.pictures + 1);
        let resolve = &mut *self.resolve;
        let mut link = |address: &str, below: usize| resolve(address, fence.line + below);
        let Some(drawn) = diagram::draw(&fence.language, &fence.text, &id, &mut link) else { return false };
        self.pictures += 1;
        match drawn {
            Ok(picture) => {
                for line in &picture.words {
                    self.say(line);
                    self.end_line();
                }
                self.events.push(Event::Html(CowStr::from(picture.html)));
            }
            Err(slips) => {
                let fault = |(below, what)| Fault { line: fence.line + below, what };
                self.document.faults.extend(slips.into_iter().map(fault));
            }
        }
        true
    }

    /// Images are only looked at for what is wrong with them: there is nowhere to serve them from.
    fn take_in_image(&mut self, event: Event<'a>) {
        let Some((alt, depth)) = &mut self.image else { return };
        match event {
            Event::Start(_) => *depth += 1,
            Event::End(_) if *depth > 0 => *depth -= 1,
            Event::End(_) => {
                let alt = std::mem::take(alt);
                self.image = None;
                if alt.trim().is_empty() {
                    self.fault(
                        "an image without a text for those who cannot see it; write one between the brackets",
                    );
                }
                self.fault("an image; none are served with articles, show it as text, a table or a fence");
                self.say(&alt);
                self.events.push(Event::Text(CowStr::from(alt)));
            }
            Event::Text(text) | Event::Code(text) => alt.push_str(&text),
            _ => {}
        }
    }

    fn table_label(&mut self) -> String {
        let heading = self.document.sections.last().map_or("", |section| section.heading.as_str()).to_owned();
        let count = self.tables.entry(heading.clone()).or_insert(0);
        *count += 1;
        match (heading.as_str(), *count) {
            ("", 1) => "Table".to_owned(),
            ("", n) => format!("Table {n}"),
            (heading, 1) => format!("Table: {heading}"),
            (heading, n) => format!("Table {n}: {heading}"),
        }
    }

    fn unique(&mut self, slug: String) -> String {
        let mut candidate = slug.clone();
        let mut n = 0;
        while !self.slugs.insert(candidate.clone()) {
            n += 1;
            candidate = format!("{slug}-{n}");
        }
        candidate
    }
}

/// Whether a tag begins a block.
fn is_block(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Paragraph | Tag::BlockQuote(_) | Tag::List(_) | Tag::Item | Tag::CodeBlock(_) | Tag::Table(_)
    )
}

/// A heading as an id, by the rule that forges use, so that a link works in an editor, on a forge and here.
fn slug(heading: &str) -> String {
    let kept = heading.chars().filter_map(|c| match c {
        ' ' => Some('-'),
        '-' | '_' => Some(c),
        c if c.is_ascii_alphanumeric() => Some(c.to_ascii_lowercase()),
        _ => None,
    });
    let slug: String = kept.collect();
    if slug.is_empty() { "section".to_owned() } else { slug }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::markdown::tests::{faults, read};

    #[test]
    fn a_heading_has_an_id_and_a_link_to_itself() {
        let document = read("## What's `new` & good?\n\na\n\n## What's new & good?\n\nb\n");
        assert_snapshot!(document.html, @r##"
        <h2 id="whats-new--good">What's <code>new</code> &amp; good? <a class="anchor" href="#whats-new--good" aria-label="Link to this section">#</a></h2>
        <p>a</p>
        <h2 id="whats-new--good-1">What's new &amp; good? <a class="anchor" href="#whats-new--good-1" aria-label="Link to this section">#</a></h2>
        <p>b</p>
        "##);
        assert_eq!(document.sections[0].heading, "What's new & good?");
        assert!(document.faults.is_empty());
    }

    #[test]
    fn a_table_scrolls_by_itself_and_has_no_inline_style() {
        assert_snapshot!(read("## Headers\n\n| a | b |\n| :-- | --: |\n| 1 | ~~2~~ |\n\n| c |\n| --- |\n| 3 |\n").html, @r##"
        <h2 id="headers">Headers <a class="anchor" href="#headers" aria-label="Link to this section">#</a></h2>
        <div class="table" tabindex="0" role="region" aria-label="Table: Headers"><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>
        <tr><td>1</td><td><del>2</del></td></tr>
        </tbody></table>
        </div>
        <div class="table" tabindex="0" role="region" aria-label="Table 2: Headers"><table><thead><tr><th>c</th></tr></thead><tbody>
        <tr><td>3</td></tr>
        </tbody></table>
        </div>
        "##);
    }

    #[test]
    fn links_are_written_as_they_are_resolved() {
        let mut asked = Vec::new();
        let document =
            article("[a](x.md)\n\n[b](https://x.example/?a=1&b=\"2\"#é)\n", 10, &mut |destination, line| {
                asked.push((destination.to_owned(), line));
                Ok(if destination == "x.md" { "/articles/x".to_owned() } else { destination.to_owned() })
            });
        assert_snapshot!(document.html, @r#"
        <p><a href="/articles/x">a</a></p>
        <p><a href="https://x.example/?a=1&amp;b=%222%22#%C3%A9" rel="noopener">b</a></p>
        "#);
        assert_eq!(asked.iter().map(|(_, line)| *line).collect::<Vec<_>>(), [10, 12]);
    }

    #[test]
    fn what_a_resolver_refuses_is_a_fault() {
        let document = article("a\n[b](c)\n", 1, &mut |_, _| Err("dead".to_owned()));
        assert_eq!(document.faults, [Fault { line: 2, what: "dead".to_owned() }]);
    }

    #[test]
    fn sections_hold_plain_text_and_deeper_headings() {
        let document = read(
            "lead *text*\n\n## A\n\n- one\n  - two\n\n    ```sh\n    three\n    ```\n- four\n\n#### Deep\n\nx\n\n### B\n\n| c | d |\n| - | - |\n| e | `f` |\n",
        );
        assert_eq!(document.lead, "lead text");
        let shown: Vec<(u8, &str, &str)> = document
            .sections
            .iter()
            .map(|section| (section.level, section.anchor.as_str(), section.text.as_str()))
            .collect();
        assert_eq!(shown, [(2, "a", "one\ntwo\nthree\nfour\nDeep\nx"), (3, "b", "c d\ne f")]);
        assert_eq!(document.anchors, ["a", "deep", "b"]);
    }

    #[test]
    fn raw_html_is_a_fault_and_shown_as_text() {
        faults(
            "a <b>bold</b>\n\n<div>\nblock\n</div>\n",
            &[
                "1: raw HTML `<b>`; write it in Markdown, or as code between backticks",
                "1: raw HTML `</b>`; write it in Markdown, or as code between backticks",
                "3: a block of raw HTML; write it in Markdown, or as code in a fence",
            ],
        );
        assert!(!read("<script>x</script>\n").html.as_str().contains("<script"));
    }

    #[test]
    fn headings_are_not_skipped_and_not_of_the_first_level() {
        faults(
            "# A\n\n### B\n\n##\n",
            &[
                "1: a heading of the first level; the title is in the front matter, begin with `## `",
                "3: a heading of level 3 under one of level 1; use level 2, none may be skipped",
                "5: an empty heading; give it words or take it out",
            ],
        );
    }

    #[test]
    fn images_are_faults_with_or_without_text() {
        faults(
            "![](a.png) ![b ![c](d)](e.png)\n",
            &[
                "1: an image without a text for those who cannot see it; write one between the brackets",
                "1: an image; none are served with articles, show it as text, a table or a fence",
                "1: an image; none are served with articles, show it as text, a table or a fence",
            ],
        );
    }
}
