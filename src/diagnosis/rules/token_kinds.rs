//! What kind of token a JSON Web Token is, by its issuer's own habits, and whether that kind fits the request. Each habit is
//! from the issuer's documentation.

use super::jwt::host_name;
use super::{Rule, host, requests, under};
use crate::cause::Cause::{
    ClockSkew, InsufficientScope, MalformedToken, TokenExpired, WrongAudience, WrongCredentialKind,
    WrongEnvironment, WrongIssuer,
};
use crate::diagnosis::finding::Weight::{Against, Decisive, Strong, Weak};
use crate::report::{Report, Request, Token, TokenForm};

pub(super) const RULES: &[Rule] = &[
    GRAPH_ELSEWHERE,
    FIRST_VERSION_OF_ENTRA,
    GOOGLE_ID_TOKEN,
    FIREBASE,
    SUPABASE_ANON,
    GITHUB_APP,
    LIVES_TOO_LONG,
    OKTA_ORG,
    ENCRYPTED,
    OTHER_TYPE,
    MILLISECONDS,
    SCOPE_LACKS,
];

/// The application id and the address of Microsoft Graph, either of which may be the audience.
const GRAPH: [&str; 2] = ["00000003-0000-0000-c000-000000000000", "https://graph.microsoft.com"];

/// A token for Graph has a signature that only Graph can verify.
const GRAPH_ELSEWHERE: Rule = Rule {
    id: "jwt.graph-token-elsewhere",
    says: "The token is one for Microsoft Graph and the request goes elsewhere.",
    points_to: &[(WrongAudience, Decisive), (WrongCredentialKind, Weak), (TokenExpired, Against)],
    find: |report, findings| {
        carried(report, |request, token| {
            let graph = token.texts("aud").iter().any(|aud| GRAPH.contains(&aud.trim_end_matches('/')));
            if graph && host(request).is_some_and(|host| !under(host, "graph.microsoft.com")) {
                findings.add(Some(token.piece.span));
            }
        });
    },
};

const FIRST_VERSION_OF_ENTRA: Rule = Rule {
    id: "jwt.entra-first-version",
    says: "The token is one of Entra ID's first version, whose issuer is sts.windows.net.",
    points_to: &[(WrongIssuer, Weak), (WrongAudience, Weak)],
    find: |report, findings| {
        for token in &report.tokens {
            if token.text("iss").is_some_and(|iss| host_name(iss) == "sts.windows.net") {
                findings.add(Some(token.piece.span));
            }
        }
    },
};

/// Google's ID tokens name a client as their audience; Google's own APIs take access tokens, which are no JWTs.
const GOOGLE_ID_TOKEN: Rule = Rule {
    id: "jwt.google-id-token",
    says: "A Google ID token is sent to a Google API.",
    points_to: &[(WrongCredentialKind, Decisive), (WrongAudience, Weak), (TokenExpired, Against)],
    find: |report, findings| {
        carried(report, |request, token| {
            let google = token
                .text("iss")
                .is_some_and(|iss| matches!(iss, "https://accounts.google.com" | "accounts.google.com"));
            if google && host(request).is_some_and(|host| under(host, "googleapis.com")) {
                findings.add(Some(token.piece.span));
            }
        });
    },
};

/// A Firebase ID token is for the application's own code; Cloud Run and Cloud Functions want Google's tokens before it.
const FIREBASE: Rule = Rule {
    id: "jwt.firebase-token-to-cloud",
    says: "A Firebase ID token is sent to Cloud Run or Cloud Functions.",
    points_to: &[(WrongCredentialKind, Strong), (WrongAudience, Strong), (WrongIssuer, Weak)],
    find: |report, findings| {
        carried(report, |request, token| {
            let firebase =
                token.text("iss").is_some_and(|iss| iss.starts_with("https://securetoken.google.com/"));
            let cloud =
                host(request).is_some_and(|host| under(host, "run.app") || under(host, "cloudfunctions.net"));
            if firebase && cloud {
                findings.add(Some(token.piece.span));
            }
        });
    },
};

const SUPABASE_ANON: Rule = Rule {
    id: "jwt.supabase-anon-key",
    says: "The token is the anonymous key of a Supabase project, which stands for no user.",
    points_to: &[(WrongCredentialKind, Strong), (InsufficientScope, Strong)],
    find: |report, findings| {
        for token in &report.tokens {
            if token.text("iss") == Some("supabase") && token.text("role") == Some("anon") {
                findings.add(Some(token.piece.span));
            }
        }
    },
};

/// A GitHub App's own token opens `/app` and little else; for repositories it is exchanged for an installation token.
const GITHUB_APP: Rule = Rule {
    id: "jwt.github-app-elsewhere",
    says: "The token of a GitHub App itself is sent to an address that wants an installation token.",
    points_to: &[(WrongCredentialKind, Decisive)],
    find: |report, findings| {
        carried(report, |request, token| {
            let target = request.target.as_ref().map_or("", |target| target.text.as_ref());
            let path = target.split_once("api.github.com").map_or(target, |(_, path)| path);
            let github = host(request).is_some_and(|host| host == "api.github.com");
            if github && is_github_app(token) && path.starts_with('/') && !path.starts_with("/app") {
                findings.add(Some(token.piece.span));
            }
        });
    },
};

/// GitHub allows ten minutes, App Store Connect twenty.
const LIVES_TOO_LONG: Rule = Rule {
    id: "jwt.lives-too-long",
    says: "The time between the token's iat and exp is longer than its service allows.",
    points_to: &[(MalformedToken, Strong), (ClockSkew, Weak)],
    find: |report, findings| {
        for token in &report.tokens {
            let (Some(since), Some(until)) = (token.time("iat"), token.time("exp")) else { continue };
            let allowed = if is_github_app(token) {
                600
            } else if token.texts("aud").contains(&"appstoreconnect-v1") {
                1200
            } else {
                continue;
            };
            if until - since > allowed {
                findings.add(Some(token.piece.span));
            }
        }
    },
};

/// Okta's org authorization server signs access tokens that only Okta is meant to verify.
const OKTA_ORG: Rule = Rule {
    id: "jwt.okta-org-server",
    says: "The token is from Okta's org authorization server and the request goes elsewhere.",
    points_to: &[(WrongIssuer, Strong), (WrongAudience, Strong)],
    find: |report, findings| {
        carried(report, |request, token| {
            let issuer = token.text("iss").unwrap_or_default();
            let okta = ["okta.com", "oktapreview.com"].iter().any(|site| under(host_name(issuer), site));
            let elsewhere =
                host(request).is_some_and(|host| !under(host, "okta.com") && !under(host, "oktapreview.com"));
            if okta && elsewhere && !issuer.contains("/oauth2/") {
                findings.add(Some(token.piece.span));
            }
        });
    },
};

/// Without an audience Auth0 gives a token that only its own endpoints can read.
const ENCRYPTED: Rule = Rule {
    id: "jwt.encrypted",
    says: "The token is encrypted, so that only the one it was made for can read it.",
    points_to: &[(WrongAudience, Strong), (WrongCredentialKind, Strong), (MalformedToken, Weak)],
    find: |report, findings| {
        for token in report.tokens.iter().filter(|token| token.form == TokenForm::Encrypted) {
            findings.add(Some(token.piece.span));
        }
    },
};

/// Types of tokens that are no access tokens (RFC 8417, RFC 9449, OpenID Connect Back-Channel Logout).
const OTHER_TYPE: Rule = Rule {
    id: "jwt.type-of-another-kind",
    says: "The typ in the token's header names another kind of token than an access token.",
    points_to: &[(WrongCredentialKind, Decisive)],
    find: |report, findings| {
        const OTHERS: [&str; 6] = [
            "dpop+jwt",
            "logout+jwt",
            "secevent+jwt",
            "rt+jwt",
            "oauth-authz-req+jwt",
            "client-authentication+jwt",
        ];
        carried(report, |_, token| {
            let kind = token.header_text("typ").unwrap_or_default().to_ascii_lowercase();
            if OTHERS.contains(&kind.trim_start_matches("application/")) {
                findings.add(Some(token.piece.span));
            }
        });
    },
};

/// RFC 7519, section 2: times are seconds. Milliseconds lie thousands of years ahead.
const MILLISECONDS: Rule = Rule {
    id: "jwt.milliseconds",
    says: "A time in the token is in milliseconds, where seconds belong.",
    points_to: &[(MalformedToken, Strong), (ClockSkew, Weak)],
    find: |report, findings| {
        for token in &report.tokens {
            let far =
                ["exp", "iat", "nbf"].iter().filter_map(|claim| token.time(claim)).any(|time| time > MILLIS);
            if far {
                findings.add(Some(token.piece.span));
            }
        }
    },
};

/// Seconds never get this far; milliseconds have been there since 1973.
pub(super) const MILLIS: i64 = 100_000_000_000;

/// RFC 6750, section 3: `scope` in the challenge names what the request needs.
const SCOPE_LACKS: Rule = Rule {
    id: "bearer.scope-not-in-token",
    says: "The challenge names a scope that the token does not have.",
    points_to: &[(InsufficientScope, Decisive), (WrongEnvironment, Weak), (TokenExpired, Against)],
    find: |report, findings| {
        for exchange in &report.exchanges {
            let (Some(request), Some(response)) = (&exchange.request, &exchange.response) else { continue };
            let challenges = response.challenges();
            let Some(needed) = challenges.iter().find_map(|challenge| challenge.param("scope")) else {
                continue;
            };
            for token in report.tokens.iter().filter(|token| is_in(request, token)) {
                let words: Vec<&str> = ["scope", "scp", "roles"]
                    .iter()
                    .flat_map(|claim| token.texts(claim))
                    .flat_map(|scopes| scopes.split([' ', ',']))
                    .collect();
                let lacks = needed.text.split_ascii_whitespace().any(|scope| !words.contains(&scope));
                if !words.is_empty() && lacks {
                    findings.add(Some(token.piece.span));
                }
            }
        }
    },
};

/// Its issuer is the number or the client id of the App, and it says nothing else.
fn is_github_app(token: &Token<'_>) -> bool {
    let Some(claims) = &token.claims else { return false };
    let issuer =
        claims.get("iss").map(|iss| iss.to_string().trim_matches('"').to_owned()).unwrap_or_default();
    let named = issuer.starts_with("Iv1.") || issuer.starts_with("Iv23");
    let numbered = (4..9).contains(&issuer.len()) && issuer.bytes().all(|byte| byte.is_ascii_digit());
    (named || numbered) && claims.keys().all(|claim| matches!(claim.as_str(), "iss" | "iat" | "exp" | "alg"))
}

/// Every token with the request that carries it.
fn carried(report: &Report<'_>, mut look: impl FnMut(&Request<'_>, &Token<'_>)) {
    for request in requests(report) {
        for token in report.tokens.iter().filter(|token| is_in(request, token)) {
            look(request, token);
        }
    }
}

fn is_in(request: &Request<'_>, token: &Token<'_>) -> bool {
    request.headers.0.iter().any(|header| {
        header.value.span.start <= token.piece.span.start && token.piece.span.end <= header.value.span.end
    })
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::super::tests::ids;
    use super::RULES;

    #[track_caller]
    fn check(claims: &str, target: &str, expected: &[&str]) {
        check_typed(r#"{"alg":"RS256","typ":"JWT"}"#, claims, target, "", expected);
    }

    #[track_caller]
    fn check_typed(header: &str, claims: &str, target: &str, challenge: &str, expected: &[&str]) {
        let token = [header, claims, "signature"].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
        let (host, path) = target.split_once('/').unwrap_or((target, ""));
        let text = format!(
            "> GET /{path} HTTP/1.1\n> Host: {host}\n> Authorization: Bearer {token}\n>\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Bearer {challenge}\n"
        );
        assert_eq!(ids(RULES, &text), expected, "{claims}");
    }

    #[test]
    fn tokens_for_microsoft_graph_are_told_from_those_for_ones_own_api() {
        let claims = r#"{"iss":"https://login.microsoftonline.com/t/v2.0","aud":"00000003-0000-0000-c000-000000000000"}"#;
        check(claims, "api.example.com", &["jwt.graph-token-elsewhere"]);
        check(claims, "graph.microsoft.com/v1.0/me", &[]);
        check(
            r#"{"iss":"https://sts.windows.net/t/","aud":"api://shop"}"#,
            "api.example.com",
            &["jwt.entra-first-version"],
        );
    }

    #[test]
    fn tokens_of_google_are_told_by_where_they_go() {
        let id = r#"{"iss":"https://accounts.google.com","aud":"1-x.apps.googleusercontent.com"}"#;
        check(id, "www.googleapis.com", &["jwt.google-id-token"]);
        check(id, "api.example.com", &[]);
        check(
            r#"{"iss":"https://securetoken.google.com/shop","aud":"shop"}"#,
            "x.a.run.app",
            &["jwt.firebase-token-to-cloud"],
        );
    }

    #[test]
    fn keys_and_tokens_of_other_issuers_are_told() {
        check(r#"{"iss":"supabase","role":"anon"}"#, "x.supabase.co", &["jwt.supabase-anon-key"]);
        check(r#"{"iss":"supabase","role":"service_role"}"#, "x.supabase.co", &[]);
        check(
            r#"{"iss":123456,"iat":1791201000,"exp":1791201500}"#,
            "api.github.com/repos/a/b",
            &["jwt.github-app-elsewhere"],
        );
        check(
            r#"{"iss":"Iv1.8a61f9b3a7aba766","iat":1791201000,"exp":1791205000}"#,
            "api.github.com/app",
            &["jwt.lives-too-long"],
        );
        check(
            r#"{"iss":"x","aud":"appstoreconnect-v1","iat":1791201000,"exp":1791204000}"#,
            "api.appstoreconnect.apple.com",
            &["jwt.lives-too-long"],
        );
        check(
            r#"{"iss":"https://x.okta.com","aud":"https://x.okta.com"}"#,
            "api.example.com",
            &["jwt.okta-org-server"],
        );
        check(r#"{"iss":"https://x.okta.com/oauth2/default","aud":"api"}"#, "api.example.com", &[]);
    }

    #[test]
    fn types_and_times_of_another_kind_are_told() {
        check_typed(
            r#"{"alg":"ES256","typ":"dpop+jwt"}"#,
            "{}",
            "api.example.com",
            "",
            &["jwt.type-of-another-kind"],
        );
        check_typed(r#"{"alg":"ES256","typ":"at+jwt"}"#, "{}", "api.example.com", "", &[]);
        check(r#"{"exp":1791201600000}"#, "api.example.com", &["jwt.milliseconds"]);
    }

    #[test]
    fn a_scope_that_the_token_lacks_is_marked() {
        let header = r#"{"alg":"RS256"}"#;
        let claims = r#"{"scope":"orders:read"}"#;
        check_typed(
            header,
            claims,
            "api.example.com",
            r#"scope="orders:write""#,
            &["bearer.scope-not-in-token"],
        );
        check_typed(header, claims, "api.example.com", r#"scope="orders:read""#, &[]);
    }

    #[test]
    fn a_token_in_five_parts_is_encrypted() {
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"dir","enc":"A256GCM","iss":"https://x.auth0.com/"}"#);
        let text = format!(
            "> GET / HTTP/1.1\n> Authorization: Bearer {header}..aGVsbG8td29ybGQ.aGVsbG8td29ybGQ.dGFnLXRhZy10YWc\n"
        );
        assert_eq!(ids(RULES, &text), ["jwt.encrypted"]);
    }
}
