"""Proposing a confirmed decision as a file: one branch, one commit, one pull request, each made once.

The commit is the same however often it is made, so pushing it again after a crash changes nothing. Before it
opens a pull request, Sensei looks for the one that an earlier attempt opened. A branch with other commits is
left alone, a pull request that someone closed stays closed, and a branch that someone deleted isn't pushed
again.
"""

from dataclasses import dataclass
from datetime import datetime
from time import sleep

from bot.domain.decisions.records import Decision
from bot.errors import TransientError
from bot.ports.checkout import BranchCommit, BranchTakenError, CloneRequest
from bot.ports.code_host import HostRejectedError, HostRepository
from bot.ports.engine import Json, Steps
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.rendering.decisions import export as texts
from bot.workflows.decisions.decision_files import DecisionFiles, may_become_file
from bot.workflows.jobs.retry import LIST_LAG, insist


def add_export_job(tx: Tx, decision: Decision, at: datetime) -> None:
    """Add the job that proposes a decision as a file. It does nothing if the owner hasn't granted that."""
    repository = tx.capstones.get(decision.capstone).repository
    identity = f"export:{repository}#{decision.number}:{decision.id}"
    tx.jobs.add(Job(identity, "export", {"decision": decision.id}, at))


@dataclass(frozen=True)
class DecisionExport:
    """The workflow ``export``."""

    files: DecisionFiles

    def run(self, steps: Steps, argument: Json) -> Json:
        """Open the pull request that adds a decision's file, unless there is a reason not to."""
        decision: int = argument["decision"]
        begun = steps.tx("begin", lambda tx: {"go": _is_wanted(tx, decision)})
        if not begun["go"]:
            return {"outcome": "unwanted"}
        looked = insist(steps, "look", lambda: self._look(decision))
        if not looked.get("go"):
            return self._end(steps, decision, looked)
        reserved = self.files.reserve_path(steps, decision)
        if not reserved.get("go"):
            return {"outcome": "unwanted"}
        pushed = insist(steps, "push", lambda: self._push(decision, reserved["head"]))
        if not pushed.get("go"):
            return self._end(steps, decision, pushed)
        opened = insist(steps, "open", lambda: self._open(decision, pushed["superseded"]))
        return self._end(steps, decision, opened)

    def _end(self, steps: Steps, decision: int, last: Json) -> Json:
        """Store the pull request, if there is one. The path stays reserved: people may use the link."""
        number = last.get("pull")
        if number is None:
            return {"outcome": last.get("why", last["outcome"]), "pull": None}
        steps.tx("end", lambda tx: self._store_pull(tx, decision, number))
        return {"outcome": "done", "pull": number}

    def _store_pull(self, tx: Tx, decision: int, number: int) -> Json:
        if tx.decisions.find(decision) is not None:
            tx.decisions.set_export(decision, number, self.files.now())
        return {}

    def _look(self, decision: int) -> Json:
        """Return whether to go on: not without permission, nor if there is a pull request already."""
        current, capstone = self.files.load(decision)
        repository = self.files.host.repository(capstone)
        if not self.files.host.may_push(repository):
            return {"go": False, "why": "not granted"}
        found = self._find_pull(repository, texts.export_branch(current.number))
        return {"go": not found, **found}

    def _push(self, decision: int, head: str) -> Json:
        current, capstone = self.files.load(decision)
        host = self.files.host
        repository = host.repository(capstone)
        files = self.files.make_files(current, repository, head)
        account = host.own_account(repository)
        address = f"{account.id}+{account.login}@users.noreply.{self.files.web.partition('://')[2]}"
        commit = BranchCommit(
            texts.export_branch(current.number),
            head,
            files,
            (account.login, address),
            texts.commit_message(current),
            current.confirmed_at or current.created_at,
        )
        token = host.push_token(repository)
        if not self._is_wanted_now(decision):
            return {"go": False, "why": "unwanted"}
        try:
            self.files.branches.push(
                CloneRequest(repository.id, repository.clone_url, token, None, head), commit
            )
        except BranchTakenError:
            return {"go": False, "why": "branch taken", **self._find_pull(repository, commit.branch)}
        return {"go": True, "superseded": next((path for path in files if path != current.path), None)}

    def _open(self, decision: int, superseded: str | None) -> Json:
        """Open the pull request, unless an earlier attempt did. An effect says whether one may have."""
        current, capstone = self.files.load(decision)
        repository = self.files.host.repository(capstone)
        branch = texts.export_branch(current.number)
        key = f"export:{capstone.repository}:{decision}"
        with self.files.store.read() as tx:
            was_tried, _ = tx.effects.find(key)
        if was_tried:
            sleep(LIST_LAG)  # GitHub's response was lost, and its list may not show the pull request yet
        if found := self._find_pull(repository, branch):
            return found
        if not self._is_wanted_now(decision):
            return {"why": "unwanted"}
        with self.files.store.begin() as tx:
            tx.effects.begin(key, self.files.now())
        title, body = texts.pull_title(current), texts.pull_body(current, superseded)
        try:
            return {"pull": self.files.host.open_pull(repository, branch, title, body)}
        except HostRejectedError as refused:
            if "already exists" in refused.what:
                raise TransientError(
                    "The pull request exists, but GitHub's list doesn't show it yet."
                ) from None
            raise

    def _find_pull(self, repository: HostRepository, branch: str) -> Json:
        found = self.files.host.find_opened_pull(repository, branch)
        return {"pull": found.number} if found else {}

    def _is_wanted_now(self, decision: int) -> bool:
        with self.files.store.read() as tx:
            return _is_wanted(tx, decision)


def _is_wanted(tx: Tx, decision: int) -> bool:
    """Return whether to propose a decision: it may become a file, and hasn't been proposed yet."""
    return may_become_file(tx, decision) and tx.decisions.get(decision).export is None
