"""Decide which unread files make a review incomplete: those of kinds that people write.

An image or an archive contains no decisions, and its name or its bytes show what it is. A file called
``app.py`` that cannot be read leaves a gap in the review.
"""

import re
from collections.abc import Collection, Iterable

from bot.domain.review.diff import SUBMODULE, SYMLINK, FileDiff
from bot.domain.review.file_selection import SkipReason, skip_reason_by_content


def _split_words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WRITTEN = _split_words(
    "py pyi js mjs cjs jsx ts mts cts tsx go java kt kts scala groovy gradle rb rs c h cc cpp cxx hh hpp cs "
    "fs vb swift m mm php pl pm lua r jl dart ex exs erl hrl clj cljs hs ml sql sh bash zsh fish ps1 bat cmd "
    "tf tfvars hcl bicep template yaml yml json json5 jsonl ndjson ipynb toml ini cfg conf env properties "
    "xml html htm xhtml css scss sass less vue svelte astro md mdx markdown rst adoc txt tex proto graphql "
    "pyw gql j2 jinja jinja2 tmpl tpl hbs mustache prompt prisma thrift avsc rego cue nix"
)
# Of these, the languages of web pages, which programs minify.
_MINIFIED = _split_words("js mjs cjs jsx ts mts cts tsx json html htm xhtml xml css scss less vue svelte php")
_WRITTEN_NAMES = re.compile(
    r"(?:(?:docker|container|make|jenkins|proc|pip|model|vagrant|brew|gem|rake|just)file(?:\..*)?"
    r"|readme|license|licence|notice|changelog|contributing|codeowners|authors|go\.mod|gnumakefile|justfile"
    r"|\.(?:env.*|gitignore|gitattributes|dockerignore|senseiignore|editorconfig|npmrc|bashrc|.*rc))\Z"
)
# ASCII control characters that nobody types. Text in old encodings does not contain them either.
_CONTROLS = frozenset(range(0x20)) - frozenset(b"\t\n\f\r\x08\x1b")
_LOOKED_AT = 8000
MOST_SEARCHED = 2_000_000_000  # characters, which take about three seconds


def is_written_by_people(path: str) -> bool:
    """Return whether a file's name shows that people write such files: source, configuration, prose."""
    name = path.rpartition("/")[2].lower()
    return name.rpartition(".")[2] in _WRITTEN or _WRITTEN_NAMES.match(name) is not None


def may_be_minified(path: str) -> bool:
    """Return whether a file's name allows that a program minified it, as far as people write such files."""
    return path.rpartition(".")[2].lower() in _MINIFIED or not is_written_by_people(path)


def leaves_gap(file: FileDiff, data: bytes | None) -> bool:
    """Return whether an unread file, not hidden by anything, should have been read.

    ``data`` has its bytes, or is None if the file was not opened and its content is unknown.
    """
    if file.new is None or file.path.lower().endswith(".svg"):
        return False  # a deleted file has no effect, and an image contains no decision
    if file.new.mode in {SYMLINK, SUBMODULE}:
        # These are harmless unless they have the name of a file that people write, or replace a regular file.
        return is_written_by_people(file.path) or (file.old is not None and file.old.mode != file.new.mode)
    return data is None or is_written_by_people(file.path) or _is_text(data)


def _is_text(data: bytes) -> bool:
    """Return whether bytes are text, whatever the file's name."""
    if data.startswith((b"#!", b"\xff\xfe", b"\xfe\xff")):
        return True
    if skip_reason_by_content(data) in {SkipReason.BINARY, SkipReason.LFS_POINTER}:
        return False
    return _CONTROLS.isdisjoint(data[:_LOOKED_AT])


def find_passages(texts: Collection[str], passages: Iterable[str], limit: int = MOST_SEARCHED) -> set[str]:
    """Return the passages that one of the texts contains, and those that were not searched for.

    The search ends after ``limit`` characters, because a change can contain any number of passages and any
    amount of text.
    """
    different = set(texts)
    length = sum(map(len, different))
    found = set()
    for number, passage in enumerate(dict.fromkeys(passages), 1):
        if number * length > limit or any(passage in text for text in different):
            found.add(passage)
    return found
