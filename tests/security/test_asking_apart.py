"""What two people ask Sensei in direct messages stays apart, in everything that leaves the process."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bot.domain.dojo.people import CohortRole
from tests.conversing import Conversing, now, read_by, running
from tests.fakes.github import GitHub
from tests.fakes.messages import Messages, Says, Step, said
from tests.fakes.slack import Person, Slack
from tests.security.outgoing import MODEL, Sent, all_sent, leaks

pytestmark = pytest.mark.contract

ADA, BEN = "Ada Rossi", "Ben Okonkwo"
CANARIES = {
    ADA: ("adasquestion7f3k", "adasreply2p8w", "adasedit5t1m"),
    BEN: ("bensquestion9c4x", "bensreply6h2v", "bensedit3z7q"),
}
"""What each of them says: in a question, in a reply in its thread, and in an edit of that reply."""
PAGE = """# Continuous integration

## How long a run may take

A run of the pipeline may take at most 45 minutes. After that, the runner stops it.
"""


def repeats(body: Mapping[str, Any]) -> Step:
    """Answer with all that the request has, so that whatever was in it could reach its asker."""
    items = [json.loads(line) for line in said(body).splitlines() if line.startswith("{")]
    texts = [item["text"] for item in items if item["kind"] in {"message", "answer"}]
    passages = [item for item in items if item["kind"] == "passage"]
    claims = [
        {"passage": passage["n"], "quote": passage["text"][:80], "text": f"{text} {passage['text'][:80]}"}
        for text in ("", *texts)
        for passage in passages[:2]
    ]
    answer = {"kind": "logistics", "tried": {"quote": texts[-1]}, "covered": True, "claims": claims}
    question = f"You said: {' '.join(texts)}"
    return Says({**answer, "question": question, "plainer": question})


def asks(it: Conversing, person: Person, canaries: tuple[str, str, str]) -> None:
    """Let somebody ask, ask again in the thread, edit that, and say that it didn't help."""
    question, reply, edit = canaries
    asked = person.says(f"How long may a run of the pipeline take? I call it {question}.")
    it.quiesce()
    again = person.says(f"And how long may a run of {reply} take?", thread=asked["ts"])
    it.quiesce()
    person.edits(again, f"And how long may a run of the pipeline {edit} take?")
    it.quiesce()
    it.clicks(person, it.offered(person, "enquiries.not_helpful"), "enquiries.not_helpful")


@pytest.fixture(name="sent", scope="module")
def all_that_left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Sent]]:
    folder = tmp_path_factory.mktemp("dojo")
    with GitHub() as github, Slack() as slack, Messages(repeats) as messages:
        for it in running(Conversing(folder, github, slack, None, **read_by(messages)), may_write=False):
            (folder / "handbook").mkdir()
            (folder / "handbook" / "ci.md").write_text(PAGE, "utf-8")
            assert it.run("handbook", "set", "dojo", str(folder / "handbook")).returncode == 0
            ben = slack.person(BEN)
            with it.store.begin() as tx:
                [cohort] = tx.cohorts.all()
                found = tx.members.find_or_add_by_chat(slack.team, ben.id, BEN, now())
                tx.members.join(cohort.id, found, CohortRole.PARTICIPANT, now())
            for person in (it.ada_there, ben, it.ada_there):
                asks(it, person, CANARIES[person.account.name])
            yield list(all_sent(github, slack, messages))


@pytest.mark.parametrize("name", CANARIES)
def test_what_one_asks_goes_to_nobody_else(sent: list[Sent], name: str) -> None:
    found = {canary: leaks(sent, canary, frozenset({name, MODEL})) for canary in CANARIES[name]}
    assert found == {canary: [] for canary in CANARIES[name]}


def test_no_request_holds_the_words_of_both(sent: list[Sent]) -> None:
    of_whom = [
        {name for name, canaries in CANARIES.items() if any(canary in one.text for canary in canaries)}
        for one in sent
    ]
    assert [one.where for one, names in zip(sent, of_whom, strict=True) if len(names) > 1] == []


@pytest.mark.parametrize("name", CANARIES)
def test_their_words_went_to_the_model_and_back_to_themselves(sent: list[Sent], name: str) -> None:
    """Else the other tests show nothing."""
    for canary in CANARIES[name]:
        assert [where for where in leaks(sent, canary, frozenset()) if where.startswith("the model")], canary
    own = [place for canary in CANARIES[name] for place in leaks(sent, canary, frozenset())]
    assert [place for place in own if place.startswith("Slack") and place.endswith(f"read by {name}")]
