"""Evidence on a terminal: all of it, safely, and the draft level only after it."""

from datetime import UTC, datetime

from rich.console import Group, RenderableType

from bot.cli.output import as_text
from bot.domain.ledger.evidence import Entry, Exemption, Statement
from bot.domain.ledger.ledger import Ledger
from bot.domain.triage.criterion_evidence import gather_evidence
from bot.domain.triage.due_rulings import DueReason, DueRuling
from bot.domain.triage.records import Appeal, AppealState, Milestone, Verdict
from bot.domain.triage.tasks import RulingTask
from bot.rendering.triage import terminal
from bot.rendering.triage.wording import describe_exemption, name_levels
from tests.domain.ledgers import CHECKS, EMPTY, RUBRIC, movement
from tests.domain.triage.ruled import MONDAY, ruling
from tests.rendering.reports import HOSTILE

NAMES = name_levels(RUBRIC.scale)
MOVED = DueRuling(1, "speed", "Speed", True, DueReason.MOVED, None)
STEERING = ("\x1b", "\u202e", "\u200b", "\x07")


def shown(ledger: Ledger, criterion: str = "speed") -> str:
    return text(*terminal.render_evidence(gather_evidence(ledger, RUBRIC)[criterion], NAMES))


def choice(ledger: Ledger, **changes: object) -> str:
    given = {"last": None, "appeal": None, **changes}
    return text(*terminal.render_choice(gather_evidence(ledger, RUBRIC)["speed"], NAMES, **given))  # type: ignore[arg-type]


def text(*parts: RenderableType) -> str:
    return as_text(Group(*parts))


def task(**changes: object) -> RulingTask:
    plain: dict[str, object] = {"due": MOVED, **changes}
    return RulingTask(1, "ada/desk", "Ada", "speed", "Speed", True, **plain)  # type: ignore[arg-type]


def test_each_check_has_its_state_and_what_is_for_and_against_it_with_code_and_place() -> None:
    ledger = (
        EMPTY.apply([movement(quotes=("alpha(\n  1,\n)",))], covered=CHECKS)
        .apply([movement(direction="weakens", quotes=("beta()",))], change="review:4711#7:2")
        .apply([movement("speed.2", missing="a number")])
        .exempt(Exemption(check="speed.4", by="sensei", reason="There is no load."))
    )
    page = shown(ledger)
    assert "speed.1 contested: Is speed.1 argued?" in page
    assert "for, found by the model: app/client.py:7-9\n    7 │ alpha(\n    8 │   1,\n    9 │ )\n" in page
    assert "against, found by the model in pull request 7: app/client.py:7\n    7 │ beta()\n" in page
    assert "speed.2 partly met" in page
    assert "only partly; missing: a number" in page
    assert "speed.4 not applicable" in page
    assert "exempted by a sensei: There is no load." in page
    assert "raft" not in page


def test_what_stands_in_several_places_is_shown_once_and_what_is_too_much_is_counted() -> None:
    many = [movement(quotes=tuple(f"use({number})" for number in range(30)))]
    page = shown(EMPTY.apply([*many, movement(quotes=("use(0)",), path="b.py")]))
    assert page.count("│ use(") == terminal.MOST_QUOTES
    assert "also: b.py:7" in page or "also: app/client.py:7" in page
    assert "and 16 more" in page
    long = shown(EMPTY.apply([movement(quotes=("\n".join("x" for _ in range(25)),))]))
    assert "and 5 more lines" in long


def test_words_of_the_participant_are_named_as_such() -> None:
    said = Entry(
        check="speed.1",
        direction="supports",
        partial=False,
        missing="",
        reader="model",
        citation=Statement(source="decision", reference="3", quote="Because\nit is bounded."),
    )
    assert "the participant's words in a recorded decision: decision 3" in shown(EMPTY.enter([said]))


def test_no_text_steers_the_terminal() -> None:
    for hostile in HOSTILE:
        words = hostile.strip() or "x"
        ledger = EMPTY.apply([movement(quotes=(words,), missing=words, path="a/b.py")]).exempt(
            Exemption(check="speed.4", by="sensei", reason=words)
        )
        appeal = Appeal(1, 1, 1, "speed", "p", words, "s", AppealState.ASSIGNED, MONDAY)
        last = ruling("speed", "x", reason=words, sentence=words)
        hostile_task = RulingTask(1, words, words, "speed", words, True, MOVED)
        pages = [shown(ledger), choice(ledger, last=last, appeal=appeal)]
        pages += [text(*terminal.render_heading(hostile_task, 1, 2))]
        pages += list(terminal.format_waiting(words, [hostile_task]))
        for page in pages:
            assert not [sign for sign in STEERING if sign in page]


def test_the_draft_or_why_there_is_none_comes_with_the_last_ruling_and_the_appeal() -> None:
    drafted = EMPTY.apply([movement()], covered=CHECKS)
    assert "Draft level: 1 (level 1)" in choice(drafted)
    assert "No draft level: speed.1 is not assessed" in choice(EMPTY)
    exempted = EMPTY
    for check in CHECKS:
        exempted = exempted.exempt(Exemption(check=check, by="sensei", reason="No."))
    assert "No draft level: none of the checks apply" in choice(exempted)
    last = ruling("speed", "x", level=3, reason="A trial.", sentence="Well measured.", verdict=Verdict.OTHER)
    appeal = Appeal(1, 1, 1, "speed", "p", "It is more.", "s", AppealState.ASSIGNED, MONDAY)
    page = choice(drafted, last=last, appeal=appeal)
    assert "Last ruling: 3 (level 3), on 2026-11-23" in page
    assert "To the participant: Well measured." in page
    assert "Reason, for other senseis: A trial." in page
    assert "The participant asks for a second opinion: It is more." in page
    assert "Last ruling: can't judge" in choice(drafted, last=ruling("speed", "x", level=None))


def test_a_list_says_why_each_ruling_waits() -> None:
    ruled = DueRuling(1, "speed", "Speed", True, DueReason.MOVED, datetime(2026, 11, 12, tzinfo=UTC))
    milestone = DueRuling(1, "speed", "Speed", True, DueReason.MILESTONE, None)
    assert terminal.describe_reason(task()) == "new evidence, no ruling yet"
    assert terminal.describe_reason(task(due=ruled)) == "new evidence since the ruling of 2026-11-12"
    assert terminal.describe_reason(task(due=milestone, milestone=Milestone.FINAL)) == "final milestone"
    assert terminal.describe_reason(task(due=None, appeal=1)) == "appealed; you are the second sensei"
    assert next(iter(terminal.format_waiting("Bo", [task()]))) == "Bo: 1 ruling"


def test_a_participant_reads_of_an_exemption_that_it_is_one_and_why() -> None:
    told = describe_exemption("There is no cache.")
    assert told == "Your sensei says that this doesn't apply to your project: There is no cache."
