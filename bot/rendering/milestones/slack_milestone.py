"""``/dojo milestone`` in Slack: one modal with a part for each of the reader's roles."""

import json
from collections.abc import Iterable, Sequence

from bot.domain.milestones.growth import Growth
from bot.domain.milestones.readiness import CriterionStanding, Readiness
from bot.domain.milestones.schedule import MilestoneDate
from bot.domain.milestones.shown import MilestoneView, OwnMilestone, ParticipantMilestone, SenseiMilestone
from bot.domain.triage.records import Milestone
from bot.ports.chat import Block, View
from bot.rendering.chat.slack_blocks import (
    MOST_OF_A_NAME,
    actions,
    button,
    count,
    day,
    divider,
    header,
    listed,
    named,
    section,
    small,
)
from bot.rendering.chat.slack_text import moment, mrkdwn, plain_object
from bot.rendering.milestones.growth import DEFENDED, EXPLAINED, describe_growth
from bot.rendering.milestones.wording import NO_DATES, TITLES, describe_count, describe_level, describe_window

SHOW, REPORT = "milestone.show", "milestone.report"
"""The view and its button, and the button that sends a report: ``<capstone>:<milestone>``."""
LIST, DEFENCE = "triage.list", "defence.show"
"""The buttons that open what is due, and the defence. The value is the capstone's id."""
_MOST_BLOCKS, _MOST_BYTES = 95, 240_000  # of the 100 blocks and the 250,000 bytes that a view may have
_MOST_OF_A_TITLE, _MOST_OF_A_CHECK = 80, 240
_WHEN = "{date_long_pretty}, {time}"
_LEFT_OUT = (
    "There's more than I can show here. The person who runs Sensei can list everyone with "
    "`sensei milestone list`."
)
SENT = "Your report is on its way to you in a direct message."


def milestone_view(shown: MilestoneView, *, sent: int | None = None) -> View:
    """Return the modal. ``sent`` is the capstone whose report was asked for just now."""
    blocks = _fit(_list_blocks(shown, sent))
    return {
        "type": "modal",
        "callback_id": SHOW,
        "title": plain_object("Milestone"),
        "close": plain_object("Close"),
        "blocks": blocks,
    }


def _fit(blocks: Iterable[Block]) -> list[Block]:
    """Return the blocks that fit into a view, and say so if there are more."""
    kept: list[Block] = []
    room = _MOST_BYTES
    for block in blocks:
        room -= len(json.dumps(block)) + 2
        if room < 0 or len(kept) == _MOST_BLOCKS:
            return [*kept, small(_LEFT_OUT)]
        kept.append(block)
    return kept


def _list_blocks(shown: MilestoneView, sent: int | None) -> Iterable[Block]:
    if shown.current is None:
        yield section(NO_DATES)
        return
    yield header(TITLES[shown.current.milestone])
    when = f"{day(shown.current.day, shown.today)}. {describe_window(shown.current)}"
    yield section(f"*{mrkdwn(shown.cohort, MOST_OF_A_NAME)}* – {when}")
    if shown.own is not None:
        yield divider()
        yield from _own_blocks(shown.own, shown.current, shown.levels, sent)
    if shown.theirs is not None:
        yield divider()
        yield from _sensei_blocks(shown.theirs, shown.levels, shown.current)
    if shown.all is not None:
        yield divider()
        yield from _cohort_blocks(shown.all)


def _own_blocks(
    capstones: Sequence[OwnMilestone], current: MilestoneDate, levels: tuple[str, ...], sent: int | None
) -> Iterable[Block]:
    if not capstones:
        yield section("Your repository isn't enrolled yet, so there's nothing to rule on.")
    for own in capstones:
        readiness = own.readiness
        yield section(f"*Your capstone {mrkdwn(own.capstone, 140)}* – {describe_count(readiness)}")
        if own.defence_at:
            yield section(f"*Your defence* – {moment(own.defence_at, _WHEN)}")
        if readiness.ruled:
            yield section(listed(readiness.ruled, lambda standing: _format_ruled(standing, levels)))
        if readiness.missing:
            yield section(f"*No ruling yet*\n{_join_titles(readiness.missing)}")
        if readiness.below_gate:
            yield section(_describe_not_ready(readiness, levels))
        if own.open_questions:
            yield section(
                "*What you can still show*\n"
                + listed(own.open_questions, lambda ask: f"• {mrkdwn(ask, _MOST_OF_A_CHECK)}")
            )
            yield small(
                "These checks don't have full evidence yet. Checks of criteria that your capstone must pass "
                "come first. Code, tests, answers and recorded decisions all count as evidence. You don't "
                "have to show everything."
            )
        yield from _growth_blocks(own.growth)
        yield from _report_row(readiness, current, is_sent=sent == readiness.capstone)


def _report_row(readiness: Readiness, current: MilestoneDate, *, is_sent: bool) -> Iterable[Block]:
    if is_sent:
        yield section(SENT)
    elif readiness.ruled:
        value = f"{readiness.capstone}:{current.milestone}"
        yield actions(button("Send me my report", f"{REPORT}:{readiness.capstone}", value))


def _growth_blocks(growth: Growth) -> Iterable[Block]:
    if lines := describe_growth(growth):
        yield section("*How you've grown*\n" + listed(lines, lambda line: f"• {mrkdwn(line, 200)}"))
        defended = f" {DEFENDED}" if growth.has_defended else ""
        yield small(f"{EXPLAINED}{defended} Only you and your sensei see this.")


def _sensei_blocks(
    rows: Sequence[ParticipantMilestone], levels: tuple[str, ...], current: MilestoneDate
) -> Iterable[Block]:
    yield section("*Your participants*")
    if not rows:
        yield section("You have no participants with an enrolled repository at the moment.")
        return
    for row in rows:
        text = "\n".join(_format_participant(row, levels))
        due = button("Rule", f"{LIST}:{row.readiness.capstone}", str(row.readiness.capstone))
        yield section(text, due if row.readiness.missing else None)
        if current.milestone is Milestone.FINAL:
            label = "Open the defence" if row.has_defence else "Prepare the defence"
            yield actions(button(label, f"{DEFENCE}:{row.readiness.capstone}", str(row.readiness.capstone)))
    yield small(
        "*Rule* opens everything that is due for one participant, with the evidence. Set aside about thirty "
        "minutes for each participant."
    )


def _format_participant(row: ParticipantMilestone, levels: tuple[str, ...]) -> Iterable[str]:
    deputy = "; you're standing in as their sensei" if row.standing_in else ""
    yield f"*{named(row.person)}* – {describe_count(row.readiness)}{deputy}"
    if row.defence_at:
        yield f"Defence: {moment(row.defence_at, _WHEN)}"
    if row.readiness.below_gate:
        yield f"Not ready yet: {_join_titles(row.readiness.below_gate)}"
    if row.in_doubt:
        gate = mrkdwn(describe_level(row.readiness.gate_level, levels), 60)
        yield f"So far, the evidence is below {gate} for {_join_titles(row.in_doubt)}. Only you see this."
    if lines := describe_growth(row.growth):
        yield f"Growth: {mrkdwn('; '.join(lines), 600)}"


def _cohort_blocks(senseis: Sequence[SenseiMilestone]) -> Iterable[Block]:
    ruled, asked = sum(one.ruled for one in senseis), sum(one.asked for one in senseis)
    yield section(f"*The cohort* – {ruled} of {count(asked, 'ruling')} made")
    for sensei in senseis:
        who = named(sensei.person) if sensei.person else "Without a sensei"
        head = f"*{who}* – {sensei.ruled} of {count(sensei.asked, 'ruling')} made"
        lines = listed(
            sensei.participants,
            lambda row: f"• {named(row[0])} – {describe_count(row[1])}{_list_not_ready(row[1])}",
        )
        yield section(f"{head}\n{lines}")


def _list_not_ready(readiness: Readiness) -> str:
    titles = _join_titles(readiness.below_gate)
    return f"; not ready yet: {titles}" if readiness.below_gate else ""


def _describe_not_ready(readiness: Readiness, levels: tuple[str, ...]) -> str:
    gate = mrkdwn(describe_level(readiness.gate_level, levels), 60)
    titles = _join_titles(readiness.below_gate)
    each = "it" if len(readiness.below_gate) == 1 else "each of them"
    return f"*Not ready yet:* {titles}. At a milestone, your capstone needs at least {gate} in {each}."


def _format_ruled(standing: CriterionStanding, levels: tuple[str, ...]) -> str:
    title = mrkdwn(standing.title, _MOST_OF_A_TITLE)
    if standing.level is None:
        return f"• {title} – your sensei couldn't judge this"
    return f"• {title} – {mrkdwn(describe_level(standing.level, levels), 60)}"


def _join_titles(standings: Sequence[CriterionStanding]) -> str:
    return ", ".join(mrkdwn(standing.title, _MOST_OF_A_TITLE) for standing in standings)
