//! Secrets that are known by their own shape, wherever they stand: keys with a vendor's prefix, JSON Web Tokens,
//! private keys. One automaton finds where a prefix stands; only there a pattern is tried, anchored and bounded.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex::Regex;

use super::SecretKind::{self, *};
use super::{Found, fold};

/// Prefix, what follows it, kind. The prefix stays readable.
type Shape = (&'static str, &'static str, SecretKind);

/// Most specific first: where two prefixes begin at the same place, the longer one is tried first.
const SHAPES: &[Shape] = &[
    ("ghp_", r"\w{16,255}", GitHub),
    ("gho_", r"\w{16,255}", GitHub),
    ("ghu_", r"\w{16,255}", GitHub),
    ("ghs_", r"\w{16,255}", GitHub),
    ("ghr_", r"\w{16,255}", GitHub),
    ("github_pat_", r"\w{20,255}", GitHub),
    ("glpat-", r"[\w.-]{16,300}", GitLab),
    ("gldt-", r"[\w.-]{16,300}", GitLab),
    ("glrt-", r"[\w.-]{16,300}", GitLab),
    ("glcbt-", r"[\w.-]{16,300}", GitLab),
    ("glptt-", r"[\w.-]{16,300}", GitLab),
    ("glft-", r"[\w.-]{16,300}", GitLab),
    ("glsoat-", r"[\w.-]{16,300}", GitLab),
    ("gloas-", r"[\w.-]{16,300}", GitLab),
    ("xoxa-", r"[\w-]{10,300}", Slack),
    ("xoxb-", r"[\w-]{10,300}", Slack),
    ("xoxp-", r"[\w-]{10,300}", Slack),
    ("xoxe-", r"[\w-]{10,300}", Slack),
    ("xoxe.", r"[\w.-]{10,400}", Slack),
    ("xoxo-", r"[\w-]{10,300}", Slack),
    ("xoxr-", r"[\w-]{10,300}", Slack),
    ("xoxs-", r"[\w-]{10,300}", Slack),
    ("xoxc-", r"[\w-]{10,300}", Slack),
    ("xoxd-", r"[\w%-]{10,600}", Slack),
    ("/api/webhooks/", r"[0-9]{15,20}/[\w-]{40,90}", Discord),
    ("LS0tLS1CRUdJTiBQUklWQVRF", r"[\w+/=]{40,4096}", PrivateKey),
    ("LS0tLS1CRUdJTiBSU0EgUFJJVkFUR", r"[\w+/=]{40,4096}", PrivateKey),
    ("LS0tLS1CRUdJTiBFQyBQUklWQVRF", r"[\w+/=]{40,4096}", PrivateKey),
    ("xapp-", r"[\w-]{10,300}", Slack),
    ("hooks.slack.com/services/", r"[\w/]{20,100}", Slack),
    ("sk_live_", r"\w{10,255}", Stripe),
    ("sk_test_", r"\w{10,255}", Stripe),
    ("rk_live_", r"\w{10,255}", Stripe),
    ("rk_test_", r"\w{10,255}", Stripe),
    ("whsec_", r"[\w+/=]{16,255}", Stripe),
    ("sk-ant-", r"[\w-]{16,300}", Anthropic),
    ("sk-proj-", r"[\w-]{16,300}", OpenAi),
    ("sk-svcacct-", r"[\w-]{16,300}", OpenAi),
    ("sk-admin-", r"[\w-]{16,300}", OpenAi),
    ("sk-None-", r"[\w-]{16,300}", OpenAi),
    ("sk-or-", r"[\w-]{16,300}", OtherVendor),
    ("sk-lf-", r"[\w-]{16,300}", OtherVendor),
    ("sk-", r"[A-Za-z0-9]{20,255}", OpenAi),
    ("AIza", r"[\w-]{30,60}", Google),
    ("ya29.", r"[\w.-]{16,2048}", Google),
    ("GOCSPX-", r"[\w-]{16,80}", Google),
    ("1//0", r"[\w-]{20,512}", Google),
    ("npm_", r"[A-Za-z0-9]{30,60}", Npm),
    ("pypi-", r"[\w-]{40,512}", PyPi),
    ("SG.", r"[\w-]{16,32}\.[\w-]{16,64}", SendGrid),
    ("SK", r"[0-9a-f]{32}", Twilio),
    ("AC", r"[0-9a-f]{32}:[0-9a-f]{32}", Twilio),
    ("key-", r"[0-9a-f]{32}(?:-[0-9a-f]{8}-[0-9a-f]{8})?", Mailgun),
    ("shpat_", r"[0-9a-fA-F]{24,64}", Shopify),
    ("shpca_", r"[0-9a-fA-F]{24,64}", Shopify),
    ("shppa_", r"[0-9a-fA-F]{24,64}", Shopify),
    ("shpss_", r"[0-9a-fA-F]{24,64}", Shopify),
    ("hf_", r"[A-Za-z0-9]{30,80}", HuggingFace),
    ("api_org_", r"[A-Za-z0-9]{30,80}", HuggingFace),
    ("dop_v1_", r"[0-9a-f]{40,80}", DigitalOcean),
    ("doo_v1_", r"[0-9a-f]{40,80}", DigitalOcean),
    ("dor_v1_", r"[0-9a-f]{40,80}", DigitalOcean),
    ("dp.pt.", r"\w{30,80}", Doppler),
    ("dp.st.", r"[\w.-]{30,120}", Doppler),
    ("dp.ct.", r"\w{30,80}", Doppler),
    ("dp.sa.", r"\w{30,80}", Doppler),
    ("lin_api_", r"\w{30,80}", Linear),
    ("lin_oauth_", r"\w{30,80}", Linear),
    ("secret_", r"[A-Za-z0-9]{40,50}", Notion),
    ("ntn_", r"[A-Za-z0-9]{30,60}", Notion),
    ("dapi", r"[0-9a-f]{32}(?:-\d)?", Databricks),
    ("dose", r"[0-9a-f]{32}", Databricks),
    ("glsa_", r"\w{30,80}", Grafana),
    ("glc_", r"[\w+/=]{30,400}", Grafana),
    ("hvs.", r"[\w-]{20,300}", Vault),
    ("hvb.", r"[\w-]{20,400}", Vault),
    ("hvr.", r"[\w-]{20,400}", Vault),
    (".atlasv1.", r"[\w-]{40,100}", Vault),
    ("AKCp", r"[A-Za-z0-9]{50,120}", JFrog),
    ("cmVmdGtuO", r"[\w+/=]{40,120}", JFrog),
    ("dckr_pat_", r"[\w-]{20,60}", Docker),
    ("dckr_oat_", r"[\w-]{20,60}", Docker),
    ("ATATT3", r"[\w=-]{40,300}", Atlassian),
    ("ATCTT3", r"[\w=-]{40,300}", Atlassian),
    ("ATBB", r"\w{20,60}", Atlassian),
    ("ATOA", r"[\w=-]{40,300}", Atlassian),
    ("AKIA", r"[A-Z0-9]{16}", AwsKeyId),
    ("ASIA", r"[A-Z0-9]{16}", AwsKeyId),
    ("ABIA", r"[A-Z0-9]{16}", AwsKeyId),
    ("sq0atp-", r"[\w-]{20,60}", Square),
    ("sq0csp-", r"[\w-]{20,80}", Square),
    ("EAAAE", r"[\w-]{50,80}", Square),
    ("sbp_", r"[0-9a-f]{40}", OtherVendor),
    ("sb_secret_", r"\w{20,60}", OtherVendor),
    ("re_", r"[A-Za-z0-9]{6,12}_[A-Za-z0-9]{16,40}", OtherVendor),
    ("r8_", r"\w{30,60}", OtherVendor),
    ("gsk_", r"\w{30,80}", OtherVendor),
    ("xai-", r"\w{40,120}", OtherVendor),
    ("pplx-", r"\w{30,80}", OtherVendor),
    ("nvapi-", r"[\w-]{40,120}", OtherVendor),
    ("figd_", r"[\w-]{30,80}", OtherVendor),
    ("rubygems_", r"[0-9a-f]{40,60}", OtherVendor),
    ("pul-", r"[0-9a-f]{40}", OtherVendor),
    ("PMAK-", r"[0-9a-f]{20,30}-[0-9a-f]{30,40}", OtherVendor),
    ("sntrys_", r"[\w+/=.-]{40,400}", OtherVendor),
    ("sntryu_", r"[0-9a-f]{40,80}", OtherVendor),
    ("NRAK-", r"[A-Z0-9]{20,40}", OtherVendor),
    ("tskey-", r"[\w-]{20,100}", OtherVendor),
    ("CFPAT-", r"[\w-]{30,60}", OtherVendor),
    ("pscale_tkn_", r"[\w.-]{30,60}", OtherVendor),
    ("FlyV1 fm2_", r"[\w+/=,-]{40,1500}", OtherVendor),
    ("v1.0-", r"[0-9a-f]{20,40}-[0-9a-f]{100,200}", Cloudflare),
    ("EAAC", r"[A-Za-z0-9]{60,300}", OtherVendor),
    ("pat-na1-", r"[0-9a-f-]{36}", OtherVendor),
    ("pat-eu1-", r"[0-9a-f-]{36}", OtherVendor),
    ("AGE-SECRET-KEY-1", r"[A-Z0-9]{50,70}", PrivateKey),
];

/// Prefixes that need more than a pattern.
const JWT: &str = "eyJ";
const PEM: &str = "-----BEGIN ";

struct Finder {
    prefixes: AhoCorasick,
    patterns: Vec<Regex>,
    /// Shapes that begin with nothing constant: a Telegram bot's id, the user id in a Discord token.
    unprefixed: Vec<(Regex, SecretKind)>,
}

static FINDER: LazyLock<Option<Finder>> = LazyLock::new(|| {
    let prefixes = SHAPES.iter().map(|(prefix, ..)| *prefix).chain([JWT, PEM]);
    let mut automaton = AhoCorasick::builder();
    automaton.match_kind(MatchKind::LeftmostLongest).kind(Some(AhoCorasickKind::DFA));
    let prefixes = automaton.build(prefixes).ok()?;
    let pattern = |rest: &str| Regex::new(&format!(r"\A(?-u:{rest})")).ok();
    let patterns = SHAPES.iter().map(|(_, rest, _)| pattern(rest)).collect::<Option<Vec<_>>>()?;
    let unprefixed = vec![
        (Regex::new(r"(?-u:\b|bot)[0-9]{8,10}:(AA[A-Za-z0-9_-]{32,34})").ok()?, Telegram),
        (Regex::new(r"(?:^|[^A-Za-z0-9_.-]|\\[nrt])([MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40})").ok()?, Discord),
    ];
    Some(Finder { prefixes, patterns, unprefixed })
});

/// Adds every secret that is known by its shape.
pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    let Some(finder) = FINDER.as_ref() else { return super::hide_all(text, found) };
    let bytes = text.as_bytes();
    let mut past = 0;
    let mut run = 0..0;
    for hit in finder.prefixes.find_iter(text) {
        let start = hit.start();
        if start < past {
            continue;
        }
        let before = start.checked_sub(1).and_then(|at| bytes.get(at)).copied();
        let boundary = before.is_none_or(|byte| !byte.is_ascii_alphanumeric()) || after_escape(bytes, start);
        let one = match SHAPES.get(hit.pattern().as_usize()) {
            Some((prefix, _, kind)) => {
                // `.atlasv1.` stands in the middle of its token, a path behind its host.
                let inside = prefix.starts_with(['.', '/']);
                let joined = matches!(before, Some(b'_' | b'-')) && prefix.len() < 4;
                if (!boundary && !inside) || joined {
                    continue;
                }
                let rest = text.get(hit.end()..).unwrap_or_default();
                let length = finder
                    .patterns
                    .get(hit.pattern().as_usize())
                    .and_then(|pattern| pattern.find(rest))
                    .map(|body| body.end());
                length
                    .filter(|length| rest.get(..*length).is_some_and(is_random))
                    .map(|length| Found::new(start, hit.end(), hit.end() + length, *kind))
            }
            None if text.get(start..).is_some_and(|rest| rest.starts_with(PEM)) => private_key(text, start),
            None if boundary => match json_web_token(text, start, &mut run) {
                Ok(token) => Some(token),
                Err(end) => {
                    past = end;
                    None
                }
            },
            None => None,
        };
        if let Some(one) = one {
            past = one.end;
            found.push(one);
        }
    }
    for (pattern, kind) in &finder.unprefixed {
        for hit in pattern.captures_iter(text).filter_map(|captures| captures.get(1)) {
            found.push(Found::new(hit.start(), hit.start(), hit.end(), *kind));
        }
    }
}

/// The kind that the whole of a value has by its shape.
pub(super) fn kind(value: &str) -> Option<SecretKind> {
    let mut found = Vec::new();
    if value.len() < 4096 {
        find(value, &mut found);
    }
    found.into_iter().find(|one| one.start == 0 && one.end == value.len()).map(|one| one.kind)
}

/// `\n`, `\t`, `%3A` and the like before a prefix end in a letter and are still a boundary.
fn after_escape(bytes: &[u8], start: usize) -> bool {
    let before = |count: usize| start.checked_sub(count).and_then(|at| bytes.get(at)).copied();
    let hex = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_hexdigit());
    (before(2) == Some(b'\\') && matches!(before(1), Some(b'n' | b't' | b'r')))
        || (before(3) == Some(b'%') && hex(before(2)) && hex(before(1)))
}

/// Whether what follows a prefix is no word, and no row of one character put there as a mask.
fn is_random(rest: &str) -> bool {
    let lower = rest.to_ascii_lowercase();
    let masked = lower.contains("xxxx") || lower.contains("....") || lower.contains("0000000000");
    let spoken = !rest.bytes().any(|byte| byte.is_ascii_digit())
        && (rest.split(['_', '-', '/']).all(|word| word.len() < 16) || lower == rest && rest.len() < 24);
    let mut distinct = [false; 256];
    for byte in rest.bytes() {
        if let Some(seen) = distinct.get_mut(usize::from(byte)) {
            *seen = true;
        }
    }
    !masked && !spoken && distinct.iter().filter(|seen| **seen).count() >= 5
}

/// A JSON Web Token of at least two parts, whole or cut off; else up to where there is none. One part alone is only its
/// header, or no token at all. `run` is the last stretch of token characters that was read: what begins inside of it
/// ends with it.
fn json_web_token(text: &str, start: usize, run: &mut Range<usize>) -> Result<Found, usize> {
    if !run.contains(&start) {
        *run = start..fold::end_of_token(text, start);
    }
    let token = text.get(start..run.end).unwrap_or_default();
    let Some((header, rest)) = token.split_once('.') else { return Err(run.end) };
    let claims = rest.split('.').next().unwrap_or_default();
    if header.len() < 8 || claims.len() < 8 {
        return Err(start + header.len());
    }
    Ok(Found::new(start, start, start + token.trim_end_matches('.').len(), JsonWebToken))
}

/// What stands between `-----BEGIN … PRIVATE KEY-----` and its end; without an end, as far as it looks like a key.
fn private_key(text: &str, start: usize) -> Option<Found> {
    let rest = text.get(start..)?;
    let head = rest.get(..rest.floor_char_boundary(80))?;
    let label = head.get(PEM.len()..)?;
    let label = label.get(..label.find("-----")?)?;
    if !label.contains("PRIVATE KEY") {
        return None;
    }
    let begin = PEM.len() + label.len() + 5;
    let body = rest.get(begin..)?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=\r\n\t \\:,-.\"'".contains(&byte);
    let looks = body.bytes().take_while(|byte| allowed(*byte)).take(16 * 1024).count();
    let body = body.get(..looks)?;
    let body = match body.find("-----END") {
        Some(end) => body.get(..end)?,
        None => body.get(..body.find("\n\n").or_else(|| body.find("\r\n\r\n")).unwrap_or(looks))?,
    };
    // Line breaks at either end, written out or real, stay where they are.
    let trim =
        |text: &str| text.len() - text.trim_start_matches(['\n', '\r', ' ']).trim_start_matches("\\n").len();
    let lead = trim(body);
    let inner = body.get(lead..)?;
    let mut length = inner.trim_end_matches(['\n', '\r', ' ']).len();
    while let Some(shorter) = inner.get(..length).and_then(|inner| inner.strip_suffix("\\n")) {
        length = shorter.len();
    }
    if length < 16 {
        return None;
    }
    let from = start + begin + lead;
    Some(Found::new(from, from, from + length, PrivateKey))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_compiles() {
        assert!(FINDER.is_some());
    }
}
