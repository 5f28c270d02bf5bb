"""An export of all that is kept of somebody tells nothing of what others have asked in confidence."""

import json
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from bot.domain.dojo.people import CohortRole
from bot.domain.pairing.states import PairState
from bot.ports.personal_data import WorkflowRecord
from bot.workflows.pairing import endings
from bot.workflows.pairing.proposals import ProposalRequest, read_situation, solve
from bot.workflows.privacy.export import PersonalExport
from tests.fakes.steps import Straight
from tests.workflows.circle import Circle

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


def exported(it: Circle, name: str, *records: WorkflowRecord) -> str:
    kept = Kept(*records)
    document = PersonalExport(it.store, kept, kept, it.now).document(it.people[name])  # type: ignore[arg-type]
    return json.dumps(document)


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
