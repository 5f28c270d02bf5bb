"""Which rounds follow from each delivery, whatever came before it, late, twice or by half."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.pull_requests.records import RoundState
from tests.workflows.running_dojo import ADA, BO, QUIET, RENOVATE, SEN, START, Dojo, sha
from tests.workflows.steps import (
    OURSELVES,
    Step,
    after,
    closed,
    now_is,
    opened,
    pushed,
    quietened,
    rerequested,
    retargeted,
    said,
    told,
    twice,
)


@pytest.fixture(name="it")
def a_dojo(engine: sa.Engine) -> Dojo:
    return Dojo(engine)


READ = (now_is("reading"), now_is("published"))

# Steps, and then the rounds: head, trigger, seconds from the start until it is due; a round that is of no use
# any more, or that has ended, by its state.
TABLE: dict[str, tuple[list[Step], list[str]]] = {
    "opened": ([opened()], ["a opened 180"]),
    "opened twice": ([twice(opened())], ["a opened 180"]),
    "pushes within the quiet period are one round": (
        [opened(), after(60), pushed("b"), after(60), pushed("c")],
        ["c push 300"],
    ),
    "a push told twice": ([opened(), after(60), twice(pushed("b"))], ["b push 240"]),
    "a push while it is read": (
        [opened(), now_is("reading"), after(60), pushed("b")],
        ["a superseded", "b push 240"],
    ),
    "a push after it was read": ([opened(), *READ, after(9), pushed("b")], ["a published", "b push 189"]),
    "what was read is told once more": ([opened(), *READ, pushed("a")], ["a published"]),
    "what could not be read whole is told once more": (
        [opened(), now_is("incomplete"), pushed("a")],
        ["a incomplete"],
    ),
    "a head that came back": (
        [opened(), *READ, pushed("b"), *READ, pushed("a")],
        ["a published", "b published", "a push 180"],
    ),
    "a push that comes before its opening": ([pushed("b", at=2), opened("a", at=1)], ["b opened 180"]),
    "a push that comes after a newer one": (
        [opened(at=0), pushed("c", at=3), pushed("b", at=2)],
        ["c push 180"],
    ),
    "a late push after it was read": (
        [opened(at=0), pushed("c", at=3), *READ, pushed("b", at=2)],
        ["c published"],
    ),
    "a push that comes after the closing": (
        [opened(at=0), closed(at=5), pushed("b", at=3)],
        ["a superseded"],
    ),
    "a closing that comes after a reopening": (
        [opened(at=0), told("reopened", at=9), closed(at=5)],
        ["a opened 180"],
    ),
    "closed": ([opened(), closed()], ["a superseded"]),
    "closed while it is read": ([opened(), now_is("reading"), closed()], ["a superseded"]),
    "closed and never known": ([closed()], []),
    "closed and opened again": (
        [opened(), closed(), after(60), told("reopened")],
        ["a superseded", "a push 240"],
    ),
    "closed and opened again after it was read": (
        [opened(), *READ, closed(), told("reopened")],
        ["a published"],
    ),
    "merged": ([opened(), closed(merged=True)], ["a superseded"]),
    "a draft": ([opened(draft=True), pushed("b", draft=True)], []),
    "a draft that is ready": ([opened(draft=True), after(9), told("ready_for_review")], ["a opened 189"]),
    "a draft that somebody asks for": ([opened(draft=True), after(9), said()], ["a asked 9"]),
    "a bot's": ([opened(author=RENOVATE), pushed("b", author=RENOVATE)], []),
    "a bot's that somebody asks for": ([opened(author=RENOVATE), said()], ["a asked 0"]),
    "a quiet one": ([opened(), *READ, quietened, pushed("b")], ["a published"]),
    "a quiet one that somebody asks for": (
        [opened(), *READ, quietened, pushed("b"), said()],
        ["a published", "b asked 0"],
    ),
    "its title is edited": (
        [opened(), *READ, told("edited", changes={"title": {"from": "x"}})],
        ["a published"],
    ),
    "labels": ([opened(), *READ, told("labeled")], ["a published"]),
    "retargeted after it was read": ([opened(), *READ, retargeted()], ["a published", "a push 180"]),
    "retargeted while it waits": ([opened(), after(60), retargeted()], ["a push 240"]),
    "retargeted while it is read": (
        [opened(), now_is("reading"), retargeted()],
        ["a superseded", "a push 180"],
    ),
    "asked for by the sensei": ([opened(), *READ, after(9), said()], ["a published", "a asked 9"]),
    "asked for by the participant": ([opened(), *READ, said(author=ADA)], ["a published", "a asked 0"]),
    "asked for in capitals and with blanks": (
        [opened(), *READ, said(" \n/Sensei   REVIEW \r\n")],
        ["a published", "a asked 0"],
    ),
    "asked for by somebody else": ([opened(), *READ, said(author=BO)], ["a published"]),
    "asked for by a bot": ([opened(), *READ, said(author=RENOVATE)], ["a published"]),
    "asked for within a sentence": ([opened(), *READ, said("Try /sensei review")], ["a published"]),
    "asked for, and words below": (
        [opened(), *READ, said("/sensei review\n\nplease")],
        ["a published", "a asked 0"],
    ),
    "asked for, and words behind": ([opened(), *READ, said("/sensei review please")], ["a published"]),
    "asked for in a comment that was edited": (
        [opened(), *READ, said(action="edited")],
        ["a published", "a asked 0"],
    ),
    "asked for in a comment that somebody else has edited": (
        [opened(), *READ, said(action="edited", by=BO)],
        ["a published"],
    ),
    "asked for in private": (
        [opened(), *READ, said("/sensei private"), said()],
        ["a published", "a asked 0"],
    ),
    "a private one is read": (
        [opened(), *READ, said("/sensei private"), pushed("b")],
        ["a published", "b push 180"],
    ),
    "told to be quiet": ([opened(), *READ, said("/sensei quiet"), pushed("b")], ["a published"]),
    "told to be quiet while it waits": ([opened(), said("/sensei quiet")], ["a superseded"]),
    "told to be quiet while somebody asks": ([opened(), said(), said("/sensei quiet")], ["a asked 0"]),
    "told to speak again": (
        [opened(), *READ, said("/sensei quiet"), pushed("b"), after(9), said("/sensei speak")],
        ["a published", "b push 189"],
    ),
    "told to be quiet while it waits, and to speak again": (
        [opened(), said("/sensei quiet"), after(9), said("/sensei speak")],
        ["a superseded", "a push 189"],
    ),
    "told to speak where nothing is new": ([opened(), *READ, said("/sensei speak")], ["a published"]),
    "told to speak, and closed": (
        [opened(), *READ, said("/sensei quiet"), pushed("b"), closed(), said("/sensei speak")],
        ["a published"],
    ),
    "asked for where nothing is known": ([said()], []),
    "asked for while it waits": ([opened(), after(60), said()], ["a asked 60"]),
    "asked for, and a push follows": (
        [opened(), *READ, said(), after(9), pushed("b")],
        ["a published", "b asked 189"],
    ),
    "asked for twice": ([opened(), *READ, said(), said()], ["a published", "a asked 0"]),
    "asked for while it is read": (
        [opened(), now_is("reading"), said()],
        ["a superseded", "a asked 0"],
    ),
    "a check run asked for again": ([opened(), *READ, rerequested()], ["a published", "a asked 0"]),
    "a check suite asked for again": (
        [opened(), *READ, rerequested(what="check_suite")],
        ["a published", "a asked 0"],
    ),
    "our own check run made and ended": (
        [
            opened(),
            *READ,
            rerequested(by=OURSELVES, action="created"),
            rerequested(by=OURSELVES, action="completed"),
            rerequested(what="check_suite", by=OURSELVES, action="completed"),
        ],
        ["a published"],
    ),
    "a check run asked for again by ourselves": (
        [opened(), *READ, rerequested(by=OURSELVES)],
        ["a published"],
    ),
    "another commit's check asked for again": ([opened(), *READ, rerequested("b")], ["a published"]),
    "a closed one's check asked for again": ([opened(), *READ, closed(), rerequested()], ["a published"]),
}


def shown(it: Dojo) -> list[str]:
    found = []
    for one in it.rounds():
        state = "superseded" if one.superseded else one.state
        due = f"{(one.due_at - START).total_seconds():g}"
        found.append(f"{one.head[0]} {f'{one.trigger} {due}' if state == 'waiting' else state}")
    return found


@pytest.mark.parametrize("name", list(TABLE))
def test_rounds_follow_from_what_was_told(it: Dojo, name: str) -> None:
    steps, rounds = TABLE[name]
    for step in steps:
        step(it)
    assert shown(it) == rounds
    live = [one for one in it.rounds() if one.state is RoundState.WAITING and not one.superseded]
    due = {job.id: job.due_at for job in it.jobs("review")}
    assert all(due[one.id] == one.due_at for one in live)


EVENTS = ["opened", "synchronize", "reopened", "ready_for_review", "edited", "closed", "converted_to_draft"]
histories = st.lists(st.tuples(st.sampled_from(EVENTS), st.sampled_from("abcdef")), min_size=1, max_size=7)


@pytest.mark.contract
@given(histories, st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_whatever_order_a_history_comes_its_end_is_what_is_read(
    engine: sa.Engine, history: list[tuple[str, str]], data: st.DataObject
) -> None:
    it = Dojo(engine)
    steps = [
        told(action, head, at=n, state="closed" if action == "closed" else "open", draft="draft" in action)
        for n, (action, head) in enumerate([("opened", "a"), *history])
    ]
    for step in data.draw(st.permutations(steps)):
        step(it)
        live = [one for one in it.rounds() if one.state is RoundState.WAITING and not one.superseded]
        assert len(live) <= 1
    action, head = history[-1]
    with it.store.begin() as tx:
        known = tx.pull_requests.find(it.capstone.id, 1)
    assert known is not None
    assert (known.head, known.state) == (sha(head), "closed" if action == "closed" else "open")
    if action == "closed":
        assert live == []
    elif action in {"synchronize", "reopened", "opened", "ready_for_review"}:
        assert [one.head for one in live] == [sha(head)]


def test_a_delivery_is_handled_once(it: Dojo) -> None:
    payload = it.pull_request("opened", "a")
    assert it.deliver("pull_request", payload, "one") == "handled"
    it.state(RoundState.PUBLISHED)
    assert it.deliver("pull_request", it.pull_request("edited", "a", changes={"base": {}}), "one") == "again"
    assert shown(it) == ["a published"]


@pytest.mark.parametrize(
    "missing", [["action"], ["repository"], ["repository", "id"], ["pull_request", "head", "sha"],
                ["pull_request", "updated_at"], ["pull_request", "state"], ["pull_request"]]
)  # fmt: skip
def test_a_delivery_that_lacks_something_is_ignored_and_changes_nothing(it: Dojo, missing: list[str]) -> None:
    payload = it.pull_request("opened", "a")
    node = payload
    for key in missing[:-1]:
        node = node[key]
    del node[missing[-1]]
    assert it.deliver("pull_request", payload) == "ignored"
    assert it.rounds() == []


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"action": "opened"', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_event_is_ignored(it: Dojo, body: bytes) -> None:
    assert it.deliver("pull_request", body) == "ignored"


@pytest.mark.parametrize("event", ["star", "ping", "pull_request_review", "workflow_run", ""])
def test_other_events_are_ignored(it: Dojo, event: str) -> None:
    assert it.deliver(event, it.pull_request("opened", "a")) == "ignored"
    assert it.rounds() == []


def test_other_repositories_are_ignored_and_ended_ones_too(it: Dojo) -> None:
    payload = it.pull_request("opened", "a")
    assert it.deliver("pull_request", {**payload, "repository": it.repository(id=5)}) == "ignored"
    with it.store.begin() as tx:
        tx.capstones.end(it.capstone.id)
    assert it.deliver("pull_request", payload) == "ignored"


def test_an_issues_comment_is_not_a_pull_requests(it: Dojo) -> None:
    opened()(it)
    event, payload = it.comment("/sensei review", SEN)
    del payload["issue"]["pull_request"]
    assert it.deliver(event, payload) == "ignored"
    assert shown(it) == ["a opened 180"]


def test_an_incomplete_reading_is_tried_again_unless_something_newer_waits(it: Dojo) -> None:
    opened()(it)
    it.state(RoundState.INCOMPLETE)
    for _ in range(2):
        with it.store.begin() as tx:
            found = tx.pull_requests.find(it.capstone.id, 1)
            assert found
            it.inbox.schedule_retry(tx, found, 600)
    assert shown(it) == ["a incomplete", "a retry 600"]
    pushed("b")(it)
    assert shown(it) == ["a incomplete", "b push 180"]


def test_the_quiet_period_is_counted_from_the_last_push(it: Dojo) -> None:
    opened()(it)
    it.wait(QUIET - 1)
    pushed("b")(it)
    with it.store.begin() as tx:
        at = it.now() + timedelta(seconds=QUIET)
        mine = [it.rounds_in(tx)[0].id]
        early, late = (tx.jobs.due(moment, 10_000) for moment in (at - timedelta(seconds=1), at))
    assert [job.id for job in early if job.id in mine] == []
    assert [job.id for job in late if job.id in mine] == mine
