"""What comes unasked of defences and design documents shares the one message a day."""

from datetime import timedelta

from bot.workflows.chat.unprompted import Feature
from tests.entrypoints.webhooks import now
from tests.workflows.decisions.recorded import ADA
from tests.workflows.defences.defending import Defending


def waiting(it: Defending, kind: str) -> list[str]:
    """The features of the messages of a kind that wait."""
    with it.here.store.read() as tx:
        due = tx.jobs.due_with_prefix(f"message:{kind}:", now() + timedelta(weeks=3), 9)
    return [job.argument["unprompted"] for job in due]


def test_the_outcomes_of_a_defence_take_a_day(it: Defending) -> None:
    it.prepares()
    for position in (1, 2, 3):
        assert not it.rules_on(position, "not_asked", "").failed
    it.here.handled()
    assert waiting(it, "defence.result") == [Feature.DEFENCE]


def test_that_there_is_a_design_document_takes_the_senseis_day(it: Defending) -> None:
    ada = it.people[ADA]
    ada.command("/dojo design")
    assert ada.modal
    assert not ada.submit({"join.path": "", "join.part1": "Patients wait for hours. " * 20}).failed
    it.here.handled()
    [argument] = [argument for kind, argument in it.here.engine.jobs if kind == "design_document"]
    it.here.engine.jobs = []
    it.run("design_document", argument)
    assert waiting(it, "design.told") == [Feature.DESIGN]
