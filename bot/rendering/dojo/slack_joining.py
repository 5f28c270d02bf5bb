"""What people fill in to join a dojo, and what they are told of themselves.

Names of blocks are names of fields. What is shown of a person here is shown to that person, but ``asked``,
which is for leads.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from bot.domain.dojo import profiles
from bot.domain.dojo.people import MONDAY_TO_FRIDAY, MOST_INTEREST, CohortRole, NeverPair, Profile, Weekday
from bot.domain.dojo.profiles import Vocabulary, written_clock
from bot.ports.chat import Block, OutgoingMessage, View
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, actions, button, section, small
from bot.rendering.chat.slack_text import mention, mrkdwn, plain, plain_object

CONFIRM, DECLINE = "people.confirm", "people.decline"
_OPTION = 75
_DAYS = dict(
    zip(Weekday, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)
_LAST_MINUTE = profiles.MIDNIGHT - 1
# What no field takes, and nobody types.
_UNSENDABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form before it is shown. ``prefers`` are ids of the chat; hours are minutes after midnight."""

    name: str = ""
    time_zone: str = ""
    days: Collection[Weekday] = MONDAY_TO_FRIDAY
    begins: int = 9 * 60
    ends: int = 17 * 60
    skills: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    stacks: Collection[str] = ()
    goals: str = ""
    prefers: Sequence[str] = ()
    capacity: int = profiles.DEFAULT_CAPACITY
    brief: str = ""


def filled(name: str, profile: Profile, prefers: Sequence[str]) -> FilledForm:
    """Return a form that says what somebody has said; ``prefers`` are ids of the chat."""
    hours = profile.hours
    return FilledForm(
        name,
        hours.time_zone,
        hours.days,
        hours.begins,
        hours.ends,
        profile.skills,
        profile.stacks,
        profile.goals,
        prefers,
        profile.capacity,
        profile.brief,
    )


def enrol(  # noqa: PLR0913 - a form, and for whom it is
    it: FilledForm, words: Vocabulary, cohort: str, *, role: CohortRole, joins: bool, metadata: str
) -> View:
    """Return the form of who joins, who chooses a role in it, or of who is in it already."""
    blocks: list[Block] = []
    if joins:
        blocks += [
            section(f"You join *{mrkdwn(cohort, MOST_OF_A_NAME)}*. Leave empty what you do not know yet."),
            _input("role", "I am here as", _radio("role", _ROLES, role)),
        ]
    participant = joins or role is CohortRole.PARTICIPANT
    sensei = joins or role is CohortRole.SENSEI
    blocks += [
        _input("name", "Name, as others see it", _typed("name", it.name, profiles.MOST_OF_A_NAME)),
        *_skills(it, words, role if not joins else None),
        _input("stacks", "Stacks you work with", _choices("stacks", words.stacks, it.stacks), optional=True),
        _input(
            "goals",
            "Goals",
            _typed("goals", it.goals, profiles.MOST_OF_GOALS, several=True),
            optional=True,
            hint="What you want from these weeks. Leads, and whoever you are paired with, read it.",
        ),
        _input("days", "Working days", _choices("days", _DAYS, it.days)),
        _input("begins", "Working hours, from", _time("begins", it.begins)),
        _input("ends", "Working hours, to", _time("ends", it.ends)),
        _input(
            "time_zone",
            "Time zone",
            _typed("time_zone", it.time_zone, 60, placeholder="Europe/Madrid"),
            hint="Continent and city, as in Europe/Madrid or America/New_York.",
        ),
        _input(
            "prefers",
            "With whom would you like to work?",
            _people("prefers", it.prefers),
            optional=True,
            hint=f"Up to {profiles.MOST_PREFERRED} people of this cohort. A wish, not a promise.",
        ),
    ]
    if sensei:
        numbers = {str(n): str(n) for n in range(1, profiles.MOST_CAPACITY + 1)}
        chosen = str(max(1, it.capacity))
        only = " (senseis only)" if joins else ""
        blocks.append(
            _input("capacity", f"Participants you take{only}", _choice("capacity", numbers, chosen))
        )
    if participant:
        only = " (participants only)" if joins else ""
        blocks.append(_brief(it.brief, f"Capstone, in a few sentences{only}"))
    blocks.append(
        small("Whom you must not be paired with, you say in confidence, once you have joined: `/dojo never`.")
    )
    title, submit = ("Join the dojo", "Join") if joins else ("Your profile", "Save")
    return _modal(title, submit, blocks, metadata)


_ROLES = {
    CohortRole.PARTICIPANT: "Participant: I build a capstone",
    CohortRole.SENSEI: "Sensei: I guide others; a lead confirms it",
}


def _skills(it: FilledForm, words: Vocabulary, role: CohortRole | None) -> list[Block]:
    ask = {
        None: ("You look for, or bring, a lot of", "… and some of"),
        CohortRole.PARTICIPANT: ("You look for a lot of", "… and some of"),
        CohortRole.SENSEI: ("You bring a lot of", "… and some of"),
    }
    lot, some = ask.get(role, ask[None])
    most = [skill for skill, much in it.skills.items() if much == MOST_INTEREST]
    less = [skill for skill, much in it.skills.items() if much < MOST_INTEREST]
    return [
        _input("a_lot", lot, _choices("a_lot", words.skills, most), optional=True),
        _input("some", some, _choices("some", words.skills, less), optional=True),
    ]


def _brief(text: str, label: str) -> Block:
    return _input(
        "brief",
        label,
        _typed("brief", text, profiles.MOST_OF_A_BRIEF, several=True),
        optional=True,
        hint="What it does, for whom, and what could go wrong. Your sensei and the leads read it.",
    )


def brief(text: str, metadata: str) -> View:
    """Return the form of a capstone's brief."""
    return _modal("Your capstone", "Save", [_brief(text, "Capstone, in a few sentences")], metadata)


def leave(cohort: str, *, sensei: bool, participant: bool, metadata: str) -> View:
    """Say what ends and what is kept, and ask."""
    ends = []
    if participant:
        ends.append("• your pair: your sensei and the leads hear of it")
    if sensei:
        ends.append("• your pairs: another sensei is looked for, and the leads hear of it")
    ends.append("• being matched, and messages from Sensei here")
    kept = (
        "• what you said of yourself, for whenever you join again\n"
        "• pull requests, questions and decisions, as long as the privacy page says\n"
        "• Sensei goes on reading an enrolled repository until the person who runs it takes it out"
    )
    return _modal(
        "Leave the dojo",
        "Leave",
        [
            section(f"*You leave {mrkdwn(cohort, MOST_OF_A_NAME)}. This ends:*\n" + "\n".join(ends)),
            section(f"*This is kept:*\n{kept}"),
            small(
                "`/dojo pause` ends your pair and nothing else. To be forgotten, ask the person "
                "who runs Sensei."
            ),
        ],
        metadata,
    )


def never(mine: Sequence[tuple[NeverPair, str]], metadata: str) -> View:
    """Return the form of those with whom somebody must not be paired: theirs alone, each with a name."""
    blocks = [
        section(
            "*In confidence.* Whom you must not be paired with, and why. You alone ever see what stands "
            "here: not the other, not the leads. The matcher is told that this pair is not possible, and "
            "nothing else; others only ever hear of “a confidential constraint”."
        ),
        _input("other", "With whom?", {"type": "users_select", "action_id": "never.other"}, optional=True),
        _input(
            "reason",
            "Why? For yourself, if you like",
            _typed("reason", "", profiles.MOST_OF_A_REASON, several=True),
            optional=True,
        ),
    ]
    if mine:
        lines = [
            f"• {mrkdwn(name, MOST_OF_A_NAME)}: {mrkdwn(entry.reason, 200)}"
            for entry, name in mine[:_MOST_NEVERS]
        ]
        options = {str(entry.id): name for entry, name in mine[:_MOST_NEVERS]}
        blocks += [
            section("*What you have asked for:*\n" + "\n".join(lines)),
            _input("withdraw", "Take back", _choices("withdraw", options, ()), optional=True),
        ]
    return _modal("Never pair me with", "Keep", blocks, metadata)


_MOST_NEVERS = 10


def told(text: str, small_print: str = "") -> OutgoingMessage:
    """Return a message of one safe text."""
    blocks = (section(text), *([small(small_print)] if small_print else []))
    return OutgoingMessage(text.replace("*", ""), blocks)


def welcome(cohort: str, role: CohortRole) -> OutgoingMessage:
    """Greet somebody whom somebody else has brought in."""
    name = mrkdwn(cohort, MOST_OF_A_NAME)
    if role is CohortRole.LEAD:
        return told(
            f"Welcome: you lead the dojo *{name}*. `/dojo pair` proposes who goes with whom, `/dojo people` "
            "lists who is there, and this app's Home shows who is stuck or has no sensei.",
            "`/dojo help` lists the rest.",
        )
    return told(
        f"Welcome to the dojo *{name}*. {_WELCOMES[role]}\nTo begin with, look at what is known of you with "
        "`/dojo profile`, and link your GitHub account with `/dojo link`.",
        "`/dojo help` lists the rest. If you are here by mistake, `/dojo leave` takes you out.",
    )


_WELCOMES = {
    CohortRole.PARTICIPANT: (
        "You are in it as a participant: you build a capstone, and somebody experienced, your sensei, goes "
        "with you. You are introduced here once you are matched."
    ),
    CohortRole.SENSEI: (
        "You are in it as a sensei: you go with a few participants while they build their capstones. You are "
        "asked here before anybody is paired with you."
    ),
}


def joined(cohort: str, role: CohortRole, *, waits: bool) -> OutgoingMessage:
    """Confirm that somebody has joined."""
    name = mrkdwn(cohort, MOST_OF_A_NAME)
    if waits:
        return told(
            f"You asked to be a sensei in *{name}*. A lead confirms it, and you hear of it here; until then "
            "nobody is paired with you. What you said of yourself is kept."
        )
    return told(
        f"You are in the dojo *{name}* as {_a(role)}. Next: `/dojo link` links your GitHub account.",
        "`/dojo profile` changes what you said, `/dojo help` lists the rest.",
    )


def asked(name: str, chat: str | None, cohort: str, value: str, outcome: str | None) -> OutgoingMessage:
    """Ask a lead whether somebody is a sensei; with an ``outcome``, say what became of it.

    ``name`` is what they typed themselves, and may be anybody's; ``chat``, the id of their account, is not.
    """
    shown = f"*{mrkdwn(name, MOST_OF_A_NAME)}*" + (f" ({mention(chat)})" if chat else "")
    who = f"{shown} would like to be a sensei in {mrkdwn(cohort, MOST_OF_A_NAME)}."
    plainly = who.replace("*", "")
    if outcome:
        return OutgoingMessage(f"{plainly} {outcome}", (section(f"{who} {outcome}"),))
    buttons = actions(button("Confirm", CONFIRM, value, "primary"), button("Not now", DECLINE, value))
    return OutgoingMessage(
        plainly, (section(f"{who} Until one of you confirms it, nobody is paired with them."), buttons)
    )


def answered(cohort: str, *, yes: bool) -> OutgoingMessage:
    """Tell somebody whether they are a sensei."""
    name = mrkdwn(cohort, MOST_OF_A_NAME)
    if yes:
        return told(f"A lead has confirmed it: you are a sensei in *{name}*.")
    return told(
        f"A lead has not confirmed you as a sensei in *{name}*. Talk to them; nothing else has changed."
    )


def paused(cohort: str, role: CohortRole) -> OutgoingMessage:
    """Confirm a pause."""
    pairs = "Your pairs, if you had any, have ended"
    if role is CohortRole.PARTICIPANT:
        pairs = "Your pair, if you had one, has ended"
    return told(
        f"You are paused in *{mrkdwn(cohort, MOST_OF_A_NAME)}*. {pairs}, and nobody new is paired with you "
        "until `/dojo resume`. Everything else is kept."
    )


def resumed(cohort: str) -> OutgoingMessage:
    """Confirm that a pause is over."""
    return told(
        f"Welcome back to *{mrkdwn(cohort, MOST_OF_A_NAME)}*. You are matched again like everybody else; the "
        "leads see that you are back."
    )


def left(cohort: str) -> OutgoingMessage:
    """Confirm that somebody has left."""
    return told(f"You have left *{mrkdwn(cohort, MOST_OF_A_NAME)}*. `/dojo join` brings you back, any time.")


def kept(what: str) -> OutgoingMessage:
    """Confirm that something of their own was kept."""
    return told(f"{what} `/dojo profile` shows it.")


def nevers(count: int) -> OutgoingMessage:
    """Confirm what somebody asked for in confidence: how many, and nothing else of it."""
    if not count:
        return told("Taken back. Nothing of that kind is kept of you any more.")
    people = "one person" if count == 1 else f"{count} people"
    return told(f"Kept, in confidence. You have named {people}; `/dojo never` shows that to you alone.")


def away(first: date, last: date, deputy: str | None) -> OutgoingMessage:
    """Confirm a sensei's holiday."""
    who = f"{mrkdwn(deputy, MOST_OF_A_NAME)} stands in." if deputy else "Nobody stands in yet."
    return told(
        f"You are away from {_day(first)} to {_day(last)}, both days included. {who}",
        "`/dojo away` lists your holidays, `/dojo away off FIRST` removes one.",
    )


def holidays(of: Sequence[tuple[date, date, str | None]]) -> OutgoingMessage:
    """List somebody's own holidays."""
    if not of:
        return told("You have no holiday here. `/dojo away 2026-12-24 2027-01-02` enters one.")
    lines = [
        f"• {_day(first)} to {_day(last)}: {mrkdwn(deputy, MOST_OF_A_NAME) if deputy else 'nobody'} stands in"
        for first, last, deputy in of[:20]
    ]
    return told("*Your holidays*\n" + "\n".join(lines), "`/dojo away off FIRST` removes one.")


def _day(of: date) -> str:
    return f"{of:%a} {of.day} {of:%b %Y}"


def _a(role: CohortRole) -> str:
    return f"a {role.value}"


def _modal(title: str, submit: str, blocks: Sequence[Block], metadata: str) -> View:
    return {
        "type": "modal",
        "title": plain_object(title),
        "submit": plain_object(submit),
        "close": plain_object("Cancel"),
        "private_metadata": metadata,
        "blocks": list(blocks),
    }


def _input(
    name: str, label: str, element: dict[str, Any], *, optional: bool = False, hint: str = ""
) -> Block:
    block: Block = {
        "type": "input",
        "block_id": name,
        "label": plain_object(label),
        "element": element,
        "optional": optional,
    }
    return {**block, "hint": plain_object(hint)} if hint else block


def _typed(
    name: str, value: str, most: int, *, several: bool = False, placeholder: str = ""
) -> dict[str, Any]:
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": f"join.{name}",
        "multiline": several,
        "max_length": 2 * most,  # Slack's units may be halves of our characters
    }
    given = _UNSENDABLE.sub("", value)
    if given.strip():
        element["initial_value"] = given
    if placeholder:
        element["placeholder"] = plain_object(placeholder)
    return element


def _option(value: str, text: str) -> dict[str, Any]:
    return {"text": plain_object(plain(text, _OPTION)), "value": value}


def _choices(name: str, known: Mapping[Any, str], chosen: Collection[Any]) -> dict[str, Any]:
    options = [_option(str(value), text) for value, text in known.items()]
    element: dict[str, Any] = {
        "type": "multi_static_select",
        "action_id": f"join.{name}",
        "options": options,
    }
    initial = [option for option in options if option["value"] in {str(each) for each in chosen}]
    return {**element, "initial_options": initial} if initial else element


def _choice(name: str, known: Mapping[str, str], chosen: str) -> dict[str, Any]:
    options = [_option(value, text) for value, text in known.items()]
    element = {"type": "static_select", "action_id": f"join.{name}", "options": options}
    initial = next((option for option in options if option["value"] == chosen), None)
    return {**element, "initial_option": initial} if initial else element


def _radio(name: str, known: Mapping[CohortRole, str], chosen: CohortRole) -> dict[str, Any]:
    options = [_option(role.value, text) for role, text in known.items()]
    initial = next((option for option in options if option["value"] == chosen.value), options[0])
    return {
        "type": "radio_buttons",
        "action_id": f"join.{name}",
        "options": options,
        "initial_option": initial,
    }


def _time(name: str, minutes: int) -> dict[str, Any]:
    return {
        "type": "timepicker",
        "action_id": f"join.{name}",
        "initial_time": written_clock(min(minutes, _LAST_MINUTE)),
    }


def _people(name: str, users: Sequence[str]) -> dict[str, Any]:
    element: dict[str, Any] = {
        "type": "multi_users_select",
        "action_id": f"join.{name}",
        "max_selected_items": profiles.MOST_PREFERRED,
    }
    return {**element, "initial_users": list(users)} if users else element
