"""Runs the labelled claims through the real assessor and fails below the agreed thresholds."""

import json
import sys
from datetime import date
from pathlib import Path

from claims_triage import assessor
from claims_triage.domain import Claim

CASES = Path(__file__).with_name("cases.jsonl")

# Agreed with the claims desk on 2026-09-02, before the first run (docs/decisions/0002).
MINIMUM_RIGHT = 0.80
INJURY_CASES = {"m-002", "m-004"}  # none of these may ever miss the specialists


def main() -> int:
    """Print one line per wrong case; return 1 when a threshold is missed."""
    cases = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    wrong: set[str] = set()
    for case in cases:
        claim = Claim(
            claim_id=case["id"],
            policy_id="EVAL",
            product=case["product"],
            loss_date=date(2026, 7, 1),
            amount_eur=case["amount_eur"],
            description=case["description"],
        )
        answer = assessor.assess(claim)
        if answer.queue != case["queue"]:
            wrong.add(case["id"])
            print(f"{case['id']}: expected {case['queue']}, got {answer.queue} ({answer.reason})")
    right = 1 - len(wrong) / len(cases)
    print(f"right: {right:.0%} of {len(cases)}, required {MINIMUM_RIGHT:.0%}")
    return 1 if right < MINIMUM_RIGHT or wrong & INJURY_CASES else 0


if __name__ == "__main__":
    sys.exit(main())
