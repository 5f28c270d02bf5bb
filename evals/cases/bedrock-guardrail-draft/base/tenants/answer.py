"""Answers tenants' questions."""

from tenants import settings


def answer(question: str, rules: str, bedrock) -> str:
    """Return an answer, or the desk's number where there is none."""
    reply = bedrock.converse(
        modelId=settings.MODEL_ID,
        system=[{"text": "Answer from the house rules only."}, {"text": rules}],
        messages=[{"role": "user", "content": [{"text": question}]}],
        inferenceConfig={"maxTokens": 400},
    )
    if reply["stopReason"] != "end_turn":
        return settings.DESK
    return reply["output"]["message"]["content"][0]["text"]
