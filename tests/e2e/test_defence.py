"""A design document and a defence before a running bot on loopback, with a model.

The scenes of one database share a bot and follow each other, as they would in a cohort.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.dojo.people import DateKind
from tests import conversing, databases
from tests.conversing import PATIENCE, now, read_by
from tests.fakes.github import GitHub
from tests.fakes.messages import Messages, Says, said
from tests.fakes.slack import Person, Slack
from tests.ruling import Ruling
from tests.ruling import reply as read_change

BOTH = [pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.contract)]
SAYS = "Staff answer two hundred tickets a day by hand."
DESIGN = f"# The desk\n\n{SAYS}\n\n" + "The desk drafts the answers, and a person sends them.\n" * 5
OPEN = "The desk drafts the answers. What does a person see before they send one?"
ASKED = "The answer ends after a number of tokens here. Who notices when one is cut off?"


def reply(body: Mapping[str, Any]) -> Says:
    """Read a document, word a defence, or else read a change."""
    text = said(body)
    if '"kind": "document"' in text:
        finding = {"check": "outcome.1", "quote": SAYS, "says": "part", "missing": "what it costs them"}
        return Says({"checks": [finding], "questions": [{"quote": SAYS, "text": OPEN}]})
    if '"around": ' in text:
        places = [json.loads(line) for line in re.findall(r'^\{"n": .*$', text, re.MULTILINE)]
        worded = [
            {"n": place["n"], "text": ASKED, "follow_ups": [], "touches": ["what the caller sees"]}
            for place in places
        ]
        return Says({"questions": worded})
    return read_change(body)


@pytest.fixture(name="it", scope="module", params=BOTH)
def a_dojo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ruling]:
    folder = tmp_path_factory.mktemp("dojo")
    if request.param == "sqlite":
        yield from serve(folder, None)
        return
    with databases.fresh() as url:
        yield from serve(folder, url)


def serve(folder: Any, url: str | None) -> Iterator[Ruling]:
    with GitHub() as github, Slack() as slack, Messages(reply) as messages:
        yield from conversing.running(Ruling(folder, github, slack, url, **read_by(messages)))


def opens(it: Ruling, who: Person, text: str, title: str) -> None:
    """Let somebody type a command that opens a form."""
    it.slack.modals.pop(who.id, None)
    assert not who.command(text).failed
    it.wait(lambda: who.modal and who.modal.title == title, PATIENCE)


def presses(it: Ruling, who: Person, action: str, title: str) -> None:
    assert who.modal
    assert not who.click(who.modal, action).failed
    it.wait(lambda: who.modal and who.modal.title == title, PATIENCE)


def test_a_pasted_design_is_read_and_is_evidence_for_the_sensei(it: Ruling) -> None:
    opens(it, it.ada_there, "/dojo design", "Design document")
    assert not it.ada_there.submit({"join.part1": DESIGN}).errors
    told = it.heard(it.ada_there, "Your design document")
    assert OPEN not in it.read(told), "her sensei sees questions first"
    assert OPEN in it.read(it.heard(it.sen_there, "has given me a design document"))
    form = it.reads(it.sen_there, "outcome")
    assert SAYS in form
    assert "their design document, which they pasted" in form


def test_a_defence_is_prepared_on_merged_code_held_and_told_once(it: Ruling) -> None:
    with it.store.begin() as tx:
        tx.cohorts.add_date(it.cohort, DateKind.FINAL, "", now().date() + timedelta(days=1))
    for name in ("shipped", "aimed", "called"):
        it.shows(name)
    it.quiesce()
    opens(it, it.sen_there, f"/dojo defence <@{it.ada_there.id}>", "Defence")
    presses(it, it.sen_there, "defence.prepare", "Prepare the defence")
    assert not it.sen_there.submit({"join.day": "2099-12-01", "join.clock": "10:00"}).errors
    it.heard(it.sen_there, "is ready")
    announced = it.read(it.heard(it.ada_there, "Your defence"))
    assert ASKED not in announced
    questions = [row[0] for row in it.rows("SELECT id FROM defence_question ORDER BY position")]
    texts = {row[0] for row in it.rows("SELECT text FROM defence_question")}
    assert (len(questions), texts) == (3, {ASKED})
    for number in questions:
        opens(it, it.sen_there, f"/dojo defence <@{it.ada_there.id}>", "Defence")
        presses(it, it.sen_there, f"defence.rule:{number}", "Rule on a question")
        filled: dict[Any, str] = {
            "join.outcome": "alone",
            "join.note": f"You answered question {number} yourself.",
        }
        assert not it.sen_there.submit(filled).errors
    result = it.read(it.heard(it.ada_there, "Your defence: the questions"))
    assert all(f"You answered question {number} yourself." in result for number in questions)
    it.quiesce()
    assert len(it.saying(it.ada_there, "Your defence: the questions")) == 1
    opens(it, it.ada_there, "/dojo milestone", "Milestone")
    assert "question defended alone" in it.before(it.ada_there)
