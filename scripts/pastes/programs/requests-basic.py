import sys

import requests

answer = requests.get(sys.argv[1] + "/basic", auth=("ada", "babbage"))
print(answer.status_code, answer.headers)
print(answer.request.headers)
answer.raise_for_status()
