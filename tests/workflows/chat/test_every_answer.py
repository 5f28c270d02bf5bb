"""Whatever people do, they read what came of it: on success, if it came too late, and if it failed.

Every command, button and form of the bot has its scene here, with names that Slack could misread.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.adapters import slack as adapter
from bot.adapters.database import open_store
from bot.domain.articulation.conversations import ConversationState, TalkedWith
from bot.domain.articulation.slots import Slot
from bot.domain.chat.events import ACTION, COMMAND, VIEW
from bot.domain.check_ins.records import CheckInState, Topic
from bot.domain.decisions.records import Decision, DecisionOrigin, DecisionState, RevisedBy
from bot.domain.design_documents.records import DocumentProblem, DocumentSource, DocumentState
from bot.domain.dojo.people import DateKind, EnrolmentState
from bot.domain.enquiries.records import Answer, AnswerSource, AnswerState, Handover, Kind, Place
from bot.domain.pairing.records import Pair
from bot.domain.pairing.states import PairState
from bot.domain.pull_requests import link_codes
from bot.domain.pull_requests.records import Account, QuestionState, RoundState, Trigger
from bot.domain.triage.records import (
    WAITING_APPEALS,
    CriterionRuling,
    Milestone,
    NewRuling,
    RulerRole,
    Verdict,
)
from bot.ports.deliveries import Delivery
from bot.ports.engine import DeadLetter, GiveUpCause
from bot.ports.store import Tx
from bot.rendering.enquiries.slack_answers import answer_message
from bot.workflows.articulation.private_talks import go_private
from bot.workflows.chat.dispatch import ChatDispatch
from bot.workflows.chat.features import Features
from bot.workflows.design_documents.messages import tell_of_document
from bot.workflows.dojo import account_linking
from bot.workflows.enquiries.ask_shortcut import ENQUIRY_FORM, FormQuestions
from bot.workflows.enquiries.showing import AnswerShowing, answer_key
from bot.workflows.one_to_ones.message_keys import AFTER, make_about, make_key
from bot.workflows.pairing import boards, failed_work, notices
from bot.workflows.pull_requests.event_handling import EventHandler
from bot.workflows.triage.question_cards import bring_questions
from bot.workflows.triage.release import release_ruling
from bot.workflows.triage.rulings import CriterionRulings, RulingInput
from tests import databases
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Person
from tests.fakes.steps import Straight
from tests.waiting import wait_for
from tests.workflows.running_dojo import question, sha
from tests.workflows.whole_dojo import (
    COHORT,
    LEAD,
    LEDGERS,
    PARTICIPANT,
    SENSEI,
    WholeDojo,
    all_features,
    whole_dojo,
)

ADA, SEN, SOL = "Ada <b> & *Co* `x` _y_ ~z~", "שלום & Sén 👩‍👩‍👧‍👦", "Sol " + "&<o>" * 19
PROPOSED, APPROVED, ACTIVE, ENDED = (
    PairState.PROPOSED,
    PairState.APPROVED,
    PairState.ACTIVE,
    PairState.ENDED,
)

RULINGS = CriterionRulings(LEDGERS, release_ruling)


class Stage(WholeDojo):
    """A dojo with Ada, her pair with Sen, and Sol as another sensei."""

    pair_: Pair
    decision: Decision

    def run(self, kind: str, argument: dict[str, Any]) -> None:
        """Run a workflow; of ``enquiry`` only what shows an answer again."""
        if kind == "enquiry" and argument.get("again"):
            with self.here.store.read() as tx:
                answer = tx.enquiries.answer_to(argument["message"])
            chat = adapter.connect(self.slack.bot_token, self.slack.api_url)
            assert answer
            AnswerShowing(chat, self.here.store, now).show(answer.id, now())
        elif kind == ENQUIRY_FORM:
            chat = adapter.connect(self.slack.bot_token, self.slack.api_url)
            FormQuestions(chat, self.here.store, now).run(Straight(self.here.store), argument)
        else:
            super().run(kind, argument)

    @property
    def ada(self) -> Person:
        return self.people[ADA]

    @property
    def sen(self) -> Person:
        return self.people[SEN]

    @property
    def sol(self) -> Person:
        return self.people[SOL]

    @property
    def lea(self) -> Person:
        return self.people["Lea"]

    def paired(self, state: PairState) -> None:
        self.pair_ = self.pairs(ADA, SEN, state)

    def ends(self, state: PairState = ENDED) -> None:
        """Let the pair be over, as somebody else did it."""
        with self.here.store.begin() as tx:
            tx.pairings.set_state(self.pair_.id, state, now())

    def shows(self, person: Person, text: str) -> dict[str, Any]:
        return next(it for it in reversed(person.messages) if text in json.dumps(it, ensure_ascii=False))

    def board(self) -> dict[str, Any]:
        """The proposal before the lead."""
        proposal, lead = self.pair_.proposal, self.member("Lea").person
        about = {"proposal": proposal, "lead": lead}
        self.run("message", {"key": f"pairing.board:{proposal}:{lead}", "kind": boards.BOARD, "about": about})
        return self.lea.messages[-1]

    def asked(self) -> dict[str, Any]:
        """The question before the sensei."""
        key = notices.ask_key(self.pair_.id)
        self.run("message", {"key": key, "kind": notices.ASK, "about": {"pair": self.pair_.id}})
        return self.sen.messages[-1]

    def news(self) -> dict[str, Any]:
        """What the message is about that tells the lead who is waiting."""
        return {"cohort": self.member("Lea").cohort, "lead": self.member("Lea").person, "key": "w"}

    def moves_away(self) -> None:
        """Let the cohort be in another workspace."""
        with self.here.store.begin() as tx:
            tx.cohorts.set_workspace(self.member("Lea").cohort, "T0ELSEWHERE")

    def decides(self, state: DecisionState = DecisionState.DRAFT) -> Decision:
        """Let Ada have a private decision."""
        account = Account(11, "ada")
        with self.here.store.begin() as tx:
            person = tx.members.prove(self.member(ADA).person, account, now())
            capstone = tx.capstones.add(
                cohort=COHORT,
                repository=11,
                owner="ada",
                name="desk",
                default_branch="main",
                installation=None,
                participant=account,
                sensei=None,
                publish=None,
                at=now(),
            )
            self.decision = tx.decisions.add(
                capstone.id,
                person=person,
                origin=DecisionOrigin.CHAT,
                question=None,
                check=None,
                private=True,
                title="<!channel> & *this*",
                texts={Slot.DECIDED: "<!channel> & *this*"},
                anchors=(),
                supersedes=None,
                by=RevisedBy.SENSEI,
                at=now(),
            )
            tx.decisions.set_state(self.decision.id, state, now())
        return self.decision

    def meets(self) -> dict[str, Any]:
        """Let Ada and Sen have met an hour ago; return what her message is about."""
        ada, sen = self.member(ADA), self.member(SEN)
        with self.here.store.begin() as tx:
            held = now() - timedelta(hours=1)
            meeting = tx.one_to_ones.plan(ada.cohort, ada.person, sen.person, held, now())
        return make_about(meeting.id, ada.person)

    def never_met(self) -> None:
        """Let their one-to-ones have been cancelled."""
        with self.here.store.begin() as tx:
            for meeting in tx.one_to_ones.planned_with({self.member(ADA).person}, now() - timedelta(days=1)):
                tx.one_to_ones.cancel(meeting.id)

    def has_code(self) -> int:
        """Let Ada have a capstone that Sensei can read, which may be ended later; return its id."""
        account = Account(12, "ada")
        with self.here.store.begin() as tx:
            tx.members.prove(self.member(ADA).person, account, now())
            return tx.capstones.add(
                cohort=COHORT,
                repository=12,
                owner="ada",
                name="desk",
                default_branch="main",
                installation=9,
                participant=account,
                sensei=None,
                publish=None,
                at=now(),
            ).id

    def checks_in(self, *, offers_fortnight: bool = False) -> None:
        """Let Ada have been asked a check-in."""
        capstone, member = self.has_code(), self.member(ADA)
        asked = question("", text="Where does the <50> come from?", state=QuestionState.ASKED, head=sha("a"))
        with self.here.store.begin() as tx:
            number = tx.questions.add_private(capstone, asked, now())
            day = now().date()
            tx.check_ins.add(
                member.enrolment,
                capstone,
                day,
                Topic.GATE,
                number,
                False,
                now(),
                offers_fortnight=offers_fortnight,
            )
            assert go_private(tx, number, now())
        self.settle()

    def answers_check_in(self) -> None:
        """Let Ada have answered her check-in elsewhere."""
        with self.here.store.begin() as tx:
            [asked] = tx.check_ins.asked()
            tx.check_ins.set_state(asked.id, CheckInState.ANSWERED, now())

    def without_capstone(self) -> None:
        """Let Ada's capstone have ended."""
        with self.here.store.begin() as tx:
            tx.capstones.end(self.decision.capstone)

    def replaces(self) -> None:
        """Let a later decision have replaced Ada's."""
        with self.here.store.begin() as tx:
            tx.decisions.set_state(self.decision.id, DecisionState.SUPERSEDED, now())


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A served workspace; each scene empties its tables and has people of its own."""
    file = databases.migrated_file(tmp_path_factory.mktemp("stage") / "sensei.db")
    with open_store(file) as engine, whole_dojo(engine) as made:
        made.__class__ = Stage
        yield made  # type: ignore[misc]


@pytest.fixture
def it(stage: Stage) -> Stage:
    with stage.engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for table in sa.inspect(connection).get_table_names():
            if table != "alembic_version":
                connection.exec_driver_sql(f'DELETE FROM "{table}"')
    stage.here.engine.jobs = []
    stage.people = {}
    for name, role in ((ADA, PARTICIPANT), (SEN, SENSEI), (SOL, SENSEI), ("Lea", LEAD)):
        stage.joins(name, role)
    return stage


Act = Callable[[Stage], Person]
Change = Callable[[Stage], object]


@dataclass(frozen=True)
class Scene:
    """What somebody does, and what they read then.

    ``spoils`` is what others do between the acknowledgement and the handling, ``late`` what is read then.
    Both are empty for what is answered at once.
    """

    acts: Act
    reads: str
    spoils: Change | None = None
    late: str = ""


def says(name: str, text: str, *pairs: PairState) -> Act:
    def act(it: Stage) -> Person:
        for state in pairs:
            it.paired(state)
        assert not it.people[name].command(f"/dojo {text}").failed
        return it.people[name]

    return act


def sends(name: str, text: str, values: Mapping[Any, Any] | None = None, *pairs: PairState) -> Act:
    def act(it: Stage) -> Person:
        person = says(name, text, *pairs)(it)
        assert not person.submit(values or {}).errors
        return person

    return act


def on_board(
    button: str, state: PairState, value: str = "", *, fills: Mapping[Any, Any] | None = None
) -> Act:
    def act(it: Stage) -> Person:
        it.paired(state)
        chosen = value.format(pair=it.pair_.id) or None
        assert not it.lea.click(it.board(), button, chosen).failed
        if fills is not None:
            filled = {key: text.format(sol=it.member(SOL).person) for key, text in fills.items()}
            assert not it.lea.submit(filled).errors
        return it.lea

    return act


def on_question(button: str, fills: Mapping[Any, Any] | None = None) -> Act:
    def act(it: Stage) -> Person:
        it.paired(APPROVED)
        assert not it.sen.click(it.asked(), button).failed
        if fills is not None:
            assert not it.sen.submit(fills).errors
        return it.sen

    return act


def asks_for_another(it: Stage) -> Person:
    it.paired(ACTIVE)
    it.ada.command("/dojo pair")
    body = it.ada._payload("block_actions") | {
        "actions": [{"action_id": "pairing.change", "type": "button", "value": str(it.pair_.id)}],
        "container": {"type": "message", "channel_id": it.ada.dm, "is_ephemeral": True},
    }
    it.ada._bring("interactive", body)
    assert not it.ada.submit({"pairing.why": "Other hours & <more>"}).errors
    return it.ada


def turns_page(it: Stage) -> Person:
    for number in range(17):
        it.joins(f"P{number:02} & Co", PARTICIPANT)
    it.lea.command("/dojo pair")
    it.settle()
    it.lea.click(it.shows(it.lea, "pairing.page"), "pairing.page:on")
    return it.lea


def approves_all(it: Stage) -> Person:
    it.joins("Bo & Bo", PARTICIPANT)
    it.paired(PROPOSED)
    with it.here.store.begin() as tx:
        tx.pairings.add(
            it.pair_.proposal, it.member("Bo & Bo").person, it.member(SOL).person, fit=1, reasons=(), at=now()
        )
    it.lea.click(it.board(), "pairing.approve_all")
    return it.lea


def proposes_from_news(it: Stage) -> Person:
    it.run("message", {"key": "w", "kind": "pairing.waiting", "about": it.news()})
    it.lea.click(it.lea.messages[-1], "pairing.propose")
    return it.lea


def next_days(name: str = "") -> str:
    first = now().date() + timedelta(days=20)
    return f"away {first} {first + timedelta(days=3)} {name}".strip()


def chooses_deputy(it: Stage) -> Person:
    it.sen.command(f"/dojo {next_days()}")
    it.settle()
    it.lea.click(it.shows(it.lea, "pairing.deputy"), "pairing.deputy")
    it.lea.submit({"pairing.with": it.member(SOL).person})
    return it.lea


def cancels_holiday(it: Stage) -> None:
    with it.here.store.begin() as tx:
        cohort = it.member(SEN).cohort
        for absence in tx.absences.ending_since(cohort, date.min):
            tx.absences.remove(cohort, absence.id)


def wants_to_guide(it: Stage, button: str) -> Person:
    nia = it.people["Nia & Co"] = it.slack.person("Nia & Co")
    nia.command("/dojo join sensei")
    nia.submit({"join.name": "Nia & Co", "join.time_zone": "Europe/London", "join.capacity": "2"})
    it.settle()
    it.lea.click(it.shows(it.lea, "would like to be a sensei"), button)
    return it.lea


def owns(it: Stage, button: str) -> Person:
    """A code was posted by an account on GitHub."""
    it.ada.command("/dojo link")
    person = it.member(ADA).person
    with it.here.store.begin() as tx:
        code = tx.link_codes.by_person(person)
        assert code
        tx.link_codes.mark_posted(code.id, Account(7, "ada-7"), 1, False, now() + link_codes.CONFIRMED_WITHIN)
    about = {"code": code.id, "person": person}
    key = f"link.asked:{code.id}"
    it.run("message", {"key": key, "kind": account_linking.LINK_ASKED, "about": about})
    it.ada.click(it.ada.messages[-1], button)
    return it.ada


def another_code(it: Stage) -> None:
    with it.here.store.begin() as tx:
        code = tx.link_codes.by_person(it.member(ADA).person)
        assert code
        tx.link_codes.close(code.id, link_codes.CodeState.VOID)


def joins(it: Stage) -> Person:
    new = it.people["New & <new>"] = it.slack.person("New & <new>")
    new.command("/dojo join participant")
    assert not new.submit({"join.name": "New & <new>", "join.time_zone": "Europe/London"}).errors
    return new


def puts_row_off(it: Stage) -> Person:
    """Put off a row of the weekly digest: Ada's repository can't be read."""
    it.paired(ACTIVE)
    capstone, sen = it.decides().capstone, it.member(SEN)
    with it.here.store.begin() as tx:
        made = tx.digests.add(sen.cohort, sen.person, "sensei", "2026-W49", [f"risk:{capstone}"], now())
    about = {"digest": made.id}
    it.run(
        "message", {"key": f"digest.sensei:{sen.person}:{made.id}", "kind": "digest.sensei", "about": about}
    )
    assert not it.sen.click(it.sen.messages[-1], "digest.snooze:1").failed
    assert not it.sen.submit({"join.until": str(now().date() + timedelta(days=9))}).errors
    return it.sen


def has_talked(it: Stage) -> Person:
    """Say in the weekly digest that what Ada left to Sen was talked about."""
    fills_in_private("articulation.answer")(it)
    it.settle()
    sen = it.member(SEN)
    with it.here.store.begin() as tx:
        [talk] = tx.conversations.private_of(it.member(ADA).person)
        tx.conversations.save(replace(talk, state=ConversationState.LEFT), now())
        question = tx.questions.get(talk.question)
        assert question
        made = tx.digests.add(
            sen.cohort,
            sen.person,
            "sensei",
            f"{now() + timedelta(days=7):%G-W%V}",
            [f"handover:{question.capstone}"],
            now(),
        )
    key = f"digest.sensei:{sen.person}:{made.id}"
    it.run("message", {"key": key, "kind": "digest.sensei", "about": {"digest": made.id}})
    it.sen.click(it.sen.messages[-1], "articulation.talked:1")
    return it.sen


def deputy_has_talked(it: Stage) -> None:
    """Let the deputy have said so before."""
    with it.here.store.begin() as tx:
        [talk] = [
            tx.conversations.by_question(left.id)
            for left in tx.standings.handovers(
                tx.standings.capstones(it.member(SEN).cohort)[it.member(ADA).person]
            )
        ]
        assert talk
        tx.conversations.save(replace(talk, talked_with=TalkedWith.DEPUTY), now())


def resumes(it: Stage) -> Person:
    it.sets(ADA, EnrolmentState.PAUSED)
    it.shows_home(it.ada)
    assert it.ada.home
    it.ada.click(it.ada.home, "home.resume")
    return it.ada


def wants_the_board(it: Stage) -> Person:
    it.paired(PROPOSED)
    it.shows_home(it.lea)
    assert it.lea.home
    it.lea.click(it.lea.home, f"pairing.show:{it.pair_.proposal}")
    return it.lea


def removes_holiday(it: Stage) -> Person:
    it.sen.command(f"/dojo {next_days()}")
    it.settle()
    it.sen.command("/dojo away")
    assert it.sen.modal
    remove = next(
        block["accessory"]["action_id"] for block in it.sen.modal.document["blocks"] if "accessory" in block
    )
    it.sen.click(it.sen.modal, remove)
    return it.sen


def comes_back(it: Stage) -> Person:
    it.sets(ADA, EnrolmentState.PAUSED)
    return says(ADA, "resume")(it)


def on_record(
    button: str,
    state: DecisionState = DecisionState.DRAFT,
    fills: Mapping[Any, Any] | None = None,
) -> Act:
    """Click a button of Ada's decision; send the form that it opens, if it opens one."""

    def act(it: Stage) -> Person:
        made = it.decides(state)
        it.ada.command("/dojo decisions")
        assert it.ada.modal
        it.ada.click(it.ada.modal, f"decisions.see:{made.id}")
        it.ada.click(it.ada.modal, f"{button}:{made.id}")
        if fills is not None:
            assert not it.ada.submit(fills).errors

        return it.ada

    return act


def talks_in_private(it: Stage) -> int:
    """A question of Ada's is before her, just for her; return its number."""
    it.paired(ACTIVE)
    ada = Account(71, "ada")
    with it.here.store.begin() as tx:
        tx.members.prove(it.member(ADA).person, ada, now())
        capstone = tx.capstones.add(
            cohort="dojo",
            repository=77,
            owner="ada",
            name="desk",
            default_branch="main",
            installation=9,
            participant=ada,
            sensei=None,
            publish=None,
            at=now(),
        )
        pull_request = tx.pull_requests.save(
            capstone.id,
            1,
            state="open",
            draft=False,
            author=ada,
            head=sha("a"),
            base_ref="main",
            at=now(),
        )
        round_ = tx.rounds.begin(pull_request.id, Trigger.ASKED, sha("a"), now())
        tx.questions.add(round_.id, [question(round_.id, text="Why <b> & *c*?")], now())
        [asked] = tx.questions.of(pull_request.id)
        assert go_private(tx, asked.id, now())
    it.settle()
    return asked.id


def fills_in_private(form: str) -> Act:
    def act(it: Stage) -> Person:
        talks_in_private(it)
        it.ada.click(it.shows(it.ada, form), form)
        assert not it.ada.submit({"articulation.text": "Because <b> & *c*"}).errors
        return it.ada

    return act


def records_message(it: Stage) -> Person:
    it.decides()
    it.ada.uses_shortcut(it.ada.says("We use &lt;!channel&gt; &amp; *that*"), "decisions.new")
    assert not it.ada.submit({}).errors
    return it.ada


def asks_about_message(it: Stage) -> Person:
    it.ada.uses_shortcut(it.ada.says("Why &lt;!channel&gt; &amp; *that*?"), "enquiries.ask")
    assert not it.ada.submit({}).errors
    return it.ada


def deletes_question(it: Stage) -> Person:
    asks_about_message(it)
    it.settle()
    it.ada.click(it.shows(it.ada, "enquiries.delete"), "enquiries.delete")
    return it.ada


NOT_MET = "I can't find this one-to-one among those you've had. Nothing was saved."


def after_hour(button: str, fills: Mapping[Any, Any]) -> Act:
    def act(it: Stage) -> Person:
        it.paired(ACTIVE)
        about = it.meets()
        it.run("message", {"key": make_key(AFTER, *about.values()), "kind": AFTER, "about": about})
        assert not it.ada.click(it.ada.messages[-1], button).failed
        assert not it.ada.submit(fills).errors
        return it.ada

    return act


def asks_for_report(it: Stage) -> Person:
    """Ada has been ruled on for a milestone, and wants her report."""
    it.decides()
    with it.here.store.begin() as tx:
        capstone, cohort = it.decision.capstone, it.member(ADA).cohort
        tx.cohorts.add_date(cohort, DateKind.DESIGN, "", now().date())
        ruling = NewRuling(
            capstone,
            "speed",
            Verdict.OTHER,
            level=2,
            draft=None,
            reason="",
            sentence="<b> & *c*",
            basis="",
            sensei=it.member(SEN).person,
            role=RulerRole.SENSEI,
            milestone=Milestone.DESIGN,
        )
        tx.rulings.add(ruling, now())
    it.ada.command("/dojo milestone")
    assert it.ada.modal
    it.ada.click(it.ada.modal, f"milestone.report:{capstone}")
    return it.ada


REPLACED = "Decision 1 was replaced by a later one. Nothing was changed."


def rules(button: str) -> Act:
    def act(it: Stage) -> Person:
        fills_in_private("articulation.dispute")(it)
        it.settle(timedelta(days=5))
        it.sen.click(it.shows(it.sen, button), button)
        return it.sen

    return act


def proposes_question(it: Stage) -> int:
    """A question about Ada's pull request waits, and Sen has its card; return its number."""
    it.paired(ACTIVE)
    ada = Account(71, "ada")
    with it.here.store.begin() as tx:
        tx.members.prove(it.member(ADA).person, ada, now())
        capstone = tx.capstones.add(
            cohort=COHORT,
            repository=77,
            owner="ada",
            name="desk",
            default_branch="main",
            installation=9,
            participant=ada,
            sensei=None,
            publish=None,
            at=now(),
        )
        pull_request = tx.pull_requests.save(
            capstone.id,
            1,
            state="open",
            draft=False,
            author=ada,
            head=sha("a"),
            base_ref="main",
            at=now(),
        )
        round_ = tx.rounds.begin(pull_request.id, Trigger.ASKED, sha("a"), now())
        tx.questions.add(round_.id, [question(round_.id, text="Why <b> & *c*?")], now())
        tx.rounds.set_state(round_.id, RoundState.PUBLISHED, now())
        bring_questions(tx, pull_request.id, now())
        [asked] = tx.questions.of(pull_request.id)
    it.settle(timedelta(days=5))
    return asked.id


def on_card(button: str, fills: Mapping[Any, Any] | None = None) -> Act:
    def act(it: Stage) -> Person:
        proposes_question(it)
        it.sen.click(it.shows(it.sen, button), button)
        if fills is not None:
            assert not it.sen.submit(fills).errors
        return it.sen

    return act


def decides_otherwise(it: Stage) -> None:
    """Let somebody else have withdrawn the question that waits."""
    with it.here.store.begin() as tx:
        [cohort] = tx.cohorts.all()
        capstones = [number for owned in tx.standings.capstones(cohort.id).values() for number in owned]
        [waiting] = tx.standings.waiting_for_senseis(capstones)
        tx.questions.set_state(waiting.id, QuestionState.WITHDRAWN, now())


def rules_on_speed(it: Stage, name: str = SEN, level: int = 1) -> CriterionRuling:
    """Let a sensei rule on a criterion of Ada's capstone, and Ada be told."""
    with it.here.store.begin() as tx:
        [capstone] = tx.capstones.all()
        person = it.member(name).person
        RULINGS.show_evidence(tx, person, capstone.id, "speed", now())
        given = RulingInput(capstone.id, "speed", Verdict.OTHER, level, "Why <b>", "So & <so>")
        ruling = RULINGS.rule(tx, person, given, now())
    it.settle(timedelta(days=5))
    return ruling


def asks_for_second_opinion(it: Stage) -> Person:
    it.paired(ACTIVE)
    it.decides()
    ruling = rules_on_speed(it)
    it.ada.click(it.shows(it.ada, "triage.appeal"), "triage.appeal")
    assert not it.ada.submit({"join.ruling": str(ruling.id), "join.reason": "Look <b> & *c*"}).errors
    return it.ada


def takes_appeal_back(it: Stage) -> Person:
    asks_for_second_opinion(it)
    it.settle(timedelta(days=5))
    card = it.shows(it.ada, "triage.take_back")
    it.ada.click(card, card["blocks"][1]["elements"][0]["action_id"])
    return it.ada


def second_rules(it: Stage) -> None:
    """Let the second sensei decide the appeal that waits."""
    with it.here.store.begin() as tx:
        [appeal] = tx.appeals.of_cohort(it.member(SOL).cohort, WAITING_APPEALS)
        tx.appeals.assign(appeal.id, it.member(SOL).person, now())
    rules_on_speed(it, SOL, level=2)


def names_second_sensei(it: Stage) -> Person:
    asks_for_second_opinion(it)
    it.settle(timedelta(days=5))
    it.lea.click(it.shows(it.lea, "triage.assign"), "triage.assign")
    assert not it.lea.submit({"join.second": it.member(SOL).person}).errors
    return it.lea


def gives_design(it: Stage) -> Person:
    it.decides()
    return says(ADA, "design")(it)


def runs_defence(it: Stage) -> Person:
    it.paired(ACTIVE)
    it.decides()
    return says(SEN, "defence")(it)


def chooses_file(it: Stage) -> Person:
    """Two files look like Ada's design document."""
    it.decides()
    with it.here.store.begin() as tx:
        given = tx.design_documents.add(
            it.decision.capstone, it.member(ADA).person, source=DocumentSource.FILE, at=now()
        )
        paths = ("design <b> & *c*.md", "docs/design.md")
        tx.design_documents.save_problem(given.id, DocumentState.UNREADABLE, DocumentProblem.SEVERAL, paths)
        tell_of_document(tx, given, now())
    it.settle()
    it.ada.click(it.shows(it.ada, "design.file"), f"design.file:{given.id}.0")
    return it.ada


def chooses_other_file(it: Stage) -> None:
    with it.here.store.begin() as tx:
        given = tx.design_documents.newest(it.decision.capstone)
        assert given
        tx.design_documents.choose(given.id, "docs/design.md")


def settles_question(it: Stage) -> None:
    """Let what Ada talked about be settled, as somebody else did it."""
    with it.here.store.begin() as tx:
        [talk] = tx.conversations.private_of(it.member(ADA).person)
        tx.questions.set_state(talk.question, QuestionState.RESOLVED, now())
        tx.conversations.save(replace(talk, state=ConversationState.RECORDED), now())


def asks_sensei(it: Stage) -> Answer:
    """Let Ada, whose sensei is Sen, have got an answer from Sensei."""
    it.paired(ACTIVE)
    said, enrolment = it.ada.says("Who <decides> & why?"), it.member(ADA).enrolment
    with it.here.store.begin() as tx:
        enquiry = tx.enquiries.open(enrolment, Place.DIRECT, it.ada.dm, said["ts"], now())
        message = tx.enquiries.add_message(enquiry.id, said["ts"], "Who <decides> & why?", now())
        kind, source = Kind.FACT, AnswerSource.MODEL
        answer = tx.enquiries.keep_answer(message.id, 0, kind, None, source, "The lead.", (), "", now())
    chat = adapter.connect(it.slack.bot_token, it.slack.api_url)
    posted = chat.post(it.ada.dm, answer_message(answer, "Sen"), "answer", said["ts"])
    with it.here.store.begin() as tx:
        tx.effects.begin(answer_key(enrolment, answer.id), now())
        tx.enquiries.set_answer_state(answer.id, AnswerState.SHOWN, posted.ts)
    return answer


def on_answer(button: str, fills: Mapping[Any, Any] | None = None) -> Act:
    def act(it: Stage) -> Person:
        asks_sensei(it)
        it.ada.click(it.shows(it.ada, button), button)
        if fills is not None:
            assert not it.ada.submit(fills).errors
        return it.ada

    return act


def passes_on(it: Stage) -> Person:
    """Let Ada pass her question on, and Sen have got it."""
    on_answer("enquiries.hand_over", {"join.summary": "Who <decides>?"})(it)
    it.settle(timedelta(days=5))
    return it.ada


def answers_handover(it: Stage) -> Person:
    passes_on(it)
    it.sen.click(it.shows(it.sen, "enquiries.answer"), "enquiries.answer")
    assert not it.sen.submit({"join.text": "You <b> & *c*"}).errors
    return it.sen


def on_persons_answer(button: str) -> Act:
    def act(it: Stage) -> Person:
        answers_handover(it)
        it.settle()
        it.ada.click(it.shows(it.ada, button), button)
        return it.ada

    return act


def takes_question_back(it: Stage) -> Person:
    passes_on(it)
    it.ada.click(it.shows(it.ada, "enquiries.take_back"), "enquiries.take_back")
    return it.ada


def find_handover(it: Stage, tx: Tx) -> Handover:
    [enquiry] = tx.enquiries.of(it.member(ADA).enrolment)
    return tx.handovers.of(enquiry.id)[-1]


def is_answered_first(it: Stage) -> None:
    """Let a question have been answered before it was taken back."""
    with it.here.store.begin() as tx:
        tx.handovers.add_reply(find_handover(it, tx).id, it.member(SEN).person, "r", "Yes.", now())


def is_taken_back_first(it: Stage) -> None:
    """Let a question have been taken back before it was answered."""
    with it.here.store.begin() as tx:
        tx.handovers.withdraw(find_handover(it, tx).id)


def deletes_reply(it: Stage) -> None:
    """Let an answer have been deleted before it was rated."""
    with it.here.store.begin() as tx:
        handover = find_handover(it, tx)
        tx.handovers.change_reply(handover.id, handover.replies[0].reference, "")


def gone(name: str) -> Change:
    return lambda it: it.sets(name, EnrolmentState.LEFT)


TOLD_BUG = "because something went wrong on my side. Nothing was changed. Please try again."
RHYTHM = {"join.often": "2", "join.day": "mon", "join.time": "09:30"}


def asks_for_check_in(it: Stage) -> Person:
    it.has_code()
    return says(ADA, "checkin now")(it)


def shows_check_ins(it: Stage, button: str, fills: Mapping[Any, Any] | None = None) -> Person:
    it.has_code()
    return clicks_shown(it, it.ada, "checkin", button, str(it.member(ADA).enrolment), fills)


def changes_cohort_rhythm(it: Stage) -> Person:
    cohort = str(it.member("Lea").cohort)
    return clicks_shown(it, it.lea, "checkin cohort", "check_ins.cohort", cohort, RHYTHM)


def clicks_shown(
    it: Stage, person: Person, command: str, button: str, value: str, fills: Mapping[Any, Any] | None
) -> Person:
    """Click a button of a command's answer, and fill in the form that it opens."""
    person.command(f"/dojo {command}")
    body = person._payload("block_actions") | {
        "actions": [{"action_id": button, "type": "button", "value": value}],
        "container": {"type": "message", "channel_id": person.dm, "is_ephemeral": True},
    }
    person._bring("interactive", body)
    if fills is not None:
        assert not person.submit(fills).errors
    return person


def takes_slower_rhythm(it: Stage) -> Person:
    it.checks_in(offers_fortnight=True)
    assert not it.ada.click(it.shows(it.ada, "check_ins.fortnight"), "check_ins.fortnight").failed
    return it.ada


def fills_check_in(it: Stage, form: str, fills: Mapping[Any, Any]) -> Person:
    it.checks_in()
    assert not it.ada.click(it.shows(it.ada, form), form).failed
    assert not it.ada.submit(fills).errors
    return it.ada


LATER = now().date() + timedelta(days=40)
NOT_HERE = "You're not in this dojo."
COMMANDS: Mapping[str, Scene] = {
    "checkin": Scene(
        asks_for_check_in,
        "I'm looking for a place in your code to ask about.",
        gone(ADA),
        f"I couldn't carry out /dojo checkin. {NOT_HERE}",
    ),
    "help": Scene(says(ADA, "help"), "What you can do here"),
    "status": Scene(says(ADA, "status", ACTIVE), "Your sensei"),
    "dates": Scene(says(ADA, "dates"), "Dates for dojo"),
    "people": Scene(says("Lea", "people", ACTIVE), "People in dojo"),
    "pair": Scene(
        says("Lea", "pair"), "Pairs for dojo", gone("Lea"), f"I couldn't carry out /dojo pair. {NOT_HERE}"
    ),
    "why": Scene(
        says("Lea", f"why {ADA}, {SEN}"),
        "with",
        gone(SEN),
        "I couldn't carry out /dojo why. No sensei in dojo",
    ),
    "join": Scene(joins, "You've joined the dojo dojo as a participant"),
    "profile": Scene(says(ADA, "profile"), "Your profile"),
    "brief": Scene(says(ADA, "brief"), "Your capstone"),
    "never": Scene(says(ADA, "never"), "confidence"),
    "pause": Scene(says(ADA, "pause", ACTIVE), "If you pause in dojo, this ends at once:"),
    "resume": Scene(
        comes_back,
        "Welcome back to dojo. I'm telling the leads",
        lambda it: it.sets(ADA, EnrolmentState.ACTIVE),
        "I couldn't carry out /dojo resume. You're not paused. Nothing was changed.",
    ),
    "leave": Scene(says(ADA, "leave", ACTIVE), "If you leave dojo, this ends:"),
    "away": Scene(
        says(SEN, next_days(SOL)),
        "You're away from",
        gone(SOL),
        "No other active sensei in this dojo is called",
    ),
    "link": Scene(says(ADA, "link"), "post this as a new comment"),
    "decisions": Scene(says(ADA, "decisions"), "You have no decisions yet."),
    "triage": Scene(says(SEN, "triage"), "Nothing is waiting for your ruling."),
    "milestone": Scene(says(ADA, "milestone"), "No milestone has a date yet"),
    "one-to-one": Scene(says(ADA, "one-to-one", ACTIVE), "You have no one-to-one planned."),
    "design": Scene(gives_design, "I'll read your design document against the checks"),
    "defence": Scene(runs_defence, "Prepare the defence"),
}
_OVER = "I couldn't save your decision. Someone has already ruled on this question"
_DECIDED = "I couldn't save your decision. This question has already been"
BUTTONS: Mapping[str, Scene] = {
    "check_ins.fortnight": Scene(
        takes_slower_rhythm,
        "I've changed your check-ins. Your rhythm: every 2 weeks, on Wednesday at 10:00.",
        lambda it: it.answers_check_in(),
        "I couldn't change how often I ask you. This check-in is no longer open",
    ),
    "check_ins.now": Scene(
        lambda it: shows_check_ins(it, "check_ins.now"),
        "I'm looking for a place in your code to ask about.",
        lambda it: it.checks_in(),
        "I couldn't choose a question for you. I don't know whether your last check-in has reached Slack",
    ),
    "decisions.confirm": Scene(
        on_record("decisions.confirm"),
        "Decision 1 is recorded.",
        lambda it: it.replaces(),
        f"I couldn't confirm the decision. {REPLACED}",
    ),
    "decisions.withdraw": Scene(
        on_record("decisions.withdraw"),
        "Decision 1 is withdrawn.",
        lambda it: it.replaces(),
        f"I couldn't withdraw the decision. {REPLACED}",
    ),
    "decisions.publish": Scene(
        on_record("decisions.publish", DecisionState.CONFIRMED),
        "Decision 1 is public now.",
        lambda it: it.replaces(),
        f"I couldn't publish the decision. {REPLACED}",
    ),
    "enquiries.delete": Scene(
        deletes_question,
        "You deleted this question.",
        gone(ADA),
        f"I couldn't delete your question. {NOT_HERE}",
    ),
    "enquiries.helpful": Scene(
        on_answer("enquiries.helpful"),
        "You said that this helped.",
        gone(ADA),
        f"I couldn't save what you said about the answer. {NOT_HERE}",
    ),
    "enquiries.take_back": Scene(
        takes_question_back,
        "Your question no longer waits for an answer.",
        is_answered_first,
        "I couldn't take your question back. Your question has been answered already",
    ),
    "enquiries.helped": Scene(
        on_persons_answer("enquiries.helped"),
        "You said that this helped.",
        deletes_reply,
        "I couldn't save what you said about the answer. This answer was deleted",
    ),
    "enquiries.not_helped": Scene(
        on_persons_answer("enquiries.not_helped"),
        "You said that this hasn't helped yet.",
        deletes_reply,
        "I couldn't save what you said about the answer. This answer was deleted",
    ),
    "triage.keep": Scene(on_card("triage.keep"), "was kept", decides_otherwise, _DECIDED),
    "triage.withdraw": Scene(on_card("triage.withdraw"), "was withdrawn", decides_otherwise, _DECIDED),
    "design.file": Scene(
        chooses_file,
        "you chose design <b> & ∗c∗.md",
        chooses_other_file,
        "I couldn't take this file. I've already got this document, so nothing was changed.",
    ),
    "milestone.report": Scene(
        asks_for_report,
        "Here's the report that you asked for.",
        lambda it: it.without_capstone(),
        "I couldn't send you your report. I can only send you a report on your own capstone",
    ),
    "triage.take_back": Scene(
        takes_appeal_back,
        "You took your request back, so the ruling stays as it is.",
        second_rules,
        "I couldn't take your request back. A second sensei has already ruled",
    ),
    "articulation.stands": Scene(
        rules("articulation.stands"), "The question stands.", settles_question, _OVER
    ),
    "articulation.withdraw_question": Scene(
        rules("articulation.withdraw_question"),
        "The question was withdrawn.",
        settles_question,
        _OVER,
    ),
    "articulation.talked": Scene(
        has_talked,
        "questions passed on to you: nothing left to do.",
        deputy_has_talked,
        "I couldn't note that you've talked. This question is no longer waiting for you",
    ),
    "pairing.approve": Scene(
        on_board("pairing.approve", PROPOSED),
        "Approved. I've asked",
        Stage.ends,
        "I couldn't approve the pair. The pair of",
    ),
    "pairing.approve_all": Scene(
        approves_all,
        "Approved. I've asked",
        gone(SOL),
        "I couldn't approve 1 pair, because something has changed",
    ),
    "pairing.more": Scene(
        on_board("pairing.more", PROPOSED, "lock {pair}"),
        "Locked, so working out",
        Stage.ends,
        "I couldn't decline, lock or unlock the pair. The pair of",
    ),
    "pairing.decline": Scene(
        on_board("pairing.decline", APPROVED),
        "Declined.",
        Stage.ends,
        "I couldn't withdraw the pair. The pair of",
    ),
    "pairing.propose": Scene(
        proposes_from_news, "Pairs for dojo", gone("Lea"), f"I couldn't propose pairs. {NOT_HERE}"
    ),
    "pairing.show": Scene(
        wants_the_board, "Pairs for dojo", gone("Lea"), f"I couldn't show the proposal. {NOT_HERE}"
    ),
    "home.resume": Scene(
        resumes,
        "Welcome back to dojo. I'm telling the leads",
        lambda it: it.sets(ADA, EnrolmentState.ACTIVE),
        "I couldn't end your pause. You're not paused. Nothing was changed.",
    ),
    "people.away_off": Scene(
        removes_holiday,
        "removed",
        cancels_holiday,
        "I couldn't remove your holiday.",
    ),
    "pairing.again": Scene(
        on_board("pairing.again", PROPOSED),
        "Pairs for dojo 1 pair for you to decide",
        gone("Lea"),
        f"I couldn't work out the pairs again. {NOT_HERE}",
    ),
    "pairing.page": Scene(turns_page, "16–18 of 18", gone("Lea"), f"I couldn't turn the page. {NOT_HERE}"),
    "pairing.accept": Scene(
        on_question("pairing.accept"),
        "Agreed: the two of you are now a pair.",
        Stage.ends,
        "I couldn't accept the pair. The pair of",
    ),
    "people.confirm": Scene(
        lambda it: wants_to_guide(it, "people.confirm"),
        "Confirmed by ",
        gone("Nia & Co"),
        "I couldn't confirm the sensei. This request no longer needs an answer",
    ),
    "people.decline": Scene(
        lambda it: wants_to_guide(it, "people.decline"),
        " declined.",
        gone("Nia & Co"),
        "I couldn't decline the sensei. This request no longer needs an answer",
    ),
    "link.yes": Scene(
        lambda it: owns(it, "link.yes"),
        "You confirmed that this account is yours",
        another_code,
        "I couldn't link the account. This question no longer needs an answer",
    ),
    "link.no": Scene(
        lambda it: owns(it, "link.no"),
        "You said that this isn't you",
        another_code,
        "I couldn't save your answer. This question no longer needs an answer",
    ),
}
WHY = {"pairing.why": "Because <b> & *c*"}
FORMS: Mapping[str, Scene] = {
    "enquiries.ask": Scene(
        asks_about_message,
        "You asked: > Why <!channel> & ∗that∗? · I'll answer in this thread. [ Delete ]",
        gone(ADA),
        f"I couldn't ask your question. {NOT_HERE}",
    ),
    "enquiries.hand_over": Scene(
        on_answer("enquiries.hand_over", {"join.summary": "Who <decides>?"}),
        "I've passed your question on to",
        Stage.ends,
        "I couldn't pass your question on. I haven't sent this, because the person",
    ),
    "enquiries.answer": Scene(
        answers_handover,
        "Your answer You <b> & ∗c∗",
        is_taken_back_first,
        "I couldn't pass your answer on. This question no longer needs an answer",
    ),
    "enquiries.not_helpful": Scene(
        on_answer("enquiries.not_helpful", {"join.reason": "wrong"}),
        "You said that this didn't help.",
        gone(ADA),
        f"I couldn't save what you said about the answer. {NOT_HERE}",
    ),
    "check_ins.skip": Scene(
        lambda it: fills_check_in(it, "check_ins.skip", {"join.reason": "On a *course*"}),
        "I've marked this check-in as skipped.",
        lambda it: it.answers_check_in(),
        "I couldn't skip your check-in. This check-in is no longer open",
    ),
    "check_ins.later": Scene(
        lambda it: fills_check_in(
            it, "check_ins.later", {"join.until": str(now().date() + timedelta(days=9))}
        ),
        "I'll come back to your check-in on",
        lambda it: it.answers_check_in(),
        "I couldn't put off your check-in. This check-in is no longer open",
    ),
    "check_ins.change": Scene(
        lambda it: shows_check_ins(it, "check_ins.change", RHYTHM),
        "I've changed your check-ins. Your rhythm: every 2 weeks, on Monday at 09:30.",
        gone(ADA),
        f"I couldn't change how often I ask you. {NOT_HERE}",
    ),
    "check_ins.cohort": Scene(
        changes_cohort_rhythm,
        "The rhythm of check-ins in dojo is now: every 2 weeks, on Monday at 09:30.",
        gone("Lea"),
        f"I couldn't change the cohort's rhythm. {NOT_HERE}",
    ),
    "triage.appeal": Scene(
        asks_for_second_opinion,
        "You asked for a second opinion on The quality speed.",
        lambda it: rules_on_speed(it, level=2),
        "I couldn't ask for a second opinion. A sensei has given a newer ruling on this, so I haven't "
        "changed anything.",
    ),
    "triage.assign": Scene(
        names_second_sensei,
        "has been asked to rule.",
        gone(SOL),
        "I couldn't name the second sensei. That sensei can no longer be asked, so I haven't changed "
        "anything.",
    ),
    "decisions.edit": Scene(
        on_record("decisions.edit", fills={"join.against": "<b> & *c*"}),
        "Decision 1 is saved.",
        lambda it: it.replaces(),
        f"I couldn't save the decision. {REPLACED}",
    ),
    "decisions.new": Scene(
        records_message,
        "Decision 2 is recorded.",
        gone(ADA),
        f"I couldn't record the decision. {NOT_HERE}",
    ),
    "triage.reword": Scene(
        on_card("triage.reword", {"triage.text": "Why <b> & *d*?"}),
        "was reworded and kept: Why <b> & ∗d∗?",
        decides_otherwise,
        "I couldn't save your wording. This question has already been",
    ),
    "articulation.answer": Scene(
        fills_in_private("articulation.answer"),
        "I've saved your answer.",
        settles_question,
        "I couldn't save your answer. This decision is already recorded",
    ),
    "articulation.dispute": Scene(
        fills_in_private("articulation.dispute"),
        "You've said that this question is wrong.",
        settles_question,
        "I couldn't save your dispute. This question is settled, so I haven't changed anything.",
    ),
    "pairing.swap": Scene(
        on_board("pairing.swap", PROPOSED, fills={"pairing.with": "s {sol}"}),
        "Locked, so working out",
        Stage.ends,
        "I couldn't swap the sensei. The pair of",
    ),
    "pairing.end": Scene(
        on_board("pairing.end", ACTIVE, fills=WHY),
        "Ended: “Because",
        Stage.ends,
        "I couldn't end the pair. The pair of",
    ),
    "pairing.veto": Scene(
        on_question("pairing.veto", WHY),
        "You said no. I'm looking for another sensei",
        Stage.ends,
        "I couldn't turn the pair down. The pair of",
    ),
    "pairing.change": Scene(
        asks_for_another,
        "As you asked, you and",
        Stage.ends,
        "I couldn't ask for another sensei. That pair has already ended.",
    ),
    "pairing.deputy": Scene(
        chooses_deputy,
        "The deputy is Sol",
        cancels_holiday,
        "I couldn't save the deputy. That holiday was cancelled.",
    ),
    "people.join": Scene(
        joins,
        "You've joined the dojo dojo as a participant",
        lambda it: it.moves_away(),
        "I couldn't let you join",
    ),
    "people.profile": Scene(
        sends(ADA, "profile"),
        "Your profile is saved.",
        gone(ADA),
        f"I couldn't save your profile. {NOT_HERE}",
    ),
    "people.brief": Scene(
        sends(ADA, "brief"),
        "description of your capstone is saved",
        gone(ADA),
        f"I couldn't save the description of your capstone. {NOT_HERE}",
    ),
    "people.never": Scene(
        lambda it: sends(ADA, "never", {"never.other": it.sol.id})(it),
        "Saved, in confidence",
        gone(ADA),
        f"I couldn't save your confidential request. {NOT_HERE}",
    ),
    "people.pause": Scene(
        sends(ADA, "pause", {}, ACTIVE),
        "Your pair with",
        lambda it: it.sets(ADA, EnrolmentState.PAUSED),
        "I couldn't start your pause. You're already paused. Nothing was changed.",
    ),
    "people.away": Scene(
        sends(SEN, "away", {"join.first": str(LATER), "join.last": str(LATER)}),
        "You're away from",
        gone(SEN),
        f"I couldn't save your holiday. {NOT_HERE}",
    ),
    "digest.snooze": Scene(
        puts_row_off,
        "Snoozed until",
        gone(SEN),
        "I couldn't snooze the row. You're not in this dojo.",
    ),
    "one_to_ones.worth": Scene(
        after_hour("one_to_ones.worth", {"join.answer": "partly"}),
        "Worth the hour? You: partly",
        lambda it: it.never_met(),
        f"I couldn't save your answer. {NOT_MET}",
    ),
    "one_to_ones.decided": Scene(
        after_hour("one_to_ones.decided", {"join.text": "<!channel> & *this*"}),
        "Decided, in your words: <!channel> & ∗this∗",
        lambda it: it.never_met(),
        f"I couldn't save what was decided. {NOT_MET}",
    ),
    "people.leave": Scene(
        sends(ADA, "leave", {}, ACTIVE),
        "Your pair with",
        gone(ADA),
        f"I couldn't let you leave the dojo. {NOT_HERE}",
    ),
}
SCENES = {
    **{f"/dojo {name}": scene for name, scene in COMMANDS.items()},
    **{f"button {name}": scene for name, scene in BUTTONS.items()},
    **{f"form {name}": scene for name, scene in FORMS.items()},
}
LATE = {name: scene for name, scene in SCENES.items() if scene.spoils}


def read_by(it: Stage, person: Person) -> str:
    """All that somebody has before them."""
    form = [it.form(person)] if person.modal else []
    return "\n".join([*it.heard(person), it.whispered(person), *form])


def test_every_command_button_and_form_has_its_scene() -> None:
    features = all_features()
    assert set(COMMANDS) == set(features.commands)
    handled = {name for name, button in features.buttons.items() if button.do}
    assert set(BUTTONS) == handled
    # The others show something, or answer in place of the form.
    views = {"decisions.list", "decisions.list_of", "decisions.see", "people.list", "profile.show"}
    views |= {"milestone.show", "triage.evidence", "triage.list", "design.see", "defence.show"}
    answered = {"people.link", "triage.rule", "triage.exempt", "one_to_ones.plan", "one_to_ones.calendar"}
    answered |= {"design.give", "defence.prepare", "defence.time", "defence.rule"}
    assert answered == {name for name, form in features.forms.items() if form.answers}
    assert set(FORMS) == set(features.forms) - views - answered
    assert {shortcut.opens for shortcut in features.shortcuts.values()} <= set(FORMS)
    for name in handled:
        assert features.buttons[name].does, name
    for name in FORMS:
        assert features.forms[name].does, name
    # What opens a form or turns a page is answered at once, or the form says why it isn't.
    assert all(
        button.opens or button.redraws for name, button in features.buttons.items() if name not in handled
    )
    stored = {f"/dojo {word}" for word, command in features.commands.items() if command.then} - {
        "/dojo pause"
    }
    assert set(LATE) >= stored | {f"button {name}" for name in BUTTONS} | {f"form {name}" for name in FORMS}


@pytest.mark.parametrize("name", SCENES)
def test_who_does_something_reads_what_came_of_it(it: Stage, name: str) -> None:
    person = SCENES[name].acts(it)
    it.settle()
    assert SCENES[name].reads in read_by(it, person)
    assert not it.slack.problems


@pytest.mark.contract
@pytest.mark.parametrize("name", LATE)
def test_who_was_too_late_reads_why_and_what_to_do(it: Stage, name: str) -> None:
    scene = LATE[name]
    person = scene.acts(it)
    assert scene.spoils
    scene.spoils(it)
    it.settle()
    assert scene.late in read_by(it, person)
    assert "&amp;" not in read_by(it, person)
    assert not it.slack.problems


def broken(features: Features) -> Features:
    """The features, each of whose handlers has a bug."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    made = Features(())
    made.commands = {
        word: replace(command, then=fail) for word, command in features.commands.items() if command.then
    }
    made.buttons = {name: replace(button, do=fail) for name, button in features.buttons.items() if button.do}
    made.forms = {name: replace(form, submit=fail) for name, form in features.forms.items()}
    made.words = features.words
    return made


def test_who_met_a_bug_reads_that_nothing_was_changed(it: Stage) -> None:
    """One of each kind: each traceback takes a while to print."""
    features = broken(it.features)
    person = it.joins("Everything & Co", PARTICIPANT, SENSEI, LEAD)
    who = {"team_id": it.slack.team, "user_id": person.id}
    base = {"team": {"id": it.slack.team}, "user": {"id": person.id}}
    click = {"action_id": "pairing.approve", "type": "button"}
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("carry out /dojo why", COMMAND, {**who, "text": "why Ada, Bo"}),
        ("approve the pair", ACTION, {**base, "actions": [click]}),
        ("end the pair", VIEW, {**base, "type": "view_submission", "view": {"callback_id": "pairing.end"}}),
    ]
    inbox = it.here.pump.inbox
    object.__setattr__(it.here.pump, "inbox", EventHandler(now, 0, ChatDispatch(features, now)))
    try:
        for number, (_, event, body) in enumerate(asked):
            it.here.receiver.receive(Delivery(f"slack:bug:{number}", event, json.dumps(body).encode()))
        it.settle()
    finally:
        object.__setattr__(it.here.pump, "inbox", inbox)
    heard = it.heard(person)
    assert len(heard) == len(asked)
    for does, _, _ in asked:
        assert f"I couldn't {does}, {TOLD_BUG}" in "\n".join(heard)
    assert {state for _, state in it.here.kept} == {"failed"}


def test_who_clicks_a_button_of_another_version_reads_that_it_no_longer_works(it: Stage) -> None:
    for name in ("pairing.gone", "link-of-slack"):
        body = it.ada._payload("block_actions") | {
            "actions": [{"action_id": name, "type": "button"}],
            "container": {"type": "message", "channel_id": it.ada.dm, "message_ts": "1.1"},
            "response_url": it.slack.response_url(it.ada.id, it.ada.dm, None),
        }
        it.ada._bring("interactive", body)
    wait_for(lambda: it.ada.told)  # sent in the background
    assert [said.text for said in it.ada.told] == [
        "This button no longer works. Nothing was changed. Use `/dojo help` instead."
    ]
    assert not it.here.kept


def test_who_asked_for_work_that_gave_up_reads_so_once(it: Stage) -> None:
    it.paired(APPROVED)
    lea, cohort = it.member("Lea").person, it.member("Lea").cohort
    with it.here.store.begin() as tx:
        first = now().date()
        absence = tx.absences.add(cohort, it.member(SEN).person, first, first, None)
    ids = {
        "pairing.why": f"pairing.why:{cohort}:{lea}:20260101T000000000000",
        "pairing.settle": f"pairing.settle:{it.pair_.id}",
        "pairing.away": f"pairing.away:{absence}:begins:{first}:1",
        "pairing.propose": f"pairing.propose:{cohort}:20260101T000000000000",
        "message": "message:other",
    }

    def tell(suffix: str = "") -> None:
        dead = [
            DeadLetter(f"{identity}{suffix}", name, "ZeroDivisionError", now(), GiveUpCause.FAILED)
            for name, identity in ids.items()
        ]
        with it.here.store.begin() as tx:
            failed_work.tell_people(tx, dead, now())
        it.settle()

    tell()
    tell()
    heard = it.heard(it.lea)
    assert len(heard) == 4
    for said in (
        "I couldn't answer your /dojo why, because something went wrong on my side. I'll try once more",
        "because something went wrong on my side. The pair is still approved. I'll try once more",
        "holiday is starting, because something went wrong on my side. The holiday and the deputy are saved.",
        "I couldn't work out pairs for dojo yet, because something went wrong on my side.",
    ):
        assert sum(said in one for one in heard) == 1, said
    assert "that your holiday is starting" in it.heard(it.sen)[-1]
    assert not it.slack.problems
    it.ends(ACTIVE)
    tell("~calm.1")
    assert "You can also ask again now. Please also tell the person who runs Sensei" in "\n".join(
        it.heard(it.lea)
    )
    assert len(it.heard(it.lea)) == 6  # the pair was introduced after all
