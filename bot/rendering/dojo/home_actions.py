"""The buttons for what people do most: one row for each of their roles, at the top of the App Home.

The ids stay valid for buttons in older views: never rename them. In each row, at most one button is primary:
the step that the person should take next.
"""

from collections.abc import Iterable
from typing import Any

from bot.domain.dojo.app_home import Home, LeadHome, ParticipantHome, SenseiHome
from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.ports.chat import Block
from bot.rendering.chat.slack_blocks import actions, button, confirmed, count

JOIN, PROFILE, BRIEF, LINK, AWAY = "home.join", "home.profile", "home.brief", "home.link", "home.away"
PAUSE, RESUME, PEOPLE = "home.pause", "home.resume", "home.people"
PROPOSE, CHANGE = "pairing.propose", "pairing.change"
_PARTICIPANT, _SENSEI = CohortRole.PARTICIPANT, CohortRole.SENSEI

Element = dict[str, Any]


def action_rows(home: Home) -> Iterable[Block]:
    """Yield a row of buttons for each of a person's roles. A guest gets the buttons for joining."""
    if home.is_guest:
        rows = [join_buttons()] if home.cohort else []
    else:
        rows = [_lead_row(home.lead, home.id)] if home.lead else []
        both = home.participant is not None and home.sensei is not None
        if home.sensei:
            rows.append(_sensei_row(home.sensei, both=both))
        if home.participant:
            rows.append(_participant_row(home.participant, both=both))
    for row in rows:
        yield actions(*row)


def join_buttons() -> list[Element]:
    """Return the buttons for the two roles in which people can join by themselves."""
    return [
        button("Join as a participant", f"{JOIN}:{_PARTICIPANT}", _PARTICIPANT, "primary"),
        button("Ask to be a sensei", f"{JOIN}:{_SENSEI}", _SENSEI),
    ]


def first_step_buttons(role: CohortRole) -> list[Element]:
    """Return the buttons for what a new participant or sensei does first."""
    row = [button("Link GitHub", LINK, style="primary")]
    if role is _PARTICIPANT:
        row.append(button("Describe my capstone", BRIEF))
    return [*row, _profile_button(role, both=False)]


def propose_button(cohort: int, without: int) -> Element:
    """Return the button that proposes pairs; ``without`` is the number of participants without a sensei."""
    if not without:  # a click then says that nothing needs to be done
        return button("Propose pairs", PROPOSE, str(cohort))
    text = f"I'll work out pairs for {count(without, 'participant')} and send you a proposal to approve."
    return confirmed(
        button("Propose pairs", PROPOSE, str(cohort), "primary"), "Propose pairs", text, "Propose"
    )


def _lead_row(lead: LeadHome, cohort: int) -> list[Element]:
    return [propose_button(cohort, len(lead.unpaired)), button("People", PEOPLE)]


def _sensei_row(sensei: SenseiHome, *, both: bool) -> list[Element]:
    row = [_profile_button(_SENSEI, both=both)]
    if not sensei.waiting:  # a lead has to confirm them first
        row.append(button("Add time away", AWAY))
    if not both:
        row += _link_button(sensei.code)
        row += [] if sensei.waiting else [_pause_button(sensei.state)]
    return _with_one_primary(row)


def _participant_row(participant: ParticipantHome, *, both: bool) -> list[Element]:
    describe = button("Describe my capstone", BRIEF, style="" if participant.brief.strip() else "primary")
    row = [*_link_button(participant.code), describe, _profile_button(_PARTICIPANT, both=both)]
    if not both:
        row.append(button("Add time away", AWAY))
    if participant.pair is not None:
        row.append(button("Ask for another sensei", CHANGE, str(participant.pair)))
    return _with_one_primary([*row, _pause_button(participant.state)])


def _profile_button(role: CohortRole, *, both: bool) -> Element:
    label = f"Edit {role.value} profile" if both else "Edit profile"
    return button(label, f"{PROFILE}:{role}", role.value)


def _link_button(code: str | None) -> list[Element]:
    return [] if code else [button("Link GitHub", LINK, style="primary")]


def _pause_button(state: EnrolmentState) -> Element:
    if state is not EnrolmentState.PAUSED:
        return button("Pause", PAUSE)
    resume = button("Resume", RESUME, style="primary")
    return confirmed(
        resume,
        "End your pause",
        "After that, I can pair you with someone again, and the leads can see that you're back.",
        "Resume",
    )


def _with_one_primary(row: list[Element]) -> list[Element]:
    """Return a row that begins with its only primary button: resuming, or else the first primary one."""
    primary = [element for element in row if element.get("style") == "primary"]
    chosen = next((element for element in primary if element["action_id"] == RESUME), None)
    chosen = chosen or next(iter(primary), None)
    others = [_without_style(element) for element in row if element is not chosen]
    return [chosen, *others] if chosen else others


def _without_style(element: Element) -> Element:
    return {name: value for name, value in element.items() if name != "style"}
