"""An export of all that is kept of somebody tells nothing of what others have asked in confidence."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from bot.domain.dojo.people import CohortRole
from bot.domain.pairing.states import PairState
from bot.ports.personal_data import WorkflowRecord
from bot.rendering.privacy.export_page import render_page
from bot.workflows.pairing import endings
from bot.workflows.pairing.proposals import ProposalRequest, read_situation, solve
from bot.workflows.privacy.export import PersonalExport
from tests.fakes.steps import Straight
from tests.workflows.circle import VOCABULARY, Circle

pytestmark = pytest.mark.usefixtures("_tidy")


@pytest.fixture
def _tidy(engine: sa.Engine) -> Iterator[None]:
    yield
    Circle(engine).close()


class Kept:
    """What an engine would keep: of each job its id, and what came of it."""

    def __init__(self, *records: WorkflowRecord) -> None:
        self.records = records

    def by_scope(self, _scope: object) -> tuple[WorkflowRecord, ...]:
        return self.records

    def holds(self, _repository: int) -> bool:
        return False


def document_of(it: Circle, name: str, *records: WorkflowRecord) -> dict[str, Any]:
    kept = Kept(*records)
    return PersonalExport(it.store, kept, kept, it.now).document(it.people[name])  # type: ignore[arg-type]


def exported(it: Circle, name: str, *records: WorkflowRecord) -> str:
    return json.dumps(document_of(it, name, *records))


def ended(it: Circle, how: str) -> None:
    """Let the pair of Ada and Sen come to its end."""
    pair = it.put("Ada", "Sen", PairState.ACTIVE)
    with it.store.begin() as tx:
        if how == "never":
            tx.never_pairs.add(it.cohort, it.people["Ada"], it.people["Sen"], "a reason", it.now())
            endings.end_barred_pairs(tx, it.cohort, it.now())
        elif how == "change":
            endings.change(tx, it.people["Ada"], it.cohort, "a word", it.now())
        else:
            endings.end(tx, pair.id, "a word", it.people["Lea"], it.now())


@pytest.mark.parametrize("how", ["never", "change", "end"])
def test_how_a_pair_ended_is_told_by_no_export(engine: sa.Engine, how: str) -> None:
    it = Circle(engine)
    it.sensei("Sen")
    it.participant("Ada")
    ended(it, how)
    text = exported(it, "Sen")
    actions = [each["action"] for each in json.loads(text)["audit"]]
    assert actions == ["pairing.end"]
    for word in (
        "barred",
        "pairing.change",
        "never.",
        "a word",
        "a reason",
        it.people["Ada"],
        it.people["Lea"],
    ):
        assert word not in text
    assert [each["why"] for each in json.loads(text)["dojo"]["pairs"]] == ["somebody else"]
    jobs = {each["id"].partition(":")[0] for each in json.loads(text)["work"]["jobs"]}
    assert jobs <= {"message", "home", "rewrite"}


def test_the_page_says_what_the_export_has_and_nothing_of_others(engine: sa.Engine) -> None:
    it = Circle(engine)
    it.sensei("Sen", skills={"security": 2})
    it.participant("Ada", prefers=("Sen",), skills={"security": 3}, goals="To *learn*.", brief="A desk.")
    it.propose()
    it.never("Ada", "Lea")
    page = render_page(document_of(it, "Ada"), VOCABULARY)
    for words in (
        "# Your data in Sensei",
        "- Name: Ada",
        "- **Participant** in Sample cohort",
        "mon-fri, 09:00–17:00, Europe/Berlin",
        "Skills you want help with: Security (3 of 3)",
        "> To \\*learn\\*.",
        "> A desk.",
        "You named 1 person you would like to work with.",
        "A pair in which you are the participant was proposed to the leads",
        "Your sensei covers Security.",
        "Your working hours overlap by 40 hours a week.",
        "you asked in confidence never to be paired with a certain person",
    ):
        assert words in page
    for others in ("Sen\n", "Lea", it.people["Sen"], it.people["Lea"], "somebody else", "pairing.propose:"):
        assert others not in page
    pair_lines = [
        line for line in render_page(document_of(it, "Sen"), VOCABULARY).splitlines() if "cover" in line
    ]
    assert pair_lines == ["  - You cover Security."]


def test_what_was_worked_out_for_leads_is_in_no_export(engine: sa.Engine) -> None:
    it = Circle(engine)
    it.sensei("Sen", prefers=())
    it.participant("Ada", prefers=("Sen",), skills={"security": 3})
    it.never("Sen", "Ada")
    about = {"cohort": it.cohort, "participant": it.people["Ada"], "sensei": it.people["Sen"]}
    argument = {"key": "k", "lead": it.people["Lea"], **about}
    it.flows.why(Straight(it.store), argument)
    with it.store.begin() as tx:
        endings.search_again(tx, it.cohort, [it.people["Ada"]], 1, it.now())
    [propose] = it.jobs("pairing.propose")
    with it.store.begin() as tx:
        found = solve(read_situation(tx, ProposalRequest(it.cohort, "operator"), it.now().date()))
    record = {"operation_outputs": [{"output": found.unassigned}]}
    assert "confidential" in str(record)
    records = (
        WorkflowRecord(propose.id, ended=True, argument=propose.argument, record=record),
        WorkflowRecord(
            "pairing.why:k", ended=True, argument=argument, record={"rows": [{"constraint": "confidential"}]}
        ),
    )
    text = exported(it, "Ada", *records)
    assert propose.id in text
    assert "confidential" not in text


def test_the_two_of_a_pair_are_not_told_whose_wish_it_was(engine: sa.Engine) -> None:
    it = Circle(engine)
    ada = it.participant("Ada")
    it.sensei("Sen", prefers=("Ada",))
    it.add("Lou", CohortRole.LEAD)
    it.propose()
    assert "wished_by_sensei" in str(it.pair("Ada").reasons)
    assert ada in it.people.values()
    assert "wished" not in exported(it, "Ada")
