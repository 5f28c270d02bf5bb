"""Reading decision records back from the capstone's files.

A file and its decision belong together by Sensei's marker, by the path, or by their words. What the file says
becomes a new revision of the decision; a file without a decision becomes one. A file adds nothing to the
ledger by itself, because the reading of the tree cites it already.
"""

import posixpath
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.articulation.guide import ArticulationRules
from bot.domain.articulation.slots import Slot, SlotTexts
from bot.domain.decisions.record_files import FoundRecords, RecordFile, RecordStatus
from bot.domain.decisions.record_matching import match_records
from bot.domain.decisions.record_parsing import tidy_part, tidy_title
from bot.domain.decisions.records import Decision, DecisionOrigin, DecisionRevision, DecisionState, RevisedBy
from bot.errors import PermanentError
from bot.ports.code_host import CodeHost, HostRepository
from bot.ports.store import Store, Tx
from bot.rendering.text.safe_text import visible
from bot.workflows.decisions.records import confirm_decision, withdraw_decision

_MOST_AUTHORS = 30
"""Maximum authors looked up in one reading. The author of a record beyond that stays unknown."""
_UNCONFIRMED = frozenset({RecordStatus.PROPOSED, RecordStatus.DROPPED})


@dataclass(frozen=True)
class RecordFileImport:
    """Stores what the files of a tree say about decisions."""

    host: CodeHost
    store: Store
    rules: ArticulationRules
    now: Callable[[], datetime]

    def save(self, capstone: int, repository: HostRepository, head: str, found: FoundRecords) -> None:
        """Store the records found at a commit. Repeating this changes nothing."""
        with self.store.read() as tx:
            matched = match_records(found.files, _list_decisions(tx, capstone), found.paths)
            participant = tx.capstones.get(capstone).participant.id
        new = [file.path for file in found.files if file.path not in matched]
        authored = {
            path for path in new[:_MOST_AUTHORS] if self._find_author(repository, path, head) == participant
        }
        with self.store.begin() as tx:
            self._save_all(tx, capstone, found, authored)

    def _find_author(self, repository: HostRepository, path: str, head: str) -> int | None:
        try:
            author = self.host.last_author(repository, path, head)
        except PermanentError:
            return None  # the commit is gone, or access to it: the record matters more than its author
        return author.id if author else None

    def _save_all(self, tx: Tx, capstone: int, found: FoundRecords, authored: Iterable[str]) -> None:
        matched = match_records(found.files, _list_decisions(tx, capstone), found.paths)
        person = tx.members.by_host_account(tx.capstones.get(capstone).participant.id)
        own = frozenset(authored)
        for file in found.files:
            decision = matched.get(file.path)
            if decision is not None:
                self._update(tx, decision, file)
            elif file.status not in _UNCONFIRMED:
                self._add(tx, capstone, file, person if file.path in own else None)
        self._link_superseded(tx, capstone, found.files)
        self._forget_missing(tx, capstone, found.paths)

    def _add(self, tx: Tx, capstone: int, file: RecordFile, person: str | None) -> None:
        decision = tx.decisions.add(
            capstone,
            person=person,
            origin=DecisionOrigin.FILE,
            question=None,
            check=None,
            private=False,
            title=file.title,
            texts=_texts_of(file),
            anchors=file.anchors,
            supersedes=None,
            by=RevisedBy.FILE,
            at=self.now(),
        )
        tx.decisions.set_state(decision.id, DecisionState.CONFIRMED, self.now())
        tx.decisions.set_file(decision.id, file.path, file.digest, self.now())
        self._follow_status(tx, tx.decisions.get(decision.id), file)

    def _update(self, tx: Tx, decision: Decision, file: RecordFile) -> None:
        """Store what a known decision's file says, if the file changed since it was last read."""
        if (decision.path, decision.digest) == (file.path, file.digest):
            return
        tx.decisions.set_file(decision.id, file.path, file.digest, self.now())
        if decision.origin is DecisionOrigin.FILE:
            tx.decisions.set_anchors(decision.id, file.anchors, self.now())
        if decision.state in {DecisionState.CONFIRMED, DecisionState.SUPERSEDED}:
            self._revise(tx, decision, file)
        self._follow_status(tx, tx.decisions.get(decision.id), file)

    def _revise(self, tx: Tx, decision: Decision, file: RecordFile) -> None:
        """Store the file's words as a revision, unless they are the decision's own after the trip."""
        # A file that comes new may have been proposed before its author changed the decision.
        known: list[Decision | DecisionRevision] = [decision]
        if not decision.digest:
            known += tx.decisions.history(decision.id)
        if not file.texts or any(_says_the_same(file, version) for version in known):
            return
        revised = tx.decisions.revise(decision.id, file.title, file.texts, RevisedBy.FILE, self.now())
        if revised.state is DecisionState.CONFIRMED and revised.check is not None:
            confirm_decision(tx, revised, self.rules, self.now())  # the ledger has its newest words

    def _follow_status(self, tx: Tx, decision: Decision, file: RecordFile) -> None:
        """Follow a file that drops or supersedes its decision, or accepts again what only files say.

        What a later decision replaces stays replaced, also if its own file was never told.
        """
        accepted = file.status not in {*_UNCONFIRMED, RecordStatus.SUPERSEDED}
        if decision.state is DecisionState.CONFIRMED and file.status is RecordStatus.SUPERSEDED:
            tx.decisions.set_state(decision.id, DecisionState.SUPERSEDED, self.now())
            tx.statements.withdraw("decision", decision.id)
        elif decision.state is DecisionState.CONFIRMED and file.status is RecordStatus.DROPPED:
            withdraw_decision(tx, decision, self.now())
        elif decision.origin is DecisionOrigin.FILE and accepted and not _counts_or_is_replaced(tx, decision):
            tx.decisions.set_state(decision.id, DecisionState.CONFIRMED, self.now())

    def _link_superseded(self, tx: Tx, capstone: int, files: Iterable[RecordFile]) -> None:
        """Link each confirmed decision to the one that its file says it replaces."""
        by_path = {
            decision.path: decision
            for decision in _list_decisions(tx, capstone)
            if decision.path and not decision.private
        }
        for file in files:
            later, earlier = by_path.get(file.path), _find_named(file, by_path)
            if later is None or earlier is None or earlier.id in {later.id, later.supersedes}:
                continue
            if tx.decisions.get(later.id).state is not DecisionState.CONFIRMED:
                continue
            tx.decisions.set_supersedes(later.id, earlier.id, self.now())
            if earlier.state is DecisionState.CONFIRMED:
                tx.decisions.set_state(earlier.id, DecisionState.SUPERSEDED, self.now())
                tx.statements.withdraw("decision", earlier.id)

    def _forget_missing(self, tx: Tx, capstone: int, paths: frozenset[str]) -> None:
        """Forget the files that were read before and are gone. What only a file said goes with its file."""
        for decision in _list_decisions(tx, capstone):
            if not decision.path or not decision.digest or decision.path in paths:
                continue
            if decision.origin is DecisionOrigin.FILE:
                withdraw_decision(tx, decision, self.now())
            tx.decisions.set_file(decision.id, None, "", self.now())


def _list_decisions(tx: Tx, capstone: int) -> list[Decision]:
    return list(tx.decisions.of(capstone, list(DecisionState)))


def _find_named(file: RecordFile, by_path: Mapping[str, Decision]) -> Decision | None:
    """Return the decision that a file says it replaces: of several files with that name, the nearest."""
    if file.supersedes is None:
        return None
    beside = by_path.get(posixpath.join(posixpath.dirname(file.path), file.supersedes))
    named = (found for path, found in by_path.items() if posixpath.basename(path) == file.supersedes)
    return beside or next(named, None)


def _counts_or_is_replaced(tx: Tx, decision: Decision) -> bool:
    if decision.state is DecisionState.CONFIRMED:
        return True
    confirmed = tx.decisions.of(decision.capstone, [DecisionState.CONFIRMED])
    return any(later.supersedes == decision.id for later in confirmed)


def _texts_of(file: RecordFile) -> SlotTexts:
    """Return the parts of a file, or its title as what was decided if it has none that Sensei knows."""
    return file.texts or {Slot.DECIDED: file.title}


def _says_the_same(file: RecordFile, version: Decision | DecisionRevision) -> bool:
    """Return whether a file has the words of a decision, as they come back from a trip through a file."""
    texts = {slot: tidy for slot, text in version.texts.items() if (tidy := tidy_part(visible(text)))}
    return file.texts == texts and file.title == tidy_title(visible(version.title))
