"""The status of a record whose decision was replaced."""

import pytest

from bot.domain.decisions.record_files import RecordStatus
from bot.domain.decisions.record_parsing import parse_record
from bot.domain.decisions.supersession import mark_superseded

LINK = "superseded by [0009-x](0009-x.md)"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("---\nstatus: accepted\ndate: x\n---\n# A\n", f'---\nstatus: "{LINK}"\ndate: x\n---\n# A\n'),
        ("# A\n\n* Status: accepted\n* Date: x\n", f"# A\n\n* Status: {LINK}\n* Date: x\n"),
        ("# A\n\n**Status:** accepted\n", f"# A\n\n**Status:** {LINK}\n"),
        ("# A\r\n\r\n## Status\r\n\r\nAccepted\r\n", f"# A\r\n\r\n## Status\r\n\r\nS{LINK[1:]}\r\n"),
    ],
)
def test_only_the_status_changes(before: str, after: str) -> None:
    assert mark_superseded(before, "0009-x", "0009-x.md") == after
    record = parse_record("docs/adr/0001-a.md", after.encode())
    assert record is not None
    assert record.status is RecordStatus.SUPERSEDED


@pytest.mark.parametrize("text", ["# A\n", "# A\n\n## Status\n\n## Context\n", "```\nstatus: x\n```\n"])
def test_a_record_without_a_status_stays_as_it_is(text: str) -> None:
    assert mark_superseded(text, "0009-x", "0009-x.md") is None
