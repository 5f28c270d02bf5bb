"""Decisions that become files by a pull request: on both databases, before a GitHub on loopback."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import DecisionState
from bot.workflows.decisions.export import add_export_job
from bot.workflows.jobs.fair_shares import FairShares
from tests.fakes.github import Cuts, GitHub, Loses
from tests.fakes.steps import Died, Recorded, Straight
from tests.workflows.decisions.filing import Filing

PULLS = "/repos/{owner}/{repo}/pulls"
BRANCH = "sensei/decision-0001"
PATH = "docs/decisions/0001-a-queue-between-the-shop-and-the-model.md"
NYGARD = b"# 1. Use Python\n\nDate: 2026-01-01\n\n## Status\n\nAccepted\n\n## Context\n\nWe know it.\n\n"
NYGARD += b"## Decision\n\nPython.\n\n## Consequences\n\nIt is slow.\n"


@pytest.fixture(name="it")
def a_filing_dojo(engine: sa.Engine, tmp_path: Path) -> Iterator[Filing]:
    with GitHub() as github:
        yield Filing(engine, github, tmp_path)


def test_a_confirmed_decision_is_proposed_as_a_file_once(it: Filing) -> None:
    decision = it.decide()
    assert it.export(decision) == {"outcome": "done", "pull": 1}
    [pull] = it.pulls
    assert (pull.head, pull.base, pull.user.login) == (BRANCH, "main", "sensei[bot]")
    assert "A queue between the shop and the model" in (pull.body or "")
    assert [file.path for file in it.github.files(pull)] == [PATH]
    text = it.file(pull.head_sha, PATH)
    assert "# A queue between the shop and the model\n" in text
    assert "## Decision Outcome\n\nA queue between the shop and the model.\n" in text
    assert f"{it.github.url}/ada/desk/blob/{'a' * 40}/src/a.py#L3-L5" in text
    made = it.repository_there.store.commit(pull.head_sha)
    assert (made.name, made.message) == ("sensei[bot]", "Add decision 1")
    assert made.email.startswith(f"{it.app.bot.id}+sensei[bot]@users.noreply.")
    assert (it.decided(decision).export, it.decided(decision).path) == (1, PATH)
    assert it.export(decision) == {"outcome": "unwanted"}
    assert len(it.github.done("pull.created")) == 1


def test_without_permission_to_write_nothing_is_pushed_and_no_number_is_taken(it: Filing) -> None:
    it.installation.permissions["contents"] = "read"
    decision = it.decide()
    assert it.export(decision) == {"outcome": "not granted", "pull": None}
    assert list(it.repository_there.refs) == ["main"]
    assert it.decided(decision).path is None


def _withdrawn(it: Filing) -> Any:
    decision = it.decide()
    with it.store.begin() as tx:
        tx.decisions.set_state(decision.id, DecisionState.WITHDRAWN, it.now())
    return decision


def _ended(it: Filing) -> Any:
    with it.store.begin() as tx:
        tx.capstones.end(it.capstone.id)
    return it.decide()


@pytest.mark.parametrize(
    "unwanted",
    [
        lambda it: it.decide(private=True),
        _withdrawn,
        _ended,
    ],
    ids=["private", "withdrawn", "ended"],
)
def test_what_must_not_be_posted_is_not_proposed(it: Filing, unwanted: Any) -> None:
    assert it.export(unwanted(it)) == {"outcome": "unwanted"}
    assert list(it.repository_there.refs) == ["main"]
    assert it.github.asked("*", "*") == []


def test_a_decision_withdrawn_while_its_file_is_made_is_not_pushed(it: Filing) -> None:
    decision = it.decide()

    def withdraw() -> None:
        with it.store.begin() as tx:
            tx.decisions.set_state(decision.id, DecisionState.WITHDRAWN, it.now())

    steps = Straight(it.store, before={"push": withdraw})
    assert it.export(decision, steps) == {"outcome": "unwanted", "pull": None}
    assert list(it.repository_there.refs) == ["main"]


def test_the_repositorys_own_folder_numbers_and_layout_are_followed(it: Filing) -> None:
    it.push({"doc/adr/0001-use-python.md": NYGARD, "doc/adr/0002-use-go.md": NYGARD})
    it.export(it.decide())
    text = it.file(BRANCH, "doc/adr/0003-a-queue-between-the-shop-and-the-model.md")
    assert text.startswith("# 3. A queue between the shop and the model\n\nDate: ")
    assert "\n## Status\n\nAccepted\n\n## Context\n\nOrders arrive" in text
    assert "\n## Decision\n\nA queue between" in text
    assert "**Against:** Calling the model in the request" in text


def test_a_template_decides_on_the_headings(it: Filing) -> None:
    template = (
        b"# Titel\n\n- Status: offen\n\n## Kontext\n\n## Entscheidung\n\n## Alternativen\n\n## Folgen\n"
    )
    it.push({"docs/adr/0000-template.md": template})
    it.export(it.decide())
    text = it.file(BRANCH, PATH.replace("decisions", "adr"))
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings[:4] == ["## Kontext", "## Entscheidung", "## Alternativen", "## Folgen"]
    assert "- Status: accepted\n" in text


def test_two_open_exports_never_have_the_same_number(it: Filing) -> None:
    it.push({"doc/adr/0001-use-python.md": NYGARD})
    it.export(it.decide())
    it.export(it.decide("Retries with a limit", {Slot.DECIDED: "Three retries."}))
    paths = [file.path for pull in it.pulls for file in it.github.files(pull)]
    assert [path.partition("adr/")[2][:4] for path in paths] == ["0002", "0003"]


def test_a_superseded_records_file_changes_its_status_in_the_same_pull_request(it: Filing) -> None:
    it.push({"doc/adr/0001-use-python.md": NYGARD})
    it.read_back()
    [earlier] = it.decisions()
    it.export(it.decide("Go instead of Python", {Slot.DECIDED: "Go."}, supersedes=earlier.id))
    old = it.file("sensei/decision-0002", "doc/adr/0001-use-python.md")
    link = "Superseded by [0002-go-instead-of-python](0002-go-instead-of-python.md)"
    assert old == NYGARD.decode().replace("Accepted", link)
    new = it.file("sensei/decision-0002", "doc/adr/0002-go-instead-of-python.md")
    assert "**Supersedes:** [Use Python](0001-use-python.md)" in new
    assert "as superseded" in (it.pulls[0].body or "")


@pytest.mark.contract
@pytest.mark.parametrize("dies_after", range(1, 8))
def test_whatever_step_it_dies_after_there_is_one_branch_and_one_pull_request(
    it: Filing, dies_after: int
) -> None:
    decision = it.decide()

    class Mortal(Recorded):
        def _begin(self, name: str) -> None:
            if self.done >= dies_after and not getattr(self, "died", False):
                self.died = True
                raise Died
            super()._begin(name)

    steps = Mortal(it.store)
    try:
        it.export(decision, steps)
    except Died:
        steps.again()
        it.export(decision, steps)
    assert it.decided(decision).export == 1
    assert len(it.github.done("pull.created")) == 1
    assert sorted(it.repository_there.refs) == ["main", BRANCH]


def test_a_lost_answer_to_the_pull_request_opens_no_second_one(it: Filing) -> None:
    decision = it.decide()
    it.github.fault(Loses(), "POST", PULLS)
    assert it.export(decision) == {"outcome": "done", "pull": 1}
    assert len(it.pulls) == 1


def test_a_pull_request_that_lists_do_not_show_yet_is_waited_for(it: Filing) -> None:
    decision = it.decide()
    it.github.list_lag = 5.0  # seconds: longer than Sensei has ever seen
    it.github.fault(Loses(), "POST", PULLS)
    assert it.export(decision) == {"outcome": "done", "pull": 1}
    assert len(it.pulls) == 1


def test_a_lost_answer_to_the_push_is_no_obstacle(it: Filing) -> None:
    decision = it.decide()
    it.github.fault(Cuts(worked=True), "POST", "*/git-receive-pack")
    assert it.export(decision) == {"outcome": "done", "pull": 1}
    assert it.github.unmet() == []


def test_a_branch_with_other_commits_is_left_as_it_is(it: Filing) -> None:
    tip = it.push({"x.py": b"1\n"}, BRANCH)
    decision = it.decide()
    assert it.export(decision) == {"outcome": "branch taken", "pull": None}
    assert it.repository_there.store.heads()[BRANCH] == tip
    assert it.pulls == []


def test_a_pull_request_that_was_closed_is_not_opened_again(it: Filing) -> None:
    decision = it.decide()
    it.export(decision)
    it.github.close_pull(it.pulls[0], it.ada)
    with it.store.begin() as tx:  # as if the process had died before it stored the number
        tx.decisions.set_export(decision.id, None, it.now())  # type: ignore[arg-type]
    assert it.export(decision) == {"outcome": "done", "pull": 1}
    assert len(it.pulls) == 1


def test_a_pull_request_for_another_record_with_the_number_is_not_taken_for_its_own(it: Filing) -> None:
    decision = it.decide()
    it.export(decision)
    it.pulls[0].body = "This adds decision 1, “Other”, as `docs/decisions/0001-other.md`."
    it.github.close_pull(it.pulls[0], it.ada)
    with it.store.begin() as tx:  # as after the erasure of whoever had the number
        tx.decisions.set_export(decision.id, None, it.now())  # type: ignore[arg-type]
    assert it.export(decision) == {"outcome": "done", "pull": 2}


def test_a_branch_deleted_before_the_pull_request_is_not_pushed_again(it: Filing) -> None:
    decision = it.decide()

    def delete() -> None:
        it.repository_there.store.git("update-ref", "-d", f"refs/heads/{BRANCH}")
        it.github.sync(it.repository_there)

    assert it.export(decision, Straight(it.store, before={"open": delete}))["pull"] is None
    assert list(it.repository_there.refs) == ["main"]
    assert it.pulls == []


def test_a_push_that_the_host_refuses_ends_quietly(it: Filing) -> None:
    hook = it.repository_there.store.path / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no such branches here >&2\nexit 1\n")
    hook.chmod(0o755)
    decision = it.decide()
    refused = it.export(decision)
    assert refused["pull"] is None
    assert "did not accept the branch" in refused["outcome"]


def test_a_folder_that_is_a_file_there_is_no_obstacle_to_the_end(it: Filing) -> None:
    it.push({"docs": b"not a folder\n"})
    assert it.export(it.decide())["pull"] is None
    assert it.file("main", "docs") == "not a folder\n"


def test_the_token_is_nowhere_on_disk(it: Filing, tmp_path: Path) -> None:
    it.export(it.decide())
    for path in tmp_path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(token.encode() in content for token in it.github.tokens)


def test_sensei_does_not_read_its_own_pull_request(it: Filing) -> None:
    it.export(it.decide())
    number = it.pulls[0].number
    it.run("reconcile")
    with it.store.read() as tx:
        found = tx.pull_requests.find(it.capstone.id, number)
        assert found is not None
        assert found.author.is_bot
        assert tx.rounds.of(found.id) == []


def test_the_job_is_added_once_and_has_a_share_of_its_repository(it: Filing) -> None:
    decision = it.decide()
    for _ in range(2):
        with it.store.begin() as tx:
            add_export_job(tx, decision, it.now())
    [job] = it.jobs("export")
    assert job.argument == {"decision": decision.id}
    shares = FairShares([job.id])
    assert not shares.take(job.id.replace("#1:", "#2:"))


def test_the_merged_file_comes_back_as_the_same_decision(it: Filing) -> None:
    decision = it.decide()
    it.export(decision)
    it.github.merge_pull(it.pulls[0])
    it.read_back()
    [after] = it.decisions()
    assert (after.id, after.revision, after.texts, after.path) == (decision.id, 1, decision.texts, PATH)
    assert after.digest
    assert after.state is DecisionState.CONFIRMED
