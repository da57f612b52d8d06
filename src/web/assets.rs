//! Style, scripts, font and drawings: built into the program, compressed once, each at an address that changes with its
//! content. Knows nothing of pages.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse, web};
use rust_embed::RustEmbed;

use super::cache::{Keep, Stored, fingerprint};
use super::error::PageError;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// The files in `static/`, ready to be sent. They are a constant of the program that is too long to write down, which is
/// why this is the one value that does not come with the state.
static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::read);

struct Assets {
    /// From the name in templates and style sheets to the address.
    addresses: BTreeMap<String, String>,
    /// From the last part of the address to the body.
    bodies: BTreeMap<String, Stored>,
}

/// The address of a file in `static/`: `/static/style.0a1b2c3d.css` for `style.css`.
///
/// # Panics
/// When there is no such file: a template names one that does not exist, which every test of a page notices.
pub fn href(name: &str) -> &'static str {
    ASSETS.addresses.get(name).unwrap_or_else(|| panic!("static/ has no {name}"))
}

/// Compresses everything now, so that the first reader does not wait for it.
pub fn prepare() {
    LazyLock::force(&ASSETS);
}

/// Sends a file whose address carries the hash of its content.
pub async fn file(name: web::Path<String>, request: HttpRequest) -> Result<HttpResponse, PageError> {
    ASSETS.bodies.get(name.as_str()).map(|stored| stored.answer(&request)).ok_or(PageError::NotFound)
}

/// Sends the icon that browsers ask for by this name whatever the page says.
pub async fn favicon(request: HttpRequest) -> Result<HttpResponse, PageError> {
    static ICON: LazyLock<Option<Stored>> = LazyLock::new(|| {
        Files::get("favicon.ico").map(|file| Stored::new("image/x-icon", Keep::ADay, file.data.into_owned()))
    });
    ICON.as_ref().map(|stored| stored.answer(&request)).ok_or(PageError::NotFound)
}

impl Assets {
    fn read() -> Assets {
        let mut assets = Assets { addresses: BTreeMap::new(), bodies: BTreeMap::new() };
        for name in Files::iter().filter(|name| !name.contains('/')) {
            let body = Files::get(&name).map(|file| file.data.into_owned()).unwrap_or_default();
            assets.add(&name, body);
        }
        // Last, because the style sheet names the font and the drawings by their addresses.
        let style = assets.with_addresses(&joined("css/"));
        assets.add("style.css", style.into_bytes());
        assets.add("site.js", joined("js/").into_bytes());
        assets
    }

    fn add(&mut self, name: &str, body: Vec<u8>) {
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "bin"));
        let hashed = format!("{stem}.{}.{ending}", &fingerprint(&body)[..8]);
        self.addresses.insert(name.to_owned(), format!("/static/{hashed}"));
        self.bodies.insert(hashed, Stored::new(content_type(ending), Keep::ForGood, body));
    }

    /// Puts addresses in the place of names in `url("name")`.
    fn with_addresses(&self, style: &str) -> String {
        self.addresses.iter().fold(style.to_owned(), |style, (name, address)| {
            style.replace(&format!("url(\"{name}\")"), &format!("url(\"{address}\")"))
        })
    }
}

/// The files of a folder in the order of their names, as one text.
fn joined(folder: &str) -> String {
    let mut names: Vec<_> = Files::iter().filter(|name| name.starts_with(folder)).collect();
    names.sort();
    let texts = names.iter().filter_map(|name| Files::get(name));
    texts.map(|file| String::from_utf8_lossy(&file.data).into_owned()).collect::<Vec<_>>().join("\n")
}

fn content_type(ending: &str) -> &'static str {
    match ending {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_names_files_by_their_hashed_addresses() {
        let name = href("style.css").trim_start_matches("/static/");
        let style = String::from_utf8(ASSETS.bodies[name].body().to_vec()).unwrap();
        let named: Vec<&str> =
            style.split("url(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(named.contains(&href("commissioner.woff2")));
        for address in named {
            let file = address.strip_prefix("/static/").unwrap_or(address);
            assert!(ASSETS.bodies.contains_key(file), "the style sheet names {address}, which is not there");
        }
    }

    #[test]
    fn the_font_costs_less_than_30_kilobytes() {
        let name = href("commissioner.woff2").trim_start_matches("/static/");
        assert!(ASSETS.bodies[name].body().len() < 30_000);
    }
}
