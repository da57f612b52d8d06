//! Markdown becomes HTML here and nowhere else. Knows nothing of files, kinds of article or the web.
//!
//! Two doors: [`article`] for what the operator's writers write, whose slips are reported with their line,
//! and [`comment`] for what strangers write, of which little is let through and nothing is refused.

mod article;
mod comment;
mod diagram;
mod fence;
mod tabs;

use std::fmt;

pub use article::{Document, Fault, Section, article};
pub use comment::{comment, comment_words};
pub use fence::{ExchangeFence, SetupFence};

/// HTML that is safe to print unescaped. Only this module makes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// The markup as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands under a heading of the second level, to be shown inside another page: the headings below it lose
    /// their anchors and stand two levels lower, ids begin with `name`, which is unique on that page, and links within
    /// the article lead to `address`, its own page.
    pub fn section(&self, anchor: &str, name: &str, address: &str) -> Option<Html> {
        let (_, rest) = self.0.split_once(&format!("<h2 id=\"{anchor}\""))?;
        let (_, body) = rest.split_once("</h2>")?;
        let body = body.split("<h2 ").next()?.trim();
        let mut section = String::with_capacity(body.len());
        let mut rest = body;
        while let Some((before, link)) = rest.split_once(" <a class=\"anchor\"") {
            let (_, after) = link.split_once("</a>")?;
            section.push_str(before);
            rest = after;
        }
        section.push_str(rest);
        // Text has its quotes and angle brackets escaped, so that these are tags and attributes.
        for (level, lower) in [("4", "6"), ("3", "5")] {
            section = section
                .replace(&format!("<h{level}>"), &format!("<h{lower}>"))
                .replace(&format!("<h{level} "), &format!("<h{lower} "))
                .replace(&format!("</h{level}>"), &format!("</h{lower}>"));
        }
        let section = section
            .replace(" id=\"", &format!(" id=\"{name}-"))
            .replace(" aria-labelledby=\"", &format!(" aria-labelledby=\"{name}-"))
            .replace(" aria-describedby=\"", &format!(" aria-describedby=\"{name}-"))
            .replace("<details name=\"", &format!("<details name=\"{name}-"))
            .replace(" href=\"#", &format!(" href=\"{}#", escape_address(address)));
        Some(Html(section))
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Text as it stands between tags or in a quoted attribute.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// An address as it stands in a quoted attribute: what an address cannot hold is percent-encoded
/// (RFC 3986, section 2.1), what is special in HTML is escaped.
fn escape_address(address: &str) -> String {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let mut encoded = String::with_capacity(address.len());
    for byte in address.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~!*'();:@&=+$,/?#%".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.extend(['%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
    }
    escape(&encoded)
}

/// Whether an address leads away from the site by one of the schemes that a page may use.
pub fn leads_outside(address: &str) -> bool {
    ["https://", "http://", "mailto:"]
        .iter()
        .any(|scheme| address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

/// What the tests of this room share.
#[cfg(test)]
mod tests {
    use super::{Document, article};

    /// Resolves every link to itself.
    pub(super) fn read(source: &str) -> Document {
        article(source, 1, &mut |destination, _| Ok(destination.to_owned()))
    }

    #[track_caller]
    pub(super) fn faults(source: &str, expected: &[&str]) {
        let faults = read(source).faults;
        let shown: Vec<String> =
            faults.iter().map(|fault| format!("{}: {}", fault.line, fault.what)).collect();
        assert_eq!(shown, expected);
    }
}
