"""Leads decide nothing about themselves: what they are offered and refused never depends on a confidence."""

from collections.abc import Iterator
from datetime import date

import pytest
import sqlalchemy as sa

from bot.domain.dojo.people import CohortRole
from bot.domain.pairing.delays import ProposalDelay
from bot.domain.pairing.states import PairState
from bot.errors import UserError
from bot.ports.engine import DeadLetter
from bot.workflows.chat import forms
from bot.workflows.chat.actors import find_actor
from bot.workflows.pairing import unfinished_proposals
from tests.workflows.circle import Circle
from tests.workflows.pairing.test_chat import SECRET, Talk, said

pytestmark = pytest.mark.usefixtures("_tidy")


@pytest.fixture
def _tidy(engine: sa.Engine) -> Iterator[None]:
    yield
    Circle(engine).close()


def talk(engine: sa.Engine) -> Talk:
    """Lea is a lead and a sensei, Pia a lead and a participant, Lou a lead."""
    it = Talk(engine)
    for name in ("Lou", "Pia"):
        it.add(name, CohortRole.LEAD)
    it.sensei("Lea", 3)
    for name in ("Sen", "Sol"):
        it.sensei(name, 3)
    for name in ("Ada", "Bo", "Pia"):
        it.participant(name)
    return it


def offered(it: Talk, name: str, form: str, argument: str) -> list[str]:
    """The choices of a form."""
    user = it.user(name)
    with it.store.begin() as tx:
        view = forms.open_form(it.features, tx, find_actor(tx, it.workspace, user), form, argument, it.now)
    [field] = [block for block in view["blocks"] if block["type"] == "input"]
    return sorted(option["value"] for option in field["element"]["options"])


@pytest.mark.parametrize("secret", [False, True])
def test_a_lead_is_never_offered_a_swap_that_concerns_them(engine: sa.Engine, secret: bool) -> None:
    it = talk(engine)
    ada = it.put("Ada", "Sen", PairState.PROPOSED)
    bo, pia = it.put("Bo", "Lea", PairState.PROPOSED), it.put("Pia", "Sol", PairState.PROPOSED)
    if secret:
        it.never("Ada", "Lea", SECRET)
        it.never("Sen", "Pia", SECRET)
    sol = f"s {it.people['Sol']}"
    assert offered(it, "Lea", "pairing.swap", str(ada.id)) == [f"p {pia.id}"] * (not secret) + [sol]
    assert offered(it, "Pia", "pairing.swap", str(ada.id)) == sorted(
        [f"p {bo.id}"] * (not secret) + [f"s {it.people['Lea']}"] * (not secret) + [sol]
    )
    refused = set()
    for name, pair, choice in (
        ("Lea", ada, f"s {it.people['Lea']}"),
        ("Lea", ada, f"p {bo.id}"),
        ("Lea", bo, f"p {ada.id}"),
        ("Pia", ada, f"p {pia.id}"),
    ):
        with pytest.raises(UserError) as error:
            it.fills(name, "pairing.swap", pair.id, whom=choice)
        refused.add(str(error.value).partition(" Nothing")[0])
    assert refused == {"This swap concerns you, so another lead has to make it."}
    for name, theirs in (("Lea", bo), ("Pia", pia)):
        with pytest.raises(UserError, match="concerns you"):
            it.fills(name, "pairing.swap", theirs.id)


@pytest.mark.parametrize("state", [PairState.PROPOSED, PairState.APPROVED, PairState.VETOED])
def test_a_lead_does_nothing_with_their_own_pair_before_the_introduction(
    engine: sa.Engine, state: PairState
) -> None:
    it = talk(engine)
    pair = it.put("Pia", "Sen", state)
    refused = set()
    for button, value in (
        ("pairing.approve", pair.id),
        ("pairing.decline", pair.id),
        ("pairing.more", f"decline {pair.id}"),
    ):
        with pytest.raises(UserError) as error:
            it.clicks("Pia", button, value)
        refused.add(str(error.value))
    for form in ("pairing.swap", "pairing.end"):
        with pytest.raises(UserError) as error:
            it.fills("Pia", form, pair.id)
        refused.add(str(error.value))
    assert len(refused) == 1
    assert "another lead must decide" in refused.pop()
    with pytest.raises(UserError, match="No pair in this proposal is waiting"):
        it.clicks("Pia", "pairing.approve_all", pair.proposal)
    assert it.get(pair.id) == pair


def test_an_introduced_pair_is_a_leads_to_end_also_if_it_is_their_own(engine: sa.Engine) -> None:
    it = talk(engine)
    pair = it.put("Pia", "Sen", PairState.ACTIVE)
    it.fills("Pia", "pairing.end", pair.id, why="x")
    assert it.get(pair.id).state is PairState.ENDED


def test_a_sensei_who_is_a_lead_approves_the_pairs_that_are_proposed_with_them(engine: sa.Engine) -> None:
    it = talk(engine)
    pair = it.put("Ada", "Lea", PairState.PROPOSED)
    it.clicks("Lea", "pairing.approve", pair.id)
    assert it.get(pair.id).state is PairState.APPROVED


def test_a_refusal_to_approve_names_no_constraint_to_the_sensei(engine: sa.Engine) -> None:
    it = talk(engine)
    pair = it.put("Ada", "Lea", PairState.PROPOSED)
    it.never("Ada", "Lea", SECRET)
    with pytest.raises(UserError, match=r"^This pair can't be approved\. Nothing was changed\."):
        it.clicks("Lea", "pairing.approve", pair.id)
    with pytest.raises(UserError, match="a confidential constraint"):
        it.clicks("Lou", "pairing.approve", pair.id)


def test_a_lead_neither_chooses_themselves_as_a_deputy_nor_for_their_own_sensei(engine: sa.Engine) -> None:
    it = talk(engine)
    it.put("Ada", "Sen", PairState.ACTIVE)
    with it.store.begin() as tx:
        tx.absences.add(it.cohort, it.people["Sen"], date(2026, 12, 1), date(2026, 12, 4), None)
    holiday = f"{it.cohort} {it.people['Sen']} 2026-12-01"
    assert offered(it, "Lea", "pairing.deputy", holiday) == [it.people["Sol"]]
    assert offered(it, "Lou", "pairing.deputy", holiday) == sorted([it.people["Sol"], it.people["Lea"]])
    with pytest.raises(UserError, match="You can't choose yourself as the deputy"):
        it.fills("Lea", "pairing.deputy", holiday, whom=it.people["Lea"])
    it.fills("Pia", "pairing.deputy", holiday, whom=it.people["Sol"])
    it.put("Pia", "Sen", PairState.ACTIVE)
    with pytest.raises(UserError, match="your own sensei's holiday"):
        it.fills("Pia", "pairing.deputy", holiday, whom=it.people["Lea"])


def test_a_lead_is_not_told_that_a_request_about_them_alone_takes_longer(engine: sa.Engine) -> None:
    it = talk(engine)
    pair, pia = it.put("Pia", "Sen", PairState.VETOED), it.people["Pia"]
    argument = {"cohort": it.cohort, "by": "operator", "only": [pia]}
    late = DeadLetter(f"pairing.propose:{it.cohort}:after.{pair.id}", "pairing.propose", "failed", it.now())
    with it.store.begin() as tx:
        unfinished_proposals.postpone(tx, argument, ProposalDelay.BUSY, it.now())
        unfinished_proposals.bury(tx, [late], it.now())
    assert sorted(it.readers(it.run(), "pairing.delayed")) == [("Lea",)] * 2 + [("Lou",)] * 2


def test_moves_of_the_lead_are_left_out_of_the_answer_why(engine: sa.Engine) -> None:
    it = talk(engine)
    ids = it.people
    found = {"cohort": it.cohort, "participant": ids["Ada"], "sensei": ids["Sen"], "answer": "possible"}
    found |= {"full": True, "instead_of": None, "fit_before": 100, "fit_after": 90}
    found["moves"] = [[ids["Pia"], ids["Sen"], None], [ids["Bo"], ids["Sol"], ids["Lea"]]]
    texts = {}
    for lead in ("Lou", "Pia"):
        with it.store.begin() as tx:
            letter = it.features.words["pairing.why"](tx, {"lead": ids[lead], "found": found})
        assert letter
        texts[lead] = said(letter.message)
    assert "Pia from Sen to no sensei" in texts["Lou"]
    assert "Pia" not in texts["Pia"]
    assert "Bo from Sol to Lea" in texts["Pia"]
