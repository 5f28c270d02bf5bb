"""Judge the facts about an installation, with a sentence and a remedy for each.

The caller collects the facts; these functions only judge them. They return good findings too.
"""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.domain.dojo.cohort_choice import clean_name
from bot.domain.jobs.backlog import Backlog
from bot.domain.pull_requests.records import Capstone, RoundState
from bot.domain.setup.findings import Finding

# Seconds. GitHub refuses an App's token that was issued more than a minute in GitHub's future.
# https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
WRONG_CLOCK, ODD_CLOCK = 60.0, 20.0
LATE = 300.0  # Seconds, longer than the pump's interval or a busy database would explain.
NEARLY_SPENT = 0.8
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """Facts about the database. ``place`` contains no password. ``revision`` is None if it has no tables.

    ``problem`` says why it cannot be used, ``unwritable`` why it cannot be written to; otherwise they are
    empty. ``journal`` and ``shared`` are for SQLite. ``shared`` is the file system's kind, if it is on
    another machine. ``engine_fits`` is set if the engine's schema exists or this user may create it.
    """

    kind: Literal["sqlite", "postgresql"]
    place: str
    exists: bool = True
    problem: str = ""
    revision: str | None = None
    state: Literal["none", "current", "behind", "newer"] = "current"
    unwritable: str = ""
    journal: str = "wal"
    shared: str = ""
    engine_fits: bool = True

    @property
    def usable(self) -> bool:
        """Return whether the database's tables can be read."""
        return self.exists and not self.problem and self.state == "current"


def unset(unknown: Sequence[tuple[str, str]]) -> list[Finding]:
    """Report unknown variables, each with the variable that was probably meant."""
    return [
        Finding(
            "settings",
            "warning",
            f"{name} is set, but Sensei has no such setting.",
            f"Did you mean {close}?" if close else "Unset it. `sensei settings` lists all settings.",
        )
        for name, close in unknown
    ]


def database(facts: DatabaseFacts) -> list[Finding]:
    """Judge the database."""
    if facts.problem:
        remedy = (
            "Check that the database is running, is of the right kind and accepts this user. "
            "Then run `sensei doctor` again."
        )
        return [Finding("database", "bad", facts.problem, remedy)]
    if not facts.exists:
        return [
            Finding(
                "database", "ok", f"There is no database yet. Sensei will create {facts.place} when needed."
            )
        ]
    kind = "SQLite, in" if facts.kind == "sqlite" else "PostgreSQL, at"
    found = [Finding("database", "ok", f"{kind} {facts.place}."), _judge_tables(facts)]
    if facts.unwritable:
        found.append(
            Finding(
                "writing",
                "bad",
                f"The database cannot be written to: {facts.unwritable}.",
                "Give this user write access, or set SENSEI_DATABASE_URL to another database. If another "
                "program is writing to it, wait until that has finished.",
            )
        )
    if facts.kind == "postgresql" and not facts.engine_fits:
        found.append(
            Finding(
                "engine",
                "bad",
                "This user cannot create the schema `dbos`, in which `sensei serve` stores its work.",
                "Ask the database's owner to run GRANT CREATE ON DATABASE for this user.",
            )
        )
    if facts.kind == "sqlite":
        found += _judge_file(facts)
    return found


def _judge_tables(facts: DatabaseFacts) -> Finding:
    match facts.state:
        case "current":
            return Finding("tables", "ok", f"The tables match this version of Sensei ({facts.revision}).")
        case "newer":
            text = f"The tables belong to a newer version of Sensei ({facts.revision})."
            return Finding("tables", "bad", text, "Upgrade Sensei on this machine.")
        case _ if facts.kind == "sqlite":
            text = (
                "The tables are older than this version of Sensei. The next `sensei` command that uses the "
                "database will upgrade them."
            )
            return Finding("tables", "warning", text, "To upgrade them now, run `sensei db upgrade`.")
        case "none":
            return Finding("tables", "bad", "The database has no tables yet.", "Run `sensei db upgrade`.")
        case "behind":
            text = f"The tables are older than this version of Sensei ({facts.revision})."
            return Finding("tables", "bad", text, "Run `sensei db upgrade`.")


def _judge_file(facts: DatabaseFacts) -> list[Finding]:
    found = []
    if facts.journal != "wal":
        found.append(
            Finding(
                "journal",
                "warning",
                f"SQLite's journal mode is {facts.journal!r}, so reads wait for writes.",
                "Run `sensei db upgrade` to switch it to WAL. If it switches back, the disk does "
                "not support WAL.",
            )
        )
    if facts.shared:
        found.append(
            Finding(
                "disk",
                "bad",
                f"The database file is on another machine's file system ({facts.shared}), where SQLite's "
                f"locks are unreliable.",
                "Move it to a local disk, or use PostgreSQL (SENSEI_DATABASE_URL).",
            )
        )
    return found


def served(holder: str | None, wanted: bool) -> Finding:
    """Report which process serves. ``wanted`` means that an App is set up, so one should be running."""
    if holder:
        return Finding("sensei serve", "ok", f"`sensei serve` is running: {holder}.")
    if wanted:
        return Finding("sensei serve", "warning", "`sensei serve` is not running.", "Start `sensei serve`.")
    return Finding(
        "sensei serve", "ok", "`sensei serve` is not running. It needs a GitHub App, and none is set up."
    )


def work(backlog: Backlog, dead: Sequence[str], holder: str | None) -> list[Finding]:
    """Judge the waiting work and the failed work, whose ids are ``dead``."""
    found = [_judge_queue(backlog, holder)]
    if backlog.failed:
        found.append(
            Finding(
                "deliveries",
                "bad",
                f"{_count(backlog.failed, 'delivery', 'deliveries')} could not be handled because of a bug.",
                "`sensei dead list` shows them. Once you run a version without the bug, run `sensei dead "
                "retry ID` for each.",
            )
        )
    if backlog.failed_jobs:
        found.append(
            Finding(
                "jobs",
                "bad",
                f"Sensei could not start {_count(backlog.failed_jobs, 'job')}.",
                "`sensei dead list` shows the reasons. Once you run a version that can start the jobs, "
                "they start by themselves: Sensei tries again every five minutes.",
            )
        )
    if dead:
        found.append(
            Finding(
                "dead letters",
                "bad",
                f"Sensei gave up on {_count(len(dead), 'piece')} of work: {_list_names(dead)}.",
                "`sensei dead list` shows the reasons, and what Sensei will retry by itself. Retry the "
                "others with `sensei dead retry ID`.",
            )
        )
    return found


def waiting_messages(count: int) -> list[Finding]:
    """Judge the messages that wait because the bot token doesn't work."""
    if not count:
        return []
    return [
        Finding(
            "waiting messages",
            "warning",
            f"{_count(count, 'message')} can't go out, because Sensei can't use its bot token. None is lost.",
            "Make the bot token work, as described above. Sensei then sends each message once, in order.",
        )
    ]


def _judge_queue(backlog: Backlog, holder: str | None) -> Finding:
    late = max(backlog.age(backlog.oldest_delivery), backlog.age(backlog.oldest_job))
    waits = backlog.waiting + backlog.overdue
    if late <= LATE:
        return Finding("queue", "ok", f"{_count(waits, 'item')} in the queue, none late.")
    since = f"{_count(waits, 'item')} in the queue, the oldest for {_format_duration(late)}"
    if holder:
        return Finding(
            "queue",
            "bad",
            f"{since}, although `sensei serve` is running.",
            "Look for the reason in the log of `sensei serve` and at its address /readyz. If you restart it, "
            "nothing is lost.",
        )
    return Finding("queue", "warning", f"{since}.", "Start `sensei serve`, which works through the queue.")


@dataclass(frozen=True, slots=True)
class StuckRound:
    """The last round of an open pull request that did not succeed."""

    repository: str
    number: int
    state: RoundState
    error: str


_ENDED: Mapping[RoundState, tuple[str, str]] = {
    RoundState.STOPPED: (
        "For {pulls}, the last review stopped because GitHub refused a request",
        "Check that the App is installed there and has its permissions. Sensei will retry within a day.",
    ),
    RoundState.INCOMPLETE: (
        "For {pulls}, the last review was incomplete, and Sensei gave up after three more attempts",
        "For a new review, comment `/sensei review` there, or run `sensei review --pr … --publish`.",
    ),
    RoundState.FAILED: (
        "For {pulls}, Sensei gave up the last review",
        "Retry it with `sensei dead retry ID`, or start a new review with a push or `/sensei review`.",
    ),
}


def rounds(stuck: Sequence[StuckRound]) -> list[Finding]:
    """Judge the pull requests whose last round did not succeed."""
    if not stuck:
        return [Finding("rounds", "ok", "The last review of every open pull request succeeded.")]
    found = []
    for state, (words, remedy) in _ENDED.items():
        mine = [round_ for round_ in stuck if round_.state is state]
        if mine:
            names = _list_names([f"{round_.repository}#{round_.number}" for round_ in mine])
            why = f": {mine[0].error.rstrip('.')}" if mine[0].error else ""
            pulls = f"{_count(len(mine), 'pull request')} ({names})"
            text = f"{words.format(pulls=pulls)}{why}."
            found.append(Finding("rounds", "warning", text, remedy))
    return found


def cohort(names: Sequence[str], setting: str | None) -> list[Finding]:
    """Judge the cohort that SENSEI_COHORT names, given the names of all cohorts."""
    if setting is None or clean_name(setting) in names:
        return []
    known = f"The cohorts are: {_list_names(names)}. " if names else ""
    return [
        Finding(
            "cohort",
            "warning",
            f"SENSEI_COHORT is {setting}, but there is no cohort with this name.",
            f"{known}Correct SENSEI_COHORT, or run `sensei cohort add {shlex.quote(setting)}`.",
        )
    ]


def capstones(enrolled: Sequence[Capstone], cohorts: Mapping[int, str]) -> list[Finding]:
    """Judge the enrolled capstones. ``cohorts`` has the names of all cohorts by id."""
    if not enrolled:
        remedy = "Enrol one: `sensei capstone add OWNER/NAME --participant LOGIN --sensei LOGIN`."
        return [
            Finding(
                "capstones", "warning", "No repository is enrolled, so Sensei has nothing to read.", remedy
            )
        ]
    found = [Finding("capstones", "ok", f"{_count(len(enrolled), 'capstone')} enrolled.")]
    if away := [capstone.full_name for capstone in enrolled if capstone.installation is None]:
        text = f"The App is not installed on {_list_names(away)}, so Sensei reads nothing there."
        found.append(
            Finding(
                "capstones",
                "bad",
                text,
                "Ask the owner to install it. Sensei will then continue automatically.",
            )
        )
    if alone := [capstone for capstone in enrolled if capstone.sensei is None]:
        text = f"No sensei has been named for {_list_names([capstone.full_name for capstone in alone])}."
        found.append(Finding("capstones", "warning", text, _advise_to_name_sensei(alone, cohorts)))
    return found


def _advise_to_name_sensei(alone: Sequence[Capstone], cohorts: Mapping[int, str]) -> str:
    """Return a command for the first capstone, with its cohort: without that, it could move to another."""
    first = alone[0]
    command = f"sensei capstone add {first.full_name} --participant {first.participant.login} --sensei LOGIN"
    if len(cohorts) > 1:
        command += f" --cohort {shlex.quote(cohorts[first.cohort])}"
    return f"Name {'one' if len(alone) == 1 else 'one for each, such as'}: `{command}`."


def clock(ahead: float) -> Finding:
    """Judge this machine's clock, which is ``ahead`` seconds ahead of GitHub's."""
    off = abs(ahead)
    text = f"This machine's clock is {off:.0f} s {'ahead of' if ahead > 0 else 'behind'} GitHub's."
    if off > WRONG_CLOCK:
        return Finding(
            "clock",
            "bad",
            text,
            "Synchronise it with NTP. If it is off by over a minute, GitHub refuses the App's key.",
        )
    if off > ODD_CLOCK:
        return Finding(
            "clock",
            "warning",
            text,
            "Synchronise it with NTP. If it is off by over a minute, GitHub refuses the App's key.",
        )
    return Finding("clock", "ok", "This machine's clock matches GitHub's.")


def missed(count: int, newest: datetime | None) -> Finding:
    """Judge the deliveries that failed in the last three days, by their number and the time of the newest."""
    if not count or newest is None:
        return Finding("missed deliveries", "ok", "All deliveries of the last three days arrived.")
    return Finding(
        "missed deliveries",
        "warning",
        f"{_count(count, 'delivery', 'deliveries')} from the last three days did not arrive; "
        f"GitHub sent the newest at {newest:%Y-%m-%d %H:%M} UTC.",
        "Check that GitHub can reach the webhook, and that GitHub and Sensei use the same secret. `sensei "
        "serve` will request the deliveries again.",
    )


def budget(spent: float, day: float | None) -> Finding:
    """Judge today's spending, in USD."""
    if day is None:
        text = f"${spent:.2f} spent today (UTC). No daily budget is set."
        return Finding("budget", "ok", text)
    text = f"${spent:.2f} of ${day:.2f} spent today (UTC)"
    if spent >= day:
        return Finding(
            "budget",
            "bad",
            f"{text}, so Sensei will not call the model until midnight.",
            "Until then, Sensei reviews with signals only. To change that, raise SENSEI_DAY_BUDGET_USD.",
        )
    if spent >= NEARLY_SPENT * day:
        remedy = (
            "At the limit, Sensei reviews with signals only. To change that, raise SENSEI_DAY_BUDGET_USD."
        )
        return Finding("budget", "warning", f"{text}, which is most of the budget.", remedy)
    return Finding("budget", "ok", f"{text}.")


def retiring(model: str, when: str) -> Finding:
    """Report that the provider will retire a model."""
    text = f"{model} is deprecated. Its provider will retire it on {when}."
    return Finding(
        "model",
        "warning",
        text,
        "Set SENSEI_MODEL to its successor. You can compare the two with `sensei eval`.",
    )


def worst(found: Sequence[Finding]) -> Literal["ok", "warning", "bad"]:
    """Return the worst state of the findings."""
    states = {finding.state for finding in found}
    return "bad" if "bad" in states else "warning" if "warning" in states else "ok"


def _format_duration(seconds: float) -> str:
    for unit, length in (("day", 86_400.0), ("hour", 3_600.0), ("minute", 60.0)):
        if seconds >= length:
            return _count(round(seconds / length), unit)
    return _count(round(seconds), "second")


def _count(number: int, thing: str, things: str | None = None) -> str:
    return f"{number:,} {thing if number == 1 else things or f'{thing}s'}"


def _list_names(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
