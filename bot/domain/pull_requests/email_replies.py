"""Where the original begins in a comment that somebody sent as a reply to a notification by e-mail.

Many mail programs put the mail that is replied to below the reply, without ``>``. The code host shows all of
it as the replier's words. Whatever is found here only ends what they can have meant for Sensei.
"""

import re
from collections.abc import Sequence
from itertools import pairwise, takewhile

MOST_OF_A_LINE = 998
"""Characters of a line that are looked at: a line of a mail has no more, RFC 5322, 2.1.1."""

# Outlook's rule, or "-----Original Message-----" in any language.
_RUN = re.compile(r"_{5,}|-{5,}|---.*\w.*---")
_SENDERS = (
    "From|Sender|Von|Absender|De|De la|Expéditeur|Remitente|Da|Mittente|Van|Afzender|Från|Avsändare|Fra|"
    "Avsender|Afsender|Lähettäjä|Saatja|Nuo|Od|Nadawca|Odesílatel|Odosielateľ|Feladó|Kimden|Gönderen|Dari|Từ|"
    "Από|От|Отправитель|Від|Від кого|מאת|من|จาก|发件人|寄件者|寄件人|差出人|送信者|보낸 사람|보낸사람"
)
_SENDER = re.compile(rf"[*_\s]{{0,3}}(?:{_SENDERS})[*_]{{0,2}}\s{{0,3}}[:：]", re.IGNORECASE)
_WRITES = frozenset(
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
_WRITES_UNSPACED = ("写道", "寫道", "のメール", "書きました", "작성")
_WHEN_OR_WHO = re.compile(r"\d{4}|\d[:./-]\d|@")
_OPENS = re.compile(r"(?:On|Am|Le|El|Il|Em|Op|Den|Dne|Dňa|W dniu|På)\s", re.IGNORECASE)
# What GitHub's notifications hold themselves, in a language and an address that don't depend on the reader.
_NOTIFICATION = re.compile(
    r"notifications@github\.com|@(?:reply|noreply)\.github\.com|left a comment \(|"
    r"commented on this pull request|Reply to this email directly|You are receiving this because",
    re.IGNORECASE,
)


_ADDRESS = re.compile(r"[^\s@]@\w[\w-]*\.\w")
MOST_LINES_OF_A_HEAD = 30
"""A name of 255 characters takes fewer lines than this, however narrowly a mail program wraps them."""


def may_be_quote_heading(lines: Sequence[str]) -> bool:
    """Say whether lines that begin a comment may be ``NAME <address> writes:``, above a quoted original.

    People choose their names, ``/sensei quiet`` too. A long one goes on over several lines, any of which
    Markdown may take for something else: so lines count up to the first blank one, whatever they look like.
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
    # A line of wider blanks alone is part of a name that was wrapped.
    return bool(line.strip(" \t"))


def own_lines(lines: Sequence[str], *, past_quotes: bool = False) -> Sequence[str]:
    """Return the lines above the first one that looks like the head of an original mail.

    ``past_quotes``: a head whose original is quoted with ``>`` ends nothing, nor does a command that stands
    first.
    """
    first = next((n for n, line in enumerate(lines) if _has_words(line)), 0)
    for n, line in enumerate(lines):
        # A quote, or a command that tells who wrote something when, is no head.
        if line.lstrip().startswith(">"):
            continue
        if line.lstrip().startswith("/") and (not _has_sender(line) or (past_quotes and n == first)):
            continue
        if not _is_head(line, lines[n + 1] if n + 1 < len(lines) else ""):
            continue
        if past_quotes and any(each.lstrip().startswith(">") for each in lines[n + 1 : n + 4]):
            continue
        return lines[:n]
    return lines


def _is_head(line: str, following: str) -> bool:
    line, following = line.strip()[:MOST_OF_A_LINE], following.strip()[:MOST_OF_A_LINE]
    if _RUN.fullmatch(line) and "|" not in line:
        return True
    if _SENDER.match(line) or _NOTIFICATION.search(line) or _tells_who_wrote(line):
        return True
    if line.startswith("/"):
        return _has_sender(line)
    # Wrapped: "On Friday, 27 November 2026, mallory <" and its rest.
    return (
        bool(_OPENS.match(line)) and not following.startswith(">") and _tells_who_wrote(f"{line} {following}")
    )


def _has_sender(line: str) -> bool:
    return bool(_ADDRESS.search(line) or _NOTIFICATION.search(line))


def _tells_who_wrote(line: str) -> bool:
    """Say whether a line reads as "On 27 November 2026, mallory wrote:" does."""
    if not line.endswith((":", "：")) or not _WHEN_OR_WHO.search(line):
        return False
    words = set(re.findall(r"\w+", line.lower()))
    return bool(words & _WRITES) or any(each in line for each in _WRITES_UNSPACED)
