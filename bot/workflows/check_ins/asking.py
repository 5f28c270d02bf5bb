"""Asking a check-in: choosing the place, wording the question, and sending it in a direct message.

What is outside, the code host and the model, is asked in one step. It returns where the place is and the
question's words, but neither code nor anyone's own words: the transaction that asks takes these from the
rows, where the step has left the code, and looks again whether the place may still be asked about.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import structlog

from bot.domain.check_ins.due_times import find_monday
from bot.domain.check_ins.holds import HoldReason, find_holds
from bot.domain.check_ins.records import CheckIn, MoveReason, Topic
from bot.domain.check_ins.rhythm_offers import should_offer_fortnight
from bot.domain.check_ins.topics import PlaceKey, TopicPlace, put_new_checks_first
from bot.domain.check_ins.usual_days import find_missed_day, find_move_reason
from bot.domain.decisions.drift_wording import add_title
from bot.domain.decisions.records import Decision
from bot.domain.dojo.people import Member
from bot.domain.pull_requests.records import AskedQuestion, Capstone, PublishPolicy, QuestionState
from bot.domain.rubrics.rubric import Rubric
from bot.errors import IncompleteReadingError
from bot.ports.checkout import CloneRequest, CommitFiles, CommitReader
from bot.ports.code_host import CodeHost, HostRepository
from bot.ports.engine import Json, Steps
from bot.ports.store import Store, Tx
from bot.workflows.articulation.private_talks import go_private, question_key
from bot.workflows.chat.outbox import send_message
from bot.workflows.chat.unprompted import Feature
from bot.workflows.chat.working_hours import find_own_day
from bot.workflows.check_ins.askable import (
    FREE,
    Askable,
    find_askable,
    find_member,
    find_open,
    is_free,
)
from bot.workflows.check_ins.next_check_in import load_participant
from bot.workflows.check_ins.participants import Participant
from bot.workflows.check_ins.question_wording import FoundPlace, QuestionWording, TopicMaterial, find_check
from bot.workflows.check_ins.reminders import plan_first_reminder
from bot.workflows.check_ins.schedule import make_job
from bot.workflows.check_ins.shown_places import find_place
from bot.workflows.check_ins.standings import gather_facts
from bot.workflows.check_ins.topic_rows import MERGED_LATELY, TopicRows
from bot.workflows.jobs.retry import insist

log = structlog.get_logger(__name__)

NOTHING, UNREAD, FAILED = "check_ins.nothing", "check_ins.unread", "check_ins.failed"
"""The kinds of messages that tell a participant who asked for a check-in why none comes."""
NO_TOPIC = "no topic"
_TOLD = ("asked", NO_TOPIC, "asked before", "open")
"""Outcomes about which a participant has a message already, or with which they have a check-in."""
_A_DAY = timedelta(days=1)
_PLACES_AT_ONCE, _MOST_PLACES = 40, 1000
_SEVERAL = 2
_LATELY = timedelta(days=42)
"""For how long a check's other places wait for those of other checks."""
_MOST_MODEL_CALLS = 3  # in one capstone
_MOST_BYTES = 500_000  # of a file


@dataclass(frozen=True, slots=True)
class _Look:
    """A capstone whose code is looked at, what can be asked about there, and what was said lately."""

    capstone: Capstone
    rubric: Rubric
    places: Sequence[TopicPlace]
    said: Collection[str]


@dataclass(frozen=True)
class CheckInAsking:
    """Asks one participant. ``argument`` has ``enrolment``, the local ``day``, and ``asked_for``.

    A check-in that is ``asked_for`` takes no unprompted message, and its participant is told if there is
    nothing to ask.
    """

    host: CodeHost
    store: Store
    reader: CommitReader
    topics: TopicRows
    wording: QuestionWording
    now: Callable[[], datetime]

    def run(self, steps: Steps, argument: Json) -> Json:
        """Ask, unless there is a reason not to. ``outcome`` is ``asked``, ``no topic`` or the reason.

        If they weren't asked although they may be another day, it is put off within its week.
        """
        looked = insist(steps, "topic.look", lambda: self._look(argument))
        asked = looked
        if "obstacle" in looked:
            asked = {"outcome": looked["obstacle"]}
        elif looked["outcome"] == "done":
            asked = steps.tx("topic.ask", lambda tx: self._ask(tx, argument, looked))
        outcome = asked["outcome"]
        if outcome not in _TOLD:
            if argument["asked_for"]:
                steps.tx("topic.tell", lambda tx: self._tell(tx, argument["enrolment"], FAILED))
            else:
                put_off = steps.tx("topic.put_off", lambda tx: self._put_off(tx, argument, outcome))
                log.info("check_in.put_off", enrolment=argument["enrolment"], why=outcome, **put_off)
        return {"outcome": outcome}

    def _look(self, argument: Json) -> Json:
        """Return the place to ask about and the question, or nothing if there is no place.

        If the participant can't be asked now, return why as the ``obstacle``.
        """
        at, enrolment = self.now(), argument["enrolment"]
        with self.store.read() as tx:
            askable = _find_askable_now(tx, argument)
            if isinstance(askable, str):
                return {"obstacle": askable}
            asked = _list_asked_lately(tx, enrolment, at)
            checks, said = {question.check for question in asked}, {question.text for question in asked}
            looks = [
                _Look(capstone, listed.rubric, put_new_checks_first(listed.places, checks), said)
                for capstone in _order_by_change(tx, askable.capstones, at)
                for listed in [self.topics.list_places(tx, capstone, at)]
            ]
        for look in looks:
            if found := self._look_at(enrolment, look):
                return found
        return {}

    def _look_at(self, enrolment: int, look: "_Look") -> Json:
        """Return the first place in a capstone that can be asked about, and the question. Keep its code."""
        capstone, places = look.capstone, look.places[:_MOST_PLACES]
        if not places:
            return {}
        repository = self.host.repository(capstone)
        for tried, found in enumerate(self._find_places(repository, places)):
            if text := self._word(look, repository, found, with_model=tried < _MOST_MODEL_CALLS):
                place = found.place
                with self.store.begin() as tx:
                    tx.check_ins.keep_code(enrolment, capstone.id, place.fingerprint, found.shown)
                return {
                    "capstone": capstone.id,
                    "topic": place.topic.value,
                    "fingerprint": place.fingerprint,
                    "question": place.question,
                    "head": found.commit,
                    "side": found.side,
                    "line_start": found.line_start,
                    "line_end": found.line_end,
                    # A sensei may have reworded the question, and their words are no step's result.
                    "text": "" if place.question is not None else text,
                }
        return {}

    def _find_places(self, repository: HostRepository, places: Sequence[TopicPlace]) -> Iterator[FoundPlace]:
        """Yield the places whose code is, byte for byte, in the commit that they are about."""
        head = self.host.branch_head(repository, repository.default_branch)
        for first in range(0, len(places), _PLACES_AT_ONCE):
            yield from self._find_some(repository, head, places[first : first + _PLACES_AT_ONCE])

    def _find_some(
        self, repository: HostRepository, head: str, places: Sequence[TopicPlace]
    ) -> Iterator[FoundPlace]:
        paths = {path for place in places for path in (place.path, *place.decided)}
        here = self._read(repository, head, paths, is_head=True)
        # What is hidden now was perhaps not hidden in an earlier commit.
        shown = [place for place in places if here is None or place.path not in here.hidden]
        read: dict[str, CommitFiles | None] = {head: here}
        for place in shown:
            commit = place.commit or head
            if commit not in read:
                wanted = {other.path for other in shown if other.commit == commit}
                read[commit] = self._read(repository, commit, wanted, is_head=False)
            if (found := find_place(place, head, here, read[commit])) is not None:
                yield replace(found, hidden=here.hidden) if here else found

    def _read(
        self, repository: HostRepository, commit: str, paths: set[str], *, is_head: bool
    ) -> CommitFiles | None:
        """Return some files of a commit; None if the host no longer has this earlier commit."""
        token = self.host.git_token(repository)
        wanted = CloneRequest(repository.id, repository.clone_url, token, None, commit)
        try:
            return self.reader.read_commit(wanted, paths, _MOST_BYTES)
        except IncompleteReadingError:
            if is_head:
                raise
            return None

    def _word(self, look: "_Look", repository: HostRepository, found: FoundPlace, *, with_model: bool) -> str:
        material = self._load_material(look, found.place)
        # Where a sensei sees questions first, nobody could approve a model's wording in time.
        may_use_models = look.capstone.publish is not PublishPolicy.SENSEI_FIRST
        return self.wording.word(
            found, material, repository.id, may_use_models=may_use_models, with_model=with_model
        )

    def _load_material(self, look: "_Look", place: TopicPlace) -> TopicMaterial:
        check, criterion = find_check(look.rubric, place.check)
        material = TopicMaterial(check, criterion, said=look.said, project=look.capstone.name)
        if place.decision is None and place.question is None:
            return material
        with self.store.read() as tx:
            decision = tx.decisions.find(place.decision) if place.decision is not None else None
            question = tx.questions.get(place.question) if place.question is not None else None
        return replace(material, decision=decision, question=question)

    def _ask(self, tx: Tx, argument: Json, looked: Json) -> Json:
        """Store the check-in and send its question, unless something has changed meanwhile."""
        at, asked_for = self.now(), argument["asked_for"]
        # It is deleted however this ends. There is none for this place if another check-in was looked for.
        code = tx.check_ins.take_code(argument["enrolment"], looked.get("fingerprint", ""))
        askable = _find_askable_now(tx, argument)
        if isinstance(askable, str):
            return {"outcome": askable}
        member = askable.member
        if not asked_for and (why := _find_delay(tx, member, argument, at)):
            return {"outcome": why}
        if "fingerprint" not in looked:
            return self._say_nothing_to_ask(tx, askable, argument)
        capstone = next((one for one in askable.capstones if one.id == looked["capstone"]), None)
        place = self.topics.find_place(tx, capstone, _read_key(looked), at) if capstone else None
        if capstone is None or place is None or code is None:
            return {"outcome": "changed"}
        question = _store_question(tx, capstone, place, looked, code, at)
        if not asked_for:
            today = find_own_day(tx, member.person, at)
            tx.unprompted.take(member.person, today, Feature.CHECK_IN, question_key(question))
        made = self._add(tx, argument, member, capstone, place, question)
        if not go_private(tx, question, at, None if asked_for else Feature.CHECK_IN):
            raise AssertionError("only a participant with linked accounts is asked")
        plan_first_reminder(tx, made, member, at)
        return {"outcome": "asked"}

    def _add(  # noqa: PLR0913, PLR0917 - whom it asks what about
        self, tx: Tx, argument: Json, member: Member, capstone: Capstone, place: TopicPlace, question: int
    ) -> CheckIn:
        """Store a check-in with what its message says about its day and its rhythm."""
        at, asked_for = self.now(), bool(argument["asked_for"])
        one = None if asked_for else load_participant(tx, member, at)
        earlier = tx.check_ins.of(member.enrolment)
        return tx.check_ins.add(
            member.enrolment,
            capstone.id,
            date.fromisoformat(argument["day"]),
            place.topic,
            question,
            asked_for,
            at,
            moved_by=_find_move(tx, one, at) if one else None,
            offers_fortnight=one is not None and should_offer_fortnight(one.calendar.rhythm, earlier),
        )

    def _put_off(self, tx: Tx, argument: Json, why: str) -> Json:
        """Plan a check-in that wasn't asked for a later day of its week, where it is decided again.

        Return that day as ``until``, or None if there is none.
        """
        at = self.now()
        tx.audit("sensei", "check_in.put_off", f"enrolment:{argument['enrolment']}", why=why)
        member = find_member(tx, argument["enrolment"])
        one = load_participant(tx, member, at) if member is not None else None
        if one is None:
            return {"until": None}
        day, today = date.fromisoformat(argument["day"]), one.calendar.day_of(at)
        earliest = today + _A_DAY if today == day else today  # what was begun before tries today as well
        is_this_week = find_monday(day) == find_monday(today)
        due = one.calendar.find_in_week(find_monday(today), earliest) if is_this_week else None
        if due is None:
            return {"until": None}
        tx.jobs.add(make_job(one, due, waited=True))
        return {"until": due.day.isoformat()}

    def _say_nothing_to_ask(self, tx: Tx, askable: Askable, argument: Json) -> Json:
        """Note that there is nothing to ask, and tell the participant if they asked for it."""
        enrolment = askable.member.enrolment
        tx.audit("sensei", "check_in.no_topic", f"enrolment:{enrolment}", day=argument["day"])
        if argument["asked_for"]:
            self._tell(tx, enrolment, NOTHING if _was_any_read(tx, askable.capstones) else UNREAD)
        return {"outcome": NO_TOPIC}

    def _tell(self, tx: Tx, enrolment: int, kind: str) -> Json:
        """Tell a participant who asked for a check-in why none comes."""
        if (member := find_member(tx, enrolment)) is not None:
            at = self.now()
            key = f"check_ins.nothing:{member.person}:{int(at.timestamp() * 1000)}"
            send_message(tx, key, kind, {"enrolment": enrolment}, at)
        return {}


def _was_any_read(tx: Tx, capstones: Sequence[Capstone]) -> bool:
    """Return whether Sensei has ever read one of these capstones: its whole tree or a change of it."""
    numbers = [capstone.id for capstone in capstones]
    return bool(tx.ledgers.coverages(numbers)) or any(tx.ledgers.movements_of(numbers).values())


def _order_by_change(tx: Tx, capstones: Sequence[Capstone], at: datetime) -> list[Capstone]:
    """Return the capstones of a participant, that with the newest merged change first."""
    if len(capstones) < _SEVERAL:
        return list(capstones)
    newest = {
        capstone.id: change.updated_at.timestamp()
        for capstone in capstones
        for change in tx.pull_requests.list_merged(capstone.id, at - MERGED_LATELY)[:1]
    }
    return sorted(capstones, key=lambda capstone: -newest.get(capstone.id, 0.0))


def _find_delay(tx: Tx, member: Member, argument: Json, at: datetime) -> str:
    """Return why a check-in that is due can't be asked now after all, or an empty string.

    Looking for a place may have taken hours, or days if the workflow was given up in between.
    """
    one = load_participant(tx, member, at)
    if one is None or one.calendar.day_of(at).isoformat() != argument["day"]:
        return "late"
    facts = gather_facts(tx, member.cohort, [one], at)[member.enrolment]
    # The day's message is this check-in's own, or another's: ``is_free`` knows.
    if any(hold.reason is not HoldReason.BUDGET for hold in find_holds(facts, one.calendar)):
        return "held"
    return "" if is_free(tx, member, at) else "not now"


def _find_move(tx: Tx, one: Participant, at: datetime) -> MoveReason | None:
    """Return why somebody is asked today and wasn't on their usual day, or None if today is that day."""
    member = one.member
    usual = find_missed_day(one.calendar, one.calendar.day_of(at))
    if usual is None:
        return None
    facts = gather_facts(tx, member.cohort, [one], at)[member.enrolment]
    had_message = tx.unprompted.taken(member.person, usual) not in FREE
    return find_move_reason(one.calendar, facts, had_message=had_message)


def _read_key(looked: Json) -> PlaceKey:
    return PlaceKey(Topic(looked["topic"]), looked["fingerprint"], looked["question"])


def _find_askable_now(tx: Tx, argument: Json) -> Askable | str:
    """Return whom to ask, or why they can't be asked now."""
    enrolment: int = argument["enrolment"]
    askable = find_askable(tx, enrolment)
    if isinstance(askable, str):
        return askable
    day = date.fromisoformat(argument["day"])
    if tx.check_ins.find(enrolment, day, asked_for=argument["asked_for"]) is not None:
        return "asked before"
    return askable if find_open(tx, enrolment) is None else "open"


def _list_asked_lately(tx: Tx, enrolment: int, at: datetime) -> list[AskedQuestion]:
    """Return the questions of the person's check-ins of the last weeks."""
    lately = [one for one in tx.check_ins.of(enrolment) if one.asked_at > at - _LATELY]
    found = [tx.questions.get(one.question) for one in lately if one.question is not None]
    return [question for question in found if question is not None]


def _store_question(  # noqa: PLR0913, PLR0917 - what a question is made of
    tx: Tx, capstone: Capstone, place: TopicPlace, looked: Json, code: str, at: datetime
) -> int:
    """Store the question of a check-in, and return its id. One that was put off is asked again."""
    if place.topic is Topic.OPEN_QUESTION and place.question is not None:
        tx.questions.set_state(place.question, QuestionState.ASKED, at)
        return place.question
    decision = tx.decisions.find(place.decision) if place.decision is not None else None
    asked = AskedQuestion(
        id=0,
        round=None,
        check=place.check,
        text=_add_title(looked["text"], decision),
        fingerprint=place.fingerprint,
        path=place.path,
        side=looked["side"],
        line_start=looked["line_start"],
        line_end=looked["line_end"],
        quote=code,
        inline=False,
        state=QuestionState.ASKED,
        comment=None,
        capstone=capstone.id,
        head=looked["head"],
    )
    question = tx.questions.add_private(capstone.id, asked, at)
    if place.decision is not None:
        tx.decisions.add_drift_question(question, place.decision)
    return question


def _add_title(text: str, decision: Decision | None) -> str:
    """Add the title of the decision that a question is about. That of a private one isn't stored with it."""
    return text if decision is None or decision.private else add_title(text, decision)
