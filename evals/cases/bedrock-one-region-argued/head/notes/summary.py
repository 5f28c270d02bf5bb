"""Summarises the notes of a session for the counsellor who took them."""

import boto3
from botocore.config import Config

from notes.settings import MODEL, REGION

RULES = "Summarise the notes in five sentences, in the words of the notes."
client = boto3.client(
    "bedrock-runtime",
    region_name=REGION,
    config=Config(connect_timeout=2, read_timeout=40, retries={"total_max_attempts": 4, "mode": "standard"}),
)


def summarise(notes: str) -> str | None:
    """Return a summary, or None: the counsellor then sees the notes alone."""
    try:
        reply = client.converse(
            modelId=MODEL,
            system=[{"text": RULES}],
            messages=[{"role": "user", "content": [{"text": notes}]}],
            inferenceConfig={"maxTokens": 500},
        )
    except client.exceptions.ThrottlingException:
        return None
    if reply["stopReason"] != "end_turn":
        return None
    return reply["output"]["message"]["content"][0]["text"]
