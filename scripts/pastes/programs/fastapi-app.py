"""FastAPI under uvicorn: its log, and what its client gets."""

import http.client
import sys
import threading
import time

import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPBasic, OAuth2PasswordBearer

app = FastAPI()
bearer = OAuth2PasswordBearer(tokenUrl="token")


@app.get("/users/me")
def me(token: str = Depends(bearer)):
    raise HTTPException(401, "Could not validate credentials", {"WWW-Authenticate": "Bearer"})


@app.get("/admin")
def admin(login=Depends(HTTPBasic())):
    raise HTTPException(401, "Incorrect username or password", {"WWW-Authenticate": "Basic"})


server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=uvicorn.config.LOGGING_CONFIG))
threading.Thread(target=server.run, daemon=True).start()
while not server.started:
    time.sleep(0.02)
port = server.servers[0].sockets[0].getsockname()[1]
for path, authorization in [("/users/me", None), ("/users/me", "Bearer expired-3f9a"), ("/admin", "Basic YWRhOmJhYmJhZ2U=")]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers={"Authorization": authorization} if authorization else {})
    answer = connection.getresponse()
    print(answer.status, dict(answer.getheaders()), answer.read().decode(), flush=True)
time.sleep(0.1)
