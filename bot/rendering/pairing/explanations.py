"""Why people are paired, and why not: plain text for every surface, which escapes it.

``names`` are by person id, ``titles`` by the id of a skill or stack. If one is missing, the id is shown.
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

TextById = Mapping[str, str]

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_MOST_COVERED = 3
_MOST_MOVES = 8
_WISHES = {
    PairReasonKind.WISHED_BY_BOTH: "Each asked for the other.",
    PairReasonKind.WISHED_BY_PARTICIPANT: "{participant} asked for {sensei}.",
    PairReasonKind.WISHED_BY_SENSEI: "{sensei} asked for {participant}.",
    PairReasonKind.KEPT: "They are a pair already.",
    PairReasonKind.CHOSEN: "The lead chose this pair.",
}
_YOUR_WISHES = {
    **_WISHES,
    PairReasonKind.WISHED_BY_BOTH: "Each of you asked for the other.",
    PairReasonKind.KEPT: "You are a pair already.",
}


def explain_pair(pair: Pair, names: TextById, vocabulary: Vocabulary, *readers: str) -> tuple[str, ...]:
    """Return why two people were matched, a sentence for each reason, the strongest first.

    ``readers`` are those of the two who read it; without any, leads do. Only leads read one-sided wishes and
    skills that are not covered.
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
    """Return a sentence for each reason. ``readers`` of the pair are addressed as "you"."""
    wishes = _YOUR_WISHES if readers else _WISHES
    people = {"participant": _look_up(names, participant), "sensei": _look_up(names, sensei)}
    sentences = [wishes[reason.kind].format(**people) for reason in reasons if reason.kind in wishes]
    if covered := [reason for reason in reasons if reason.kind is PairReasonKind.COVERS][:_MOST_COVERED]:
        brings = "You bring" if [*readers] == [sensei] else f"{people['sensei']} brings"
        skills = "; ".join(_format_skill(reason, titles) for reason in covered)
        sentences.append(f"{brings} what is looked for: {skills}.")
    sentences += _explain_work(
        reasons, titles, "You" if readers else "They", "You both" if readers else "Both"
    )
    lacking = [reason.subjects[0] for reason in reasons if reason.kind is PairReasonKind.LACKS]
    if lacking:
        sentences.append(f"Not covered: {_join([_look_up(titles, skill) for skill in lacking])}.")
    return tuple(sentences)


def _explain_work(reasons: Sequence[PairReason], titles: TextById, they: str, both: str) -> Iterator[str]:
    for reason in reasons:
        if reason.kind is PairReasonKind.OVERLAP:
            yield f"{they} share {format_hours(reason.minutes)} of work a week."
        elif reason.kind is PairReasonKind.STACKS:
            yield f"{both} work with {_join([_look_up(titles, stack) for stack in reason.subjects])}."


def _format_skill(reason: PairReason, titles: TextById) -> str:
    """Return a skill's title, and how much of it is brought if that is less than is looked for."""
    title = _look_up(titles, reason.subjects[0])
    return f"{title} ({'some' if reason.have > 1 else 'a little'})" if reason.have < reason.want else title


def explain_stored_answer(stored: Mapping[str, Any], names: TextById) -> str:
    """Tell a lead why two people are no pair, from the JSON that ``pairing.explanations`` has made."""
    participant, sensei = stored["participant"], stored["sensei"]
    if stored["answer"] == "already":
        return f"{names[participant]} with {names[sensei]} is a pair in the best pairing."
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
    return explain_answer(answer, names) + (f" And {more:,} more would move." if more else "")


def explain_answer(
    answer: AlreadyTogether | ImpossiblePair | Counterfactual, names: TextById, minimum_hours: int = 0
) -> str:
    """Tell a lead why two people are no pair, and who would move if they were."""
    participant, sensei = _look_up(names, answer.participant), _look_up(names, answer.sensei)
    match answer:
        case AlreadyTogether():
            return f"{participant} has {sensei}."
        case ImpossiblePair():
            return f"Not {sensei} for {participant}: {_explain_obstacle(answer, sensei, minimum_hours)}."
        case Counterfactual():
            consequences = _explain_consequences(answer, sensei, participant)
            moves = [
                f"{_look_up(names, move.participant)} from {_name_or_nobody(names, move.before)} to "
                f"{_name_or_nobody(names, move.after)}"
                for move in answer.moves
            ]
            return f"{consequences} {_capitalise('; '.join(moves))}." if moves else consequences


def answer_participant(sensei: str) -> str:
    """Return the answer to a participant who asks why they don't have a sensei, by name: always the same.

    If answers differed, a participant could work out from them that the sensei asked never to be paired with
    them. So nothing is worked out at all.
    """
    return (
        f"Why not {sensei}: the pairing weighs everybody at once, by what is looked for and brought, hours, "
        "places, wishes, and what people ask in confidence. Participants aren't told the reason for one "
        "sensei, as it would reveal things about others. Your lead can look at it with you."
    )


def explain_blame(participant: str, blame: str, names: TextById) -> str:
    """Tell a lead why a participant has no sensei; ``blame`` is as a proposal stores it."""
    if blame == NO_PROFILE:
        return f"{names[participant]} has not said yet when they work and what they look for."
    return explain_unassigned(decode_blame(participant, blame), names)


def explain_unassigned(unassigned: Unassigned, names: TextById) -> str:
    """Tell a lead why a participant has no sensei."""
    causes = [CONSTRAINT_WORDS[cause].cause for cause in unassigned.causes]
    joined = _join(causes, "or" if unassigned.alone else "and")
    if len(causes) == 1:
        relation = ""
    elif unassigned.alone:
        relation = "; without one of these there would be one"
    else:
        relation = ", together"
    return f"{_look_up(names, unassigned.participant)} has no sensei: {joined}{relation}."


def no_sensei_yet() -> str:
    """Return the answer to a participant who has no sensei yet: never the cause."""
    return "You have no sensei yet. Your lead knows, and you will hear as soon as there is one."


def describe_deputy(deputy: Deputy, names: TextById) -> str:
    """Tell a lead what speaks for and against a deputy."""
    parts = [f"{format_hours(deputy.minutes)} a week in common"] if deputy.minutes else []
    over = f"{_spell_out(deputy.over)} over their capacity meanwhile"
    parts.append(over if deputy.over else "has room")
    parts += [
        f"not for {_look_up(names, participant)} ({CONSTRAINT_WORDS[constraint].label})"
        for participant, constraint in deputy.barred
    ]
    return f"{_look_up(names, deputy.sensei)}: {', '.join(parts)}."


def format_hours(minutes: int) -> str:
    """Return minutes as hours, rounded down to half an hour; below half an hour as minutes."""
    if minutes < 30:
        return f"{minutes} minute{'' if minutes == 1 else 's'}"
    whole, half = divmod(minutes // 30, 2)
    if not whole:
        return "half an hour"
    return f"{whole}{'½' if half else ''} hour{'' if (whole, half) == (1, 0) else 's'}"


def _explain_consequences(answer: Counterfactual, sensei: str, participant: str) -> str:
    full = "full; " if answer.full else ""
    left, parts = len(answer.unassigned), []
    if moved := len(answer.moves) - left:
        parts.append(f"move {_spell_out(moved)} other{'' if moved == 1 else 's'}")
    if left:
        parts.append(f"leave {_spell_out(left)} other{'' if left == 1 else 's'} without a sensei")
    if not parts:
        parts.append("move nobody else")
    parts.append(_describe_change(answer))
    return f"Not {sensei}: {full}giving {participant} {sensei} would {_join(parts)}."


def _describe_change(answer: Counterfactual) -> str:
    if not answer.loss:
        return "leave the cohort's fit as it is"
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
            return f"they have {format_hours(answer.minutes)} a week in common{least}"
        case Constraint.CAPACITY:
            return f"{sensei} takes nobody"
        case Constraint.LOCKED:
            return f"all of {sensei}'s places are locked for others"
        case constraint:
            return CONSTRAINT_WORDS[constraint].label


def _name_or_nobody(names: TextById, person: str | None) -> str:
    return "nobody" if person is None else _look_up(names, person)


def _look_up(texts: TextById, key: str) -> str:
    return texts.get(key, key)


def _spell_out(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]


def _join(parts: Sequence[str], word: str = "and") -> str:
    *most, last = parts
    return f"{', '.join(most)} {word} {last}" if most else last
