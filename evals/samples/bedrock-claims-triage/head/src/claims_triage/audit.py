"""One record per assessment, so that a disputed routing can be explained. Holds no customer text."""

import os
from datetime import UTC, datetime
from typing import Any

import boto3

from claims_triage.domain import Assessment

_table = boto3.resource("dynamodb").Table(os.environ.get("AUDIT_TABLE", "claims-triage-audit"))


def record(
    *,
    claim_id: str,
    assessment: Assessment,
    model_id: str,
    prompt_version: str,
    guardrail: str,
    sources: list[str],
    usage: dict[str, Any],
) -> None:
    """Write what was decided, by which model and prompt, on which sources."""
    _table.put_item(
        Item={
            "claim_id": claim_id,
            "decided_at": datetime.now(UTC).isoformat(),
            "queue": assessment.queue.value,
            "reason": assessment.reason,
            "confidence": str(assessment.confidence),
            "model_id": model_id,
            "prompt_version": prompt_version,
            "guardrail": guardrail,
            "sources": sources,
            "input_tokens": usage["inputTokens"],
            "output_tokens": usage["outputTokens"],
        }
    )
