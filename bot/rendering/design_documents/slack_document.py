"""A design document in Slack: the messages about it, and the page with what Sensei found in it."""

from collections.abc import Iterator, Sequence

from bot.domain.design_documents.records import DesignDocument, DocumentProblem, DocumentSource, Says
from bot.domain.design_documents.shown import ShownCheck, ShownDocument
from bot.domain.secrets.detection import Redactor
from bot.ports.chat import Block, OutgoingMessage, View
from bot.rendering.chat.slack_blocks import (
    actions,
    button,
    count,
    divider,
    fitted,
    header,
    listed,
    section,
    small,
)
from bot.rendering.chat.slack_text import link, mrkdwn, plain_object, units

SEE, FILE = "design.see", "design.file"
"""The page and its button (value: the document), and the button for one of several files."""
_MOST_OF_A_NAME, _MOST_OF_A_PATH, _MOST_OF_A_QUOTE, _MOST_OF_A_TEXT = 140, 200, 700, 400
_MOST_CHECKS = 60
_PIECE, _MOST_OF_A_PIECE, _MOST_PIECES = 2600, 3000, 80
"""Characters of a pasted text that are put into one block, those that it may have, and the blocks."""
SAYS = {Says.WHOLE: "Answers it", Says.PART: "Answers part of it"}
_NO_VERDICT = (
    "These are quotes, not verdicts. A document is only part of the evidence; code, tests and {whose} "
    "answers show the rest. It's normal that a first version is silent about much."
)
_SEVERAL = "Several files look like a design document. Which one is it?"
_FOR_SENSEI = {
    DocumentSource.PASTED: "I've kept it for your sensei.",
    DocumentSource.FILE: "I'll tell your sensei where it is.",
}
_NO_SENSEI = "You don't have a sensei yet, so show it to them once you have one."
_WHO_SEES = {
    True: "Only you and your sensei see this.",
    False: "You don't have a sensei yet, so only you see this.",
}
_NONE_FOUND = (
    "I found no file with “design” or “architecture” in its name on your default branch, or your "
    "`.senseiignore` keeps it from me. Name its path, or paste the text, with `/dojo design`."
)
_PROBLEMS = {
    DocumentProblem.NO_MODEL: "No model is set up here, so I can't read it myself. {for_sensei}",
    DocumentProblem.NOT_ANSWERED: (
        "I couldn't read it just now, so I'll try again over the next day. {for_sensei} There's nothing for "
        "you to do."
    ),
    DocumentProblem.GAVE_UP: (
        "I couldn't read it for a day, so I've stopped trying. {for_sensei} To let me try again, give it to "
        "me again with `/dojo design`."
    ),
    DocumentProblem.NOT_FOUND: (
        "I couldn't find this file on your default branch, so I haven't read anything. Push it, check its "
        "path, or paste the text with `/dojo design`."
    ),
    DocumentProblem.TOO_LONG: (
        "The file is larger than 120 kB, so I haven't read it. Give me a shorter one with `/dojo design`."
    ),
    DocumentProblem.NOT_TEXT: (
        "The file is empty or isn't UTF-8 text, so I haven't read it. Give me a Markdown file with `/dojo "
        "design`."
    ),
    DocumentProblem.NO_ACCESS: (
        "I couldn't get the file from GitHub, so I haven't read it. Check that the GitHub App may still "
        "read your repository, then use `/dojo design` again."
    ),
    DocumentProblem.IGNORED: (
        "Your `.senseiignore` keeps this file from me, so I haven't read it. Remove it from there, or paste "
        "the text with `/dojo design`."
    ),
    DocumentProblem.SEVERAL: _SEVERAL,
}


def reading_message(shown: ShownDocument) -> OutgoingMessage:
    """Tell a participant what came of their document."""
    document = shown.document
    blocks: list[Block] = [section(f"*Your design document* – {_name_place(shown)}")]
    if document.problem is not None:
        blocks.append(section(_describe_problem(document, has_sensei=shown.has_sensei)))
        return OutgoingMessage("Your design document", fitted(blocks, "There's more than I can show here."))
    blocks.append(section(_summarise(shown)))
    blocks.extend(_question_blocks(shown, is_own=True))
    blocks.append(actions(button("See what I found", SEE, str(document.id))))
    blocks.append(small(f"{_NO_VERDICT.format(whose='your')} {_WHO_SEES[shown.has_sensei]}"))
    return OutgoingMessage(
        "I've read your design document", fitted(blocks, "There's more than I can show here.")
    )


def choice_message(shown: ShownDocument) -> OutgoingMessage:
    """Ask a participant which of several files is their design document, or say which one they chose."""
    document = shown.document
    if document.problem is not DocumentProblem.SEVERAL:
        chosen = mrkdwn(document.path, _MOST_OF_A_PATH)
        text = f"*Your design document* – you chose {chosen}. I'll tell you what I find."
        return OutgoingMessage("Your design document", (section(text),))
    blocks = (section(f"*Your design document*\n{_SEVERAL}"), *_file_buttons(document.id, document.paths))
    return OutgoingMessage(
        "Which file is your design document?", fitted(blocks, "There's more than I can show here.")
    )


def sensei_message(shown: ShownDocument) -> OutgoingMessage:
    """Tell a sensei that there is a design document to look at."""
    who = mrkdwn(shown.participant, _MOST_OF_A_NAME)
    blocks: list[Block] = [section(f"*{who} has given me a design document* – {_name_place(shown)}")]
    if shown.document.reading is None:
        blocks.append(section(_say_unread(shown.document)))
    else:
        blocks.append(section(_summarise(shown)))
        blocks.extend(_question_blocks(shown, is_own=False))
        blocks.append(
            small(
                "The quotes are in the evidence when you rule. They are only part of the evidence for a "
                "check."
            )
        )
    blocks.append(actions(button("See it", SEE, str(shown.document.id))))
    return OutgoingMessage("A design document", fitted(blocks, "There's more than I can show here."))


def document_view(shown: ShownDocument, *, is_own: bool) -> View:
    """Return the page with what the document says about each check. ``is_own``: its reader gave it."""
    return {
        "type": "modal",
        "callback_id": SEE,
        "title": plain_object("Design document"),
        "close": plain_object("Close"),
        "blocks": list(_page_blocks(shown, is_own=is_own)),
    }


def _describe_problem(document: DesignDocument, *, has_sensei: bool) -> str:
    """Return why a document wasn't read, and what comes next."""
    if document.problem is DocumentProblem.NOT_FOUND and not document.path:
        return _NONE_FOUND
    problem = document.problem or DocumentProblem.NOT_FOUND
    for_sensei = _FOR_SENSEI[document.source] if has_sensei else _NO_SENSEI
    if has_sensei and problem is DocumentProblem.GAVE_UP:
        for_sensei = "Your sensei can read it."
    return _PROBLEMS[problem].format(for_sensei=for_sensei)


def _say_unread(document: DesignDocument) -> str:
    """Return why a sensei gets a document that Sensei hasn't read."""
    if document.problem is DocumentProblem.GAVE_UP:
        return "I couldn't read it for a day and have stopped trying. It's for you to read."
    if document.problem is DocumentProblem.NO_MODEL:
        return "I can't read it, because no model is set up here. It's for you to read."
    return (
        "I couldn't read it yet. I'll try again over the next day; if I can, this message shows what I "
        "found. You can read it yourself meanwhile."
    )


def _page_blocks(shown: ShownDocument, *, is_own: bool) -> Iterator[Block]:
    yield section(f"*{mrkdwn(shown.capstone, _MOST_OF_A_NAME)}* – {_name_place(shown)}")
    if shown.document.reading is None:
        where = " The link above opens it in the repository." if shown.address else ""
        yield section(f"I haven't read it.{where}")
        yield from _text_blocks(shown.document.text)
        return
    yield small(_NO_VERDICT.format(whose="your" if is_own else "their"))
    yield from _question_blocks(shown, is_own=is_own)
    yield divider()
    for check in shown.found[:_MOST_CHECKS]:
        yield section(_describe_finding(check))
    if len(shown.found) > _MOST_CHECKS:
        yield small(f"and {len(shown.found) - _MOST_CHECKS} more")
    if shown.silent:
        yield section("*Silent about*\n" + listed(shown.silent, _describe_silence))


def _describe_finding(check: ShownCheck) -> str:
    finding = check.finding
    if finding is None:
        raise AssertionError("only checks with a finding are described")
    lines = [
        f"*{SAYS[finding.says]}* · {mrkdwn(check.criterion, 80)}",
        mrkdwn(check.ask, _MOST_OF_A_TEXT),
        f"Line {finding.line}: “{mrkdwn(finding.quote, _MOST_OF_A_QUOTE, lines=True)}”",
    ]
    if finding.missing:
        lines.append(f"Not said: {mrkdwn(finding.missing, _MOST_OF_A_TEXT)}")
    return "\n".join(lines)


def _describe_silence(check: ShownCheck) -> str:
    return f"• {mrkdwn(check.ask, _MOST_OF_A_TEXT)}"


def _summarise(shown: ShownDocument) -> str:
    whole = sum(one.finding is not None and one.finding.says is Says.WHOLE for one in shown.found)
    part = len(shown.found) - whole
    return (
        f"Of {count(len(shown.checks), 'check')} that a design can answer, it answers {whole}, answers "
        f"part of {part}, and is silent about {len(shown.silent)}."
    )


def _question_blocks(shown: ShownDocument, *, is_own: bool) -> Iterator[Block]:
    if shown.questions:
        asked = "\n".join(f"• {mrkdwn(text, _MOST_OF_A_TEXT)}" for text in shown.questions)
        note = " (you don't have to answer here)" if is_own else ""
        yield section(f"*What it leaves open*{note}\n{asked}")


def _name_place(shown: ShownDocument) -> str:
    document = shown.document
    if document.source is DocumentSource.PASTED:
        return "the text that was pasted"
    if not document.path:
        return "a file in the repository"
    if shown.address and len(shown.address) <= _MOST_OF_A_PATH * 4:
        return link(shown.address, document.path, _MOST_OF_A_PATH)
    return mrkdwn(document.path, _MOST_OF_A_PATH)


def _file_buttons(document: int, paths: Sequence[str]) -> Iterator[Block]:
    for number, path in enumerate(paths):
        chosen = button("This one", f"{FILE}:{document}.{number}", f"{document}:{number}")
        yield section(mrkdwn(path, _MOST_OF_A_PATH), chosen)


def _text_blocks(text: str) -> Iterator[Block]:
    """Yield a pasted text in pieces, whole but for secrets."""
    if text:
        yield header("The text")
    pieces = [piece for piece in _list_pieces(text) if piece.strip()]
    for piece in pieces[:_MOST_PIECES]:
        yield section(mrkdwn(piece, _MOST_OF_A_PIECE, lines=True))
    if len(pieces) > _MOST_PIECES:
        yield small("There's more than I can show here.")


def _list_pieces(text: str) -> Iterator[str]:
    """Yield the pieces of a text, without secrets. Each ends with a line, if that is possible."""
    # A secret may lie across two pieces, so all are hidden before.
    lines = (part for line in Redactor().redact(text).split("\n") for part in _cut(line))
    piece, room = "", _PIECE
    for line in lines:
        size = _measure(line) + 1
        if size > room:
            yield piece
            piece, room = "", _PIECE
        piece, room = f"{piece}{line}\n", room - size
    yield piece


def _cut(line: str) -> Iterator[str]:
    """Yield the parts of a line, each of which fits into a block."""
    if _measure(line) <= _PIECE:
        yield line
        return
    middle = line.rfind(" ", 1, len(line) // 2) + 1 or len(line) // 2
    yield from _cut(line[:middle])
    yield from _cut(line[middle:])


def _measure(line: str) -> int:
    """Return how long a line is once it is safe to show."""
    return units(mrkdwn(line, 20 * len(line) + 20, lines=True))
