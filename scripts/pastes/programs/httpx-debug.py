import logging
import sys

import httpx

logging.basicConfig(format="%(levelname)s [%(asctime)s] %(name)s - %(message)s", datefmt="%Y-%m-%d %H:%M:%S", level=logging.DEBUG)
answer = httpx.get(sys.argv[1] + "/v1/me", headers={"Authorization": "Bearer expired-3f9a"})
answer.raise_for_status()
