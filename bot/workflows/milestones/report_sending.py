"""Sends a participant the report on a milestone that they asked for, as a file in a direct message, once.

The page's bytes are brought to the chat first, where nobody sees them; sharing them is a step of its own. If
the answer to that was lost, a later attempt looks for the file in the conversation before it shares it again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import sleep

from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.domain.triage.records import Milestone
from bot.errors import PermanentError, UserError
from bot.ports.chat import Chat
from bot.ports.engine import RETRY_SEPARATOR, Json, Steps
from bot.ports.jobs import Job
from bot.ports.store import Store, Tx
from bot.rendering.milestones import html, slack_report
from bot.workflows.chat.addresses import chat_address
from bot.workflows.chat.features import AddressedMessage
from bot.workflows.chat.outbox import send_message
from bot.workflows.chat.token_watch import pause_if_rejected
from bot.workflows.jobs.retry import LIST_LAG, PAUSED, insist
from bot.workflows.milestones.reports import gather_report
from bot.workflows.triage.capstone_ledgers import LedgerLoader

UNSENT = "milestone.unsent"
"""The kind of message that says that a report couldn't be sent."""
BETWEEN_REPORTS = timedelta(minutes=10)
"""How long a second click on the same button sends no second report."""


def ask_for_report(tx: Tx, person: str, capstone: int, milestone: Milestone, at: datetime) -> None:
    """Add the job that sends a report to ``person``, the capstone's participant.

    Raises:
        UserError: a report on this capstone is on its way, or has just been sent.
    """
    require_no_report(tx, capstone, at)
    identity = f"{_prefix(tx, capstone)}{int(at.timestamp() * 1000)}"
    about = {"person": person, "capstone": capstone, "milestone": milestone.value}
    tx.jobs.add(Job(identity, "report", about, at))


def require_no_report(tx: Tx, capstone: int, at: datetime) -> None:
    """Refuse a report if one was asked for a moment ago.

    Raises:
        UserError: one is on its way, or has just been sent.
    """
    prefix = _prefix(tx, capstone)
    if tx.jobs.list_waiting(prefix) or tx.jobs.begin_times_since(prefix, at - BETWEEN_REPORTS):
        raise UserError(
            "You've just asked for this report. It's in your direct messages with me, or on its way there.",
            "You can ask for it again in ten minutes.",
        )


def _prefix(tx: Tx, capstone: int) -> str:
    """Return the start of the ids of a capstone's jobs. It names the repository, so that erasure finds it."""
    return f"report:{tx.capstones.get(capstone).repository}#{capstone}:"


@dataclass(frozen=True)
class ReportSending:
    """The workflow ``report``. Without ``chat``, nothing is sent."""

    chat: Chat | None
    store: Store
    make_loader: Callable[[], LedgerLoader]
    now: Callable[[], datetime]

    def run(self, steps: Steps, argument: Json) -> Json:
        """Send a report, or tell the participant that it couldn't be sent."""
        began = steps.step("began", lambda: {"at": self.now().isoformat()})
        since = datetime.fromisoformat(began["at"])
        brought = insist(steps, "bring", lambda: pause_if_rejected(lambda: self._bring(argument)))
        if brought["outcome"] == "done" and brought["file"] is None:
            return {"outcome": "gone"}
        last = brought
        if brought["outcome"] == "done":
            last = insist(
                steps, "share", lambda: pause_if_rejected(lambda: self._share(argument, brought, since))
            )
        if last["outcome"] == PAUSED:
            steps.tx("wait", lambda tx: self._put_back(tx, argument))
        elif last["outcome"] != "done":
            steps.tx("unsent", lambda tx: self._tell(tx, argument, since))
        return {"outcome": last["outcome"]}

    def _bring(self, argument: Json) -> Json:
        """Bring the page to the chat; return its id and title. There is none without its participant."""
        with self.store.read() as tx:
            if _find_user(tx, argument) is None:
                return {"file": None}
            capstone, milestone = tx.capstones.get(argument["capstone"]), Milestone(argument["milestone"])
            report = gather_report(tx, self.make_loader(), capstone, milestone, self.now())
        page, name = html.render(report).encode(), html.name_file(report)
        return {"file": self._require_chat().bring_page(name, page), "name": name}

    def _share(self, argument: Json, brought: Json, since: datetime) -> Json:
        """Show the page to its participant, unless an earlier attempt has."""
        file: str = brought["file"]
        chat = self._require_chat()
        with self.store.read() as tx:
            key = f"{_prefix(tx, argument['capstone'])}{file}"
            tried, done = tx.effects.find(key)
            user = _find_user(tx, argument)
        if done is not None or user is None:
            return {}
        channel = chat.conversation([user])
        if tried:
            sleep(LIST_LAG)  # the answer to an earlier attempt was lost, and the list may lag behind
        if not (tried and chat.has_file(channel, file, since)):
            with self.store.begin() as tx:
                tx.effects.begin(key, self.now())
            chat.share_file(file, brought["name"], channel, slack_report.COMMENT)
        with self.store.begin() as tx:
            tx.effects.finish(key, channel, self.now())
        return {}

    def _put_back(self, tx: Tx, argument: Json) -> Json:
        """Add the job again under another id, since each id runs only once."""
        stamp = int(self.now().timestamp() * 1000)
        prefix = _prefix(tx, argument["capstone"])
        tx.jobs.add(Job(f"{prefix}{RETRY_SEPARATOR}{stamp}", "report", argument, self.now()))
        return {}

    def _tell(self, tx: Tx, argument: Json, since: datetime) -> Json:
        key = f"{UNSENT}:{argument['person']}:{int(since.timestamp() * 1000)}"
        send_message(tx, key, UNSENT, {"person": argument["person"]}, self.now())
        return {}

    def _require_chat(self) -> Chat:
        if self.chat is None:
            raise PermanentError("Slack is not set up.", "`sensei setup slack` shows how to set it up.")
        return self.chat


def write_unsent(_tx: Tx, about: Json) -> AddressedMessage:
    """Tell a participant that their report couldn't be sent, and who can make it."""
    return AddressedMessage((about["person"],), slack_report.unsent_message())


def _find_user(tx: Tx, argument: Json) -> str | None:
    """Return the account of who asked, or None if they are no longer the capstone's participant."""
    person, capstone = argument["person"], tx.capstones.get(argument["capstone"])
    if capstone.ended or tx.members.by_host_account(capstone.participant.id) != person:
        return None
    is_here = any(
        role.state is not EnrolmentState.LEFT
        for role in tx.members.roles(person)
        if (role.cohort, role.role) == (capstone.cohort, CohortRole.PARTICIPANT)
    )
    return chat_address(tx, person) if is_here else None
