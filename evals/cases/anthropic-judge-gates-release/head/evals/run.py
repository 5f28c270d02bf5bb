"""Writes a text for every case and fails if they are not good enough."""

import json
import sys
from pathlib import Path
from statistics import mean

import anthropic

from evals.judge import score
from texts.write import text

THRESHOLD = 4.0


def main() -> None:
    client = anthropic.Anthropic(timeout=20, max_retries=1)
    lines = Path(__file__).with_name("cases.jsonl").read_text("utf-8").splitlines()
    scores = [score(text(json.loads(line)["product"], client), client) for line in lines]
    print(f"mean {mean(scores):.2f} of {len(scores)} cases")
    if mean(scores) < THRESHOLD:
        sys.exit(1)


if __name__ == "__main__":
    main()
