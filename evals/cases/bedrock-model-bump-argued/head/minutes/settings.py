"""What the minutes service is set to."""

REGION = "us-east-1"
MODEL_ID = "amazon.nova-lite-v1:0"
MAX_TOKENS = 700
READ_TIMEOUT = 20  # seconds; the page shows a spinner for 25
