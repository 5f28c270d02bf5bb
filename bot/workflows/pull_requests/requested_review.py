"""Reviews requested on the command line: find the pull request at the code host, and request a round."""

import re
from dataclasses import dataclass

from bot.domain.pull_requests.records import QuestionState, RoundState
from bot.domain.review.publication_check import remove_refused_texts
from bot.errors import PermanentError, UserError
from bot.ports.code_host import CodeHost, HostPullRequest, HostRepository
from bot.ports.store import Tx
from bot.rendering.text.safe_text import count, group_facts
from bot.workflows.pull_requests.event_handling import EventHandler
from bot.workflows.pull_requests.snapshots import as_json, save_snapshot
from bot.workflows.pull_requests.visible_questions import list_visible

_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9._-]+)#([1-9][0-9]{0,9})")
_GOING_ON = (RoundState.WAITING, RoundState.READING)


@dataclass(frozen=True)
class NamedPullRequest:
    """A pull request at the code host, as it is now."""

    repository: HostRepository
    pull_request: HostPullRequest

    @property
    def name(self) -> str:
        """Return ``owner/name#12``."""
        return f"{self.repository.owner}/{self.repository.name}#{self.pull_request.number}"


@dataclass(frozen=True, slots=True)
class RoundEnd:
    """How a round ended: a sentence, and whether Sensei read and posted everything."""

    sentence: str
    complete: bool


def find_pull_request(host: CodeHost, name: str) -> NamedPullRequest:
    """Return the pull request with a name like ``owner/name#12``.

    Raises:
        UserError: the name is malformed, the App is not installed there, or there is no such pull request.
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
            f"{match[1]} has no pull request {match[2]} that the App can see.", "Check the number."
        ) from None


def request_round(tx: Tx, inbox: EventHandler, named: NamedPullRequest) -> str:
    """Request a round with publication, as ``/sensei review`` would; return the round's id.

    Raises:
        UserError: the repository is not enrolled, or the pull request is closed.
    """
    repository = named.repository
    capstone = tx.capstones.by_repository(repository.id)
    if capstone is None:
        raise UserError(
            f"{repository.owner}/{repository.name} is not enrolled, so nothing is published there.",
            "Enrol it with `sensei capstone add`, or leave out --publish to see the review only here.",
        )
    if named.pull_request.state != "open":
        raise UserError(
            f"{named.name} is closed, so nothing is published there.",
            "Leave out --publish to see the review only here.",
        )
    if capstone.installation is None:
        # The App is installed there, even if no event has said so yet.
        tx.capstones.set_installation(repository.id, repository.installation)
    pull_request = save_snapshot(tx, capstone.id, as_json(named.pull_request))
    inbox.request_round(tx, pull_request)
    round_ = tx.rounds.of(pull_request.id)[-1].id
    tx.audit("operator", "review.ask", f"pull_request:{pull_request.id}")
    return round_


def describe_round_end(tx: Tx, round_: str) -> RoundEnd | None:
    """Return how a round ended; None while it is still running."""
    this_round = tx.rounds.get(round_)
    if this_round.state in _GOING_ON:
        return None
    if this_round.state is RoundState.PUBLISHED:
        reasons = (
            ()
            if this_round.report is None or this_round.report.complete
            else this_round.report.incomplete_because
        )
        suffix = f"; incomplete: {'; '.join(reasons[:3])}" if reasons else ""
        return RoundEnd(f"{_describe_published(tx, round_)}{suffix}", complete=not reasons)
    if this_round.state is RoundState.SUPERSEDED:
        return RoundEnd(
            "not published: Sensei is reading a newer commit instead, or the pull request was closed",
            complete=False,
        )
    if this_round.state is RoundState.INCOMPLETE:
        reasons = (
            this_round.report.incomplete_because if this_round.report else ("this commit could not be read",)
        )
        return RoundEnd(f"incomplete: {'; '.join(reasons[:3])}", complete=False)
    return RoundEnd(f"not published: {(this_round.error or 'Sensei gave up').rstrip('.')}", complete=False)


def _describe_published(tx: Tx, round_: str) -> str:
    this_round = tx.rounds.get(round_)
    pull_request = tx.pull_requests.get(this_round.pull_request)
    own = [question for question in list_visible(tx, pull_request.id) if question.round == round_]
    asked = sum(question.state not in {QuestionState.PROPOSED, QuestionState.KEPT} for question in own)
    fact_count = len(group_facts(remove_refused_texts(this_round.report))) if this_round.report else 0
    found = f"{count(asked, 'question')}, {count(fact_count, 'fact')}"
    waiting_count = sum(question.state is QuestionState.PROPOSED for question in own)
    suffix = f"; {count(waiting_count, 'question')} for a sensei to keep or withdraw" if waiting_count else ""
    if not tx.capstones.get(pull_request.capstone).speaks:
        return f"read; Sensei posts nothing while the capstone is on hold{suffix}"
    return f"read and published: {found}{suffix}"
