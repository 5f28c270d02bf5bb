"""Blank out words that have no effect on what code does: comments, docstrings, names and labels.

``logger.info("retrying", max_retries=3)`` limits nothing, and ``def test_retries_stop()`` proves nothing. A
rule sees only nodes and their text, so evidence is looked for twice: in the text, and in a copy of the same
length whose inert words are blank. Only what both contain counts.

Inert are comments, docstrings, names of tests, messages of assertions, and the strings and labels that code
logs, prints or asserts. Expressions are not: ``logger.info("cached", usage.cache_read_input_tokens)`` does
read that number.
"""

import re
from collections.abc import Iterable, Iterator

from ast_grep_py import SgNode, SgRoot

_COMMENTS = frozenset({"comment", "line_comment", "block_comment"})
_CALLS = frozenset({"call", "call_expression", "method_invocation"})
_STRINGS = frozenset(
    {"string", "template_string", "string_literal", "interpreted_string_literal", "raw_string_literal"}
)
_STRING_PARTS = frozenset(
    {
        *("string_content", "string_fragment", "multiline_string_fragment", "escape_sequence"),
        *("interpreted_string_literal_content", "raw_string_literal_content"),
    }
)
_INTERPOLATIONS = frozenset({"interpolation", "template_substitution", "string_interpolation"})
_LABELS = {"keyword_argument": "name", "pair": "key"}
_DECLARATIONS = frozenset(
    {"function_definition", "class_definition", "function_declaration", "method_declaration"}
)

_LOGS = re.compile(
    r"(?:^|[._])(?:\w*log(?:ger|ging)?|slog|structlog|console|warnings|system\.(?:out|err)|fmt|pprint|rich"
    r"|process\.std(?:out|err)|sys\.std(?:out|err))(?:\.getlogger|\.get_logger)?(?:\([^()]{0,80}\))?"
    r"\.(?:at\w+|debug|info|warn|warning|error|exception|critical|fatal|log|trace|notice|success|msg|write"
    r"|f?print|f?println|panic)f?w?$"
    r"|^(?:print|println|pprint|printf|warn|log)$"
    r"|^t\.(?:error|fatal|log|skip)f?$",
    re.IGNORECASE,
)
# Of the functions called `assert…`, those of test libraries: `assertBudget` is the system's own.
_ASSERTS = re.compile(
    r"(?i:^(?:self|cls|assert|assertions)\.assert\w*$|(?:^|\.)(?:should|assert)$|^(?:assert|require|expect)(?:\.|\()"
    r"|^expect\w*$)"
    r"|(?:^|\.)assert_?(?i:all|any|array|called|contains?|count|dict|does|empty|equals?|eventually|false|frame|greater"
    r"|has|in|instance|is|iterable|json|length|less|lines?|list|logs|matches?|multi|near|no|nil|not|null|raises?|same"
    r"|series|set|snapshot|some|startswith|that|throws|timeout|true|tuple|type|warns|with)(?:[A-Z_]\w*)?$"
)
# Calls that only change the form of what is logged, so the labels in their arguments are labels of the log.
_TRANSPARENT = re.compile(
    r"^(?:dict|list|tuple|str|repr|format|Map\.of|Map\.entry|Object\.assign|String\.format|fmt\.Sprintf"
    r"|json\.dumps|JSON\.stringify|slog\.\w+|zap\.\w+)$|\"\.format$"
)
_NAMES_TEST = re.compile(r"^(?:it|test|describe|context|suite|specify|t\.Run)(?:\.\w+)*$")
_TEST_NAME = re.compile(r"^(?:[Tt]est|should|Benchmark|Fuzz)")
_IS_TEST = re.compile(r"@(?:\w+\.)*(?:Test|ParameterizedTest|RepeatedTest|TestFactory)\b")

# In workflows, scripts and the like: a comment, the name of a step, and what a command prints.
_LINE_ORIENTED = re.compile(r"(?:\.ya?ml|\.sh|\.bash|\.toml|(?:^|/)(?:Makefile|Dockerfile|justfile))$")
_INERT_IN_LINE = re.compile(
    r"(?:(?<=\s)|^)#.*"
    r"|^\s*(?:-\s+)?[\"']?(?:name|description|title|summary|label|displayName)[\"']?\s*:.*"
    r"|(?:^|(?<=[\s;&|@]))(?:echo|printf)\s[^;&|]*"
)

Span = tuple[int, int]


class ActiveCode:
    """A parsed text, and copies without its inert words, which are made when they are first needed."""

    def __init__(self, text: str, language: str, root: SgNode) -> None:
        self.root = root
        self._text = text
        self._language = language
        self._copies: dict[bool, SgNode] = {}

    def without_inert_words(self, *, keep_asserted: bool) -> SgNode:
        """Return the root of the copy. ``keep_asserted`` is as for ``blank_out_inert_words``."""
        if keep_asserted not in self._copies:
            plain = blank_out_inert_words(self._text, self.root, keep_asserted=keep_asserted)
            self._copies[keep_asserted] = SgRoot(plain, self._language).root()
        return self._copies[keep_asserted]


def blank_out_inert_words(text: str, root: SgNode, *, keep_asserted: bool) -> str:
    """Return ``text``, parsed as ``root``, with its inert words blank. Its length stays the same.

    If ``keep_asserted`` is set, an ``assert`` statement loses only its message. Otherwise, the strings in its
    condition are inert too, because code that checks a setting does not make it.
    """
    parts: list[str] = []
    at = 0
    for start, end in sorted(set(_find_inert(root, keep_asserted=keep_asserted))):
        if end > at:
            parts += (text[at:start], _blank(text[max(start, at) : end]))
            at = end
    return "".join((*parts, text[at:]))


def blank_out_inert_line(path: str, line: str) -> str:
    """Return a line of a file with its comment, the name of a step, and what it prints blank."""
    return _INERT_IN_LINE.sub(lambda inert: _blank(inert[0]), line) if _LINE_ORIENTED.search(path) else line


def _blank(inert: str) -> str:
    """Return text of the same length without words. A name stays a name, so that the code stays valid."""
    if inert.isidentifier():
        return "x" * len(inert)
    return "".join(character if character in "\r\n" else " " for character in inert)


def _find_inert(root: SgNode, *, keep_asserted: bool) -> Iterator[Span]:
    stack = [root]
    while stack:
        node = stack.pop()
        kind = node.kind()
        if kind in _COMMENTS:
            yield _span(node)
            continue
        children = node.children()
        if kind == "expression_statement" and len(children) == 1 and children[0].kind() == "string":
            yield from _string_words(children[0])
        elif kind == "assert_statement":
            named = [child for child in children if child.is_named() and child.kind() not in _COMMENTS]
            yield from _find_words(named[1:] if keep_asserted else named)
        elif kind in _DECLARATIONS:
            yield from _test_names(node, kind)
        elif kind in _CALLS:
            yield from _find_in_call(node, kind)
        stack += children


def _find_in_call(call: SgNode, kind: str) -> Iterator[Span]:
    callee, arguments = _callee(call, kind), call.field("arguments")
    if arguments is None:
        return
    if _NAMES_TEST.match(callee):
        first = next((child for child in arguments.children() if child.is_named()), None)
        yield from _find_words([first] if first else [])
    elif _LOGS.search(callee) or _ASSERTS.search(callee):
        yield from _find_words([arguments])


def _callee(call: SgNode, kind: str) -> str:
    """Return the text before a call's arguments, or its end if it is long."""
    if kind != "method_invocation":
        function = call.field("function")
        return function.text()[-300:] if function else ""
    target, name = call.field("object"), call.field("name")
    return ".".join(part.text()[-300:] for part in (target, name) if part)


def _find_words(nodes: Iterable[SgNode]) -> Iterator[Span]:
    """Yield the strings and labels in some nodes, but not those in calls that do something themselves."""
    stack = list(nodes)
    while stack:
        node = stack.pop()
        kind = node.kind()
        if kind in _STRINGS:
            yield from _string_words(node)
            stack += [child for child in node.children() if child.kind() in _INTERPOLATIONS]
            continue
        if kind in _CALLS and not _TRANSPARENT.search(_callee(node, kind)):
            continue
        label = node.field(_LABELS[kind]) if kind in _LABELS else None
        if label and label.kind() not in _STRINGS:
            yield _span(label)
        stack += node.children()


def _string_words(string: SgNode) -> Iterator[Span]:
    parts = [child for child in string.children() if child.kind() in _STRING_PARTS]
    yield from map(_span, parts)


def _test_names(node: SgNode, kind: str) -> Iterator[Span]:
    name = node.field("name")
    if name is None:
        return
    annotations = "".join(child.text() for child in node.children() if child.kind() == "modifiers")
    if _TEST_NAME.match(name.text()) or (kind == "method_declaration" and _IS_TEST.search(annotations)):
        yield _span(name)
        yield from _find_words(child for child in node.children() if child.kind() == "modifiers")


def _span(node: SgNode) -> Span:
    found = node.range()
    return found.start.index, found.end.index
