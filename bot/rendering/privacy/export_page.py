"""The page of a person's data: what a ``sensei.export/1`` document contains, in words.

The page shows nothing that the document doesn't contain, so other people appear only as "another person".
The records of Sensei's own work become counts.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from bot.domain.dojo.profiles import Vocabulary
from bot.rendering.privacy.export_capstones import capstone_lines, elsewhere_lines
from bot.rendering.privacy.export_dojo import enrolment_lines, pairing_lines, person_lines, wish_lines
from bot.rendering.privacy.export_one_to_ones import one_to_one_lines
from bot.rendering.privacy.export_words import Json, day, minute, nested, section
from bot.rendering.review.markdown import code, plain

_INTRODUCTION = (
    "This page describes what Sensei stores about you. It leaves out what other people wrote, and their "
    "names. The JSON file that `sensei export` writes is for programs, and has all the records in full."
)
_ELSEWHERE = (
    "- In Slack: the messages that Sensei sent you.\n"
    "- On GitHub: Sensei's reviews, questions, check runs and answers, and everything that you wrote there.\n"
    "- On Sensei's server: its log, the backups of its database, and its clones of your repositories."
)


def render_page(document: Json, vocabulary: Vocabulary) -> str:
    """Return an export as a Markdown page, ending in a newline."""
    titles = {**vocabulary.skills, **vocabulary.stacks}
    dojo = document["dojo"]
    lines = [
        "# Your data in Sensei",
        "",
        f"As of {minute(document['made_at'])}. {_INTRODUCTION}",
        *section("You", [*person_lines(document)]),
        *section("Your place in the dojo", [*enrolment_lines(document["enrolments"], titles)]),
        *section("Your pairs", [*pairing_lines(dojo, titles)]),
        *section("Your one-to-ones", [*one_to_one_lines(dojo)]),
        *section("Your requests and holidays", [*wish_lines(dojo)]),
        *_capstone_sections(document["capstones"]),
        *section("In other people's capstones", [*elsewhere_lines(document["elsewhere"])]),
        *section("What was recorded about you", [*_audit_lines(document["audit"])]),
        *section("Sensei's own work", [*_work_lines(document)]),
        *section("Where else there may be data about you", [_ELSEWHERE]),
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def _capstone_sections(capstones: Sequence[Json]) -> list[str]:
    lines: list[str] = []
    for capstone in capstones:
        name = code(f"{capstone['owner']}/{capstone['name']}")
        lines += nested(f"{name}", [*capstone_lines(capstone)])
    return section("Your capstones", lines[1:])


def _audit_lines(events: Sequence[Json]) -> Iterator[str]:
    """Yield how often each kind of action was recorded, and when."""
    if not events:
        return
    yield from ("| action | times | first | last |", "| --- | ---: | --- | --- |")
    for action, times in sorted(Counter(event["action"] for event in events).items()):
        days = [day(event["at"]) for event in events if event["action"] == action]
        yield f"| {plain(action)} | {times:,} | {min(days)} | {max(days)} |"


def _work_lines(document: Json) -> Iterator[str]:
    """Yield counts of the records that Sensei needs for its own work, by kind."""
    work, capstones = document["work"], document["capstones"]
    counts = {
        "tasks that Sensei had to do": [
            *work["jobs"],
            *(job for capstone in capstones for job in capstone["jobs"]),
        ],
        "notes of posts and messages, so that Sensei sends none twice": [
            *work["effects"],
            *(effect for capstone in capstones for effect in capstone["effects"]),
        ],
        "steps of tasks that are running or finished": [
            *work["workflows"],
            *(workflow for capstone in capstones for workflow in capstone["workflows"]),
        ],
        "notices from GitHub and Slack that are still stored": document["deliveries"],
        "weekly digests that Sensei made for you (only the numbers of their rows)": document["dojo"][
            "digests"
        ],
        "rows of digests that you don't want to see until a certain day": document["dojo"]["snoozes"],
        "check-ins": [
            check_in for enrolment in document["enrolments"] for check_in in enrolment["check_ins"]
        ],
        "days on which Sensei wrote to you without being asked": document["dojo"]["unprompted"],
    }
    stored = {kind: len(records) for kind, records in counts.items() if records}
    if clones := sum(capstone["cloned"] for capstone in capstones):
        stored["clones of your repositories"] = clones
    if not stored:
        return
    yield from (
        "Sensei also stores records that it needs for its own work. The JSON has them in full.",
        "",
    )
    yield from ("| records | number |", "| --- | ---: |")
    for kind, number in stored.items():
        yield f"| {kind} | {number:,} |"
