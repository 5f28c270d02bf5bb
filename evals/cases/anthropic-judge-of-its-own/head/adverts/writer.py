"""Writes the advert for a job."""

import anthropic

MODEL = "claude-sonnet-4-5-20250929"
RULES = (
    "An advert names the task, the pay and the hours in its first three sentences. It asks for nothing that the task "
    "does not need, and it addresses everybody alike."
)


def write(job: str, client: anthropic.Anthropic) -> str:
    """Return a draft for the personnel office."""
    message = client.messages.create(
        model=MODEL, max_tokens=900, system=f"Write an advert. {RULES}", timeout=40,
        messages=[{"role": "user", "content": job}],
    )
    if message.stop_reason != "end_turn":
        raise RuntimeError(f"no advert: {message.stop_reason}")
    return message.content[0].text
