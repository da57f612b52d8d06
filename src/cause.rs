//! The closed list of what a 401 can come from. Depends on nothing; everything else speaks its ids.
//!
//! An id is stable for good: addresses, comments, labelled cases and shared links carry it.

use std::fmt;
use std::str::FromStr;

macro_rules! causes {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $family:ident;)+) => {
        /// Why a request was answered with 401.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Cause { $($(#[$doc])* $name,)+ }

        impl Cause {
            /// Every cause, in the order of the list.
            pub const ALL: &'static [Cause] = &[$(Cause::$name,)+];

            /// The stable id, which is also the slug of the cause's article.
            pub const fn id(self) -> &'static str {
                match self { $(Cause::$name => $id,)+ }
            }

            /// The group the cause is listed under.
            pub const fn family(self) -> Family {
                match self { $(Cause::$name => Family::$family,)+ }
            }
        }
    };
}

causes! {
    // credentials: the credential itself is wrong
    /// The user name or password is wrong, mistyped or out of date.
    WrongPassword = "wrong-password", Credentials;
    /// The API key or static token is wrong, unknown to the service, deleted, or belongs to another account.
    InvalidApiKey = "invalid-api-key", Credentials;
    /// The credential is good, but for another environment, tenant, region, host or product (test key on live, staging token on production, wrong base URL).
    WrongEnvironment = "wrong-environment", Credentials;
    /// The service does not take the account's password here; it wants a personal access token, an app password, a second factor or OAuth.
    PasswordLoginDisabled = "password-login-disabled", Credentials;
    /// The account is locked, disabled, unverified, suspended, unpaid or expired.
    AccountDisabled = "account-disabled", Credentials;
    /// Escaping or encoding changes the credential on its way (URL or shell special characters, `$`, non-ASCII, base64 of the wrong string).
    CredentialEncoding = "credential-encoding", Credentials;
    /// A trailing newline, a space, quotes, a BOM or a hidden character came along with the credential.
    StrayWhitespace = "stray-whitespace", Credentials;
    /// An old credential from a keychain, cache, cookie jar, `.netrc`, environment variable or config file wins over the one the user believes is sent.
    StaleStoredCredential = "stale-stored-credential", Credentials;
    /// An empty value, `undefined`, `null`, `YOUR_API_KEY` or `${TOKEN}` is sent because a variable or secret was never set or is not available there.
    UnexpandedPlaceholder = "unexpanded-placeholder", Credentials;
    // missing: the server never gets the credential
    /// The client sends no credential at all.
    MissingCredentials = "missing-credentials", Missing;
    /// It is sent under the wrong header name, query parameter, body field or cookie.
    CredentialWrongPlace = "credential-wrong-place", Missing;
    /// The `Authorization` header is malformed: no scheme, the wrong prefix word, a missing space, `Bearer Bearer`.
    MalformedAuthorizationHeader = "malformed-authorization-header", Missing;
    /// A proxy, gateway, CDN, CGI or web server drops the header before the application sees it.
    HeaderStrippedByProxy = "header-stripped-by-proxy", Missing;
    /// A redirect (http to https, trailing slash, other host) loses the header.
    HeaderLostOnRedirect = "header-lost-on-redirect", Missing;
    /// The browser's OPTIONS preflight carries no credential and is refused.
    CorsPreflight = "cors-preflight", Missing;
    /// The session cookie is not stored or not sent (SameSite, Secure, domain, path, third-party blocking, `credentials: 'include'` missing).
    CookieNotSent = "cookie-not-sent", Missing;
    /// The client's configuration ties the credential to another host, scope, server id or profile (npm scope, Maven server id, registry host, git remote).
    ClientConfigMismatch = "client-config-mismatch", Missing;
    // expired: the credential was good once
    /// An access token, API token, certificate or password has passed its end date.
    TokenExpired = "token-expired", Expired;
    /// A login session timed out, was ended elsewhere or was lost when the server restarted.
    SessionExpired = "session-expired", Expired;
    /// The credential was revoked, rotated, or invalidated by a logout, a password change or a leak scan.
    TokenRevoked = "token-revoked", Expired;
    /// The client does not refresh, the refresh is refused, or two refreshes race.
    RefreshFailed = "refresh-failed", Expired;
    /// The clocks of client and server differ (`nbf`, `iat`, signed request dates, one-time codes).
    ClockSkew = "clock-skew", Expired;
    // token: a token arrives and is refused
    /// Truncated, corrupted, doubly encoded, not the format that the server parses.
    MalformedToken = "malformed-token", Token;
    /// The signature does not verify: wrong secret or key, wrong algorithm, a rotated key or a stale key set.
    SignatureInvalid = "signature-invalid", Token;
    /// The token was issued for another API (`aud`, resource, client id).
    WrongAudience = "wrong-audience", Token;
    /// The issuer is not the one expected (`iss`, tenant, v1/v2 endpoint, trailing slash, internal host name).
    WrongIssuer = "wrong-issuer", Token;
    /// Good, but the wrong one of several kinds: an ID token or refresh token for an access token, an app-only token for a user's, a key id for the key, the vendor's other key or secret.
    WrongCredentialKind = "wrong-credential-kind", Token;
    // permission: who it is is known; the answer is still 401
    /// A scope, role or access right is missing, or the resource is private.
    InsufficientScope = "insufficient-scope", Permission;
    /// Credit, quota, subscription or plan is used up or was never activated, and the service says so with a 401.
    QuotaOrPlan = "quota-or-plan", Permission;
    /// Single sign-on authorization, admin consent or user consent is missing or was denied.
    SsoOrConsentRequired = "sso-or-consent-required", Permission;
    /// The application refuses the request's Origin, Referer, Host or CSRF token, and says so with a 401.
    OriginOrCsrfCheck = "origin-or-csrf-check", Permission;
    /// An IP allow list, conditional access policy, firewall, rate limit or lockout refuses the client.
    IpOrPolicyBlock = "ip-or-policy-block", Permission;
    // method: the authentication method does not fit
    /// The client uses a scheme that the server does not offer there (Basic, Bearer, Digest, ...).
    WrongAuthScheme = "wrong-auth-scheme", Method;
    /// Client id, client secret, redirect URI, grant type or token endpoint authentication is wrong.
    OauthClientMisconfigured = "oauth-client-misconfigured", Method;
    /// Digest authentication fails on nonce, realm, qop, URI or algorithm.
    DigestMismatch = "digest-mismatch", Method;
    /// Kerberos, NTLM or Negotiate fails (SPN, ticket, domain, loopback check, double hop).
    NegotiateFailure = "negotiate-failure", Method;
    /// A signed request (HMAC, AWS SigV4, OAuth 1.0, webhook) does not match what the server computes.
    RequestSignatureMismatch = "request-signature-mismatch", Method;
    /// Two credentials or two layers collide: Basic at the reverse proxy in front of the application's own login, a header beside a signed URL, an extra header that wins over the right one.
    ConflictingCredentials = "conflicting-credentials", Method;
    /// It is a forward proxy that asks for a login (407, or a 401 that a proxy wrote).
    ProxyAuthenticationRequired = "proxy-authentication-required", Method;
    // server: the fault is on the server's side
    /// The framework's authentication is missing, in the wrong order, under the wrong scheme or guard, or protects a route that was meant to be open.
    AuthMiddlewareMisconfigured = "auth-middleware-misconfigured", Server;
    /// The user database, directory, identity provider, introspection or key endpoint is unreachable, not set up, or holds the password in a form that the server cannot check.
    AuthBackendFault = "auth-backend-fault", Server;
    /// Instances do not share the signing key or session store, or it is made anew at each start.
    KeyNotShared = "key-not-shared", Server;
    /// The 401 hides another error: a wrong URL or method, a 404 or 500 forwarded to a protected error page, a validation error, a missing resource.
    MaskedError = "masked-error", Server;
    /// A known bug, a regression after an upgrade, or an outdated or mismatched version of the client, library or server; only where no cause above says better what went wrong.
    SoftwareDefect = "software-defect", Server;
    /// The provider has an incident.
    ProviderOutage = "provider-outage", Server;
}

impl Cause {
    /// How many causes there are.
    pub const COUNT: usize = Cause::ALL.len();

    /// The position in [`Cause::ALL`], for tables with one entry per cause.
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// The text is no cause's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownCause;

impl fmt::Display for UnknownCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no cause has this id")
    }
}

impl std::error::Error for UnknownCause {}

impl FromStr for Cause {
    type Err = UnknownCause;

    fn from_str(id: &str) -> Result<Self, UnknownCause> {
        Cause::ALL.iter().copied().find(|cause| cause.id() == id).ok_or(UnknownCause)
    }
}

/// What causes have in common: which part of authentication went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// The credential itself is wrong.
    Credentials,
    /// The server never gets the credential.
    Missing,
    /// The credential was good once.
    Expired,
    /// A token arrives and is refused.
    Token,
    /// Who it is is known; the answer is still 401.
    Permission,
    /// The authentication method does not fit.
    Method,
    /// The fault is on the server's side.
    Server,
}

impl Family {
    /// Every family, in the order they are shown.
    pub const ALL: &'static [Family] = &[
        Family::Credentials,
        Family::Missing,
        Family::Expired,
        Family::Token,
        Family::Permission,
        Family::Method,
        Family::Server,
    ];

    /// The sentence that heads the group on a page.
    pub const fn heading(self) -> &'static str {
        match self {
            Family::Credentials => "The credential itself is wrong",
            Family::Missing => "The server never gets the credential",
            Family::Expired => "The credential was good once",
            Family::Token => "A token arrives and is refused",
            Family::Permission => "The server knows who you are and still says 401",
            Family::Method => "The authentication method does not fit",
            Family::Server => "The fault is on the server's side",
        }
    }

    /// The causes of this family, in the order of the list.
    pub fn causes(self) -> impl Iterator<Item = Cause> {
        Cause::ALL.iter().copied().filter(move |cause| cause.family() == self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_its_cause() {
        for cause in Cause::ALL {
            assert_eq!(cause.id().parse(), Ok(*cause));
        }
        assert_eq!("teapot".parse::<Cause>(), Err(UnknownCause));
    }

    #[test]
    fn the_list_has_45_causes_and_every_family_has_some() {
        assert_eq!(Cause::COUNT, 45);
        let by_family: usize = Family::ALL.iter().map(|family| family.causes().count()).sum();
        assert_eq!(by_family, Cause::COUNT);
    }
}
