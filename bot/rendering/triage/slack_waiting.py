"""What waits for a sensei: the section of the App Home, and the list of rulings that are due."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.domain.dojo.app_home import ShownPerson
from bot.domain.triage.due_rulings import MOST_A_WEEK, DueReason, DueRuling
from bot.domain.triage.records import Milestone
from bot.domain.triage.ruling_form import RulingTarget
from bot.domain.triage.shown import NOTHING_WAITS, TriageCounts
from bot.ports.chat import Block, View
from bot.rendering.chat.slack_blocks import actions, button, count, named, page_buttons, section, small
from bot.rendering.chat.slack_text import moment, mrkdwn, page_of, plain_object
from bot.rendering.triage.wording import MILESTONES

LIST, LIST_PAGE, RULE = "triage.list", "triage.list_page", "triage.rule"
"""The list, its pages, and the form for a ruling. The ids stay valid for older views: never rename them."""
PER_PAGE = 20
MOST_OF_A_TITLE, MOST_OF_A_CAPSTONE = 100, 100
_DAY = "{date_short}"
_NOTHING = "*Nothing is waiting for your ruling.*"


@dataclass(frozen=True, slots=True)
class ShownCapstone:
    """A participant's capstone with the rulings that are due. ``name`` is such as ``ada/desk``.

    ``criteria`` is the number of its criteria, ``milestone`` the one that is open in its cohort.
    """

    capstone: int
    person: ShownPerson
    name: str
    due: Sequence[DueRuling]
    criteria: int
    standing_in_for: ShownPerson | None = None
    milestone: Milestone | None = None


@dataclass(frozen=True, slots=True)
class ShownSecondRuling:
    """An appeal that its reader decides."""

    target: RulingTarget
    person: ShownPerson
    title: str


@dataclass(frozen=True, slots=True)
class ShownList:
    """Everything that waits. ``only`` is the capstone to which the list is limited, or empty.

    ``notice`` is a sentence about what was just done, as safe mrkdwn.
    """

    capstones: Sequence[ShownCapstone]
    appeals: Sequence[ShownSecondRuling] = ()
    counts: TriageCounts = NOTHING_WAITS
    only: str = ""
    notice: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the list, below the heading of its group."""

    heading: Block
    group: int
    text: str
    target: RulingTarget
    style: str = field(default="")


def home_blocks(counts: TriageCounts) -> Iterator[Block]:
    """Yield the section of a sensei's App Home."""
    if not counts.total:
        return
    yield section(f"*Waiting for you* – {describe_counts(counts)}", button("Open", LIST, style="primary"))


def describe_counts(counts: TriageCounts) -> str:
    """Return how much waits of each kind, such as ``2 rulings, 1 dispute``."""
    kinds = (
        (counts.questions, "question to keep or withdraw", "questions to keep or withdraw"),
        (counts.disputes, "dispute", "disputes"),
        (counts.rulings, "ruling", "rulings"),
        (counts.appeals, "appeal", "appeals"),
    )
    return ", ".join(count(number, one, several) for number, one, several in kinds if number)


def list_view(shown: ShownList, page: int = 1) -> View:
    """Return the modal with what waits, a page of it."""
    return {
        "type": "modal",
        "callback_id": LIST,
        "private_metadata": shown.only,
        "title": plain_object("Waiting for you"),
        "close": plain_object("Close"),
        "blocks": list(_list_blocks(shown, page)),
    }


def list_button(label: str, capstone: str = "") -> dict[str, Any]:
    """Return the button that opens the list, of all capstones or of one."""
    return button(label, LIST, capstone)


def describe_due(due: DueRuling) -> str:
    """Return why a ruling is due, and when its criterion was last ruled on, as safe mrkdwn."""
    if due.ruled_at is None:
        return "No ruling yet"
    new = "" if due.reason is DueReason.MILESTONE else "New evidence · "
    return f"{new}{'last' if new else 'Last'} ruling {moment(due.ruled_at, _DAY)}"


def _list_blocks(shown: ShownList, page: int) -> Iterator[Block]:
    if shown.notice:
        yield section(shown.notice)
    rows = [*_appeal_rows(shown.appeals), *_due_rows(shown)]
    if not rows:
        yield section(_describe_others(shown.counts) or _NOTHING)
    turned = page_of(rows, page, PER_PAGE)
    group = None
    for row in turned.items:
        if row.group != group:
            yield row.heading
        group = row.group
        yield section(row.text, button("Rule", f"{RULE}:{row.target}", str(row.target), row.style))
    if turned.of > 1:
        yield small(f"{turned.words}.")
        yield actions(*page_buttons(LIST_PAGE, turned.number, turned.of))
    yield from _foot_blocks(shown, is_empty=not rows)


def _describe_others(counts: TriageCounts) -> str:
    """Return what waits but isn't ruled on in the list, or an empty string."""
    others = describe_counts(TriageCounts(counts.questions, counts.disputes))
    if not others:
        return ""
    return f"*Waiting: {others}.* You can decide in the direct messages that I sent you. No ruling is due."


def _appeal_rows(appeals: Iterable[ShownSecondRuling]) -> Iterator[_Row]:
    heading = section("*Appeals* – a lead has named you as the second sensei")
    for appeal in appeals:
        text = f"{named(appeal.person)} – {mrkdwn(appeal.title, MOST_OF_A_TITLE)}"
        yield _Row(heading, 0, text, appeal.target)


def _due_rows(shown: ShownList) -> Iterator[_Row]:
    first = True
    for capstone in shown.capstones:
        heading = section(_describe_capstone(capstone))
        for due in capstone.due:
            gate = " · *gate*" if due.gate else ""
            text = f"{mrkdwn(due.title, MOST_OF_A_TITLE)}{gate}\n{describe_due(due)}"
            target = RulingTarget(due.capstone, due.criterion)
            yield _Row(heading, capstone.capstone, text, target, "primary" if first else "")
            first = False


def _describe_capstone(shown: ShownCapstone) -> str:
    """Return the heading of a capstone: whose it is, and how much is left."""
    if shown.milestone:
        left = f"{MILESTONES[shown.milestone]}: {len(shown.due)} of {shown.criteria} criteria left"
    else:
        left = count(len(shown.due), "ruling")
    stands_in = f" · you're standing in for {named(shown.standing_in_for)}" if shown.standing_in_for else ""
    return f"*{named(shown.person)}* · {mrkdwn(shown.name, MOST_OF_A_CAPSTONE)} – {left}{stands_in}"


def _foot_blocks(shown: ShownList, *, is_empty: bool) -> Iterator[Block]:
    others = describe_counts(TriageCounts(shown.counts.questions, shown.counts.disputes))
    if others and not is_empty:
        yield small(f"Also waiting: {others}. You can decide in the direct messages that I sent you.")
    if shown.only:
        yield actions(list_button("All participants"))
    if any(capstone.milestone is None for capstone in shown.capstones):
        yield small(
            f"Between milestones, I ask for at most {MOST_A_WEEK} rulings a week for each participant."
        )
