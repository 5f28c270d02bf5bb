"""Tags the archive at night."""

import logging

import anthropic

from archive.store import Archive

MODEL = "claude-haiku-4-5-20251001"
RULES = "Reply with up to five tags for this article, separated by commas."
log = logging.getLogger(__name__)


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
    """Tag up to ``limit`` articles. What fails is tried again in the next night."""
    for article in archive.untagged(limit):
        try:
            message = client.messages.create(**request_for(article.text), timeout=30)
        except anthropic.APIError:
            log.warning("article %s was not tagged", article.id, exc_info=True)
            continue
        archive.add_tags(article.id, tags_of(message))
        archive.mark_tagged([article.id])
