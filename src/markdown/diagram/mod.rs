//! Pictures out of a few lines of text: who says what to whom (`sequence`), and a path of questions (`flow`). Text in,
//! SVG and its twin in words out; no styles, no scripts, no files.

mod flow;
mod measure;
mod sequence;
mod svg;

use super::escape;

/// A picture as a part of a page.
pub(super) struct Picture {
    /// The figure: title, drawing, and the same in words.
    pub html: String,
    /// The same in words, one line for each.
    pub words: Vec<String>,
}

/// What is wrong with a picture's text: how many lines below its first, and what to do.
pub(super) type Slip = (usize, String);

/// What asks for the address of a link, with its line below the first.
pub(super) type Resolve<'r> = &'r mut dyn FnMut(&str, usize) -> Result<String, String>;

/// Draws what stands in a fence of this language. `None` if the language is none of pictures. `id` is unique on the
/// page and free to be continued.
pub(super) fn draw(
    language: &str,
    text: &str,
    id: &str,
    resolve: Resolve<'_>,
) -> Option<Result<Picture, Vec<Slip>>> {
    let drawing = match language {
        "sequence" => sequence::draw(text),
        "flow" => flow::draw(text, resolve),
        _ => return None,
    };
    Some(drawing.map(|drawing| drawing.figure(id)))
}

/// What a language makes of its text.
struct Drawing {
    /// The language, as the style knows it.
    kind: &'static str,
    title: String,
    /// In pixels.
    size: (f32, f32),
    shapes: String,
    /// The items of the list that says the same, as HTML.
    items: Vec<String>,
    /// The same without markup.
    words: Vec<String>,
    /// Whether something in it can be followed.
    has_links: bool,
}

impl Drawing {
    fn figure(self, id: &str) -> Picture {
        let (width, height) = (self.size.0.ceil(), self.size.1.ceil());
        let title = escape(&self.title);
        let described = escape(&self.words.join(" "));
        // What stands in an image is not read aloud, and could be reached without being heard.
        let role = if self.has_links { "group" } else { "img" };
        let items: String = self.items.iter().map(|item| format!("<li>{item}</li>\n")).collect();
        let (kind, shapes) = (self.kind, self.shapes);
        let html = format!(
            r#"<figure class="picture">
<figcaption>{title}</figcaption>
<div class="canvas" tabindex="0" role="group" aria-labelledby="{id}-title">
<svg class="{kind}" role="{role}" aria-labelledby="{id}-title" aria-describedby="{id}-words" width="{width}" height="{height}" viewBox="0 0 {width} {height}">
<title id="{id}-title">{title}</title>
<desc id="{id}-words">{described}</desc>
{shapes}</svg>
</div>
<details class="in-words">
<summary>In words</summary>
<ol>
{items}</ol>
</details>
</figure>
"#
        );
        Picture { html, words: std::iter::once(self.title).chain(self.words).collect() }
    }
}

/// A text that must be there and short, or what to do about it.
fn short(what: &str, text: &str, longest: usize) -> Result<(), String> {
    match text.chars().count() {
        0 => Err(format!("{what} is empty; write it")),
        length if length > longest => {
            Err(format!("{what} has {length} characters; shorten it to {longest}: `{text}`"))
        }
        _ => Ok(()),
    }
}

/// The title that the first line gives.
fn title(text: &str) -> Result<String, Slip> {
    let first = text.lines().next().unwrap_or_default();
    let Some(title) = first.strip_prefix("title:").map(str::trim) else {
        return Err((0, "a picture without a title; begin with a line `title: WHAT IT SHOWS`".to_owned()));
    };
    short("the title", title, 80).map_err(|what| (0, what))?;
    Ok(title.to_owned())
}
