"""Flask with flask-jwt-extended under its development server: its log, and what its client gets."""

import http.client
import sys
import threading

from flask import Flask, jsonify
from flask_jwt_extended import JWTManager, jwt_required
from werkzeug.serving import make_server

app = Flask("shop")
app.config["JWT_SECRET_KEY"] = "one"
JWTManager(app)


@app.get("/api/me")
@jwt_required()
def me():
    return jsonify(user="ada")


server = make_server("127.0.0.1", 0, app)
import logging  # noqa: E402

logging.basicConfig(level=logging.INFO, stream=sys.stdout)
threading.Thread(target=server.serve_forever, daemon=True).start()
for authorization in sys.argv[2:]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", "/api/me", headers={"Authorization": authorization} if authorization != "none" else {})
    answer = connection.getresponse()
    print(answer.status, answer.read().decode().strip(), flush=True)
