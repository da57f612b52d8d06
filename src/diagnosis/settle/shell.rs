//! Words of a command that a reader copies into a shell: whatever stood in the paste arrives as one harmless word. Knows
//! no command.

/// What a word is put together from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Text as it is.
    Text(String),
    /// The value of a variable that the reader sets.
    Variable(&'static str),
}

/// A word for a POSIX shell that means exactly these parts (POSIX.1-2024, Shell Command Language, section 2.2). Text
/// stands in single quotes, in which nothing is special; a variable in double quotes, so that it is not divided.
pub fn word(parts: &[Part]) -> String {
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Text(text) => out.push_str(&quoted(text)),
            Part::Variable(name) => {
                out.push_str("\"$");
                out.push_str(name);
                out.push('"');
            }
        }
    }
    if out.is_empty() { "''".to_owned() } else { out }
}

/// A text as a word for a POSIX shell.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Whether a text is a host name or address that no program takes for an option and no shell for anything else.
pub fn is_host(text: &str) -> bool {
    let inside = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    if let Some(address) = inside {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    !text.is_empty() && text.len() <= 253 && !text.starts_with(['-', '.']) && text.bytes().all(good)
}

/// Whether a text may stand inside double quotes, and in a header: a name of letters, digits and dashes.
pub fn is_name(text: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !text.is_empty() && text.len() <= 40 && !text.starts_with('-') && text.bytes().all(good)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// What a real shell makes of the word.
    #[track_caller]
    fn read_by_sh(word: &str) -> String {
        let output = Command::new("sh")
            .args(["-c", &format!("printf '%s|' {word}")])
            .env("TOKEN", "t'o $k\"en")
            .output()
            .expect("a shell");
        assert!(output.status.success() && output.stderr.is_empty(), "{word}: {output:?}");
        String::from_utf8(output.stdout).expect("text")
    }

    #[test]
    fn a_shell_reads_each_text_as_one_word_of_the_same_letters() {
        for text in [
            "https://api.example.com/v1/me?a=1&b=2#x",
            "it's",
            "''",
            "'; touch /nowhere/owned; '",
            "$(touch /nowhere/owned)",
            "`touch /nowhere/owned`",
            "\"$HOME\"",
            "-rf",
            "--output=/etc/passwd",
            "a\nb\n",
            "!!",
            "\\",
            "a b\tc",
            "*",
            "~root",
            "",
            "ünïcode…",
        ] {
            assert_eq!(read_by_sh(&quoted(text)), format!("{text}|"), "{text:?}");
        }
    }

    #[test]
    fn a_variable_inside_a_word_is_not_divided_and_not_read_again() {
        let parts =
            [Part::Text("https://x/?key=".into()), Part::Variable("TOKEN"), Part::Text("&y='".into())];
        assert_eq!(word(&parts), r#"'https://x/?key='"$TOKEN"'&y='\'''"#);
        assert_eq!(read_by_sh(&word(&parts)), "https://x/?key=t'o $k\"en&y='|");
        assert_eq!(word(&[]), "''");
    }

    #[test]
    fn a_host_is_no_option_and_no_command() {
        for good in ["api.example.com", "localhost", "10.0.0.1", "[::1]", "xn--bcher-kva.example", "my_host"]
        {
            assert!(is_host(good), "{good}");
        }
        for bad in ["", "-oProxyCommand=x", ".x", "a b", "a;b", "$(id)", "a'b", "[x]", "ü.example", "a\nb"] {
            assert!(!is_host(bad), "{bad}");
        }
    }
}
