"""Check that a file with the name of a lock file is one. Otherwise, code could hide behind such a name."""

import json
import re

# The names of lock files in JSON, and keys of which each file has at least one at its top.
_JSON_KEYS = {
    "package-lock.json": {"lockfileVersion"},
    "npm-shrinkwrap.json": {"lockfileVersion"},
    "bun.lock": {"lockfileVersion"},
    "packages.lock.json": {"dependencies"},
    "package.resolved": {"pins", "object"},
}
# The names of other files that end in ".lock". A prompt has no statements, and could have any other name.
_LOCKS = re.compile(
    r"(?:uv|poetry|pdm|pixi|pipfile|yarn|bun|deno|gemfile|cargo|composer|symfony|mix|rebar|podfile|pubspec|flake"
    r"|chart|helmfile|paket|project|buf|gopkg|glide|stack\.yaml|shard|renv|conan|berksfile|puppetfile|nimble"
    r"|spago|devbox|mise|module\.bazel|packages|conda|\.terraform|requirements[\w.-]*)\.lock"
)
# Parsing takes up to forty times the memory of the text. A larger file needs only the right beginning, and no
# statements.
_MOST_PARSED = 2_000_000  # bytes
_BEGINNING = 4096  # bytes
# How a statement starts in languages that people write. No lock file has a line like these.
_STATEMENT = re.compile(
    rb"^[ \t]*(?:"
    rb"(?:from[ \t]+[\w.]+[ \t]+)?import[ \t]+[\w{*.]|(?:async[ \t]+)?def[ \t]+\w+[ \t]*\(|class[ \t]+\w"
    rb"|(?:export|const|let|var|public|private|static|func)[ \t]+\w"
    rb"|(?:async[ \t]+)?function(?:[ \t]+\w|[ \t]*\()"
    rb"|return[ \t;]|(?:if|for|while|with|switch)(?:[ \t]+\S|[ \t]*\().*[:{][ \t]*\r?$"
    rb"|\w[\w.]*\(.*\)[ \t]*+;?[ \t]*+\r?$|#!)",
    re.MULTILINE,
)

_TRAILING_COMMA = re.compile(rb",(?=\s*[}\]])")  # bun.lock has them, and JSON must not


def is_lock_file(path: str, data: bytes) -> bool:
    """Return whether the content of a file that is named like a lock file has the form of one."""
    name = path.rpartition("/")[2].lower()
    if name.endswith(".lock") and not _LOCKS.fullmatch(name):
        return False
    if name in _JSON_KEYS or data.lstrip()[:1] == b"{":
        return _has_keys(data, _JSON_KEYS.get(name, set()))
    return _STATEMENT.search(data) is None


def _has_keys(data: bytes, keys: set[str]) -> bool:
    """Return whether bytes are a JSON object with one of some keys, or with any if none are named."""
    if len(data) > _MOST_PARSED:
        beginning = data.lstrip()[:_BEGINNING]
        named = not keys or any(f'"{key}"'.encode() in beginning for key in keys)
        return beginning[:1] == b"{" and named and _STATEMENT.search(data) is None
    try:
        document = json.loads(_TRAILING_COMMA.sub(b"", data))
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and (not keys or not keys.isdisjoint(document))
