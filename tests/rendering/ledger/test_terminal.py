import io
import re
from datetime import date
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
from bot.rendering.ledger import html, markdown, terminal
from bot.rendering.review.subject import ReportSubject
from bot.rendering.text.safe_text import one_line
from tests.domain.ledgers import EMPTY, RUBRIC, movement, nothing_but
from tests.rendering import reports
from tests.rendering.review.test_html import Page

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
    console.print(terminal.render(of), crop=False)
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
        (
            "o speed.2 open: Is speed.2 argued? was met and is now open. At aaaaaaaaaa, this evidence is no "
            "longer there:"
        ),
        "app/client.py:7 as of dddddddddd",
        "the lines that it quotes were removed or reworded",
        "Sensei couldn't use 1 result from saved reports",
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
        (
            "It was met and is now open. At aaaaaaaaaa, this evidence is no longer there: `app/client.py:7 "
            "as of dddd"
        ),
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
    (page_text,) = Page(html.render(full())).within("body")
    shown = page(full()) + markdown.render(full()) + page_text + full().ledger.as_json()
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


@pytest.mark.contract
@pytest.mark.parametrize("width", [60, 80, 100])
@given(text=ANYTHING)
def test_no_text_can_break_the_page(width: int, text: str) -> None:
    shown = page(hostile(text), width)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    # Only a place that does not fit into a line is longer than one.
    assert all(one_line(text) in line for line in shown.split("\n") if cell_len(line) > width)


def test_places_are_sorted_and_none_is_broken_across_lines() -> None:
    deep = "b/" + "folder/" * 12 + "x.py"
    places = [("b.py", 7), (deep, 3), ("a.py", 12), ("a.py", 7)]
    book = EMPTY.apply([movement(path=path, line=line, quotes=(f"{path}{line}",)) for path, line in places])
    against = [movement("speed.2", "weakens", path=path, quotes=(path,)) for path, _ in places[:2]]
    book = book.apply(against)
    shown = page(filled(book))
    assert f"    for: a.py:7, a.py:12, b.py:7,\n    {deep}:3\n" in shown
    assert f"    against: b.py:7,\n    {deep}:7\n" in shown
    assert f"For: `a.py:7`, `a.py:12`, `b.py:7`, `{deep}:3`." in markdown.render(filled(book))


def test_a_page_shows_the_code_of_each_piece_of_evidence() -> None:
    subject = ReportSubject("shop", "main", date(2026, 11, 28))
    made = Page(html.render(full(), subject))
    assert made.within("title") == ["shop, main, 28 November 2026 · Sensei, evidence ledger"]
    assert made.within("h3") == [
        "speed.1 met", "speed.2 open", "speed.4 partly met", "safety.1 contested", "safety.2 not applicable",
    ]  # fmt: skip
    assert made.within("figcaption") == ["app/client.py:7", "app/client.py:7", "b.py:7", "c.py:7"]
    assert made.within("pre") == ["alpha()", "alpha()", "beta()", "alpha()"]
    (body,) = made.within("body")
    for said in [
        "1 met · 1 partly met · 1 contested · 1 open · 1 not applicable · 0 not assessed",
        "Missing: a number.",
        "by sensei: There is no user.",
        "At aaaaaaaaaa, this evidence is no longer there:\napp/client.py:7 as of dddddddddd.",
        "Sensei couldn't use 1 result from saved reports",
        "A state describes the repository, not a person.",
    ]:
        assert said in body, said


def skeleton(text: str) -> tuple[dict[str, int], set[tuple[str, str, str]]]:
    """The elements and attributes of a page, without those that follow the lines and slashes of its texts."""
    made = Page(html.render(hostile(text)))
    tags = {tag: number for tag, number in made.tags.items() if tag not in {"span", "wbr"}}
    return tags, {attribute for attribute in made.attributes if attribute[1] != "data-line"}


TAME = skeleton("tame")


@pytest.mark.contract
@given(text=ANYTHING)
def test_nothing_that_anyone_wrote_changes_what_the_html_is_made_of(text: str) -> None:
    assert skeleton(text) == TAME


@given(text=ANYTHING)
def test_nothing_that_was_read_can_draw_link_or_mention(text: str) -> None:
    found = tokens(hostile(text))
    drawn = {"html_inline", "html_block", "image", "link_open", "table_open", "blockquote_open", "s_open"}
    assert not {token.type for token in found} & drawn
    # GitHub looks for these in the text of the finished page, code left out.
    prose = "".join(token.content if token.type == "text" else "\n" for token in found)
    assert not re.search(r"@[\w-]|#\d|GH-\d", prose, re.IGNORECASE)
    assert sum(token.type == "heading_open" for token in found) == 4
