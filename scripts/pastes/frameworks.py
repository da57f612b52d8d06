"""Programs of ours in several languages that are refused, or that refuse, run with the libraries that TOOLS holds."""

import os
import shutil
import subprocess

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "programs")
EXPIRED = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhZGEiLCJpYXQiOjE1MTYyMzkwMjIsImV4cCI6MTUxNjI0MjYyMn0."
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
)

# The name of a recording, its program, and what is given to it after the server's address.
PROGRAMS = [
    ("python-requests-debug", "requests-debug.py", []),
    ("python-requests-basic", "requests-basic.py", []),
    ("python-httpx-debug", "httpx-debug.py", []),
    ("python-urllib", "urllib-client.py", []),
    ("python-aiohttp", "aiohttp-client.py", []),
    ("python-oauth1", "oauth1.py", []),
    ("python-boto3", "aws-sdk.py", []),
    ("node-fetch-undefined-token", "fetch.mjs", []),
    ("node-axios-error", "axios.cjs", []),
    ("node-axios-uncaught", "axios-message.cjs", []),
    ("node-undici", "undici.cjs", []),
    ("node-got", "got.mjs", []),
    ("node-superagent", "superagent.cjs", []),
    ("express-passport", "express-passport.cjs", ["passport"]),
    ("express-jwt-other-secret", "express-passport.cjs", ["express-jwt", "other"]),
    ("express-jwt-no-token", "express-passport.cjs", ["express-jwt", "none"]),
    ("express-jwt-malformed", "express-passport.cjs", ["express-jwt", "malformed"]),
    ("express-jwt-expired", "express-passport.cjs", ["expired"]),
    ("express-jsonwebtoken", "express-passport.cjs", ["jsonwebtoken"]),
    ("django-rest-framework-expired", "django-drf.py", [f"Bearer {EXPIRED}"]),
    ("django-rest-framework-several", "django-drf.py", ["none", "Bearer", "Basic YWRhOmJhYmJhZ2U="]),
    ("flask-jwt-extended", "flask-jwt.py", ["none", "expired-3f9a", f"Bearer {EXPIRED}"]),
    ("fastapi-uvicorn", "fastapi-app.py", []),
    ("browser-har", "browser.cjs", ["har"]),
    ("browser-console", "browser.cjs", ["console"]),
]


def recordings(is_wanted, kit, home, env, addresses):
    """Name and text of each recording that can be made here."""
    for name, program, rest in PROGRAMS:
        if not is_wanted(name):
            continue
        runner = os.path.join(kit, "venv/bin/python") if program.endswith(".py") else shutil.which("node")
        if runner is None or not os.path.exists(runner):
            print(f"{name}: no program to run {program}")
            continue
        file = os.path.join(home, program)
        shutil.copy(os.path.join(HERE, program), file)
        if program.endswith(".mjs"):
            os.makedirs(os.path.join(home, "node_modules"), exist_ok=True)
        # What the page calls is another site than the page: the same server under its other name.
        last = [addresses["other"]] if program.startswith("browser") else []
        command = [runner, program, addresses["api"], *rest, *last]
        done = subprocess.run(command, cwd=home, env=env, timeout=90, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        yield name, done.stdout.decode("utf-8", "replace")
