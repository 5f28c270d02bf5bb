"""Environment that boto3 needs at import time."""

import os

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")
