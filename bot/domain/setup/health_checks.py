"""Judges the facts about an installation: a sentence for each, and a remedy.

The functions only judge; the caller finds the facts. They return good findings too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.domain.jobs.backlog import Backlog
from bot.domain.pull_requests.records import Capstone, RoundState
from bot.domain.setup.findings import Finding

# Seconds. GitHub refuses an App's assertion that was issued more than a minute in its future.
# https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
WRONG_CLOCK, ODD_CLOCK = 60.0, 20.0
LATE = 300.0  # seconds: longer than the pump and a busy database explain
NEARLY_SPENT = 0.8
LEAST_ROOM, LITTLE_ROOM = 100 * 1024**2, 1024**3  # bytes
OLDEST_GIT, GOOD_GIT = (2, 31), (2, 40)  # GIT_CONFIG_COUNT; GIT_ATTR_SOURCE
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """The facts about the database. ``place`` holds no password. ``revision`` None: it has no tables.

    ``problem`` says why it cannot be used, ``unwritable`` why it cannot be written to; empty if it can.
    ``journal`` and ``shared`` are for SQLite. ``shared`` is the kind of file system, if another machine's.
    ``engine_fits``: the engine's schema exists, or this user may create it.
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
        """Return whether its tables can be read."""
        return self.exists and not self.problem and self.state == "current"


def unset(unknown: Sequence[tuple[str, str]]) -> list[Finding]:
    """Report unknown variables, each with the one that may be meant."""
    return [
        Finding(
            "settings",
            "warning",
            f"{name} is set, but there is no such setting.",
            f"Did you mean {close}?" if close else "Unset it; `sensei settings` lists every setting.",
        )
        for name, close in unknown
    ]


def database(facts: DatabaseFacts) -> list[Finding]:
    """Judge the database."""
    if facts.problem:
        remedy = "Check that it runs, is a database and accepts this user. Then run `sensei doctor` again."
        return [Finding("database", "bad", facts.problem, remedy)]
    if not facts.exists:
        return [Finding("database", "ok", f"None yet: Sensei creates {facts.place} when it needs it.")]
    kind = "SQLite, in" if facts.kind == "sqlite" else "PostgreSQL, at"
    found = [Finding("database", "ok", f"{kind} {facts.place}."), _judge_tables(facts)]
    if facts.unwritable:
        found.append(
            Finding(
                "writing",
                "bad",
                f"Nothing can be written: {facts.unwritable}.",
                "Allow this user to write there, or name another database with SENSEI_DATABASE_URL.",
            )
        )
    if facts.kind == "postgresql" and not facts.engine_fits:
        found.append(
            Finding(
                "engine",
                "bad",
                "This user may not create the schema `dbos`, in which `sensei serve` stores its work.",
                "As the database's owner: GRANT CREATE ON DATABASE to this user.",
            )
        )
    if facts.kind == "sqlite":
        found += _judge_file(facts)
    return found


def _judge_tables(facts: DatabaseFacts) -> Finding:
    match facts.state:
        case "current":
            return Finding("tables", "ok", f"Its tables are those of this version ({facts.revision}).")
        case "newer":
            text = f"Its tables are of a newer version of Sensei ({facts.revision})."
            return Finding("tables", "bad", text, "Upgrade Sensei on this machine.")
        case _ if facts.kind == "sqlite":
            text = "Its tables are behind this version; the next command brings them up to date."
            return Finding("tables", "warning", text, "Run `sensei db upgrade` to do it now.")
        case "none":
            return Finding("tables", "bad", "It has no tables yet.", "Run `sensei db upgrade`.")
        case "behind":
            text = f"Its tables are behind this version ({facts.revision})."
            return Finding("tables", "bad", text, "Run `sensei db upgrade`.")


def _judge_file(facts: DatabaseFacts) -> list[Finding]:
    found = []
    if facts.journal != "wal":
        found.append(
            Finding(
                "journal",
                "warning",
                f"SQLite keeps its journal as {facts.journal!r}, so readers wait for writers.",
                "`sensei db upgrade` switches it to WAL. If it does not stay so, the disk has no WAL.",
            )
        )
    if facts.shared:
        found.append(
            Finding(
                "disk",
                "bad",
                f"The file is on another machine's file system ({facts.shared}), where SQLite's locks are "
                "not reliable.",
                "Move it to a local disk, or use PostgreSQL (SENSEI_DATABASE_URL).",
            )
        )
    return found


def served(holder: str | None, wanted: bool) -> Finding:
    """Report which process serves. ``wanted``: an App is set up, so one should."""
    if holder:
        return Finding("sensei serve", "ok", f"`sensei serve` runs: {holder}.")
    if wanted:
        return Finding("sensei serve", "warning", "`sensei serve` is not running.", "Start `sensei serve`.")
    return Finding("sensei serve", "ok", "`sensei serve` is not running, and no App is set up.")


def work(backlog: Backlog, dead: Sequence[str], holder: str | None) -> list[Finding]:
    """Judge the work that waits and the work that gave up, whose ids are ``dead``."""
    found = [_judge_queue(backlog, holder)]
    if backlog.failed:
        found.append(
            Finding(
                "deliveries",
                "bad",
                f"{_count(backlog.failed, 'delivery', 'deliveries')} could not be handled because of a bug.",
                "`sensei dead list` shows them. In a fixed version, `sensei dead retry ID` handles one.",
            )
        )
    if dead:
        found.append(
            Finding(
                "dead letters",
                "bad",
                f"{_count(len(dead), 'piece')} of work gave up: {_list_names(dead)}.",
                "`sensei dead list` says why; `sensei dead retry ID` retries one.",
            )
        )
    return found


def _judge_queue(backlog: Backlog, holder: str | None) -> Finding:
    late = max(backlog.age(backlog.oldest_delivery), backlog.age(backlog.oldest_job))
    waits = backlog.waiting + backlog.overdue
    if late <= LATE:
        return Finding("queue", "ok", f"{_count(waits, 'thing')} in the queue, and none late.")
    since = f"{_count(waits, 'thing')} in the queue, the oldest for {_format_duration(late)}"
    if holder:
        return Finding(
            "queue",
            "bad",
            f"{since}, though `sensei serve` runs.",
            "Its log and /readyz say why. Restarting it loses nothing.",
        )
    return Finding("queue", "warning", f"{since}.", "Start `sensei serve`, which continues with them.")


@dataclass(frozen=True, slots=True)
class StuckRound:
    """The last round of an open pull request, if it did not end well."""

    repository: str
    number: int
    state: RoundState
    error: str


_ENDED: Mapping[RoundState, tuple[str, str]] = {
    RoundState.STOPPED: (
        "stopped, because GitHub refused a request",
        "Check that the App is installed there with its permissions. Sensei tries again within a day.",
    ),
    RoundState.INCOMPLETE: (
        "read in part, and given up after three more attempts",
        "`/sensei review` on the pull request, or `sensei review --pr … --publish`, reads it again.",
    ),
    RoundState.FAILED: (
        "given up",
        "`sensei dead retry ID` retries it; a push or `/sensei review` reads it again.",
    ),
}


def rounds(stuck: Sequence[StuckRound]) -> list[Finding]:
    """Judge the pull requests whose last round did not end well."""
    if not stuck:
        return [Finding("rounds", "ok", "The last round of every open pull request ended well.")]
    found = []
    for state, (words, remedy) in _ENDED.items():
        mine = [round_ for round_ in stuck if round_.state is state]
        if mine:
            names = _list_names([f"{round_.repository}#{round_.number}" for round_ in mine])
            why = f": {mine[0].error.rstrip('.')}" if mine[0].error else ""
            text = f"{_count(len(mine), 'pull request')} {words} ({names}){why}."
            found.append(Finding("rounds", "warning", text, remedy))
    return found


def capstones(enrolled: Sequence[Capstone]) -> list[Finding]:
    """Judge the enrolled capstones."""
    if not enrolled:
        remedy = "`sensei capstone add OWNER/NAME --participant LOGIN --sensei LOGIN`."
        return [Finding("capstones", "warning", "No repository is enrolled, so Sensei reads none.", remedy)]
    found = [Finding("capstones", "ok", f"{_count(len(enrolled), 'capstone')} enrolled.")]
    if away := [capstone.full_name for capstone in enrolled if capstone.installation is None]:
        text = f"The App is not installed on {_list_names(away)}, so Sensei reads nothing there."
        found.append(
            Finding("capstones", "bad", text, "Ask the owner to install it. Sensei then continues by itself.")
        )
    if alone := [capstone.full_name for capstone in enrolled if capstone.sensei is None]:
        text = f"No sensei is set for {_list_names(alone)}."
        remedy = "`sensei capstone add OWNER/NAME --participant LOGIN --sensei LOGIN` names one."
        found.append(Finding("capstones", "warning", text, remedy))
    return found


def clock(ahead: float) -> Finding:
    """Judge this machine's clock, which is ``ahead`` seconds ahead of GitHub's."""
    off = abs(ahead)
    text = f"This machine's clock is {off:.0f} s {'ahead of' if ahead > 0 else 'behind'} GitHub's."
    if off > WRONG_CLOCK:
        return Finding("clock", "bad", text, "Set it by NTP: beyond a minute, GitHub refuses the App's key.")
    if off > ODD_CLOCK:
        return Finding(
            "clock", "warning", text, "Set it by NTP: beyond a minute, GitHub refuses the App's key."
        )
    return Finding("clock", "ok", "This machine's clock agrees with GitHub's.")


def missed(count: int, newest: datetime | None) -> Finding:
    """Judge the deliveries that failed in three days: how many, and when the newest was."""
    if not count or newest is None:
        return Finding("missed deliveries", "ok", "Every delivery of the last three days arrived.")
    return Finding(
        "missed deliveries",
        "warning",
        f"{_count(count, 'delivery', 'deliveries')} of the last three days did not arrive, the "
        f"newest at {newest:%Y-%m-%d %H:%M} UTC.",
        "Check that GitHub reaches the webhook and that both have the same secret. `sensei serve` asks for "
        "them again.",
    )


def git(version: str | None) -> Finding:
    """Judge git by its version; None: git cannot be run."""
    if version is None:
        return Finding("git", "bad", "git cannot be run.", "Install git 2.40 or newer.")
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if numbers < OLDEST_GIT:
        return Finding("git", "bad", f"git {version} is too old.", "Install git 2.40 or newer.")
    if numbers < GOOD_GIT:
        text = f"git {version} does not honour every ignore rule."
        return Finding("git", "warning", text, "Install git 2.40 or newer.")
    return Finding("git", "ok", f"git {version}.")


def room(purpose: str, place: str, free: int) -> Finding:
    """Judge how many bytes a disk has left."""
    text = f"{size(free)} are free for {purpose} ({place})."
    if free < LEAST_ROOM:
        return Finding("disk", "bad", text, "Free some space: Sensei can store nothing without it.")
    if free < LITTLE_ROOM:
        return Finding("disk", "warning", text, "Free some space before the disk is full.")
    return Finding("disk", "ok", text)


def clones(place: str, unwritable: str, used: int, most: int, free: int) -> Finding:
    """Judge the folder of clones: ``used`` bytes of at most ``most``, on a disk with ``free`` left."""
    if unwritable:
        text = f"Clones cannot be written to {place}: {unwritable}."
        return Finding("clones", "bad", text, "Name another folder with SENSEI_CHECKOUTS.")
    text = f"Clones take {size(used)} of {size(most)} in {place}."
    if used > most:
        return Finding(
            "clones", "warning", text, "The next reading deletes some. Or raise SENSEI_CHECKOUTS_MAX_BYTES."
        )
    if most - used > free:
        return Finding(
            "clones",
            "warning",
            f"{text} The disk has {size(free)} left, less than the clones may grow.",
            "Set SENSEI_CHECKOUTS_MAX_BYTES lower, or SENSEI_CHECKOUTS to a larger disk.",
        )
    return Finding("clones", "ok", text)


def budget(spent: float, day: float | None) -> Finding:
    """Judge what was spent today, in USD."""
    if day is None:
        text = f"${spent:.2f} spent today (UTC); no budget is set for a day."
        return Finding("budget", "ok", text)
    text = f"${spent:.2f} of ${day:.2f} spent today (UTC)"
    if spent >= day:
        return Finding(
            "budget",
            "bad",
            f"{text}: Sensei does not call the model until midnight.",
            "Until then signals alone read. Raise SENSEI_DAY_BUDGET_USD to change that.",
        )
    if spent >= NEARLY_SPENT * day:
        remedy = "At the limit signals alone read. Raise SENSEI_DAY_BUDGET_USD to change that."
        return Finding("budget", "warning", f"{text}: most of it.", remedy)
    return Finding("budget", "ok", f"{text}.")


def retiring(model: str, when: str) -> Finding:
    """Report that the provider retires a model."""
    text = f"{model} is deprecated; its provider retires it on {when}."
    return Finding("model", "warning", text, "Choose its successor (SENSEI_MODEL); `sensei eval` compares.")


def worst(found: Sequence[Finding]) -> Literal["ok", "warning", "bad"]:
    """Return the worst state of the findings."""
    states = {finding.state for finding in found}
    return "bad" if "bad" in states else "warning" if "warning" in states else "ok"


def size(count: int) -> str:
    """Return bytes as people read them."""
    scaled = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if scaled < 1024:
            return f"{scaled:.3g} {unit}"
        scaled /= 1024
    return f"{scaled:.3g} TB"


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
