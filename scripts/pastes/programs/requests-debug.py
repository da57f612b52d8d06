import http.client
import logging
import sys

import requests

http.client.HTTPConnection.debuglevel = 1
logging.basicConfig(level=logging.DEBUG)
answer = requests.get(sys.argv[1] + "/v1/me", headers={"Authorization": "Bearer expired-3f9a"})
answer.raise_for_status()
