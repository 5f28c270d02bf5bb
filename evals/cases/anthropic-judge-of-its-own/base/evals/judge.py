"""Scores an advert from 1 to 5.

The judge agreed with two officers on 53 of 60 adverts, within one point (docs/judge.md).
"""

from openai import OpenAI

MODEL = "gpt-5-mini-2025-08-07"
RULES = (
    "Score an advert for a job from 1 to 5. Take a point each for: no pay, no hours, a demand that the task does not "
    "need, words that address some people only. Reply with the number."
)


def score(advert: str, client: OpenAI) -> int:
    reply = client.responses.create(model=MODEL, instructions=RULES, input=advert, timeout=30, store=False)
    return int(reply.output_text)
