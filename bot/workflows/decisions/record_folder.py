"""How a repository keeps its decision records, read from its head, and the files that a new one changes."""

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from bot.domain.decisions.record_layouts import RecordLayout, StatusPlace, choose_layout
from bot.domain.decisions.record_naming import (
    RecordNaming,
    find_naming,
    is_record_path,
    is_template_path,
    read_number,
)
from bot.domain.decisions.record_parsing import see_layout
from bot.domain.decisions.record_text import MOST_CHARACTERS
from bot.domain.decisions.records import Decision
from bot.domain.decisions.supersession import mark_superseded
from bot.domain.review.paths import display_path
from bot.ports.checkout import Branches, CloneRequest
from bot.ports.engine import Json
from bot.rendering.decisions.markdown import RecordLinks, format_record

_MOST_SEEN = 20
"""Maximum records whose layout is looked at, the newest first."""
_MOST_RECORDS = 300


@dataclass(frozen=True)
class RecordFolder:
    """The records of a head: their paths, the contents of the small ones, and what they have in common."""

    paths: Sequence[str]
    contents: Mapping[str, bytes]
    naming: RecordNaming
    layout: RecordLayout

    def naming_json(self) -> Json:
        """Return the naming as a JSON value."""
        return asdict(self.naming)

    def make_files(
        self, decision: Decision, earlier: Decision | None, path: str, page: str
    ) -> Mapping[str, bytes]:
        """Return the files to commit: the new record, and the earlier one with its status changed.

        ``page`` is the repository's page. The earlier one changes only if its file states a status.
        """
        supersedes, files = None, dict[str, bytes]()
        if earlier is not None and earlier.path is not None and earlier.path in self.contents:
            supersedes = (_relative(earlier.path, path), earlier.title)
            old = self.contents[earlier.path].decode("utf-8", "surrogateescape")
            name = posixpath.basename(path).removesuffix(".md")
            if changed := mark_superseded(old, name, _relative(path, earlier.path)):
                files[earlier.path] = changed.encode("utf-8", "surrogateescape")
        text = format_record(
            decision, RecordLinks(page, supersedes), self.layout, heading=self._number_in_title(path)
        )
        return {path: text.encode(), **files}

    def _number_in_title(self, path: str) -> str:
        """Return ``7. `` for records whose titles are numbered, as Nygard's are."""
        number = read_number(self.naming, path)
        return f"{number}. " if number is not None and self.layout.status is StatusPlace.HEADING else ""


def read_record_folder(branches: Branches, request: CloneRequest) -> RecordFolder:
    """Read the records and templates of a head.

    Raises:
        TransientError, PermanentError, IncompleteReadingError: as ``Branches.read_files``.
    """
    paths, contents = branches.read_files(request, _choose_files, MOST_CHARACTERS)
    printable = [path for path in paths if display_path(path) == path]
    naming = find_naming(printable)
    newest = sorted(
        (path for path in contents if is_record_path(path)),
        key=lambda path: (posixpath.dirname(path) == naming.folder, posixpath.basename(path)),
        reverse=True,
    )
    seen = [layout for path in newest[:_MOST_SEEN] if (layout := see_layout(contents[path]))]
    templates = [path for path in sorted(contents) if is_template_path(path)]
    near = [path for path in templates if posixpath.dirname(path) == naming.folder] or templates
    template = see_layout(contents[near[0]]) if near else None
    records = [path for path in printable if is_record_path(path)]
    return RecordFolder(records, contents, naming, choose_layout(template, seen))


def _choose_files(paths: Sequence[str]) -> Sequence[str]:
    wanted = [path for path in paths if is_record_path(path) or is_template_path(path)]
    return sorted(wanted)[-_MOST_RECORDS:]


def _relative(path: str, other: str) -> str:
    """Return a path as a link from another file's folder."""
    return posixpath.relpath(path, posixpath.dirname(other) or ".")
