"""Handling webhook deliveries: each in one transaction, without calling GitHub or Slack.

A command on a pull request that isn't stored yet waits until a workflow has fetched the pull request.

If an event requires a round, Sensei stores it as a row with a due time. So several pushes within the quiet
period lead to one round, and a crash before the engine starts it loses nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.articulation.guide import ArticulationRules
from bot.domain.pull_requests.comment_command_rules import CommandOutcome
from bot.domain.pull_requests.permissions import HostAction, is_allowed
from bot.domain.pull_requests.records import (
    Account,
    AskedQuestion,
    Capstone,
    PullRequest,
    Round,
    RoundState,
    Trigger,
)
from bot.domain.pull_requests.webhook_events import (
    BranchPushed,
    CheckRerequested,
    CommentChanged,
    Event,
    EventRepository,
    InstallationChanged,
    PullRequestChanged,
    ThreadResolved,
    parse_payload,
    read_event,
)
from bot.errors import UserError
from bot.ports.deliveries import Delivery, unknown_pull_request
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.chat.dispatch import ChatDispatch
from bot.workflows.decisions.records import restore_statements
from bot.workflows.pull_requests import comment_commands, question_commands, question_threads
from bot.workflows.pull_requests.account_roles import role_on
from bot.workflows.triage import question_cards

FROM_CHAT = "slack."

_BEGINS = frozenset({"opened", "reopened", "ready_for_review", "synchronize"})
_GOING_ON = (RoundState.WAITING, RoundState.READING)
# GitHub may allow now what it refused before, and sends no event about the change.
STOPPED_FOR = timedelta(days=1)


@dataclass(frozen=True)
class EventHandler:
    """Handles webhook deliveries.

    ``quiet`` is the quiet period: how many seconds Sensei waits after a push before it reads. ``chat``
    handles deliveries from Slack; None if Slack is not set up. ``load_rules`` returns what a decision needs;
    it is called when someone records one.
    """

    now: Callable[[], datetime]
    quiet: float
    chat: ChatDispatch | None = None
    load_rules: Callable[[], ArticulationRules] | None = None

    def handle(self, tx: Tx, guid: str) -> bool:
        """Handle a delivery; return False if no delivery with this id is waiting."""
        delivery = tx.deliveries.get(guid)
        if delivery is None:
            return False
        if delivery.event.startswith(FROM_CHAT):
            self._handle_chat(tx, delivery)
            return True
        event = read_event(delivery.event, parse_payload(delivery.payload))
        if isinstance(event, CommentChanged | ThreadResolved) and (
            awaited := question_threads.find_awaited_pull_request(tx, event, self.now())
        ):
            tx.deliveries.defer(guid, awaited)
            return True
        if isinstance(event, CommentChanged) and self._await_pull_request(tx, event, guid):
            return True
        is_handled = event is not None and self._handle_event(tx, event, guid)
        tx.deliveries.close(guid, "handled" if is_handled else "ignored")
        return True

    def _await_pull_request(self, tx: Tx, event: CommentChanged, guid: str) -> bool:
        """Make a command wait until its pull request is stored; return False if it need not wait."""
        capstone = tx.capstones.by_repository(event.repository.id)
        if capstone is None or not comment_commands.needs_unknown_pull_request(tx, capstone, event):
            return False
        self._store_repository(tx, capstone, event.repository, guid)
        tx.deliveries.defer(guid, unknown_pull_request(event.number))
        argument = {"capstone": capstone.id, "number": event.number, "delivery": guid}
        identity = f"fetch:{capstone.repository}#{event.number}:{guid}"
        tx.jobs.add(Job(identity, "fetch", argument, self.now()))
        return True

    def undone(self, tx: Tx, guid: str, why: UserError) -> None:
        """Close a delivery whose request is no longer possible, and inform the person who made it."""
        delivery = tx.deliveries.get(guid)
        if delivery is not None and self.chat is not None:
            self.chat.undone(tx, delivery)
        tx.deliveries.close(guid, "ignored", str(why))

    def failed(self, tx: Tx, guid: str) -> None:
        """Inform the person who made a request in Slack that a bug stopped it."""
        delivery = tx.deliveries.get(guid)
        if delivery is not None and delivery.event.startswith(FROM_CHAT) and self.chat is not None:
            self.chat.failed(tx, delivery)

    def _handle_chat(self, tx: Tx, delivery: Delivery) -> None:
        if self.chat is None:
            tx.deliveries.close(delivery.guid, "failed", "Slack is no longer set up here")
            return
        is_handled = self.chat.handle(tx, delivery)
        tx.deliveries.close(delivery.guid, "handled" if is_handled else "ignored")

    def wake(self, tx: Tx) -> None:
        """Release deferred thread events whose pull request has no questions left to place."""
        for pull_request in tx.deliveries.deferred_pull_requests():
            if not tx.questions.has_unplaced(pull_request, self.now() - question_threads.LONGEST_PLACING):
                tx.deliveries.wake(pull_request)

    def _handle_event(self, tx: Tx, event: Event, guid: str) -> bool:
        """Act on an event; return False if it isn't about a capstone."""
        if isinstance(event, InstallationChanged):
            return self._handle_installation(tx, event, guid)
        capstone = tx.capstones.by_repository(event.repository.id)
        if capstone is None:
            return False
        self._store_repository(tx, capstone, event.repository, guid)
        match event:
            case PullRequestChanged():
                self._handle_pull_request(tx, capstone, event)
            case CommentChanged():
                question_threads.handle_comment(tx, capstone, event, self, self.now())
            case ThreadResolved():
                question_threads.handle_resolution(tx, capstone, event, self.now())
            case CheckRerequested():
                self._handle_rerequest(tx, capstone, event)
            case BranchPushed():
                self._handle_push(tx, capstone, event, guid)
        return True

    def _handle_installation(self, tx: Tx, event: InstallationChanged, guid: str) -> bool:
        if event.all_of_it:
            tx.capstones.clear_installation(event.installation)
            return True
        is_known = False
        for repository in event.removed:
            # A late delivery may be about an installation that has since been replaced.
            if (
                capstone := tx.capstones.by_repository(repository)
            ) and capstone.installation == event.installation:
                tx.capstones.set_installation(repository, None)
        for repository in event.added:
            if capstone := tx.capstones.by_repository(repository):
                is_known = True
                self._store_installation(tx, capstone, event.installation, guid)
        return is_known or bool(event.removed)

    def _store_installation(self, tx: Tx, capstone: Capstone, installation: int, guid: str) -> None:
        """Store a repository's installation, and schedule a check for anything missed without one."""
        tx.capstones.set_installation(capstone.repository, installation)
        argument = {"capstone": capstone.id, "stopped": True}
        prefix = f"reconcile:{capstone.repository}:told."
        tx.jobs.replace(prefix, Job(f"{prefix}{guid}", "reconcile", argument, self.now()))

    def _store_repository(self, tx: Tx, capstone: Capstone, repository: EventRepository, guid: str) -> None:
        """Store a repository's current name, default branch and installation.

        Deliveries arrive in any order, so any of them may be the first to name the installation.
        """
        tx.capstones.set_name(repository.id, repository.owner, repository.name)
        if repository.default_branch:
            tx.capstones.set_default_branch(repository.id, repository.default_branch)
        if repository.installation not in {None, capstone.installation}:
            self._store_installation(tx, capstone, repository.installation, guid)

    def _handle_pull_request(self, tx: Tx, capstone: Capstone, event: PullRequestChanged) -> None:
        pull_request = tx.pull_requests.save(
            capstone.id,
            event.number,
            state=event.state,
            draft=event.draft,
            author=event.author,
            head=event.head,
            base_ref=event.base_ref,
            at=event.at,
        )
        tx.deliveries.wake(unknown_pull_request(event.number))
        if pull_request.state != "open":
            self.close_pull_request(tx, capstone, pull_request)
        if event.action == "reopened":  # its questions can be kept again
            question_cards.bring_questions(tx, pull_request.id, self.now())
            question_cards.rewrite_cards(tx, pull_request.id, self.now())
        if pull_request.state == "open" and (event.action in _BEGINS or event.retargeted):
            again = event.retargeted and self._is_allowed(tx, capstone, event.by, HostAction.BASE)
            self.schedule_round(tx, pull_request, again=again)

    def close_pull_request(self, tx: Tx, capstone: Capstone, pull_request: PullRequest) -> None:
        """Stop the rounds of a closed pull request; count its movements only if it was merged."""
        for round_ in tx.rounds.of(pull_request.id):
            if round_.state in _GOING_ON:
                tx.rounds.supersede(round_.id, self.now())
        prefix = f"review:{capstone.repository}#{pull_request.number}:"
        is_merged = pull_request.state == "merged"
        tx.ledgers.settle(capstone.id, prefix, merged=is_merged)
        tx.statements.settle(pull_request.id, merged=is_merged)
        question_cards.rewrite_cards(tx, pull_request.id, self.now())
        if is_merged and self.load_rules is not None:
            restore_statements(tx, pull_request, self.load_rules(), self.now())

    def schedule_round(
        self, tx: Tx, pull_request: PullRequest, *, again: bool = False, retry_stopped: bool = False
    ) -> None:
        """Schedule a round for a pull request's head, unless it has been read or already has one.

        The round starts after the quiet period. Drafts, quiet pull requests and those whose author is neither
        the participant nor a sensei are read only on request. ``again`` allows a head that has been read
        before; ``retry_stopped`` allows one whose round stopped, for example because the App was not
        installed. A day later, such a round is retried anyway.
        """
        if pull_request.draft or pull_request.quiet or not self.reads_unasked(tx, pull_request):
            return
        rounds = tx.rounds.of(pull_request.id)
        last = rounds[-1] if rounds else None
        unread = last is not None and self._needs_rereading(last, retry_stopped)
        if last and last.head == pull_request.head and not unread and not again:
            return
        self._begin_round(tx, pull_request, rounds, Trigger.PUSH if rounds else Trigger.OPENED, self.quiet)

    def reads_unasked(self, tx: Tx, pull_request: PullRequest) -> bool:
        """Return whether Sensei reads a pull request without a request.

        That depends only on its author, since the author decides who can push to its branch. Pull requests by
        bots and strangers wait for a request.
        """
        return self._is_allowed(
            tx, tx.capstones.get(pull_request.capstone), pull_request.author, HostAction.PULL_REQUEST
        )

    def _is_allowed(self, tx: Tx, capstone: Capstone, account: Account | None, act: HostAction) -> bool:
        """Return whether an account's action counts today; one by an unknown account never does."""
        if account is None:
            return False
        return is_allowed(act, role_on(tx, capstone, account, self.now()))

    def _needs_rereading(self, last: Round, retry_stopped: bool) -> bool:
        if last.state is RoundState.STOPPED:
            long_ago = last.ended_at is not None and self.now() - last.ended_at >= STOPPED_FOR
            return last.superseded or retry_stopped or long_ago
        return last.superseded or last.state is RoundState.SUPERSEDED

    def request_round(self, tx: Tx, pull_request: PullRequest, by: Account | None = None) -> None:
        """Start a requested round, unless one is already reading this head.

        It replaces a round that a push started: later rounds rarely ask anything unless someone requests
        them. If the pull request isn't the participant's, the request by ``by`` goes into the audit trail,
        since that person causes the cost.
        """
        if by is not None:
            self._audit_request(tx, pull_request, by)
        for round_ in tx.rounds.of(pull_request.id):
            going_on = round_.state is RoundState.READING and not round_.superseded
            # A round that gave up keeps this state and its error until Sensei knows what the round posted.
            if (
                going_on
                and not round_.error
                and round_.head == pull_request.head
                and tx.rounds.was_asked_for(round_.id)
            ):
                return
        self._begin_round(tx, pull_request, tx.rounds.of(pull_request.id), Trigger.ASKED, 0.0)

    def record_decision(self, tx: Tx, question: AskedQuestion, words: str) -> CommandOutcome:
        """Record what came of a question, with the participant's own words; return what to tell them."""
        if self.load_rules is None:
            raise AssertionError("a process that handles comments has the rules for decisions")
        return question_commands.record_decision(tx, question, words, self.load_rules(), self.now())

    def _audit_request(self, tx: Tx, pull_request: PullRequest, by: Account) -> None:
        capstone, person = tx.capstones.get(pull_request.capstone), tx.members.by_host_account(by.id)
        if person is not None and pull_request.author.id != capstone.participant.id:
            tx.audit(person, "review.ask", f"pull_request:{pull_request.id}")

    def schedule_retry(self, tx: Tx, pull_request: PullRequest, after: float) -> None:
        """Schedule another round, ``after`` seconds after an incomplete reading, unless one is waiting."""
        rounds = [round_ for round_ in tx.rounds.of(pull_request.id) if round_.state is RoundState.WAITING]
        if not rounds:
            due = self.now() + timedelta(seconds=after)
            tx.rounds.begin(pull_request.id, Trigger.RETRY, pull_request.head, due)

    def _begin_round(
        self, tx: Tx, pull_request: PullRequest, rounds: Sequence[Round], trigger: Trigger, after: float
    ) -> None:
        now = self.now()
        due = now + timedelta(seconds=after)
        for round_ in rounds:
            if round_.state is RoundState.WAITING and not round_.superseded:
                tx.rounds.move(round_.id, pull_request.head, due, trigger)
                return
            if round_.state is RoundState.READING and not round_.superseded:
                tx.rounds.supersede(round_.id, now)
        tx.rounds.begin(pull_request.id, trigger, pull_request.head, due)

    def _handle_rerequest(self, tx: Tx, capstone: Capstone, event: CheckRerequested) -> None:
        """Read a commit again, in those pull requests that Sensei reads; strangers may open others."""
        if not self._is_allowed(tx, capstone, event.by, HostAction.RERUN):
            return
        for pull_request in tx.pull_requests.list_open(capstone.id):
            if pull_request.head == event.head and (
                self.reads_unasked(tx, pull_request)
                or any(round_.head == event.head for round_ in tx.rounds.of(pull_request.id))
            ):
                self.request_round(tx, pull_request, event.by)

    def _handle_push(self, tx: Tx, capstone: Capstone, event: BranchPushed, guid: str) -> None:
        """Check the ledger's citations again after the default branch has moved, forwards or backwards.

        A push replaces a job that is still waiting. Keeping that job instead would be wrong: the engine may
        already have started it and looked up the head before this push.
        """
        if event.branch == event.repository.default_branch and event.head:
            prefix = f"baseline:{capstone.repository}:push."
            argument = {"capstone": capstone.id, "pushed": True}
            tx.jobs.replace(prefix, Job(f"{prefix}{guid}", "baseline", argument, self.now()))
