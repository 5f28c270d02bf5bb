"""Find the language of a script without a file extension, from its first line."""

import re

_LINE = re.compile(r"\ufeff?#![ \t]*([^\n]{1,400})")
_PROGRAMS = {
    "python": re.compile(r"i?python[\d.]*|pypy[\d.]*|uv|pipx"),
    "javascript": re.compile(r"node(?:js)?"),
    "typescript": re.compile(r"deno|bun|tsx|ts-node"),
    "bash": re.compile(r"(?:ba|da|z|k)?sh"),
}


def shebang_language(text: str) -> str | None:
    """Return the ast-grep language of the program that a text's first line names, or None."""
    line = _LINE.match(text)
    # Skip ``env`` with its options and variables.
    words = [word for word in line[1].split() if not word.startswith("-") and "=" not in word] if line else []
    names = [name for word in words if (name := word.rpartition("/")[2]) != "env"]
    return next(
        (language for language, program in _PROGRAMS.items() if names and program.fullmatch(names[0])), None
    )
