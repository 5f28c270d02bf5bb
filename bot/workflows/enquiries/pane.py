"""What a person sees when they open their conversation with Sensei: questions that it can answer.

Nothing is posted, so opening it often makes no noise. Where the workspace or the app doesn't have the
feature, nothing is shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.domain.chat.events import PaneOpened
from bot.domain.decisions.records import DecisionState
from bot.domain.dojo.people import CohortRole, Member
from bot.domain.enquiries.records import Enquiry, Place
from bot.domain.rubrics.rubric import Rubric
from bot.domain.sources.documents import FoundPassage, cohort_scope
from bot.domain.sources.markdown_files import redact
from bot.errors import PermanentError, TransientError, UserError
from bot.ports.chat import Chat, SuggestedPrompt
from bot.ports.engine import Json, Steps
from bot.ports.jobs import Job
from bot.ports.store import Store, Tx
from bot.rendering.chat.slack_value_rules import UnsendableError
from bot.rendering.enquiries import slack_pane as words
from bot.workflows.chat.actors import Clock
from bot.workflows.enquiries.hearing import find_asker

log = structlog.get_logger(__name__)

PANE = "pane"
"""The workflow that suggests questions."""
_BETWEEN = timedelta(minutes=1)

FindPublic = Callable[[int, str], Sequence[FoundPassage]]
"""Returns the passages that fit a question of an enrolment, without the person's own documents."""


def find_nothing(_enrolment: int, _question: str) -> Sequence[FoundPassage]:
    """Return no passages: what is searched where no index is open."""
    return ()


@dataclass(frozen=True)
class EnquiryPanes:
    """Hears that people who may ask open their conversation with Sensei. ``now`` says which cohorts run."""

    now: Clock

    def keep(self, tx: Tx, opened: PaneOpened) -> bool:
        """Return whether a person may ask. Of others, it isn't even stored."""
        return find_asker(tx, opened.team, opened.user, self.now()) is not None

    def open(self, tx: Tx, opened: PaneOpened, clock: Clock) -> bool:
        """Suggest questions: at most once a minute, and in each new thread.

        In the pane, the thread begins with a message of the app. So its enquiry must be known before the
        person writes the first message.
        """
        at = clock()
        asker = find_asker(tx, opened.team, opened.user, at)
        if asker is None:
            return False
        prefix = f"{PANE}:{opened.user}:"
        if opened.thread:
            tx.enquiries.open(asker.enrolment, Place.PANE, opened.channel, opened.thread, at)
        elif tx.jobs.list_waiting(prefix) or tx.jobs.begin_times_since(prefix, at - _BETWEEN):
            return False
        about = {"enrolment": asker.enrolment, "channel": opened.channel, "thread": opened.thread}
        tx.jobs.add(Job(f"{prefix}{int(at.timestamp() * 1000)}", PANE, about, at))
        return True


@dataclass(frozen=True)
class PanePrompts:
    """The workflow ``pane``. ``load_rubric`` returns the rubric, whose criteria the questions name."""

    chat: Chat | None
    store: Store
    load_rubric: Callable[[], Rubric]
    now: Callable[[], datetime]
    find: FindPublic = find_nothing

    def run(self, steps: Steps, argument: Json) -> Json:
        """Suggest questions once. If that fails, they are suggested when it's opened the next time."""
        return steps.step("suggest", lambda: {"outcome": self._suggest(argument)})

    def _suggest(self, argument: Json) -> str:
        with self.store.read() as tx:
            member = tx.members.get(argument["enrolment"])
            decision = _find_decision(tx, member)
        if self.chat is None:
            return "no chat"
        prompts = self._choose(member, decision)
        try:
            self.chat.suggest_prompts(
                argument["channel"], argument["thread"] or None, words.PROMPTS_TITLE, prompts
            )
        except (TransientError, PermanentError) as failed:
            log.info("enquiries.not_suggested", why=str(failed))
            return "not shown"
        return "done"

    def _choose(self, member: Member, decision: str) -> Sequence[SuggestedPrompt]:
        """Return questions about two criteria, which change each day, and what else the person can ask."""
        titles = [criterion.title for criterion in self.load_rubric().criteria]
        today = self.now().toordinal()
        chosen = [
            words.rubric_prompt(titles[today % len(titles)]),
            words.source_prompt(titles[(today + 1) % len(titles)]),
        ]
        if decision:
            chosen.append(words.decision_prompt(decision))
        return [*chosen, *self._covered_by_handbook(member)]

    def _covered_by_handbook(self, member: Member) -> Sequence[SuggestedPrompt]:
        """Return a question about the handbook that it covers, if there is one and it can be searched."""
        scope = cohort_scope(member.cohort)
        try:
            for title, question, sought in words.HANDBOOK_QUESTIONS:
                if any(passage.scope == scope for passage in self.find(member.enrolment, sought)):
                    return [words.handbook_prompt(title, question)]
        except (TransientError, PermanentError, UserError) as failed:
            log.info("enquiries.handbook_not_searched", why=str(failed))
        return []


def show_title(chat: Chat, enquiry: Enquiry, question: str) -> None:
    """Give a thread its first question as title, so that its asker finds it again. It may fail.

    The title has no secret that is recognised.
    """
    if enquiry.place is Place.CHANNEL:
        return
    try:
        chat.set_title(enquiry.channel, enquiry.thread, words.thread_title(redact(question)))
    except (TransientError, PermanentError, UnsendableError) as failed:
        log.info("enquiries.no_title", why=str(failed))


def _find_decision(tx: Tx, member: Member) -> str:
    """Return the title of a participant's newest confirmed decision in their cohort, or ""."""
    if member.role is not CohortRole.PARTICIPANT:
        return ""
    found = [
        decision
        for capstone in tx.capstones.by_participant(member.person)
        if capstone.cohort == member.cohort
        for decision in tx.decisions.of(capstone.id, [DecisionState.CONFIRMED])
        if decision.person == member.person
    ]
    return max(found, key=lambda decision: decision.id).title if found else ""
