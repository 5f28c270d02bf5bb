"""The Lambda entry point."""

import logging
from typing import Any

from claims_triage import keyword_rules, queues
from claims_triage.domain import Claim

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Assess each claim of an SQS batch; report those that failed so that only they come back."""
    failed: list[dict[str, str]] = []
    for record in event["Records"]:
        try:
            claim = Claim.model_validate_json(record["body"])
            queues.send(claim, keyword_rules.assess(claim))
        except Exception:
            logger.exception("claim could not be routed, message %s", record["messageId"])
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
