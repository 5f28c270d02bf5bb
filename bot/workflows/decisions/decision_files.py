"""The file of a decision: its path, which is stored once chosen, its text, and the link that starts it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.decisions.record_naming import RecordNaming, make_path
from bot.domain.decisions.records import Decision, DecisionState
from bot.domain.pull_requests.records import Capstone
from bot.errors import PermanentError
from bot.ports.checkout import Branches, CloneRequest
from bot.ports.code_host import CodeHost, HostRepository
from bot.ports.engine import Json, Steps
from bot.ports.store import Store, Tx
from bot.rendering.decisions.new_file_link import NewFileLink, new_file_link
from bot.workflows.decisions.file_places import may_become_file
from bot.workflows.decisions.messages import show_new_place
from bot.workflows.decisions.record_folder import RecordFolder, read_record_folder
from bot.workflows.jobs.retry import insist


@dataclass(frozen=True)
class DecisionFiles:
    """Chooses and writes the files of decisions. ``web`` is the host's page, such as https://github.com."""

    host: CodeHost
    store: Store
    branches: Branches
    web: str
    now: Callable[[], datetime]

    def reserve_path(self, steps: Steps, decision: int) -> Json:
        """Choose a path in a workflow's steps ``file.look`` and ``file.path``, and store it.

        Return ``outcome`` as ``insist`` does, with ``go`` and the ``head`` that was looked at if it is
        ``done``. No other decision of the capstone gets the same number, whether or not the file is merged.
        """
        seen = insist(steps, "file.look", lambda: self._look(decision))
        if seen["outcome"] != "done":
            return seen
        chosen = steps.tx("file.path", lambda tx: self._choose_path(tx, decision, seen))
        return {"outcome": "done", "head": seen["head"], **chosen}

    def make_link(self, decision: int) -> tuple[NewFileLink, str]:
        """Return the link to a new file with a decision's text, and the text. Its path must be reserved.

        Both contain the participant's words, so they must not be a step's result.

        Raises:
            TransientError, IncompleteReadingError: as ``Branches.read_files``.
            PermanentError: as those, or the decision may not become a file any more.
        """
        current, capstone = self.load(decision)
        with self.store.read() as tx:
            wanted = may_become_file(tx, decision)
        if not wanted or current.path is None:
            raise PermanentError("This decision can't be saved as a file.", "Nothing was changed.")
        repository = self.host.repository(capstone)
        head = self.host.branch_head(repository, repository.default_branch)
        text = self.make_files(current, repository, head)[current.path].decode()
        link = new_file_link(self._page(repository), repository.default_branch, current.path, text)
        return link, text

    def make_files(self, decision: Decision, repository: HostRepository, head: str) -> Mapping[str, bytes]:
        """Return the files that a decision changes at a commit: its own, and the one that it supersedes."""
        if decision.path is None:
            raise AssertionError("a decision's path is reserved before its file is written")
        folder = self._read_folder(repository, head)
        earlier = self._find_superseded(decision)
        return folder.make_files(decision, earlier, decision.path, self._page(repository))

    def load(self, decision: int) -> tuple[Decision, Capstone]:
        """Return a decision and its capstone as they are now."""
        with self.store.read() as tx:
            current = tx.decisions.get(decision)
            return current, tx.capstones.get(current.capstone)

    def _look(self, decision: int) -> Json:
        _, capstone = self.load(decision)
        repository = self.host.repository(capstone)
        head = self.host.branch_head(repository, repository.default_branch)
        folder = self._read_folder(repository, head)
        return {"head": head, "naming": folder.naming_json(), "paths": list(folder.paths)}

    def _choose_path(self, tx: Tx, decision: int, seen: Json) -> Json:
        """Choose a path and store it; keep the one that was chosen before, unless another file has it now."""
        if not may_become_file(tx, decision):
            return {"go": False}
        current = tx.decisions.get(decision)
        others = tx.decisions.of(current.capstone, list(DecisionState))
        taken = {*seen["paths"], *(other.path for other in others if other.path and other.id != decision)}
        if current.path is None or current.path in taken:
            on = (current.confirmed_at or current.created_at).date()
            path = make_path(RecordNaming(**seen["naming"]), current.title, on, taken, current.number)
            tx.decisions.set_file(decision, path, "", self.now())
            show_new_place(tx, current, self.now())
        return {"go": True}

    def _find_superseded(self, decision: Decision) -> Decision | None:
        """Return the public decision that this one replaces, if there is one."""
        if decision.supersedes is None:
            return None
        with self.store.read() as tx:
            earlier = tx.decisions.find(decision.supersedes)
        return None if earlier is None or earlier.private else earlier

    def _read_folder(self, repository: HostRepository, head: str) -> RecordFolder:
        token = self.host.git_token(repository)
        request = CloneRequest(repository.id, repository.clone_url, token, None, head)
        return read_record_folder(self.branches, request)

    def _page(self, repository: HostRepository) -> str:
        return f"{self.web}/{repository.owner}/{repository.name}"
