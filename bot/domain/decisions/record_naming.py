"""Which files of a repository are decision records, and what the next one is called there."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

_FOLDERS = re.compile(
    r"(?:\A|/)(?:adrs?|decisions?|decision[-_](?:records?|logs?)|architecture[-_]decisions?"
    r"|architecture[-_]decision[-_]records?)\Z",
    re.IGNORECASE,
)
# Records there belong to tests, or to other projects.
_FOREIGN = re.compile(
    r"(?:\A|/)(?:[\w-]*tests?|fixtures?|testdata|examples?|samples?|node_modules|vendor|third[-_]party)/",
    re.IGNORECASE,
)
_ENDINGS = (".md", ".markdown")
_RECORD_NAME = re.compile(r"adr[-_ ]?\d{1,5}(?!\d)|.{1,200}\.adr\.md\Z", re.IGNORECASE)
_NO_RECORD = re.compile(
    r"(?:readme|index|changelog|contributing|glossary|toc)\.|.{0,100}template", re.IGNORECASE
)
_TEMPLATE = re.compile(r".{0,100}template", re.IGNORECASE)
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2}|\d{8})(?!\d)([-_ ]?)")
_NUMBERED = re.compile(r"((?:adr|decision|dr)?[-_]?)(\d{1,5})(?!\d)([-_. ]{0,2})", re.IGNORECASE)
_USABLE_FOLDER = re.compile(r"[\w][\w./-]{0,200}", re.ASCII)
_LONGEST_PATH = 300
_LONGEST_SLUG = 60
DEFAULT_FOLDER = "docs/decisions"


@dataclass(frozen=True, slots=True)
class RecordNaming:
    """How a repository names its records.

    A name has a ``prefix``, the number in at least ``width`` digits, a ``separator`` and, if ``titled``, the
    title. With ``dated``, a format of ``strftime``, it has the date and no number.
    """

    folder: str = DEFAULT_FOLDER
    prefix: str = ""
    width: int = 4
    separator: str = "-"
    titled: bool = True
    dated: str = ""

    def path(self, number: int, title: str, on: date) -> str:
        """Return the path of a new record."""
        first = on.strftime(self.dated) if self.dated else f"{self.prefix}{number:0{self.width}}"
        slug = make_slug(title) if self.titled or self.dated else ""
        name = f"{first}{self.separator}{slug}" if slug else first
        return f"{self.folder}/{name}.md" if self.folder else f"{name}.md"


def make_slug(title: str) -> str:
    """Return a title as part of a file's name: lower-case ASCII letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().casefold()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return (
        slug
        if len(slug) <= _LONGEST_SLUG
        else slug[:_LONGEST_SLUG].rpartition("-")[0] or slug[:_LONGEST_SLUG]
    )


def is_record_path(path: str) -> bool:
    """Return whether a file is a decision record, by its folder or its name."""
    folder, name = _split(path)
    if len(path) > _LONGEST_PATH or not name.casefold().endswith(_ENDINGS):
        return False
    if _NO_RECORD.match(name) or _FOREIGN.search(path):
        return False
    return _FOLDERS.search(folder) is not None or _RECORD_NAME.match(name) is not None


def is_template_path(path: str) -> bool:
    """Return whether a file is a template of decision records."""
    folder, name = _split(path)
    is_page = len(path) <= _LONGEST_PATH and name.casefold().endswith(_ENDINGS) and not _FOREIGN.search(path)
    near = _FOLDERS.search(folder) or re.search(r"adr|decision", name, re.IGNORECASE)
    return is_page and _TEMPLATE.match(name) is not None and near is not None


def find_naming(paths: Iterable[str]) -> RecordNaming:
    """Return how a repository names its records, from the paths of its files."""
    listed = list(paths)
    records = [path for path in listed if is_record_path(path)]
    homes = Counter(folder for path in records if _is_usable(folder := _split(path)[0]))
    if not homes:
        templates = (_split(path)[0] for path in listed if is_template_path(path))
        folder = next(filter(_is_usable, templates), DEFAULT_FOLDER)
        return RecordNaming(folder=folder)
    # The folder nearest to the root; of several, the one with the most records; then the first by name.
    folder = min(homes, key=lambda home: (home.count("/"), -homes[home], home))
    names = [name for path in records if _split(path)[0] == folder and (name := _split(path)[1])]
    shapes = Counter(shape for name in names if (shape := _read_shape(folder, name)))
    return (
        max(shapes, key=lambda shape: (shapes[shape], shape.titled, shape.width))
        if shapes
        else RecordNaming(folder=folder)
    )


def next_number(naming: RecordNaming, paths: Iterable[str], decision: int) -> int:
    """Return a number that none of the paths has: the decision's own in a folder without records."""
    taken = {number for path in paths if (number := read_number(naming, path)) is not None}
    return max(taken) + 1 if taken else decision


def read_number(naming: RecordNaming, path: str) -> int | None:
    """Return the number of a record in the folder, or None if the file has none."""
    folder, name = _split(path)
    if folder != naming.folder or naming.dated:
        return None
    found = None if _DATED.match(name) else _NUMBERED.match(name)
    return int(found[2]) if found else None


def make_path(naming: RecordNaming, title: str, on: date, taken: Collection[str], decision: int) -> str:
    """Return a path for a new record whose number and name are not taken."""
    number = next_number(naming, taken, decision)
    path = naming.path(number, title, on)
    stem = path.removesuffix(".md")
    return next(
        name
        for attempt in range(len(taken) + 1)
        if (name := f"{stem}-{attempt + 1}.md" if attempt else path) not in taken
    )


def _split(path: str) -> tuple[str, str]:
    folder, _, name = path.rpartition("/")
    return folder, name


def _is_usable(folder: str) -> bool:
    """Return whether Sensei may write into a folder: its name has no odd characters, and isn't hidden."""
    return _USABLE_FOLDER.fullmatch(folder) is not None and ".." not in folder


def _read_shape(folder: str, name: str) -> RecordNaming | None:
    stem = name.rpartition(".")[0]
    if dated := _DATED.match(stem):
        format_ = "%Y-%m-%d" if "-" in dated[1] else "%Y%m%d"
        return RecordNaming(folder, separator=dated[2] or "-", dated=format_)
    found = _NUMBERED.match(stem)
    if found is None:
        return None
    titled = bool(stem[found.end() :])
    width = len(found[2]) if found[2].startswith("0") else 1 if len(found[2]) < 4 else 4
    return RecordNaming(folder, found[1], width, found[3] or "-", titled)
