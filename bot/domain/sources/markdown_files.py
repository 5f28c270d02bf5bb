"""Which Markdown files of a tree Sensei may cite, by their paths, and reading one."""

import posixpath
import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from bot.domain.decisions.record_naming import is_record_path, is_template_path
from bot.domain.review.paths import path_on_one_line, to_git
from bot.domain.secrets.detection import Redactor
from bot.domain.sources.documents import Document
from bot.domain.sources.markdown_passages import make_document

_ENDINGS = (".md", ".markdown", ".mdx")
_ELSEWHERE = frozenset({"node_modules", "vendor", "third_party", "site-packages"})
_LONGEST_PATH = 400
"""Characters. ``.senseiignore`` can't name a longer one, so nobody could leave it out."""
_DOCUMENT_FOLDERS = frozenset({"doc", "docs", "documentation", "design", "designs", "architecture", "rfcs"})
_README = re.compile(r"readme(?:[-_.].*)?\Z", re.IGNORECASE)
_DESIGN = re.compile(r"(?:.*[-_. ])?(?:design|architecture)(?:[-_. ].*)?\Z", re.IGNORECASE)


def choose_pages(paths: Iterable[str]) -> Sequence[str]:
    """Return the Markdown files, in order. Files in hidden folders, and of others' code, are left out."""
    return sorted(path for path in paths if _is_page(path))


def choose_documents(paths: Iterable[str], given: Iterable[str] = ()) -> Sequence[str]:
    """Return the pages that document a capstone, those near the root first.

    These are README files, decision records, design documents, what is in a folder of documents, and the
    files in ``given``, if they exist. Prompts and data of evals often are Markdown as well; they aren't.
    """
    wanted = frozenset(given)
    found = [path for path in choose_pages(paths) if path in wanted or _documents_something(path)]
    return sorted(found, key=lambda path: (path not in wanted, path.count("/"), path))


def make_page(path: str, content: bytes, address: str) -> Document | None:
    """Return the document of a file, without secrets; None if it isn't UTF-8 text or says nothing."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if "\0" in text:
        return None
    name = path_on_one_line(path)
    document = make_document(name, redact(text), address)
    return document if document.passages else None


def redact(text: str) -> str:
    """Return a text with each secret that is recognised replaced: the index may outlive its source."""
    redactor = Redactor()
    redactor.learn(text)
    return redactor.redact(text)


def page_address(base: str, path: str) -> str:
    """Return the address of a page below a base address, or "" without one."""
    return f"{base.rstrip('/')}/{quote(to_git(path))}" if base else ""


def _is_page(path: str) -> bool:
    folders = path.split("/")[:-1]
    if any(folder.startswith(".") or folder in _ELSEWHERE for folder in folders):
        return False
    name = posixpath.basename(path)
    return name.lower().endswith(_ENDINGS) and not name.startswith(".") and len(path) <= _LONGEST_PATH


def _documents_something(path: str) -> bool:
    *folders, name = path.split("/")
    if is_template_path(path):
        return False
    stem = name.rpartition(".")[0]
    return (
        is_record_path(path)
        or _README.match(stem) is not None
        or _DESIGN.match(stem) is not None
        or any(folder.lower() in _DOCUMENT_FOLDERS for folder in folders)
    )
