"""Which files leave a gap if they are not read: those that people write.

A picture or an archive is nobody's decision, and says so by its name or its bytes. A file that is called
``app.py`` and cannot be read is one that nobody has looked at.
"""

import re
from collections.abc import Collection, Iterable

from bot.domain.review.diff import SUBMODULE, SYMLINK, FileDiff
from bot.domain.review.file_selection import SkipReason, skip_reason_by_content


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WRITTEN = _words(
    "py pyi js mjs cjs jsx ts mts cts tsx go java kt kts scala groovy gradle rb rs c h cc cpp cxx hh hpp cs "
    "fs vb swift m mm php pl pm lua r jl dart ex exs erl hrl clj cljs hs ml sql sh bash zsh fish ps1 bat cmd "
    "tf tfvars hcl bicep template yaml yml json json5 jsonl ndjson ipynb toml ini cfg conf env properties "
    "xml html htm xhtml css scss sass less vue svelte astro md mdx markdown rst adoc txt tex proto graphql "
    "pyw gql j2 jinja jinja2 tmpl tpl hbs mustache prompt prisma thrift avsc rego cue nix"
)
_WRITTEN_NAMES = re.compile(
    r"(?:(?:docker|container|make|jenkins|proc|pip|model|vagrant|brew|gem|rake|just)file(?:\..*)?"
    r"|readme|license|licence|notice|changelog|contributing|codeowners|authors|go\.mod|gnumakefile|justfile"
    r"|\.(?:env.*|gitignore|gitattributes|dockerignore|senseiignore|editorconfig|npmrc|bashrc|.*rc))\Z"
)
# Bytes that no text holds in any encoding of the past: of ASCII's controls, those that nobody types.
_CONTROLS = frozenset(range(0x20)) - frozenset(b"\t\n\f\r\x08\x1b")
_LOOKED_AT = 8000
MOST_SEARCHED = 2_000_000_000  # characters: some three seconds


def is_written(path: str) -> bool:
    """Say whether a file's name says that people write it: source, configuration, prose."""
    name = path.rpartition("/")[2].lower()
    return name.rpartition(".")[2] in _WRITTEN or _WRITTEN_NAMES.match(name) is not None


def leaves_a_gap(file: FileDiff, data: bytes | None) -> bool:
    """Say whether a file should have been read, of one that was not and that nothing hides.

    ``data`` are its bytes; None where it was not even opened, and nobody can say what is in it.
    """
    if file.new is None or file.path.lower().endswith(".svg"):
        return False  # what is gone cannot do anything, and a picture decides nothing
    if file.new.mode in {SYMLINK, SUBMODULE}:
        # Elsewhere they are an ordinary thing; here they stand where people's own words are looked for.
        return is_written(file.path) or (file.old is not None and file.old.mode != file.new.mode)
    return data is None or is_written(file.path) or _is_text(data)


def _is_text(data: bytes) -> bool:
    """Say whether bytes are something that people wrote, whatever the file is called."""
    if data.startswith((b"#!", b"\xff\xfe", b"\xfe\xff")):
        return True
    if skip_reason_by_content(data) in {SkipReason.BINARY, SkipReason.LFS_POINTER}:
        return False
    return _CONTROLS.isdisjoint(data[:_LOOKED_AT])


def may_stand_in(texts: Collection[str], passages: Iterable[str], most: int = MOST_SEARCHED) -> set[str]:
    """Return the passages that are in one of the texts, or that were not looked for.

    Once ``most`` characters have been searched nothing more is looked for: a change decides how many passages
    and how much text there are.
    """
    different = set(texts)
    each = sum(map(len, different))
    found = set()
    for n, passage in enumerate(dict.fromkeys(passages), 1):
        if n * each > most or any(passage in text for text in different):
            found.add(passage)
    return found
