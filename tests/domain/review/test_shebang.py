import pytest

from bot.domain.review.shebang import run_by
from bot.domain.review.signals import language_of


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("#!/usr/bin/python3.12 -u", "python"),
        ("#! /usr/bin/env python", "python"),
        ("\ufeff#!/usr/bin/env -S uv run --script", "python"),
        ("#!/usr/bin/env -S PYTHONPATH=/x pypy3", "python"),
        ("#!/opt/python3/bin/node", "javascript"),
        ("#!/usr/bin/env -S deno run --allow-net", "typescript"),
        ("#!/bin/sh", "bash"),
        ("#!/usr/bin/perl -w python", None),
        ("#!/usr/bin/env", None),
        ("#!", None),
        ("import shop", None),
        ("", None),
    ],
)
def test_the_first_line_says_which_program_runs_a_script(line: str, language: str | None) -> None:
    assert run_by(f"{line}\nx\n") == language


def test_the_ending_of_a_name_counts_for_more_than_the_first_line() -> None:
    line = "#!/usr/bin/env python3\n"
    assert language_of("bin/run", line) == "python"
    assert language_of(".hook", line) == "python"
    assert language_of("run.sh", line) == "bash"
    assert language_of("run.txt", line) is None
