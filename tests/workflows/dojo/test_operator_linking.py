"""The operator names an account, the person confirms it in Slack, and everything of theirs comes together."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.adapters.database import open_store
from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.domain.pairing.states import PairState
from bot.domain.pull_requests import link_codes
from bot.domain.pull_requests.comment_command_rules import CommandOutcome
from bot.domain.pull_requests.records import Account
from bot.errors import UserError
from bot.ports.code_host import HostRepository
from bot.workflows.dojo import operator_linking
from bot.workflows.dojo.account_linking import unlink
from bot.workflows.pull_requests.enrolment import Enrolment, enrol_repository
from tests import databases
from tests.workflows.linked import Desk
from tests.workflows.running_dojo import ADA, BO, SEN

NUMBER = 2**58 + 4
Asks = Callable[..., operator_linking.AccountQuestion]


@pytest.fixture
def it(tmp_path: Path):  # type: ignore[no-untyped-def]
    with open_store(databases.migrated_file(tmp_path / "sensei.db")) as engine:
        yield Desk(engine)


def asks(it: Desk, name: str, account: Account = BO) -> operator_linking.AccountQuestion:
    with it.store.begin() as tx:
        return operator_linking.ask_about_account(tx, name, account, lambda _bits: NUMBER, it.now())


def refused(it: Desk, name: str, account: Account = BO) -> str:
    with pytest.raises(UserError) as error:
        asks(it, name, account)
    return str(error.value)


def paired(it: Desk, participant: str, sensei: str) -> None:
    with it.store.begin() as tx:
        made = tx.pairings.propose(it.cohort, "operator", it.now(), ())
        pair = tx.pairings.add(made.id, participant, sensei, fit=1, reasons=(), at=it.now())
        tx.pairings.set_state(pair.id, PairState.ACTIVE, it.now())
        tx.capstones.set_sensei(it.cohort, participant, sensei)


def sensei_of(it: Desk, capstone: int) -> str | None:
    with it.store.begin() as tx:
        found = tx.capstones.get(capstone).sensei
    return found.login if found else None


def test_nothing_is_linked_until_the_person_says_so(it: Desk) -> None:
    ann = it.person("U1ANN")
    asked = asks(it, "U1ANN")
    assert (asked.account, asked.repeated) == (BO, False)
    assert it.linked(BO) is None
    letter = it.letter(ann)
    assert "The person who runs Sensei says that the GitHub account *bo* (id 3) is yours." in letter
    assert "I won't link anything until you answer" in letter
    assert asks(it, "U1ANN").repeated
    it.answers("U1ANN")
    assert it.linked(BO) == ann
    assert it.told() == [ann]
    assert "You confirmed that this account is yours" in it.letter(ann)
    assert it.audited(ann) == ["people.link.asked", "people.link"]
    assert "has already linked the GitHub account bo" in refused(it, "U1ANN", SEN)


def test_who_says_no_has_linked_nothing_and_nobody_else_can_answer(it: Desk) -> None:
    ann, _ = it.person("U1ANN"), it.person("U2CY")
    asks(it, "U1ANN")
    assert "Your role in this dojo doesn't allow that" in it.answers("U2CY", code=it.asked(ann))
    # The code behind the question is of no use on GitHub, not even to whoever guessed it.
    guessed = link_codes.make_code(NUMBER)
    assert it.says(f"/sensei link {guessed}", ADA) is CommandOutcome.OTHER_ACCOUNT
    it.answers("U1ANN", yes=False)
    assert "You said that this isn't you, so nothing was linked." in it.letter(ann)
    assert it.linked(BO) is None
    assert "no longer needs an answer" in it.answers("U1ANN")


def test_a_question_expires_after_a_day_and_a_newer_one_replaces_it(it: Desk) -> None:
    ann = it.person("U1ANN")
    asks(it, "U1ANN", SEN)
    stale = it.asked(ann)
    asks(it, "U1ANN")
    assert "no longer needs an answer" in it.answers("U1ANN", code=stale)
    it.wait(24 * 3600)
    assert "no longer needs an answer" in it.answers("U1ANN")
    assert (it.linked(BO), it.linked(SEN)) == (None, None)


def test_an_account_of_somebody_elses_is_refused_by_its_number(it: Desk) -> None:
    cy, _ = it.person("U2CY"), it.person("U1ANN")
    it.code(cy)
    it.links("U2CY")
    assert "The GitHub account renamed (id 3) already belongs to U2Cy." in refused(
        it, "U1ANN", Account(3, "renamed")
    )
    assert it.audited(cy)[-1] == "people.link"


def test_who_cannot_be_asked_is_refused_and_the_near_ones_are_listed(it: Desk) -> None:
    with it.store.begin() as tx:
        for user, name in (("U1A", "Ada Lovelace"), ("U2A", "Ada Byron"), ("U3B", "Bob")):
            person = tx.members.find_or_add_by_chat("T1", user, name, it.now())
            tx.members.join(it.cohort, person, CohortRole.PARTICIPANT, it.now())
    said = refused(it, "Ada Lovelase")
    assert "Sensei knows no one called 'Ada Lovelase'. Did you mean Ada Lovelace (Slack U1A)" in said
    assert "Bob" not in said
    assert "Did you mean" not in refused(it, "Zebulon")
    assert "isn't in a dojo, or has no Slack account there" in refused(it, "ada", SEN)
    with it.store.begin() as tx:
        bob = tx.members.by_chat("T1", "U3B")
        assert bob
        tx.members.set_state(tx.members.roles(bob)[0].enrolment, EnrolmentState.LEFT)
        namesake = tx.members.find_or_add_by_chat("T1", "U9A", "Ada Byron", it.now())
        assert namesake
    assert "isn't in a dojo" in refused(it, "U3B")
    assert "several people called 'Ada Byron'" in refused(it, "Ada Byron")
    with it.store.begin() as tx, pytest.raises(UserError, match="Did you mean Ada Lovelace"):
        unlink(tx, "Ada Lovelase", it.now())


def test_a_link_brings_the_capstone_its_questions_and_the_sensei_together(it: Desk) -> None:
    ann, cy = it.person("U1ANN"), it.person("U2CY")
    with it.store.begin() as tx:
        tx.members.prove(cy, Account(77, "cy"), it.now())
    paired(it, ann, cy)
    assert sensei_of(it, it.capstone.id) == "sen"
    asks(it, "U1ANN", ADA)
    it.answers("U1ANN")
    assert sensei_of(it, it.capstone.id) == "cy"
    with it.store.begin() as tx:
        assert tx.standings.capstones(it.cohort)[ann] == [it.capstone.id]
        homes = {job.argument["person"] for job in tx.jobs.due(it.now(), 99) if job.id.startswith("home:")}
    assert homes >= {ann, cy}, "the sensei's Home shows the participant's questions from now on"


def test_a_sensei_who_links_another_account_keeps_the_capstones_of_their_pairs(it: Desk) -> None:
    ann, cy = it.person("U1ANN"), it.person("U2CY", CohortRole.SENSEI)
    with it.store.begin() as tx:
        tx.members.prove(ann, ADA, it.now())
        tx.members.prove(cy, Account(77, "cy-old"), it.now())
    paired(it, ann, cy)
    with it.store.begin() as tx:
        unlink(tx, "U2CY", it.now())
    it.code(cy)
    it.links("U2CY", Account(78, "cy-new"))
    assert sensei_of(it, it.capstone.id) == "cy-new"


def test_a_capstone_that_is_enrolled_after_the_pair_has_its_sensei(it: Desk) -> None:
    ann, cy = it.person("U1ANN"), it.person("U2CY", CohortRole.SENSEI)
    with it.store.begin() as tx:
        tx.members.prove(cy, Account(77, "cy"), it.now())
        tx.members.prove(ann, BO, it.now())
    paired(it, ann, cy)
    repository = HostRepository(900_001, "bo", "late", "main", "https://github.com/bo/late", 9, 1)
    with it.store.begin() as tx:
        cohort = tx.cohorts.get(it.cohort)
        made = enrol_repository(tx, Enrolment(cohort, repository, BO, None, None), it.now())
    assert (made.sensei and made.sensei.login, sensei_of(it, made.id)) == ("cy", "cy")
    # The operator's own choice counts.
    with it.store.begin() as tx:
        made = enrol_repository(tx, Enrolment(cohort, repository, BO, SEN, None), it.now())
    assert sensei_of(it, made.id) == "sen"
