"""Reading a cohort's handbook into the index: a folder on the server, or a repository at the code host.

A reading that fails changes nothing in the index: what was known stays known, and the problem is stored for
``sensei handbook show``.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

import structlog

from bot.domain.enquiries.records import Handbook
from bot.domain.review.paths import path_on_one_line, to_git
from bot.domain.sources.documents import Document, cohort_scope
from bot.domain.sources.markdown_files import choose_pages, make_page, page_address
from bot.errors import IncompleteReadingError, PermanentError, TransientError, UserError
from bot.ports.checkout import Branches, CloneRequest
from bot.ports.code_host import CodeHost, HostRejectedError
from bot.ports.engine import Json, Steps
from bot.ports.jobs import Job
from bot.ports.sources import HandbookFolders, IndexChanges, ReadFiles, SearchIndex
from bot.ports.store import Store, Tx
from bot.rendering.text.safe_text import list_first
from bot.workflows.sources.kept_files import list_kept, read_kept

log = structlog.get_logger(__name__)

KIND = "handbook"
"""The kind of the job, and the name of the workflow."""
MOST_PAGES = 2_000
MOST_BYTES = 250_000
"""Maximum size of a page."""
MOST_BYTES_OF_ALL = 10_000_000
"""Maximum size of all pages. Looking for secrets and headings in them takes some three seconds a MB."""
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class HandbookResult:
    """What came of a reading. ``pages`` are those that can be found now.

    ``problem`` says why nothing was read, or which pages were left out; it may be empty. ``changes`` is None
    if the index stayed as it was.
    """

    pages: int
    problem: str = ""
    changes: IndexChanges | None = None


@dataclass(frozen=True)
class HandbookReading:
    """Reads handbooks. ``host`` connects to the code host, which a folder doesn't need.

    ``web`` is the code host's web address.
    """

    store: Store
    index: SearchIndex
    folders: HandbookFolders
    branches: Branches
    host: Callable[[], CodeHost]
    web: str
    now: Callable[[], datetime]
    _indexed: dict[int, tuple[str, HandbookResult]] = field(default_factory=dict)
    """For each cohort, a digest of the files that this process read last, and what came of them."""
    _read_at: dict[int, datetime] = field(default_factory=dict)
    """For each cohort, when this process read last, as it is stored."""

    def run(self, steps: Steps, argument: Json) -> Json:
        """Do the workflow ``handbook``. A failed reading is no failed workflow: the next hour has another."""
        cohort: int = argument["cohort"]

        def read() -> Json:
            result = self.read(cohort)
            if result is not None:
                log.info("handbook.read", cohort=cohort, pages=result.pages, problem=result.problem)
            return {"outcome": "gone" if result is None else "problem" if result.problem else "done"}

        return steps.step("read", read)

    def read(self, cohort: int) -> HandbookResult | None:
        """Read a cohort's handbook now; return None if it has none, or got another one meanwhile."""
        with self.store.read() as tx:
            handbook = tx.handbooks.of(cohort)
        if handbook is None:
            return None
        if handbook.read_at != self._read_at.get(cohort):  # another process has read it since
            self._indexed.pop(cohort, None)
        try:
            files, base = self._read_files(handbook)
            if not self._is_current(handbook):
                return None
            result = self._index(cohort, files, base)
        except (UserError, PermanentError) as failed:
            return self._note_problem(handbook, str(failed))
        except HostRejectedError as failed:
            refused = f"GitHub refused it: {failed.what.rstrip('.')}."
            remedy = "Check that the App can read the repository. Sensei tries again every hour."
            return self._note_problem(handbook, f"{refused} {remedy}")
        except (TransientError, IncompleteReadingError) as failed:
            return self._note_problem(handbook, f"{failed} Sensei tries again every hour.")
        return self._note_read(handbook, result)

    def _read_files(self, handbook: Handbook) -> tuple[Mapping[str, bytes | None], str]:
        """Return the pages of a handbook, None for those that are too large, and their base address.

        Raises:
            UserError: it can't be opened, has no pages, or is too large.
        """
        read, base = self._open(handbook)
        pages = choose_pages(list_kept(read))
        _require_some(pages)
        files, size = dict[str, bytes | None](), 0
        for path, content in read_kept(read, pages, MOST_BYTES):
            files[path] = content
            size += len(content or b"")
            if size > MOST_BYTES_OF_ALL:
                raise UserError(
                    f"The handbook's pages add up to more than {MOST_BYTES_OF_ALL // 1_000_000} MB.",
                    "Leave out what participants don't need: name it in .senseiignore.",
                )
        return files, base

    def _index(self, cohort: int, files: Mapping[str, bytes | None], base: str) -> HandbookResult:
        """Let the index hold these files. Those of the last hour usually are the same, and it has them."""
        digest = _digest(files, base)
        before, result = self._indexed.get(cohort, ("", HandbookResult(0)))
        if digest == before and cohort_scope(cohort) in self.index.list_scopes():
            return replace(result, changes=IndexChanges(0, result.pages, 0))
        documents, left_out = list[Document](), list[str]()
        for path, content in files.items():
            page = None if content is None else make_page(path, content, page_address(base, path))
            if page is not None:
                documents.append(page)
            elif content is None or content.strip():  # an empty page isn't missed
                left_out.append(path)
        self._indexed.pop(cohort, None)  # if this fails in between, the index has a part of them
        changes = self.index.replace(cohort_scope(cohort), documents)
        result = HandbookResult(len(documents), _describe_left_out(left_out), changes)
        self._indexed[cohort] = (digest, result)
        return result

    def _open(self, handbook: Handbook) -> tuple[ReadFiles, str]:
        """Return what reads a handbook's files, and the address below which readers find its pages."""
        if not is_repository(handbook.place):
            return (lambda choose, most: self.folders.read_files(handbook.place, choose, most)), handbook.link
        host = self.host()
        repository = host.find_repository(handbook.place)
        head = host.branch_head(repository, repository.default_branch)
        token = host.git_token(repository)
        request = CloneRequest(repository.id, repository.clone_url, token, None, head)
        page = page_address(
            f"{self.web}/{repository.owner}/{repository.name}/blob", repository.default_branch
        )
        return (lambda choose, most: self.branches.read_files(request, choose, most)), handbook.link or page

    def _note_problem(self, handbook: Handbook, problem: str) -> HandbookResult | None:
        return self._note_read(handbook, HandbookResult(self._count_known(handbook), problem))

    def _count_known(self, handbook: Handbook) -> int:
        """Return how many pages can be found still: those of before, if the index has them or can't say."""
        try:
            is_known = cohort_scope(handbook.cohort) in self.index.list_scopes()
        except (TransientError, UserError):
            is_known = True
        return handbook.pages if is_known else 0

    def _note_read(self, handbook: Handbook, result: HandbookResult) -> HandbookResult | None:
        """Store what came of a reading, unless the handbook was changed or removed meanwhile."""
        with self.store.begin() as tx:
            current = tx.handbooks.of(handbook.cohort)
            if current is not None and _is_same(current, handbook):
                at = self.now()
                tx.handbooks.note_read(handbook.cohort, at, result.pages, result.problem)
                self._read_at[handbook.cohort] = at
                return result
        if result.changes is not None:
            self.index.remove(cohort_scope(handbook.cohort))
        return None

    def _is_current(self, handbook: Handbook) -> bool:
        with self.store.read() as tx:
            current = tx.handbooks.of(handbook.cohort)
        return current is not None and _is_same(current, handbook)


def is_repository(place: str) -> bool:
    """Return whether a handbook's place is ``owner/name`` rather than a folder."""
    return _REPOSITORY.fullmatch(place) is not None


def add_handbook_jobs(tx: Tx, scopes: Sequence[str], moment: datetime, *, starting: bool) -> None:
    """Add the job that reads each handbook: every hour, at the start, and if the index lost its pages.

    ``scopes`` are those of which the index holds a document.
    """
    for handbook in tx.handbooks.all():
        is_lost = handbook.pages > 0 and cohort_scope(handbook.cohort) not in scopes
        stamp = f"{moment:%Y%m%dT%H%M%S}" if starting or is_lost else f"{moment:%Y%m%dT%H}"
        prefix = f"{KIND}:{handbook.cohort}:"
        tx.jobs.replace(prefix, Job(f"{prefix}{stamp}", KIND, {"cohort": handbook.cohort}, moment))


def _digest(files: Mapping[str, bytes | None], base: str) -> str:
    digest = sha256(base.encode())
    for path, content in files.items():
        digest.update(sha256(to_git(path)).digest())
        digest.update(sha256(content).digest() if content is not None else b"-")
    return digest.hexdigest()


def _is_same(one: Handbook, other: Handbook) -> bool:
    return (one.place, one.link) == (other.place, other.link)


def _require_some(pages: Sequence[str]) -> None:
    """Refuse a handbook that is too large, or empty: its folder may be a disk that isn't there today."""
    if not pages:
        raise UserError(
            "Sensei found no Markdown pages.",
            "Sensei reads files that end in .md, .markdown or .mdx, and none in hidden folders.",
        )
    if len(pages) > MOST_PAGES:
        raise UserError(
            f"The handbook has {len(pages):,} pages, and Sensei reads {MOST_PAGES:,} at most.",
            "Leave out what participants don't need: name it in .senseiignore.",
        )


def _describe_left_out(paths: Sequence[str]) -> str:
    if not paths:
        return ""
    names = list_first([path_on_one_line(path) for path in paths], _MOST_NAMED)
    return (
        f"Sensei left out these pages, because they're larger than {MOST_BYTES // 1000} kB or aren't UTF-8 "
        f"text: {names}."
    )
