//! Code between fences: which of it is marked as failing or fixed, and how it is shown.

use pulldown_cmark::CodeBlockKind;

use super::escape;

/// The languages whose fences can be marked as `failing` or `fixed`. The first is the exchange itself; the others are
/// what runs on a server or in a shell, and tests run it.
const MARKED: [&str; 7] = ["http", "nginx", "apache", "haproxy", "python", "javascript", "sh"];

/// A ```` ```http failing ```` or ```` ```http fixed ```` fence: an exchange as `curl -v` prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangeFence {
    /// Whether the request fails in it.
    pub failing: bool,
    /// The lines between the fences.
    pub text: String,
    /// The line of the first line of `text`, counted as in [`article`](super::article).
    pub line: usize,
}

/// A fence such as ```` ```nginx failing ```` or ```` ```python fixed ````: a configuration or a program that answers
/// 401 to a request with the right credentials, or its mended twin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupFence {
    /// What it is written in, as the fence names it.
    pub language: String,
    /// Whether it refuses what it should let in.
    pub failing: bool,
    /// The lines between the fences.
    pub text: String,
    /// The line of the first line of `text`, counted as in [`article`](super::article).
    pub line: usize,
}

/// A code block that is being read.
pub(super) struct Fence {
    pub language: String,
    /// `Some(failing)` for what is shown in two states.
    pub failing: Option<bool>,
    pub text: String,
    /// The line of the first line of `text`.
    pub line: usize,
}

impl Fence {
    /// What the opening line says, and what is wrong with it. `line` is that of the first line inside.
    pub fn start(kind: &CodeBlockKind<'_>, line: usize) -> (Fence, Vec<String>) {
        let mut fence = Fence { language: String::new(), failing: None, text: String::new(), line };
        let mut faults = Vec::new();
        let CodeBlockKind::Fenced(info) = kind else {
            faults.push(
                "a code block made by indenting; put it between fences and name its language".to_owned(),
            );
            return (fence, faults);
        };
        let mut words = info.split_whitespace();
        let language = words.next().unwrap_or_default();
        let rest = words.collect::<Vec<_>>().join(" ");
        if language.is_empty() {
            faults.push("a fence without a language; write ```text where there is none".to_owned());
        } else if !language.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-_".contains(&byte)) {
            faults.push(format!("`{language}` is no name of a language; use letters, digits, + - _"));
        } else {
            language.clone_into(&mut fence.language);
        }
        fence.failing = match rest.as_str() {
            "" => None,
            "failing" if MARKED.contains(&language) => Some(true),
            "fixed" if MARKED.contains(&language) => Some(false),
            _ => {
                let known = "it can be `failing` or `fixed`, and only after";
                let languages = MARKED.join(", ");
                faults.push(format!(
                    "nothing is known of `{rest}` after a fence's language; {known} {languages}"
                ));
                None
            }
        };
        (fence, faults)
    }

    /// Whether it is an exchange in which neither side says anything.
    pub fn is_mute_exchange(&self) -> bool {
        self.failing.is_some()
            && self.language == "http"
            && !self.text.lines().any(|line| matches!(side(line), Some("req" | "res")))
    }

    /// The block as it is shown. It can take the focus, so that it scrolls by keyboard.
    pub fn html(&self) -> String {
        let class =
            if self.language.is_empty() { String::new() } else { format!("language-{}", self.language) };
        let http = self.language == "http";
        let code = if http { sides(&self.text) } else { escape(&self.text) };
        let block = format!("<pre tabindex=\"0\"><code class=\"{class}\">{code}</code></pre>\n");
        let (class, caption) = match (self.failing, http) {
            (None, _) => return block,
            (Some(true), true) => ("exchange failing", "This request fails"),
            (Some(false), true) => ("exchange fixed", "This request works"),
            (Some(true), false) => ("setup failing", "Fails"),
            (Some(false), false) => ("setup fixed", "Fixed"),
        };
        format!("<figure class=\"{class}\">\n<figcaption>{caption}</figcaption>\n{block}</figure>\n")
    }
}

/// Which side a line of an exchange belongs to, as the class that the style knows it by.
fn side(line: &str) -> Option<&'static str> {
    let (mark, rest) = line.split_at_checked(1)?;
    if !(rest.is_empty() || rest.starts_with(' ')) {
        return None;
    }
    match mark {
        ">" => Some("req"),
        "<" => Some("res"),
        "*" => Some("note"),
        _ => None,
    }
}

/// An exchange with a class on each line: who sent it.
fn sides(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for line in text.lines() {
        match side(line) {
            Some(class) => out.push_str(&format!("<span class=\"{class}\">{}</span>\n", escape(line))),
            None => {
                out.push_str(&escape(line));
                out.push('\n');
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::markdown::tests::{faults, read};

    #[test]
    fn an_exchange_is_a_figure_and_its_lines_know_who_spoke() {
        let document = read(
            "```http failing\n* Trying\n> GET /?a<b HTTP/1.1\n>\n< HTTP/1.1 401 Unauthorized\n\n<b>no</b>\n```\n",
        );
        assert_snapshot!(document.html, @r#"
        <figure class="exchange failing">
        <figcaption>This request fails</figcaption>
        <pre tabindex="0"><code class="language-http"><span class="note">* Trying</span>
        <span class="req">&gt; GET /?a&lt;b HTTP/1.1</span>
        <span class="req">&gt;</span>
        <span class="res">&lt; HTTP/1.1 401 Unauthorized</span>

        &lt;b&gt;no&lt;/b&gt;
        </code></pre>
        </figure>
        "#);
        assert_eq!(document.exchanges[0].line, 2);
        assert!(document.exchanges[0].failing);
        assert!(document.faults.is_empty());
    }

    #[test]
    fn code_has_a_class_for_its_language() {
        assert_snapshot!(read("```sh\ncurl -v \"$URL\" | less\n```\n").html, @r#"
        <pre tabindex="0"><code class="language-sh">curl -v &quot;$URL&quot; | less
        </code></pre>
        "#);
    }

    #[test]
    fn a_configuration_that_fails_and_its_mended_twin_are_figures_and_kept() {
        let document = read(
            "```nginx failing\nauth_basic off;\n```\n\n```nginx fixed\nauth_basic on;\n```\n\n```nginx\nhttp {}\n```\n",
        );
        assert_snapshot!(document.html, @r#"
        <figure class="setup failing">
        <figcaption>Fails</figcaption>
        <pre tabindex="0"><code class="language-nginx">auth_basic off;
        </code></pre>
        </figure>
        <figure class="setup fixed">
        <figcaption>Fixed</figcaption>
        <pre tabindex="0"><code class="language-nginx">auth_basic on;
        </code></pre>
        </figure>
        <pre tabindex="0"><code class="language-nginx">http {}
        </code></pre>
        "#);
        let kept: Vec<_> =
            document.setups.iter().map(|setup| (&*setup.language, setup.failing, setup.line)).collect();
        assert_eq!(kept, [("nginx", true, 2), ("nginx", false, 6)]);
        assert_eq!(document.setups[0].text, "auth_basic off;\n");
        assert!(document.exchanges.is_empty() && document.faults.is_empty());
    }

    #[test]
    fn fences_name_their_language() {
        faults(
            "```\na\n```\n\n```http faling\n> a\n```\n\n    indented\n\n```a/b\n```\n\n```http fixed\na\n```\n\n```sql failing\n```\n",
            &[
                "1: a fence without a language; write ```text where there is none",
                "5: nothing is known of `faling` after a fence's language; it can be `failing` or `fixed`, and only after http, nginx, apache, haproxy, python, javascript, sh",
                "9: a code block made by indenting; put it between fences and name its language",
                "11: `a/b` is no name of a language; use letters, digits, + - _",
                "15: an exchange in which nobody speaks; begin the request's lines with `> `, the response's with `< `",
                "18: nothing is known of `failing` after a fence's language; it can be `failing` or `fixed`, and only after http, nginx, apache, haproxy, python, javascript, sh",
            ],
        );
    }
}
