"""Names, paths, quotes and words that try to mention, link, format or hide something stay plain text."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.dojo.people import DateKind
from bot.domain.triage.records import ExemptSubject, Milestone
from bot.ports.chat import OutgoingMessage
from bot.rendering.chat.slack_validation import checked_message
from bot.rendering.digest.terminal import format_preview
from bot.rendering.milestones import html
from bot.workflows.chat.digest_refresh import make_digest_key
from bot.workflows.chat.outbox import send_message
from bot.workflows.digest.gathering import DigestGatherer
from bot.workflows.digest.lead_digests import LeadDigests, preview_leads
from bot.workflows.digest.preview import DigestPreviews
from bot.workflows.milestones.reports import gather_report
from bot.workflows.triage.exemptions import exempt
from tests import databases
from tests.domain.ledgers import movement
from tests.entrypoints.webhooks import now
from tests.workflows.triage.appealing import ADA, DEE, LEA, SEN, SOL, SOME_DAYS, Appealing, appealing
from tests.workflows.whole_dojo import LEDGERS, ROWS

ACTIVE = "<!channel> <@U0LEAD0001> <https://evil.example|Sign in> @here *now* `x`"
HIDDEN = "\u202egnp.exe\u202c z\u200bero \u2066w\u2069 \x1b[31m <script>alert(1)</script> ``` end"
EVIL = f"{ACTIVE} {HIDDEN}"
LONG = "Wörter & " * 1200
STEERS = re.compile("[\u202a-\u202e\u2066\u2067\u200b\x1b\x07]")
CODE = re.compile("```.*?```", re.DOTALL)
MADE_BY_US = re.compile(r"<(@U\w+|!date\^|https?://)")


@pytest.fixture(name="it", scope="module")
def hostile_dojo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Appealing]:
    """Everybody has an evil name, and whatever can be written says something evil."""
    folder: Path = tmp_path_factory.mktemp("database")
    with databases.opened("sqlite", folder) as engine, appealing(engine) as made:
        with made.here.store.begin() as tx:
            tx.cohorts.add_date(made.member(ADA).cohort, DateKind.DESIGN, EVIL, (now() + timedelta(3)).date())
            for name in (ADA, SEN, SOL, DEE, LEA):
                tx.members.set_name(made.member(name).person, f"{EVIL} {name}")
            found = [
                movement("speed.1", quotes=(EVIL,), path=f"{EVIL}.py", missing=EVIL),
                movement("speed.1", quotes=(LONG,), path="long/" * 300, missing=LONG),
                movement("safety.1", "weakens", quotes=(EVIL,), source="text", path="title"),
            ]
            tx.ledgers.record(made.capstone, "review:77#1:1", found, pending=False)
            sen = made.member(SEN).person
            exempt(tx, LEDGERS, sen, made.capstone, ExemptSubject.CHECK, "speed.2", EVIL, now())
        yield made


def looks(it: Appealing) -> None:
    """Let a ruling be given, read and appealed, and everyone open what they have."""
    ruling = it.rules(SEN, sentence=EVIL[:290], reason=EVIL)
    it.rules(SEN, "safety", sentence=EVIL[:290], reason=LONG[:900])
    it.settle(SOME_DAYS)
    it.ada.click(it.shows(it.ada, "triage.evidence"), f"triage.evidence:{ruling.id}", str(ruling.id))
    it.ada.closes()
    it.names(it.appeals(ruling, EVIL), SOL)
    for person in (it.ada, it.sen, it.sol, it.lea):
        it.home(person)
        for command in ("triage", "milestone", "status"):
            person.command(f"/dojo {command}")
            if person.modal:
                person.closes()
    it.sol.click(it.shows(it.sol, "triage.rule"), "triage.rule", f"{it.capstone}:speed")
    it.sen.command("/dojo triage")
    with it.here.store.begin() as tx:
        digest = tx.digests.add(it.member(SEN).cohort, it.member(SEN).person, "sensei", "2026-W49", [], now())
        rows = [f"{kind}:{it.capstone}" for kind in ("rulings", "risk")]
        digest = tx.digests.add(
            it.member(SOL).cohort, it.member(SOL).person, "sensei", "2026-W49", ["appeal:1", *rows], now()
        )
        key = make_digest_key("digest.sensei", it.member(SOL).person, digest.id)
        send_message(tx, key, "digest.sensei", {"digest": digest.id}, now())
    it.settle(SOME_DAYS)


def shown(it: Appealing) -> Iterator[dict[str, Any]]:
    for call in it.slack.calls:
        if call.method.startswith(("chat.", "views.")):
            yield from texts_of({name: _parsed(value) for name, value in call.args.items()})
    for told in it.slack.told:
        yield from texts_of(told.document)


def _parsed(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


def texts_of(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield {"type": value.get("type", "mrkdwn"), "text": value["text"]}
        for part in value.values():
            yield from texts_of(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts_of(part)


@pytest.mark.contract
def test_nothing_that_anyone_wrote_has_an_effect_in_slack(it: Appealing) -> None:
    looks(it)
    found = list(shown(it))
    assert it.slack.problems == []
    assert any("evil.example" in text["text"] for text in found), "else this shows nothing"
    for text in found:
        assert not STEERS.search(text["text"]), text
        if text["type"] == "mrkdwn":
            assert "<" not in MADE_BY_US.sub("", text["text"]), text
            assert "<https://evil" not in text["text"], text
            assert "@here" not in CODE.sub("", text["text"]), text
    refused = [(call.method, call.answer) for call in it.slack.calls if call.answer.get("ok") is False]
    assert refused == []


def test_a_report_and_terminals_show_it_as_text(it: Appealing) -> None:
    with it.here.store.begin() as tx:
        capstone = tx.capstones.get(it.capstone)
        report = gather_report(tx, LEDGERS, capstone, Milestone.DESIGN, now())
        cohort = capstone.cohort
        previews = DigestPreviews(DigestGatherer(ROWS), now()).list(tx, cohort)
        leads = LeadDigests(lambda: LEDGERS, None, now)
        printed = [line for preview in previews for line in format_preview(preview)]
        printed += list(preview_leads(tx, leads, cohort))
        made = tx.digests.add(cohort, it.member(LEA).person, "lead", "2026-W49", [], now())
        written = leads.write(tx, {"digest": made.id})
    assert written
    assert isinstance(checked_message(written.message), OutgoingMessage)
    page = html.render(report)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "evil.example" in page
    assert not STEERS.search(page)
    assert not STEERS.search("\n".join(printed))
    for text in texts_of(list(written.message.blocks)):
        assert "<" not in MADE_BY_US.sub("", text["text"]), text
