"""What the assessor makes of Bedrock's answers, with the service replaced."""

import json
from datetime import date

import pytest

from claims_triage import assessor, audit, policy_wording
from claims_triage.domain import Claim, Queue

CLAIM = Claim(
    claim_id="c-1",
    policy_id="P-1",
    product="motor",
    loss_date=date(2026, 7, 1),
    amount_eur=300,
    description="Stone chip on the windscreen.",
)
ANSWER = {"queue": "fast-track", "reason": "small, covered", "confidence": 0.9}


class Bedrock:
    """Answers every call alike and keeps what it was asked."""

    def __init__(self, text: str, stop_reason: str = "end_turn") -> None:
        self.text, self.stop_reason, self.request = text, stop_reason, {}

    def converse(self, **request: object) -> dict:
        self.request = request
        return {
            "stopReason": self.stop_reason,
            "output": {"message": {"role": "assistant", "content": [{"text": self.text}]}},
            "usage": {"inputTokens": 900, "outputTokens": 40},
        }


@pytest.fixture(autouse=True)
def records(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    written: list[dict] = []
    monkeypatch.setattr(audit, "record", lambda **fields: written.append(fields))
    passages = [policy_wording.Passage(uri="s3://wordings/motor.pdf", text="Glass is covered.")]
    monkeypatch.setattr(policy_wording, "relevant_passages", lambda claim: passages)
    return written


def test_an_assessment_is_recorded_with_model_prompt_and_sources(records: list[dict]) -> None:
    assert assessor.assess(CLAIM, Bedrock(json.dumps(ANSWER))).queue is Queue.FAST_TRACK
    assert records[0]["model_id"] == assessor.MODEL_ID
    assert records[0]["prompt_version"] == assessor.PROMPT_VERSION
    assert records[0]["sources"] == ["s3://wordings/motor.pdf"]


def test_a_guardrail_stop_goes_to_a_person() -> None:
    answer = assessor.assess(CLAIM, Bedrock("Sorry.", stop_reason="guardrail_intervened"))
    assert answer == assessor.NEEDS_A_PERSON


def test_a_cut_off_answer_is_not_trusted() -> None:
    answer = assessor.assess(CLAIM, Bedrock('{"queue": "fast', stop_reason="max_tokens"))
    assert answer.queue is Queue.STANDARD
