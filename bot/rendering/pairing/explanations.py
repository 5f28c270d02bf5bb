"""A pairing in words: plain text, one language for every surface. Escaping is the surface's.

``names`` are by person id, ``titles`` of skills and stacks by theirs; where one is missing the id is shown.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from bot.domain.pairing.counterfactual import AlreadyTogether, Counterfactual, ImpossiblePair
from bot.domain.pairing.deputies import Deputy
from bot.domain.pairing.fit import PairReason, PairReasonKind
from bot.domain.pairing.problem import Constraint
from bot.domain.pairing.solver import ReleasedLock, SolvedPair
from bot.domain.pairing.unassigned import Unassigned

Named = Mapping[str, str]

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_SHOWN = 3
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
_BLAMED = {
    Constraint.GONE: "no sensei takes part",
    Constraint.PAUSED: "the sensei they could have is paused",
    Constraint.OVERLAP: "too few working hours in common",
    Constraint.CAPACITY: "all places are taken",
    Constraint.LOCKED: "locked pairs hold the places",
    Constraint.VETOED: "a veto",
    Constraint.CONFIDENTIAL: "a confidential constraint",
}

_BARRED = {
    **_BLAMED,
    Constraint.GONE: "one of them does not take part",
    Constraint.SELF: "nobody is their own sensei",
    Constraint.PAUSED: "one of them is paused",
    Constraint.CAPACITY: "no place",
}


def reasons(pair: SolvedPair, names: Named, titles: Named, you: Collection[str] = ()) -> tuple[str, ...]:
    """Return the reasons for a pair, a sentence each, the strongest first.

    ``you`` are those of the two who read them; nobody: they are told of both.
    """
    return tuple(_reasons(pair, _name(names, pair.participant), _name(names, pair.sensei), titles, you))


def _reasons(
    pair: SolvedPair, participant: str, sensei: str, titles: Named, you: Collection[str]
) -> Iterator[str]:
    given, wishes = pair.reasons, _YOUR_WISHES if you else _WISHES
    for one in given:
        if one.kind in wishes:
            yield wishes[one.kind].format(participant=participant, sensei=sensei)
    if covered := [one for one in given if one.kind is PairReasonKind.COVERS][:_SHOWN]:
        brings = "You bring" if [*you] == [pair.sensei] else f"{sensei} brings"
        yield f"{brings} what is looked for: {'; '.join(_covered(one, titles) for one in covered)}."
    for one in given:
        if one.kind is PairReasonKind.OVERLAP:
            yield f"{'You' if you else 'They'} share {hours(one.minutes)} of work a week."
        elif one.kind is PairReasonKind.STACKS:
            both = "You both" if you else "Both"
            yield f"{both} work with {_listed([_name(titles, stack) for stack in one.subjects])}."
    if lacking := [_name(titles, one.subjects[0]) for one in given if one.kind is PairReasonKind.LACKS]:
        yield f"Not covered: {_listed(lacking)}."


def _covered(one: PairReason, titles: Named) -> str:
    """Return a skill's title, and how much of it is brought where that is less than is looked for."""
    title = _name(titles, one.subjects[0])
    return f"{title} ({'some' if one.have > 1 else 'a little'})" if one.have < one.want else title


def why_not(
    answer: AlreadyTogether | ImpossiblePair | Counterfactual, names: Named, minimum_hours: int = 0
) -> str:
    """Return a counterfactual for the lead, with who would move."""
    participant, sensei = _name(names, answer.participant), _name(names, answer.sensei)
    match answer:
        case AlreadyTogether():
            return f"{participant} has {sensei}."
        case ImpossiblePair():
            return f"Not {sensei} for {participant}: {_stands_in_the_way(answer, sensei, minimum_hours)}."
        case Counterfactual():
            told = _consequences(answer, sensei, participant)
            moves = [
                f"{_name(names, move.participant)} from {_somebody(names, move.before)} to "
                f"{_somebody(names, move.after)}"
                for move in answer.moves
            ]
            return f"{told} {_capital('; '.join(moves))}." if moves else told


def passed_on(answer: Counterfactual, names: Named) -> str:
    """Return a counterfactual as the lead may pass it on to the participant: nobody else is named in it."""
    return _consequences(answer, _name(names, answer.sensei), "you")


def asked_by_participant(sensei: str) -> str:
    """Return what a participant hears who asks why they have not got ``sensei`` (a name): always the same.

    Any answer that told one case from another would tell, by what is left, that somebody asked never to be
    paired with them. So nothing is worked out at all.
    """
    return (
        f"Why not {sensei}: the pairing weighs everybody at once, by what is looked for and brought, hours, "
        "places, wishes, and what people ask in confidence. What it was for one sensei is not told to "
        "participants, as that would tell of others. Your lead can look at it with you."
    )


def unpaired(one: Unassigned, names: Named) -> str:
    """Return for the lead why somebody has no sensei."""
    causes = _listed([_BLAMED[cause] for cause in one.causes], "or" if one.alone else "and")
    if len(one.causes) == 1:
        more = ""
    elif one.alone:
        more = "; without one of these there would be one"
    else:
        more = ", together"
    return f"{_name(names, one.participant)} has no sensei: {causes}{more}."


def unpaired_participant() -> str:
    """Return what somebody hears who has no sensei yet: never the cause."""
    return "You have no sensei yet. Your lead knows, and you will hear as soon as there is one."


def released(one: ReleasedLock, names: Named) -> str:
    """Return for the lead that a lock could not hold."""
    return (
        f"{_name(names, one.participant)} and {_name(names, one.sensei)} were locked and could not be kept: "
        f"{_BARRED[one.constraint]}."
    )


def deputy(one: Deputy, names: Named) -> str:
    """Return for the lead what speaks for and against a deputy."""
    parts = [f"{hours(one.minutes)} a week in common"] if one.minutes else []
    parts.append(f"{_number(one.over)} over their capacity meanwhile" if one.over else "has room")
    parts += [f"not for {_name(names, who)} ({_BARRED[bar]})" for who, bar in one.barred]
    return f"{_name(names, one.sensei)}: {', '.join(parts)}."


def hours(minutes: int) -> str:
    """Return minutes as hours, to the half hour below; less than that as minutes."""
    if minutes < 30:
        return f"{minutes} minute{'' if minutes == 1 else 's'}"
    whole, half = divmod(minutes // 30, 2)
    if not whole:
        return "half an hour"
    return f"{whole}{'½' if half else ''} hour{'' if (whole, half) == (1, 0) else 's'}"


def _consequences(answer: Counterfactual, sensei: str, whom: str) -> str:
    full = "full; " if answer.full else ""
    left, parts = len(answer.unassigned), []
    if moved := len(answer.moves) - left:
        parts.append(f"move {_number(moved)} other{'' if moved == 1 else 's'}")
    if left:
        parts.append(f"leave {_number(left)} other{'' if left == 1 else 's'} without a sensei")
    if not parts:
        parts.append("move nobody else")
    parts.append(_change(answer))
    return f"Not {sensei}: {full}giving {whom} {sensei} would {_listed(parts)}."


def _change(answer: Counterfactual) -> str:
    if not answer.loss:
        return "leave the cohort's fit as it is"
    verb, percent = "lower" if answer.loss > 0 else "raise", answer.loss_percent
    if percent is None:
        by = f"{abs(answer.loss)} points"
    else:
        by = f"{abs(percent):.0f} %" if abs(percent) >= 1 else "less than 1 %"
    return f"{verb} the cohort's fit by {by}"


def _stands_in_the_way(answer: ImpossiblePair, sensei: str, minimum_hours: int) -> str:
    match answer.constraint:
        case Constraint.OVERLAP:
            least = f", and at least {hours(minimum_hours * 60)} are asked for" if minimum_hours else ""
            return f"they have {hours(answer.minutes)} a week in common{least}"
        case Constraint.CAPACITY:
            return f"{sensei} takes nobody"
        case Constraint.LOCKED:
            return f"all of {sensei}'s places are locked for others"
        case constraint:
            return _BARRED[constraint]


def _somebody(names: Named, person: str | None) -> str:
    return "nobody" if person is None else _name(names, person)


def _name(names: Named, one: str) -> str:
    return names.get(one, one)


def _number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _listed(parts: Sequence[str], word: str = "and") -> str:
    *most, last = parts
    return f"{', '.join(most)} {word} {last}" if most else last
