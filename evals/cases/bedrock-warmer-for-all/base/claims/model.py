"""The one way to the model."""

import boto3
from botocore.config import Config

MODEL = "eu.amazon.nova-lite-v1:0"
TEMPERATURE = 0
client = boto3.client(
    "bedrock-runtime",
    region_name="eu-central-1",
    config=Config(connect_timeout=2, read_timeout=30, retries={"total_max_attempts": 2}),
)


class NoAnswerError(Exception):
    """The model gave no complete answer. A person of the office takes the claim."""


def ask(rules: str, text: str, most: int) -> str:
    """Return the model's answer of at most ``most`` tokens.

    Raises:
        NoAnswerError: the answer is cut off or was stopped.
    """
    reply = client.converse(
        modelId=MODEL,
        system=[{"text": rules}],
        messages=[{"role": "user", "content": [{"text": text}]}],
        inferenceConfig={"maxTokens": most, "temperature": TEMPERATURE},
    )
    if reply["stopReason"] != "end_turn":
        raise NoAnswerError(reply["stopReason"])
    return reply["output"]["message"]["content"][0]["text"]
