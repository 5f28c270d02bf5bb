"""What an export's page says about a person and their place in the dojo."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.domain.dojo import profiles
from bot.domain.dojo.people import Weekday
from bot.domain.pairing.fit import PairReasonKind
from bot.rendering.privacy.export_one_to_ones import skipped_lines
from bot.rendering.privacy.export_words import (
    ENROLMENT_STATES,
    LINK_CODE_STATES,
    PAIR_STATES,
    Json,
    day,
    is_other,
    quote_lines,
)
from bot.rendering.review.markdown import code, plain
from bot.rendering.text.durations import format_hours
from bot.rendering.text.safe_text import count

Titles = Mapping[str, str]
_PROVIDERS = {"github": "GitHub", "slack": "Slack"}


def person_lines(document: Json) -> Iterator[str]:
    """Yield the person's name, id and accounts."""
    person, name = document["person"], document["dojo"]["name"]
    if name:
        yield f"- Name: {plain(name)}"
    if person:
        yield f"- Sensei's own id for you: {code(person['id'])}, since {day(person['created_at'])}"
    for identity in document["identities"]:
        provider = _PROVIDERS.get(identity["provider"], plain(identity["provider"]))
        number, place = code(identity["external_id"]), plain(identity["tenant"])
        yield (
            f"- {provider} account: {plain(identity['login'])} (id {number} at {place}), "
            f"{_say_since(identity)}"
        )
    if link := document["dojo"]["link_code"]:
        account = f" for the GitHub account {plain(link['login'])}" if link["login"] else ""
        until = day(link["expires_at"])
        state = LINK_CODE_STATES.get(link["state"], link["state"])
        yield f"- A one-time code to link an account{account}, valid until {until}: {state}"


def _say_since(identity: Json) -> str:
    """Say since when an account counts as the person's. Only one at the code host is confirmed by them."""
    if not identity["verified_at"]:
        return "not confirmed as yours"
    known = "known since" if identity["provider"] == "slack" else "confirmed as yours on"
    return f"{known} {day(identity['verified_at'])}"


def enrolment_lines(enrolments: Sequence[Json], titles: Titles) -> Iterator[str]:
    """Yield each role with what the person said about themselves."""
    for enrolment in enrolments:
        state = ENROLMENT_STATES.get(enrolment["state"], enrolment["state"])
        yield (
            f"- **{enrolment['role'].title()}** in {plain(enrolment['cohort'])} since "
            f"{day(enrolment['created_at'])}; {state}"
        )
        if profile := enrolment["profile"]:
            yield from _profile_lines(profile, enrolment, titles)
        yield from skipped_lines(enrolment)


def _profile_lines(profile: Json, enrolment: Json, titles: Titles) -> Iterator[str]:
    clock = profiles.format_clock
    days = profiles.format_days([Weekday(name) for name in profile["days"]])
    hours = f"{days}, {clock(profile['begins'])}–{clock(profile['ends'])}"
    yield f"  - Working hours: {hours}, {plain(profile['time_zone'])}"
    if profile["skills"]:
        label = "Skills you offer" if enrolment["role"] == "sensei" else "Skills you want help with"
        skills = ", ".join(
            f"{_title(skill, titles)} ({rating} of 3)" for skill, rating in profile["skills"].items()
        )
        yield f"  - {label}: {skills}"
    if profile["stacks"]:
        yield f"  - Stacks: {', '.join(_title(stack, titles) for stack in profile['stacks'])}"
    if enrolment["role"] == "sensei":
        yield f"  - You accept at most {count(profile['capacity'], 'participant')}."
    if wishes := len(enrolment["prefers"]):
        yield f"  - You named {wishes:,} {'person' if wishes == 1 else 'people'} you would like to work with."
    for label, text in (("Your goals", profile["goals"]), ("Your capstone", profile["brief"])):
        if text:
            yield f"  - {label}:"
            yield ""
            yield from quote_lines(text, "    ")
            yield ""


def pairing_lines(dojo: Json, titles: Titles) -> Iterator[str]:
    """Yield the person's pairs, and proposals that found no sensei for them."""
    for pair in dojo["pairs"]:
        is_participant = pair["participant"] == "themselves"
        role = "participant" if is_participant else "sensei"
        state = PAIR_STATES.get(pair["state"], pair["state"])
        if pair["state"] == "vetoed" and not is_participant:
            state = "was turned down by you"
        pairing = f"A pair in which you are the {role} {state}"
        yield f"- {pairing} ({day(pair['changed_at'])}). Fit: {pair['fit']} %."
        for sentence in _explain(pair, titles, is_participant=is_participant):
            yield f"  - {plain(sentence)}"
        if pair["why"]:
            why = "in another person's words" if is_other(pair["why"]) else f"“{plain(pair['why'])}”"
            yield f"  - Reason: {why}"
    for proposal in dojo["unassigned"]:
        yield f"- A proposal on {day(proposal['at'])} found no sensei for you."
    for proposal in dojo["proposals"]:
        yield f"- On {day(proposal['at'])}, you asked Sensei to propose pairs."


def _explain(pair: Json, titles: Titles, *, is_participant: bool) -> Iterator[str]:
    """Yield the reasons that the export has. It has none that only leads may see."""
    covers = "Your sensei covers" if is_participant else "You cover"
    for reason in pair["reasons"]:
        kind = reason.get("kind") if isinstance(reason, Mapping) else None
        names = (
            "; ".join(titles.get(subject, subject) for subject in reason.get("subjects", ())) if kind else ""
        )
        match kind:
            case PairReasonKind.KEPT:
                yield "You were already a pair."
            case PairReasonKind.WISHED_BY_BOTH:
                yield "You asked for each other."
            case PairReasonKind.COVERS:
                yield f"{covers} {names}."
            case PairReasonKind.OVERLAP:
                yield f"Your working hours overlap by {format_hours(reason['minutes'])} a week."
            case PairReasonKind.STACKS:
                yield f"You both work with {names}."


def wish_lines(dojo: Json) -> Iterator[str]:
    """Yield the person's confidential requests and holidays."""
    for request in dojo["never_pairs"]:
        reason = f": “{plain(request['reason'])}”" if request["reason"] else ", without a reason"
        yield (
            f"- On {day(request['created_at'])}, you asked in confidence never to be paired with a certain "
            f"person{reason}"
        )
    for absence in dojo["absences"]:
        deputy = "with a deputy" if absence["deputy"] else "without a deputy"
        yield f"- You are away from {absence['first_day']} to {absence['last_day']}, {deputy}."
    for absence in dojo["deputy"]:
        yield f"- You are the deputy of another sensei from {absence['first_day']} to {absence['last_day']}."


def _title(word: Any, titles: Titles) -> str:
    return plain(titles.get(word, str(word)))
