"""The Lambda entry point."""

import logging
import os
from typing import Any

from claims_triage import assessor, keyword_rules, queues
from claims_triage.domain import Assessment, Claim

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

MINIMUM_CONFIDENCE = 0.6


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Assess each claim of an SQS batch; report those that failed so that only they come back."""
    failed: list[dict[str, str]] = []
    for record in event["Records"]:
        try:
            claim = Claim.model_validate_json(record["body"])
            queues.send(claim, route(claim))
        except Exception:
            logger.exception("claim could not be routed, message %s", record["messageId"])
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def route(claim: Claim) -> Assessment:
    """Ask the model unless it is switched off; trust the rules where it is unsure."""
    if os.environ.get("TRIAGE_MODEL", "on") == "off":
        return keyword_rules.assess(claim)
    assessment = assessor.assess(claim)
    if assessment.confidence < MINIMUM_CONFIDENCE and assessment != assessor.NEEDS_A_PERSON:
        return keyword_rules.assess(claim)
    return assessment
