import sys

import boto3

boto3.client("sts", endpoint_url=sys.argv[1], region_name="eu-central-1").get_caller_identity()
