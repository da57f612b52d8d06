//! What stands where a credential should stand and is none: a variable that was not expanded, an example's word, an
//! empty value in words, or the mask that the author of a paste put there. Placeholders are evidence and stay readable.

/// What kind of placeholder stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Placeholder {
    /// A variable in the syntax of a shell or a template: `${TOKEN}`, `%TOKEN%`, `{{token}}`.
    Variable,
    /// A word from an example: `YOUR_API_KEY`, `<token>`, `changeme`.
    Example,
    /// A value that is nothing: `undefined`, `null`, `[object Object]`.
    Nothing,
    /// What the author of the paste, or we, put over the credential: `xxxx`, `****`, `[masked]`, `…`.
    Masked,
}

/// Words that languages print for no value.
const NOTHING: [&str; 10] =
    ["undefined", "null", "none", "nil", "nan", "[object object]", "false", "\"\"", "''", "(null)"];

/// Whole values that stand for a credential in examples.
const EXAMPLES: [&str; 35] = [
    "token",
    "jwt",
    "apikey",
    "api_key",
    "api-key",
    "key",
    "password",
    "passwd",
    "secret",
    "changeme",
    "change_me",
    "access_token",
    "accesstoken",
    "access-token",
    "mytoken",
    "my_token",
    "my-token",
    "mypassword",
    "myapikey",
    "example",
    "placeholder",
    "todo",
    "client_secret",
    "client-secret",
    "clientsecret",
    "jwt_token",
    "jwttoken",
    "bearer_token",
    "auth_token",
    "authtoken",
    "id_token",
    "credentials",
    "string",
    "base64",
    "dummy",
];

/// Tells a placeholder from a credential; nothing when the text may be a credential.
pub fn placeholder(text: &str) -> Option<Placeholder> {
    let text = text.trim().trim_matches(['"', '\'', '`']);
    // A placeholder is short; a long text is not looked at.
    if text.is_empty() || text.len() > 120 {
        return None;
    }
    if is_variable(text) {
        return Some(Placeholder::Variable);
    }
    let lower = text.to_ascii_lowercase();
    if NOTHING.contains(&lower.as_str()) {
        return Some(Placeholder::Nothing);
    }
    if is_mask(text, &lower) {
        return Some(Placeholder::Masked);
    }
    is_example(text, &lower).then_some(Placeholder::Example)
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() < 80
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-. :()[]\"'?|/".contains(&byte))
}

/// `$NAME`, `${NAME}`, `$(command)`, `%NAME%`, `{{name}}`, `{name}`, `#{name}`, `$env:NAME`, `process.env.NAME`.
fn is_variable(text: &str) -> bool {
    let between = |open: &str, close: &str| {
        text.strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close))
            .is_some_and(|inner| is_name(inner.trim()))
    };
    if between("${{", "}}")
        || between("${", "}")
        || between("{{", "}}")
        || between("#{", "}")
        || between("$(", ")")
        || between("{", "}")
    {
        return true;
    }
    if between("%(", ")s") || text == "%s" || text == "{}" || text == "%v" {
        return true;
    }
    if between("%", "%") && !text.contains(' ') {
        return true;
    }
    if let Some(name) = text.strip_prefix('$') {
        let name = name.strip_prefix("env:").unwrap_or(name);
        // A password may begin with `$` too: a name has digits only where it is in capitals.
        let named = name.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        return named
            && !(name.bytes().any(|byte| byte.is_ascii_digit())
                && name.bytes().any(|byte| byte.is_ascii_lowercase()));
    }
    ["process.env.", "os.environ", "secrets.", "env."].iter().any(|prefix| text.starts_with(prefix))
        && is_name(text)
}

/// Characters repeated in the place of a credential, dots for what was left out, or a word in brackets that says so.
fn is_mask(text: &str, lower: &str) -> bool {
    let fill = |char: char| {
        matches!(char, 'x' | 'X' | '*' | '.' | '…' | '•' | '●' | '█' | '#' | '_' | '-' | ' ' | '?' | '0')
    };
    let strong = |char: char| matches!(char, 'x' | 'X' | '*' | '.' | '…' | '•' | '●' | '█' | '#');
    if text.chars().all(fill)
        && text.chars().filter(|char| strong(*char)).count() >= usize::from(!text.contains('…')) * 3
    {
        return true;
    }
    let words = [
        "masked",
        "redacted",
        "removed",
        "hidden",
        "omitted",
        "snip",
        "filtered",
        "secured",
        "secret",
        "censored",
        "sanitized",
        "stripped",
        "truncated",
    ];
    let bracketed = |open: char, close: char| {
        lower
            .find(open)
            .and_then(|at| lower.get(at..))
            .is_some_and(|rest| rest.contains(close) && words.iter().any(|word| rest.contains(word)))
    };
    if bracketed('[', ']') || bracketed('<', '>') || bracketed('(', ')') || bracketed('{', '}') {
        return true;
    }
    if words.iter().any(|word| lower == *word && *word != "secret") {
        return true;
    }
    // Elided in the middle or at the end: eyJhbGciOi..., sk-...abcd, abc****def, abc…
    let elided = lower.as_bytes().windows(3).any(|three| matches!(three, b"..." | b"***"))
        || lower.as_bytes().windows(4).any(|four| four == b"xxxx");
    elided || !text.is_ascii() && (text.contains('…') || text.contains("•••"))
}

fn is_example(text: &str, lower: &str) -> bool {
    if text.len() > 2 && text.starts_with('<') && text.ends_with('>') && !text.contains("><") {
        return true;
    }
    if text.len() > 2
        && text.starts_with('[')
        && text.ends_with(']')
        && text.contains(|char: char| char.is_ascii_alphabetic())
    {
        return true;
    }
    if EXAMPLES.contains(&lower) {
        return true;
    }
    // A word with digits would be a credential.
    if lower.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let words: Vec<&str> =
        lower.split(|char: char| !char.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let about = [
        "token",
        "key",
        "secret",
        "password",
        "jwt",
        "pat",
        "credential",
        "credentials",
        "apikey",
        "username",
        "user",
        "pass",
        "id",
        "code",
        "value",
        "auth",
        "string",
    ];
    let owner = [
        "your", "my", "insert", "replace", "enter", "put", "some", "the", "example", "sample", "test",
        "dummy", "fake", "actual", "valid", "long",
    ];
    // Words only, as in YOUR_API_KEY or my-access-token: a part with digits would be a credential.
    let spoken =
        words.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_alphabetic()) && word.len() < 16);
    let named = words.iter().any(|word| about.contains(word));
    let owned = words.first().is_some_and(|word| owner.contains(word));
    if spoken
        && words.len() > 1
        && named
        && (owned || text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'))
    {
        return true;
    }
    let joined = |prefix: &str| {
        lower
            .strip_prefix(prefix)
            .is_some_and(|rest| about.iter().any(|word| rest.starts_with(word)) && rest.len() < 20)
    };
    words.len() == 1 && spoken && (joined("your") || joined("my"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(texts: &[&str], expected: Option<Placeholder>) {
        for text in texts {
            assert_eq!(placeholder(text), expected, "{text}");
        }
    }

    #[test]
    fn variables_that_were_not_expanded_are_seen() {
        check(
            &[
                "$TOKEN",
                "${TOKEN}",
                "${{ secrets.NPM_TOKEN }}",
                "%TOKEN%",
                "{{token}}",
                "{token}",
                "$env:TOKEN",
                "$(cat token)",
                "process.env.KEY",
                "%s",
            ],
            Some(Placeholder::Variable),
        );
    }

    #[test]
    fn words_from_examples_are_seen() {
        check(
            &[
                "YOUR_API_KEY",
                "<token>",
                "<your token here>",
                "your-token-here",
                "my_access_token",
                "changeme",
                "ACCESS_TOKEN",
                "yourtoken",
                "[token]",
            ],
            Some(Placeholder::Example),
        );
    }

    #[test]
    fn values_that_are_nothing_are_seen() {
        check(&["undefined", "null", "None", "[object Object]"], Some(Placeholder::Nothing));
    }

    #[test]
    fn masks_of_authors_are_seen() {
        check(
            &[
                "xxxx",
                "****",
                "...",
                "…",
                "[masked]",
                "[masked JWT]",
                "eyJhbGciOi...",
                "sk-...abcd",
                "<redacted>",
                "ghp_xxxxxxxxxxxx",
                "[REDACTED]",
                "XXXX-XXXX",
            ],
            Some(Placeholder::Masked),
        );
    }

    #[test]
    fn credentials_are_no_placeholders() {
        check(
            &[
                "hunter2",
                "s3cr3t",
                "dXNlcjpwYXNz",
                "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
                "p$ssw0rd",
                "correct horse",
                "%41%42",
            ],
            None,
        );
    }
}
