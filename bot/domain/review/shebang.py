"""Which program runs a script without an ending: its first line says so."""

import re

_LINE = re.compile(r"\ufeff?#![ \t]*([^\n]{1,400})")
_PROGRAMS = {
    "python": re.compile(r"i?python[\d.]*|pypy[\d.]*|uv|pipx"),
    "javascript": re.compile(r"node(?:js)?"),
    "typescript": re.compile(r"deno|bun|tsx|ts-node"),
    "bash": re.compile(r"(?:ba|da|z|k)?sh"),
}


def run_by(text: str) -> str | None:
    """Return the ast-grep language that a text's first line has it run as, or None."""
    line = _LINE.match(text)
    # Past ``env`` with its options and variables.
    words = [word for word in line[1].split() if not word.startswith("-") and "=" not in word] if line else []
    names = [name for word in words if (name := word.rpartition("/")[2]) != "env"]
    return next((language for language, one in _PROGRAMS.items() if names and one.fullmatch(names[0])), None)
