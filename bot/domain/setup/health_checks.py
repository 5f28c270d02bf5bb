"""What is wrong with a set-up, said of facts that somebody else has found: one sentence each, and a remedy.

Nothing here looks at anything. Each function returns findings, the good ones too.
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
LATE = 300.0  # seconds: what waits longer than the pump and a busy database explain
NEARLY_SPENT = 0.8
LEAST_ROOM, LITTLE_ROOM = 100 * 1024**2, 1024**3  # bytes
OLDEST_GIT, GOOD_GIT = (2, 31), (2, 40)  # GIT_CONFIG_COUNT; GIT_ATTR_SOURCE
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """What is known of the database. ``place`` holds no password. ``revision`` None: it has no tables.

    ``problem`` says why it cannot be used, ``unwritable`` why it cannot be written to; empty where it can.
    ``journal`` and ``shared`` (the kind of file system, if it is another machine's) are of SQLite's file.
    ``engine_fits`` says that the engine's schema is there or may be made.
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
        """Say whether its tables can be read."""
        return self.exists and not self.problem and self.state == "current"


def unset(unknown: Sequence[tuple[str, str]]) -> list[Finding]:
    """Say which variables mean nothing, each with the one that may be meant."""
    return [
        Finding(
            "settings",
            "warning",
            f"{name} is set, and there is no such setting.",
            f"Is it {close}?" if close else "Unset it; `sensei settings` lists what there is.",
        )
        for name, close in unknown
    ]


def database(it: DatabaseFacts) -> list[Finding]:
    """Judge the database."""
    if it.problem:
        remedy = "See that it runs, is a database, and lets this user in; then ask again."
        return [Finding("database", "bad", it.problem, remedy)]
    if not it.exists:
        return [Finding("database", "ok", f"None yet: {it.place} is made when it is needed.")]
    kind = "SQLite, in" if it.kind == "sqlite" else "PostgreSQL, at"
    found = [Finding("database", "ok", f"{kind} {it.place}."), _tables(it)]
    if it.unwritable:
        found.append(
            Finding(
                "writing",
                "bad",
                f"Nothing can be written: {it.unwritable}.",
                "Give this user the right to write there, or name another with SENSEI_DATABASE_URL.",
            )
        )
    if it.kind == "postgresql" and not it.engine_fits:
        found.append(
            Finding(
                "engine",
                "bad",
                "This user may not make the schema `dbos`, in which `sensei serve` keeps its work.",
                "As the database's owner: GRANT CREATE ON DATABASE to this user.",
            )
        )
    if it.kind == "sqlite":
        found += _file(it)
    return found


def _tables(it: DatabaseFacts) -> Finding:
    match it.state:
        case "current":
            return Finding("tables", "ok", f"Its tables are those of this version ({it.revision}).")
        case "newer":
            text = f"Its tables are of a newer version of Sensei ({it.revision})."
            return Finding("tables", "bad", text, "Upgrade Sensei on this machine.")
        case _ if it.kind == "sqlite":
            text = "Its tables are behind this version; the next command brings them up to date."
            return Finding("tables", "warning", text, "Run `sensei db upgrade` to do it now.")
        case "none":
            return Finding("tables", "bad", "It has no tables yet.", "Run `sensei db upgrade`.")
        case "behind":
            text = f"Its tables are behind this version ({it.revision})."
            return Finding("tables", "bad", text, "Run `sensei db upgrade`.")


def _file(it: DatabaseFacts) -> list[Finding]:
    found = []
    if it.journal != "wal":
        found.append(
            Finding(
                "journal",
                "warning",
                f"SQLite keeps its journal as {it.journal!r}, so whoever reads waits for whoever writes.",
                "`sensei db upgrade` switches it to WAL; if it does not stay so, the disk does not allow it.",
            )
        )
    if it.shared:
        found.append(
            Finding(
                "disk",
                "bad",
                f"The file lies on a file system of another machine ({it.shared}), on which SQLite's locks "
                "cannot be relied on.",
                "Move it to a local disk, or use PostgreSQL (SENSEI_DATABASE_URL).",
            )
        )
    return found


def served(holder: str | None, wanted: bool) -> Finding:
    """Say who serves; ``wanted`` where an App is set up, so that somebody should."""
    if holder:
        return Finding("sensei serve", "ok", f"`sensei serve` runs: {holder}.")
    if wanted:
        return Finding("sensei serve", "warning", "Nobody serves this database.", "Start `sensei serve`.")
    return Finding("sensei serve", "ok", "Nobody serves this database, and no App is set up.")


def work(it: Backlog, dead: Sequence[str], holder: str | None) -> list[Finding]:
    """Judge what waits and what gave up; ``dead`` are the ids of what gave up."""
    found = [_queue(it, holder)]
    if it.failed:
        found.append(
            Finding(
                "deliveries",
                "bad",
                f"{_count(it.failed, 'delivery', 'deliveries')} met a bug and waits to be handled.",
                "`sensei dead list` shows them, `sensei dead retry ID` handles one by a version that can.",
            )
        )
    if dead:
        found.append(
            Finding(
                "dead letters",
                "bad",
                f"{_count(len(dead), 'piece')} of work gave up: {_some(dead)}.",
                "`sensei dead list` says why, `sensei dead retry ID` lets one go on.",
            )
        )
    return found


def _queue(it: Backlog, holder: str | None) -> Finding:
    late = max(it.age(it.oldest_delivery), it.age(it.oldest_job))
    waits = it.waiting + it.overdue
    if late <= LATE:
        return Finding("queue", "ok", f"{_count(waits, 'thing')} in the queue, and none late.")
    since = f"{_count(waits, 'thing')} in the queue, the oldest for {_long(late)}"
    if holder:
        return Finding(
            "queue",
            "bad",
            f"{since}, though `sensei serve` runs.",
            "Its log says why; /readyz too. Restarting it loses nothing.",
        )
    return Finding("queue", "warning", f"{since}.", "Start `sensei serve`: it goes on with them.")


@dataclass(frozen=True, slots=True)
class StuckRound:
    """The last round of an open pull request, which has not come to a good end."""

    repository: str
    number: int
    state: RoundState
    error: str


_ENDED: Mapping[RoundState, tuple[str, str]] = {
    RoundState.STOPPED: (
        "stopped, as GitHub refused what was asked of it",
        "See that the App is installed there with its permissions; it is tried again within a day.",
    ),
    RoundState.INCOMPLETE: (
        "read in part, and given up after three more tries",
        "`/sensei review` on the pull request, or `sensei review --pr … --publish`, reads it again.",
    ),
    RoundState.FAILED: (
        "given up",
        "`sensei dead retry ID` lets it go on; a push or `/sensei review` reads it anew.",
    ),
}


def rounds(stuck: Sequence[StuckRound]) -> list[Finding]:
    """Judge the pull requests whose last reading was no good."""
    if not stuck:
        return [Finding("rounds", "ok", "Every open pull request's last reading came to a good end.")]
    found = []
    for state, (words, remedy) in _ENDED.items():
        mine = [each for each in stuck if each.state is state]
        if mine:
            names = _some([f"{each.repository}#{each.number}" for each in mine])
            why = f": {mine[0].error.rstrip('.')}" if mine[0].error else ""
            text = f"{_count(len(mine), 'pull request')} {words} ({names}){why}."
            found.append(Finding("rounds", "warning", text, remedy))
    return found


def capstones(enrolled: Sequence[Capstone]) -> list[Finding]:
    """Judge what is enrolled."""
    if not enrolled:
        remedy = "`sensei capstone add OWNER/NAME --participant LOGIN --sensei LOGIN`."
        return [Finding("capstones", "warning", "Nothing is enrolled, so nothing is read.", remedy)]
    found = [Finding("capstones", "ok", f"{_count(len(enrolled), 'capstone')} enrolled.")]
    if away := [each.full_name for each in enrolled if each.installation is None]:
        text = f"The App is not installed on {_some(away)}: nothing is read there."
        found.append(Finding("capstones", "bad", text, "Its owner installs it; then all goes on by itself."))
    if alone := [each.full_name for each in enrolled if each.sensei is None]:
        text = f"Nobody is the sensei of {_some(alone)}."
        remedy = "`sensei capstone add OWNER/NAME --participant LOGIN --sensei LOGIN` names one."
        found.append(Finding("capstones", "warning", text, remedy))
    return found


def clock(ahead: float) -> Finding:
    """Judge this machine's clock; ``ahead`` are the seconds by which it is ahead of GitHub's."""
    off = abs(ahead)
    text = f"This machine's clock is {off:.0f} s {'ahead of' if ahead > 0 else 'behind'} GitHub's."
    if off > WRONG_CLOCK:
        return Finding("clock", "bad", text, "Set it by NTP: GitHub refuses the App's key beyond a minute.")
    if off > ODD_CLOCK:
        return Finding("clock", "warning", text, "Set it by NTP; beyond a minute GitHub refuses the key.")
    return Finding("clock", "ok", "This machine's clock agrees with GitHub's.")


def missed(count: int, newest: datetime | None) -> Finding:
    """Judge how many deliveries GitHub could not bring in three days, the newest of them when."""
    if not count or newest is None:
        return Finding("missed deliveries", "ok", "GitHub could bring every delivery of the last three days.")
    return Finding(
        "missed deliveries",
        "warning",
        f"GitHub could not bring {_count(count, 'delivery', 'deliveries')} of the last three days, the "
        f"newest at {newest:%Y-%m-%d %H:%M} UTC.",
        "Can it reach the webhook, and is the secret the same there and here? `sensei serve` asks for them "
        "again.",
    )


def git(version: str | None) -> Finding:
    """Judge git, by what ``git version`` prints; None: there is none."""
    if version is None:
        return Finding("git", "bad", "git cannot be run.", "Install git 2.40 or newer.")
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if numbers < OLDEST_GIT:
        return Finding("git", "bad", f"git {version} is too old.", "Install git 2.40 or newer.")
    if numbers < GOOD_GIT:
        text = f"git {version} does not honour every ignore rule."
        return Finding("git", "warning", text, "Install git 2.40 or newer.")
    return Finding("git", "ok", f"git {version}.")


def room(what: str, place: str, free: int) -> Finding:
    """Judge how many bytes a disk has left for something."""
    text = f"{size(free)} are free for {what} ({place})."
    if free < LEAST_ROOM:
        return Finding("disk", "bad", text, "Make room: without it nothing can be kept.")
    if free < LITTLE_ROOM:
        return Finding("disk", "warning", text, "Make room, before nothing can be kept.")
    return Finding("disk", "ok", text)


def clones(place: str, unwritable: str, used: int, most: int, free: int) -> Finding:
    """Judge the folder of clones: ``used`` bytes of at most ``most``, on a disk with ``free`` left."""
    if unwritable:
        text = f"Clones cannot be written to {place}: {unwritable}."
        return Finding("clones", "bad", text, "Name another folder with SENSEI_CHECKOUTS.")
    text = f"Clones take {size(used)} of {size(most)} in {place}."
    if used > most:
        return Finding("clones", "warning", text, "The next reading removes some; or raise the cap.")
    if most - used > free:
        return Finding(
            "clones",
            "warning",
            f"{text} The disk has {size(free)} left, less than they may grow.",
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
            f"{text}: no call is made until midnight.",
            "Readings are by signals alone until then; SENSEI_DAY_BUDGET_USD raises it.",
        )
    if spent >= NEARLY_SPENT * day:
        remedy = "At the limit readings are by signals alone; SENSEI_DAY_BUDGET_USD raises it."
        return Finding("budget", "warning", f"{text}: most of it.", remedy)
    return Finding("budget", "ok", f"{text}.")


def retiring(model: str, when: str) -> Finding:
    """Say that a model's provider ends it."""
    text = f"{model} is deprecated; its provider ends it on {when}."
    return Finding("model", "warning", text, "Choose its successor (SENSEI_MODEL); `sensei eval` compares.")


def worst(found: Sequence[Finding]) -> Literal["ok", "warning", "bad"]:
    """Return the worst that was found."""
    states = {each.state for each in found}
    return "bad" if "bad" in states else "warning" if "warning" in states else "ok"


def size(count: int) -> str:
    """Return bytes as people read them."""
    scaled = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if scaled < 1024:
            return f"{scaled:.3g} {unit}"
        scaled /= 1024
    return f"{scaled:.3g} TB"


def _long(seconds: float) -> str:
    for unit, length in (("day", 86_400.0), ("hour", 3_600.0), ("minute", 60.0)):
        if seconds >= length:
            return _count(round(seconds / length), unit)
    return _count(round(seconds), "second")


def _count(number: int, thing: str, things: str | None = None) -> str:
    return f"{number:,} {thing if number == 1 else things or f'{thing}s'}"


def _some(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
