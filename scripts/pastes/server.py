"""A server that refuses in every way there is, for the recordings: HTTP/1.1 on a loopback port, one thread a connection.

Each path is one situation. What it answers is constant, so that a recording made again is the same.
"""

import base64
import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NONCE = "dcd98b7102dd2f0e8b11d0f600bfb0c093"
OPAQUE = "5ccc069c403ebaf9f0171e9517f40e41"
# An NTLM challenge (type 2) for the domain CORP, with a fixed server challenge.
NTLM_CHALLENGE = base64.b64encode(
    b"NTLMSSP\0\x02\0\0\0"
    + b"\x08\0\x08\0\x38\0\0\0"
    + b"\x05\x82\x89\xa2"
    + bytes.fromhex("0123456789abcdef")
    + bytes(8)
    + b"\x20\0\x20\0\x40\0\0\0"
    + b"\x06\x01\xb1\x1d\0\0\0\x0f"
    + "CORP".encode("utf-16-le")
    + b"\x02\0\x08\0" + "CORP".encode("utf-16-le")
    + b"\x01\0\x0c\0" + "FILES1".encode("utf-16-le")
    + b"\0\0\0\0"
).decode()

JSON = "application/json"
PROBLEM = {
    "type": "https://api.example.com/problems/token-expired",
    "title": "Unauthorized",
    "status": 401,
    "detail": "The access token expired at 2026-10-05T11:46:00Z.",
    "instance": "/v1/orders/17",
}
AWS_XML = """<?xml version="1.0" encoding="UTF-8"?>
<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code>\
<Message>The security token included in the request is invalid.</Message></Error>\
<RequestId>0f7c3ef5-2b2c-4f9c-9f31-4e1d3b0a7a11</RequestId></ErrorResponse>"""
S3_XML = """<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match the signature you \
provided. Check your key and signing method.</Message><RequestId>4442587FB7D0A2F9</RequestId></Error>"""
HTML = """<html>
<head><title>401 Authorization Required</title></head>
<body>
<center><h1>401 Authorization Required</h1></center>
<hr><center>nginx</center>
</body>
</html>
"""
DOCKER = {
    "errors": [
        {
            "code": "UNAUTHORIZED",
            "message": "authentication required",
            "detail": [{"Type": "repository", "Class": "", "Name": "team/app", "Action": "pull"}],
        }
    ]
}
KUBERNETES = {
    "kind": "Status",
    "apiVersion": "v1",
    "metadata": {},
    "status": "Failure",
    "message": "Unauthorized",
    "reason": "Unauthorized",
    "code": 401,
}


def bearer(error=None, description=None, **more):
    """A Bearer challenge (RFC 6750, section 3)."""
    parts = {"realm": "api", **({"error": error} if error else {})}
    if description:
        parts["error_description"] = description
    return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in {**parts, **more}.items())


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "example/1.0"
    sys_version = ""

    def log_message(self, *args):
        pass

    def answer(self, status, fields=(), body=None, kind=JSON):
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        data = (body or "").encode()
        self.send_response(status)
        for name, value in fields:
            self.send_header(name, value)
        if data:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def refuse(self, *challenges, body=None, kind=JSON, status=401, fields=()):
        self.answer(status, [*[("WWW-Authenticate", one) for one in challenges], *fields], body, kind)

    def respond(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length) if length else b""
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline().split(b";")[0] or b"0", 16):
                self.body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        path = self.path.split("?")[0]
        for pattern, situation in SITUATIONS:
            if re.match(pattern, path):
                return situation(self)
        return self.answer(404, body={"error": "not_found"})

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = do_PROPFIND = respond

    @property
    def sent(self):
        return self.headers.get("Authorization") or ""


def basic(request):
    if request.sent == "Basic " + base64.b64encode(b"ada:lovelace").decode():
        return request.answer(200, body={"user": "ada"})
    return request.refuse('Basic realm="files", charset="UTF-8"', body="Authorization required\n", kind="text/plain")


def digest(request):
    """Digest with MD5 and qop=auth (RFC 7616): right for `ada` and `lovelace` only."""
    given = dict(re.findall(r'(\w+)="?([^",]+)"?', request.sent))
    hashed = lambda text: hashlib.md5(text.encode()).hexdigest()
    if request.sent.startswith("Digest "):
        secret = hashed("ada:files:lovelace")
        where = hashed(f"{request.command}:{given.get('uri')}")
        parts = [secret, given.get("nonce"), given.get("nc"), given.get("cnonce"), given.get("qop"), where]
        stays = not request.path.startswith("/digest-stale")
        if stays and hashed(":".join(map(str, parts))) == given.get("response"):
            return request.answer(200, body={"user": "ada"})
    stale = ", stale=true" if request.path.startswith("/digest-stale") and request.sent else ""
    nonce = NONCE[::-1] if stale else NONCE
    challenge = f'Digest realm="files", qop="auth", algorithm=MD5, nonce="{nonce}", opaque="{OPAQUE}"{stale}'
    return request.refuse(challenge, body={"error": "unauthorized"})


def token(request):
    sent = request.sent
    if sent == "Bearer good-token-3f9a":
        return request.answer(200, body={"user": "ada"})
    if not sent:
        return request.refuse(bearer(), body={"error": "missing_token", "message": "No token was sent."})
    challenge = bearer("invalid_token", "The access token expired")
    return request.refuse(challenge, body={"error": "invalid_token", "message": "The access token expired"})


def negotiate(request):
    return request.refuse("Negotiate", body=HTML, kind="text/html")


def ntlm(request):
    words = request.sent.split()
    if len(words) == 2 and words[0] in ("NTLM", "Negotiate"):
        if base64.b64decode(words[1])[8:9] == b"\x01":
            return request.refuse(f"{words[0]} {NTLM_CHALLENGE}", body=HTML, kind="text/html")
    return request.refuse("Negotiate", "NTLM", body=HTML, kind="text/html")


def many(request):
    one_field = f'Negotiate, Digest realm="a, b", qop="auth", nonce="{NONCE}", Basic realm="files \\"new\\""'
    return request.refuse(one_field, bearer(), body={"error": "unauthorized"})


def redirect(request):
    other = request.server.other_host
    return request.answer(301, [("Location", f"http://{other}/bearer")])


def slash(request):
    return request.answer(307, [("Location", request.path + "/")])


def login(request):
    cookie = "session=8c1f4e6b2a90; Path=/; HttpOnly; Secure; SameSite=Lax"
    return request.answer(200, [("Set-Cookie", cookie)], {"ok": True})


def session(request):
    if "session=" in (request.headers.get("Cookie") or ""):
        return request.answer(401, [("Set-Cookie", "session=; Path=/; Max-Age=0")], {"message": "Session expired."})
    return request.answer(401, body={"message": "Not logged in."})


def cors(request):
    """Asks the preflight for a credential, as many gateways do by mistake."""
    fields = [("Access-Control-Allow-Origin", "*")] if request.command != "OPTIONS" else []
    return request.refuse(bearer(), body={"message": "Unauthorized"}, fields=fields)


def docker(request):
    scope = "repository:team/app:pull"
    realm = f"http://{request.headers.get('Host')}/token"
    fields = [("Docker-Distribution-Api-Version", "registry/2.0")]
    if request.path.startswith("/token"):
        return request.answer(401, fields, {"details": "incorrect username or password"})
    challenge = f'Bearer realm="{realm}",service="registry.example.com",scope="{scope}"'
    return request.refuse(challenge, body=DOCKER, fields=fields)


def git(request):
    return request.refuse('Basic realm="GitLab"', body="HTTP Basic: Access denied\n", kind="text/plain")


def npm(request):
    return request.refuse('Bearer realm="npm"', body={"error": "Unable to authenticate, need: Bearer"})


def packages(request):
    return request.refuse('Basic realm="packages"', body="Unauthorized", kind="text/plain")


def kubernetes(request):
    return request.answer(401, body=KUBERNETES)


def s3(request):
    return request.answer(401, body=S3_XML, kind="application/xml")


def sts(request):
    return request.answer(401, body=AWS_XML, kind="text/xml")


def google(request):
    body = {
        "error": {
            "code": 401,
            "message": "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or "
            "other valid authentication credential.",
            "status": "UNAUTHENTICATED",
        }
    }
    return request.refuse('Bearer realm="https://accounts.google.com/", error="invalid_token"', body=body)


SITUATIONS = [
    (r"/basic", basic),
    (r"/digest", digest),
    (r"/(bearer|v1|hidden)", token),
    (r"/negotiate", negotiate),
    (r"/ntlm", ntlm),
    (r"/many", many),
    (r"/redirect", redirect),
    (r"/slash/$", token),
    (r"/slash$", slash),
    (r"/login", login),
    (r"/me", session),
    (r"/cors", cors),
    (r"/problem", lambda request: request.answer(401, body=PROBLEM, kind="application/problem+json")),
    (r"/html", lambda request: request.answer(401, body=HTML, kind="text/html")),
    (r"/empty-page", lambda request: request.answer(200, body="<!doctype html><title>Shop</title>", kind="text/html")),
    (r"/empty", lambda request: request.answer(401)),
    (r"/(v2|token)", docker),
    (r"/.*\.git/", git),
    (r"/npm", npm),
    (r"/(simple|legacy|maven|charts|nuget|gradle)", packages),
    (r"/(api$|apis|api/|version|openapi)", kubernetes),
    (r"/(storage|bigquery|compute|discovery|gcs)", google),
    (r"/bucket", s3),
    (r"/$", sts),
]


def serve(other_host=None):
    """Starts a server on a port that the kernel gives; gives the server back, whose `server_port` is the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.other_host = other_host or f"127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
