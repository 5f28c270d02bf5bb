"""A design document from the form to the page, the messages and the evidence that a sensei rules on."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.design_documents.records import (
    DesignDocument,
    DocumentProblem,
    DocumentReading,
    DocumentState,
)
from bot.domain.dojo.people import Profile, Weekday, WorkingHours
from bot.domain.ledger.evidence import CheckState
from bot.domain.pull_requests.records import PublishPolicy
from bot.ports.model import CallOutcome
from bot.workflows.design_documents.giving import give_document
from bot.workflows.design_documents.messages import tell_of_document
from tests.fakes.model import Scripted
from tests.fakes.steps import Recorded as RecordedSteps
from tests.keys import KEYS
from tests.workflows.defences.defending import ADA, BO, DESIGN, LEA, SEN, SOL, Defending
from tests.workflows.whole_dojo import LEDGERS

SNAPSHOT = Path(__file__).parent / "snapshots" / "reading.txt"
WEEKS = timedelta(days=20)
SAYS = "The desk drafts an answer within 2 s."
PART = "it misses synonyms, so it lost."
QUESTION = "It drafts an answer within 2 s. Where does the 2 come from?"
ANSWER: dict[str, Any] = {
    "checks": [
        {"check": "speed.1", "quote": SAYS, "says": "says", "missing": ""},
        {"check": "speed.2", "quote": PART, "says": "part", "missing": "what the chosen search costs"},
        {"check": "safety.1", "quote": "Nobody wrote this sentence.", "says": "says", "missing": ""},
    ],
    "questions": [
        {"quote": SAYS, "text": QUESTION},
        {"quote": SAYS, "text": "Excellent design. Why don't you use Redis for that?"},
    ],
}


def newest(it: Defending) -> DesignDocument:
    with it.here.store.read() as tx:
        found = tx.design_documents.newest(it.desk.id)
    assert found
    return found


def gives(it: Defending, path: str = "", text: str = "") -> None:
    """Let Ada fill the form in, and what follows be done."""
    ada = it.people[ADA]
    it.slack.modals.pop(ada.id, None)
    assert not ada.command("/dojo design").failed
    assert not ada.submit({"join.path": path, "join.part1": text}).failed
    it.settle()


def said(it: Defending, name: str, words: str) -> list[str]:
    return [text for text in it.heard(it.people[name]) if words in text]


def test_a_file_is_read_at_a_commit_and_quoted_byte_for_byte(it: Defending) -> None:
    it.model = Scripted(design=ANSWER)
    it.github.push(it.repository, "main", {"docs/design.md": DESIGN})
    gives(it)
    document = newest(it)
    assert (document.state, document.path) == (DocumentState.READ, "docs/design.md")
    assert document.head == it.repository.store.git("rev-parse", "main").strip()
    assert document.text == "", "what a file says stays in the repository, but for the quotes"
    assert document.reading
    assert [(one.check, one.says, one.line) for one in document.reading.findings] == [
        ("speed.1", "says", 3),
        ("speed.2", "part", 5),
    ]
    for finding in document.reading.findings:
        assert finding.quote in DESIGN.decode()
    assert document.reading.questions == (QUESTION,), "praise and advice are refused"
    [told] = said(it, ADA, "Your design document")
    assert (
        "Of 3 checks that a design can answer, it answers 1, answers part of 1, and is silent about 1."
        in told
    )
    assert QUESTION in told
    [request] = it.model.requests
    assert "`speed.1`" in request.system[0]
    assert "keyword" in request.user


def test_the_page_is_for_the_participant_and_their_sensei_alone(it: Defending) -> None:
    it.model = Scripted(design=ANSWER)
    gives(it, text=DESIGN.decode())
    it.settle(WEEKS)
    number = str(newest(it).id)
    [_] = said(it, SEN, "has given me a design document")
    for name in (ADA, SEN):
        it.forges(it.people[name], "design.see", number)
        page = it.form(it.people[name])
        assert SAYS in page
        assert "Not said: what the chosen search costs" in page
        assert "Silent about" in page
        assert "level" not in page.lower()
    for name in (BO, SOL, LEA):
        it.forges(it.people[name], "design.see", number)
        assert SAYS not in it.read_last(it.people[name])
        assert said(it, name, "design document") == []


@pytest.mark.parametrize("publish", [PublishPolicy.SENSEI_FIRST, PublishPolicy.HELD])
def test_where_a_sensei_sees_questions_first_only_they_see_the_models(
    it: Defending, publish: PublishPolicy
) -> None:
    with it.here.store.begin() as tx:
        tx.capstones.set_publishing(it.desk.id, publish)
    it.model = Scripted(design=ANSWER)
    gives(it, text=DESIGN.decode())
    it.settle(WEEKS)
    [hers], [theirs] = said(it, ADA, "Your design document"), said(it, SEN, "has given me")
    assert "it answers 1, answers part of 1" in hers
    assert (QUESTION in hers, QUESTION in theirs) == (False, True)
    for name, sees in ((ADA, False), (SEN, True)):
        it.forges(it.people[name], "design.see", str(newest(it).id))
        page = it.form(it.people[name])
        assert SAYS in page
        assert (QUESTION in page) is sees


def test_it_supports_checks_in_part_until_code_shows_them(it: Defending) -> None:
    it.model = Scripted(design=ANSWER)
    gives(it, text=DESIGN.decode())
    with it.here.store.read() as tx:
        evidence = LEDGERS.load(tx, [it.desk.id])[it.desk.id].evidence
    [first, second, *_] = evidence["speed"].checks
    assert (first.state, second.state) == (CheckState.PARTLY_MET, CheckState.PARTLY_MET)
    assert [entry.missing for entry in first.supports] == ["anything outside the design document"]
    it.forges(it.people[SEN], "triage.rule", f"{it.desk.id}:speed")
    form = it.form(it.people[SEN])
    assert "their design document, which they pasted" in form
    assert SAYS in form


def test_the_newest_document_counts(it: Defending) -> None:
    it.model = Scripted(design=ANSWER)
    gives(it, text=DESIGN.decode())
    it.model = Scripted(design={"checks": [], "questions": []})
    gives(it, text=DESIGN.decode() + "\nMore to come.")
    with it.here.store.read() as tx:
        assert tx.design_documents.list_statements([it.desk.id]) == []


def test_a_long_text_is_pasted_in_parts(it: Defending) -> None:
    ada = it.people[ADA]
    ada.command("/dojo design")
    for parts in (2, 3):
        assert ada.modal
        assert not ada.click(ada.modal, "design.more", str(parts)).failed
    texts: dict[Any, str] = {
        f"join.part{number}": f"Part {number}. " + "words and more words. " * 120 for number in (1, 2, 3)
    }
    assert not ada.submit(texts).failed
    text = newest(it).text
    assert [text.index(f"Part {number}.") for number in (1, 2, 3)] == sorted(
        text.index(f"Part {number}.") for number in (1, 2, 3)
    )
    assert len(text) > 7000


@pytest.mark.parametrize(
    ("path", "text", "field"),
    [
        ("a.py", "", "path"),
        ("design.md", "x" * 300, "path"),
        ("", "Too short.", "part1"),
    ],
)
def test_what_the_form_refuses_stays_in_it(it: Defending, path: str, text: str, field: str) -> None:
    ada = it.people[ADA]
    ada.command("/dojo design")
    ada.submit({"join.path": path, "join.part1": text})
    assert ada.modal
    assert list(ada.modal.errors) == [field]
    with it.here.store.read() as tx:
        assert tx.design_documents.newest(it.desk.id) is None


def test_without_a_model_it_waits_for_the_sensei(it: Defending) -> None:
    gives(it, text=DESIGN.decode())
    it.settle(WEEKS)
    assert newest(it).problem is DocumentProblem.NO_MODEL
    [told] = said(it, ADA, "Your design document")
    assert "I've kept it for your sensei" in told
    [_] = said(it, SEN, "It's for you to read.")
    it.forges(it.people[SEN], "design.see", str(newest(it).id))
    assert "keyword" in it.form(it.people[SEN])


def test_without_a_sensei_nothing_is_said_to_be_kept_for_one(it: Defending) -> None:
    it.ends_pair(ADA)
    it.slack.modals.pop(it.people[ADA].id, None)
    it.people[ADA].command("/dojo design")
    assert "You don't have a sensei yet, so only you see that." in it.form(it.people[ADA])
    gives(it, text=DESIGN.decode())
    it.settle(WEEKS)
    [told] = said(it, ADA, "Your design document")
    assert "show it to them once you have one" in told
    assert "your sensei" not in told


def test_without_a_model_the_sensei_finds_the_file_at_its_commit(it: Defending) -> None:
    it.github.push(it.repository, "main", {"docs/design.md": DESIGN})
    gives(it, "docs/design.md")
    it.settle(WEEKS)
    [told] = said(it, ADA, "Your design document")
    assert "I'll tell your sensei where it is" in told
    [_] = said(it, SEN, "It's for you to read.")
    document = newest(it)
    assert document.head == it.repository.store.git("rev-parse", "main").strip()
    it.forges(it.people[SEN], "design.see", str(document.id))
    shown = it.people[SEN].modal
    assert shown
    page = str(shown.document)
    assert f"/blob/{document.head}/docs/design.md" in page
    assert "The link above opens it" in page


def test_while_the_model_does_not_answer_it_is_asked_again_later(it: Defending) -> None:
    it.model = Scripted(design=CallOutcome.FAILED)
    gives(it, text=DESIGN.decode())
    assert newest(it).state is DocumentState.WAITING
    it.model = Scripted(design=ANSWER)
    it.settle(timedelta(hours=2))
    assert newest(it).state is DocumentState.READ
    assert len(said(it, ADA, "Your design document")) == 2
    it.settle(WEEKS)
    [told] = said(it, SEN, "has given me a design document")
    assert "it answers 1, answers part of 1" in told


def test_what_is_found_later_goes_to_whoever_is_the_sensei_then(it: Defending) -> None:
    it.model = Scripted(design=CallOutcome.FAILED)
    gives(it, text=DESIGN.decode())
    it.settle(WEEKS)
    [_] = said(it, SEN, "It's for you to read.")
    it.ends_pair(ADA)
    it.pairs(ADA, SOL)
    document = newest(it)
    with it.here.store.begin() as tx:
        reading = DocumentReading(("speed.1",), (), (QUESTION,))
        tx.design_documents.save_reading(document.id, "", "", reading, it.now())
        tell_of_document(tx, document, it.now())
    it.settle(WEEKS)
    assert said(it, SEN, QUESTION) == []
    [_] = said(it, SOL, QUESTION)


def test_if_the_pair_changes_before_the_message_is_sent_the_new_sensei_gets_it(it: Defending) -> None:
    works = tuple(Weekday)[(it.now().date() + timedelta(days=3)).weekday()]
    with it.here.store.begin() as tx:
        tx.members.set_profile(it.member(SEN).enrolment, Profile(WorkingHours("Europe/London", (works,))))
    gives(it, text=DESIGN.decode())
    [told] = [job.argument["about"] for job in it.waiting("message") if job.argument["kind"] == "design.told"]
    assert told["reader"] == it.member(SEN).person
    it.ends_pair(ADA)
    it.pairs(ADA, SOL)
    it.settle(WEEKS)
    assert said(it, SEN, "has given me a design document") == []
    [_] = said(it, SOL, "has given me a design document")
    assert said(it, ADA, "has given me a design document") == []


def test_a_sensei_whose_holiday_begins_before_they_would_hear_of_it_does_not(it: Defending) -> None:
    today, sen = it.now().date(), it.member(SEN)
    works = tuple(Weekday)[(today + timedelta(days=3)).weekday()]
    with it.here.store.begin() as tx:
        tx.members.set_profile(sen.enrolment, Profile(WorkingHours("Europe/London", (works,))))
        sol = it.member(SOL).person
        tx.absences.add(sen.cohort, sen.person, today + timedelta(days=2), today + timedelta(days=6), sol)
    it.model = Scripted(design=ANSWER)
    gives(it, text=DESIGN.decode())
    [told] = [job.argument["about"] for job in it.waiting("message") if job.argument["kind"] == "design.told"]
    assert told == {"document": newest(it).id, "reader": sol}


def test_a_model_that_never_answers_is_asked_four_times_and_then_it_is_said(it: Defending) -> None:
    it.model = Scripted(design=CallOutcome.FAILED)
    gives(it, text=DESIGN.decode())
    for hours in (2, 8, 40, 99):
        it.settle(timedelta(hours=hours))
    assert len(it.model.requests) == 4
    first, last = said(it, ADA, "Your design document")
    assert "I'll try again over the next day" in first
    assert "I've stopped trying" in last
    assert len(said(it, SEN, "It's for you to read.")) == 1
    document = newest(it)
    assert (document.state, document.problem) == (DocumentState.UNREADABLE, DocumentProblem.GAVE_UP)
    it.forges(it.people[SEN], "design.see", str(document.id))
    assert "keyword" in it.form(it.people[SEN])


def test_of_several_files_the_participant_chooses_one(it: Defending) -> None:
    it.model = Scripted(design=ANSWER)
    other = {"design.md": DESIGN, "docs/design-notes.md": b"# Notes\n", "docs/decisions/0001-design.md": b"x"}
    it.github.push(it.repository, "main", other)
    gives(it)
    document = newest(it)
    assert document.paths == ("design.md", "docs/design-notes.md"), "decision records aren't design documents"
    [message] = [one for one in it.people[ADA].messages if "Which one is it?" in str(one)]
    assert not it.people[ADA].click(message, f"design.file:{document.id}.0").failed
    it.settle()
    assert (newest(it).state, newest(it).path) == (DocumentState.READ, "design.md")
    it.people[ADA].click(message, f"design.file:{document.id}.1")
    it.settle()
    assert newest(it).path == "design.md"


@pytest.mark.parametrize(
    ("files", "path", "problem"),
    [
        ({}, "docs/design.md", DocumentProblem.NOT_FOUND),
        ({}, "", DocumentProblem.NOT_FOUND),
        ({"design.md": b"\xff\xfe"}, "", DocumentProblem.NOT_TEXT),
        ({"design.md": b"x" * 200_000}, "design.md", DocumentProblem.TOO_LONG),
        ({"design.md": DESIGN, ".senseiignore": b"*.md\n"}, "design.md", DocumentProblem.IGNORED),
        ({"design.md": DESIGN, ".senseiignore": b"*.md\n"}, "", DocumentProblem.NOT_FOUND),
        ({"design.md": DESIGN, ".senseiignore": b"# x\n" * 50_000}, "design.md", DocumentProblem.IGNORED),
    ],
)
def test_what_cannot_be_read_is_said(
    it: Defending, files: dict[str, bytes], path: str, problem: DocumentProblem
) -> None:
    it.model = Scripted(design=ANSWER)
    if files:
        it.github.push(it.repository, "main", dict(files))
    gives(it, path)
    document = newest(it)
    assert (document.state, document.problem) == (DocumentState.UNREADABLE, problem)
    assert said(it, ADA, "/dojo design")
    it.settle(WEEKS)
    assert said(it, SEN, "design document") == []


def test_secrets_in_it_reach_neither_the_model_nor_a_quote(it: Defending) -> None:
    key = KEYS["aws-access-key-id"][0]
    quote = f"The key {key} is in the vault of the desk."
    it.model = Scripted(
        design=lambda request: {
            "checks": [
                {
                    "check": "speed.1",
                    "quote": next(line for line in request.user.split("\\n") if "vault" in line),
                    "says": "says",
                    "missing": "",
                }
            ],
            "questions": [],
        }
    )
    gives(it, text=f"{DESIGN.decode()}\n{quote}\nThe end.")
    assert key not in it.model.requests[0].user
    document = newest(it)
    assert document.reading
    [finding] = document.reading.findings
    assert key not in finding.quote
    assert "[redacted:" in finding.quote


def test_a_document_of_a_former_participant_says_nothing_any_more(it: Defending) -> None:
    it.model = Scripted(design=ANSWER)
    gives(it, text=DESIGN.decode())
    with it.here.store.begin() as tx:
        connection = tx.rulings.session.connection()
        change = "UPDATE capstone SET participant_id = '{}' WHERE id = {}"
        connection.exec_driver_sql(change.format(it.member(BO).person, it.desk.id))
    with it.here.store.read() as tx:
        assert tx.design_documents.list_statements([it.desk.id]) == []
        assert tx.design_documents.newest(it.desk.id) is None


def test_the_request_is_exactly_this(it: Defending) -> None:
    it.model = Scripted(design=ANSWER)
    gives(it, text=DESIGN.decode())
    [request] = it.model.requests
    blocks = [f"=== system {n} ===\n{block}" for n, block in enumerate(request.system, 1)]
    text = "\n\n".join([*blocks, f"=== user ===\n{request.user}"]) + "\n"
    if os.environ.get("UPDATE"):
        SNAPSHOT.parent.mkdir(exist_ok=True)
        SNAPSHOT.write_text(text, "utf-8")
    assert SNAPSHOT.read_text("utf-8") == text
    assert (request.purpose, request.prompt) == ("design", "design_documents/reading")


def test_a_death_while_it_is_read_leads_to_one_message(it: Defending) -> None:
    it.model = Scripted(design=ANSWER)
    with it.here.store.begin() as tx:
        capstone = tx.capstones.get(it.desk.id)
        given = give_document(tx, capstone, it.member(ADA).person, "", DESIGN.decode(), it.now())
    steps = RecordedSteps(it.here.store)
    argument = {"document": given.id, "attempt": 0}
    assert it.reading().run(steps, argument) == {"outcome": "read"}
    steps.again()
    assert it.reading().run(steps, argument) == {"outcome": "read"}
    it.settle()
    assert len(said(it, ADA, "Your design document")) == 1
    assert len(it.model.requests) == 1
