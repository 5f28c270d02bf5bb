"""Slack forms for pairing: swap, veto, another sensei, end of a pair, and deputy.

``private`` is the view's private metadata: the ids that the form is about.
"""

from collections.abc import Sequence

from bot.domain.dojo.app_home import ShownPerson
from bot.domain.pairing.shown_pairs import SwapChoice
from bot.ports.chat import Block, View
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, named, option, section, small
from bot.rendering.chat.slack_text import mrkdwn, plain, plain_object
from bot.rendering.pairing.wording import format_points

WITH, WHY = "pairing.with", "pairing.why"
"""Block ids of the fields in the forms."""
_MOST_OF_A_REASON = 1000
_MOST_OF_A_LINE = 180
_MOST_OPTIONS = 100
_FOR_LEADS = "Only the cohort's leads and the people who run Sensei can read this."


def swap_form(  # noqa: PLR0913 - a pair, and what may replace it
    participant: ShownPerson,
    sensei: ShownPerson,
    fit: int,
    choices: Sequence[SwapChoice],
    private: str,
    *,
    is_partial: bool = False,
) -> View:
    """Ask a lead for another sensei, with each choice's effect on the fit.

    ``is_partial`` means that swaps which concern the lead are left out.
    """
    own = [small("Swaps that involve you aren't listed. Another lead can make them.")] if is_partial else []
    top = section(
        f"*{named(participant)}* is proposed with *{named(sensei)}* (fit {fit} %). The number after each "
        "name shows by how many percentage points that choice would change the fit."
    )
    if not choices:
        none = section(
            "There's no one else to choose: every other sensei is full or paused, or can't be paired with "
            "this participant."
        )
        return _form("pairing.swap", "Another sensei", [top, none, *own], private)
    options = [
        option(f"{plain(choice.name, 55)} ({format_points(choice.change)})", choice.value)
        for choice in choices[:_MOST_OPTIONS]
    ]
    field = _menu("Who should be the sensei instead?", options, placeholder="Choose a person")
    after = small(
        "The new pair will be locked, so working out the pairs again won't change it. A lead must approve it."
    )
    return _form("pairing.swap", "Another sensei", [top, field, *own, after], private, submit="Swap")


def veto_form(participant: ShownPerson, private: str) -> View:
    """Ask a sensei why they are turning a participant down."""
    top = section(
        f"I won't propose *{named(participant)}* to you again, and I'll look for another "
        "sensei for them. I won't tell them that you said no."
    )
    field = _reason("Why not this one?", hidden_from=[participant])
    return _form("pairing.veto", "Not this one", [top, field], private, submit="Send")


def change_form(sensei: ShownPerson, private: str) -> View:
    """Ask a participant why they would like another sensei."""
    top = section(
        f"You and *{named(sensei)}* will no longer be a pair, and I'll look for another "
        "sensei for you. I'll tell your sensei that the pair has ended, but not why."
    )
    field = _reason("What kind of sensei would help you more?", hidden_from=[sensei])
    return _form("pairing.change", "Another sensei", [top, field], private, submit="Ask")


def end_form(participant: ShownPerson, sensei: ShownPerson, private: str) -> View:
    """Ask a lead why they are ending a pair."""
    names = f"*{named(participant)}* with *{named(sensei)}*"
    top = section(
        f"{names}: I'll tell both people that the pair has ended, but not why. Then I'll look for another "
        "sensei for the participant."
    )
    field = _reason("Why?", hidden_from=[participant, sensei], optional=True)
    return _form("pairing.end", "End a pair", [top, field], private, submit="End it")


def deputy_form(
    sensei: str, options: Sequence[tuple[str, str]], private: str, *, is_partial: bool = False
) -> View:
    """Ask a lead to choose a deputy.

    ``options`` are ids with the arguments for and against each, best first. ``is_partial`` means that the
    lead, who is a sensei too, is left out.
    """
    top = section(f"Who should stand in for *{mrkdwn(sensei, MOST_OF_A_NAME)}*?")
    own = [small("You aren't listed. Another lead can choose you.")] if is_partial else []
    if not options:
        none = section("No other sensei is available on those days.")
        return _form("pairing.deputy", "Choose a deputy", [top, none, *own], private)
    lines = "\n".join(f"• {mrkdwn(description, _MOST_OF_A_LINE)}" for _, description in options[:10])
    field = _menu(
        "Choose a deputy (best first)",
        [option(plain(description, 75), value) for value, description in options[:_MOST_OPTIONS]],
    )
    blocks = [top, section(lines), field, *own]
    return _form("pairing.deputy", "Choose a deputy", blocks, private, submit="Choose")


def _menu(label: str, options: list[Block], placeholder: str = "") -> Block:
    element: Block = {"type": "static_select", "action_id": "pairing.with", "options": options}
    if placeholder:
        element["placeholder"] = plain_object(placeholder)
    return {"type": "input", "block_id": WITH, "label": plain_object(label), "element": element}


def _reason(label: str, *, hidden_from: Sequence[ShownPerson], optional: bool = False) -> Block:
    """Return the field for a reason. Those in ``hidden_from`` can't read it, even if they are leads."""
    names = " and ".join(plain(person.name, MOST_OF_A_NAME) for person in hidden_from)
    even = "even if they're also leads" if len(hidden_from) > 1 else "even if they're also a lead"
    return {
        "type": "input",
        "block_id": WHY,
        "optional": optional,
        "label": plain_object(label),
        "hint": plain_object(f"{_FOR_LEADS} {names} can't, {even}."),
        "element": {
            "type": "plain_text_input",
            "action_id": "pairing.why",
            "multiline": True,
            "max_length": _MOST_OF_A_REASON,
        },
    }


def _form(callback: str, title: str, blocks: list[Block], private: str, submit: str = "") -> View:
    view: View = {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": private,
        "title": plain_object(title),
        "close": plain_object("Cancel" if submit else "Close"),
        "blocks": blocks,
    }
    return {**view, "submit": plain_object(submit)} if submit else view
