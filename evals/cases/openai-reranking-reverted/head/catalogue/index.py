"""The index of the catalogue."""

import os

import httpx


def search(question: str, limit: int) -> list[dict]:
    """Return the entries that fit a question best, best first."""
    reply = httpx.post(os.environ["INDEX_URL"], json={"query": question, "limit": limit}, timeout=3)
    reply.raise_for_status()
    return reply.json()["entries"]
