"""How long people wait for an answer in Slack while everybody opens their App Home.

``python -m benchmarks.chat_burst [--homes N] [--imported N] [--joins N]``, on SQLite, with a running bot and
a Slack on loopback that enforces its limits: N people open their Homes at once, N people are imported, and
then N others join within a minute. For each join: did the form open, who refused it if not, and how many
seconds after the form was sent was it confirmed. At the end: the seconds until the last Home was shown, and
what failed. Most of the time passes while Sensei waits for Slack's limits, so a run takes several minutes.
"""

import argparse
import os
import platform
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa

from bot.adapters.database.connections import make_engine
from bot.adapters.database.transaction import SqlStore
from bot.adapters.files.remembered_accounts import RememberedAccounts
from bot.domain.dojo.cohort_choice import CohortChoice
from bot.domain.dojo.people import CohortRole
from bot.ports.chat import ChatUser, Workspace
from bot.workflows.dojo.people_import import PeopleImport
from tests import databases
from tests.fakes.slack import Outcome, Person, Slack
from tests.serving import Serving, serving
from tests.workflows.peopled import WORDS

JOINING_SECONDS = 54.0
RETRY_SECONDS = 5.0
EVENT_RETRIES = (0.0, 5.0, 20.0)
LONGEST = 900.0
QUIET = 75.0  # seconds without another Home, after which no more are expected
HEAD = "name,role,slack,github,time_zone,days,hours,skills,stacks,goals,prefers,capacity\n"


class Directory:
    """What an import asks of Slack, answered at once: the import's own lookups are not measured here."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    def workspace(self) -> Workspace:
        """Return the workspace."""
        return Workspace(self._slack.team, self._slack.team_name, self._slack.bot_user, "")

    def user(self, user: str) -> ChatUser:
        """Return a user."""
        return ChatUser(user, self._slack.accounts[user].name, "Europe/London", False, False)


@dataclass
class Join:
    """One person's try to join."""

    person: Person
    answer: str = ""
    sent_at: float = 0.0
    shown_after: float = 0.0
    unsaved: int = 0

    def confirmed_at(self) -> float | None:
        """Return when the confirmation was posted, in seconds since 1970, or None."""
        found = self.person.messages
        return float(found[0]["ts"]) if found else None


def join(person: Person, at: float) -> Join:
    """Open the form at a moment, and send it if it opened. If Sensei couldn't save it, try again."""
    time.sleep(max(0.0, at - time.monotonic()))
    made = Join(person)
    typed: dict[str | tuple[str, str], Any] = {
        "join.name": person.account.name,
        "join.time_zone": "Europe/London",
    }
    while True:
        began = time.monotonic()
        answer: Outcome = person.command("/dojo join participant")
        made.shown_after = max(made.shown_after, time.monotonic() - began)
        if not has_form(person):
            made.answer = answer.text or "no answer"
            made.sent_at = 0.0  # an earlier form may have been sent, but it wasn't saved
            return made
        made.sent_at = time.time()
        outcome = person.submit(typed)
        if not outcome.failed and not has_form(person):
            return made
        made.unsaved += 1
        if has_form(person):
            person.closes()
        time.sleep(RETRY_SECONDS)


def has_form(person: Person) -> bool:
    return person.modal is not None


def import_people(it: Serving, slack: Slack, people: list[Person]) -> None:
    """Import people in one transaction, as ``sensei people import`` does."""
    rows = "".join(f"{p.account.name},participant,{p.id},,Europe/London,,,,,,,\n" for p in people)
    engine = make_engine(it.environment["SENSEI_DATABASE_URL"])
    memory = RememberedAccounts(it.folder / "accounts.json", now)
    chat = cast("Any", Directory(slack))
    work = PeopleImport(SqlStore(engine, "github.com", now), chat, memory, WORDS, now)
    done = work.run((HEAD + rows).encode(), "csv", CohortChoice())
    assert done.written, done
    engine.dispose()


def add_lead(it: Serving, slack: Slack) -> None:
    """Add a lead, whose Home shows every change."""
    lead = slack.person("Lea Lead")
    engine = make_engine(it.environment["SENSEI_DATABASE_URL"])
    with SqlStore(engine, "github.com", now).begin() as tx:
        cohort = tx.cohorts.all()[0].id
        tx.cohorts.set_workspace(cohort, slack.team)
        person = tx.members.find_or_add_by_chat(slack.team, lead.id, "Lea Lead", now())
        tx.members.join(cohort, person, CohortRole.LEAD, now())
    engine.dispose()


def now() -> datetime:
    return datetime.now(UTC)


def open_homes(people: list[Person], seconds: float) -> None:
    """Open many Homes, evenly over some seconds."""
    for person in people:
        person.opens_home()
        time.sleep(seconds / len(people))


def count_dead(it: Serving) -> int:
    with it.database.connect() as connection:
        query = (
            "SELECT count(*) FROM workflow_status WHERE status IN ('ERROR', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED')"
        )
        return int(connection.execute(sa.text(query)).scalar_one())


def wait_until(condition: Any, seconds: float) -> bool:
    last = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > last:
            return False
        time.sleep(0.5)
    return True


def burst(it: Serving, slack: Slack, homes: int, imported: int, joins: int) -> None:
    """Run the burst, and print the figures."""
    visitors = [slack.person(f"Visitor {n}") for n in range(homes)]
    members = [slack.person(f"Member {n}") for n in range(imported)]
    newcomers = [slack.person(f"Newcomer {n}") for n in range(joins)]
    add_lead(it, slack)
    slack.strict_limits, slack.retry_after = True, EVENT_RETRIES
    began = time.monotonic()
    opener = threading.Thread(target=open_homes, args=(visitors, 20.0))
    opener.start()
    opener.join()
    if members:
        import_people(it, slack, members)
    first, imported_at = time.monotonic(), time.time()
    with ThreadPoolExecutor(8) as pool:
        moments = [first + n * JOINING_SECONDS / max(joins, 1) for n in range(joins)]
        tried = list(pool.map(join, newcomers, moments))
    sent = [made for made in tried if made.sent_at]
    all_confirmed = wait_until(lambda: all(made.confirmed_at() for made in sent), LONGEST)
    all_welcomed = wait_until(lambda: all(person.messages for person in members), LONGEST)
    wait_until(lambda: len(shown := find_first_shown(slack, visitors)) == homes or is_quiet(shown), LONGEST)
    shown = find_first_shown(slack, visitors)
    report(slack, tried, sent)
    last = f"{max(shown) - began:.0f} s"
    print(f"| last of {len(shown)} Homes shown, of {homes} opened, after the first was opened | {last} |")
    welcomed = max((float(person.messages[0]["ts"]) for person in members), default=imported_at)
    last = f"{welcomed - imported_at:.0f} s" if all_welcomed else "not all were welcomed"
    print(f"| last of {imported} imported people welcomed, after the import | {last} |")
    print(f"| all joins confirmed | {'yes' if all_confirmed else 'no'} |")
    print(f"| dead letters | {count_dead(it)} |")


def is_quiet(shown: list[float]) -> bool:
    return time.monotonic() - max(shown, default=0.0) > QUIET


def find_first_shown(slack: Slack, people: list[Person]) -> list[float]:
    """Return when each Home was first shown."""
    found: dict[str, float] = {}
    for call in slack.asked("views.publish"):
        if call.answer.get("ok"):
            found.setdefault(call.args["user_id"], call.at)
    return [found[person.id] for person in people if person.id in found]


def report(slack: Slack, tried: list[Join], sent: list[Join]) -> None:
    limited = Counter(call.method for call in slack.calls if call.status == 429)
    waits = sorted((made.confirmed_at() or time.time()) - made.sent_at for made in sent)
    opened = sorted(made.shown_after for made in tried)
    unsaved = sum(made.unsaved for made in tried)
    print("| what | figure |\n| --- | --- |")
    print(f"| forms opened | {len(sent)} of {len(tried)} |")
    print(f"| refused by Slack (429), by method | {dict(limited) or 'none'} |")
    print(f"| what the others read | {dict(Counter(made.answer for made in tried if made.answer)) or '-'} |")
    print(f"| forms that had to be sent again, because the database was busy | {unsaved} |")
    print(f"| form shown after, median and longest | {statistics.median(opened):.1f} s, {opened[-1]:.1f} s |")
    if waits:
        median = statistics.median(waits)
        print(f"| join confirmed after, median and longest | {median:.0f} s, {waits[-1]:.0f} s |")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--homes", type=int, default=1_000)
    parser.add_argument("--imported", type=int, default=200)
    parser.add_argument("--joins", type=int, default=120)
    given = parser.parse_args()
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors\n")
    with databases.run(), tempfile.TemporaryDirectory() as folder, Slack() as slack:
        settings = {
            "slack_bot_token": slack.bot_token,
            "slack_api_url": slack.api_url,
            "slack_signing_secret": slack.signing_secret,
        }
        with serving(Path(folder), **settings) as it:
            slack.events_url = f"http://127.0.0.1:{it.port}/slack/events"
            it.enrol()
            it.start(interpreter=True)
            it.wait(lambda: it.readiness()["slack"] == "ready")
            burst(it, slack, given.homes, given.imported, given.joins)
    return 0


if __name__ == "__main__":
    sys.exit(main())
