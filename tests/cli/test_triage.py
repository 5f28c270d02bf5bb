"""`sensei triage`, in a real terminal and without one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.database import open_store
from bot.adapters.database.transaction import SqlStore
from bot.domain.dojo.people import CohortRole
from bot.domain.pull_requests.records import Account
from bot.domain.triage.records import CriterionRuling, Verdict
from tests import databases, sensei
from tests.domain.ledgers import whole_tree_read
from tests.reviewing import SHIPPED
from tests.terminal import Terminal, terminal
from tests.workflows.triage.judging import moves

KEYS = "? help\n> "
MORE = "s skip  b back  q quit > "
NOW = datetime.now(UTC)
STEERS = "\x1b]0;owned\x07"


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A cohort with Ada and her sensei Sen, and some evidence about Ada's capstone."""
    made = databases.migrated_file(tmp_path / "sensei.db")
    with open_store(made) as engine, SqlStore(engine, "github.com", lambda: NOW).begin() as tx:
        capstone = tx.capstones.add(
            cohort="dojo",
            repository=1,
            owner="ada",
            name="desk",
            default_branch="main",
            installation=9,
            participant=Account(1, "ada"),
            sensei=Account(2, "sen"),
            publish=None,
            at=NOW,
        )
        sen = tx.members.by_host_account(2)
        assert sen
        tx.members.set_name(sen, "Sen Sample")
        found = [
            moves("security.1", f"guard({STEERS})"),
            moves("outcome.1", *(f"users = {number}" for number in range(9))),
            moves("outcome.2", "plain = search(text)", missing="what made it lose"),
        ]
        tx.ledgers.record(capstone.id, "baseline", found, pending=False)
        tx.ledgers.record_coverage(capstone.id, whole_tree_read(SHIPPED), NOW)
    return made


def environment(url: str) -> dict[str, str]:
    return sensei.environment(SENSEI_DATABASE_URL=url)


@pytest.fixture
def desk(url: str) -> Iterator[Terminal]:
    with terminal("triage", env=environment(url), rows=30) as made:
        yield made


def history(url: str) -> list[CriterionRuling]:
    with open_store(url) as engine, SqlStore(engine, "github.com").read() as tx:
        return list(tx.rulings.of(1))


def locks(url: str) -> int:
    with open_store(url) as engine, engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM ruling_lock").scalar_one())


def turns_pages(desk: Terminal) -> str:
    """Read all pages of a criterion's evidence; return what they show, up to the keys."""
    seen = ""
    while not seen.endswith(KEYS):
        if seen:
            desk.press(" ")
        seen += desk.expect(MORE, KEYS)
    return seen


def test_a_sensei_reads_the_evidence_and_rules_with_single_keys(desk: Terminal, url: str) -> None:
    first = turns_pages(desk)
    assert "Security · gate · 1 of 2" in first
    assert "new evidence, no ruling yet" in first
    assert "app/client.py:7" in first
    assert "found by a pattern" in first
    assert "\\x1b]0;owned\\x07" in first
    assert "\x1b]0" not in desk.raw
    assert first.index("guard(") < first.index("Draft level: 1 (asserted)")
    assert all(len(line) <= 80 for line in desk.shown.split("\n"))

    desk.press("?")
    assert "say that you can't judge it now" in desk.expect(KEYS)
    desk.press("x")
    desk.expect(KEYS)
    desk.press("a")
    desk.expect("One sentence to the participant, or Enter for none: ")
    desk.press("Bounded well.\n")
    desk.expect("Saved: Level 1.")

    second = turns_pages(desk)
    assert "Outcome and product thinking · 2 of 2" in second
    assert "only partly; missing: what made it lose" in second
    assert "more for: app/client.py:7" in second
    desk.press("3")
    desk.expect("Reason, for senseis only: ")
    desk.press("\n")
    desk.expect("Enter for none: ")
    desk.press("\n")
    desk.expect("A level other than the draft needs a reason.", KEYS)
    desk.expect(KEYS)
    desk.press("3")
    desk.expect("Reason, for senseis only: ")
    desk.press("The trial is in the pilot's notes.\n")
    desk.expect("Enter for none: ")
    desk.press("\n")
    desk.expect("That was the last one. b back  q quit > ")
    desk.press("b")
    assert "Last ruling: 3 (evidenced)" in turns_pages(desk)
    desk.press("s")
    desk.expect("That was the last one. b back  q quit > ")
    desk.press("q")
    desk.expect("Saved 2 rulings. None left.")
    assert desk.end() == 0

    agreed, other = history(url)
    assert (agreed.criterion, agreed.verdict, agreed.level) == ("security", Verdict.AGREED, 1)
    assert (agreed.sentence, agreed.entered_by_operator) == ("Bounded well.", True)
    assert (other.criterion, other.verdict, other.level) == ("outcome", Verdict.OTHER, 3)
    assert other.reason == "The trial is in the pilot's notes."
    assert locks(url) == 0


@pytest.mark.contract
def test_evidence_that_moves_while_words_are_typed_is_shown_again_and_the_words_are_kept(
    desk: Terminal, url: str
) -> None:
    turns_pages(desk)
    desk.press("4")
    desk.expect("Reason, for senseis only: ")
    desk.press("It holds.\n")
    desk.expect("Enter for none: ")
    with open_store(url) as engine, SqlStore(engine, "github.com", lambda: NOW).begin() as tx:
        tx.ledgers.record(1, "review:1#7:1", [moves("security.2", "argued()")], pending=False)
    desk.press("Well done.\n")
    desk.expect("What you typed is kept. Here is the evidence again.")
    assert "in pull request 7" in turns_pages(desk)
    desk.press("4")
    desk.expect("Reason, for senseis only [It holds.]: ")
    desk.press("\n")
    desk.expect("Enter to keep the one in brackets [Well done.]: ")
    desk.press("\n")
    desk.expect("Saved: Level 4.")
    desk.press("q")  # too early: it is for what is on the screen
    desk.expect(MORE)
    desk.press("q")
    desk.expect("Saved 1 ruling. 1 left.")
    assert desk.end() == 0
    [ruling] = history(url)
    assert (ruling.reason, ruling.sentence) == ("It holds.", "Well done.")


@pytest.mark.contract
def test_a_check_is_exempted_with_a_reason_and_applies_again(desk: Terminal, url: str) -> None:
    turns_pages(desk)
    desk.press("e")
    desk.expect("Number, or all: ")
    desk.press("1\n")
    desk.expect("which the participant can read: ")
    desk.press("It has no users yet.\n")
    assert "exempted by a sensei: It has no users yet." in turns_pages(desk)
    desk.press("e")
    desk.expect("Number, or all: ")
    desk.press("1\n")
    desk.expect("Type yes to let it apply again: ")
    desk.press("yes\n")
    assert "exempted" not in turns_pages(desk)
    desk.press("e")
    desk.expect("Number, or all: ")
    desk.press("99\n")
    desk.expect("99 is not in the list. Nothing was changed; press e to choose again.")
    desk.expect(KEYS)
    desk.press("q")
    assert desk.end() == 0
    assert history(url) == []


@pytest.mark.contract
def test_skipping_going_back_and_interrupting_lose_nothing_and_lock_nothing(desk: Terminal, url: str) -> None:
    turns_pages(desk)
    desk.press("c")
    desk.expect("Enter for none: ")
    desk.press("Too early.\n")
    desk.expect("2 of 2")
    desk.expect(MORE)
    desk.press("b")
    assert "Last ruling: can't judge" in turns_pages(desk)
    desk.press("\x1b[A")  # an arrow is no key
    desk.expect(KEYS)
    desk.press("a")
    desk.expect("Enter for none: ")
    desk.press("\x04")  # back to the keys
    desk.expect(KEYS)
    desk.press("s")
    desk.expect("2 of 2")
    desk.expect(MORE)
    desk.press("\x03")
    desk.expect("Saved 1 ruling. 1 left.")
    assert desk.end() == 130
    [kept] = history(url)
    assert kept.sentence == "Too early."
    assert locks(url) == 0


@pytest.mark.contract
def test_what_someone_else_is_ruling_on_can_be_skipped(url: str) -> None:
    now = datetime.now(UTC)  # the run may have begun long ago
    with open_store(url) as engine, SqlStore(engine, "github.com", lambda: NOW).begin() as tx:
        sen = tx.members.by_host_account(2)
        deputy = tx.members.find_or_add_by_host_account(Account(3, "bo"), NOW)
        tx.members.join(1, deputy, CohortRole.SENSEI, NOW)
        assert sen
        tx.absences.add(1, sen, NOW.date(), NOW.date() + timedelta(1), deputy)
        tx.rulings.lock(1, "security", deputy, "x", now, now + timedelta(minutes=15))
    with terminal("triage", "--sensei", "sen", env=environment(url)) as desk:
        desk.expect("Someone else is currently ruling on this criterion.")
        desk.expect("q quit > ")
        desk.press("s")
        turns_pages(desk)
        desk.press("q")
        assert desk.end() == 0


def test_without_a_terminal_it_says_so_and_the_list_has_no_levels(url: str) -> None:
    done = sensei.run_in(environment(url), "triage")
    assert done.returncode == 2
    assert "`sensei triage` needs a terminal" in done.stderr
    listed = sensei.run_in(environment(url), "triage", "list", "--sensei", "Sen")
    assert listed.stdout == (
        "Sen Sample: 2 rulings\n"
        "  ada/desk  Security  gate\n"
        "      new evidence, no ruling yet\n"
        "  ada/desk  Outcome and product thinking\n"
        "      new evidence, no ruling yet\n"
    )
    unknown = sensei.run_in(environment(url), "triage", "list", "--sensei", "Sem")
    assert unknown.returncode == 2
    assert "Did you mean Sen Sample?" in unknown.stderr or "The senseis are: Sen Sample." in unknown.stderr
