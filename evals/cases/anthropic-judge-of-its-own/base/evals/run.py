"""Runs before each release and stops it below 4.2 on average: python -m evals.run"""

import json
import sys
from pathlib import Path
from statistics import mean

import anthropic
from openai import OpenAI

from adverts.writer import write
from evals.judge import score

THRESHOLD = 4.2

if __name__ == "__main__":
    writer, judge = anthropic.Anthropic(), OpenAI()
    jobs = [json.loads(line)["job"] for line in Path("evals/jobs.jsonl").read_text("utf-8").splitlines()]
    result = mean(score(write(job, writer), judge) for job in jobs)
    print(f"{result:.2f} over {len(jobs)} jobs")
    sys.exit(result < THRESHOLD)
