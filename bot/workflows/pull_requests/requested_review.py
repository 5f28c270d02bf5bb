"""A pull request that somebody names in a shell: found at the host, and a round of it asked for."""

import re
from dataclasses import dataclass

from bot.domain.pull_requests.records import QuestionState, RoundState
from bot.domain.review.publication_check import admit
from bot.errors import PermanentError, UserError
from bot.ports.code_host import CodeHost, HostPullRequest, HostRepository
from bot.ports.store import Tx
from bot.rendering.text.safe_text import count, facts
from bot.workflows.pull_requests.event_handling import EventHandler
from bot.workflows.pull_requests.snapshots import as_json, save_snapshot

_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9._-]+)#([1-9][0-9]{0,9})")
_GOING_ON = (RoundState.WAITING, RoundState.READING)


@dataclass(frozen=True)
class NamedPullRequest:
    """A pull request at the host, as it is now."""

    repository: HostRepository
    pull_request: HostPullRequest

    @property
    def name(self) -> str:
        """Return ``owner/name#12``."""
        return f"{self.repository.owner}/{self.repository.name}#{self.pull_request.number}"


@dataclass(frozen=True, slots=True)
class RoundEnd:
    """How a round ended: a sentence, and whether all was read and said."""

    sentence: str
    complete: bool


def find_pull_request(host: CodeHost, name: str) -> NamedPullRequest:
    """Find the pull request of a name.

    Raises:
        UserError: it is no such name, the App is not installed there, or there is no such pull request.
    """
    match = _NAME.fullmatch(name.strip())
    if match is None:
        raise UserError(
            f"{name!r} is not the name of a pull request.", "Write it as 'owner/name#12', in quotes."
        )
    repository = host.find_repository(match[1])
    try:
        return NamedPullRequest(repository, host.pull_request(repository, int(match[2])))
    except PermanentError:
        raise UserError(
            f"{match[1]} has no pull request {match[2]} that the App may see.", "Check its number."
        ) from None


def request_round(tx: Tx, inbox: EventHandler, named: NamedPullRequest) -> str:
    """Let a pull request be read and published as if somebody had asked on it; return the round's id.

    Raises:
        UserError: its repository is not enrolled, or it is closed.
    """
    repository = named.repository
    capstone = tx.capstones.of(repository.id)
    if capstone is None:
        raise UserError(
            f"{repository.owner}/{repository.name} is not enrolled, so nothing is published there.",
            "`sensei capstone add` enrols it; without --publish it is read for you alone.",
        )
    if named.pull_request.state != "open":
        raise UserError(
            f"{named.name} is closed, so nothing is published there.",
            "Without --publish it is read for you alone.",
        )
    if capstone.installation is None:
        # The App has just been seen there, and nobody has told of it yet.
        tx.capstones.installed(repository.id, repository.installation)
    pull_request = save_snapshot(tx, capstone.id, as_json(named.pull_request))
    inbox.ask(tx, pull_request)
    round_ = tx.rounds.of(pull_request.id)[-1].id
    tx.audit("operator", "review.ask", f"pull_request:{pull_request.id}")
    return round_


def how_round_ended(tx: Tx, round_: str) -> RoundEnd | None:
    """Say how a round ended; None while it goes on."""
    it = tx.rounds.get(round_)
    if it.state in _GOING_ON:
        return None
    if it.state is RoundState.PUBLISHED:
        lacking = () if it.report is None or it.report.complete else it.report.incomplete_because
        because = f"; incomplete: {'; '.join(lacking[:3])}" if lacking else ""
        return RoundEnd(f"{_published(tx, round_)}{because}", complete=not lacking)
    if it.state is RoundState.SUPERSEDED:
        return RoundEnd("not published: a newer commit is read instead, or it was closed", complete=False)
    if it.state is RoundState.INCOMPLETE:
        reasons = it.report.incomplete_because if it.report else ("this commit could not be read",)
        return RoundEnd(f"incomplete: {'; '.join(reasons[:3])}", complete=False)
    return RoundEnd(f"not published: {it.error or 'it gave up'}", complete=False)


def _published(tx: Tx, round_: str) -> str:
    it = tx.rounds.get(round_)
    pull_request = tx.pull_requests.get(it.pull_request)
    mine = [one for one in tx.questions.of(pull_request.id) if one.round == round_]
    asked = sum(one.state not in {QuestionState.PROPOSED, QuestionState.KEPT} for one in mine)
    found = f"{count(asked, 'question')}, {count(len(facts(admit(it.report))) if it.report else 0, 'fact')}"
    waits = sum(one.state is QuestionState.PROPOSED for one in mine)
    waiting = f"; {count(waits, 'question')} for a sensei to keep or withdraw" if waits else ""
    if not tx.capstones.get(pull_request.capstone).speaks:
        return f"read; nothing is posted while the capstone is held{waiting}"
    return f"read and published: {found}{waiting}"
