import http.client
import sys

from requests_oauthlib import OAuth1Session

http.client.HTTPConnection.debuglevel = 1
session = OAuth1Session("client-17", client_secret="secret-17", resource_owner_key="owner-17", resource_owner_secret="hidden-17")
print(session.get(sys.argv[1] + "/empty").status_code)
