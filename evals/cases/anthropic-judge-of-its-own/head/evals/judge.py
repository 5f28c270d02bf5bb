"""Scores an advert from 1 to 5."""

import anthropic

from adverts.writer import MODEL, RULES


def score(advert: str, client: anthropic.Anthropic) -> int:
    message = client.messages.create(
        model=MODEL, max_tokens=5, timeout=30,
        system=f"{RULES} Score how well an advert follows this, from 1 to 5. Reply with the number.",
        messages=[{"role": "user", "content": advert}],
    )
    return int(message.content[0].text)
