"""Pairing in the chat: ``/dojo pair`` and ``/dojo why``, buttons and forms, and the words of its messages.

``bot.domain.dojo.permissions`` decides who may do what, for the cohort of the pair in question. That cohort
need not be the one in which somebody acts by default: leads keep messages of several.
"""

import re
from collections.abc import Mapping

from bot.domain.chat import slash_commands
from bot.domain.chat.events import Acted, Click, SlashCommand, Submission
from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.domain.dojo.permissions import Action, DojoRole, Relation, is_allowed
from bot.domain.pairing.records import Pair
from bot.domain.pairing.states import PairAction, PairState
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.chat import OutgoingMessage, View
from bot.ports.engine import Json
from bot.ports.store import Job, Tx
from bot.rendering.chat.slack_text import mrkdwn
from bot.rendering.pairing import slack
from bot.rendering.pairing import wording as words
from bot.rendering.pairing.explanations import asked_by_participant, unpaired_participant
from bot.workflows.chat import outbox
from bot.workflows.chat.actors import Actor, Clock, refusal
from bot.workflows.chat.features import AddressedMessage, Button, Feature, Form, Handler, Subcommand
from bot.workflows.pairing import lifecycle
from bot.workflows.pairing.eligibility import PairChecks
from bot.workflows.pairing.explanations import find_two_people
from bot.workflows.pairing.proposals import NOTHING_NEW, WHY, participants_without
from bot.workflows.pairing.visibility import (
    build_board,
    find_member,
    introduced_person,
    show_pair,
    swap_choices,
)

# -- commands


def _pair_answer(tx: Tx, actor: Actor, argument: str, _clock: Clock) -> OutgoingMessage:
    """Answer ``/dojo pair``: a lead that it is being worked out, everybody else with their own pairs."""
    if actor.cohort is None or actor.person is None:
        raise refusal(actor)
    if _proposes(actor, argument):
        without = len(participants_without(tx, actor.cohort))
        return slack.told(words.working_out(without))
    return _own_pairs(tx, actor, actor.cohort, actor.person)


def _own_pairs(tx: Tx, actor: Actor, cohort: int, person: str) -> OutgoingMessage:
    names = lifecycle.names_of(tx, cohort)
    mine = [it for it in tx.pairings.of_person(person) if it.cohort == cohort]
    of_mine = [it for it in mine if it.participant == person and it.state is PairState.ACTIVE]
    if of_mine:
        [it] = of_mine[:1]
        return slack.own_pair(it.id, names[it.sensei], words.reasons(it, names, person))
    with_me = [it for it in mine if it.sensei == person and it.state is PairState.ACTIVE]
    if DojoRole.SENSEI in actor.roles():
        asked = sum(it.sensei == person and it.state is PairState.APPROVED for it in mine)
        return slack.own_participants([names[it.participant] for it in with_me], asked)
    return slack.told(unpaired_participant())


def _proposes(actor: Actor, argument: str) -> bool:
    return DojoRole.LEAD in actor.roles() and argument.strip().lower() in {"", "propose"}


def _pair_then(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    argument = acted.text.split(None, 1)[1:] if isinstance(acted, SlashCommand) else []
    if actor.cohort is None or not _proposes(actor, " ".join(argument)):
        return
    if participants_without(tx, actor.cohort):
        _propose(tx, actor, actor.cohort, clock, again=False)


def _propose(tx: Tx, actor: Actor, cohort: int, clock: Clock, *, again: bool) -> None:
    _lead(actor, Action.PAIR_PROPOSE, cohort)
    at = clock()
    click = f"{cohort}:{at:%Y%m%dT%H%M%S%f}"
    argument = {"cohort": cohort, "by": actor.person, "again": again, "click": click}
    tx.jobs.add(Job(f"pairing.propose:{click}", "pairing.propose", argument, at))


def _why_answer(tx: Tx, actor: Actor, argument: str, _clock: Clock) -> OutgoingMessage:
    """Answer ``/dojo why``: of one's own pair at once; a lead's question may take seconds, and is sent."""
    if actor.cohort is None or actor.person is None:
        raise refusal(actor)
    if DojoRole.LEAD in actor.roles():
        asked = find_two_people(tx, actor.cohort, _names(argument))
        it = lifecycle.pair_of(tx, asked.participant, asked.cohort)
        if it is None or it.sensei != asked.sensei:
            if actor.person in {asked.participant, asked.sensei}:
                # Of themselves a lead would hear that the other has asked for it.
                return slack.told(_ANOTHER_LEAD)
            return slack.told("That is being worked out: what it would take to put these two together.")
        names = lifecycle.names_of(tx, asked.cohort)
        heading = f"{names[it.participant]} with {names[it.sensei]}"
        return slack.why(words.reasons(it, names), heading=heading)
    if not argument.strip():
        return _own_pairs(tx, actor, actor.cohort, actor.person)
    return _why_of_own(tx, actor.cohort, actor.person, argument.strip())


_ANOTHER_LEAD = (
    "You are one of the two, so this is for another lead to look at: people ask things in confidence."
)


def _why_of_own(tx: Tx, cohort: int, person: str, name: str) -> OutgoingMessage:
    """Answer with the reasons if somebody named the other side of their own pair, else always the same."""
    names = lifecycle.names_of(tx, cohort)
    for it in tx.pairings.of_person(person):
        other = it.sensei if it.participant == person else it.participant
        theirs = names[other].casefold()
        if it.cohort == cohort and it.state is PairState.ACTIVE and theirs.startswith(name.casefold()):
            return slack.why(words.reasons(it, names, person), heading=f"You and {names[other]}")
    return slack.told(mrkdwn(asked_by_participant(name[:80]), 500))


def _names(argument: str) -> list[str]:
    return [name.strip() for name in re.split(r",|\bwith\b", argument) if name.strip()]


def _why_then(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    if DojoRole.LEAD not in actor.roles() or actor.cohort is None or not isinstance(acted, SlashCommand):
        return
    asked = find_two_people(tx, actor.cohort, _names(slash_commands.parse(acted.text).argument))
    it = lifecycle.pair_of(tx, asked.participant, asked.cohort)
    if (it is not None and it.sensei == asked.sensei) or actor.person in {asked.participant, asked.sensei}:
        return
    at = clock()
    key = f"{asked.cohort}:{actor.person}:{at:%Y%m%dT%H%M%S%f}"
    about = {"cohort": asked.cohort, "participant": asked.participant, "sensei": asked.sensei}
    tx.jobs.add(Job(f"pairing.why:{key}", "pairing.why", {"key": key, "lead": actor.person, **about}, at))


# -- what a lead clicks


def _lead(actor: Actor, action: Action, cohort: int) -> str:
    """Return the lead who acts.

    Raises:
        UserError: it is not theirs to do in that cohort.
    """
    if actor.person is None or not is_allowed(action, actor.roles(cohort), Relation.COHORT):
        raise refusal(actor)
    return actor.person


def _numbers(acted: Acted) -> tuple[int, ...]:
    given = (
        acted.value if isinstance(acted, Click) else acted.metadata if isinstance(acted, Submission) else ""
    )
    words = (parse_number(word) for word in str(given or "").split())
    found = tuple(number for number in words if number is not None)
    if not found:
        raise UserError("This button is not known any more.", "`/dojo pair` begins anew.")
    return found


def _given(tx: Tx, acted: Acted) -> Pair:
    it = tx.pairings.get(_numbers(acted)[0])
    if it is None:
        raise UserError("That pair is not kept any more. Nothing was changed.", "`/dojo pair` begins anew.")
    return it


def _approve(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    it = _given(tx, acted)
    _one(lifecycle.approve(tx, it.cohort, [it.id], _lead(actor, Action.PAIR_APPROVE, it.cohort), clock()))


def _one(decided: lifecycle.ActionResult) -> None:
    if decided.refused:
        raise UserError(decided.refused[0])


def _approve_all(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    number = _numbers(acted)[0]
    it = tx.pairings.proposal(number)
    if it is None:
        raise UserError("That proposal is not kept any more.", "`/dojo pair` begins anew.")
    by = _lead(actor, Action.PAIR_APPROVE, it.cohort)
    decided = lifecycle.approve_all(tx, number, by, clock())
    if decided.refused:
        # Some are done and some are not: that is no error, and has to be told.
        stamp = f"{number}:{clock():%Y%m%dT%H%M%S%f}"
        about = {"lead": by, "cohort": it.cohort, "refused": len(decided.refused)}
        outbox.send_message(tx, f"pairing.refused:{stamp}", REFUSED, about, clock())


def _more(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    word = str(acted.value or "").partition(" ")[0] if isinstance(acted, Click) else ""
    it = _given(tx, acted)
    by = _lead(actor, Action.PAIR_CHANGE, it.cohort)
    if word == "decline":
        lifecycle.decline(tx, it.id, "", by, clock())
    elif word in {"lock", "unlock"}:
        lifecycle.lock(tx, it.id, by, clock(), locked=word == "lock")


def _decline(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    it = _given(tx, acted)
    lifecycle.decline(tx, it.id, "", _lead(actor, Action.PAIR_CHANGE, it.cohort), clock())


def _again(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    it = tx.pairings.proposal(_numbers(acted)[0])
    if it is None:
        raise UserError("That proposal is not kept any more.", "`/dojo pair` begins anew.")
    _propose(tx, actor, it.cohort, clock, again=True)


def _page(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    number, page = (*_numbers(acted), 1)[:2]
    it = tx.pairings.proposal(number)
    if it is None:
        return
    by = _lead(actor, Action.PAIR_PROPOSE, it.cohort)
    tx.effects.begin(_page_key(number, by), clock())
    tx.effects.done(_page_key(number, by), str(page), clock())
    about = {"proposal": number, "lead": by}
    outbox.rewrite_message(tx, lifecycle.board_key(number, by), lifecycle.BOARD, about, clock())


def _page_key(proposal: int, lead: str) -> str:
    """Name the page of a board that a lead has turned to: what their message shows, as of our last word."""
    return f"pairing.page:{proposal}:{lead}"


# -- forms


def _swap_open(tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
    it = _pair_for(tx, argument, PairAction.SWAP, actor)
    names = lifecycle.names_of(tx, it.cohort)
    found = swap_choices(PairChecks(tx, it.cohort, clock().date()), it, names)
    return slack.swap_form(show_pair(tx, it, names), found, str(it.id))


def _swap_check(tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> Mapping[str, str]:
    """Refuse beside the field what is barred by now."""
    it = _given(tx, sent)
    _lead(actor, Action.PAIR_CHANGE, it.cohort)
    kind, _, whom = sent.text(slack.WITH).partition(" ")
    checks = PairChecks(tx, it.cohort, clock().date())
    try:
        if kind == "s":
            checks.with_sensei(it.participant, whom)
        elif (other := tx.pairings.get(int(whom))) is not None:
            checks.unbarred(it.participant, other.sensei)
            checks.unbarred(other.participant, it.sensei)
    except UserError as error:
        return {slack.WITH: error.what}
    return {}


def _swap(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    if not isinstance(acted, Submission):
        return
    it = _given(tx, acted)
    by = _lead(actor, Action.PAIR_CHANGE, it.cohort)
    kind, _, whom = acted.text(slack.WITH).partition(" ")
    if kind == "s":
        lifecycle.swap_sensei(tx, it.id, whom, by, clock())
    elif (other := parse_number(whom)) is not None:
        lifecycle.swap_pairs(tx, it.id, other, by, clock())


def _end_open(tx: Tx, actor: Actor, argument: str, _clock: Clock) -> View:
    it = _pair_for(tx, argument, PairAction.END, actor)
    return slack.end_form(show_pair(tx, it, lifecycle.names_of(tx, it.cohort)), str(it.id))


def _end(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    it = _given(tx, acted)
    why = acted.text(slack.WHY) if isinstance(acted, Submission) else ""
    lifecycle.end(tx, it.id, why, _lead(actor, Action.PAIR_CHANGE, it.cohort), clock())


def _veto_open(tx: Tx, actor: Actor, argument: str, _clock: Clock) -> View:
    it = _pair_for(tx, argument, PairAction.VETO, actor)
    return slack.veto_form(lifecycle.names_of(tx, it.cohort)[it.participant], str(it.id))


def _veto(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    it = _given(tx, acted)
    why = acted.text(slack.WHY) if isinstance(acted, Submission) else ""
    lifecycle.veto(tx, it.id, why, actor.person or "", clock())


def _accept(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    lifecycle.accept(tx, _numbers(acted)[0], actor.person or "", clock())


def _change_open(tx: Tx, actor: Actor, argument: str, _clock: Clock) -> View:
    it = tx.pairings.get(parse_number(argument) or 0)
    if it is None or it.participant != actor.person:
        raise refusal(actor)
    return slack.change_form(lifecycle.names_of(tx, it.cohort)[it.sensei], str(it.id))


def _change(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    it = _given(tx, acted)
    if it.participant != actor.person or not isinstance(acted, Submission):
        raise refusal(actor)
    if it.state is not PairState.ACTIVE:
        raise UserError(
            "That pair is over already. Nothing was changed.", "`/dojo pair` shows how it stands."
        )
    lifecycle.change(tx, it.participant, it.cohort, acted.text(slack.WHY), clock())


def _worded(_tx: Tx, _actor: Actor, sent: Submission, _clock: Clock) -> Mapping[str, str]:
    return (
        {}
        if sent.text(slack.WHY)
        else {slack.WHY: "A few words, please: they help to find somebody who fits."}
    )


def _pair_for(tx: Tx, argument: str, act: PairAction, actor: Actor) -> Pair:
    """Return a pair that a form is opened for, if what it is for can still be done.

    Whose it is comes first: that it cannot be done names the two.

    Raises:
        UserError: it cannot, or they neither lead its cohort nor, of a veto, are its sensei.
    """
    number = parse_number(argument) or 0
    if act is PairAction.VETO:
        lifecycle.require_own_pair(tx, number, actor.person or "")
    elif it := tx.pairings.get(number):
        _lead(actor, Action.PAIR_CHANGE, it.cohort)
    return lifecycle.require_action(tx, number, act)[0]


# -- words of messages


REFUSED = "pairing.refused"


def _is_lead(tx: Tx, person: str, cohort: int) -> bool:
    return any(lead.person == person for lead in lifecycle.leads_of(tx, cohort))


def _board_words(tx: Tx, about: Json) -> AddressedMessage | None:
    it = tx.pairings.proposal(about["proposal"])
    if it is None or not _is_lead(tx, about["lead"], it.cohort):
        return None
    _, page = tx.effects.of(_page_key(it.id, about["lead"]))
    return AddressedMessage((about["lead"],), slack.board(build_board(tx, it), int(page or 1)))


def _ask_words(tx: Tx, about: Json) -> AddressedMessage | None:
    it = tx.pairings.get(about["pair"])
    if it is None or it.state is PairState.PROPOSED:
        return None
    said = words.reasons(it, lifecycle.names_of(tx, it.cohort), it.sensei)
    until = it.changed_at + lifecycle.VETO_WINDOW
    cohort = tx.cohorts.get(it.cohort).name
    return AddressedMessage(
        (it.sensei,),
        slack.ask(it.id, introduced_person(tx, it.participant, it.cohort), said, until, it.state, cohort),
    )


def _introduction_words(tx: Tx, about: Json) -> AddressedMessage | None:
    it = tx.pairings.get(about["pair"])
    if it is None or it.state is not PairState.ACTIVE:
        return None
    one, other = introduced_person(tx, it.participant, it.cohort), introduced_person(tx, it.sensei, it.cohort)
    mine = find_member(tx, it.participant, it.cohort, CohortRole.PARTICIPANT)
    theirs = find_member(tx, it.sensei, it.cohort, CohortRole.SENSEI)
    question = words.first_question(mine.profile if mine else None, theirs.profile if theirs else None)
    said = words.reasons(it, lifecycle.names_of(tx, it.cohort), it.participant, it.sensei)
    cohort = tx.cohorts.get(it.cohort).name
    return AddressedMessage(
        (it.participant, it.sensei), slack.introduction(one, other, said, question, cohort)
    )


def _ended_words(tx: Tx, about: Json) -> AddressedMessage | None:
    it = tx.pairings.get(about["pair"])
    if it is None:
        return None
    names = lifecycle.names_of(tx, it.cohort)
    to_participant = about["side"] == "participant"
    other = names[it.sensei if to_participant else it.participant]
    cohort = tx.cohorts.get(it.cohort).name
    reader = it.participant if to_participant else it.sensei
    return AddressedMessage((reader,), slack.ended(other, to_participant=to_participant, cohort=cohort))


def _left_words(tx: Tx, about: Json) -> AddressedMessage | None:
    if not _is_lead(tx, about["lead"], about["cohort"]):
        return None
    names = lifecycle.names_of(tx, about["cohort"])
    pairs = [it for number in about["pairs"] if (it := tx.pairings.get(number))]
    others = [names[it.participant if it.sensei == about["person"] else it.sensei] for it in pairs]
    anew = any(it.sensei == about["person"] for it in pairs)
    gone = find_member(tx, about["person"], about["cohort"])
    paused = gone is not None and gone.state is EnrolmentState.PAUSED
    return AddressedMessage(
        (about["lead"],), slack.parted(names[about["person"]], others, anew=anew, paused=paused)
    )


def _unreachable_words(tx: Tx, about: Json) -> AddressedMessage | None:
    it = tx.pairings.get(about["pair"])
    if it is None or not _is_lead(tx, about["lead"], it.cohort):
        return None
    names = lifecycle.names_of(tx, it.cohort)
    return AddressedMessage(
        (about["lead"],), slack.introduce_yourself(names[it.participant], names[it.sensei])
    )


def _nothing_new_words(_tx: Tx, about: Json) -> AddressedMessage | None:
    return AddressedMessage((about["lead"],), slack.told(words.nothing_new(about["outcome"])))


def _why_words(tx: Tx, about: Json) -> AddressedMessage | None:
    found = about["found"]
    if not _is_lead(tx, about["lead"], found["cohort"]):
        return None
    names = lifecycle.names_of(tx, found["cohort"])
    heading = f"{names[found['participant']]} with {names[found['sensei']]}"
    return AddressedMessage((about["lead"],), slack.why([words.why_not(found, names)], heading=heading))


def _refused_words(tx: Tx, about: Json) -> AddressedMessage | None:
    if not _is_lead(tx, about["lead"], about["cohort"]):
        return None
    return AddressedMessage((about["lead"],), slack.told(words.not_all(about["refused"])))


def _button(action: Action, do: Handler) -> Button:
    return Button(action, do=do)


FEATURE = Feature(
    commands=(
        Subcommand(
            "pair",
            Action.PAIR_SEE,
            "who you are paired with, and the way to ask for somebody else",
            answer=_pair_answer,
            then=_pair_then,
            for_leads=("", "propose pairs for whoever has no sensei"),
        ),
        Subcommand(
            "why",
            Action.PAIR_WHY,
            "why you were matched",
            answer=_why_answer,
            then=_why_then,
            for_leads=("PARTICIPANT, SENSEI", "why two people are a pair, or what it would take"),
        ),
    ),
    buttons={
        "pairing.approve": _button(Action.PAIR_APPROVE, _approve),
        "pairing.approve_all": _button(Action.PAIR_APPROVE, _approve_all),
        "pairing.more": _button(Action.PAIR_CHANGE, _more),
        "pairing.decline": _button(Action.PAIR_CHANGE, _decline),
        "pairing.again": _button(Action.PAIR_PROPOSE, _again),
        "pairing.page": _button(Action.PAIR_PROPOSE, _page),
        "pairing.accept": _button(Action.PAIR_ANSWER, _accept),
        "pairing.swap": Button(Action.PAIR_CHANGE, opens="pairing.swap"),
        "pairing.end": Button(Action.PAIR_CHANGE, opens="pairing.end"),
        "pairing.veto": Button(Action.PAIR_ANSWER, opens="pairing.veto"),
        "pairing.change": Button(Action.PAIR_ASK, opens="pairing.change"),
    },
    forms={
        "pairing.swap": Form(Action.PAIR_CHANGE, _swap_open, _swap, _swap_check),
        "pairing.end": Form(Action.PAIR_CHANGE, _end_open, _end),
        "pairing.veto": Form(Action.PAIR_ANSWER, _veto_open, _veto, _worded),
        "pairing.change": Form(Action.PAIR_ASK, _change_open, _change, _worded),
    },
    words={
        lifecycle.BOARD: _board_words,
        lifecycle.ASK: _ask_words,
        lifecycle.INTRODUCTION: _introduction_words,
        lifecycle.ENDED: _ended_words,
        lifecycle.LEFT: _left_words,
        lifecycle.UNREACHABLE: _unreachable_words,
        WHY: _why_words,
        NOTHING_NEW: _nothing_new_words,
        REFUSED: _refused_words,
    },
)
