"""Records as people write them, in the layouts that are common, and what Sensei makes of each."""

import time
from datetime import date

import pytest

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.record_files import NamedPlace, RecordFile, RecordStatus
from bot.domain.decisions.record_layouts import MADR, StatusPlace, choose_layout
from bot.domain.decisions.record_parsing import parse_record, see_layout

MADR_4 = """---
status: "superseded by [ADR-0009](0009-use-kafka.md)"
date: 2026-01-31
decision-makers: [Ada]
---

# Use a queue

## Context and Problem Statement

Orders come in bursts.

## Decision Drivers

* at most 60 calls a minute

## Considered Options

* a queue
* a bigger machine

## Decision Outcome

Chosen option: "a queue", because it needs no new contract.

### Consequences

* Bad, because answers come later

### Confirmation

A load test.

## Pros and Cons of the Options

### A bigger machine

* Bad, because it costs more
"""
MADR_2 = """# Use a queue

* Status: accepted
* Deciders: Ada
* Date: 2026-01-31

Technical Story: orders

## Context and Problem Statement <!-- required -->

Orders come in bursts.

## Decision Outcome

A queue.

### Positive Consequences <!-- optional -->

* nothing is lost

### Negative Consequences

* answers come later
"""
NYGARD = """# 7. Use a queue

Date: 2026-01-31

## Status

Accepted

Supercedes [3. Call it directly](0003-call-it-directly.md)

## Context

Orders come in bursts.

## Decision

A queue.

## Consequences

Answers come later.
"""
SETEXT = """Use a queue
===========

Status
------
Draft

Decision
--------

A queue.
"""
GERMAN = """# ADR-7: Eine Warteschlange

**Status:** akzeptiert
**Datum:** 2026-01-31

## Kontext und Problemstellung

Bestellungen kommen in Wellen.

## Entscheidung

Eine Warteschlange.

## Konsequenzen

Antworten kommen später.
"""
Y_STATEMENT = """# A queue

In the context of orders in bursts, facing 60 calls a minute, we decided for a queue and against a bigger
machine, to achieve that no order is lost, accepting that answers come later.
"""


def parse(text: str, path: str = "docs/adr/0007-use-a-queue.md") -> RecordFile:
    record = parse_record(path, text.encode())
    assert record is not None
    return record


def test_madr_4_with_its_front_matter() -> None:
    record = parse(MADR_4)
    assert (record.title, record.status, record.date) == (
        "Use a queue",
        RecordStatus.SUPERSEDED,
        date(2026, 1, 31),
    )
    assert record.texts == {
        Slot.CONTEXT: "Orders come in bursts.",
        Slot.FACING: "* at most 60 calls a minute",
        Slot.DECIDED: 'Chosen option: "a queue", because it needs no new contract.',
        Slot.AGAINST: "* a queue\n* a bigger machine\n\nA bigger machine\n\n* Bad, because it costs more",
        Slot.ACCEPTING: "* Bad, because answers come later",
        Slot.EVIDENCE: "A load test.",
    }


def test_madr_2_with_its_list_and_its_comments() -> None:
    record = parse(MADR_2)
    assert (record.status, record.date) == (RecordStatus.ACCEPTED, date(2026, 1, 31))
    assert record.texts == {
        Slot.CONTEXT: "Orders come in bursts.",
        Slot.DECIDED: "A queue.",
        Slot.ACHIEVE: "* nothing is lost",
        Slot.ACCEPTING: "* answers come later",
    }


def test_nygard_with_its_numbered_title_and_its_link() -> None:
    record = parse(NYGARD)
    assert (record.title, record.status, record.date, record.supersedes) == (
        "Use a queue",
        RecordStatus.ACCEPTED,
        date(2026, 1, 31),
        "0003-call-it-directly.md",
    )
    assert record.texts[Slot.DECIDED] == "A queue."


def test_underlined_headings() -> None:
    record = parse(SETEXT)
    assert (record.title, record.status) == ("Use a queue", RecordStatus.PROPOSED)
    assert record.texts == {Slot.DECIDED: "A queue."}


def test_german_headings() -> None:
    record = parse(GERMAN)
    assert (record.title, record.status) == ("Eine Warteschlange", RecordStatus.ACCEPTED)
    assert set(record.texts) == {Slot.CONTEXT, Slot.DECIDED, Slot.ACCEPTING}


def test_log4brains_with_its_list_of_hyphens() -> None:
    text = "# Use a queue\n\n- Status: superseded by [x](20260301-x.md)\n- Date: 2026-01-31\n- Tags: a, b\n\n"
    record = parse(
        f"{text}## Problem Statement\n\nBursts.\n\n## Decision\n\nA queue.\n", "docs/adr/20260131-q.md"
    )
    assert (record.title, record.status, record.date) == (
        "Use a queue",
        RecordStatus.SUPERSEDED,
        date(2026, 1, 31),
    )
    assert record.texts == {Slot.CONTEXT: "Bursts.", Slot.DECIDED: "A queue."}


def test_a_y_statement_without_headings() -> None:
    assert parse(Y_STATEMENT).texts == {
        Slot.CONTEXT: "orders in bursts",
        Slot.FACING: "60 calls a minute",
        Slot.DECIDED: "a queue",
        Slot.AGAINST: "a bigger machine",
        Slot.ACHIEVE: "that no order is lost",
        Slot.ACCEPTING: "answers come later",
    }


def test_a_free_page_has_a_title_and_no_parts() -> None:
    record = parse("# Notes\n\nWe talked about lunch, against all odds.\n\n## Lunch\n\nSoup.\n")
    assert (record.title, record.texts) == ("Notes", {})


@pytest.mark.parametrize(
    ("first", "title"),
    [
        ("# 3 retries are enough", "3 retries are enough"),
        ("# 7 - Retries", "Retries"),
        ("# ADR-0007: Retries", "Retries"),
        ("Nothing", "Use a queue"),
    ],
)
def test_a_title_loses_its_own_number_and_no_other(first: str, title: str) -> None:
    assert parse(f"{first}\n\n## Decision\n\nThree.\n").title == title


def test_headings_in_code_and_comments_are_no_headings() -> None:
    text = (
        "# A\n\n## Decision\n\n```bash\n# not a heading\n## Context\n```\n\n<!-- ## Consequences -->\nEnd.\n"
    )
    assert parse(text).texts == {Slot.DECIDED: "```bash\n# not a heading\n## Context\n```\n\nEnd."}


def test_windows_line_ends_and_a_byte_order_mark() -> None:
    assert parse("\ufeff" + NYGARD.replace("\n", "\r\n")).texts == parse(NYGARD).texts


def test_the_status_of_a_template_is_none() -> None:
    record = parse("# A\n\n## Status\n\nProposed | Accepted | Superseded by [x](x.md)\n")
    assert record.status is RecordStatus.UNSTATED


def test_lines_that_a_record_names() -> None:
    text = "# A\n\n## Decision\n\n`src/a.py:3`, (b/c.ts:4-9), https://github.com/a/b/blob/"
    text += f"{'a' * 40}/d/e.go#L1-L2, f.py and 10:30, g.py:9-3.\n"
    assert parse(text).places == (
        NamedPlace("src/a.py", 3, 3),
        NamedPlace("b/c.ts", 4, 9),
        NamedPlace("d/e.go", 1, 2),
    )


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"x" * 65_537, b"\n" * 4000], ids=["not text", "too long", "too many lines"]
)
def test_what_cannot_be_a_record_is_not_read(content: bytes) -> None:
    assert parse_record("docs/adr/0001-x.md", content) is None


@pytest.mark.parametrize(
    "piece", ["*", "#", "# a\n", "**a:** ", "[", "- a: b\n", "<!--", "`", "a.b", "(", "---\n"]
)
def test_repetitions_cost_no_more_than_their_length(piece: str) -> None:
    started = time.process_time()
    parse_record("docs/adr/0001-x.md", (piece * 65_536)[:60_000].encode())
    assert time.process_time() - started < 2  # seconds; it takes a few hundredths


def test_a_layout_is_the_templates_or_what_the_records_share() -> None:
    nygard, german = see_layout(NYGARD.encode()), see_layout(GERMAN.encode())
    assert nygard is not None
    assert german is not None
    assert [heading.text for heading in choose_layout(None, [nygard, german, nygard]).headings] == [
        "Status",
        "Context",
        "Decision",
        "Consequences",
    ]
    chosen = choose_layout(german, [nygard, nygard])
    assert chosen.status is StatusPlace.LIST
    assert chosen.headings[1].text == "Entscheidung"
    assert choose_layout(see_layout(b"# Only\n\n## Decision\n"), []) is MADR
