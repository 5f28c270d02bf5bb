"""The section "Next check-in" of a participant's App Home."""

from datetime import datetime

from bot.domain.dojo.people import Member
from bot.ports.store import Tx
from bot.rendering.check_ins.next_words import list_reasons, say_next, say_rhythm
from bot.workflows.check_ins.next_check_in import load_participant, show_next


def describe_next(tx: Tx, member: Member, at: datetime) -> str:
    """Return when a participant is asked next, and why not now. The words are Sensei's own."""
    one = load_participant(tx, member, at)
    if one is None:
        return ""
    shown = show_next(tx, one, at)
    today = one.calendar.day_of(at)
    sentences = [say_next(shown, today)]
    if not shown.is_open:
        sentences += list_reasons(shown, today)[:1]
    return f"{' '.join(sentences)} Your rhythm: {say_rhythm(shown.rhythm)}."
