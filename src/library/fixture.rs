//! A small library for tests: an article of every cause and one of each other kind, made from strings.

use super::Library;
use crate::cause::Cause;

/// A cause's article that keeps the rules. `see` is the text under "What you see".
pub(crate) fn cause_article(title: &str, summary: &str, see: &str) -> String {
    format!(
        "+++\ntitle = \"{title}\"\nsummary = \"{summary}\"\nreviewed = 2026-11-20\n+++\n\
         ## What you see\n\n{see}\n\n```http failing\n> GET / HTTP/1.1\n< HTTP/1.1 401 Unauthorized\n```\n\n\
         ## Why it happens\n\nThe reason.\n\n## How to be sure\n\nLook.\n\n\
         ## How to fix it\n\nMend it.\n\n```http fixed\n> GET / HTTP/1.1\n< HTTP/1.1 200 OK\n```\n\n\
         ## How to keep it from coming back\n\nWatch it.\n\n## When it is something else\n\nLook elsewhere.\n"
    )
}

/// The files of the small library.
pub(crate) fn files() -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Cause::ALL
        .iter()
        .map(|cause| {
            let words = cause.id().replace('-', " ");
            let text =
                cause_article(&format!("The {words} cause"), &format!("It is about {words}."), "A sign.");
            (format!("causes/{cause}.md"), text)
        })
        .collect();
    replace(
        &mut files,
        "causes/clock-skew.md",
        &cause_article(
            "The clocks differ",
            "The clock of the client or of the server is wrong by minutes.",
            "The answer says `Token used before issued` or names `nbf`. See [expiry](token-expired.md#how-to-be-sure).",
        ),
    );
    replace(
        &mut files,
        "causes/token-expired.md",
        &cause_article(
            "The token has expired",
            "An access token has passed its end date.",
            "The challenge is `WWW-Authenticate: Bearer error=\"invalid_token\"` and the code is E401.",
        ),
    );
    files.push((
        "fixes/refresh-a-token.md".to_owned(),
        "+++\ntitle = \"Refresh a token\"\nsummary = \"Get a new access token with the refresh token.\"\n\
         reviewed = 2026-11-20\nsee-also = [\"token-expired\"]\n+++\n\
         An access token lives for an hour.\n\n## Ask the token endpoint\n\nSend the refresh token.\n\n\
         ### With curl\n\n```sh\ncurl -d grant_type=refresh_token https://login.example/token\n```\n\n\
         ## When the refresh fails\n\nSign in again. Entra answers AADSTS50011 when the redirect URI differs.\n"
            .to_owned(),
    ));
    files.push((
        "stacks/nginx.md".to_owned(),
        "+++\ntitle = \"nginx\"\nsummary = \"A reverse proxy that passes or drops the Authorization header.\"\n\
         reviewed = 2026-11-20\n+++\n## Pass the header on\n\nSet `proxy_set_header Authorization`.\n\n\
         | directive | effect |\n| --- | --: |\n| `auth_basic` | asks for a password |\n"
            .to_owned(),
    ));
    files
}

/// Puts another text in the place of a file.
pub(crate) fn replace(files: &mut [(String, String)], path: &str, text: &str) {
    let file = files.iter_mut().find(|(there, _)| there == path).expect("the file is in the fixture");
    text.clone_into(&mut file.1);
}

/// The small library, checked.
pub(crate) fn library() -> Library {
    Library::parse(files()).unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(|problem| format!("{problem}\n")).collect::<String>())
    })
}
