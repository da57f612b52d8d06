"""Command lines that are refused, and what runs them. A recipe is a name, a command as a person types it, and what it needs.

In a command, `{api}` is our server, `{nginx}`, `{apache}`, `{caddy}`, `{haproxy}` are servers with a login before it, `{squid}` a proxy that asks
for one.
"""

import base64
import json
import os
import shutil
import subprocess
import time


def encoded(value):
    raw = json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def jwt(claims, **header):
    """A token with a signature that verifies nowhere."""
    head = {"alg": "RS256", "typ": "JWT", "kid": "2026-10", **header}
    return ".".join([encoded(head), encoded(claims), base64.urlsafe_b64encode(b"not a signature, 32 bytes long..").rstrip(b"=").decode()])


# 2026-10-05T12:00:00Z, the moment of every recording.
NOW = 1791201600
EXPIRED = jwt({"iss": "https://login.example.com/", "aud": "https://api.example.com", "sub": "ada", "iat": NOW - 4440, "exp": NOW - 840})
OTHER_AUDIENCE = jwt({"iss": "https://login.example.com/", "aud": "https://billing.example.net", "sub": "ada", "iat": NOW - 60, "exp": NOW + 3540})

CURL = [
    ("curl-v-no-credential", "curl -v {api}/v1/me"),
    ("curl-v-bearer-expired", f'curl -v {{api}}/v1/me -H "Authorization: Bearer {EXPIRED}"'),
    ("curl-v-bearer-doubled", 'curl -v {api}/v1/me -H "Authorization: Bearer Bearer 3f9a7c51d2e84b60"'),
    ("curl-v-other-audience", f'curl -v {{api}}/v1/me -H "Authorization: Bearer {OTHER_AUDIENCE}"'),
    ("curl-v-empty-token", 'curl -v {api}/v1/me -H "Authorization: Bearer $API_TOKEN"'),
    ("curl-v-basic-wrong-password", "curl -v -u ada:babbage {api}/basic"),
    ("curl-v-basic-newline", 'curl -v -H "Authorization: Basic $(echo ada:lovelace | base64)" {api}/basic'),
    ("curl-v-digest-wrong-password", "curl -v --digest -u ada:babbage {api}/digest"),
    ("curl-v-digest-right", "curl -v --digest -u ada:lovelace {api}/digest"),
    ("curl-v-digest-stale", "curl -v --digest -u ada:lovelace {api}/digest-stale"),
    ("curl-v-negotiate-without-ticket", "curl -v --negotiate -u : {api}/negotiate"),
    ("curl-v-ntlm", "curl -v --ntlm -u 'CORP\\ada:lovelace' {api}/ntlm"),
    ("curl-v-anyauth", "curl -v --anyauth -u ada:lovelace {api}/many"),
    ("curl-v-several-challenges", "curl -v {api}/many"),
    ("curl-v-redirect-other-host", 'curl -vL {api}/redirect -H "Authorization: Bearer good-token-3f9a"'),
    ("curl-v-redirect-slash", 'curl -vL {api}/slash -H "Authorization: Bearer good-token-3f9a"'),
    ("curl-v-cookie-jar", "curl -v -c jar -d user=ada {api}/login {api}/me"),
    ("curl-v-session-cleared", "curl -v -b session=8c1f4e6b2a90 {api}/me"),
    ("curl-v-preflight", "curl -v -X OPTIONS {api}/cors -H 'Origin: https://app.example.com' "
     "-H 'Access-Control-Request-Method: GET' -H 'Access-Control-Request-Headers: authorization'"),
    ("curl-v-key-in-query", "curl -v '{api}/bearer?api_key=3f9a7c51d2e84b60'"),
    ("curl-v-aws-sigv4", "curl -v --aws-sigv4 aws:amz:eu-central-1:s3 -u AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMIKEXAMPLEKEY {api}/bucket/file"),
    ("curl-v-post-json", "curl -v {api}/v1/orders -H 'Authorization: Bearer expired-3f9a' -H 'Content-Type: application/json' "
     "-d '{{\"item\": 17}}'"),
    ("curl-v-through-proxy", "curl -sv -o /dev/null -x {squid} {api}/v1/me"),
    ("curl-v-proxy-wrong-password", "curl -sv -o /dev/null -x {squid} -U ada:babbage {api}/v1/me"),
    ("curl-v-proxy-tunnel", "curl -v -p -x {squid} {api}/v1/me"),
    ("curl-v-http2-tls", 'curl -vk {caddy}/v1/me -H "Authorization: Bearer expired-3f9a"'),
    ("curl-v-http2-upgrade", "curl -v --http2-prior-knowledge {h2c}/private/"),
    ("curl-i-problem-json", "curl -i {api}/problem"),
    ("curl-i-html", "curl -i {nginx}/private/"),
    ("curl-i-empty", "curl -i {api}/empty"),
    ("curl-i-head", "curl -I -u ada:babbage {api}/basic"),
    ("curl-i-aws-xml", "curl -i {api}/bucket/file"),
    ("curl-sS-write-out", "curl -sS -o /dev/null -w '%{{http_code}} %{{url_effective}} %{{redirect_url}}\\n' {api}/v1/me"),
    ("curl-fail", "curl -f {api}/v1/me"),
    ("curl-trace-ascii", "curl --trace-ascii - --trace-time -H 'Authorization: Bearer expired-3f9a' {api}/v1/me"),
    ("curl-v-header-removed-by-nginx", "curl -v {nginx}/stripped/v1/me -H 'Authorization: Bearer good-token-3f9a'"),
    ("curl-v-two-logins", "curl -v {nginx}/private/v1/me -H 'Authorization: Bearer good-token-3f9a'"),
    ("curl-v-apache-digest", "curl -v --digest -u ada:babbage {apache}/digest/"),
    ("curl-v-apache-basic", "curl -v -u ada:babbage {apache}/private/"),
    ("curl-v-piped", "curl -v {api}/v1/me -H 'Authorization: Bearer expired-3f9a' 2>&1 | tee out"),
    ("curl-v-haproxy", "curl -v {haproxy}/"),
]

OTHERS = [
    ("wget-S", "wget -S -O - --user=ada --password=babbage {api}/basic"),
    ("wget-d", "wget -d -O - --header='Authorization: Bearer expired-3f9a' {api}/v1/me"),
    ("wget-plain", "wget -O - {api}/v1/me"),
    ("httpie-v", "http -v {api}/v1/me 'Authorization:Bearer expired-3f9a'"),
    ("httpie-auth", "http -v -a ada:babbage {api}/basic"),
    ("httpie-bearer", "http -v -A bearer -a expired-3f9a POST {api}/v1/orders item:=17 X-Request-Id:7"),
    ("httpie-headers-only", "http --headers {api}/many"),
    ("git-clone", "git -c credential.helper= clone http://ada:babbage@{api_host}/team/app.git"),
    ("git-clone-no-terminal", "GIT_TERMINAL_PROMPT=0 git clone http://{api_host}/team/app.git"),
    ("git-trace-curl", "GIT_TERMINAL_PROMPT=0 GIT_CURL_VERBOSE=1 git clone http://{api_host}/team/app.git"),
    ("npm-install", "npm install @acme/billing"),
    ("npm-publish-verbose", "npm publish --verbose"),
    ("npm-whoami", "npm whoami"),
    ("pip-install", "pip install --no-input --disable-pip-version-check --index-url {api}/simple billing"),
    ("pip-install-verbose", "pip install -v --no-input --retries 0 --disable-pip-version-check --index-url http://ada:babbage@{api_host}/simple billing"),
    ("twine-upload", "twine upload --non-interactive --disable-progress-bar --repository-url {api}/legacy/ -u ada -p babbage dist/billing-1.0.tar.gz"),
    ("twine-upload-verbose", "twine upload --verbose --non-interactive --disable-progress-bar --repository-url {api}/legacy/ -u __token__ -p pypi-AgEI dist/billing-1.0.tar.gz"),
    ("maven-resolve", "cd dist && mvn -B -s ../settings.xml dependency:get -Dartifact=com.example:billing:1.0"),
    ("maven-parent", "mvn -B -s settings.xml validate"),
    ("kubectl-get", "kubectl --kubeconfig kubeconfig get pods"),
    ("kubectl-v8", "kubectl --kubeconfig kubeconfig --v=8 get --raw /api"),
    ("aws-s3", "aws --endpoint-url {api} --region eu-central-1 s3api get-object --bucket bucket --key file out"),
    ("aws-sts", "aws --endpoint-url {api} --region eu-central-1 sts get-caller-identity"),
    ("aws-debug", "aws --debug --endpoint-url {api} --region eu-central-1 sts get-caller-identity"),
    ("gcloud-storage", "gcloud storage ls gs://bucket"),
    ("skopeo-inspect", "skopeo inspect --tls-verify=false docker://{api_host}/team/app:1.0"),
    ("skopeo-login", "skopeo login --tls-verify=false -u ada -p babbage {api_host}"),
    ("composer-require", "composer require --no-interaction --no-plugins acme/billing"),
    ("terraform-http-backend", "terraform -chdir=http-backend init -no-color"),
]


def prepare(folder, addresses):
    """The files that the commands expect to find where they run."""
    api = addresses["api"]

    def write(name, text):
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)

    host = api.removeprefix("http://")
    write(".npmrc", f"@acme:registry={api}/npm/\n//{host}/npm/:_authToken=npm-expired\nfund=false\naudit=false\nupdate-notifier=false\nfetch-retries=0\n")
    write("package.json", json.dumps({"name": "@acme/app", "version": "1.0.0", "license": "MIT", "files": ["dist"], "publishConfig": {"registry": f"{api}/npm/"}}))
    server = "<servers><server><id>acme</id><username>ada</username><password>babbage</password></server></servers>"
    mirror = f"<mirrors><mirror><id>acme</id><mirrorOf>*</mirrorOf><url>{api}/maven</url></mirror></mirrors>"
    write("settings.xml", f"<settings><localRepository>{folder}/m2</localRepository>{server}{mirror}</settings>")
    write("pom.xml", "<project><modelVersion>4.0.0</modelVersion><parent><groupId>com.example</groupId><artifactId>parent</artifactId>"
          "<version>1</version><relativePath/></parent><artifactId>billing</artifactId></project>")
    write("kubeconfig", json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "dev",
        "clusters": [{"name": "dev", "cluster": {"server": api}}],
        "users": [{"name": "ada", "user": {"token": "expired-3f9a"}}],
        "contexts": [{"name": "dev", "context": {"cluster": "dev", "user": "ada"}}],
    }))
    write("http-backend/main.tf", f'terraform {{\n  backend "http" {{\n    address = "{api}/v1/state"\n    username = "ada"\n    password = "babbage"\n  }}\n}}\n')
    write("access-token", "expired-3f9a")
    write("composer.json", json.dumps({"repositories": [{"type": "composer", "url": f"{api}/simple"}, {"packagist.org": False}], "config": {"secure-http": False}}))
    write("PKG-INFO", "Metadata-Version: 2.1\nName: billing\nVersion: 1.0\n")
    os.makedirs(os.path.join(folder, "billing-1.0"), exist_ok=True)
    shutil.copy(os.path.join(folder, "PKG-INFO"), os.path.join(folder, "billing-1.0"))
    os.makedirs(os.path.join(folder, "dist"), exist_ok=True)
    subprocess.run(["tar", "czf", "dist/billing-1.0.tar.gz", "billing-1.0"], cwd=folder, check=True)


def environment(folder, tools, addresses):
    """Nothing of the machine's own settings: a home of its own, and no proxy."""
    path = [os.path.join(tools, "venv/bin"), os.path.join(tools, "bin"), os.environ["PATH"]]
    return {
        "PATH": ":".join(path),
        "HOME": folder,
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "NO_COLOR": "1",
        "PIP_CONFIG_FILE": os.devnull,
        "PYTHONWARNINGS": "ignore",
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE": os.path.join(folder, "access-token"),
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE": addresses["api"] + "/storage/",
        "CLOUDSDK_CORE_PROJECT": "acme",
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
        "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "1",
        "NODE_PATH": os.path.join(tools, "node/node_modules"),
        "CHECKPOINT_DISABLE": "1",
        "COMPOSER_ALLOW_SUPERUSER": "1",
    }


# These print differently when nobody watches: a progress meter, a request with a body from the pipe.
ON_A_TERMINAL = ["curl", "wget", "http", "docker"]


def run(command, folder, env, terminal=False, timeout=90):
    """What the command prints, both streams as they come, below its prompt."""
    program = ["bash", "-c", command]
    if terminal:
        program = ["script", "--quiet", "--flush", "--return", "--command", command, os.devnull]
        env = {**env, "SHELL": "/bin/bash"}
    done = subprocess.run(program, cwd=folder, env=env, timeout=timeout, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    time.sleep(0.05)
    return f"$ {command}\n" + done.stdout.decode("utf-8", "replace")
