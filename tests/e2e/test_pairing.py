"""``sensei pair`` as an operator runs it, on a database with a sample cohort in it."""

import os
from pathlib import Path
from typing import Any

import pytest

from bot import __main__ as command
from bot.adapters.database import open_store
from bot.bootstrap import wiring
from bot.domain.dojo.people import CohortRole
from bot.domain.pairing.states import PairState
from bot.workflows.pairing import lifecycle
from tests import databases
from tests.workflows.circle import Circle

SECRET = "never again with them"


class Desk:
    """Runs commands in this process, and returns status, output and errors."""

    def __init__(self, circle: Circle, capsys: pytest.CaptureFixture[str]) -> None:
        self.circle, self._capsys = circle, capsys

    def run(self, *words: object) -> tuple[int, str, str]:
        self._capsys.readouterr()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.argv", ["sensei", "pair", *map(str, words)])
            status: Any = None
            try:
                command.main()
            except SystemExit as ended:
                status = ended.code
        found = self._capsys.readouterr()
        return int(status or 0), found.out, found.err


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    url = databases.migrated_file(tmp_path / "sensei.db")
    for name in [name for name in os.environ if name.startswith("SENSEI_")]:
        monkeypatch.delenv(name)
    with open_store(url) as engine:
        it = Circle(engine)
        with it.store.begin() as tx:
            monkeypatch.setenv("SENSEI_COHORT", tx.cohorts.get(it.cohort).name)
        monkeypatch.setenv("SENSEI_DATABASE_URL", url)
        monkeypatch.setattr(wiring, "now", it.now)
        yield Desk(it, capsys)


def test_a_cohort_is_paired_without_a_chat(desk: Desk) -> None:
    it = desk.circle
    assert "No pairs have been proposed" in desk.run("show")[2]
    it.sensei("Sen", 1, skills={"security": 3})
    it.sensei("Sol with a name that is longer than any column is wide", 1)
    it.participant("Ada", skills={"security": 3})
    it.participant("مريم 👩🏽‍🚀", prefers=["Sol with a name that is longer than any column is wide"])
    it.participant("Cy")
    it.never("Cy", "Sen", SECRET)
    status, out, _ = desk.run("propose")
    assert (status, "sensei pair show" in out) == (0, True)
    assert "still the best" in desk.run("propose")[1]
    status, out, _ = desk.run("show", "--reasons")
    assert status == 0
    assert "2 pairs for you to decide, 1 participant without a sensei" in " ".join(out.split())
    assert "Sen covers skills that Ada is looking for: Security" in " ".join(out.split())
    assert all(len(line) <= 80 for line in out.split("\n\n")[1].splitlines()), out
    ada = it.pair("Ada").id
    assert "locked" in desk.run("lock", ada)[1]
    assert "no longer locked" in desk.run("unlock", ada)[1]
    status, out, err = desk.run("approve", "--all")
    assert (status, err) == (0, "")
    assert "2 pairs approved" in out
    status, _, err = desk.run("approve", ada)
    assert status == 2
    assert "The pair of Ada and Sen is waiting for the sensei. Nothing was changed." in err
    assert "declined" in desk.run("decline", it.pair("مريم 👩🏽‍🚀").id, "--why", "another plan")[1]
    with it.store.begin() as tx:
        lifecycle.accept(tx, ada, it.people["Sen"], it.now())
    assert "covers skills that Ada is looking for: Security" in " ".join(
        desk.run("why", "Ada", "Sen")[1].split()
    )
    assert "confidential constraint" in desk.run("why", "Cy", "sen")[1]
    assert "has ended" in desk.run("end", ada, "--why", "moved away")[1]
    assert it.get(ada).state is PairState.ENDED
    everything = "".join(
        desk.run(*words)[1] + desk.run(*words)[2] for words in (["show"], ["why", "Cy", "Sen"])
    )
    assert SECRET not in everything


def test_swaps_and_active_pairs_reconsidered(desk: Desk) -> None:
    it = desk.circle
    it.sensei("Sen", 1, skills={"security": 3})
    it.sensei("Sol", 1)
    it.participant("Ada", skills={"security": 3})
    it.participant("Bo")
    desk.run("propose")
    status, out, _ = desk.run("swap", it.pair("Ada").id, it.pair("Bo").id)
    assert (status, "−40 percentage points" in out) == (0, True)
    status, _, err = desk.run("swap", it.pair("Ada").id, "Sen")
    assert (status, "has no free place" in err) == (2, True)
    status, _, err = desk.run("swap", it.pair("Ada").id, "Nobody")
    assert (status, "is called “Nobody”" in err) == (2, True)
    for name, sensei in (("Ada", "Sol"), ("Bo", "Sen")):
        it.put(name, sensei, PairState.ACTIVE)
    assert "nobody to pair" in desk.run("propose")[1]
    status, _, err = desk.run("propose", "--all")
    assert status == 2
    assert "2 active pairs would end, so nothing was changed." in err
    assert "Ada: Sol → Sen" in err
    assert it.who() == {"Ada": ("Sol", "active"), "Bo": ("Sen", "active")}
    assert desk.run("propose", "--all", "--yes")[0] == 0
    assert it.who() == {"Ada": ("Sen", "proposed"), "Bo": ("Sol", "proposed")}
    for name, sensei in (("Ada", "Sen"), ("Bo", "Sol")):
        it.put(name, sensei, PairState.ACTIVE)
    assert "nobody to pair" in desk.run("propose", "--all", "--yes")[1]
    assert it.who() == {"Ada": ("Sen", "active"), "Bo": ("Sol", "active")}


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["approve"], "Which pairs do you want to approve?"),
        (["approve", "1", "--all"], "Which pairs do you want to approve?"),
        (["approve", "99"], "There is no pair 99"),
        (["approve", "--all"], "No pair is waiting"),
        (["decline", "99"], "There is no pair 99"),
        (["lock", "99"], "There is no pair 99"),
        (["swap", "99", "Sen"], "There is no pair 99"),
        (["end", "99"], "There is no pair 99"),
        (["why", "Ada", "Sen"], "is called “Ada”"),
        (["show", "--cohort", "another"], "There is no cohort called another"),
    ],
)
def test_what_cannot_be_done_is_said_with_what_can(desk: Desk, words: list[str], what: str) -> None:
    desk.circle.add("Sen", CohortRole.SENSEI, capacity=1)
    status, _, err = desk.run(*words)
    assert status == 2
    assert what in err
    assert len(err.strip().split(". ")) > 1 or "\n" in err.strip(), err
