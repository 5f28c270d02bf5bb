"""Where letters are drafted."""

REGION = "eu-central-1"
MODEL_ID = "global.anthropic.claude-sonnet-4-5-20250929-v1:0"
READ_TIMEOUT = 40
