"""A draft level reaches nobody but a sensei who may rule now: by no view, message, command, export or log."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from bot.cli.app import app
from bot.domain.pull_requests.comment_command_rules import Verb
from bot.domain.pull_requests.records import QuestionState
from bot.workflows.check_ins import reminders, schedule
from bot.workflows.digest import snapshots
from bot.workflows.enquiries import ask_shortcut, hearing, pane
from tests.security.canary_rubric import NAMES
from tests.security.confiding import ADA, BOB, LOU, SEN
from tests.security.draft_surfaces import (
    BUTTONS,
    COMMANDS,
    FORMS,
    MAY_SHOW,
    MESSAGES,
    WORKFLOWS,
)
from tests.security.drafting import (
    APPEAL,
    DRAFT,
    OTHERS,
    REASON,
    SENTENCE,
    SOL,
    TAM,
    Drafts,
    drafted,
)
from tests.security.outgoing import EVERYBODY, Sent, as_text, leaks

pytestmark = pytest.mark.contract

_IN_ITS_FORM = re.compile(rf"callback_id\0+{re.escape(MAY_SHOW)}\0")
ROOT = Path(__file__).parents[2]


@pytest.fixture(name="it", scope="module")
def a_dojo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drafts]:
    with drafted(tmp_path_factory.mktemp("dojo")) as it:
        yield it


def names_of(text: str, level: int) -> int:
    """Count how often a text has a level's name."""
    return len(re.findall(f"{NAMES[level]}|{NAMES[level][::-1]}", text, re.IGNORECASE))


def numbers_of(text: str, level: int) -> int:
    """Count how often a text has a level's number where it stands for the level."""
    shapes = [rf"\blevel\W{{0,4}}{level}\b", rf"\bdraft\w*\W{{1,5}}{level}\b"]
    shapes += [rf"\b{level} (?:of|out of|/) 4\b", rf"\b{level} · "]
    return len(re.findall("|".join(shapes), text, re.IGNORECASE))


def shows_draft(text: str) -> bool:
    """Say whether a text names the draft level more often than others.

    A legend has the names of all levels alike. A rubric has the levels of checks, with more at some.
    """
    return names_of(text, DRAFT) > min(names_of(text, other) for other in OTHERS) or numbers_of(
        text, DRAFT
    ) > max(numbers_of(text, other) for other in OTHERS)


def drafts_in(sent: list[Sent]) -> list[str]:
    """Return where a draft level went, except for the form in which its reader may rule."""
    return [
        f"{one.where}, read by {', '.join(sorted(one.to))}"
        for one in sent
        if shows_draft(one.text) and not (one.to <= {SEN, TAM} and _IN_ITS_FORM.search(one.text))
    ]


def test_no_draft_level_is_shown_to_anyone_who_may_not_rule(it: Drafts) -> None:
    assert it.drafts() == {DRAFT}, "else this shows nothing"
    assert sorted(set(drafts_in(it.sent()))) == []


@pytest.mark.parametrize(
    ("words", "may_read"),
    [(REASON, {SEN, TAM}), (SENTENCE, {ADA, SEN, TAM}), (APPEAL, {ADA, TAM})],
    ids=["the reason for senseis", "the sentence to the participant", "the reason of an appeal"],
)
def test_words_about_a_ruling_are_read_by_nobody_else(it: Drafts, words: str, may_read: set[str]) -> None:
    sent = [one for one in it.sent() if not one.where.startswith("table ")]
    assert leaks(sent, words, frozenset(may_read)) == []
    assert f"Slack: views.open, read by {TAM}" in leaks(sent, words, frozenset()), "else it is lost"


def test_nobody_decided_what_they_may_not(it: Drafts) -> None:
    assert it.decided == {
        "rulings": [it.ids[SEN]],
        "exemptions": [],
        "snoozes": [],
        "question": [QuestionState.PROPOSED],
    }


def test_whoever_may_rule_is_shown_the_draft(it: Drafts) -> None:
    shown = {name for one in it.sent() if shows_draft(one.text) for name in one.to}
    assert shown == {SEN, TAM}


def test_everyone_was_shown_something_and_all_of_it_was_searched(it: Drafts) -> None:
    sent = it.sent()
    assert frozenset[str]().union(*(one.to for one in sent)) >= {EVERYBODY, ADA, BOB, LOU, SEN, SOL, TAM}
    searched = {one.where for one in sent}
    assert searched >= {"the log", "metrics", "table audit_event", "table job", "table workflow_status"}
    assert [where for where in searched if where.startswith("GitHub: POST") and "check-runs" in where]
    assert [where for where in searched if where.startswith("Slack: views.publish")]
    assert not [one.where for one in sent if "too many forms" in one.text.lower()]


def test_every_click_form_and_command_was_tried(it: Drafts) -> None:
    offered = it.features
    named = {
        *(f"button {name}" for name in offered.buttons),
        *(f"form {name}" for name in offered.forms),
        *(f"command {name}" for name in offered.commands),
        *(f"verb {verb}" for verb in Verb),
    }
    assert named - it.tried == set()
    assert BUTTONS.keys() == offered.buttons.keys()
    assert FORMS.keys() == offered.forms.keys()


def test_every_kind_of_message_was_sent_or_is_about_something_else(it: Drafts) -> None:
    unsent = {kind for kind in it.features.words if kind.partition(".")[0] not in MESSAGES} - it.kinds()
    assert unsent == set()


def test_every_command_of_sensei_has_its_line(it: Drafts) -> None:
    paths = {" ".join(path) for path in _commands(get_command(app))}
    assert COMMANDS.keys() == paths
    run = {path for path, line in COMMANDS.items() if line.partition(" ")[0] == "run"}
    assert {path for path in run if not any(done.startswith(f"run {path}") for done in it.tried)} == set()


def test_every_workflow_has_its_line_and_ran_if_it_says_so(it: Drafts) -> None:
    texts = [file.read_text("utf-8") for file in (ROOT / "bot" / "bootstrap").glob("*.py")]
    constants = {
        "KIND": snapshots.KIND,
        "CHECK_IN": schedule.CHECK_IN,
        "JOB": reminders.JOB,
        "hearing.ENQUIRY": hearing.ENQUIRY,
        "hearing.DELETION": hearing.DELETION,
        "PANE": pane.PANE,
        "ENQUIRY_FORM": ask_shortcut.ENQUIRY_FORM,
    }
    named = {name for text in texts for name in re.findall(r'engine\.workflow\(\s*"?([\w.]+)', text)}
    assert WORKFLOWS.keys() == {constants.get(name, name) for name in named}
    assert {name for name, line in WORKFLOWS.items() if line == "run"} - it.workflows() == set()


def _commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, part in getattr(command, "commands", {}).items():
        yield from _commands(part, (*path, name))
    if path and (not hasattr(command, "commands") or command.invoke_without_command):
        yield path


@pytest.mark.parametrize(
    "text",
    [
        f"Your level: {NAMES[DRAFT]}.",
        NAMES[DRAFT].upper(),
        f"Draft level {DRAFT}",
        f'{{"draft": {DRAFT}}}',
        f"{DRAFT} of 4",
        f"{DRAFT} · evidenced",
        f"{', '.join(NAMES)}: yours is {NAMES[DRAFT]}",
        f"it is {NAMES[DRAFT][:6]}\u200b{NAMES[DRAFT][6:]} in full",
    ],
)
def test_a_leak_would_be_seen(text: str) -> None:
    sent = Sent("Slack: chat.postMessage", frozenset({ADA}), as_text(text))
    assert drafts_in([sent]) == [f"Slack: chat.postMessage, read by {ADA}"]


@pytest.mark.parametrize(
    "text", [f"Levels: {', '.join(NAMES)}", f"Ruled: {NAMES[1]}, 1 of 4", "3 of 10 criteria", "Level 2, 3, 4"]
)
def test_a_legend_and_a_ruling_are_no_leaks(text: str) -> None:
    assert not shows_draft(as_text(text))
