"""Finds what the policy says about a loss, in the knowledge base of current wordings."""

import os
from dataclasses import dataclass

import boto3

from claims_triage.domain import Claim

KNOWLEDGE_BASE_ID = os.environ.get("KNOWLEDGE_BASE_ID", "KB7WQ2M4XT")
CONDENSE_ABOVE = 6_000  # characters; a household wording easily returns twice that

_knowledge_base = boto3.client("bedrock-agent-runtime")


@dataclass(frozen=True)
class Passage:
    """A piece of a wording and where it is kept."""

    uri: str
    text: str


def relevant_passages(claim: Claim) -> list[Passage]:
    """Return up to eight passages of the claim's own product."""
    response = _knowledge_base.retrieve(
        knowledgeBaseId=KNOWLEDGE_BASE_ID,
        retrievalQuery={"text": claim.description[:1000]},
        retrievalConfiguration={
            "vectorSearchConfiguration": {
                "numberOfResults": 8,
                "filter": {"equals": {"key": "product", "value": claim.product}},
            }
        },
    )
    return [
        Passage(uri=result["location"]["s3Location"]["uri"], text=result["content"]["text"])
        for result in response["retrievalResults"]
    ]


def as_text(passages: list[Passage]) -> str:
    """Join passages for a prompt; condense them when they would crowd out the claim."""
    text = "\n\n".join(f"[{number}] {passage.text}" for number, passage in enumerate(passages, 1))
    return text if len(text) <= CONDENSE_ABOVE else _condense(text)


def _condense(text: str) -> str:
    client = boto3.client("bedrock-runtime")
    response = client.converse(
        modelId="eu.anthropic.claude-haiku-4-5-20251001-v1:0",
        system=[{"text": "Shorten policy wording. Keep every exclusion, limit and deductible."}],
        messages=[{"role": "user", "content": [{"text": text}]}],
        inferenceConfig={"maxTokens": 1500},
        guardrailConfig={
            "guardrailIdentifier": os.environ.get("GUARDRAIL_ID", "gr4k2p9xw1qz"),
            "guardrailVersion": "DRAFT",
        },
    )
    return response["output"]["message"]["content"][0]["text"]
