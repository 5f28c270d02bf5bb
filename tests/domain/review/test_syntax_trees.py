"""No text ends the process, however deep it is nested."""

import pytest

from bot.domain.review.context.enclosing_scopes import find_scopes
from bot.domain.review.syntax_trees import parse_source
from bot.domain.rubrics.signal_rules import LANGUAGES

DEEP = {
    "yaml blocks": "".join("  " * n + f"k{n}:\n" for n in range(400)),
    "yaml sequences": "- " * 400 + "x\n",
    "yaml with tags": "- !!seq " * 400 + "x\n",
    "yaml with tabs": "".join("\t" * n + f"k{n}:\n" for n in range(400)),
    "yaml with carriage returns": "".join(" " * n + f"k{n}:\r" for n in range(400)),
    "yaml up to every limit": "".join(" " * n + f"k{n}:\n" for n in range(99)) + " " * 99 + "- " * 64 + "x\n",
    "brackets": "[" * 3000 + "]" * 3000,
    "braces": "a: " + "{" * 3000,
    "python blocks": "".join(" " * n + "if x:\n" for n in range(400)),
    "interpolations": "x = `${" * 500 + '"${' * 500 + "f'{" * 500,
    "elements": "<a>" * 2000,
    "here documents": "cat " + " ".join(f"<<E{n}" for n in range(600)) + "\nx\n",
    "a here document's long end": f"cat <<{'E' * 3000}\nx\n",
    "substitutions": "$(" * 390 + "x" + ")" * 390,
    "conditions": "if x; then\n" * 600,
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_deep_nesting_is_parsed_or_passed_over(text: str, language: str) -> None:
    root = parse_source(text, language)
    assert root is None or root.range().end.index <= len(text)
    assert isinstance(find_scopes("file" + LANGUAGES[language][0], text), list)


def test_ordinary_yaml_is_parsed() -> None:
    assert parse_source("a:\n  - b: 1\n    c: 'x - y: z'\n" * 200, "yaml") is not None


@pytest.mark.parametrize("line", ["\\\n", "\\\r\n", "#\n", "  # a line that somebody has commented out\n"])
def test_python_that_would_be_looked_at_again_and_again_is_not_parsed(line: str) -> None:
    assert parse_source("x = 1\n" + line * (200_000 // len(line)) + "y = 2\n", "python") is None


def test_ordinary_comments_and_continued_lines_are_parsed() -> None:
    licence = "# " + "a" * 78 + "\n"
    assert parse_source(licence * 1500 + "x = 1\n", "python") is not None
    assert parse_source("x = 1" + " + \\\n1" * 20_000 + "\n", "python") is not None
    assert parse_source("# " + "a" * 200_000 + "\n" + "\n" * 20_000, "python") is not None
    assert parse_source("x = 1  # one\n" * 20_000, "python") is not None
    assert parse_source("# a\n" * 100_000, "yaml") is not None
