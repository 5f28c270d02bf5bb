"""Finding the original message below an e-mail reply to a notification.

Many mail programs put the original below the reply without ``>``, and GitHub then shows it as the author's
own words. These functions can only shorten the text in which Sensei looks for commands and answers.
"""

import re
from collections.abc import Sequence
from itertools import pairwise, takewhile

MOST_OF_A_LINE = 998
"""Maximum characters read of a line; a line of an e-mail has no more (RFC 5322, 2.1.1)."""

# Outlook's separator, or "-----Original Message-----" in any language.
_SEPARATOR = re.compile(r"_{5,}|-{5,}|---.*\w.*---")
_SENDERS = (
    "From|Sender|Von|Absender|De|De la|Expéditeur|Remitente|Da|Mittente|Van|Afzender|Från|Avsändare|Fra|"
    "Avsender|Afsender|Lähettäjä|Saatja|Nuo|Od|Nadawca|Odesílatel|Odosielateľ|Feladó|Kimden|Gönderen|Dari|Từ|"
    "Από|От|Отправитель|Від|Від кого|מאת|من|จาก|发件人|寄件者|寄件人|差出人|送信者|보낸 사람|보낸사람"
)
_SENDER = re.compile(rf"[*_\s]{{0,3}}(?:{_SENDERS})[*_]{{0,2}}\s{{0,3}}[:：]", re.IGNORECASE)
_WRITING_VERBS = frozenset(
    {
        "wrote",
        "writes",
        "schrieb",
        "écrit",
        "escribió",
        "escribio",
        "scritto",
        "schreef",
        "skrev",
        "escreveu",
        "napisał",
        "napisała",
        "napsal",
        "napsala",
        "írta",
        "kirjoitti",
        "yazdı",
        "написал",
        "написала",
        "написав",
        "писал",
        "пише",
    }
)
_UNSPACED_VERBS = ("写道", "寫道", "のメール", "書きました", "작성")
_WHEN_OR_WHO = re.compile(r"\d{4}|\d[:./-]\d|@")
_OPENING = re.compile(r"(?:On|Am|Le|El|Il|Em|Op|Den|Dne|Dňa|W dniu|På)\s", re.IGNORECASE)
# Texts and addresses in GitHub's notifications; they are the same in every language.
_NOTIFICATION = re.compile(
    r"notifications@github\.com|@(?:reply|noreply)\.github\.com|left a comment \(|"
    r"commented on this pull request|Reply to this email directly|You are receiving this because",
    re.IGNORECASE,
)


_ADDRESS = re.compile(r"[^\s@]@\w[\w-]*\.\w")
MOST_LINES_OF_A_HEAD = 30
"""Maximum lines of a wrapped name; even one of 255 characters takes fewer."""


def may_be_quote_heading(lines: Sequence[str]) -> bool:
    """Return whether a comment's first lines may be ``NAME <address> writes:`` above a quoted original.

    People choose their names, so a person may be called ``/sensei quiet``. A long name is wrapped over
    several lines, any of which may look like other Markdown. So all lines up to the first blank one count.
    """
    head = [line.strip()[:MOST_OF_A_LINE] for line in takewhile(_has_words, lines[:MOST_LINES_OF_A_HEAD])]
    below = next((line for line in lines[len(head) :] if _has_words(line)), "")
    joined = " ".join(head)
    if _has_sender(joined) or _tells_who_wrote(joined):
        return True
    return any(
        line.endswith((":", "：")) and following.lstrip().startswith(">")
        for line, following in pairwise([*head, below])
    )


def _has_words(line: str) -> bool:
    # A line of only wide blanks is part of a wrapped name.
    return bool(line.strip(" \t"))


def own_lines(lines: Sequence[str], *, past_quotes: bool = False) -> Sequence[str]:
    """Return the lines above the first line that looks like the header of a quoted e-mail.

    With ``past_quotes``, headers above text quoted with ``>`` are skipped, and so is a command on the first
    line.
    """
    first = next((number for number, line in enumerate(lines) if _has_words(line)), 0)
    for number, line in enumerate(lines):
        # A quote is not such a header. Neither is a command that mentions an author and a time.
        if line.lstrip().startswith(">"):
            continue
        if line.lstrip().startswith("/") and (not _has_sender(line) or (past_quotes and number == first)):
            continue
        if not _is_head(line, lines[number + 1] if number + 1 < len(lines) else ""):
            continue
        if past_quotes and any(below.lstrip().startswith(">") for below in lines[number + 1 : number + 4]):
            continue
        return lines[:number]
    return lines


def _is_head(line: str, following: str) -> bool:
    line, following = line.strip()[:MOST_OF_A_LINE], following.strip()[:MOST_OF_A_LINE]
    if _SEPARATOR.fullmatch(line) and "|" not in line:
        return True
    if _SENDER.match(line) or _NOTIFICATION.search(line) or _tells_who_wrote(line):
        return True
    if line.startswith("/"):
        return _has_sender(line)
    # A wrapped line: "On Friday, 27 November 2026, mallory <", then the rest.
    return (
        bool(_OPENING.match(line))
        and not following.startswith(">")
        and _tells_who_wrote(f"{line} {following}")
    )


def _has_sender(line: str) -> bool:
    return bool(_ADDRESS.search(line) or _NOTIFICATION.search(line))


def _tells_who_wrote(line: str) -> bool:
    """Return whether a line reads like "On 27 November 2026, mallory wrote:"."""
    if not line.endswith((":", "：")) or not _WHEN_OR_WHO.search(line):
        return False
    words = set(re.findall(r"\w+", line.lower()))
    return bool(words & _WRITING_VERBS) or any(verb in line for verb in _UNSPACED_VERBS)
