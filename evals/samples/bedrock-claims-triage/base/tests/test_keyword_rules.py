"""The rules against claims that the desk has labelled."""

import json
from datetime import date
from pathlib import Path

import pytest

from claims_triage import keyword_rules
from claims_triage.domain import Claim

CASES = Path("tests/fixtures/labelled_claims.jsonl").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("line", CASES)
def test_a_plain_claim_reaches_its_queue(line: str) -> None:
    case = json.loads(line)
    claim = Claim(
        claim_id=case["id"],
        policy_id="P-1",
        product=case["product"],
        loss_date=date(2026, 7, 1),
        amount_eur=case["amount_eur"],
        description=case["description"],
    )
    assert keyword_rules.assess(claim).queue == case["queue"]
