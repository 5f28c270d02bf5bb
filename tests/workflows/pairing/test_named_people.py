"""People are found however they are named in a command: by a mention, or by a name of any characters."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.database import open_store
from tests import databases
from tests.workflows.whole_dojo import PARTICIPANT, SENSEI, WholeDojo, whole_dojo

ADA, SEN = "Ada & <Co>", "Sen *O'Kafor*"


@pytest.fixture
def it(tmp_path: Path) -> Iterator[WholeDojo]:
    with open_store(databases.migrated_file(tmp_path / "sensei.db")) as engine, whole_dojo(engine) as made:
        made.joins(ADA, PARTICIPANT)
        made.joins(SEN, SENSEI)
        made.joins("Sol", SENSEI)
        yield made


def test_people_are_found_by_mention_and_by_any_name(it: WholeDojo, subtests: pytest.Subtests) -> None:
    ada, sen, sol, lea = (it.people[name] for name in (ADA, SEN, "Sol", "Lea"))
    it.pairs(ADA, SEN)
    for text in (
        f"<@{ada.id}>, <@{sen.id}>",
        f"<@{sen.id}> <@{ada.id}>",
        f"<@{ada.id}> with {SEN}",
        f"{ADA}, {SEN}",
        f"@{ADA}, @{SEN}",
    ):
        with subtests.test(text=text):
            assert "Ada & <Co> with Sen" in it.answered(lea, f"/dojo why {text}")
    for person, text in (
        (ada, f"<@{sen.id}>"),
        (ada, SEN),
        (ada, f"@{SEN}"),
        (sen, f"<@{ada.id}>"),
        (sen, ADA),
    ):
        with subtests.test(text=text):
            assert "You and" in it.answered(person, f"/dojo why {text}")
    with subtests.test("someone else is always answered alike"):
        it.joins("Nia", PARTICIPANT)
        answers = {it.answered(ada, f"/dojo why <@{person.id}>") for person in (sol, it.people["Nia"], lea)}
        assert len(answers) == 1
        assert "<@" not in answers.pop()
    with subtests.test("a mention of no sensei"):
        told = it.answered(lea, f"/dojo why <@{ada.id}>, <@{lea.id}>")
        assert "One of the people you mentioned isn't a sensei in dojo." in told
    with subtests.test("a deputy"):
        day = (it.now() + timedelta(days=9)).date()
        told = it.answered(sol, f"/dojo away {day} {day} <@{lea.id}>")
        assert "The person you mentioned isn't an active sensei" in told
        told = it.answered(sol, f"/dojo away {day} {day} <@{sol.id}>")
        assert "You can't be your own deputy." in told
        for name in (f"<@{sen.id}>", SEN):
            assert "Noted" in it.answered(sol, f"/dojo away {day} {day} {name}")
            it.settle()
            assert "Your deputy is Sen" in it.heard(sol)[-1]
            day += timedelta(days=9)
