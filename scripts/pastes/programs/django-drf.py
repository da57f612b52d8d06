"""Django with the REST framework: asks itself, prints its log and what its clients get."""

import logging
import sys

import django
from django.conf import settings

settings.configure(
    DEBUG=True,
    SECRET_KEY="one",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "rest_framework", "rest_framework_simplejwt"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "shop.sqlite3"}},
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication", "rest_framework.authentication.BasicAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    },
    LOGGING={"version": 1, "formatters": {"server": {"()": "django.utils.log.ServerFormatter", "format": "[{server_time}] {message}", "style": "{"}},
             "handlers": {"out": {"class": "logging.StreamHandler", "stream": sys.stdout}, "server": {"class": "logging.StreamHandler", "stream": sys.stdout, "formatter": "server"}},
             "loggers": {"django.request": {"handlers": ["out"], "propagate": False}, "django.server": {"handlers": ["server"], "level": "INFO", "propagate": False}}},
)
django.setup()

import threading  # noqa: E402
from django.core.servers.basehttp import WSGIRequestHandler, WSGIServer  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.decorators import api_view  # noqa: E402
from rest_framework.response import Response  # noqa: E402
import http.client  # noqa: E402


@api_view(["GET"])
def me(request):
    return Response({"user": str(request.user)})


call_command("migrate", verbosity=0)
urlpatterns = [path("api/me/", me)]
server = WSGIServer(("127.0.0.1", 0), WSGIRequestHandler)
server.set_app(get_wsgi_application())
threading.Thread(target=server.serve_forever, daemon=True).start()
for authorization in sys.argv[2:]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
    connection.request("GET", "/api/me/", headers={"Authorization": authorization} if authorization != "none" else {})
    answer = connection.getresponse()
    print(f"HTTP/1.1 {answer.status} {answer.reason}")
    print("".join(f"{name}: {value}\n" for name, value in answer.getheaders()))
    print(answer.read().decode(), flush=True)
    print()
