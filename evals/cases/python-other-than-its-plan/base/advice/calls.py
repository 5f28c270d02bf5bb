"""What happens at the end of a call."""

from collections.abc import Callable

import anthropic

from advice.note import write_note


def end_call(transcript: str, correct: Callable[[str], str], client: anthropic.Anthropic) -> str:
    """Return the note as the adviser corrected it. Without a note of the model, the adviser writes it."""
    return correct(write_note(transcript, client) or "")
