"""Drafts a discharge letter from the notes of a stay."""

import boto3
from botocore.config import Config

from letters import settings


def client():
    config = Config(read_timeout=settings.READ_TIMEOUT, retries={"total_max_attempts": 3})
    return boto3.client("bedrock-runtime", region_name=settings.REGION, config=config)


def draft(notes: str, bedrock) -> str:
    """Return a draft for the doctor to sign; raise ValueError where it is cut off."""
    reply = bedrock.converse(
        modelId=settings.MODEL_ID,
        system=[{"text": "Write the discharge letter from these notes. Leave out what is not in them."}],
        messages=[{"role": "user", "content": [{"text": notes}]}],
    )
    if reply["stopReason"] != "end_turn":
        raise ValueError(reply["stopReason"])
    return reply["output"]["message"]["content"][0]["text"]
