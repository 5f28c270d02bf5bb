"""A trial pairing in a terminal: short paragraphs that fit 80 columns, grouped by sensei."""

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from bot.domain.dojo.profiles import Vocabulary
from bot.domain.pairing.fit import PairReason, PairReasonKind
from bot.domain.pairing.problem import MINIMUM, Constraint
from bot.domain.pairing.trial_document import (
    NextBest,
    PairingTrial,
    SenseiLoad,
    TrialPair,
    TrialUnassigned,
)
from bot.domain.pairing.unassigned import Unassigned
from bot.rendering.pairing.explanations import (
    MOST_COVERED,
    TextById,
    explain_unassigned,
    format_skill,
)
from bot.rendering.text.durations import format_hours
from bot.rendering.text.name_lists import join_names
from bot.rendering.text.safe_text import count, one_line

_MOST_NAMES = 3

_WISHES = {
    PairReasonKind.WISHED_BY_BOTH: "They asked for each other.",
    PairReasonKind.WISHED_BY_PARTICIPANT: "The participant asked for this sensei.",
    PairReasonKind.WISHED_BY_SENSEI: "The sensei asked for this participant.",
}


def render_trial(
    trial: PairingTrial, file: str, vocabulary: Vocabulary, *, brief: bool = False
) -> Iterator[RenderableType]:
    """Yield a trial's summary, the participants without a sensei, and the pairs of each sensei.

    ``brief`` leaves out how to read the figures.
    """
    names = _name_people(trial)
    titles = {**vocabulary.skills, **vocabulary.stacks}
    yield Text(_summarise(trial, file))
    if not brief:
        yield Text(f"\n{_explain_figures(trial)}")
    if trial.unassigned:
        yield Text("\nWithout a sensei", "bold")
        for unassigned in trial.unassigned:
            yield _indent(explain_without(unassigned, names, trial.weights[MINIMUM]))
    for load in _sort_loads(trial, names):
        yield Text(f"\n{one_line(names[load.sensei])} {describe_load(load)}", "bold")
        theirs = [pair for pair in trial.pairs if pair.sensei == load.sensei]
        for pair in sorted(theirs, key=lambda pair: names[pair.participant].casefold()):
            yield Padding(
                Text(f"{one_line(names[pair.participant])} (fit {pair.fit} %)", "bold"), (0, 0, 0, 2)
            )
            yield _indent(explain_briefly(pair.reasons, titles))
            if trial.compared:
                yield _indent(explain_next_best(pair, trial, names))
    if trial.unknown_wishes:
        yield Text("\nWishes that have no effect", "bold")
        for wish in trial.unknown_wishes:
            yield _indent(f"{names[wish.person]} prefers {wish.prefers}, who isn't in {file}.")
    yield Text(f"\n{_conclude(trial)}")


def explain_without(unassigned: TrialUnassigned, names: TextById, minimum_hours: int) -> str:
    """Tell a lead why a participant has no sensei, and what would come closest to a remedy."""
    found = Unassigned(unassigned.participant, unassigned.causes, unassigned.alone)
    sentences = [explain_unassigned(found, names)]
    overlap = unassigned.most_overlap
    if Constraint.OVERLAP in unassigned.causes and overlap:
        nearest = names[overlap.sensei]
        sentences.append(
            f"The longest overlap is with {nearest}: {format_hours(overlap.minutes)} a week. At least "
            f"{format_hours(minimum_hours * 60)} are needed."
            if overlap.minutes
            else "No sensei's working hours overlap with theirs."
        )
    if Constraint.CAPACITY in unassigned.causes and unassigned.alone:
        possible = [names[sensei] for sensei in unassigned.possible]
        sentences.append(f"If {_join_any(possible)} took one more participant, that would be enough.")
    return " ".join(sentences)


def describe_load(load: SenseiLoad) -> str:
    """Say how many participants a sensei has, and how many more they would accept, after their name."""
    if not load.capacity:
        return "takes no participants"
    has = f"has {count(load.participants, 'participant')}" if load.participants else "has no participants"
    room = load.capacity - load.participants
    return f"{has} and room for {room} more" if room else f"{has} and is full"


def explain_briefly(reasons: Sequence[PairReason], titles: TextById) -> str:
    """Tell a lead the reasons for and against a pair, below the names of the two."""

    def join_titles(subjects: Sequence[str]) -> str:
        return "; ".join(titles.get(subject, subject) for subject in subjects)

    sentences = [_WISHES[reason.kind] for reason in reasons if reason.kind in _WISHES]
    covered = [format_skill(reason, titles) for reason in reasons if reason.kind is PairReasonKind.COVERS]
    if covered:
        sentences.append(f"The sensei covers {'; '.join(covered[:MOST_COVERED])}.")
    for reason in reasons:
        if reason.kind is PairReasonKind.OVERLAP:
            sentences.append(f"Their working hours overlap by {format_hours(reason.minutes)} a week.")
        elif reason.kind is PairReasonKind.STACKS:
            sentences.append(f"Both work with {join_titles(reason.subjects)}.")
    if lacking := [
        subject for reason in reasons if reason.kind is PairReasonKind.LACKS for subject in reason.subjects
    ]:
        sentences.append(f"Not covered: {join_titles(lacking)}.")
    return " ".join(sentences)


def explain_next_best(pair: TrialPair, trial: PairingTrial, names: TextById) -> str:
    """Tell a lead the best other sensei for a participant, and what that choice would cost."""
    if pair.next_best is None:
        others = [load for load in trial.loads if load.sensei != pair.sensei and load.capacity]
        if not others:
            return "There is no other sensei."
        return "No other sensei is possible, because the working hours don't overlap enough."
    other = pair.next_best
    return f"Next best: {names[other.sensei]} (fit {other.fit} %){_describe_cost(other, names)}."


def _describe_cost(other: NextBest, names: TextById) -> str:
    if losers := [names[move.participant] for move in other.moves if move.after is None]:
        return f", but then {join_names(losers, _MOST_NAMES)} would have no sensei"
    points = round(other.cost)
    if not other.cost:
        worse = "just as good overall"
    else:
        worse = f"{count(points, 'point') if points else 'less than a point'} worse overall"
    match other.moves:
        case ():
            return f", {worse}"
        case (move,):
            return f", {worse}; {names[move.participant]} would move to {names[move.after or '']}"
        case moves:
            return f", {worse}; {len(moves)} other participants would move"


def _name_people(trial: PairingTrial) -> dict[str, str]:
    """Return the name of each person, followed by their account if others in the file have the same name."""
    numbers = Counter(person.name.casefold() for person in trial.people)
    return {
        person.slack: f"{person.name} ({person.slack})"
        if numbers[person.name.casefold()] > 1
        else person.name
        for person in trial.people
    }


def _summarise(trial: PairingTrial, file: str) -> str:
    without = len(trial.unassigned)
    people = f"{count(len(trial.pairs) + without, 'participant')} and {count(len(trial.loads), 'sensei')}"
    places = count(sum(load.capacity for load in trial.loads), "place")
    left = (
        f"{count(without, 'participant')} without a sensei" if without else "every participant has a sensei"
    )
    return f"{one_line(file)}: {people} with {places}.\n{count(len(trial.pairs), 'pair')}; {left}."


def _explain_figures(trial: PairingTrial) -> str:
    sentences = [
        "Fit is a percentage of the best possible match in skills, working hours, wishes and stacks.",
        "“(some)” and “(a little)” mean that the sensei offers less of a skill than the participant wants.",
    ]
    if trial.compared:
        sentences.append(
            "“Worse overall” shows how many points of fit the whole cohort would lose. A point is 1 % of the "
            "best possible fit of one pair."
        )
    return " ".join(sentences)


def _conclude(trial: PairingTrial) -> str:
    lines = ["Sensei saved nothing, and sent nothing to Slack or GitHub."]
    if not trial.compared:
        lines.append("There are too many people to work out each participant's next-best sensei.")
    return "\n".join(lines)


def _sort_loads(trial: PairingTrial, names: TextById) -> list[SenseiLoad]:
    return sorted(trial.loads, key=lambda load: (names[load.sensei].casefold(), load.sensei))


def _join_any(names: Sequence[str]) -> str:
    if len(names) > _MOST_NAMES:
        return f"{names[0]} or any of {len(names) - 1} other senseis"
    return join_names(names).replace(" and ", " or ")


def _indent(text: str) -> RenderableType:
    return Padding(Text(one_line(text)), (0, 0, 0, 4))
