"""What a delivery changes: one transaction, in which nobody is talked to.

Rounds that an event calls for become rows with a due time, so that pushes within the quiet period make one
round, and a crash between here and the engine loses nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.pull_requests.permissions import HostAction, is_allowed, is_person
from bot.domain.pull_requests.records import (
    Account,
    Capstone,
    PullRequest,
    QuestionState,
    Round,
    RoundState,
    ThreadMessage,
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
from bot.ports.store import Delivery, Job, Tx
from bot.workflows.chat.dispatch import ChatDispatch
from bot.workflows.pull_requests import comment_commands
from bot.workflows.pull_requests.account_roles import role_on

FROM_CHAT = "slack."

_BEGINS = frozenset({"opened", "reopened", "ready_for_review", "synchronize"})
_GOING_ON = (RoundState.WAITING, RoundState.READING)
# What was put off may be answered after all; what is disputed is a sensei's to rule on, whatever is said.
_ANSWERABLE = (QuestionState.ASKED, QuestionState.DEFERRED)
_THE_SENSEIS = (QuestionState.DISPUTED, QuestionState.WITHDRAWN)

# Posting is tried for some three hours.
LONGEST_PLACING = timedelta(hours=4)
# What was refused may be allowed by now, and no event tells of it.
STOPPED_FOR = timedelta(days=1)


@dataclass(frozen=True)
class EventHandler:
    """Handles deliveries. ``quiet`` are the seconds that have to pass after a push before it is read.

    ``chat`` handles what came from Slack; None where Slack is not set up.
    """

    now: Callable[[], datetime]
    quiet: float
    chat: ChatDispatch | None = None

    def handle(self, tx: Tx, guid: str) -> bool:
        """Do what a delivery calls for; False if there is none of this id that waits."""
        delivery = tx.deliveries.get(guid)
        if delivery is None:
            return False
        if delivery.event.startswith(FROM_CHAT):
            self._chatted(tx, delivery)
            return True
        event = read_event(delivery.event, parse_payload(delivery.payload))
        if isinstance(event, CommentChanged | ThreadResolved) and (waits_for := self._waits_for(tx, event)):
            tx.deliveries.defer(guid, waits_for)
            return True
        acted = event is not None and self._act(tx, event, guid)
        tx.deliveries.close(guid, "handled" if acted else "ignored")
        return True

    def undone(self, tx: Tx, guid: str, why: UserError) -> None:
        """Close a delivery that asked for what cannot be done any more; who asked is told why."""
        delivery = tx.deliveries.get(guid)
        if delivery is not None and self.chat is not None:
            self.chat.undone(tx, delivery)
        tx.deliveries.close(guid, "ignored", str(why))

    def _chatted(self, tx: Tx, delivery: Delivery) -> None:
        if self.chat is None:
            tx.deliveries.close(delivery.guid, "failed", "Slack is not set up here any more")
            return
        acted = self.chat.handle(tx, delivery)
        tx.deliveries.close(delivery.guid, "handled" if acted else "ignored")

    def wake(self, tx: Tx) -> None:
        """Let what was said in threads be handled, where it can be known by now whether of a question."""
        for pull_request in tx.deliveries.deferred():
            if not tx.questions.placing(pull_request, self.now() - LONGEST_PLACING):
                tx.deliveries.wake(pull_request)

    def _waits_for(self, tx: Tx, event: CommentChanged | ThreadResolved) -> int | None:
        """Return the pull request that an event of a thread has to wait for.

        People may answer a question before its comment is known; what comes later must not overtake it. But
        a command that is about no question must not wait: it may be there to stop what is about to be posted.
        """
        if isinstance(event, CommentChanged) and comment_commands.is_about_no_question(event):
            return None
        thread = event.comments if isinstance(event, ThreadResolved) else (event.thread,)
        comments = [comment for comment in thread if comment is not None]
        capstone = tx.capstones.of(event.repository.id) if comments else None
        found = tx.pull_requests.find(capstone.id, event.number) if capstone else None
        if found is None:
            return None
        if found.id in tx.deliveries.deferred():
            return found.id
        known = any(tx.questions.by_comment(comment) for comment in comments)
        placing = not known and tx.questions.placing(found.id, self.now() - LONGEST_PLACING)
        return found.id if placing else None

    def _act(self, tx: Tx, event: Event, guid: str) -> bool:
        """Act on an event; False where it concerns no capstone."""
        if isinstance(event, InstallationChanged):
            return self._installed(tx, event, guid)
        capstone = tx.capstones.of(event.repository.id)
        if capstone is None:
            return False
        self._note(tx, capstone, event.repository, guid)
        match event:
            case PullRequestChanged():
                self._pull_request(tx, capstone, event)
            case CommentChanged():
                self._commented(tx, capstone, event)
            case ThreadResolved():
                self._resolved(tx, capstone, event)
            case CheckRerequested():
                self._rerequested(tx, capstone, event)
            case BranchPushed():
                self._pushed(tx, capstone, event, guid)
        return True

    def _installed(self, tx: Tx, event: InstallationChanged, guid: str) -> bool:
        if event.all_of_it:
            tx.capstones.uninstalled(event.installation)
            return True
        known = False
        for repository in event.removed:
            # A late delivery may tell of an installation in whose place there is another by now.
            if (capstone := tx.capstones.of(repository)) and capstone.installation == event.installation:
                tx.capstones.installed(repository, None)
        for repository in event.added:
            if capstone := tx.capstones.of(repository):
                known = True
                self._reached(tx, capstone, event.installation, guid)
        return known or bool(event.removed)

    def _reached(self, tx: Tx, capstone: Capstone, installation: int, guid: str) -> None:
        """Keep by which installation a repository is reached, and look at what happened while none was."""
        tx.capstones.installed(capstone.repository, installation)
        argument = {"capstone": capstone.id, "stopped": True}
        told = f"reconcile:{capstone.repository}:told."
        tx.jobs.replace(told, Job(f"{told}{guid}", "reconcile", argument, self.now()))

    def _note(self, tx: Tx, capstone: Capstone, repository: EventRepository, guid: str) -> None:
        """Keep a repository's name, branch and installation as they are now.

        Deliveries come in any order: one that says how a repository is reached may be the first to do so.
        """
        tx.capstones.renamed(repository.id, repository.owner, repository.name)
        if repository.default_branch:
            tx.capstones.branch(repository.id, repository.default_branch)
        if repository.installation not in {None, capstone.installation}:
            self._reached(tx, capstone, repository.installation, guid)

    def _pull_request(self, tx: Tx, capstone: Capstone, event: PullRequestChanged) -> None:
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
        if pull_request.state != "open":
            self.close(tx, capstone, pull_request)
        elif event.action in _BEGINS or event.retargeted:
            anew = event.retargeted and self._may(tx, capstone, event.by, HostAction.BASE)
            self.read(tx, pull_request, anew=anew)

    def close(self, tx: Tx, capstone: Capstone, pull_request: PullRequest) -> None:
        """Stop reading what was closed; what it moved counts if it was merged, else it is forgotten."""
        for round_ in tx.rounds.of(pull_request.id):
            if round_.state in _GOING_ON:
                tx.rounds.supersede(round_.id, self.now())
        prefix = f"review:{capstone.repository}#{pull_request.number}:"
        tx.ledgers.settle(capstone.id, prefix, merged=pull_request.state == "merged")

    def read(self, tx: Tx, pull_request: PullRequest, *, anew: bool = False, stopped: bool = False) -> None:
        """Let a pull request's head be read once the quiet period is over, unless it has been or will be.

        Drafts, quietened pull requests and those of anybody else than the participant and the sensei are
        read only when somebody asks; ``anew`` what has been read, ``stopped`` what could not be because the
        App was not let in; a day later that is tried anyway.
        """
        if pull_request.draft or pull_request.quiet or not self.reads_unasked(tx, pull_request):
            return
        rounds = tx.rounds.of(pull_request.id)
        last = rounds[-1] if rounds else None
        useless = last is not None and self._useless(last, stopped)
        if last and last.head == pull_request.head and not useless and not anew:
            return
        self._begin(tx, pull_request, rounds, Trigger.PUSH if rounds else Trigger.OPENED, self.quiet)

    def reads_unasked(self, tx: Tx, pull_request: PullRequest) -> bool:
        """Say whether a pull request is one that is read without being asked for: its author decides.

        Whoever may push to its branch was let in by its author; a bot's or a stranger's waits for a request.
        """
        return self._may(
            tx, tx.capstones.get(pull_request.capstone), pull_request.author, HostAction.PULL_REQUEST
        )

    def _may(self, tx: Tx, capstone: Capstone, account: Account | None, act: HostAction) -> bool:
        """Say whether an account's act counts today; an act without a known author never does."""
        if account is None:
            return False
        return is_allowed(act, role_on(tx, capstone, account, self.now().date()))

    def _useless(self, last: Round, stopped: bool) -> bool:
        if last.state is RoundState.STOPPED:
            long_ago = last.ended_at is not None and self.now() - last.ended_at >= STOPPED_FOR
            return last.superseded or stopped or long_ago
        return last.superseded or last.state is RoundState.SUPERSEDED

    def ask(self, tx: Tx, pull_request: PullRequest, by: Account | None = None) -> None:
        """Let a pull request be read because somebody asks, unless that is being done.

        What is read only because of a push begins anew: later rounds speak seldom unless somebody asks. Who
        asks on a pull request that is not the participant's (``by``) is in the audit trail: it costs because
        of them.
        """
        if by is not None:
            self._note_request(tx, pull_request, by)
        for round_ in tx.rounds.of(pull_request.id):
            going_on = round_.state is RoundState.READING and not round_.superseded
            # One that gave up is in that state, with its error, until it is known what it has shown.
            if (
                going_on
                and not round_.error
                and round_.head == pull_request.head
                and tx.rounds.asked_for(round_.id)
            ):
                return
        self._begin(tx, pull_request, tx.rounds.of(pull_request.id), Trigger.ASKED, 0.0)

    def _note_request(self, tx: Tx, pull_request: PullRequest, by: Account) -> None:
        capstone, person = tx.capstones.get(pull_request.capstone), tx.members.by_code(by.id)
        if person is not None and pull_request.author.id != capstone.participant.id:
            tx.audit(person, "review.ask", f"pull_request:{pull_request.id}")

    def retry(self, tx: Tx, pull_request: PullRequest, after: float) -> None:
        """Let a pull request be read once more, as its reading was incomplete."""
        rounds = [each for each in tx.rounds.of(pull_request.id) if each.state is RoundState.WAITING]
        if not rounds:
            due = self.now() + timedelta(seconds=after)
            tx.rounds.begin(pull_request.id, Trigger.RETRY, pull_request.head, due)

    def _begin(
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

    def _rerequested(self, tx: Tx, capstone: Capstone, event: CheckRerequested) -> None:
        """Read a commit again. A stranger may have opened a pull request of the very same commit."""
        if not self._may(tx, capstone, event.by, HostAction.RERUN):
            return
        for pull_request in tx.pull_requests.open(capstone.id):
            if pull_request.head == event.head and (
                self.reads_unasked(tx, pull_request)
                or any(one.head == event.head for one in tx.rounds.of(pull_request.id))
            ):
                self.ask(tx, pull_request, event.by)

    def _pushed(self, tx: Tx, capstone: Capstone, event: BranchPushed, guid: str) -> None:
        """Look again at what the ledger rests on, once the default branch has moved, or has moved back.

        A push takes the place of one that waits. It must not leave that to it: the engine may have begun with
        it already, and may have looked which commit is the head, if the process died just then.
        """
        if event.branch == event.repository.default_branch and event.head:
            pushed = f"baseline:{capstone.repository}:push."
            argument = {"capstone": capstone.id, "pushed": True}
            tx.jobs.replace(pushed, Job(f"{pushed}{guid}", "baseline", argument, self.now()))

    def _commented(self, tx: Tx, capstone: Capstone, event: CommentChanged) -> None:
        if event.author.is_bot:
            return  # ourselves among them: nobody talks in circles
        question = tx.questions.by_comment(event.thread) if event.thread else None
        if event.action == "deleted":
            comment_commands.forget_comment(tx, capstone, event, self.now())
            if question:
                tx.questions.unsaid(question.id, event.comment, event.author.id, self.now())
            return
        if event.forged or not is_person(event.author):
            return  # neither a command nor an answer: what its author said is kept as it was
        if question and _stale(event, tx.questions.message(event.comment)):
            return
        if comment_commands.hear_comment(tx, capstone, event, self, self.now()) or question is None:
            return
        tx.questions.said(question.id, event.comment, event.author.id, event.body, event.at)
        role = role_on(tx, capstone, event.author, event.at.date())
        if is_allowed(HostAction.GUIDANCE, role):
            tx.questions.sensei_spoke(question.id, self.now())
        elif is_allowed(HostAction.ANSWER, role) and question.state in _ANSWERABLE:
            tx.questions.set(question.id, QuestionState.ANSWERED, self.now())

    def _resolved(self, tx: Tx, capstone: Capstone, event: ThreadResolved) -> None:
        """Note that a thread was resolved or opened again, unless a sensei has to rule, or has withdrawn it.

        Whoever may write to the repository may resolve threads; that settles no question for the participant
        and takes no dispute from the sensei.
        """
        if not self._may(tx, capstone, event.by, HostAction.SETTLEMENT):
            return
        for comment in event.comments:
            question = tx.questions.by_comment(comment)
            if question is None or question.state in _THE_SENSEIS:
                continue
            if event.resolved:
                tx.questions.set(question.id, QuestionState.RESOLVED, self.now())
            elif question.state is QuestionState.RESOLVED:
                tx.questions.set(question.id, QuestionState.ASKED, self.now())


def _stale(event: CommentChanged, known: ThreadMessage | None) -> bool:
    """Say whether newer news of a comment came before this; after its deletion nothing is newer."""
    return known is not None and (known.deleted or not event.newer_than(known.at))
