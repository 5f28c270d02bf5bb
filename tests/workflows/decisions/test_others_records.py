"""Whatever people click, type and send, in whatever order, nobody sees or changes another's records."""

import random

import pytest
import sqlalchemy as sa

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import Decision, DecisionState
from tests.fakes.slack import Person, look
from tests.workflows.decisions.recorded import ADA, BO, SEN, SOL, Recorded

STATES = (DecisionState.DRAFT, DecisionState.CONFIRMED, DecisionState.SUPERSEDED, DecisionState.WITHDRAWN)
BUTTONS = ("confirm", "withdraw", "publish", "edit", "see", "list", "page")
MAY_READ = {ADA: {ADA}, BO: {BO}, SEN: {ADA}, SOL: {BO}, "Lea": set(), "Guest": set()}
SENSEIS = {SEN, SOL}
NEVER_THEIRS = {DecisionState.DRAFT, DecisionState.WITHDRAWN}
STEPS = 90


def decisions(it: Recorded) -> dict[str, list[Decision]]:
    """Let Ada and Bo have a decision in each state, private and public, with words of their own."""
    return {
        name: [
            it.decides(
                name,
                state,
                private=private,
                title=f"title-{name}-{state}-{private}.",
                texts={Slot.DECIDED: f"words-{name}-{state}"},
            )
            for state in STATES
            for private in (False, True)
        ]
        for name in (ADA, BO)
    }


def before(it: Recorded, person: Person) -> str:
    """All that somebody has been shown: the modal, the Home, messages, and what only they were told."""
    shown = [found for found in (person.modal, person.home) if found]
    texts = [look.text(found.document) for found in shown]
    texts += [str(found.document) for found in shown]
    return " ".join([*texts, *it.heard(person), *(str(told.document) for told in person.told)])


def never_confirmed(it: Recorded, author: str) -> list[Decision]:
    """The decisions that nobody but their author has ever been allowed to read."""
    return [
        decision
        for decision in it.decisions_of(author)
        if decision.state in NEVER_THEIRS and decision.confirmed_at is None
    ]


def acts(it: Recorded, person: Person, values: list[str], strange: list[str], chance: random.Random) -> None:
    """Do one thing that somebody could do, or could forge; ``strange`` are ids of others' decisions."""
    value = chance.choice([*values, "", "x"])
    match chance.randrange(6):
        case 0:
            person.command(f"/dojo decisions {chance.choice(['', value, ADA, BO, SEN])}".strip())
        case 1:
            it.shows_home(person)
        case 2 if person.modal:
            buttons = [
                element
                for block in person.modal.document["blocks"]
                for element in [block.get("accessory"), *block.get("elements", ())]
                if element and element.get("action_id")
            ]
            if buttons:
                person.click(person.modal, chance.choice(buttons)["action_id"])
        case 3 if person.modal and person.modal.document.get("submit"):
            own = person.modal.document["private_metadata"]
            person.modal.document["private_metadata"] = chance.choice([own, *strange])
            person.submit()
        case _:
            it.forges(person, f"decisions.{chance.choice(BUTTONS)}", value)
    if chance.random() < 0.3:
        it.settle()


@pytest.mark.contract
@pytest.mark.parametrize("seed", range(4))
def test_nobody_ever_sees_or_changes_the_records_of_another(it: Recorded, seed: int) -> None:
    made = decisions(it)
    values = [str(decision.id) for found in made.values() for decision in found]
    values += [str(it.member(name).enrolment) for name in (ADA, BO, SEN, SOL)]
    chance = random.Random(seed)
    people = {name: it.people.get(name) or it.slack.person(name) for name in MAY_READ}
    other = {ADA: BO, BO: ADA}
    for _ in range(STEPS):
        name = chance.choice([*MAY_READ, ADA, BO, ADA, BO])
        strange = [str(found.id) for author in made if author != name for found in made[author]]
        acts(it, people[name], values, strange, chance)
        seen = before(it, people[name])
        for author in made:
            if author not in MAY_READ[name]:
                assert f"-{author}-" not in seen, (name, author)
            elif name in SENSEIS:
                for decision in never_confirmed(it, author):
                    assert decision.title not in seen, (name, decision.title)
    it.settle()
    audited = sa.text("SELECT actor, subject FROM audit_event WHERE subject LIKE 'decision:%'")
    with it.engine.connect() as connection:
        changes = [tuple(row) for row in connection.execute(audited)]
    assert changes, "somebody changed something of their own"
    for author, found in made.items():
        stranger = it.member(other[author]).person
        theirs = {f"decision:{decision.id}" for decision in found}
        assert not [change for change in changes if change[1] in theirs and change[0] == stranger]
        assert {actor for actor, subject in changes if subject in theirs} <= {it.member(author).person}
