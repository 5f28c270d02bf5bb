"""Parses the text after ``/dojo`` into a word and an argument, and suggests known commands."""

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches

COMMAND = "/dojo"
_MOST_OF_A_WORD = 40
_AROUND_A_WORD = "`'\"“”‘’<>()[]{}*_~.,:;!?"
# Words that people might try, and the commands they probably mean. These are suggested, never run.
_MEANT = {
    **dict.fromkeys(("start", "enrol", "enroll", "register", "signup"), "join"),
    **dict.fromkeys(("me", "edit", "update", "skills", "settings"), "profile"),
    **dict.fromkeys(("github", "connect", "account"), "link"),
    **dict.fromkeys(("state", "standing", "where", "questions"), "status"),
    **dict.fromkeys(("milestones", "deadline", "deadlines", "when"), "dates"),
    **dict.fromkeys(("capstone", "project", "idea"), "brief"),
    **dict.fromkeys(("stop", "hold"), "pause"),
    **dict.fromkeys(("unpause", "continue", "back", "return"), "resume"),
    **dict.fromkeys(("quit", "exit", "bye", "withdraw"), "leave"),
    **dict.fromkeys(("holiday", "vacation", "absence", "absent", "off", "break"), "away"),
    **dict.fromkeys(("block", "avoid", "not"), "never"),
    **dict.fromkeys(("match", "pairing", "pairs", "propose"), "pair"),
    **dict.fromkeys(("cohort", "members", "list", "participants", "senseis", "leads"), "people"),
    **dict.fromkeys(("reason", "reasons", "explain"), "why"),
    **dict.fromkeys(
        ("meeting", "meetings", "1:1", "1-1", "one-on-one", "hour", "calendar", "ical"), "one-to-one"
    ),
    **dict.fromkeys(("document", "doc", "docs", "spec"), "design"),
    **dict.fromkeys(("question", "snooze", "skip", "rhythm", "reminder", "reminders"), "checkin"),
    **dict.fromkeys(("defend", "exam", "viva"), "defence"),
    **dict.fromkeys(("rule", "ruling", "rulings", "queue", "waiting"), "triage"),
}


@dataclass(frozen=True, slots=True)
class ParsedCommand:
    """The text after ``/dojo``: a lower-case word (``help`` if there is none), and the rest as written."""

    word: str
    argument: str = ""


def parse(text: str) -> ParsedCommand:
    """Parse the text after ``/dojo``."""
    words = text.split(None, 1)
    word = words[0].strip(_AROUND_A_WORD).lower()[:_MOST_OF_A_WORD] if words else ""
    return ParsedCommand(word or "help", words[1].strip() if len(words) > 1 else "")


def nearest_command(word: str, known: Collection[str]) -> str | None:
    """Return the most likely command for an unknown word, among those that the person may use."""
    if _MEANT.get(word) in known:
        return _MEANT[word]
    return next(iter(get_close_matches(word, sorted(known), n=1)), None)
