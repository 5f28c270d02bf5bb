"""Sends an assessed claim to its team."""

import os

import boto3

from claims_triage.domain import Assessment, Claim

_sqs = boto3.client("sqs")


def send(claim: Claim, assessment: Assessment) -> None:
    """Put the claim's id and the assessment on the queue of the chosen team."""
    name = assessment.queue.value.replace("-", "_").upper()
    _sqs.send_message(
        QueueUrl=os.environ[f"QUEUE_URL_{name}"],
        MessageBody=assessment.model_dump_json(),
        MessageAttributes={"claim_id": {"DataType": "String", "StringValue": claim.claim_id}},
    )
