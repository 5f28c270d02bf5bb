"""The rules against claims that the desk has labelled."""

import json
from datetime import date
from pathlib import Path

import pytest

from claims_triage import keyword_rules
from claims_triage.domain import Claim

PLAIN = {"m-001", "m-002", "m-003", "h-001", "h-002", "h-003"}  # the rules never handled the others
CASES = Path("evals/cases.jsonl").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("case", [case for case in map(json.loads, CASES) if case["id"] in PLAIN])
def test_a_plain_claim_reaches_its_queue(case: dict) -> None:
    claim = Claim(
        claim_id=case["id"],
        policy_id="P-1",
        product=case["product"],
        loss_date=date(2026, 7, 1),
        amount_eur=case["amount_eur"],
        description=case["description"],
    )
    assert keyword_rules.assess(claim).queue == case["queue"]
