//! Markdown becomes HTML here and nowhere else. Knows nothing of files, articles' kinds or the web.

use std::fmt;

/// HTML that is safe to print unescaped. Only this module makes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// The markup as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A heading of the second or third level and the text below it, up to the next such heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The `id` of the heading, without `#`; unique in the document.
    pub anchor: String,
    /// 2 or 3.
    pub level: u8,
    /// The heading as plain text.
    pub heading: String,
    /// The text below it, without markup.
    pub text: String,
}

/// A ```` ```http failing ```` or ```` ```http fixed ```` fence: an exchange as `curl -v` prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangeFence {
    /// Whether the request fails in it.
    pub failing: bool,
    /// The lines between the fences.
    pub text: String,
    /// The line of the first line of `text`, counted from 1 in the source.
    pub line: usize,
}

/// A reader's comment as HTML: no raw HTML, no images, no headings, links that search engines do not follow.
pub fn comment(source: &str) -> Html {
    Html(format!("<p>{}</p>", source.replace('&', "&amp;").replace('<', "&lt;")))
}
