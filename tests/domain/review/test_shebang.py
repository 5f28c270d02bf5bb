import pytest

from bot.domain.review.shebang import shebang_language
from bot.domain.review.signals import detect_language


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
    assert shebang_language(f"{line}\nx\n") == language


def test_the_ending_of_a_name_counts_for_more_than_the_first_line() -> None:
    line = "#!/usr/bin/env python3\n"
    assert detect_language("bin/run", line) == "python"
    assert detect_language(".hook", line) == "python"
    assert detect_language("run.sh", line) == "bash"
    assert detect_language("run.txt", line) is None
