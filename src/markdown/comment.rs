//! What strangers write. Two walls: only what is known to be harmless is made into HTML, and ammonia behind it.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, TextMergeStream, html};

use super::{Html, escape, escape_address, leads_outside};

/// What a link in a comment tells search engines and browsers: nobody here vouches for it, and it learns nothing.
const REL: &str = "nofollow ugc noopener noreferrer";

/// How deep quotes and lists may stand in each other. Deeper ones are shown, but not set in further: nobody reads
/// twenty quotes in each other, and a page stays a page.
const DEEPEST_BLOCK: usize = 6;

/// How deep emphasis may stand in emphasis.
const DEEPEST_EMPHASIS: usize = 4;

/// A reader's comment as HTML.
///
/// Paragraphs, emphasis, code, lists, quotes and links to `https`, `http` and `mailto` come through. Raw HTML is
/// shown as the text it is, a heading becomes a bold paragraph, an image a link. Never fails.
pub fn comment(source: &str) -> Html {
    Html(second_wall(&first_wall(source)))
}

/// Makes HTML of what is allowed and text of everything else.
fn first_wall(source: &str) -> String {
    let parser = Parser::new_ext(source, Options::ENABLE_STRIKETHROUGH);
    let mut strict = Strict::default();
    for event in TextMergeStream::new(parser) {
        strict.take(event);
    }
    let mut out = String::new();
    html::push_html(&mut out, strict.events.into_iter());
    out
}

/// Takes out whatever the first wall let through by mistake.
fn second_wall(markup: &str) -> String {
    static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
        let mut cleaner = Builder::default();
        cleaner
            .tags(HashSet::from([
                "a",
                "blockquote",
                "br",
                "code",
                "del",
                "em",
                "hr",
                "li",
                "ol",
                "p",
                "pre",
                "strong",
                "ul",
            ]))
            .generic_attributes(HashSet::new())
            .tag_attributes(HashMap::from([("a", HashSet::from(["href"])), ("ol", HashSet::from(["start"]))]))
            .url_schemes(HashSet::from(["https", "http", "mailto"]))
            .url_relative(UrlRelative::Deny)
            .link_rel(Some(REL));
        cleaner
    });
    CLEANER.clean(markup).to_string()
}

#[derive(Default)]
struct Strict<'a> {
    events: Vec<Event<'a>>,
    /// For each open element of the source, what its end becomes.
    open: Vec<Close>,
    blocks: usize,
    emphasis: usize,
    in_code: bool,
    /// How many links and images are open: a link inside a link is text.
    links: usize,
    image: Option<Image>,
}

/// An image that is being read.
#[derive(Default)]
struct Image {
    address: String,
    /// What stands for the image where it is not seen.
    alt: String,
    /// How many elements are open inside the text.
    depth: usize,
}

/// What the end of an element becomes.
enum Close {
    Nothing,
    Break,
    Block(TagEnd),
    Emphasis(TagEnd),
    Code,
    Bold,
    Link,
    Tag(TagEnd),
}

impl<'a> Strict<'a> {
    fn markup(&mut self, markup: impl Into<String>) {
        self.events.push(Event::InlineHtml(CowStr::from(markup.into())));
    }

    fn take(&mut self, event: Event<'a>) {
        if self.image.is_some() {
            self.take_in_image(event);
            return;
        }
        match event {
            Event::Start(tag) => {
                let close = self.start(tag);
                self.open.push(close);
            }
            Event::End(_) => self.end(),
            Event::Text(text) if self.in_code || self.links > 0 => self.events.push(Event::Text(text)),
            Event::Text(text) => self.text_with_addresses(text),
            Event::Html(text) | Event::InlineHtml(text) => self.events.push(Event::Text(text)),
            Event::Code(_) | Event::SoftBreak | Event::HardBreak | Event::Rule => self.events.push(event),
            // Extensions that are switched off.
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'a>) -> Close {
        match tag {
            Tag::Paragraph => self.open_as(Tag::Paragraph, Close::Tag),
            Tag::Heading { .. } => {
                self.events.extend([Event::Start(Tag::Paragraph), Event::Start(Tag::Strong)]);
                Close::Bold
            }
            // Raw HTML is not read as Markdown: it is shown as it was typed.
            Tag::HtmlBlock => self.open_as(Tag::Paragraph, Close::Tag),
            Tag::BlockQuote(_) | Tag::List(_) => {
                if self.blocks >= DEEPEST_BLOCK {
                    return Close::Nothing;
                }
                self.blocks += 1;
                let plain = if let Tag::List(start) = tag { Tag::List(start) } else { Tag::BlockQuote(None) };
                self.open_as(plain, Close::Block)
            }
            Tag::Item if matches!(self.open.last(), Some(Close::Block(_))) => self.open_as(tag, Close::Tag),
            Tag::Item => Close::Break,
            Tag::CodeBlock(_) => {
                self.in_code = true;
                self.markup("<pre><code>");
                Close::Code
            }
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough => {
                if self.emphasis >= DEEPEST_EMPHASIS {
                    return Close::Nothing;
                }
                self.emphasis += 1;
                self.open_as(tag, Close::Emphasis)
            }
            Tag::Link { dest_url, .. } => self.open_link(&dest_url),
            Tag::Image { dest_url, .. } => {
                self.image = Some(Image { address: dest_url.to_string(), ..Image::default() });
                Close::Nothing
            }
            // Extensions that are switched off.
            _ => Close::Nothing,
        }
    }

    fn open_as(&mut self, tag: Tag<'a>, close: impl Fn(TagEnd) -> Close) -> Close {
        let end = tag.to_end();
        self.events.push(Event::Start(tag));
        close(end)
    }

    fn open_link(&mut self, address: &str) -> Close {
        // `user@host` between angle brackets comes without its scheme.
        let whole = if address.contains('@') && !address.contains(':') {
            format!("mailto:{address}")
        } else {
            address.to_owned()
        };
        if self.links > 0 || !leads_outside(&whole) {
            return Close::Nothing;
        }
        self.links += 1;
        self.markup(format!("<a href=\"{}\" rel=\"{REL}\">", escape_address(&whole)));
        Close::Link
    }

    fn end(&mut self) {
        match self.open.pop() {
            None | Some(Close::Nothing) => {}
            Some(Close::Break) => self.events.push(Event::SoftBreak),
            Some(Close::Tag(end)) => self.events.push(Event::End(end)),
            Some(Close::Block(end)) => {
                self.blocks -= 1;
                self.events.push(Event::End(end));
            }
            Some(Close::Emphasis(end)) => {
                self.emphasis -= 1;
                self.events.push(Event::End(end));
            }
            Some(Close::Code) => {
                self.in_code = false;
                self.markup("</code></pre>\n");
            }
            Some(Close::Bold) => {
                self.events.extend([Event::End(TagEnd::Strong), Event::End(TagEnd::Paragraph)]);
            }
            Some(Close::Link) => {
                self.links -= 1;
                self.markup("</a>");
            }
        }
    }

    /// Of an image only its address and its text are kept, as a link.
    fn take_in_image(&mut self, event: Event<'a>) {
        let Some(image) = &mut self.image else { return };
        match event {
            Event::Start(_) => image.depth += 1,
            Event::End(_) if image.depth > 0 => image.depth -= 1,
            Event::End(_) => {
                let Image { address, alt, .. } = self.image.take().unwrap_or_default();
                let close = self.open_link(&address);
                let alt = if alt.trim().is_empty() { "image".to_owned() } else { alt };
                self.events.push(Event::Text(CowStr::from(alt)));
                self.open.pop();
                self.open.push(close);
                self.end();
            }
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                image.alt.push_str(&text);
            }
            Event::SoftBreak | Event::HardBreak => image.alt.push(' '),
            _ => {}
        }
    }

    /// Text in which an address written out becomes a link.
    fn text_with_addresses(&mut self, text: CowStr<'a>) {
        let mut rest: &str = &text;
        while let Some((before, address, after)) = next_address(rest) {
            self.events.push(Event::Text(CowStr::from(before.to_owned())));
            self.markup(format!(
                "<a href=\"{}\" rel=\"{REL}\">{}</a>",
                escape_address(address),
                escape(address)
            ));
            rest = after;
        }
        if rest.len() == text.len() {
            self.events.push(Event::Text(text));
        } else {
            self.events.push(Event::Text(CowStr::from(rest.to_owned())));
        }
    }
}

/// The first `https://…` or `http://…` of a text, with what stands before and after it. The stop or bracket that
/// ends the sentence around an address is not taken for a part of it.
fn next_address(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let start = from + text.get(from..)?.find("http")?;
        let (before, rest) = text.split_at_checked(start)?;
        from = start + 4;
        let Some(host) = rest.strip_prefix("https://").or_else(|| rest.strip_prefix("http://")) else {
            continue;
        };
        if before.ends_with(char::is_alphanumeric) || !host.starts_with(char::is_alphanumeric) {
            continue;
        }
        let end = rest.find(|c: char| c.is_whitespace() || "<>\"`".contains(c)).unwrap_or(rest.len());
        let whole = rest.get(..end)?;
        let mut address = whole;
        let mut unopened = whole.matches(')').count().saturating_sub(whole.matches('(').count());
        loop {
            address = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_']);
            match address.strip_suffix(')') {
                Some(shorter) if unopened > 0 => {
                    address = shorter;
                    unopened -= 1;
                }
                _ => break,
            }
        }
        return Some((before, address, rest.get(address.len()..)?));
    }
}
