"""Which modules a source file imports, read once for every rule that asks."""

import re
from collections.abc import Iterable, Iterator

_PYTHON = re.compile(
    r"^\ufeff?[ \t]*(?:from[ \t]+(?P<package>[\w.]+)[ \t]+import[ \t]*"
    # Bounded: an unclosed bracket would make each import scan to the file's end.
    r"(?P<names>\([^()]{0,2000}|[^\n(#]{0,500})|import[ \t]+(?P<modules>[^\n#;]{1,500}))",
    re.MULTILINE,
)
_COMMENT = re.compile(r"#[^\n]*")
_SCRIPT = re.compile(r"\b(?:from|import|require)\s{0,20}\(?\s{0,20}[\"'`]([^\"'`\s]{1,200})[\"'`]")
# Not after a colon: an address holds no comment.
_SCRIPT_COMMENT = re.compile(r"(?:(?<![:\\])//|^[ \t]*/?\*)[^\n]*", re.MULTILINE)
_GO = re.compile(r"^\ufeff?[ \t]*(?:import[ \t]+)?(?:[\w.]+[ \t]+)?\"([\w./~-]{1,200})\"", re.MULTILINE)
_JAVA = re.compile(r"^\ufeff?[ \t]*import[ \t]+(?:static[ \t]+)?([\w.]{1,200})", re.MULTILINE)


def imported_modules(text: str, language: str) -> frozenset[str]:
    """Return every module that a text imports, and all that each lies below: ``a`` and ``a.b`` for ``a.b.c``.

    Nothing for a language that has no imports.
    """
    return frozenset(above for name in _named(text, language) for above in _lineage(name, language))


def _named(text: str, language: str) -> Iterable[str]:
    match language:
        case "python":
            return _python(text)
        case "javascript" | "typescript" | "tsx":
            return _SCRIPT.findall(_SCRIPT_COMMENT.sub("", text))
        case "go":
            return _GO.findall(text)
        case "java":
            return _JAVA.findall(text)
    return ()


def _python(text: str) -> Iterator[str]:
    for statement in _PYTHON.finditer(text):
        package, names, modules = statement["package"], statement["names"], statement["modules"]
        if package is None:
            yield from (part.split()[0] for part in modules.split(",") if part.split())
            continue
        if package.startswith("."):
            continue  # the project's own
        yield package
        for part in _COMMENT.sub("", names.lstrip("(")).split(","):
            if words := part.split():
                yield f"{package}.{words[0]}"


def _lineage(name: str, language: str) -> Iterator[str]:
    """Yield a module's name and the names of what it lies in."""
    separator = "." if language in {"python", "java"} else "/"
    while name:
        yield name
        name = name.rpartition(separator)[0]
