"""Where notes are summarised: in Virginia alone (docs/decisions/0009-notes-stay-in-virginia.md)."""

REGION = "us-east-1"
MODEL = "amazon.nova-pro-v1:0"
