//! Lines that a program wrote: logs with times and levels, stack traces, access logs, the error output of tools.
//! Knows the shapes of lines; what they say is for others.

use std::sync::LazyLock;

use regex::RegexSet;

/// How lines begin that a program wrote. Each is anchored, so that a line is looked at once.
static SHAPES: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    RegexSet::new(in_ascii([
        // Times: 2024-05-01T12:00:00, [Thu Feb 21 09:35:43, 05/01/2024 12:00:00, Mar  3 12:00:00 host, E0302 12:32:50.114892
        r"^\W{0,2}\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d",
        r"^\[?(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\w*,? .{1,30}\d\d:\d\d:\d\d",
        r"^\W?\d\d?[-/.]\w{2,3}[-/.]\d{2,4}[ :T]\d\d:\d\d",
        r"^(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d+ \d\d:\d\d",
        r"^[IWEF]\d{4} \d\d:\d\d:\d\d",
        r"^\[?\d\d:\d\d:\d\d(?:[.,]\d+)?\]? ",
        // Levels.
        r"^\W{0,3}(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|FATAL|CRITICAL|SEVERE|PANIC)\b\W*(?:\s|$)",
        r"^\[?(?:trace|debug|info|notice|warn|warning|error|fatal|critical)\]?:? \S*[\[:=]",
        r"^(?:level|time|ts|msg|caller)=\S",
        r"^\[[\w.:\-/ ]{2,40}\] ?(?:\[|\w+[:\]]|ERROR|WARN|INFO|DEBUG|Error|Failed)",
        // Stack traces.
        r"^\s+at (?:async |new )?[\w$.<>/@\[\]\\(-]+.*[):\d]\s*$",
        r"^\s*at [\w$.<>/@\[\]\\-]+ ?\(.*\)\s*$",
        r#"^\s*File ".+", line \d+"#,
        r"^\s*(?:Traceback \(most recent call last\)|Caused by:|Exception in thread|Stack ?[Tt]race:|\.\.\. \d+ more|goroutine \d+ \[|panic:)",
        r"^\s*(?:[\w$]+[.:\\]+)*[\w$]*(?:Error|Exception|Fault|Denied|Unauthorized|Failure)(?: \[[\w ]+\]| \([\w ]+\))?:(?:\s|$)",
        r"^\s*#\d+ .+\(\d+\): ",
        r"^\s*from .+:\d+:in [`']",
        // Access logs, in the combined format and as servers for development print them.
        r#"^\S+ \S+ \S+ \[\d\d/\w{3}/\d{4}:.*\] ""#,
        r"^\W{0,3}(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|CONNECT) \S+ (?:HTTP/[\d.]+\W{0,3})?\W{0,4}[1-5]\d\d\b",
        r"^ *(?:Started|Processing by|Completed \d{3}|Filter chain halted|Parameters:) ",
        r"^\d{10}\.\d{3} +\d+ \S+ \w+/\d{3} ",
        r"^(?:https?|h2|wss?|grpcs) \d{4}-\d\d-\d\dT",
        r#"^\S+:\d+ .*\[\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\] .*" \d{3} "#,
        r"^\S+:\d{2,5} \[\d\d/\w{3}/\d{4}:",
        r"^#(?:Software|Version|Date|Fields|Start-Date|Remark): ",
        r"^(?:INFO|DEBUG|WARNING|ERROR|CRITICAL):[\w.]+:",
        r"^(?:info|dbug|warn|fail|crit|trce): [\w.]+\[\d+\]$",
        r"^[\w.-]+\.m?[jt]sx?:\d+(?::\d+)?\s+\S",
        r"^(?:Uncaught|Unauthorized: /|Failed to load resource:|rpc error: code = |AADSTS\d+:)",
        r"^(?:node:|file:///|/)\S+:\d+$",
        r"^Node\.js v\d",
        r"^(?:During handling of the above exception|The above exception was the direct cause)",
        r"^(?:\[stacktrace\]|FAILURE: |BUILD FAILED|> Task :|\* What went wrong:|\s*> Could not |Execution failed for task )",
        r"^(?:Invoke-(?:RestMethod|WebRequest) ?: |At line:\d+ char:\d+|\s*\+ (?:~+|CategoryInfo|FullyQualifiedErrorId|\S.* \.\.\.$))",
        r"^\S+ : (?:error|warning) [A-Z]+\d+: ",
        r"^(?:HTTP request sent, awaiting response|Authentication selected: |Username/Password Authentication Failed|Reusing existing connection|Connecting to \S+ connected)",
        r"^--\d{4}-\d\d-\d\d \d\d:\d\d:\d\d--",
        r"^---(?:request|response) (?:begin|end)---$",
        r"^An error occurred \(\w+\)",
        r"^(?:Looking in indexes: |Collecting |Uploading \S|Initializing |The push refers to |Cloning into '|Using pip )",
        r"^(?:Setting --\S+ \(|Reading HSTS entries|URI encoding = |DEBUG output created|For more information check: http)",
        r"^In \w+\.php line \d+:|^Warning: Accessing |^  The '\S+' URL required",
        r"^ *(?:% Total +% Received|Dload  Upload|\d+ +\d+ +\d+ .*--:--:--)",
        r"^[1-5]\d\d https?://\S+",
        r"^(?:https?://\S+)?:\d+ (?:Failed to |Access to |Uncaught |\w+Error: )",
        r"^<ref \*\d+> |^\[\w*Error: .*\] \{$",
        r"^\[GIN\]",
        // Tools that say who they are.
        r"^(?:npm|pnpm|yarn)\W+(?:ERR!|WARN|error|warn|notice|http|verb|info)",
        r"^\d+ (?:verbose|error|http|silly|info|warn|timing) ",
        r"^(?:fatal|error|warning|remote|hint|denied|unauthorized|ERROR|WARNING|Error response from daemon|Cannot perform an interactive login)(?: \w+)?: \S",
        r"^(?:git|curl|wget|docker|helm|kubectl|pip|twine|cargo|go|composer|mvn|gradle|gcloud|az|aws|gh|terraform|psql|ansible|podman|skopeo|crane|oras|nuget|dotnet|gem|bundler|conda|poetry|uv): ",
        r"^curl: \(\d+\)",
        r"^\[(?:ERROR|INFO|WARNING|error|warn|info|debug)\]",
        r"^(?:Error|ERROR|Failed|Failure|Uncaught|Unhandled\w*|AxiosError|HTTPError|Access to (?:fetch|XMLHttpRequest))\b.{0,60}(?::|\(|\d{3}|Unauthorized)",
        r"^(?:──|│|├|└|╷|╵|✖|✗|×|❌|\|) ?\S*",
        r"^(?:msg|message|reason|caused by|Status|StatusCode|status_code)=",
    ]))
    .ok()
});

/// Patterns whose `\w`, `\d` and `\b` mean ASCII: so many at once, with the letters of all languages, make an automaton too
/// large to be built while it is used, and the engine that takes its place is a hundred times slower.
fn in_ascii<const COUNT: usize>(patterns: [&str; COUNT]) -> [String; COUNT] {
    patterns.map(|pattern| {
        let mut ascii = String::with_capacity(2 * pattern.len());
        let mut in_class = false;
        let mut characters = pattern.chars();
        while let Some(character) = characters.next() {
            match character {
                '\\' => match characters.next() {
                    Some('d') => ascii.push_str(if in_class { "0-9" } else { "[0-9]" }),
                    Some('w') => ascii.push_str(if in_class { "0-9A-Za-z_" } else { "[0-9A-Za-z_]" }),
                    Some('W') if !in_class => ascii.push_str("[^0-9A-Za-z_]"),
                    Some('b') => ascii.push_str(r"(?-u:\b)"),
                    escaped => ascii.extend(std::iter::once('\\').chain(escaped)),
                },
                other => {
                    in_class = other == '[' || in_class && other != ']';
                    ascii.push(other);
                }
            }
        }
        ascii
    })
}

/// Whether a program wrote this line.
pub(super) fn is_log(line: &str) -> bool {
    // A line is known by its beginning; a very long one need not be read to its end.
    let head = line.get(..line.floor_char_boundary(400)).unwrap_or(line);
    SHAPES.as_ref().is_some_and(|shapes| shapes.is_match(head))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_put_into_ascii() {
        assert_eq!(in_ascii([r"^\d[\w.\]-]\W\s\b"]), [r"^[0-9][0-9A-Za-z_.\]-][^0-9A-Za-z_]\s(?-u:\b)"]);
    }

    #[test]
    fn every_shape_compiles() {
        assert!(SHAPES.is_some());
    }

    #[test]
    fn lines_of_programs_are_logs() {
        for line in [
            "2024-05-01T12:00:00Z ERROR auth: token expired",
            "[Thu Feb 21 09:35:43.432826 2019] [auth_ntlm:error] [pid 9748:tid 940] client used wrong scheme",
            "E0302 12:32:50.114892       7 handlers.go:37] Unable to authenticate the request due to an error",
            "npm ERR! code E401",
            "906 verbose stack HttpErrorAuthUnknown: Unable to authenticate",
            "    at Client.download (.../lib/index.js:137:19)",
            "\tat org.springframework.security.Filter.doFilter(Filter.java:12)",
            "Traceback (most recent call last):",
            "  File \"/app/main.py\", line 12, in <module>",
            "requests.exceptions.HTTPError: 401 Client Error: Unauthorized for url: https://api.example.com",
            "UnauthorizedError: jwt malformed",
            "127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 401 326",
            "GET /api/users/me 401 2ms - 407b",
            "remote: HTTP Basic: Access denied",
            "fatal: Authentication failed for 'https://github.com/x/y.git/'",
            "Error response from daemon: Get https://harbor.local/v2/: unauthorized: authentication required",
            "Error: 401 {\"type\":\"error\"}",
            "level=error msg=\"token is expired\"",
            "curl: (22) The requested URL returned error: 401",
            "WARNING  Error during upload. Retry with the --verbose option for more details.",
        ] {
            assert!(is_log(line), "{line}");
        }
    }

    #[test]
    fn sentences_of_people_are_no_logs() {
        for line in [
            "I get a 401 when I call the API.",
            "Error handling is fine, but the login is not.",
            "We changed the token on Monday 12:00 and it broke.",
            "at the moment nothing works",
            "GET requests work, POST requests do not.",
            "Version: 1.0.44",
            "1. Get a bearer token",
            "- Platform: linux",
        ] {
            assert!(!is_log(line), "{line}");
        }
    }
}
