"""What happens at the end of a call."""

from collections.abc import Callable

import anthropic

from advice.note import write_note
from advice.store import Notes


def end_call(
    call: str, transcript: str, correct: Callable[[str], str], client: anthropic.Anthropic, notes: Notes
) -> None:
    """Keep the note as the adviser corrected it. Without a note of the model, the adviser writes it."""
    notes.keep(call, correct(write_note(transcript, client) or ""))
