import io
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.cells import cell_len
from rich.console import Console

from bot.domain.ledger.baseline import FilledLedger
from bot.domain.ledger.evidence import Entry, Exemption, Statement
from bot.domain.ledger.ledger import Ledger
from bot.rendering.ledger import markdown, terminal
from tests.domain.ledgers import EMPTY, RUBRIC, movement, nothing_but
from tests.rendering import reports

GITHUB = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])
HEAD = reports.HEAD


def filled(book: Ledger, **changes: Any) -> FilledLedger:
    baseline = reports.report(kind="baseline", base=None, **changes)
    return FilledLedger(book, RUBRIC, baseline, reports=2, unmatched=1, unchecked=0)


def full() -> FilledLedger:
    """A ledger with something of everything."""
    book = EMPTY.apply([movement("speed.2", quotes=("gone()",), commit="d" * 40)])
    book = book.refresh(nothing_but(), HEAD)
    book = book.apply(
        [
            movement("speed.1"),
            movement("speed.1", path="old/place.py", commit="d" * 40),
            movement("speed.4", missing="a number"),
            movement("safety.1", quotes=("beta()",), path="b.py"),
            movement("safety.1", "weakens", path="c.py"),
        ]
    )
    return filled(book.exempt(Exemption(check="safety.2", by="sensei", reason="There is no user")))


def page(of: FilledLedger, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None, force_terminal=False)
    console.print(terminal.render(of))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def words(text: str) -> str:
    return " ".join(text.split())


def tokens(of: FilledLedger) -> list[Token]:
    blocks = GITHUB.parse(markdown.render(of))
    return [each for block in blocks for each in (block, *(block.children or ()))]


def test_a_page_says_every_state_with_what_it_rests_on() -> None:
    text = words(page(full()))
    for expected in [
        "1 met · 1 partly met · 1 contested · 1 open · 1 not applicable · 0 not assessed",
        "2 saved reports",
        "+ speed.1 met: Is speed.1 argued? for: app/client.py:7",
        "~ speed.4 partly met: Is speed.4 argued? missing: a number for: app/client.py:7",
        "! safety.1 contested: Is safety.1 argued? for: b.py:7 against: c.py:7",
        "/ safety.2 not applicable: Is safety.2 argued? by sensei: There is no user",
        "o speed.2 open: Is speed.2 argued? was met and is now open; evidence no longer found at aaaaaaaaaa:",
        "app/client.py:7 as of dddddddddd",
        "has been removed or reworded, or was never merged",
        "Left out 1 movement from saved reports",
        "3 of 3 files read",
    ]:
        assert expected in text, expected
    assert "old/place.py" not in text  # the same text at the head says it better


def test_the_document_says_the_same() -> None:
    text = markdown.render(full())
    for expected in [
        "- `speed.1` **met**: Is speed.1 argued? For: `app/client.py:7`.",
        "**partly met**: Is speed.4 argued? Missing: a number. For: `app/client.py:7`.",
        "**contested**: Is safety.1 argued? For: `b.py:7`. Against: `c.py:7`.",
        "**not applicable**: Is safety.2 argued? by sensei: There is no user.",
        "It was met and is now open; evidence no longer found at aaaaaaaaaa: `app/client.py:7 as of dddd",
        "never merged.",
    ]:
        assert expected in text, expected


def test_an_empty_ledger_names_each_criterion_once() -> None:
    for text in (words(page(filled(EMPTY))), words(markdown.render(filled(EMPTY)))):
        assert "0 open · 0 not applicable · 5 not assessed" in text
        assert text.count("The quality speed") == text.count("The quality safety") == 1


def test_a_decision_is_named_by_its_reference() -> None:
    statement = Statement(source="decision", reference="0007", quote="Cheaper by half.")
    entry = Entry(
        check="speed.1", direction="supports", partial=False, missing="", reader="sensei", citation=statement
    )
    assert "for: decision 0007" in words(page(filled(EMPTY.enter([entry]))))


def test_what_was_not_read_is_said_first() -> None:
    of = filled(EMPTY, complete=False, incomplete_because=("too slow",))
    for text in (words(page(of)), words(markdown.render(of))):
        assert text.index("Incomplete") < text.index("too slow") < text.index("The quality speed")


def test_no_level_or_verdict_is_shown() -> None:
    shown = page(full()) + markdown.render(full()) + full().ledger.as_json()
    verdicts = {"level", "levels", "score", "grade", "passed", "pass", "failed", "fail", "ready", "draft"}
    assert not verdicts & set(re.findall(r"[a-z]+", shown.lower()))


def hostile(text: str) -> FilledLedger:
    quote = text if text.strip() else "x"
    book = EMPTY.apply([movement("speed.1", quotes=(quote,), path=text)]).refresh(nothing_but(), HEAD)
    statement = Statement(source="thread", reference=text, quote=text)
    said = Entry(
        check="safety.1",
        direction="supports",
        partial=True,
        missing=text,
        reader="model",
        citation=statement,
    )
    book = book.apply([movement("speed.2", missing=text, quotes=(quote,), path=text)]).enter([said])
    book = book.exempt(Exemption(check="safety.2", by="sensei", reason=text))
    return filled(book, complete=False, incomplete_because=(text,))


ANYTHING = st.one_of(st.sampled_from(reports.HOSTILE), st.text(min_size=1))


@pytest.mark.parametrize("width", [60, 80, 100])
@given(text=ANYTHING)
def test_no_text_can_break_the_page(width: int, text: str) -> None:
    shown = page(hostile(text), width)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert max(cell_len(line) for line in shown.split("\n")) <= width


@given(text=ANYTHING)
def test_nothing_that_was_read_can_draw_link_or_mention(text: str) -> None:
    found = tokens(hostile(text))
    drawn = {"html_inline", "html_block", "image", "link_open", "table_open", "blockquote_open", "s_open"}
    assert not {token.type for token in found} & drawn
    # GitHub looks for these in the text of the finished page, code left out.
    prose = "".join(token.content if token.type == "text" else "\n" for token in found)
    assert not re.search(r"@[\w-]|#\d|GH-\d", prose, re.IGNORECASE)
    assert sum(token.type == "heading_open" for token in found) == 4
