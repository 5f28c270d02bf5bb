"""What one person said in confidence is shown to nobody who may not know it, whatever other role they have.

Each case confides something by the real forms, lets the cohort go on, and lets everybody look at everything.
A canary is a reason, or words from which the secret would be known; ``readers`` may read it, all others not.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa

from bot.domain.dojo.people import CohortRole
from bot.domain.pairing.states import PairState
from bot.ports.engine import DeadLetter
from bot.workflows.pairing import failed_work
from tests.entrypoints.slacking import Workspace
from tests.entrypoints.webhooks import now
from tests.workflows.confided import Confided, workspace

LEAD, SENSEI, PARTICIPANT = CohortRole.LEAD, CohortRole.SENSEI, CohortRole.PARTICIPANT
REASON = "canary-reason-7f3k"
CONFIDENTIAL, TURNED_DOWN, SAID_NO = "a confidential constraint", "turned them down", "Sen said no"


@pytest.fixture(scope="module")
def here(engine: sa.Engine) -> Iterator[Workspace]:
    with workspace(engine) as made:
        yield made


def never(it: Confided, author: str, other: str) -> None:
    it.types(author, "never", never__other=it.people[other].id, join__reason=REASON)


def cast(it: Confided, **roles: tuple[CohortRole, ...]) -> None:
    for name, theirs in {"Lou": (LEAD,), **roles}.items():
        it.add(name, *theirs)


def sole_sensei_is_a_lead(it: Confided) -> None:
    cast(it, Lea=(LEAD, SENSEI), Ada=(PARTICIPANT,))
    never(it, "Ada", "Lea")
    it.types("Lou", "pair")
    it.types("Lea", "why Ada, Lea")
    it.types("Lou", "why Ada, Lea")


def sensei_who_is_a_lead_is_named(it: Confided) -> None:
    cast(it, Lea=(LEAD, SENSEI), Ada=(PARTICIPANT,))
    it.types("Lou", "pair")
    pair = it.pair("Ada")
    it.presses("Lou", "pairing.approve", pair.id)
    it.presses("Lea", "pairing.accept", pair.id)
    never(it, "Ada", "Lea")
    it.presses("Lea", "pairing.end", pair.id)


def participant_who_is_a_lead_is_named(it: Confided) -> None:
    cast(it, Lea=(LEAD, PARTICIPANT), Sen=(SENSEI,), Ben=(PARTICIPANT,))
    never(it, "Sen", "Lea")
    it.types("Lea", "pair")
    it.types("Lou", "pair")
    it.presses("Lea", "pairing.swap", it.pair("Ben").id)


def participant_who_is_a_lead_is_turned_down(it: Confided) -> None:
    cast(it, Lea=(LEAD, PARTICIPANT), Sen=(SENSEI,), Ben=(PARTICIPANT,))
    it.types("Lou", "pair")
    pair = it.pair("Lea")
    it.presses("Lou", "pairing.approve_all", pair.proposal)
    it.presses("Sen", "pairing.veto", pair.id, pairing__why=REASON)
    it.presses("Lou", "pairing.again", pair.proposal)
    it.presses("Lea", "pairing.approve", pair.id)
    it.presses("Lea", "pairing.page", f"{pair.proposal} 1")
    it.types("Lea", "why Lea, Sen")


def turned_down_before_becoming_a_lead(it: Confided) -> None:
    cast(it, Ada=(PARTICIPANT,), Sen=(SENSEI,), Ben=(PARTICIPANT,))
    it.types("Lou", "pair")
    pair = it.pair("Ada")
    it.presses("Lou", "pairing.approve", pair.id)
    it.presses("Sen", "pairing.veto", pair.id, pairing__why=REASON)
    it.add("Ada", LEAD)
    it.add("Sol", SENSEI)
    it.types("Lou", "pair")


def board_of_an_older_version(it: Confided) -> None:
    """The board had shown a lead their own pair, and its proposal is long over."""
    cast(it, Lea=(LEAD, PARTICIPANT), Sen=(SENSEI,), Sol=(SENSEI,))
    pair = it.put("Lea", "Sen", PairState.APPROVED)
    it.presses("Lea", "pairing.page", f"{pair.proposal} 1")
    board = it.people["Lea"].messages[-1]
    with it.store.begin() as tx:
        key = f"message:pairing.board:{pair.proposal}:{it.ids['Lea']}"
        tx.effects.begin(key, pair.changed_at)
        tx.effects.finish(key, f"{it.people['Lea'].dm} {board['ts']}", pair.changed_at)
    it.presses("Sen", "pairing.veto", pair.id, pairing__why=REASON)
    [rewritten] = [message for message in it.people["Lea"].messages if message["ts"] == board["ts"]]
    assert rewritten["text"] != board["text"]


def sensei_who_is_a_lead_is_left(it: Confided) -> None:
    cast(it, Lea=(LEAD, SENSEI), Sol=(SENSEI,), Ada=(PARTICIPANT,))
    pair = it.put("Ada", "Lea", PairState.ACTIVE)
    it.presses("Ada", "pairing.change", pair.id, pairing__why=REASON)
    it.types("Lou", "pair")


def lead_ends_a_pair_of_two_leads(it: Confided) -> None:
    cast(it, Lea=(LEAD, SENSEI), Ada=(LEAD, PARTICIPANT), Sol=(SENSEI,))
    pair = it.put("Ada", "Lea", PairState.ACTIVE)
    it.presses("Lou", "pairing.end", pair.id, pairing__why=REASON)
    it.types("Lou", "pair")


def one_sided_wish(it: Confided) -> None:
    cast(it, Lea=(LEAD, SENSEI))
    it.add("Ada", PARTICIPANT, prefers=("Lea",))
    it.types("Lou", "pair")
    pair = it.pair("Ada")
    it.presses("Lea", "pairing.swap", pair.id)
    it.presses("Lou", "pairing.approve", pair.id)
    it.presses("Lea", "pairing.accept", pair.id)
    for lead in ("Lea", "Lou"):
        it.types(lead, "why Ada, Lea")


def deputy_who_is_a_lead_is_named(it: Confided) -> None:
    cast(it, Lea=(LEAD, SENSEI), Sen=(SENSEI,), Sol=(SENSEI,), Ada=(PARTICIPANT,))
    it.put("Ada", "Sen", PairState.ACTIVE)
    never(it, "Ada", "Lea")
    it.types("Sen", "away 2099-05-01 2099-05-09")
    for lead in ("Lou", "Lea"):
        it.presses(lead, "pairing.deputy", f"{it.cohort} {it.ids['Sen']} 2099-05-01")


def deputy_of_a_lead_is_barred(it: Confided) -> None:
    cast(it, Lea=(LEAD, PARTICIPANT), Sen=(SENSEI,), Sol=(SENSEI,))
    it.put("Lea", "Sen", PairState.ACTIVE)
    never(it, "Sol", "Lea")
    it.types("Sen", f"away 2099-05-01 2099-05-09 <@{it.people['Sol'].id}>")
    for lead in ("Lou", "Lea"):
        it.presses(lead, "pairing.deputy", f"{it.cohort} {it.ids['Sen']} 2099-05-01")


def sensei_of_a_waiting_lead_leaves(it: Confided) -> None:
    cast(it, Lea=(LEAD, PARTICIPANT), Sen=(SENSEI,))
    it.types("Lou", "pair")
    it.types("Sen", "leave")
    it.submits("Sen")


def introduction_of_a_lead_fails(it: Confided) -> None:
    """Twice: at the first deadline of the pair, and at one to which a holiday has moved it."""
    cast(it, Lea=(LEAD, PARTICIPANT), Sen=(SENSEI,))
    pair = it.put("Lea", "Sen", PairState.APPROVED)
    for job in (f"pairing.settle:{pair.id}", f"pairing.settle:{pair.id}:1790000000000"):
        with it.store.begin() as tx:
            failed_work.tell_people(
                tx, [DeadLetter(job, "pairing.settle", "ZeroDivisionError", now())], now()
            )
        told = len(it.people["Lou"].messages)
        it.settle()
        assert len(it.people["Lou"].messages) == told + 1


def participant_of_two_cohorts(it: Confided) -> None:
    """Ada is turned down in one cohort, in which Lea is a lead, and has Lea as a sensei in the other."""
    cast(it, Lea=(LEAD,), Ada=(PARTICIPANT,), Sen=(SENSEI,))
    other = it.another_cohort()
    for name, role in (("Lea", SENSEI), ("Ada", PARTICIPANT), ("Sen", LEAD)):
        it.add(name, role, cohort=other)
    pair = it.put("Ada", "Sen", PairState.APPROVED)
    it.presses("Sen", "pairing.veto", pair.id, pairing__why=REASON)
    it.presses("Ada", "pairing.change", it.put("Ada", "Lea", PairState.ACTIVE, other).id, pairing__why="x")


@dataclass(frozen=True)
class Case:
    """Who reads each canary, and in whose export the reason is. The one who confides it isn't shown it."""

    happens: Callable[[Confided], None]
    readers: Mapping[str, set[str]]
    exported: set[str] = field(default_factory=set)


CASES = {
    "sole sensei is a lead": Case(sole_sensei_is_a_lead, {CONFIDENTIAL: {"Lou"}}, {"Ada"}),
    "sensei is a lead, named": Case(sensei_who_is_a_lead_is_named, {CONFIDENTIAL: {"Lou"}}, {"Ada"}),
    "participant is a lead, named": Case(
        participant_who_is_a_lead_is_named, {CONFIDENTIAL: {"Lou"}}, {"Sen"}
    ),
    "participant is a lead, vetoed": Case(
        participant_who_is_a_lead_is_turned_down,
        {REASON: {"Lou"}, SAID_NO: {"Lou"}, TURNED_DOWN: {"Lou"}},
        {"Sen"},
    ),
    "vetoed, then a lead": Case(
        turned_down_before_becoming_a_lead,
        {REASON: {"Lou"}, SAID_NO: {"Lou"}, TURNED_DOWN: {"Lou"}},
        {"Sen"},
    ),
    "old board": Case(board_of_an_older_version, {REASON: {"Lou"}, SAID_NO: {"Lou"}}, {"Sen"}),
    "sensei is a lead, left": Case(sensei_who_is_a_lead_is_left, {REASON: {"Lou"}}),
    "both are leads, ended": Case(lead_ends_a_pair_of_two_leads, {REASON: {"Lou"}}),
    "one-sided wish": Case(one_sided_wish, {"Ada asked for Lea": {"Lou"}, "Lea*, fit": {"Lou"}}),
    "deputy is a lead, named": Case(deputy_who_is_a_lead_is_named, {CONFIDENTIAL: {"Lou"}}, {"Ada"}),
    "deputy barred for a lead": Case(
        deputy_of_a_lead_is_barred,
        {CONFIDENTIAL: {"Lou"}, "deputy is Sol": {"Lou", "Sen"}, "deputy: Sol": {"Lou", "Sen"}},
        {"Sol"},
    ),
    "sensei of a waiting lead leaves": Case(
        sensei_of_a_waiting_lead_leaves, {"Sen has left": {"Lou"}, "Lea* with": {"Lou"}}
    ),
    "introduction of a lead fails": Case(introduction_of_a_lead_fails, {"introduce Lea and Sen": {"Lou"}}),
    "participant of two cohorts": Case(participant_of_two_cohorts, {REASON: {"Lea", "Lou"}}, {"Sen"}),
}


@pytest.mark.contract
@pytest.mark.parametrize("name", CASES)
def test_a_confidence_reaches_only_those_who_may_know_it(here: Workspace, name: str) -> None:
    it, case = Confided(here), CASES[name]
    case.happens(it)
    for person in it.people:
        it.looks(person)
    # The form in which a person confides a never-pair says itself how others read of it.
    told = {
        person: "\n".join(payload for payload in it.told(person) if "never.other" not in payload)
        for person in it.people
    }
    for canary, readers in {REASON: set[str](), **case.readers}.items():
        assert {person for person, text in told.items() if canary in text} == readers, canary
    exported = {person: it.exported(person) for person in it.people if person not in {"Lou", "Ben"}}
    assert {person for person, text in exported.items() if REASON in text} == case.exported
    assert not [person for person, text in exported.items() if '"confidential"' in text]


_OWN_SEARCH = re.compile(
    r"\*Your sensei\*[^\"]*"
)  # where any participant reads how far the search for theirs is


@pytest.mark.contract
def test_a_lead_sees_nothing_of_what_becomes_of_their_own_pair(here: Workspace) -> None:
    """Whatever is proposed for them, approved and turned down: they see what any participant sees of it."""
    it = Confided(here)
    cast(it, Lea=(LEAD, PARTICIPANT), Sen=(SENSEI,))

    def begin() -> None:
        it.add("Sen", SENSEI, capacity=1)

    def propose() -> None:
        it.types("Lou", "pair")

    def approve() -> None:
        it.presses("Lou", "pairing.approve", it.pair("Lea").id)

    def veto() -> None:
        it.presses("Sen", "pairing.veto", it.pair("Lea").id, pairing__why=REASON)

    seen, answers = [], []
    for happens in (begin, propose, approve, veto):
        happens()
        seen.append(_OWN_SEARCH.sub("", it.looks("Lea")))
        answers.append((it.types("Lea", "pair"), it.people["Lea"].messages[-1]["text"]))
        assert len(it.people["Lea"].messages) == len(answers)
    assert it.pair("Lea").state is PairState.VETOED
    assert "Lea" in seen[0]
    assert seen == [seen[0]] * 4
    assert answers == [answers[0]] * 4
    assert answers[0][1].startswith("I've worked out the pairs. There's nothing new for you to decide.")


def test_a_sensei_who_is_a_lead_cannot_tell_a_never_pair_from_a_declined_one(here: Workspace) -> None:
    rows = []
    for happens in (
        lambda it: never(it, "Ada", "Lea"),
        lambda it: it.presses("Lou", "pairing.more", f"decline {it.pair('Ada').id}"),
    ):
        it = Confided(here)
        cast(it, Lea=(LEAD, SENSEI), Ada=(PARTICIPANT,))
        it.types("Lou", "pair")
        board = it.people["Lea"].messages[-1]["ts"]
        happens(it)
        [message] = [each for each in it.people["Lea"].messages if each["ts"] == board]
        rows.append(next(each["text"]["text"] for each in message["blocks"] if "Ada" in str(each)))
    assert rows[0] == rows[1]
    assert rows[0].endswith("_No longer proposed._")


def test_showing_a_proposal_does_not_tell_a_lead_whether_a_pair_is_proposed_for_them(here: Workspace) -> None:
    for state in (PairState.PROPOSED, PairState.VETOED):
        it = Confided(here)
        cast(it, Lea=(LEAD, PARTICIPANT), Sen=(SENSEI,))
        it.presses("Lea", "pairing.show", it.put("Lea", "Sen", state).proposal)
        told = "\n".join(it.told("Lea"))
        assert "Every pair in this proposal has been decided" in told, state
        assert len(it.people["Lea"].messages) == 1, state  # with the button itself


def test_a_sensei_cannot_tell_a_never_pair_from_a_pair_that_a_lead_took_back(here: Workspace) -> None:
    told = []
    for happens in (
        lambda it: never(it, "Ada", "Sen"),
        lambda it: it.presses("Lou", "pairing.decline", it.pair("Ada").id),
    ):
        it = Confided(here)
        cast(it, Sen=(SENSEI,), Ada=(PARTICIPANT,))
        it.types("Lou", "pair")
        it.presses("Lou", "pairing.approve", it.pair("Ada").id)
        question = it.people["Sen"].messages[-1]["ts"]
        happens(it)
        begun = len(it.told("Sen"))
        it.presses("Sen", "pairing.accept", it.pair("Ada").id)
        [message] = [message for message in it.people["Sen"].messages if message["ts"] == question]
        answers = it.told("Sen")[begun:]
        told.append(
            (
                message["text"],
                re.findall(r"The pair of Ada and Sen [^\"]*", str(answers)),
            )
        )
    assert told[0] == told[1]
    assert told[0][0].endswith("This pair is no longer proposed. You don't need to do anything.")
    assert "The pair of Ada and Sen is no longer proposed. Nothing was changed." in str(told[0][1])


def test_a_forged_swap_changes_nothing(here: Workspace) -> None:
    it = Confided(here)
    cast(it, Sen=(SENSEI,), Sol=(SENSEI,), Ada=(PARTICIPANT,), Ben=(PARTICIPANT,))
    other = it.another_cohort()
    for name, role in (("Sol", SENSEI), ("Ben", PARTICIPANT)):
        it.add(name, role, cohort=other)
    elsewhere = it.put("Ben", "Sol", PairState.PROPOSED, other)
    pair = it.put("Ada", "Sen", PairState.PROPOSED)
    for chosen in (f"p {elsewhere.id}", "p", "p x", f"p {'9' * 5000}", "s", f"s {'9' * 5000}"):
        lead = it.people["Lou"]
        it.presses("Lou", "pairing.swap", pair.id)
        assert lead.modal
        [field] = [block["element"] for block in lead.modal.document["blocks"] if "element" in block]
        field["options"][0]["value"] = chosen
        sent = lead.submit({"pairing.with": chosen})
        assert not sent.failed, chosen
        assert "I couldn't save this" not in str(sent.answer), chosen  # as after a bug
        it.settle()
        assert it.pair("Ada").state is PairState.PROPOSED
        assert it.pair("Ada").id == pair.id
