"""The service behind every address of the articles' commands, for tests/stacks/commands.rs: HTTP/1.1, over TLS or not, on one
port of the loopback. Asks for credentials, takes any, and writes down each request as one line of JSON.

Called as: answers.py CERTIFICATE KEY PORT_FILE REQUEST_FILE
"""

import http.server
import json
import os
import socket
import ssl
import sys
import threading

CERTIFICATE, KEY, PORT_FILE, REQUEST_FILE = sys.argv[1:]

# Members that the commands pick out with jq.
DOCUMENT = {
    "issuer": "https://login.example.com",
    "jwks_uri": "https://login.example.com/jwks",
    "token_endpoint": "https://login.example.com/token",
    "keys": [{"kid": "1", "kty": "RSA", "alg": "RS256"}],
    "active": True,
    "access_token": "example",
    "data": [],
}

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(CERTIFICATE, KEY)
lock = threading.Lock()


class Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # A client that waits for nothing must not hold a thread.
    timeout = 10

    def setup(self):
        # The first byte of a TLS connection is that of a handshake record (RFC 8446, section 5.1).
        if self.request.recv(1, socket.MSG_PEEK) == b"\x16":
            self.request = context.wrap_socket(self.request, server_side=True)
        super().setup()

    def answer(self):
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        line = json.dumps({
            "method": self.command,
            "target": self.path,
            "headers": [[name, value] for name, value in self.headers.items()],
            "body": sent.decode("utf-8", "replace"),
        })
        with lock, open(REQUEST_FILE, "a") as requests:
            requests.write(line + "\n")
        body = json.dumps(DOCUMENT).encode()
        self.send_response(200 if self.headers.get("Authorization") else 401)
        if not self.headers.get("Authorization"):
            self.send_header("WWW-Authenticate", 'Digest realm="example", nonce="abc", qop="auth", algorithm=SHA-256')
            self.send_header("WWW-Authenticate", 'Basic realm="example"')
            self.send_header("WWW-Authenticate", 'Bearer realm="example"')
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_PROPFIND = do_REPORT = answer

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        # A client may leave in the middle.
        pass


server = Server(("127.0.0.1", 0), Answers)
with open(PORT_FILE + ".new", "w") as port:
    port.write(str(server.server_address[1]))
# Under its name it is complete.
os.rename(PORT_FILE + ".new", PORT_FILE)
server.serve_forever()
