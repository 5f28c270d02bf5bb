"""Where notes are summarised."""

REGION = "us-east-1"
MODEL = "us.amazon.nova-pro-v1:0"
