"""Explains why people are or aren't paired, in plain text that each surface escapes.

``names`` are keyed by person id, ``titles`` by the id of a skill or stack. Missing entries show the
id.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from bot.domain.dojo.profiles import Vocabulary
from bot.domain.pairing.counterfactual import (
    AlreadyTogether,
    Counterfactual,
    ImpossiblePair,
    MovedParticipant,
)
from bot.domain.pairing.deputies import Deputy
from bot.domain.pairing.fit import FOR_LEADS, PairReason, PairReasonKind
from bot.domain.pairing.problem import Constraint
from bot.domain.pairing.records import Pair
from bot.domain.pairing.unassigned import NO_PROFILE, Unassigned, decode_blame
from bot.rendering.pairing.constraint_words import CONSTRAINT_WORDS
from bot.rendering.text.durations import format_hours

TextById = Mapping[str, str]

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MOST_COVERED = 3
_MOST_MOVES = 8
_WISHES = {
    PairReasonKind.WISHED_BY_BOTH: "They asked for each other.",
    PairReasonKind.WISHED_BY_PARTICIPANT: "{participant} asked for {sensei}.",
    PairReasonKind.WISHED_BY_SENSEI: "{sensei} asked for {participant}.",
    PairReasonKind.KEPT: "They are already a pair.",
    PairReasonKind.CHOSEN: "A lead chose this pair.",
}
_YOUR_WISHES = {
    **_WISHES,
    PairReasonKind.WISHED_BY_BOTH: "You asked for each other.",
    PairReasonKind.KEPT: "You are already a pair.",
}


def explain_pair(pair: Pair, names: TextById, vocabulary: Vocabulary, *readers: str) -> tuple[str, ...]:
    """Return why two people were matched: a sentence for each reason, strongest first.

    ``readers`` are the ids of those in the pair who read the text. If there are none, the text is for leads.
    Only leads see one-sided wishes and skills that are not covered.
    """
    reasons = [
        PairReason(
            PairReasonKind(stored["kind"]),
            tuple(stored["subjects"]),
            stored["want"],
            stored["have"],
            stored["minutes"],
        )
        for stored in pair.reasons
    ]
    if readers:
        reasons = [reason for reason in reasons if reason.kind not in FOR_LEADS]
    titles = {**vocabulary.skills, **vocabulary.stacks}
    return explain_reasons(pair.participant, pair.sensei, reasons, names, titles, readers)


def explain_reasons(  # noqa: PLR0913, PLR0917 - a pair, and the words for it
    participant: str,
    sensei: str,
    reasons: Sequence[PairReason],
    names: TextById,
    titles: TextById,
    readers: Collection[str] = (),
) -> tuple[str, ...]:
    """Return a sentence for each reason. ``readers`` in the pair are addressed as "you"."""
    wishes = _YOUR_WISHES if readers else _WISHES
    people = {"participant": _look_up(names, participant), "sensei": _look_up(names, sensei)}
    sentences = [wishes[reason.kind].format(**people) for reason in reasons if reason.kind in wishes]
    if covered := [reason for reason in reasons if reason.kind is PairReasonKind.COVERS][:MOST_COVERED]:
        covers = "You cover" if [*readers] == [sensei] else f"{people['sensei']} covers"
        seeks = "you're" if [*readers] == [participant] else f"{people['participant']} is"
        skills = "; ".join(format_skill(reason, titles) for reason in covered)
        sentences.append(f"{covers} skills that {seeks} looking for: {skills}.")
    sentences += _explain_work(
        reasons, titles, "Your" if readers else "Their", "You both" if readers else "Both"
    )
    lacking = [reason.subjects[0] for reason in reasons if reason.kind is PairReasonKind.LACKS]
    if lacking:
        sentences.append(
            f"Not covered by {people['sensei']}: {_join([_look_up(titles, skill) for skill in lacking])}."
        )
    return tuple(sentences)


def _explain_work(reasons: Sequence[PairReason], titles: TextById, their: str, both: str) -> Iterator[str]:
    for reason in reasons:
        if reason.kind is PairReasonKind.OVERLAP:
            yield f"{their} working hours overlap by {format_hours(reason.minutes)} a week."
        elif reason.kind is PairReasonKind.STACKS:
            yield f"{both} work with {_join([_look_up(titles, stack) for stack in reason.subjects])}."


def format_skill(reason: PairReason, titles: TextById) -> str:
    """Return a skill's title, with the sensei's level if the participant looks for more."""
    title = _look_up(titles, reason.subjects[0])
    return f"{title} ({'some' if reason.have > 1 else 'a little'})" if reason.have < reason.want else title


def explain_stored_answer(stored: Mapping[str, Any], names: TextById) -> str:
    """Tell a lead why two people aren't paired, from JSON written by ``pairing.explanations``."""
    participant, sensei = stored["participant"], stored["sensei"]
    if stored["answer"] == "already":
        return f"{names[participant]} and {names[sensei]} are a pair in the best pairing of the whole cohort."
    if stored["answer"] == "refused":
        return (
            "I couldn't work this out, because the cohort's weights aren't valid. Please ask an operator to "
            "correct them with `sensei cohort weights`, then ask again."
        )
    if stored["answer"] == "impossible":
        impossible = ImpossiblePair(participant, sensei, Constraint(stored["constraint"]), stored["minutes"])
        return explain_answer(impossible, names, stored["minimum"])
    moves = tuple(MovedParticipant(*move) for move in stored["moves"][:_MOST_MOVES])
    answer = Counterfactual(
        participant,
        sensei,
        stored["instead_of"],
        stored["full"],
        moves,
        stored["fit_before"],
        stored["fit_after"],
    )
    more = len(stored["moves"]) - len(moves)
    return explain_answer(answer, names) + (f" {more:,} more would move too." if more else "")


def explain_answer(
    answer: AlreadyTogether | ImpossiblePair | Counterfactual, names: TextById, minimum_hours: int = 0
) -> str:
    """Tell a lead why two people aren't paired, and who would have to move to pair them."""
    participant, sensei = _look_up(names, answer.participant), _look_up(names, answer.sensei)
    match answer:
        case AlreadyTogether():
            return f"{participant} is already paired with {sensei}."
        case ImpossiblePair():
            obstacle = _explain_obstacle(answer, sensei, minimum_hours)
            return f"{participant} can't be paired with {sensei}: {obstacle}."
        case Counterfactual():
            consequences = _explain_consequences(answer, sensei, participant)
            moves = [
                f"{_look_up(names, move.participant)} from {_name_or_none(names, move.before)} to "
                f"{_name_or_none(names, move.after)}"
                for move in answer.moves
            ]
            return f"{consequences} Moves: {'; '.join(moves)}." if moves else consequences


def answer_participant(sensei: str) -> str:
    """Return the fixed answer to a participant who asks why they don't have a certain sensei.

    If answers differed, they could reveal that the sensei asked never to be paired with this participant. So
    the real reason isn't even computed.
    """
    return (
        f"I can't tell you why you aren't paired with {sensei}: the reason could reveal things about other "
        "people. I work out the pairs for everyone at once, from skills, working hours, free places, wishes "
        "and what people have asked for in confidence. A lead can talk it over with you."
    )


def ask_another_lead() -> str:
    """Return the fixed answer to a lead who asks why they aren't paired with a certain person."""
    return (
        "You're one of these two people. Please ask another lead: the answer might reveal what the other "
        "person asked for in confidence."
    )


def explain_blame(participant: str, blame: str, names: TextById) -> str:
    """Tell a lead why a participant has no sensei; ``blame`` is in the form that a proposal stores."""
    if blame == NO_PROFILE:
        return (
            f"{names[participant]} has no sensei, because their profile (working hours and skills) is "
            "missing."
        )
    return explain_unassigned(decode_blame(participant, blame), names)


def withhold_blame(name: str) -> str:
    """Tell a lead who is also a sensei that a participant has no sensei, but not why."""
    return f"{name} has no sensei."


def explain_unassigned(unassigned: Unassigned, names: TextById) -> str:
    """Tell a lead why a participant has no sensei."""
    causes = [
        # If the causes only prevent it together, the participant could have no sensei to begin with.
        "every sensei is full"
        if cause is Constraint.CAPACITY and not unassigned.alone
        else CONSTRAINT_WORDS[cause].cause
        for cause in unassigned.causes
    ]
    if len(causes) == 1:
        relation = ": "
    elif unassigned.alone:
        relation = ". Resolving any one of these would be enough: "
    else:
        relation = " for a combination of reasons: "
    return f"{_look_up(names, unassigned.participant)} has no sensei{relation}{'; '.join(causes)}."


def no_sensei_yet() -> str:
    """Return the answer to a participant who has no sensei yet. It never gives the cause."""
    return (
        "You don't have a sensei yet. The leads decide who is paired with whom. Once you're matched, I'll "
        "introduce you and your sensei to each other in a group message."
    )


def describe_deputy(deputy: Deputy, names: TextById) -> str:
    """Tell a lead the arguments for and against a deputy."""
    parts = [f"overlap of at least {format_hours(deputy.minutes)} a week"] if deputy.minutes else []
    over = f"would be {_spell_out(deputy.over)} over capacity"
    parts.append(over if deputy.over else "has room")
    parts += [
        f"can't take {_look_up(names, participant)} ({CONSTRAINT_WORDS[constraint].label})"
        for participant, constraint in deputy.barred
    ]
    return f"{_look_up(names, deputy.sensei)}: {', '.join(parts)}."


def _explain_consequences(answer: Counterfactual, sensei: str, participant: str) -> str:
    full = f"{sensei} is full. " if answer.full else ""
    left, parts = len(answer.unassigned), []
    if moved := len(answer.moves) - left:
        parts.append(f"move {_spell_out(moved)} other participant{'' if moved == 1 else 's'}")
    if left:
        parts.append(f"leave {_spell_out(left)} other participant{'' if left == 1 else 's'} without a sensei")
    if not parts:
        parts.append("move nobody else")
    parts.append(_describe_change(answer))
    return f"{full}Pairing {participant} with {sensei} would {_join(parts)}."


def _describe_change(answer: Counterfactual) -> str:
    if not answer.loss:
        return "leave the cohort's fit unchanged"
    verb, percent = "lower" if answer.loss > 0 else "raise", answer.loss_percent
    if percent is None:
        change = f"{abs(answer.loss)} points"
    else:
        change = f"{abs(percent):.0f} %" if abs(percent) >= 1 else "less than 1 %"
    return f"{verb} the cohort's fit by {change}"


def _explain_obstacle(answer: ImpossiblePair, sensei: str, minimum_hours: int) -> str:
    match answer.constraint:
        case Constraint.OVERLAP:
            least = f", and at least {format_hours(minimum_hours * 60)} are needed" if minimum_hours else ""
            return f"their working hours overlap by {format_hours(answer.minutes)} a week{least}"
        case Constraint.CAPACITY:
            return f"{sensei} isn't taking any participants"
        case Constraint.LOCKED:
            return f"all of {sensei}'s places are taken by locked pairs with other participants"
        case constraint:
            return CONSTRAINT_WORDS[constraint].label


def _name_or_none(names: TextById, person: str | None) -> str:
    return "no sensei" if person is None else _look_up(names, person)


def _look_up(texts: TextById, key: str) -> str:
    return texts.get(key, key)


def _spell_out(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def _join(parts: Sequence[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last
