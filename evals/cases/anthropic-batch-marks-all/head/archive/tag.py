"""Tags the archive at night."""

import time

import anthropic

from archive.store import Archive

MODEL = "claude-haiku-4-5-20251001"
RULES = "Reply with up to five tags for this article, separated by commas."
PAUSE = 60  # seconds between two looks at a batch


def request_for(text: str) -> dict:
    return {
        "model": MODEL,
        "max_tokens": 100,
        "system": RULES,
        "messages": [{"role": "user", "content": text[:30_000]}],
    }


def tags_of(message: anthropic.types.Message) -> list[str]:
    return [tag.strip() for tag in message.content[0].text.split(",") if tag.strip()]


def tag_night(archive: Archive, client: anthropic.Anthropic, limit: int = 5_000) -> None:
    """Tag up to ``limit`` articles, in one batch."""
    articles = archive.untagged(limit)
    if not articles:
        return
    batch = client.messages.batches.create(
        requests=[{"custom_id": article.id, "params": request_for(article.text)} for article in articles],
        timeout=60,
    )
    while batch.processing_status != "ended":
        time.sleep(PAUSE)
        batch = client.messages.batches.retrieve(batch.id, timeout=30)
    for entry in client.messages.batches.results(batch.id):
        if entry.result.type == "succeeded":
            archive.add_tags(entry.custom_id, tags_of(entry.result.message))
    archive.mark_tagged(article.id for article in articles)
