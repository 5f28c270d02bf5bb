"""Turns a transcript into minutes."""

import boto3
from botocore.config import Config

from minutes import settings

INSTRUCTION = "List the decisions and the action items of this meeting, each with the person who owns it."


def client():
    config = Config(read_timeout=settings.READ_TIMEOUT, retries={"total_max_attempts": 2})
    return boto3.client("bedrock-runtime", region_name=settings.REGION, config=config)


def minutes(transcript: str, bedrock) -> str:
    """Return minutes for the secretary to edit; raise ValueError if they are cut off."""
    reply = bedrock.converse(
        modelId=settings.MODEL_ID,
        system=[{"text": INSTRUCTION}],
        messages=[{"role": "user", "content": [{"text": transcript}]}],
        inferenceConfig={"maxTokens": settings.MAX_TOKENS},
    )
    if reply["stopReason"] == "max_tokens":
        raise ValueError("the minutes are cut off")
    return reply["output"]["message"]["content"][0]["text"]
