//! What is masked and what stays readable, in the formats that people paste.

use super::mask;

/// Characters without a pattern, made here so that no file holds anything that looks like a real key.
fn random(alphabet: &str, length: usize) -> String {
    let alphabet: Vec<char> = alphabet.chars().collect();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        alphabet[(state >> 33) as usize % alphabet.len()]
    };
    (0..length).map(|_| next()).collect()
}

/// `{a36}` stands for 36 letters and digits, `{h32}` for hexadecimal digits, `{u16}` for capitals and digits, `{d9}` for
/// digits, `{jwt}` for a JSON Web Token.
fn filled(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        out += &rest[..open];
        rest = &rest[open..];
        let close = rest.find('}').map_or(0, |at| at + 1);
        let inner = rest.get(1..close.max(2) - 1).unwrap_or_default();
        let length = inner.get(1..).and_then(|length| length.parse().ok());
        match (inner.chars().next(), length) {
            _ if inner == "jwt" => {
                out += "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.";
                out += &random("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 43);
            }
            (Some('a'), Some(length)) => {
                out += &random("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", length)
            }
            (Some('h'), Some(length)) => out += &random("0123456789abcdef", length),
            (Some('u'), Some(length)) => out += &random("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", length),
            (Some('d'), Some(length)) => out += &random("123456789", length),
            _ => {
                out.push('{');
                rest = &rest[1..];
                continue;
            }
        }
        rest = &rest[close..];
    }
    out + rest
}

/// What stands between `«` and `»` is masked, and nothing else.
#[track_caller]
fn check(text: &str) {
    let text = filled(text);
    let mut pasted = String::new();
    let mut expected = String::new();
    for (index, part) in text.split(['«', '»']).enumerate() {
        pasted += part;
        expected += match (index % 2, part.starts_with("eyJ")) {
            (0, _) => part,
            (_, true) => "[masked JWT]",
            (_, false) => "[masked]",
        };
    }
    let masked = mask(&pasted);
    assert_eq!(masked.text, expected, "\npasted: {pasted}");
    assert_eq!(mask(&masked.text).text, masked.text, "masking twice changes the text");
    assert_eq!(masked.kinds.is_empty(), masked.text == pasted);
}

#[test]
fn vendor_keys_are_masked_and_keep_their_prefix() {
    for text in [
        "ghp_«{a36}»",
        "gho_«{a36}»",
        "ghs_«{a36}»",
        "github_pat_«{a22}_{a59}»",
        "glpat-«{a20}»",
        "glrt-«{a20}»",
        "xoxb-«{d11}-{d12}-{a24}»",
        "xapp-«1-{u10}-{d12}-{h64}»",
        "sk_live_«{a24}»",
        "rk_test_«{a24}»",
        "whsec_«{a32}»",
        "sk-ant-«api03-{a80}»",
        "sk-proj-«{a48}»",
        "sk-«{a48}»",
        "AIza«{a35}»",
        "ya29.«{a80}»",
        "GOCSPX-«{a28}»",
        "npm_«{a36}»",
        "pypi-«AgEIcHlwaS5vcmc{a100}»",
        "SG.«{a22}.{a43}»",
        "SK«{h32}»",
        "AC«{h32}:{h32}»",
        "key-«{h32}»",
        "shpat_«{h32}»",
        "«M{a23}.{a6}.{a27}»",
        "hf_«{a34}»",
        "dop_v1_«{h64}»",
        "dp.pt.«{a43}»",
        "lin_api_«{a40}»",
        "ntn_«{a46}»",
        "dapi«{h32}»",
        "glsa_«{a32}_{h8}»",
        "hvs.«{a24}»",
        "AKCp«{a60}»",
        "dckr_pat_«{a27}»",
        "ATATT3«xFfGF0{a180}»",
        "AKIA«{u16}»",
        "ASIA«{u16}»",
        "sq0atp-«{a22}»",
        "v1.0-«{h24}-{h146}»",
        "gsk_«{a52}»",
        "«{jwt}»",
    ] {
        check(text);
        check(&format!("I use {text} for this."));
        check(&format!("TOKEN='{text}'"));
        check(&format!("Authorization: Bearer {text}"));
        check(&format!("{{\"value\": \"{text}\", \"n\": 1}}"));
        check(&format!("https://api.example.com/v1?x={text}&y=2"));
        check(&format!("line one\\n{text}\\nline two"));
    }
    check("https://hooks.slack.com/services/«T{u8}/B{u8}/{a24}»");
    check("{d9}:«AA{a33}»");
    check("https://api.telegram.org/bot{d9}:«AA{a33}»/getMe");
}

#[test]
fn credentials_after_a_scheme_are_masked() {
    for text in [
        "> Authorization: Bearer «{a40}»",
        "> authorization: bearer «s3cr3t»",
        "Authorization: Bearer Bearer «{a40}»",
        "Authorization: Bearer «{jwt}»",
        "Authorization: Bearer: «{a40}»",
        "Authorization: \"Bearer «{a40}»\"",
        "-H 'Authorization: Bearer «{a40}»' https://x.example",
        "--header \"Authorization: token «{a40}»\"",
        "{\"Authorization\": \"Bearer «{a40}»\"}",
        "{\\\"Authorization\\\": \\\"Bearer «{a40}»\\\"}",
        "headers: { Authorization: 'Bearer «{a40}»' }",
        ".set('Authorization', 'Bearer «{a40}»')",
        "{\"name\": \"Authorization\", \"value\": \"Bearer «{a40}»\"}",
        "Authorization: Basic «dXNlcjpwYXNz»",
        "Authorization: Basic «dXNlcjpwYXNz», and then",
        "it sends Basic «dXNlcjpodW50ZXIy» to the server",
        "Proxy-Authorization: Basic «dXNlcjpwYXNz»",
        "< WWW-Authenticate: Negotiate «oYG2MIGzoAMKAQChCwYJKoZIgvcSAQICooGeBIGb»",
        "Authorization: Negotiate «YIIJvwYGKwYBBQUCoIIJszCCCa+gMDAuBgkqhkiC9xIBAgIG»",
        "Authorization: NTLM «TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAAGAbEdAAAADw==»",
        "Authorization: SSWS «00{a40}»",
        "HTTP_AUTHORIZATION=Bearer «{a40}»",
        "Authorization: «{a40}»",
        "Authorization: Digest username=\"Mufasa\", realm=\"x\", nonce=\"dcd98b\", uri=\"/dir\", response=\"«{h32}»\", qop=auth",
        "Authorization: AWS4-HMAC-SHA256 Credential=AKIA«{u16}»/20130524/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=«{h64}»",
        "Authorization: OAuth oauth_consumer_key=\"app\", oauth_token=\"«{a30}»\", oauth_signature=\"«{a27}%3D»\", oauth_version=\"1.0\"",
        "Authorization: Token token=\"«{a30}»\", email=\"a@example.com\"",
        "the token is Bearer «{a40}», I think",
        "Authorization: Bearer%20«{a40}»",
    ] {
        check(text);
    }
}

#[test]
fn values_with_a_telling_name_are_masked() {
    for text in [
        "password=«hunter2»",
        "password: «hunter2»",
        "Password: «hunter»\n",
        "\"password\": \"«correct horse battery»\"",
        "user=x&password=«p%40ss»&grant_type=password",
        "<password>«hunter2»</password>",
        "DB_PASSWORD=«hunter2»",
        "PGPASSWORD='«hunter2»' psql",
        "--password «hunter2» --verbose",
        "--password=«hunter2»",
        "Server=db;User Id=sa;Password=«hunter2»;Encrypt=True",
        "my password is «hunter2»",
        "client_secret=«{a40}»&scope=x",
        "'client_secret' => '«{a40}»'",
        "\"clientSecret\": \"«{a20}~{a12}»\"",
        "api_key=«{h32}»",
        "https://api.example.com/x?apikey=«{h32}»&q=1",
        "X-Api-Key: «{h32}»",
        "x-api-key:«{a20}»",
        "-H \"X-MBX-APIKEY: «{a64}»\"",
        "Ocp-Apim-Subscription-Key: «{h32}»",
        "PRIVATE-TOKEN: «{a20}»",
        "X-Auth-Token: «{h40}»",
        "X-Vault-Token: «{a24}»",
        "{\"access_token\":\"«{a40}»\",\"token_type\":\"bearer\",\"refresh_token\":\"«{a30}»\"}",
        "grant_type=refresh_token&refresh_token=«{a40}»&client_id=app",
        "//registry.example.com/:_authToken=«{h32}»",
        "_auth=«dXNlcjpodW50ZXIy»",
        "{\"auths\": {\"x\": {\"auth\": \"«dXNlcjpodW50ZXIy»\"}}}",
        "NPM_TOKEN=«{h32}»",
        "STRIPE_KEY=«{a30}»",
        "AWS_SECRET_ACCESS_KEY=«{a38}/+»",
        "aws_session_token = «{a200}»",
        "DefaultEndpointsProtocol=https;AccountName=x;AccountKey=«{a86}==»;EndpointSuffix=core.windows.net",
        "https://x.blob.core.windows.net/c?sv=2020&sig=«{a40}%3D»&se=2024",
        "https://s3.amazonaws.com/b/k?X-Amz-Expires=60&X-Amz-Signature=«{h64}»",
        "GET /callback?code=«4/0A{a40}»&state=x",
        "- name: DB_PASSWORD\n  value: «hunter2»",
        "<add key=\"ClientSecret\" value=\"«{a30}»\" />",
        "password := \"«hunter2»\"",
        "redis://:«hunter2»@cache:6379",
        "https://user:«hunter2»@example.com/x",
        "postgres://app:«p@ss»@db:5432/app",
        "https://«{a40}»@github.com/o/r.git",
        "https://oauth2:glpat-«{a20}»@gitlab.com/o/r.git",
        "curl -u admin:«Passw0rd,1234» https://x.example",
        "curl -sku \"admin:«two words»\" https://x.example",
        "curl --user 'a@b.c:«hunter2»' https://x.example",
        "docker login -u me -p «hunter2» registry.example.com",
        "machine api.example.com\n  login me\n  password «hunter2»\n",
        "echo -n 'user:«hunter2»' | base64",
        "client-key-data: «{a400}»",
        "tls.key: LS0tLS1CRUdJTiBQUklWQVRF«{a400}»",
        "https://discord.com/api/webhooks/«123456789012345678/{a68}»",
        "Ocp-Apim-Subscription-Key:«{h32}»",
        "curl https://x.example -H \"apikey: «{a40}»\" -H \"Accept: */*\"",
        "$headers = @{ Authorization = \"Bearer «{a40}»\" }",
        "req.Header.Set(\"X-Api-Key\", \"«{a40}»\")",
        "headers={'X-Auth-Token': '«{a40}»'}",
        "spring.datasource.password=«hunter2»",
        "ConnectionStrings__Default=Host=db;Username=app;Password=«s3cr3t»",
        "2024-05-01 ERROR login failed user=bob password=«hunter2» ip=10.0.0.1",
        "{\\\"password\\\": \\\"«hunter2»\\\"}",
        "?X-Amz-Security-Token=«{a200}»&X-Amz-Date=20240101T000000Z",
        "X-Hub-Signature-256: sha256=«{h64}»",
    ] {
        check(text);
    }
}

#[test]
fn cookies_of_sessions_are_masked() {
    for text in [
        "Cookie: sessionid=«{a32}»; theme=dark; csrftoken=«{a32}»",
        "< Set-Cookie: connect.sid=«s%3A{a40}»; Path=/; HttpOnly; SameSite=Lax",
        "-H 'Cookie: JSESSIONID=«{h32}»'",
        "curl -b 'PHPSESSID=«{a26}»; lang=en' https://x.example",
        "my_app=«{a32}»; Path=/; HttpOnly",
        "{\"cookie\": \"auth_token=«{a30}»; a=b\"}",
    ] {
        check(text);
    }
}

#[test]
fn keys_and_tokens_over_several_lines_are_masked() {
    check("-----BEGIN RSA PRIVATE KEY-----\n«{a64}\n{a64}\n{a20}==»\n-----END RSA PRIVATE KEY-----\nafter");
    check(
        "\"private_key\": \"-----BEGIN PRIVATE KEY-----\\n«{a64}\\n{a64}»\\n-----END PRIVATE KEY-----\\n\"",
    );
    check("-----BEGIN OPENSSH PRIVATE KEY-----\n«{a64}\n{a30}»");
    check(
        "> Authorization: Bearer «eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIx\nMjM0NTY3ODkwIn0.{a43}»\n> Accept: */*",
    );
}

#[test]
fn what_is_no_secret_stays_readable() {
    for text in [
        "commit 3f786850e387550fdab836ed7e6dc881de23001b",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "id 550e8400-e29b-41d4-a716-446655440000",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
        "Authorization: Bearer YOUR_API_KEY",
        "Authorization: Bearer ${TOKEN}",
        "Authorization: Bearer $TOKEN",
        "Authorization: Bearer <token>",
        "Authorization: Bearer {token}",
        "Authorization: Bearer {{access_token}}",
        "Authorization: Bearer xxxxxxxx",
        "Authorization: Bearer undefined",
        "Authorization: Bearer null",
        "Authorization: Bearer",
        "Authorization: Bearer eyJhbGciOi...",
        "Authorization: JWT $TOKEN",
        "Authorization header missing",
        "authorization: {token}",
        "WWW-Authenticate: Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\"",
        "WWW-Authenticate: Bearer error=\"invalid_token\", error_description=\"The token expired at '01/01/2024 00:00:00'\"",
        "WWW-Authenticate: Basic realm=\"Restricted\"",
        "WWW-Authenticate: Digest realm=\"x\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", qop=\"auth\"",
        "Basic authentication is disabled",
        "Bearer authentication",
        "We use basic auth and bearer tokens.",
        "password=",
        "password: ${DB_PASSWORD}",
        "password: ******",
        "the password is wrong",
        "Invalid password: authentication failed",
        "{\"error\": \"invalid_grant\", \"error_description\": \"Username or password is incorrect\"}",
        "{\"error\":\"invalid_token\",\"error_description\":\"The access token expired\"}",
        "{\"grant_type\": \"password\", \"username\": \"alice.liddell42\"}",
        "{\"password\": [\"This field is required.\"]}",
        "{\"password\": \"This field is required.\"}",
        "{\"token\": null, \"token_type\": \"bearer\", \"expires_in\": 3600}",
        "grant_type=client_credentials&client_id=app&client_secret=**********",
        "api_key=<my api key>&query=Elf",
        "token = req.headers.authorization",
        "const token = jwt.sign(payload, secret)",
        "password = os.environ[\"DB_PASSWORD\"]",
        "access_token = response.json()[\"access_token\"]",
        "X-Api-Key: your-api-key",
        "//npm.pkg.github.com/:_authToken=${NPM_TOKEN}",
        "NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}",
        "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        "https://user:[masked]@example.com",
        "ghp_[masked]",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "sk-...abcd",
        "git@github.com:owner/repo.git",
        "Cookie: theme=dark; lang=en",
        "auth_token=...; HttpOnly; Path=/; SameSite=Lax",
        "Set-Cookie: theme=light; Path=/",
        "-----BEGIN CERTIFICATE-----",
        "Status Code: 401 Unauthorized",
        "ValidateIssuerSigningKey = true",
        "options.TokenValidationParameters = new TokenValidationParameters",
        "the refresh token is expired",
        "curl -u $USER:$PASSWORD https://x.example",
        "docker run -u 1000:1000 image",
        "key-based authentication",
        "api_version=2017-10-01",
        "code: invalid_token",
        "trace_id=4fce761e-2351-453e-a984-aeda7b821500",
        "secretName: my-tls",
        "disk-usage and task-list",
        "Use the Authorization header: Bearer token",
        "No 'Authorization: Basic' header found. Either the client didn't send one",
        "\"aud\": \"https://management.core.windows.net/\"",
        "Unable to authenticate, need: Bearer realm=\"confluent/confluent-npm\", Basic realm=\"confluent/confluent-npm\"",
        "client used wrong authentication scheme: (null) for / (needed NTLM)",
        "AADSTS7000222: The provided client secret keys are expired.",
        "Access Token missing or malformed.",
        "Authorization: AWS4-HMAC-SHA256 Credential=AKIA[masked]/20130524/us-east-1/s3/aws4_request",
        "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\"",
        "PASSWORD_HASHERS = ['django.contrib.auth.hashers.Argon2PasswordHasher']",
        "hint: passwords are case-sensitive: try again",
        "Token: Bearer",
        "npm ERR! code E401",
        "token: jwt malformed",
        "www-authenticate: Bearer authorization_uri=\"https://login.windows.net/72f988bf-86f1-41af-91ab-2d7cd011db47\"",
    ] {
        check(text);
    }
}
