"""Whatever happens while senseis decide: one effect each, one clear sentence, and history stays."""

import copy
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from bot.domain.dojo.people import EnrolmentState
from bot.domain.pull_requests.records import QuestionState
from tests.fakes.slack import Outcome, Person, Shown
from tests.fakes.slack.people import Key
from tests.workflows.triage.triaging import ADA, SEN, SOL, Triaging, triaging

RULED_MEANWHILE = "Someone else has ruled on this since you opened it, so I haven't saved your ruling."
RULED_BEFORE = "You've already ruled on this, and that ruling counts. I haven't saved another one."
NOT_THEIRS = (
    "You're not currently this participant's sensei or that sensei's deputy, so I haven't saved anything."
)
DECIDED = "This question has already been {}, so I haven't changed anything."


@pytest.fixture
def it(own_engine: sa.Engine) -> Iterator[Triaging]:
    with triaging(own_engine) as made:
        made.finds("speed.1")
        made.finds("safety.1")
        made.reads()
        yield made
        assert made.slack.problems == []


def opens(it: Triaging, person: Person, criterion: str = "speed") -> Shown:
    """A window of somebody's own with the evidence, which stays as it is."""
    it.sends_click(person, "triage.rule", f"{it.capstone.id}:{criterion}")
    assert person.modal
    return copy.deepcopy(person.modal)


def at_once(*acts: Callable[[], Outcome]) -> list[str]:
    """Let people do something at the same time; return what each is answered."""
    with ThreadPoolExecutor(len(acts)) as pool:
        return [str(done.result().answer) for done in [pool.submit(act) for act in acts]]


def answered(outcome: Outcome) -> str:
    return str(outcome.answer)


# What happens, and who has ruled on what in the end.


def two_senseis_at_once(it: Triaging) -> None:
    it.goes_away(SEN, SOL)
    deputys = opens(it, it.sol)
    it.lock_ends()
    own = opens(it, it.sen)
    it.lock_ends()
    told = at_once(
        lambda: it.rules(it.sen, "2", view=own, reason="r", sentence="s"),
        lambda: it.rules(it.sol, "3", view=deputys, reason="r", sentence="s"),
    )
    assert sum(RULED_MEANWHILE in answer for answer in told) == 1


def a_push_during_a_ruling(it: Triaging) -> None:
    opens(it, it.sen)
    it.finds("speed.2", "pushed meanwhile")
    assert "The evidence changed while you were reading it" in answered(it.sen.submit())
    assert it.rulings() == []
    assert "pushed meanwhile" in it.form(it.sen)
    it.sen.submit()


def a_sensei_leaves_mid_queue(it: Triaging) -> None:
    it.milestone()
    opens(it, it.sen, "safety")
    it.rules(it.sen, "agree")
    rest = copy.deepcopy(it.sen.modal)
    assert rest
    assert "The quality speed" in it.form(it.sen)
    it.pairs_end(SEN)
    it.sets(SEN, EnrolmentState.LEFT)
    it.pairs(ADA, SOL)
    assert "You're not in this dojo." in answered(it.rules(it.sen, view=rest))
    opens(it, it.sol)
    it.rules(it.sol, "agree")


def a_role_is_revoked(it: Triaging) -> None:
    own = opens(it, it.sen)
    it.sets(SEN, EnrolmentState.LEFT)
    assert "You're not in this dojo." in answered(it.rules(it.sen, view=own))


def a_sensei_is_replaced(it: Triaging) -> None:
    own = opens(it, it.sen)
    it.pairs_end(SEN)
    it.pairs(ADA, SOL)
    assert NOT_THEIRS in answered(it.rules(it.sen, view=own))
    opens(it, it.sol)
    it.rules(it.sol, "agree")


def a_double_click(it: Triaging) -> None:
    first, second = opens(it, it.sen), opens(it, it.sen)
    told = at_once(lambda: it.rules(it.sen, view=first), lambda: it.rules(it.sen, view=second))
    assert sum(RULED_BEFORE in answer for answer in told) == 1


def a_stale_window(it: Triaging) -> None:
    it.goes_away(SEN, SOL)
    deputys = opens(it, it.sol)
    it.lock_ends()
    opens(it, it.sen)
    it.sen.submit()
    assert RULED_MEANWHILE in answered(it.rules(it.sol, "3", view=deputys, reason="r", sentence="s"))


def a_deputys_last_day_is_over(it: Triaging) -> None:
    it.goes_away(SEN, SOL)
    deputys = opens(it, it.sol)
    it.comes_back(SEN)
    assert NOT_THEIRS in answered(it.rules(it.sol, view=deputys))
    opens(it, it.sen)
    it.sen.submit()


def a_sensei_changes_their_mind(it: Triaging) -> None:
    for level in "32":
        opens(it, it.sen)
        it.rules(it.sen, level, reason="r", sentence="s")


def the_participant_appeals_meanwhile(it: Triaging) -> None:
    opens(it, it.sen)
    it.sen.submit()
    again = opens(it, it.sen)
    [ruling] = it.rulings()
    with it.here.store.begin() as tx:
        assert tx.appeals.ask(ruling.id, it.member(ADA).person, "No.", it.now())
    assert "This ruling is under appeal, so I haven't saved anything." in answered(
        it.rules(it.sen, "3", view=again, reason="r", sentence="s")
    )


EITHER = "either"


@dataclass(frozen=True)
class Scene:
    """What happens, and the rulings that are stored then: who ruled, on what, and the level."""

    happens: Callable[[Triaging], None]
    ruled: tuple[tuple[str, str, int], ...] = ()


SCENES = (
    Scene(two_senseis_at_once, ((EITHER, "speed", 0),)),
    Scene(a_push_during_a_ruling, ((SEN, "speed", 2),)),
    Scene(a_sensei_leaves_mid_queue, ((SEN, "safety", 1), (SOL, "speed", 1))),
    Scene(a_role_is_revoked),
    Scene(a_sensei_is_replaced, ((SOL, "speed", 1),)),
    Scene(a_double_click, ((SEN, "speed", 1),)),
    Scene(a_stale_window, ((SEN, "speed", 1),)),
    Scene(a_deputys_last_day_is_over, ((SEN, "speed", 1),)),
    Scene(a_sensei_changes_their_mind, ((SEN, "speed", 3), (SEN, "speed", 2))),
    Scene(the_participant_appeals_meanwhile, ((SEN, "speed", 1),)),
)


@pytest.mark.contract
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.happens.__name__)
def test_each_ruling_is_stored_told_marked_and_audited_once(it: Triaging, scene: Scene) -> None:
    scene.happens(it)
    rulings = it.rulings()
    ids = [ruling.id for ruling in rulings]
    if scene.ruled[:1] and scene.ruled[0][0] == EITHER:
        by = {it.member(SEN).person: 2, it.member(SOL).person: 3}
        assert [(ruling.criterion, ruling.level) for ruling in rulings] == [
            ("speed", by[rulings[0].sensei or ""])
        ]
    else:
        assert [(ruling.sensei, ruling.criterion, ruling.level) for ruling in rulings] == [
            (it.member(name).person, *what) for name, *what in scene.ruled
        ]
    assert [who for who, *_ in it.audited("ruling.make")] == [ruling.sensei for ruling in rulings]
    told = [job.argument for job in it.waiting("message") if job.argument["kind"] == "triage.released"]
    assert [number for each in told for number in each["about"]["rulings"]] == ids
    assert [job.argument["ruling"] for job in it.waiting("read_by_sensei")] == ids


# Questions and disputes.


def jobs(it: Triaging, kind: str) -> list[dict[str, object]]:
    """What was to be done, begun or not."""
    query = sa.text("SELECT argument FROM job WHERE kind = :kind")
    with it.engine.connect() as connection:
        rows = connection.execute(query, {"kind": kind}).scalars().all()
    return [json.loads(row) if isinstance(row, str) else row for row in rows]


def test_of_two_senseis_who_decide_about_a_question_at_once_one_counts(it: Triaging) -> None:
    it.goes_away(SEN, SOL)
    number = str(it.asks(QuestionState.PROPOSED))
    at_once(
        lambda: it.sends_click(it.sen, "triage.keep", number),
        lambda: it.sends_click(it.sol, "triage.withdraw", number),
    )
    it.settle()
    kept, withdrawn = it.audited("questions.keep"), it.audited("questions.withdraw")
    assert len(kept) + len(withdrawn) == 1
    assert it.question(int(number)).state == (QuestionState.KEPT if kept else QuestionState.WITHDRAWN)
    assert len(jobs(it, "questions")) == len(kept)
    loser = it.sol if kept else it.sen
    assert it.heard(loser)[-1:] == [
        f"I couldn't save your decision. {DECIDED.format('kept' if kept else 'withdrawn')}"
    ]


@pytest.mark.contract
@pytest.mark.parametrize("gone", ["role", "pair", "deputy"])
@pytest.mark.parametrize(
    ("state", "button"),
    [
        (QuestionState.PROPOSED, "triage.keep"),
        (QuestionState.DISPUTED, "articulation.stands"),
        (QuestionState.DISPUTED, "articulation.withdraw_question"),
    ],
)
def test_whoever_decides_no_longer_changes_nothing_with_their_card(
    it: Triaging, gone: str, state: QuestionState, button: str
) -> None:
    reader = it.sen
    if gone == "deputy":
        it.goes_away(SEN, SOL)
        it.comes_back(SEN)
        reader = it.sol
    elif gone == "role":
        it.sets(SEN, EnrolmentState.LEFT)
    else:
        it.pairs_end(SEN)
    number = it.asks(state)
    it.sends_click(reader, button, str(number))
    it.settle()
    assert it.question(number).state is state
    assert jobs(it, "questions") == jobs(it, "ruling") == []
    refused = [said for said in it.heard(reader) if "not currently this participant's sensei" in said]
    assert len(refused) == (gone != "role"), "whoever has left is refused at once, and gets no message"


def test_two_clicks_on_a_dispute_rule_once(it: Triaging) -> None:
    number = it.asks(QuestionState.DISPUTED)
    at_once(
        lambda: it.sends_click(it.sen, "articulation.stands", str(number)),
        lambda: it.sends_click(it.sen, "articulation.withdraw_question", str(number)),
    )
    it.settle()
    assert len(it.audited("questions.settle")) == len(jobs(it, "ruling")) == 1
    assert len([said for said in it.heard(it.sen) if "Someone has already ruled on this" in said]) == 1


# Exemptions and appeals.


def test_an_exemption_that_is_sent_twice_is_granted_once(it: Triaging) -> None:
    opens(it, it.sen)
    it.presses(it.sen, "triage.exempt")
    form = copy.deepcopy(it.sen.modal)
    assert form
    filled: dict[Key, Any] = {"join.subject": "speed.2", "join.reason": "It has no users."}
    at_once(lambda: it.sen.submit(filled), lambda: it.sen.submit(filled, form))
    with it.here.store.read() as tx:
        assert len(tx.exemptions.of([it.capstone.id])) == 1
    assert len(it.audited("exemption.grant")) == 1


def test_a_request_for_a_second_opinion_that_is_sent_twice_is_stored_once(it: Triaging) -> None:
    opens(it, it.sen)
    it.sen.submit()
    [ruling] = it.rulings()
    it.sends_click(it.ada, "triage.appeal", str(ruling.id))
    form = copy.deepcopy(it.ada.modal)
    assert form
    filled: dict[Key, Any] = {"join.ruling": str(ruling.id), "join.reason": "See my notes."}
    at_once(lambda: it.ada.submit(filled), lambda: it.ada.submit(filled, form))
    it.settle()
    assert len(it.audited("ruling.appeal")) == 1
    assert len([one for one in jobs(it, "message") if one["kind"] == "triage.appealed"]) == 1
