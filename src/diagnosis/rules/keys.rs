//! Keys whose form says whose they are: one vendor's key sent to another, a key of the wrong kind, a key in a field that
//! its service does not look at. Prefixes and fields are those of the vendors' own documentation.

use super::{Rule, host, requests, under};
use crate::cause::Cause::{
    CredentialWrongPlace, InvalidApiKey, MissingCredentials, TokenExpired, WrongCredentialKind,
    WrongEnvironment,
};
use crate::diagnosis::finding::Weight::{Against, Decisive, Strong, Weak};
use crate::report::{Credential, Piece, Report, Request};

pub(super) const RULES: &[Rule] =
    &[OTHER_VENDOR, PUBLISHABLE, TEST_MODE, ID_ALONE, GOOGLE_AS_BEARER, KEY_AS_BEARER];

/// How keys begin, and whose they are. `sk-` alone is the form of several vendors and says little.
const KEYS: [(&str, &str); 38] = [
    ("sk-ant-", "Anthropic"),
    ("sk-proj-", "OpenAI"),
    ("sk-svcacct-", "OpenAI"),
    ("sk-admin-", "OpenAI"),
    ("sk-or-v1-", "OpenRouter"),
    ("gsk_", "Groq"),
    ("xai-", "xAI"),
    ("hf_", "Hugging Face"),
    ("AIza", "Google"),
    ("ya29.", "Google"),
    ("sk_live_", "Stripe"),
    ("sk_test_", "Stripe"),
    ("rk_live_", "Stripe"),
    ("rk_test_", "Stripe"),
    ("pk_live_", "Stripe"),
    ("pk_test_", "Stripe"),
    ("ghp_", "GitHub"),
    ("gho_", "GitHub"),
    ("ghs_", "GitHub"),
    ("github_pat_", "GitHub"),
    ("glpat-", "GitLab"),
    ("gldt-", "GitLab"),
    ("glcbt-", "GitLab"),
    ("xoxb-", "Slack"),
    ("xoxp-", "Slack"),
    ("xapp-", "Slack"),
    ("SG.", "SendGrid"),
    ("npm_", "npm"),
    ("pypi-", "PyPI"),
    ("dckr_pat_", "Docker"),
    ("dop_v1_", "DigitalOcean"),
    ("shpat_", "Shopify"),
    ("AKIA", "AWS"),
    ("ASIA", "AWS"),
    ("hvs.", "Vault"),
    ("dapi", "Databricks"),
    ("lin_api_", "Linear"),
    ("ntn_", "Notion"),
];

/// Whose a host is.
const HOSTS: [(&str, &str); 30] = [
    ("api.openai.com", "OpenAI"),
    ("openai.azure.com", "Azure OpenAI"),
    ("api.anthropic.com", "Anthropic"),
    ("openrouter.ai", "OpenRouter"),
    ("api.groq.com", "Groq"),
    ("api.x.ai", "xAI"),
    ("huggingface.co", "Hugging Face"),
    ("googleapis.com", "Google"),
    ("api.stripe.com", "Stripe"),
    ("github.com", "GitHub"),
    ("ghcr.io", "GitHub"),
    ("gitlab.com", "GitLab"),
    ("slack.com", "Slack"),
    ("sendgrid.com", "SendGrid"),
    ("registry.npmjs.org", "npm"),
    ("pypi.org", "PyPI"),
    ("docker.io", "Docker"),
    ("hub.docker.com", "Docker"),
    ("api.digitalocean.com", "DigitalOcean"),
    ("myshopify.com", "Shopify"),
    ("amazonaws.com", "AWS"),
    ("api.cloudflare.com", "Cloudflare"),
    ("api.linear.app", "Linear"),
    ("api.notion.com", "Notion"),
    ("api.mistral.ai", "Mistral"),
    ("api.deepseek.com", "DeepSeek"),
    ("api.twilio.com", "Twilio"),
    ("discord.com", "Discord"),
    ("api.telegram.org", "Telegram"),
    ("azuredatabricks.net", "Databricks"),
];

const OTHER_VENDOR: Rule = Rule {
    id: "key.other-vendor",
    says: "The key has the form of one vendor's and the request goes to another's host.",
    points_to: &[
        (WrongEnvironment, Strong),
        (WrongCredentialKind, Strong),
        (InvalidApiKey, Weak),
        (TokenExpired, Against),
    ],
    find: |report, findings| {
        each(report, |request, key, _| {
            let of_host = host(request).and_then(vendor_of_host);
            let of_key = vendor_of_key(&key.text).or_else(|| {
                // Vendors whose own keys begin otherwise, so that this is none of theirs.
                let not_theirs = of_host
                    .is_some_and(|name| ["Azure OpenAI", "Anthropic", "Groq", "Google"].contains(&name));
                (not_theirs && key.text.starts_with("sk-")).then_some("OpenAI")
            });
            if let (Some(of_key), Some(of_host)) = (of_key, of_host)
                && of_key != of_host
            {
                let detail = format!("The key looks like one of {of_key}, and the host is one of {of_host}.");
                findings.add_with(Some(key.span), Some(detail));
            }
        });
    },
};

/// Stripe's publishable keys are for browsers and may only make tokens; calls of a server need the secret key.
const PUBLISHABLE: Rule = Rule {
    id: "key.publishable",
    says: "A publishable key is sent where a secret key belongs.",
    points_to: &[(WrongCredentialKind, Decisive), (TokenExpired, Against), (MissingCredentials, Against)],
    find: |report, findings| {
        each(report, |_, key, _| {
            if key.text.starts_with("pk_live_") || key.text.starts_with("pk_test_") {
                findings.add(Some(key.span));
            }
        });
    },
};

const TEST_MODE: Rule = Rule {
    id: "key.test-mode",
    says: "The key is one for a test environment.",
    points_to: &[(WrongEnvironment, Weak)],
    find: |report, findings| {
        each(report, |_, key, _| {
            if ["sk_test_", "rk_test_", "pk_test_"].iter().any(|prefix| key.text.starts_with(prefix)) {
                findings.add(Some(key.span));
            }
        });
    },
};

/// An access key id names a key; what proves anything is the secret behind it, which is never sent.
const ID_ALONE: Rule = Rule {
    id: "key.id-without-secret",
    says: "An access key id is sent as if it were the key.",
    points_to: &[(WrongCredentialKind, Decisive)],
    find: |report, findings| {
        each(report, |_, key, _| {
            let id = key.text.len() == 20
                && (key.text.starts_with("AKIA") || key.text.starts_with("ASIA"))
                && key.text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
            if id {
                findings.add(Some(key.span));
            }
        });
    },
};

/// Google takes an API key as `key` in the address or in `X-Goog-Api-Key`; after `Bearer` it expects an OAuth token.
const GOOGLE_AS_BEARER: Rule = Rule {
    id: "key.google-as-bearer",
    says: "A Google API key is sent as a bearer token.",
    points_to: &[(CredentialWrongPlace, Strong), (WrongCredentialKind, Strong)],
    find: |report, findings| {
        each(report, |_, key, place| {
            if place == Place::Bearer && key.text.starts_with("AIza") {
                findings.add(Some(key.span));
            }
        });
    },
};

/// Azure OpenAI takes keys in `api-key`, Anthropic in `x-api-key`; both read bearer tokens as tokens of another kind.
const KEY_AS_BEARER: Rule = Rule {
    id: "key.wrong-field-for-host",
    says: "A key is sent as a bearer token to a service that takes keys in a field of their own.",
    points_to: &[(CredentialWrongPlace, Strong), (WrongCredentialKind, Weak)],
    find: |report, findings| {
        each(report, |request, key, place| {
            let Some(host) = host(request).filter(|_| place == Place::Bearer) else { return };
            let azure = under(host, "openai.azure.com") && !key.text.contains('.');
            let anthropic = under(host, "api.anthropic.com") && key.text.starts_with("sk-ant-api");
            if azure || anthropic {
                findings.add(Some(key.span));
            }
        });
    },
};

/// Where a key stands in a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Bearer,
    Field,
}

/// Every key of every request: what follows a scheme, and fields that hold keys only.
fn each(report: &Report<'_>, mut look: impl FnMut(&Request<'_>, &Piece<'_>, Place)) {
    const FIELDS: [&str; 8] = [
        "x-api-key",
        "api-key",
        "apikey",
        "x-goog-api-key",
        "private-token",
        "x-auth-token",
        "x-access-token",
        "ocp-apim-subscription-key",
    ];
    for request in requests(report) {
        let authorization = request.authorization();
        if let Some(Credential::Token68(key)) = authorization.as_ref().and_then(|sent| sent.credential()) {
            look(request, key, Place::Bearer);
        }
        for header in FIELDS.iter().filter_map(|name| request.headers.first(name)) {
            look(request, &header.value, Place::Field);
        }
    }
}

fn vendor_of_key(key: &str) -> Option<&'static str> {
    let long = key.len() >= 16;
    KEYS.iter().find(|(prefix, _)| long && key.starts_with(prefix)).map(|(_, vendor)| *vendor)
}

fn vendor_of_host(host: &str) -> Option<&'static str> {
    HOSTS.iter().find(|(known, _)| under(host, known)).map(|(_, vendor)| *vendor)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, details, ids};
    use super::RULES;

    fn request(host: &str, field: &str) -> String {
        format!("> GET /v1/me HTTP/1.1\n> Host: {host}\n> {field}\n>\n< HTTP/1.1 401 Unauthorized\n")
    }

    #[test]
    fn a_key_of_one_vendor_at_anothers_host_is_marked() {
        check(
            RULES,
            r#"
> GET /v1/user HTTP/1.1
> Host: gitlab.com
> Authorization: Bearer ghp_16C7e42F292c6912E7710c838347Ae178B4a
                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ key.other-vendor
>
< HTTP/1.1 401 Unauthorized
"#,
        );
        let text = request("x.openai.azure.com", "api-key: sk-abcdefghijklmnop1234567890");
        assert_eq!(
            details(RULES, &text),
            ["The key looks like one of OpenAI, and the host is one of Azure OpenAI."]
        );
    }

    #[test]
    fn a_key_at_its_own_vendors_host_or_at_an_unknown_one_is_quiet() {
        for (host, field) in [
            ("api.github.com", "Authorization: Bearer ghp_16C7e42F292c6912E7710c838347Ae178B4a"),
            ("git.example.com", "Authorization: Bearer ghp_16C7e42F292c6912E7710c838347Ae178B4a"),
            ("api.deepseek.com", "Authorization: Bearer sk-abcdefghijklmnop1234567890"),
            ("api.stripe.com", "Authorization: Bearer sk_live_abcdefghijklmnop"),
        ] {
            assert_eq!(ids(RULES, &request(host, field)), [""; 0], "{host}");
        }
    }

    #[test]
    fn keys_of_the_wrong_kind_are_marked() {
        let stripe = request("api.stripe.com", "Authorization: Bearer pk_live_abcdefghijklmnop");
        assert_eq!(ids(RULES, &stripe), ["key.publishable"]);
        let test = request("api.stripe.com", "Authorization: Bearer sk_test_abcdefghijklmnop");
        assert_eq!(ids(RULES, &test), ["key.test-mode"]);
        let aws = request("api.example.com", "x-api-key: AKIAIOSFODNN7EXAMPLE");
        assert_eq!(ids(RULES, &aws), ["key.id-without-secret"]);
    }

    #[test]
    fn keys_in_the_wrong_field_are_marked() {
        let google =
            request("maps.googleapis.com", "Authorization: Bearer AIzaSyA1234567890abcdefghijklmnopqrstuv");
        assert_eq!(ids(RULES, &google), ["key.google-as-bearer"]);
        let anthropic = request("api.anthropic.com", "Authorization: Bearer sk-ant-api03-abcdefghijklmnop");
        assert_eq!(ids(RULES, &anthropic), ["key.wrong-field-for-host"]);
    }
}
