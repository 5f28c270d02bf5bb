"""The forms that say what a pause or a departure ends, and the messages that confirm it."""

from collections.abc import Iterator, Sequence

from bot.domain.dojo.own_pairs import OwnPairs
from bot.domain.dojo.people import CohortRole
from bot.ports.chat import OutgoingMessage, View
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, count, listed, section, small
from bot.rendering.chat.slack_form_fields import modal
from bot.rendering.chat.slack_text import mrkdwn
from bot.rendering.dojo.slack_messages import text_message
from bot.rendering.text.name_lists import join_names

_MOST_NAMED = 20
_REVIEWED = "your pull requests, which I continue to review"


def pause_form(cohort: str, own: OwnPairs, roles: Sequence[CohortRole], metadata: str) -> View:
    """Return the form that says what a pause ends and what stays, and asks for confirmation."""
    ends = [*_describe_ends(own), "matching: I won't pair you with anyone until you use `/dojo resume`"]
    stays = ["your place in the dojo and your profile"]
    if CohortRole.PARTICIPANT in roles:
        stays.append(_REVIEWED)
    if CohortRole.LEAD in roles:
        stays.append("your role as a lead")
    return modal(
        "Take a break",
        "Pause",
        [
            section(f"*If you pause in {_shorten(cohort)}, this ends at once:*\n{_list_items(ends)}"),
            section(f"*This stays:*\n{_list_items(stays)}"),
            small(_describe_resuming(own, roles)),
        ],
        metadata,
    )


def leave_form(cohort: str, own: OwnPairs, roles: Sequence[CohortRole], metadata: str) -> View:
    """Return the form that says what leaving ends and what stays, and asks for confirmation."""
    ends = [*_describe_ends(own), "matching, and my messages to you here"]
    stays = [
        "your profile, in case you join again",
        "your pull requests, questions and decisions, for as long as the privacy page says",
    ]
    if CohortRole.PARTICIPANT in roles:
        stays.append(
            "your enrolled repository: I'll continue to read it until the person who runs Sensei removes it"
        )
    if CohortRole.LEAD in roles:
        stays.append("your role as a lead")
    return modal(
        "Leave the dojo",
        "Leave",
        [
            section(f"*If you leave {_shorten(cohort)}, this ends:*\n{_list_items(ends)}"),
            section(f"*This stays:*\n{_list_items(stays)}"),
            small(
                "If you only need a break, use `/dojo pause`: you stay in the dojo, but your pairs end. To "
                "have your data erased, ask the person who runs Sensei. They can also delete my messages "
                "to you in Slack. What's on GitHub stays there."
            ),
        ],
        metadata,
    )


def paused(cohort: str, own: OwnPairs | None, role: CohortRole) -> OutgoingMessage:
    """Confirm a pause. ``own`` is what it ended; None in messages by an earlier version."""
    kept = "Your profile stays as it is."
    if role is CohortRole.PARTICIPANT:
        kept = "Your profile stays as it is, and I continue to review your pull requests."
    return text_message(
        f"You're paused in *{_shorten(cohort)}*. {_describe_ended(own)} I won't pair you with anyone until "
        f"you use `/dojo resume`. {kept}"
    )


def left(cohort: str, own: OwnPairs | None) -> OutgoingMessage:
    """Confirm that a person has left, and what that ended."""
    return text_message(
        f"You've left *{_shorten(cohort)}*. {_describe_ended(own)} You can come back at any time with "
        "`/dojo join`."
    )


def _describe_ends(own: OwnPairs) -> Iterator[str]:
    """Yield what will end, and what I'll look for in its place."""
    if own.sensei:
        name = _shorten(own.sensei)
        yield f"your pair with *{name}*: I'll tell {name} and the leads"
    for participant in own.participants[:_MOST_NAMED]:
        name = _shorten(participant)
        yield f"your pair with *{name}*: I'll tell {name} and the leads, and look for another sensei"
    if len(own.participants) > _MOST_NAMED:
        more = count(len(own.participants) - _MOST_NAMED, "more participant")
        yield f"your pairs with {more}: I'll tell them and the leads, and look for other senseis"
    for participant in own.asked[:_MOST_NAMED]:
        name = _shorten(participant)
        yield f"my request that you become *{name}*'s sensei: I'll look for another sensei for {name}"
    for sensei in own.absent[:_MOST_NAMED]:
        yield f"your role as *{_shorten(sensei)}*'s deputy: I'll look for another one and tell the leads"


def _describe_ended(own: OwnPairs | None) -> str:
    """Return sentences about what has ended, and what I'm looking for in its place."""
    if own is None:
        return "Any pairs you were in have ended."
    sentences = []
    if own.sensei:
        name = _shorten(own.sensei)
        sentences.append(f"Your pair with {name} has ended. I'll tell {name} and the leads.")
    if own.participants:
        several = len(own.participants) > 1
        each = "each of them" if several else "them"
        sentences.append(
            f"Your {'pairs' if several else 'pair'} with {_join(own.participants)} "
            f"{'have' if several else 'has'} ended. I'll tell them and the leads, and I'm looking for "
            f"another sensei for {each}."
        )
    if own.asked:
        sentences.append(
            f"You no longer need to say whether you'd be a sensei for {_join(own.asked)}. I'll look for "
            "someone else."
        )
    if own.absent:
        sentences.append(
            f"You're no longer the deputy of {_join(own.absent)}; I'm looking for another deputy."
        )
    return " ".join(sentences or ["You weren't paired with anyone, so no pair has ended."])


def _describe_resuming(own: OwnPairs, roles: Sequence[CohortRole]) -> str:
    text = "The pause starts when you click *Pause* and lasts until you use `/dojo resume`."
    if own.sensei or own.participants:
        text += " Your pairs won't come back when you resume: the leads decide on new ones."
    if CohortRole.SENSEI in roles:
        text += " For a holiday, use `/dojo away` instead: your pairs stay, and a deputy stands in for you."
    return text


def _list_items(items: Sequence[str]) -> str:
    return listed(items, lambda item: f"• {item}")


def _join(names: Sequence[str]) -> str:
    return join_names([_shorten(name) for name in names], _MOST_NAMED)


def _shorten(name: str) -> str:
    return mrkdwn(name, MOST_OF_A_NAME)
