"""Answers readers from the catalogue."""

import json

from openai import OpenAI

from catalogue.index import search
from catalogue.rerank import rerank

MODEL = "gpt-5-mini-2025-08-07"
RULES = "Name books of this library that answer the question, from the entries alone."


def answer(question: str, client: OpenAI) -> str:
    passages = rerank(question, search(question, 20), client)[:5]
    return client.responses.create(
        model=MODEL, instructions=RULES, input=json.dumps([question, passages]), timeout=15, store=False
    ).output_text
