"""Asks a model on Bedrock which queue a claim belongs to."""

import json
import logging
import os
import re
from typing import Any

import boto3
from botocore.config import Config

from claims_triage import audit, policy_wording
from claims_triage.domain import Assessment, Claim, Queue

logger = logging.getLogger(__name__)

MODEL_ID = "global.anthropic.claude-sonnet-4-6"
PROMPT_VERSION = "triage-7"
GUARDRAIL_ID = os.environ.get("GUARDRAIL_ID", "gr4k2p9xw1qz")
GUARDRAIL_VERSION = "6"

# The function times out after 30 s; one call and two retries of 8 s leave room for retrieval.
_bedrock = boto3.client(
    "bedrock-runtime",
    config=Config(
        connect_timeout=3,
        read_timeout=8,
        retries={"max_attempts": 2, "mode": "standard"},
    ),
)

NEEDS_A_PERSON = Assessment(
    queue=Queue.SPECIALIST, reason="the guardrail stopped the assessment", confidence=0.0
)


class UnusableAnswer(Exception):
    """The model answered, but not with an assessment."""


def assess(claim: Claim, client: Any = None) -> Assessment:
    """Return the queue for a claim and record how it came about."""
    passages = policy_wording.relevant_passages(claim)
    system_prompt = f"""You triage insurance claims for the claims desk.

Queues: fast-track (clear, small, covered), standard, specialist (injury, structural damage,
total loss), special-investigation (signs of fraud; at least two).

The customer describes the loss as follows: {claim.description}
Claimed amount: {claim.amount_eur:.2f} EUR, product: {claim.product}.

Wording of the policy:
{policy_wording.as_text(passages)}

Answer with a JSON object with the keys "queue", "reason" and "confidence" (0 to 1), nothing else."""

    logger.info("triage prompt for claim %s: %s", claim.claim_id, system_prompt)

    try:
        response = (client or _bedrock).converse(
            modelId=MODEL_ID,
            system=[{"text": system_prompt}],
            messages=[{"role": "user", "content": [{"text": "Which queue?"}]}],
            inferenceConfig={"maxTokens": 400, "temperature": 0.0},
            guardrailConfig={
                "guardrailIdentifier": GUARDRAIL_ID,
                "guardrailVersion": GUARDRAIL_VERSION,
            },
        )
        assessment = _read(response)
    except Exception:
        logger.warning("model call failed for claim %s, using the default", claim.claim_id)
        return Assessment(queue=Queue.STANDARD, reason="default routing", confidence=0.5)

    audit.record(
        claim_id=claim.claim_id,
        assessment=assessment,
        model_id=MODEL_ID,
        prompt_version=PROMPT_VERSION,
        guardrail=f"{GUARDRAIL_ID}:{GUARDRAIL_VERSION}",
        sources=[passage.uri for passage in passages],
        usage=response["usage"],
    )
    return assessment


def _read(response: dict[str, Any]) -> Assessment:
    """Turn a Converse response into an assessment, or say why it is none."""
    reason = response["stopReason"]
    if reason == "guardrail_intervened":
        return NEEDS_A_PERSON
    if reason != "end_turn":
        raise UnusableAnswer(f"stopped because of {reason}")
    text = "".join(block.get("text", "") for block in response["output"]["message"]["content"])
    found = re.search(r"\{.*\}", text, re.DOTALL)
    if found is None:
        raise UnusableAnswer("no JSON object in the answer")
    return Assessment.model_validate(json.loads(found.group()))
