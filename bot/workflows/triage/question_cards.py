"""Brings a sensei the questions that wait for their decision, in their working hours.

All questions of a pull request that wait when a card is due are on one card, and a person gets at most one
card an hour about a pull request. An effect stores which questions a card has.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.dojo.working_moments import next_working_moment
from bot.domain.pull_requests.records import AskedQuestion, QuestionState
from bot.ports.engine import RETRY_SEPARATOR, Json
from bot.ports.store import Tx
from bot.rendering.triage import question_cards as rendering
from bot.rendering.triage.question_cards import MOST_ON_A_CARD, ShownCard
from bot.workflows.articulation.question_contexts import find_name
from bot.workflows.chat.actors import Clock
from bot.workflows.chat.addresses import chat_address
from bot.workflows.chat.features import AddressedMessage
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.chat.outbox import is_on_its_way, rewrite_message, send_message
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.triage.responsibilities import Responsibility, find_responsibility

QUESTION = "triage.question"
"""The kind of message that brings waiting questions."""
_HOUR = timedelta(hours=1)


def bring_questions(tx: Tx, pull_request: int, at: datetime) -> None:
    """Bring the waiting questions of a pull request to whoever is on duty, unless they have them already."""
    row = tx.pull_requests.get(pull_request)
    reader = find_responsibility(tx, row.capstone, at).on_duty
    new = find_new_questions(tx, pull_request, reader, at)
    if reader is None or not new:
        return
    cohort = tx.capstones.get(row.capstone).cohort
    for number, questions in enumerate(_fill_waiting_card(tx, pull_request, reader, new, at)):
        key = f"{_cards(pull_request, reader)}{_to_milliseconds(at) + number}"
        _store_questions(tx, key, questions, at)
        about = {"pull_request": pull_request, "reader": reader, "card": key}
        due = _find_due_time(tx, pull_request, reader, at)
        send_message(tx, key, QUESTION, about, next_working_moment(find_hours(tx, reader, cohort), due))
    rewrite_cards(tx, pull_request, at)
    refresh_home(tx, reader, at)


def find_new_questions(tx: Tx, pull_request: int, reader: str | None, at: datetime) -> list[int]:
    """List the waiting questions of a pull request that a reader neither has nor is about to get.

    While a capstone is on hold, none are brought: nothing could be posted there.
    """
    row = tx.pull_requests.get(pull_request)
    if reader is None or chat_address(tx, reader) is None or tx.capstones.get(row.capstone).held:
        return []
    waiting = [
        question.id
        for question in tx.standings.waiting_for_senseis([row.capstone])
        if question.pull_request == row.number and question.state is QuestionState.PROPOSED
    ]
    cards = tx.effects.find_by_prefix(_cards(pull_request, reader)) if waiting else {}
    known = {
        question
        for card, questions in cards.items()
        if is_on_its_way(tx, card, at)
        for question in _parse_questions(questions)
    }
    return [question for question in waiting if question not in known]


def rewrite_cards(tx: Tx, pull_request: int, at: datetime) -> None:
    """Write every card about a pull request again that was sent, because what it shows has changed."""
    prefix = f"message:{QUESTION}:{pull_request}:"
    readers = set()
    for effect in tx.effects.find_by_prefix(prefix):
        key = effect.removeprefix("message:")
        reader = effect.removeprefix(prefix).partition(":")[0]
        about = {"pull_request": pull_request, "reader": reader, "card": key}
        rewrite_message(tx, key, QUESTION, about, at)
        readers.add(reader)
    for reader in sorted(readers):
        refresh_home(tx, reader, at)


def _fill_waiting_card(
    tx: Tx, pull_request: int, reader: str, new: Sequence[int], at: datetime
) -> Iterator[Sequence[int]]:
    """Add questions to the card that is waiting to be sent, if it has room; yield those of further cards."""
    jobs = tx.jobs.list_waiting(f"message:{_cards(pull_request, reader)}")
    for job in sorted(jobs):
        card = job.removeprefix("message:").partition(RETRY_SEPARATOR)[0]
        questions = _parse_questions(tx.effects.find(card)[1])
        room = MOST_ON_A_CARD - len(questions)
        _store_questions(tx, card, [*questions, *new[:room]], at)
        new = new[room:]
    for start in range(0, len(new), MOST_ON_A_CARD):
        yield new[start : start + MOST_ON_A_CARD]


def _find_due_time(tx: Tx, pull_request: int, reader: str, at: datetime) -> datetime:
    """Return when the next card is due: an hour after the one before it, whether that was sent or waits."""
    jobs = f"message:{_cards(pull_request, reader)}"
    before = [*tx.jobs.begin_times_since(jobs, at - _HOUR)]
    before += [due for job in tx.jobs.list_waiting(jobs) if (due := tx.jobs.find_due_time(job))]
    return max([at, *(moment.astimezone(UTC) + _HOUR for moment in before)])


def _cards(pull_request: int, reader: str) -> str:
    """Return how the keys of a reader's cards begin; the time follows."""
    return f"{QUESTION}:{pull_request}:{reader}:"


def _parse_questions(questions: str | None) -> list[int]:
    return [int(number) for number in (questions or "").split()]


def _store_questions(tx: Tx, card: str, questions: Sequence[int], at: datetime) -> None:
    tx.effects.begin(card, at)
    tx.effects.finish(card, " ".join(map(str, questions)), at)


def _to_milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


@dataclass(frozen=True)
class QuestionCards:
    """Writes the cards. ``web`` is the code host's web address; ``load_asks`` returns what checks ask."""

    web: str
    now: Clock
    load_asks: Callable[[], Mapping[str, str]]

    def write(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Ask the reader while they are on duty, or show who decides now, or what came of the questions."""
        was_sent = tx.effects.find(f"message:{about['card']}")[1] is not None
        numbers = _parse_questions(tx.effects.find(about["card"])[1])
        questions = [question for number in numbers if (question := tx.questions.get(number))]
        reader = about["reader"]
        if not questions:
            return AddressedMessage((reader,), rendering.forgotten_card()) if was_sent else None
        duty = self._find_duty(tx, about)
        shown = self._show(tx, about, questions, duty)
        if duty.on_duty == reader:
            is_needed = was_sent or bool(shown.waiting)
            return AddressedMessage((reader,), rendering.question_card(shown)) if is_needed else None
        if not was_sent:
            return None
        if duty.sensei == reader:
            return AddressedMessage((reader,), rendering.question_card(shown))
        decider = find_name(tx, duty.on_duty) if duty.on_duty else None
        return AddressedMessage((reader,), rendering.moved_card(shown, decider))

    def _find_duty(self, tx: Tx, about: Json) -> Responsibility:
        capstone = tx.pull_requests.get(about["pull_request"]).capstone
        return find_responsibility(tx, capstone, self.now())

    def _show(
        self, tx: Tx, about: Json, questions: Sequence[AskedQuestion], duty: Responsibility
    ) -> ShownCard:
        pull_request = tx.pull_requests.get(about["pull_request"])
        is_away = duty.on_duty not in {None, about["reader"]}
        tried = tx.effects.find_all([unposted_key(question.id) for question in questions])
        return ShownCard(
            questions,
            pull_request,
            tx.capstones.get(pull_request.capstone),
            self.web,
            find_name(tx, duty.participant or None),
            self.load_asks(),
            frozenset(question.id for question in questions if unposted_key(question.id) in tried),
            find_name(tx, duty.on_duty) if is_away else "",
        )


def note_unposted(tx: Tx, question: int, at: datetime) -> None:
    """Note that a kept question could not be posted, so that its card says so."""
    tx.effects.begin(unposted_key(question), at)


def unposted_key(question: int) -> str:
    """Return the key of the effect that notes that a kept question could not be posted."""
    return f"unposted:{question}"
