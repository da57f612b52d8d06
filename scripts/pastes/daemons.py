"""Debian's nginx, Apache, Caddy, HAProxy and Squid with a login before our server, each on a loopback port, and their logs."""

import os
import shutil
import socket
import subprocess
import time

USERS = "ada:$apr1$pQ8m2c1x$Wm5hJ8rX3v7iQxq3lGz1b/\n"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return True
        except OSError:
            time.sleep(0.05)
    return False


class Daemons:
    """Starts those that are installed; `stop` ends every one of them."""

    def __init__(self, folder, api):
        self.folder, self.api, self.running, self.ports = folder, api, [], {}
        os.makedirs(folder, exist_ok=True)
        os.chmod(folder, 0o777)
        # The password is lovelace.
        hashed = subprocess.run(["openssl", "passwd", "-apr1", "-salt", "pQ8m2c1x", "lovelace"], capture_output=True, text=True)
        self.write("users", f"ada:{hashed.stdout}")
        for start in [self.nginx, self.apache, self.caddy, self.haproxy, self.squid]:
            start()

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def log(self, name):
        path = os.path.join(self.folder, name)
        return open(path).read() if os.path.exists(path) else ""

    def start(self, name, command, port):
        program = shutil.which(command[0])
        if program is None:
            print(f"{name} is not installed: left out")
            return
        out = open(os.path.join(self.folder, f"{name}.out"), "w")
        self.running.append(subprocess.Popen([program, *command[1:]], cwd=self.folder, stdout=out, stderr=out, env={
            "PATH": os.environ["PATH"], "HOME": self.folder, "XDG_DATA_HOME": self.folder, "XDG_CONFIG_HOME": self.folder,
        }))
        if wait(port):
            self.ports[name] = port
        else:
            print(f"{name} did not start: {self.log(name + '.out')[-400:]}")

    def stop(self):
        for one in self.running:
            one.terminate()
        for one in self.running:
            one.wait(20)

    def nginx(self):
        port, h2c = free_port(), free_port()
        temporary = "".join(f"  {kind}_temp_path {self.folder}/{kind};\n" for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"])
        places = f"""
    location /private/ {{ auth_basic "files"; auth_basic_user_file users; proxy_pass {self.api}/; }}
    location /stripped/ {{ proxy_set_header Authorization ""; proxy_pass {self.api}/; }}
    location / {{ proxy_pass {self.api}; }}
"""
        path = self.write("nginx.conf", f"""user root; daemon off; pid nginx.pid; error_log nginx-error.log info; worker_processes 1;
events {{}}
http {{
{temporary}  access_log nginx-access.log combined;
  server {{ listen 127.0.0.1:{port}; {places} }}
  server {{ listen 127.0.0.1:{h2c} http2; {places} }}
}}
""")
        self.start("nginx", ["nginx", "-p", self.folder, "-c", path], port)
        if "nginx" in self.ports:
            self.ports["h2c"] = h2c

    def apache(self):
        port = free_port()
        modules = "/usr/lib/apache2/modules"
        wanted = ["mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "auth_digest", "alias", "dir", "autoindex"]
        loads = "".join(f"LoadModule {name}_module {modules}/mod_{name}.so\n" for name in wanted)
        self.write("digests", "ada:files:0123456789abcdef0123456789abcdef\n")
        os.makedirs(os.path.join(self.folder, "htdocs"), exist_ok=True)
        path = self.write("apache.conf", f"""{loads}ServerRoot {self.folder}
ServerName api.example.com
PidFile apache.pid
Listen 127.0.0.1:{port}
DocumentRoot {self.folder}/htdocs
LogFormat "%h %l %u %t \\"%r\\" %>s %b" common
LogFormat "%h %l %u %t \\"%r\\" %>s %O \\"%{{Referer}}i\\" \\"%{{User-Agent}}i\\"" combined
CustomLog apache-access.log common
LogLevel info
ErrorLog apache-error.log
Alias /private/ {self.folder}/htdocs/
Alias /digest/ {self.folder}/htdocs/
<Location /private/>
AuthType Basic
AuthName "files"
AuthUserFile users
Require valid-user
</Location>
<Location /digest/>
AuthType Digest
AuthName "files"
AuthUserFile digests
Require valid-user
</Location>
""")
        self.start("apache", ["apache2", "-d", self.folder, "-f", path, "-D", "FOREGROUND"], port)

    def caddy(self):
        port = free_port()
        path = self.write("Caddyfile", f"""{{
    admin off
    auto_https disable_redirects
    local_certs
    skip_install_trust
}}
https://127.0.0.1:{port}, https://localhost:{port} {{
    log {{
        output file {self.folder}/caddy-access.log
        format json
    }}
    @bearer path /v1/*
    reverse_proxy @bearer {self.api}
}}
""")
        self.start("caddy", ["caddy", "run", "--config", path, "--adapter", "caddyfile"], port)

    def haproxy(self):
        port = free_port()
        path = self.write("haproxy.cfg", f"""global
    log stdout format raw local0
defaults
    mode http
    log global
    option httplog
    timeout connect 5s
    timeout client 5s
    timeout server 5s
userlist users
    user ada insecure-password lovelace
frontend web
    bind 127.0.0.1:{port}
    http-request auth realm files unless {{ http_auth(users) }}
    default_backend api
backend api
    server api1 {self.api.removeprefix("http://")}
""")
        self.start("haproxy", ["haproxy", "-f", path], port)

    def squid(self):
        port = free_port()
        path = self.write("squid.conf", f"""http_port 127.0.0.1:{port}
pid_filename {self.folder}/squid.pid
error_directory /usr/share/squid/errors/en
access_log stdio:{self.folder}/squid-access.log squid
cache_log {self.folder}/squid-cache.log
cache deny all
pinger_enable off
visible_hostname proxy.example.com
auth_param basic program /usr/lib/squid/basic_ncsa_auth {self.folder}/users
auth_param basic realm corp
acl known proxy_auth REQUIRED
http_access allow known
http_access deny all
shutdown_lifetime 0 seconds
""")
        self.start("squid", ["squid", "-N", "-n", f"pastes{os.getpid()}", "-f", path], port)
