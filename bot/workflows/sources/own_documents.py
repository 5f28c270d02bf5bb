"""A person's own decisions and capstone documents, brought up to date when they ask.

Nobody else is ever answered from them. The files are those of the last reading of the whole tree: while a
person waits, Sensei reads the clone as it is and connects to nobody.
"""

import threading
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field

import structlog

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import Decision, DecisionOrigin, DecisionState
from bot.domain.design_documents.records import DesignDocument, DocumentSource
from bot.domain.dojo.people import Member
from bot.domain.pull_requests.records import Capstone
from bot.domain.sources.documents import Document, Passage, capstone_scope, person_scope
from bot.domain.sources.markdown_files import choose_documents, make_page, page_address, redact
from bot.domain.text.storable_text import make_storable
from bot.errors import UserError
from bot.ports.sources import SearchIndex, StoredClones
from bot.ports.store import Store, Tx
from bot.rendering.decisions.markdown import PART_LABELS
from bot.workflows.sources.kept_files import list_kept, read_kept

log = structlog.get_logger(__name__)

MOST_FILES = 200
MOST_BYTES = 120_000
"""Maximum size of a file, which is that of a design document."""
MOST_BYTES_OF_ALL = 1_000_000
"""Maximum size of all files. For a MB, their author waits some three seconds when they first ask."""


@dataclass(frozen=True, slots=True)
class _Owned:
    """A capstone with what its participant recorded and gave. ``head`` is "" if no tree was read yet."""

    capstone: Capstone
    decisions: tuple[Decision, ...]
    document: DesignDocument | None
    head: str

    def pages(self, web: str, revision: str = "") -> str:
        """Return the address of its files in a revision, or on the default branch."""
        return f"{web}/{self.capstone.full_name}/blob/{revision or self.capstone.default_branch}"

    def rows(self) -> tuple[Hashable, ...]:
        """Return what changes whenever a row does that is cited."""
        decisions = ((decision.id, decision.revision, decision.path) for decision in self.written())
        document = self.document if self.document and self.document.text else None
        return (*decisions, *((document.id,) if document else ()))

    def written(self) -> Iterator[Decision]:
        """Yield the decisions whose words aren't those of a file, which says them in its own way."""
        yield from (made for made in self.decisions if made.origin is not DecisionOrigin.FILE)

    def paths_of_decisions(self) -> frozenset[str]:
        """Return the files that say what a decision says already."""
        return frozenset(decision.path for decision in self.written() if decision.path)

    def has_pasted_design(self) -> bool:
        """Return whether the design document is a text that was pasted."""
        return self.document is not None and self.document.source is DocumentSource.PASTED

    def given_path(self) -> str:
        """Return the path of the design document, or "" if it isn't a file."""
        return self.document.path if self.document else ""


@dataclass(frozen=True)
class OwnDocuments:
    """Brings the scopes of one person up to date. ``web`` is the code host's web address.

    Until the process ends, it remembers what each scope was made of, and whether that was anything.
    """

    store: Store
    index: SearchIndex
    clones: StoredClones
    web: str
    _made_of: dict[str, tuple[Hashable, bool]] = field(default_factory=dict)
    _turns: dict[str, threading.Lock] = field(default_factory=dict)

    def bring_up_to_date(self, member: Member) -> Sequence[str]:
        """Return the scopes of a member's own documents, as they are now."""
        rows = person_scope(member.cohort, member.person)
        with self._turns.setdefault(rows, threading.Lock()):  # the same person may ask twice at once
            with self.store.read() as tx:
                owned = list(_list_owned(tx, member))
            held = frozenset(self.index.list_scopes())
            self._keep_rows(rows, owned, held)
            scopes = [capstone_scope(member.cohort, member.person, each.capstone.id) for each in owned]
            for scope, each in zip(scopes, owned, strict=True):
                self._keep_files(scope, each, held)
            return [rows, *scopes]

    def _keep_rows(self, scope: str, owned: Sequence[_Owned], held: frozenset[str]) -> None:
        made_of = tuple((each.pages(self.web), each.rows()) for each in owned)
        if self._is_stale(scope, made_of, held):
            self._replace(scope, made_of, [found for each in owned for found in _list_stored(each, self.web)])

    def _keep_files(self, scope: str, owned: _Owned, held: frozenset[str]) -> None:
        base = owned.pages(self.web, owned.head)
        made_of = (base, owned.paths_of_decisions(), owned.given_path())
        if owned.head and self._is_stale(scope, made_of, held):
            documents = self._read_files(owned, base)
            if documents is not None:
                self._replace(scope, made_of, documents)

    def _is_stale(self, scope: str, made_of: Hashable, held: frozenset[str]) -> bool:
        """Return whether a scope was made of something else, or the index lost what it held."""
        before, had_any = self._made_of.get(scope, (None, False))
        return before != made_of or (had_any and scope not in held)

    def _replace(self, scope: str, made_of: Hashable, documents: Sequence[Document]) -> None:
        self.index.replace(scope, documents)
        self._made_of[scope] = (made_of, bool(documents))

    def _read_files(self, owned: _Owned, base: str) -> list[Document] | None:
        """Return the documents of a capstone's files, or None if they can't be read now."""
        capstone, given = owned.capstone, owned.given_path()
        with self.clones.open_stored(capstone.repository, owned.head) as read:
            if read is None:
                return None
            try:
                kept = list_kept(read)
            except UserError as failed:
                log.info("own_documents.not_read", capstone=capstone.id, why=failed.what)
                return []
            elsewhere = owned.paths_of_decisions()
            chosen = choose_documents([path for path in kept if path not in elsewhere], [given])
            files = list(_limit(read_kept(read, chosen[:MOST_FILES], MOST_BYTES)))
        pages = (make_page(path, content, page_address(base, path)) for path, content in files)
        return [page for page in pages if page is not None]


def _limit(files: Iterator[tuple[str, bytes | None]]) -> Iterator[tuple[str, bytes]]:
    """Yield the files that aren't too large, until all together would be."""
    size = 0
    for path, content in files:
        size += len(content or b"")
        if size > MOST_BYTES_OF_ALL:
            return
        if content is not None:
            yield path, content


def list_stored_keys(tx: Tx, member: Member) -> frozenset[str]:
    """Return the keys of the documents that a member's rows may hold in the index now."""
    owned = list(_list_owned(tx, member))
    decisions = (_decision_key(decision) for each in owned for decision in each.written())
    return frozenset(decisions) | {_design_key(each.capstone) for each in owned if each.has_pasted_design()}


def _list_owned(tx: Tx, member: Member) -> Iterator[_Owned]:
    """Yield a member's active capstones in their cohort, with what is theirs of each."""
    capstones = [own for own in tx.capstones.by_participant(member.person) if own.cohort == member.cohort]
    coverages = tx.ledgers.coverages([capstone.id for capstone in capstones])
    for capstone in capstones:
        confirmed = tx.decisions.of(capstone.id, [DecisionState.CONFIRMED])
        document = tx.design_documents.newest(capstone.id)
        coverage = coverages.get(capstone.id)
        yield _Owned(
            capstone,
            tuple(decision for decision in confirmed if decision.person == member.person),
            document if document and document.person == member.person else None,
            coverage.head if coverage else "",
        )


def _list_stored(owned: _Owned, web: str) -> Iterator[Document]:
    """Yield what rows hold: decisions that no file says better, and a design document that was pasted."""
    for decision in owned.written():
        yield _make_decision(decision, owned.pages(web))
    document = owned.document
    if document is not None and owned.has_pasted_design():
        page = make_page(_design_key(owned.capstone), document.text.encode("utf-8", "replace"), "")
        if page is not None:
            yield Document(page.key, "Your design document", page.passages)


def _make_decision(decision: Decision, base: str) -> Document:
    """Return a decision as a document: a passage for each part, in the words of its author."""
    link = page_address(base, decision.path) if decision.path else ""
    parts = ((PART_LABELS[slot], decision.texts[slot]) for slot in Slot if decision.texts.get(slot))
    passages = tuple(Passage((label,), make_storable(redact(text)), link) for label, text in parts)
    title = make_storable(redact(f"Decision {decision.number}: {decision.title}"))
    return Document(_decision_key(decision), title, passages)


def _decision_key(decision: Decision) -> str:
    return f"decision:{decision.capstone}:{decision.number}"


def _design_key(capstone: Capstone) -> str:
    return f"design:{capstone.id}"
