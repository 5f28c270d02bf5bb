"""Proposing a confirmed decision as a file: one branch, one commit, one pull request, each made once.

The commit is the same however often it is made, so pushing it again after a crash changes nothing. Before it
opens a pull request, Sensei looks for the one that an earlier attempt opened. A branch with other commits is
left alone, a pull request that someone closed stays closed, and a branch that someone deleted isn't pushed
again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import sleep

from bot.domain.decisions.record_naming import RecordNaming, make_path
from bot.domain.decisions.records import Decision, DecisionState
from bot.domain.pull_requests.records import Capstone
from bot.ports.checkout import BranchCommit, Branches, BranchTakenError, CloneRequest
from bot.ports.code_host import CodeHost, HostRepository
from bot.ports.engine import Json, Steps
from bot.ports.jobs import Job
from bot.ports.store import Store, Tx
from bot.rendering.decisions import export as texts
from bot.workflows.decisions.record_folder import RecordFolder, read_record_folder
from bot.workflows.jobs.retry import LIST_LAG, insist


def add_export_job(tx: Tx, decision: Decision, at: datetime) -> None:
    """Add the job that proposes a decision as a file. It does nothing if the owner hasn't granted that."""
    repository = tx.capstones.get(decision.capstone).repository
    identity = f"export:{repository}#{decision.number}:{decision.id}"
    tx.jobs.add(Job(identity, "export", {"decision": decision.id}, at))


@dataclass(frozen=True)
class DecisionExport:
    """The workflow ``export``. ``page_root`` is the web address of the host, such as https://github.com."""

    host: CodeHost
    store: Store
    branches: Branches
    page_root: str
    now: Callable[[], datetime]

    def run(self, steps: Steps, argument: Json) -> Json:
        """Open the pull request that adds a decision's file, unless something speaks against it."""
        decision: int = argument["decision"]
        begun = steps.tx("begin", lambda tx: {"go": _is_wanted(tx, decision)})
        if not begun["go"]:
            return {"outcome": "unwanted"}
        seen = insist(steps, "look", lambda: self._look(decision))
        if seen["outcome"] != "done" or not seen["go"]:
            return self._end(steps, decision, seen)
        chosen = steps.tx("path", lambda tx: self._choose_path(tx, decision, seen))
        if not chosen["go"]:
            return {"outcome": "unwanted"}
        pushed = insist(steps, "push", lambda: self._push(decision, seen["head"], chosen))
        if pushed["outcome"] != "done" or not pushed["go"]:
            return self._end(steps, decision, pushed)
        opened = insist(steps, "open", lambda: self._open(decision, chosen, pushed["superseded"]))
        return self._end(steps, decision, opened)

    def _end(self, steps: Steps, decision: int, last: Json) -> Json:
        """Store the pull request, if there is one; otherwise give up the path that was chosen."""
        number = last.get("pull")
        steps.tx("end", lambda tx: self._store_end(tx, decision, number))
        return {"outcome": "done" if number else last.get("why", last["outcome"]), "pull": number}

    def _store_end(self, tx: Tx, decision: int, number: int | None) -> Json:
        current = tx.decisions.find(decision)
        if current is None:
            return {}
        if number is not None:
            tx.decisions.set_export(decision, number, self.now())
        elif current.export is None and not current.digest and current.path:
            tx.decisions.set_file(decision, None, "", self.now())
        return {}

    def _look(self, decision: int) -> Json:
        """Return the head and how its records are named, or an earlier pull request."""
        current, capstone = self._load(decision)
        repository = self.host.repository(capstone)
        if not self.host.may_push(repository):
            return {"go": False, "why": "not granted"}
        earlier = self.host.find_opened_pull(repository, texts.export_branch(current.number))
        if earlier is not None:
            return {"go": False, "pull": earlier.number}
        head = self.host.branch_head(repository, repository.default_branch)
        folder = self._read_folder(repository, head)
        return {"go": True, "head": head, "naming": folder.naming_json(), "paths": list(folder.paths)}

    def _choose_path(self, tx: Tx, decision: int, seen: Json) -> Json:
        """Choose a path and store it: a number is taken once it is stored, whether or not it's merged."""
        if not _is_wanted(tx, decision):
            return {"go": False}
        current = tx.decisions.get(decision)
        others = tx.decisions.of(current.capstone, list(DecisionState))
        taken = {*seen["paths"], *(other.path for other in others if other.path and other.id != decision)}
        path = make_path(
            RecordNaming(**seen["naming"]),
            current.title,
            (current.confirmed_at or current.created_at).date(),
            taken,
            current.number,
        )
        tx.decisions.set_file(decision, path, "", self.now())
        return {"go": True, "path": path, "revision": current.revision}

    def _push(self, decision: int, head: str, chosen: Json) -> Json:
        current, capstone = self._load(decision)
        repository = self.host.repository(capstone)
        folder = self._read_folder(repository, head)
        earlier = self._find_superseded(current)
        page = f"{self.page_root}/{repository.owner}/{repository.name}"
        files = folder.make_files(current, earlier, chosen["path"], page)
        account = self.host.own_account(repository)
        address = f"{account.id}+{account.login}@users.noreply.{self.page_root.partition('://')[2]}"
        commit = BranchCommit(
            texts.export_branch(current.number),
            head,
            files,
            (account.login, address),
            texts.commit_message(current),
            current.confirmed_at or current.created_at,
        )
        request = CloneRequest(
            repository.id, repository.clone_url, self.host.push_token(repository), None, head
        )
        if not self._is_wanted_now(decision):
            return {"go": False, "why": "unwanted"}
        try:
            self.branches.push(request, commit)
        except BranchTakenError:
            return {"go": False, "why": "branch taken", **self._find_pull(repository, commit.branch)}
        return {"go": True, "superseded": next((path for path in files if path != chosen["path"]), None)}

    def _open(self, decision: int, chosen: Json, superseded: str | None) -> Json:
        """Open the pull request, unless an earlier attempt did. An effect says whether one may have."""
        current, capstone = self._load(decision)
        repository = self.host.repository(capstone)
        branch = texts.export_branch(current.number)
        key = f"export:{capstone.repository}:{decision}"
        with self.store.read() as tx:
            was_tried, _ = tx.effects.find(key)
        if was_tried:
            sleep(LIST_LAG)  # GitHub's response was lost, and its list may not show the pull request yet
        if found := self._find_pull(repository, branch):
            return found
        if not self._is_wanted_now(decision):
            return {"why": "unwanted"}
        with self.store.begin() as tx:
            tx.effects.begin(key, self.now())
        body = texts.pull_body(current, chosen["path"], superseded)
        return {"pull": self.host.open_pull(repository, branch, texts.pull_title(current), body)}

    def _find_pull(self, repository: HostRepository, branch: str) -> Json:
        found = self.host.find_opened_pull(repository, branch)
        return {"pull": found.number} if found else {}

    def _read_folder(self, repository: HostRepository, head: str) -> RecordFolder:
        token = self.host.git_token(repository)
        request = CloneRequest(repository.id, repository.clone_url, token, None, head)
        return read_record_folder(self.branches, request)

    def _find_superseded(self, decision: Decision) -> Decision | None:
        """Return the public decision that this one replaces, if there is one."""
        if decision.supersedes is None:
            return None
        with self.store.read() as tx:
            earlier = tx.decisions.find(decision.supersedes)
        return None if earlier is None or earlier.private else earlier

    def _is_wanted_now(self, decision: int) -> bool:
        with self.store.read() as tx:
            return _is_wanted(tx, decision)

    def _load(self, decision: int) -> tuple[Decision, Capstone]:
        with self.store.read() as tx:
            current = tx.decisions.get(decision)
            return current, tx.capstones.get(current.capstone)


def _is_wanted(tx: Tx, decision: int) -> bool:
    """Return whether a decision may be proposed: public, confirmed, and neither a file nor proposed yet."""
    current = tx.decisions.find(decision)
    return (
        current is not None
        and not current.private
        and current.state is DecisionState.CONFIRMED
        and current.export is None
        and not current.digest
        and tx.capstones.get(current.capstone).speaks
    )
