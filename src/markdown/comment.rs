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

/// A reader's comment as plain text on one line, for where only its beginning is shown.
pub fn comment_words(source: &str) -> String {
    let mut text = String::new();
    for event in Parser::new_ext(source, Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Text(part) | Event::Code(part) | Event::Html(part) | Event::InlineHtml(part) => {
                text.push_str(&part)
            }
            Event::SoftBreak | Event::HardBreak | Event::Rule | Event::End(_) => text.push(' '),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
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

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    #[track_caller]
    fn check(source: &str, expected: &str) {
        assert_eq!(comment(source).as_str().trim_end(), expected);
    }

    /// What people have tried on other sites.
    const NASTY: &[&str] = &[
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](&#x6A;&#x61;vascript&colon;alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:msgbox(1))",
        "[x](//evil.example)",
        "[x](/moderate/sign-out)",
        "[x](https://x.example/\"onmouseover=\"alert(1))",
        "[x](<https://x.example/\" onmouseover=alert(1)>)",
        "[x](https://x.example 'title\" onclick=alert(1)')",
        "<https://x.example/\"><script>alert(1)</script>>",
        "<javascript:alert(1)>",
        "![x](javascript:alert(1))",
        "![\"onerror=alert(1)](https://x.example/a.png)",
        "![a [b](javascript:alert(1)) c](https://x.example/a.png)",
        "[![x](https://a.example/1)](https://b.example/2)",
        "https://x.example/\"onmouseover=alert(1)",
        "https://x.example/'><script>alert(1)</script>",
        "```\"><script>alert(1)</script>\nx\n```",
        "```html\n</code></pre><script>alert(1)</script>\n```",
        "`</code><script>alert(1)</script>`",
        "<!-- --><script>alert(1)</script>",
        "<style>*{display:none}</style>",
        "<base href=//evil.example>",
        "<form action=//evil.example><input name=q></form>",
        "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
        "<math><mtext></p><img src=x onerror=alert(1)>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<![CDATA[ <script>alert(1)</script> ]]>",
        "<?php echo 1 ?>",
        "# <script>alert(1)</script>",
        "[ref]\n\n[ref]: javascript:alert(1) \"x\"",
        "* <b\n> > <i onclick=alert(1)>x",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<scr\0ipt>alert(1)</scr\0ipt>",
        "\u{202e}txt.exe <b>",
        "[a]: <x\n<script>",
    ];

    #[test]
    fn ordinary_markdown_comes_through() {
        check(
            "It was *the* **clock** and ~~not~~ `ntp`.\n\n1. a\n2. b\n\n> quoted\n\n```sh\ndate\n```\n\n---",
            "<p>It was <em>the</em> <strong>clock</strong> and <del>not</del> <code>ntp</code>.</p>\n<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n\
             <blockquote>\n<p>quoted</p>\n</blockquote>\n<pre><code>date\n</code></pre>\n<hr>",
        );
        check("3. third", "<ol start=\"3\">\n<li>third</li>\n</ol>");
        check("", "");
    }

    #[test]
    fn links_lead_out_and_vouch_for_nothing() {
        let rel = "rel=\"nofollow ugc noopener noreferrer\"";
        check(
            "[a](https://x.example/?b&c)",
            &format!("<p><a href=\"https://x.example/?b&amp;c\" {rel}>a</a></p>"),
        );
        check("<me@x.example>", &format!("<p><a href=\"mailto:me@x.example\" {rel}>me@x.example</a></p>"));
        check("[a](../etc/passwd) [b](#c) [d](ftp://x.example)", "<p>a b d</p>");
    }

    #[test]
    fn an_address_written_out_becomes_a_link() {
        let link = |address: &str| {
            format!("<a href=\"{address}\" rel=\"nofollow ugc noopener noreferrer\">{address}</a>")
        };
        check(
            "See https://x.example/a_b_c (or http://y.example/(z)).",
            &format!("<p>See {} (or {}).</p>", link("https://x.example/a_b_c"), link("http://y.example/(z)")),
        );
        check("https:// http:/x xhttps://x.example", "<p>https:// http:/x xhttps://x.example</p>");
        check("`https://x.example`", "<p><code>https://x.example</code></p>");
    }

    #[test]
    fn headings_become_bold_and_images_links() {
        check("# Solved!", "<p><strong>Solved!</strong></p>");
        let rel = "rel=\"nofollow ugc noopener noreferrer\"";
        check(
            "![a *b*](https://x.example/a.png)",
            &format!("<p><a href=\"https://x.example/a.png\" {rel}>a b</a></p>"),
        );
        check("![](cid:1)", "<p>image</p>");
        check(
            "[![a](https://x.example/1)](https://y.example/2)",
            &format!("<p><a href=\"https://y.example/2\" {rel}>a</a></p>"),
        );
    }

    #[test]
    fn raw_html_is_shown_as_it_was_typed() {
        check("a <b>c</b>", "<p>a &lt;b&gt;c&lt;/b&gt;</p>");
        check("<div>\n*x*\n</div>", "<p>&lt;div&gt;\n*x*\n&lt;/div&gt;</p>");
    }

    #[test]
    fn nesting_has_a_bottom() {
        let quotes = comment(&format!("{} deep", ">".repeat(500)));
        assert_eq!(quotes.as_str().matches("<blockquote>").count(), DEEPEST_BLOCK);
        assert!(quotes.as_str().contains("deep"));
        let lists = comment(&(0..60).map(|level| format!("{}- x\n", "  ".repeat(level))).collect::<String>());
        assert_eq!(lists.as_str().matches("<ul>").count(), DEEPEST_BLOCK);
        assert_eq!(lists.as_str().matches('x').count(), 60);
        let stars = comment(&format!("{}x{}", "*a ".repeat(100), " a*".repeat(100)));
        assert!(stars.as_str().matches("<em>").count() <= DEEPEST_EMPHASIS);
    }

    #[test]
    fn nothing_nasty_comes_through() {
        let tag = Regex::new(r"<(/?[a-zA-Z!?][^\s>]*)").expect("a regex");
        let attribute = Regex::new(r#"<[a-z]+((?:\s+[a-z]+="[^"]*")*)\s*/?>"#).expect("a regex");
        let allowed_tags =
            ["a", "blockquote", "br", "code", "del", "em", "hr", "li", "ol", "p", "pre", "strong", "ul"];
        for source in NASTY {
            let html = comment(source).as_str().to_owned();
            for name in tag.captures_iter(&html).filter_map(|found| found.get(1)) {
                let name = name.as_str().trim_start_matches('/');
                assert!(allowed_tags.contains(&name), "{source:?} gave <{name}> in {html}");
            }
            for found in attribute.captures_iter(&html) {
                let attributes = found.get(1).map_or("", |part| part.as_str());
                let kept = attributes.is_empty()
                    || attributes.starts_with(" href=\"https://")
                    || attributes.starts_with(" href=\"http://")
                    || attributes.starts_with(" href=\"mailto:")
                    || attributes.starts_with(" start=\"");
                assert!(kept, "{source:?} gave {attributes} in {html}");
            }
        }
    }

    /// Every source together with every other, so that one may open what the other closes.
    fn pairs() -> impl Iterator<Item = String> {
        NASTY
            .iter()
            .flat_map(|a| NASTY.iter().flat_map(move |b| [format!("{a}{b}"), format!("> {a}\n\n* {b}")]))
    }

    #[test]
    fn what_is_clean_stays_as_it_is_when_it_is_cleaned_again() {
        for source in pairs() {
            let html = comment(&source).as_str().to_owned();
            assert_eq!(second_wall(&html), html, "{source:?}");
        }
    }

    #[test]
    fn the_second_wall_finds_nothing_to_take_out() {
        let tag = Regex::new(r#"</?[a-z]+(?: href="[^"]*")?"#).expect("a regex");
        let tags =
            |html: &str| tag.find_iter(html).map(|found| found.as_str().to_owned()).collect::<Vec<_>>();
        for source in pairs() {
            let first = first_wall(&source);
            let second = second_wall(&first);
            assert_eq!(tags(&first), tags(&second), "{source:?}");
        }
    }

    #[test]
    fn every_hostile_input_is_the_same_after_it_is_read_and_cleaned_again() {
        let inputs: Vec<String> =
            serde_json::from_str(include_str!("../../tests/hostile/inputs.json")).expect("a list");
        assert!(inputs.len() >= 300, "{}", inputs.len());
        for (input, next) in inputs.iter().zip(inputs.iter().cycle().skip(1)) {
            for source in [input.clone(), format!("{input}{next}"), format!("* {input}\n\n> {next}\n{input}")]
            {
                let html = comment(&source).as_str().to_owned();
                assert_eq!(second_wall(&html), html, "{source:?}");
            }
        }
    }
}
