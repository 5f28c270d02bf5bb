"""The findings of signals and of the search for secrets in the files of a change."""

from dataclasses import dataclass, field

from bot.domain.review import question_selection
from bot.domain.review.context import ReadableFile
from bot.domain.review.question_selection import QuotedHit, SignalScan
from bot.domain.review.report import Concern, Note, Skipped, Trace
from bot.domain.review.unread_files import find_passages


@dataclass(slots=True)
class FileFindings:
    """The findings so far.

    - ``found``: the hits of signals. ``fingerprints``: the fingerprints of every hit in the files that were
      read.
    - ``secrets``: concerns about committed secrets.
    - ``notes``: example keys and placeholders.
    - ``before``: the scans of a file's old side and new side.
    - ``files``: both sides of each file, for a model to read.
    - ``traces``: the evidence of each stack, by stack and top folder.
    - ``unread``: texts that no signal ran over, without white space.
    - ``unseen``: whether any file was not even opened.
    - ``reasons``: why the reading is incomplete. ``gaps``: further such reasons, which another attempt would
      not change.
    """

    found: list[QuotedHit] = field(default_factory=list)
    secrets: list[Concern] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    before: list[tuple[SignalScan, SignalScan | None]] = field(default_factory=list)
    fingerprints: set[tuple[str, str]] = field(default_factory=set)
    files: list[ReadableFile] = field(default_factory=list)
    traces: dict[tuple[str, str], Trace] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    unseen: bool = False
    reasons: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    _lost: tuple[tuple[int, int], list[QuotedHit]] | None = None

    def facts(self) -> list[Concern]:
        """Return the concerns, secrets first."""
        return [*self.secrets, *question_selection.state_concerns(self.found)]

    def lost_evidence(self) -> list[QuotedHit]:
        """Return the evidence that the change removed, except any that may be in unread files."""
        if self.reasons or self.unseen:
            return []
        read = len(self.before), len(self.unread)
        if self._lost is None or self._lost[0] != read:  # cached, because the search is slow
            self._lost = read, self._find_lost_evidence()
        return self._lost[1]

    def _find_lost_evidence(self) -> list[QuotedHit]:
        everywhere = frozenset(self.fingerprints)
        lost = [
            hit
            for before, after in self.before
            for hit in question_selection.find_lost_evidence(before, after, everywhere)
        ]
        remaining = find_passages(self.unread, (hit.fingerprint[1] for hit in lost))
        return [hit for hit in lost if hit.fingerprint[1] not in remaining]
