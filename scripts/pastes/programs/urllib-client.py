import sys
import urllib.request

urllib.request.urlopen(sys.argv[1] + "/v1/me")
