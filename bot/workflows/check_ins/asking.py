"""Asking a check-in: choosing the place, wording the question, and sending it in a direct message.

What is outside, the code host and the model, is asked in one step. It returns where the place is and the
question's words, but neither code nor anyone's own words: the transaction that asks takes these from the
rows, and looks again whether the place may still be asked about.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog

from bot.domain.check_ins.due_times import find_monday
from bot.domain.check_ins.records import Topic
from bot.domain.check_ins.topics import TopicPlace, find_quote
from bot.domain.decisions.drift_wording import add_title
from bot.domain.dojo.people import Member
from bot.domain.pull_requests.records import AskedQuestion, Capstone, PublishPolicy, QuestionState
from bot.errors import IncompleteReadingError
from bot.ports.checkout import CloneRequest, CommitFiles, CommitReader
from bot.ports.code_host import CodeHost, HostRepository
from bot.ports.engine import Json, Steps
from bot.ports.store import Store, Tx
from bot.workflows.articulation.private_talks import go_private, question_key
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.chat.outbox import send_message
from bot.workflows.chat.unprompted import Feature
from bot.workflows.check_ins.askable import (
    Askable,
    find_askable,
    find_member,
    find_open,
    find_today,
    is_free,
)
from bot.workflows.check_ins.next_check_in import load_participant
from bot.workflows.check_ins.question_wording import FoundPlace, QuestionWording, TopicMaterial, find_check
from bot.workflows.check_ins.reminders import plan_reminder
from bot.workflows.check_ins.schedule import make_job
from bot.workflows.check_ins.topic_rows import TopicRows
from bot.workflows.jobs.retry import insist

log = structlog.get_logger(__name__)

NOTHING, FAILED = "check_ins.nothing", "check_ins.failed"
"""The kinds of messages that tell a participant who asked for a check-in why none comes."""
NO_TOPIC = "no topic"
_TOLD = ("asked", NO_TOPIC, "asked before", "open")
"""Outcomes about which a participant has a message already, or with which they have a check-in."""
_A_DAY = timedelta(days=1)
_MOST_PLACES = 40
_MOST_BYTES = 500_000  # of a file


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
        """Ask, unless there is a reason not to. ``outcome`` is ``asked``, ``no topic`` or the reason."""
        begun = steps.tx("topic.begin", lambda tx: {"why": _find_obstacle(tx, argument)})
        if begun["why"]:
            return {"outcome": begun["why"]}
        looked = insist(steps, "topic.look", lambda: self._look(argument["enrolment"]))
        asked = looked
        if looked["outcome"] == "done":
            asked = steps.tx("topic.ask", lambda tx: self._ask(tx, argument, looked))
        if argument["asked_for"] and asked["outcome"] not in _TOLD:
            steps.tx("topic.tell", lambda tx: self._tell(tx, argument["enrolment"], FAILED))
        return {"outcome": asked["outcome"]}

    def _look(self, enrolment: int) -> Json:
        """Return the place to ask about and the question, or nothing if there is no place."""
        with self.store.read() as tx:
            askable = find_askable(tx, enrolment)
            if isinstance(askable, str):
                return {}
            places = self.topics.list_places(tx, askable.capstone, self.now())[:_MOST_PLACES]
        if not places:
            return {}
        repository = self.host.repository(askable.capstone)
        for found in self._find_places(repository, places):
            if text := self._word(askable.capstone, repository, found):
                return {
                    "fingerprint": found.place.fingerprint,
                    "head": found.commit,
                    "line_start": found.line_start,
                    "line_end": found.line_end,
                    # A sensei may have reworded the question, and their words are no step's result.
                    "text": "" if found.place.question is not None else text,
                }
        return {}

    def _find_places(self, repository: HostRepository, places: Iterable[TopicPlace]) -> Iterator[FoundPlace]:
        """Yield the places whose code is, byte for byte, in the commit that they are about."""
        places = list(places)
        head = self.host.branch_head(repository, repository.default_branch)
        read: dict[str, CommitFiles | None] = {}
        for place in places:
            commit = place.commit or head
            if commit not in read:
                paths = {other.path for other in places if (other.commit or head) == commit}
                read[commit] = self._read(repository, commit, paths, is_head=commit == head)
            files = read[commit]
            content = files.contents.get(place.path) if files else None
            lines = find_quote(content, place.quote, place.line_start) if content is not None else None
            if files and content is not None and lines is not None:
                yield FoundPlace(place, commit, *lines, content, files.subjects.get(place.path, ""))

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

    def _word(self, capstone: Capstone, repository: HostRepository, found: FoundPlace) -> str:
        with self.store.read() as tx:
            material = self._load_material(tx, capstone, found.place)
        # Where a sensei sees questions first, nobody could approve a model's wording in time.
        with_model = capstone.publish is not PublishPolicy.SENSEI_FIRST
        return self.wording.word(found, material, repository.id, with_model=with_model)

    def _load_material(self, tx: Tx, capstone: Capstone, place: TopicPlace) -> TopicMaterial:
        rubric = self.topics.ledgers.load(tx, [capstone.id])[capstone.id].rubric
        check, criterion = find_check(rubric, place.check)
        decision = tx.decisions.find(place.decision) if place.decision is not None else None
        question = tx.questions.get(place.question) if place.question is not None else None
        return TopicMaterial(check, criterion, decision, question)

    def _ask(self, tx: Tx, argument: Json, looked: Json) -> Json:
        """Store the check-in and send its question, unless something has changed meanwhile."""
        at = self.now()
        if why := _find_obstacle(tx, argument):
            return {"outcome": why}
        askable = find_askable(tx, argument["enrolment"])
        if isinstance(askable, str):
            return {"outcome": askable}
        if "fingerprint" not in looked:
            return self._say_nothing_to_ask(tx, askable, argument)
        place = self.topics.find_place(tx, askable.capstone, looked["fingerprint"], at)
        if place is None:
            return {"outcome": "changed"}
        member, asked_for = askable.member, argument["asked_for"]
        if not asked_for and not is_free(tx, member, at):
            return _put_off(tx, member, at)
        question = _store_question(tx, askable.capstone, place, looked, at)
        if not asked_for:
            today = find_today(tx, member, at)
            tx.unprompted.take(member.person, today, Feature.CHECK_IN, question_key(question))
        day = date.fromisoformat(argument["day"])
        capstone = askable.capstone.id
        made = tx.check_ins.add(member.enrolment, capstone, day, place.topic, question, asked_for, at)
        if not go_private(tx, question, at, None if asked_for else Feature.CHECK_IN):
            raise AssertionError("only a participant with linked accounts is asked")
        plan_reminder(tx, made, member, at)
        refresh_home(tx, member.person, at)
        return {"outcome": "asked"}

    def _say_nothing_to_ask(self, tx: Tx, askable: Askable, argument: Json) -> Json:
        """Note that there is nothing to ask, and tell the participant if they asked for it."""
        enrolment = askable.member.enrolment
        tx.audit("sensei", "check_in.no_topic", f"enrolment:{enrolment}", day=argument["day"])
        if argument["asked_for"]:
            self._tell(tx, enrolment, NOTHING)
        return {"outcome": NO_TOPIC}

    def _tell(self, tx: Tx, enrolment: int, kind: str) -> Json:
        """Tell a participant who asked for a check-in why none comes."""
        if (member := find_member(tx, enrolment)) is not None:
            at = self.now()
            key = f"check_ins.nothing:{member.person}:{int(at.timestamp() * 1000)}"
            send_message(tx, key, kind, {"enrolment": enrolment}, at)
        return {}


def _put_off(tx: Tx, member: Member, at: datetime) -> Json:
    """Ask on the next day of this week on which the participant works, if there is one."""
    one = load_participant(tx, member, at)
    today = find_today(tx, member, at)
    due = one.calendar.find_in_week(find_monday(today), today + _A_DAY) if one else None
    if one is not None and due is not None:
        tx.jobs.add(make_job(one, due, waited=True))
    return {"outcome": "not now"}


def _find_obstacle(tx: Tx, argument: Json) -> str:
    """Return why a participant can't be asked now, or an empty string."""
    enrolment: int = argument["enrolment"]
    askable = find_askable(tx, enrolment)
    if isinstance(askable, str):
        return askable
    day = date.fromisoformat(argument["day"])
    if tx.check_ins.find(enrolment, day, asked_for=argument["asked_for"]) is not None:
        return "asked before"
    return "open" if find_open(tx, enrolment) is not None else ""


def _store_question(tx: Tx, capstone: Capstone, place: TopicPlace, looked: Json, at: datetime) -> int:
    """Store the question of a check-in, and return its id. One that was put off is asked again."""
    if place.topic is Topic.OPEN_QUESTION and place.question is not None:
        tx.questions.set_state(place.question, QuestionState.ASKED, at)
        return place.question
    decision = tx.decisions.find(place.decision) if place.decision is not None else None
    asked = AskedQuestion(
        id=0,
        round=None,
        check=place.check,
        text=add_title(looked["text"], decision) if decision is not None else looked["text"],
        fingerprint=place.fingerprint,
        path=place.path,
        side=place.side,
        line_start=looked["line_start"],
        line_end=looked["line_end"],
        quote=place.quote,
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
