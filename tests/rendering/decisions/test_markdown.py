"""Decisions as Markdown files, and what comes back from them."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.record_layouts import MADR, NYGARD, RecordLayout, choose_layout
from bot.domain.decisions.record_parsing import parse_record, see_layout, tidy_part
from bot.domain.decisions.records import CodeAnchor
from bot.rendering.decisions.markdown import RecordLinks, format_record
from tests.domain.decisions.deciding import TEXTS, decision

LINKS = RecordLinks("https://github.com/ada/desk")
ARC42 = b"# T\n\n## Status\n\n## Problem\n\n## Constraints\n\n## Considered Alternatives\n\n## Decision\n"
SEEN = see_layout(ARC42)
LAYOUTS = [MADR, NYGARD, choose_layout(SEEN, [])]
PIECES = ["#", "# x", "---", "===", "```", "~~~", "**Evidence:**", "- **Decided:** a", "Status: x", "<b>"]
PIECES += ["<!-- sensei:decision=3 -->", "\\", "\\<", "| a |", "> q", "1. one", "[a](b.md)", "a.py:3"]
LINES = st.one_of(
    st.sampled_from(PIECES),
    st.text(string.ascii_letters + string.digits + string.punctuation + " äß字", max_size=30),
)
PARTS = st.lists(LINES, min_size=1, max_size=6).map("\n".join).filter(lambda text: text.strip())


@pytest.mark.contract
@pytest.mark.parametrize("layout", LAYOUTS, ids=["MADR", "Nygard", "arc42"])
@given(texts=st.dictionaries(st.sampled_from(list(Slot)), PARTS, min_size=1), title=LINES)
@example(texts=dict.fromkeys(Slot, "# x\n---\n**Evidence:** y"), title="## 7. <b>")
def test_what_is_written_comes_back(layout: RecordLayout, texts: dict[Slot, str], title: str) -> None:
    named = " ".join(title.split()) or "Untitled"
    text = format_record(decision(7, title=named, texts=texts), LINKS, layout)
    record = parse_record("docs/decisions/x.md", text.encode())
    assert record is not None
    assert record.texts == {slot: tidy for slot, part in texts.items() if (tidy := tidy_part(part))}
    assert (record.marker, record.title) == (7, named)


def test_a_record_in_madr() -> None:
    earlier = RecordLinks("https://github.com/ada/desk", ("0003-call-it.md", "Call [it] directly"))
    texts = {**TEXTS, Slot.REVISIT: "The supplier raises its limit.", Slot.EVIDENCE: "A load test."}
    assert (
        format_record(decision(7, texts=texts), earlier)
        == f"""---
status: accepted
date: 2026-03-01
---

# A queue between the shop and the model

## Context and Problem Statement

Orders arrive in bursts from the shop.

## Considered Options

Calling the model in the request, which timed out in March.

## Decision Outcome

A queue between the shop and the model.

### Consequences

Answers come later, and somebody must watch the queue.

### Confirmation

A load test.

## More Information

**Revisit when:** The supplier raises its limit.

**Supersedes:** [Call \\[it\\] directly](0003-call-it.md)

**Code:**

- [src/a.py:3-5](https://github.com/ada/desk/blob/{"a" * 40}/src/a.py#L3-L5)

<!-- sensei:decision=7 -->
"""
    )


def test_links_to_odd_paths_lead_where_they_should() -> None:
    anchor = CodeAnchor("a b/[x](y).py", "b" * 40, "head", 1, 1, "x")
    text = format_record(decision(anchors=(anchor,)), LINKS)
    assert (
        f"[a b/\\[x\\](y).py:1](https://github.com/ada/desk/blob/{'b' * 40}/a%20b/%5Bx%5D%28y%29.py#L1)"
        in text
    )


def test_invisible_characters_become_visible() -> None:
    text = format_record(decision(texts={Slot.DECIDED: "a\u202eb\u200bc"}), LINKS)
    assert "\u202e" not in text
    assert "\u200b" not in text
