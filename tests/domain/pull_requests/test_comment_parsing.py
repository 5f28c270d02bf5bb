"""Anyone can write comments: finding the command in one takes no more than a moment."""

import sys
from types import FrameType

import pytest

from bot.domain.pull_requests.comment_command_rules import Verb
from bot.domain.pull_requests.comment_parsing import MOST_BARS, MOST_LINES, gives_command, parse_comment

SLOW_TO_PARSE = {
    "lines below a nested quotation": "/sen\n\n" + "> " * 100 + "a\n" + "a\n" * 30_000,
    "a wide table": "/sen\n\n" + "|a" * 300 + "\n" + "|-" * 300 + "\n" + "|\n" * 31_000,
    "a long table": "/sen\n\n" + "|a" * 49 + "\n" + "|-" * 49 + "\n" + "|\n" * 32_000,
}


@pytest.mark.contract
@pytest.mark.parametrize("body", SLOW_TO_PARSE.values(), ids=SLOW_TO_PARSE)
def test_no_comment_takes_long(body: str) -> None:
    assert count_calls(body) < 3_000_000, "without limits there would be 7 to 40 million calls"


def count_calls(body: str) -> int:
    """Count the calls of functions during a search for a command, which finds none."""
    calls = 0

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(note)
    try:
        found = gives_command(body)
    finally:
        sys.setprofile(None)
    assert not found
    return calls


def test_a_command_counts_below_a_long_quotation_and_keeps_its_whole_reason() -> None:
    quoted = "> A line.\n" * (MOST_LINES - 10)
    reason = "\n".join(f"Reason {number}." for number in range(MOST_LINES * 2))
    parsed = parse_comment(f"{quoted}\n/sensei dispute {reason}\n\nThe end.")
    assert parsed
    assert parsed.verb is Verb.DISPUTE
    assert parsed.reason == f"{reason}\n\nThe end."


def test_a_table_below_a_command_is_its_reason_however_wide() -> None:
    table = "|a" * MOST_BARS * 2
    parsed = parse_comment(f"/sensei defer See below.\n\n{table}")
    assert parsed
    assert parsed.reason == f"See below.\n\n{table}"
