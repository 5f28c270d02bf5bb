"""What a file declares: the names of imported functions, the types of fields, and constant texts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

from ast_grep_py import Config

from bot.domain.review.flow.syntax import Node

_FROM = re.compile(
    r"^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]+(?:\(([^()]{0,2000})\)|([^\n#(]{0,500}))", re.MULTILINE
)
_IMPORT_AS = re.compile(r"^[ \t]*import[ \t]+([\w.]+)[ \t]+as[ \t]+(\w+)", re.MULTILINE)
_SCRIPT_NAMES = re.compile(
    r"\{([^{}]{0,2000})\}\s{0,9}(?:from|=\s{0,9}require\()\s{0,9}[\"'](?:node:)?([\w./@-]{1,100})[\"']"
)
_SCRIPT_WHOLE = re.compile(
    r"(?:import\s{1,9}(?:\*\s{0,9}as\s{1,9})?|(?:const|let|var)\s{1,9})(\w{1,60})\s{1,9}(?:from|=\s{0,9}require\()\s{0,9}[\"'](?:node:)?([\w./@-]{1,100})[\"']"
)
_PROMISIFIED = re.compile(
    r"(?:const|let|var)\s{1,9}(\w{1,60})\s{0,9}=\s{0,9}(?:\w{1,20}\.)?promisify\((?:\w{1,60}\.)?(exec|execFile)\)"
)
# What a field may hold if it may hold any text, or something with fields of its own.
_HOLDS_TEXT = re.compile(
    r"\b(str|string|String|Any|any|object|dict|list|List|Array|unknown|Record|Map|Object|JsonNode|nullish|record)\b"
)
_NARROWED = re.compile(
    r"\b(pattern|regex|Literal|enum|Enum|literal|uuid|regexp|nativeEnum|Pattern|allow_list)\b"
)
_MOST_DECLARATIONS = 3000
_VALIDATED = re.compile(r"@(?:\w{1,40}\.)?(?:field_)?validator\(([^()]{0,300})\)")
# A name that an imported or earlier schema has, such as `Kind` or `Kind.optional()`.
_NAMED_SCHEMA = re.compile(r"(\w{1,60})(?:\.\w{1,30}\([^()]{0,60}\)){0,4}")
_FIELDS = {
    "assignment": ("left", "type"),
    "pair": ("key", "value"),
    "property_signature": ("name", "type"),
    "formal_parameter": ("name", "type"),
    "field_declaration": ("declarator", "type"),
}
_CONSTANTS = {"assignment": ("left", "right"), "variable_declarator": ("name", "value")}


@dataclass(slots=True)
class FileFacts:
    """``aliases``: a local name's full path. ``types``: the declared types of each field's name.

    ``constants``: the beginning of the text that a name was set to. ``validated``: the fields with a function
    that checks them.
    """

    aliases: dict[str, str] = field(default_factory=dict)
    types: dict[str, list[str]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    validated: frozenset[str] = frozenset()

    def holds_text(self, name: str) -> bool:
        """Return whether a field of that name may hold any text, as far as this file declares it."""
        if name in self.validated:
            return False
        types = self.types.get(name, [])
        return not types or any(
            _HOLDS_TEXT.search(declared) and not _NARROWED.search(declared) for declared in types
        )


def gather_facts(root: Node, text: str, language: str) -> FileFacts:
    """Read the declarations of a file."""
    facts = FileFacts(dict(_aliases(text, language)))
    if language == "python":
        named = (re.findall(r"[\"'](\w+)[\"']", fields) for fields in _VALIDATED.findall(text))
        facts.validated = frozenset(name for names in named for name in names)
    kinds = [{"kind": kind} for kind in _kinds(language)]
    for raw in root.raw.find_all(cast("Config", {"rule": {"any": kinds}}))[:_MOST_DECLARATIONS]:
        _declare(facts, Node(raw))
    return facts


def _kinds(language: str) -> list[str]:
    if language == "python":
        return ["assignment", "pair"]
    if language == "java":
        return ["formal_parameter", "field_declaration", "variable_declarator"]
    return ["pair", "variable_declarator", *(["property_signature"] if language != "javascript" else [])]


def _declare(facts: FileFacts, node: Node) -> None:
    if node.kind in _FIELDS:
        name, declared = (node.field(part) for part in _FIELDS[node.kind])
        if name and declared and _declares_type(node, declared):
            key = name.text().partition("=")[0].strip().strip("\"'")
            facts.types.setdefault(key, []).append(_describe_type(facts, node, declared))
    if node.kind in _CONSTANTS:
        name, value = (node.field(part) for part in _CONSTANTS[node.kind])
        if name and value and name.kind == "identifier":
            facts.constants[name.text()] = value.text()[:300]


def _describe_type(facts: FileFacts, node: Node, declared: Node) -> str:
    """Return the text of a type or, for a schema that has a name, what the name was set to if it is known."""
    text = declared.text()[:300]
    named = _NAMED_SCHEMA.fullmatch(text) if node.kind == "pair" else None
    return facts.constants.get(named[1], text) if named else text


def _declares_type(node: Node, declared: Node) -> bool:
    """Return whether a declaration says what a field holds. A pair does only in a schema."""
    if node.kind == "pair" and _NAMED_SCHEMA.fullmatch(declared.text()[:300]) and _is_in_schema(node):
        return True
    return node.kind != "pair" or bool(
        re.match(r"z\s*\.|\w+\.(string|number|boolean|enum)\(", declared.text()[:60])
        or (
            declared.kind in {"dictionary", "object"}
            and re.search(r"[\"']?type[\"']?\s*:", declared.text()[:300])
        )
    )


def _is_in_schema(pair: Node) -> bool:
    """Return whether a pair belongs to `z.object({ … })`, or to an object that extends one."""
    node = pair.raw.parent()
    for _ in range(2):
        node = node.parent() if node is not None else None
    return (
        node is not None
        and node.kind() == "call_expression"
        and re.match(r"z\s*\.\s*(strict|loose)?[oO]bject\b|\w+\s*\.\s*extend\(", node.text()[:60]) is not None
    )


def _aliases(text: str, language: str) -> Iterator[tuple[str, str]]:
    if language == "python":
        for module, inside, plain in _FROM.findall(text):
            yield from _renamed(inside or plain, module, " as ")
        yield from ((alias, module) for module, alias in _IMPORT_AS.findall(text))
    elif language != "java":
        for names, module in _SCRIPT_NAMES.findall(text):
            yield from _renamed(names.replace(":", " as "), module, " as ")
        yield from ((alias, module) for alias, module in _SCRIPT_WHOLE.findall(text) if module.isidentifier())
        yield from ((alias, f"child_process.{name}") for alias, name in _PROMISIFIED.findall(text))


def _renamed(names: str, module: str, word: str) -> Iterator[tuple[str, str]]:
    for part in names.split(","):
        name, _, alias = part.strip().partition(word)
        # Only modules whose functions are named in rules need their full path; others keep the local name.
        if name and module.partition("/")[0] in _KNOWN:
            yield (alias or name).strip(), f"{module}.{name.strip()}"


_KNOWN = frozenset(
    {
        "subprocess",
        "os",
        "shutil",
        "asyncio",
        "pathlib",
        "json",
        "shlex",
        "re",
        "html",
        "child_process",
        "fs",
        "vm",
        "path",
    }
)
