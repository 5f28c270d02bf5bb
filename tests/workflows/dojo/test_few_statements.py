"""What people ask for costs a few statements and rows, however large their cohort is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from slack_sdk.models.blocks import Block
from sqlmodel import Session

from bot.adapters import slack as adapter
from bot.domain.dojo.people import CohortRole, Profile, WorkingHours
from bot.domain.pairing.states import PairState
from bot.workflows.dojo import sensei_confirmation
from bot.workflows.dojo.app_home import HomePublisher
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Hangs
from tests.fakes.steps import Straight
from tests.workflows.peopled import Peopled

PROFILE = Profile(WorkingHours("Europe/London"), {"risk": 2}, ("anthropic",), "to build", capacity=3)


@dataclass
class Counts:
    """Statements, without those that only begin a transaction, and rows that were loaded as objects."""

    statements: int = 0
    rows: int = 0


@contextmanager
def counted(engine: sa.Engine) -> Iterator[Counts]:
    """Count what the database is asked for until the block ends."""
    counts = Counts()

    def count_statement(*event: object) -> None:
        counts.statements += not str(event[2]).startswith(("PRAGMA", "BEGIN"))

    def count_row(*_: object) -> None:
        counts.rows += 1

    sa.event.listen(engine, "before_cursor_execute", count_statement)
    sa.event.listen(Session, "loaded_as_persistent", count_row)
    try:
        yield counts
    finally:
        sa.event.remove(engine, "before_cursor_execute", count_statement)
        sa.event.remove(Session, "loaded_as_persistent", count_row)


def add_pairs(it: Peopled, first: int, count: int) -> None:
    """Let pairs join the cohort."""
    cohort = it.member(it.here.ada).cohort
    with it.here.store.begin() as tx:
        proposal = tx.pairings.propose(cohort, "operator", now(), ())
        for number in range(first, first + count):
            pair = []
            for role in (CohortRole.PARTICIPANT, CohortRole.SENSEI):
                name = f"{role} {number}"
                pair.append(tx.members.find_or_add_by_chat(it.slack.team, f"U{name}", name, now()))
                tx.members.set_profile(tx.members.join(cohort, pair[-1], role, now()).enrolment, PROFILE)
            made = tx.pairings.add(proposal.id, *pair, fit=1, reasons=(), at=now())
            tx.pairings.set_state(made.id, PairState.ACTIVE, now())


def test_an_answer_does_not_read_the_whole_cohort(on_sqlite: Peopled, subtests: pytest.Subtests) -> None:
    it, ada, member = on_sqlite, on_sqlite.here.ada, on_sqlite.member(on_sqlite.here.ada)
    chat = adapter.connect(it.slack.bot_token, it.slack.api_url)
    homes = HomePublisher(chat, it.here.store, "https://github.com", now)
    with it.here.store.begin() as tx:
        tx.members.set_profile(member.enrolment, PROFILE)
    asked: dict[str, tuple[Callable[[], object], int]] = {
        "status": (lambda: ada.command("/dojo status"), 25),
        "a form": (lambda: ada.command("/dojo profile"), 6),
        "a form that is sent": (lambda: ada.submit({"join.goals": "More."}), 9),
        "a Home": (lambda: homes.home(Straight(it.here.store), {"person": member.person}), 66),
    }
    small: dict[str, Counts] = {}
    for round_, pairs in enumerate((1, 40)):
        add_pairs(it, round_, pairs)
        for name, (ask, most) in asked.items():
            with subtests.test(name, round=round_), counted(it.engine) as counts:
                ask()
                assert small.setdefault(name, counts) == counts
                assert counts.statements <= most
        it.settle()
    assert ada.home


@pytest.mark.contract
def test_a_lead_costs_no_statement_for_each_person(on_sqlite: Peopled, subtests: pytest.Subtests) -> None:
    """Of the senseis, some wait for a lead to confirm them."""
    it = on_sqlite
    lead = it.here.enrolled("Lea", CohortRole.LEAD)
    cohort = it.member(lead, CohortRole.LEAD).cohort
    asked: dict[str, tuple[Callable[[], object], int]] = {
        "a Home": (lambda: lead.command("/dojo status"), 30),
        "people": (lambda: lead.command("/dojo people"), 15),
        "people, for a participant": (lambda: it.here.ada.command("/dojo people"), 15),
    }
    small: dict[str, int] = {}
    for round_, pairs in enumerate((1, 40)):
        add_pairs(it, round_, pairs)
        with it.here.store.begin() as tx:
            for number in range(pairs):
                name = f"newcomer {round_} {number}"
                person = tx.members.find_or_add_by_chat(it.slack.team, f"U{name}", name, now())
                member = tx.members.join(cohort, person, CohortRole.SENSEI, now())
                sensei_confirmation.open_request(tx, member, now())
        for name, (ask, most) in asked.items():
            with subtests.test(name, round=round_), counted(it.engine) as counts:
                ask()
                assert small.setdefault(name, counts.statements) == counts.statements
                assert counts.statements <= most


def test_a_form_is_checked_once(on_sqlite: Peopled, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    parse = Block.parse

    def count(block: dict[str, str]) -> Block | None:
        parsed.append(block.get("block_id", ""))
        return parse(block)

    monkeypatch.setattr(Block, "parse", count)
    on_sqlite.here.ada.command("/dojo profile")
    assert on_sqlite.here.ada.modal
    blocks = [block.get("block_id", "") for block in on_sqlite.here.ada.modal.document["blocks"]]
    assert len(parsed) == len(blocks) + 1  # one more, because a view cannot be checked without any


def test_a_form_opens_without_a_profile_that_slack_is_slow_to_give(on_sqlite: Peopled) -> None:
    on_sqlite.slack.fault(Hangs(4), "users.info")
    newcomer = on_sqlite.slack.person("Zebedee", tz="Europe/Madrid")
    newcomer.command("/dojo join")
    assert newcomer.modal
    assert "Zebedee" not in str(newcomer.modal.document)
