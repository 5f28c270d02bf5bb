"""Find the modules that a source file imports."""

import re
from collections.abc import Iterable, Iterator

_PYTHON = re.compile(
    r"^\ufeff?[ \t]*(?:from[ \t]+(?P<package>[\w.]+)[ \t]+import[ \t]*"
    # Bounded, because after an unclosed bracket each import would search to the end of the file.
    r"(?P<names>\([^()]{0,2000}|[^\n(#]{0,500})|import[ \t]+(?P<modules>[^\n#;]{1,500}))",
    re.MULTILINE,
)
_COMMENT = re.compile(r"#[^\n]*")
_SCRIPT = re.compile(r"\b(?:from|import|require)\s{0,20}\(?\s{0,20}[\"'`]([^\"'`\s]{1,200})[\"'`]")
# Not after a colon, because that `//` is part of a URL.
_SCRIPT_COMMENT = re.compile(r"(?:(?<![:\\])//|^[ \t]*/?\*)[^\n]*", re.MULTILINE)
_GO = re.compile(r"^\ufeff?[ \t]*(?:import[ \t]+)?(?:[\w.]+[ \t]+)?\"([\w./~-]{1,200})\"", re.MULTILINE)
_JAVA = re.compile(r"^\ufeff?[ \t]*import[ \t]+(?:static[ \t]+)?([\w.]{1,200})", re.MULTILINE)


def imported_modules(text: str, language: str) -> frozenset[str]:
    """Return all modules that a text imports, with their parents: ``a``, ``a.b`` and ``a.b.c`` for ``a.b.c``.

    The result is empty for a language without imports.
    """
    return frozenset(
        module for name in _imported_names(text, language) for module in _parent_modules(name, language)
    )


def _imported_names(text: str, language: str) -> Iterable[str]:
    match language:
        case "python":
            return _python_imports(text)
        case "javascript" | "typescript" | "tsx":
            return _SCRIPT.findall(_SCRIPT_COMMENT.sub("", text))
        case "go":
            return _GO.findall(text)
        case "java":
            return _JAVA.findall(text)
    return ()


def _python_imports(text: str) -> Iterator[str]:
    for statement in _PYTHON.finditer(text):
        package, names, modules = statement["package"], statement["names"], statement["modules"]
        if package is None:
            yield from (part.split()[0] for part in modules.split(",") if part.split())
            continue
        if package.startswith("."):
            continue  # a module of the project itself
        yield package
        for part in _COMMENT.sub("", names.lstrip("(")).split(","):
            if words := part.split():
                yield f"{package}.{words[0]}"


def _parent_modules(name: str, language: str) -> Iterator[str]:
    """Yield a module's name and the names of its parents."""
    separator = "." if language in {"python", "java"} else "/"
    while name:
        yield name
        name = name.rpartition(separator)[0]
