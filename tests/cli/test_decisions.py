"""`sensei decisions` shows numbers, states, dates and files, and no words but a public record's."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.adapters.database import open_store
from bot.adapters.database.transaction import SqlStore
from bot.cli.app import app
from bot.domain.articulation.slots import Slot
from bot.domain.decisions.record_parsing import parse_record
from bot.domain.decisions.records import CodeAnchor, DecisionOrigin, DecisionState, RevisedBy
from bot.domain.pull_requests.records import Account
from bot.errors import UserError
from tests import databases
from tests.decided import AT

SECRET = "words-of-ada"
ANCHOR = CodeAnchor(f"{SECRET}.py", "a" * 40, "head", 1, 2, SECRET)


@pytest.fixture(autouse=True)
def a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = databases.migrated_file(tmp_path / "sensei.db")
    monkeypatch.setenv("SENSEI_DATABASE_URL", url)
    with open_store(url) as engine, SqlStore(engine, "github.com", lambda: AT).begin() as tx:
        for number, name in enumerate(("desk", "mail"), start=1):
            capstone = tx.capstones.add(
                cohort="dojo",
                repository=number,
                owner="ada",
                name=name,
                default_branch="main",
                installation=9,
                participant=Account(number, f"ada{number}"),
                sensei=None,
                publish=None,
                at=AT,
            )
            before = None
            for private in (False, True):
                made = tx.decisions.add(
                    capstone.id,
                    person=None,
                    origin=DecisionOrigin.CHAT,
                    question=None,
                    check=None,
                    private=private,
                    title=SECRET,
                    texts={Slot.DECIDED: SECRET},
                    anchors=[ANCHOR],
                    supersedes=before,
                    by=RevisedBy.PARTICIPANT,
                    at=AT,
                )
                before = made.id
                path = f"docs/{SECRET}.md" if private else "docs/decisions/0001-postgres.md"
                tx.decisions.set_file(made.id, path, "", AT)
            tx.decisions.set_state(made.id, DecisionState.CONFIRMED, AT)


def says(*words: str) -> str:
    done = CliRunner().invoke(app, ["decisions", *words])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def test_the_list_has_each_capstones_decisions_and_none_of_their_words() -> None:
    listed = says("list")
    assert listed.splitlines()[:3] == [
        "ada/desk",
        "     1  draft       2026-11-20  docs/decisions/0001-postgres.md",
        "     2  confirmed   2026-11-20  private",
    ]
    assert "ada/mail" in listed
    assert "ada/mail" not in says("list", "--capstone", "ada/desk")
    assert SECRET not in listed


def test_a_decision_is_shown_with_its_dates_and_revisions_and_none_of_its_words() -> None:
    private = says("show", "ada/desk", "2")
    for part in (
        "Decision 2 of ada/desk",
        "confirmed, private",
        "Slack",
        "replaces:  decision 1",
        "revision 1: 2026-11-20, by the participant",
    ):
        assert part in private
    assert SECRET not in private
    assert "docs/decisions/0001-postgres.md" in says("show", "ada/desk", "1")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("list", "--capstone", "ada/none"), "'ada/none' isn't an enrolled repository."),
        (("show", "ada/none", "1"), "'ada/none' isn't an enrolled repository."),
        (("show", "ada/desk", "9"), "ada/desk has no decision 9."),
        (("export", "ada/desk", "9"), "ada/desk has no decision 9."),
        (("export", "ada/desk", "1"), "Decision 1 is a draft that its author hasn't confirmed."),
        (
            ("export", "ada/desk", "2"),
            "Decision 2 is private: only its author and their sensei can read it.",
        ),
    ],
)
def test_what_there_is_not_is_said_with_where_to_look(words: tuple[str, ...], told: str) -> None:
    with pytest.raises(UserError) as refused:
        says(*words)
    assert refused.value.what == told


def test_the_help_says_what_is_not_shown() -> None:
    assert "Titles and texts aren't shown" in " ".join(says("list", "--help").split())


def test_a_public_record_is_printed_as_the_file_that_it_may_become(tmp_path: Path) -> None:
    with (
        open_store(f"sqlite:///{tmp_path / 'sensei.db'}") as engine,
        SqlStore(engine, "github.com", lambda: AT).begin() as tx,
    ):
        capstone = tx.capstones.by_name("ada/desk")
        assert capstone is not None
        decision = tx.decisions.by_number(capstone.id, 1)
        assert decision is not None
        tx.decisions.set_state(decision.id, DecisionState.CONFIRMED, AT)
    exported = says("export", "ada/desk", "1")
    record = parse_record("docs/decisions/0001-postgres.md", exported.encode())
    assert record is not None
    assert (record.title, record.texts, record.marker) == (SECRET, {Slot.DECIDED: SECRET}, 1)
    assert f"](https://github.com/ada/desk/blob/{'a' * 40}/{SECRET}.py#L1-L2)" in exported
