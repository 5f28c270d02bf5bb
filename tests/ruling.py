"""A capstone about which senseis decide: a running bot, GitHub, Slack and a model, all on loopback.

No question is asked before Ada's sensei has kept it, and what she merges is evidence that they rule on.
Wherever the clock stands, it is noon for everybody, and everybody works every day.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.domain.dojo.people import CohortRole, DateKind, Profile, Weekday, WorkingHours
from bot.workflows.digest.schedule import DigestSchedule
from tests import conversing, databases
from tests.conversing import PATIENCE, Conversing, now, read_by
from tests.fakes.github import GitHub
from tests.fakes.github.model import Pull, Thread
from tests.fakes.messages import Messages, Says, said
from tests.fakes.slack import Person, Slack
from tests.fakes.slack.judge import elements_of
from tests.fakes.slack.model import Json, Shown

SHIPPED, AIMED, CALLED = "delivery", "outcome", "integration"
"""The criteria on which senseis rule here. Only of the first is there evidence for every check."""
EVIDENCE = {
    "shipped": [f"{SHIPPED}.{number}" for number in range(1, 5)],
    "aimed": [f"{AIMED}.1"],
    "called": [f"{CALLED}.2"],
}
"""The checks for which clients with these names are evidence."""


def noon_everywhere() -> WorkingHours:
    """Working hours of somebody for whom it is noon now: round the clock, all week."""
    ahead = 12 - datetime.now(UTC).hour
    return WorkingHours(f"Etc/GMT{-ahead:+}" if ahead else "Etc/UTC", tuple(Weekday), 0, 24 * 60)


def reply(body: Mapping[str, Any]) -> Says:
    """Read as ``conversing.reply`` does, and find evidence in the newest client."""
    says, text = conversing.reply(body), said(body)
    found = re.findall(r"create\(model=(\w+), max_tokens=(\d+), messages=question", text)
    if not found or "questions" not in says.document:
        return says
    name, limit = found[-1]
    quote = conversing.call(name, int(limit))
    place = {"source": "commit", "path": f"{name.lower()}.py", "side": "head", "quote": quote}
    moved = {"quotes": [place], "direction": "supports", "partial": False, "missing": ""}
    checks = EVIDENCE.get(name.lower(), [])
    return Says({**says.document, "movements": [{"check": check, **moved} for check in checks]})


class Ruling(Conversing):
    """Ada's capstone, her sensei Sen, Dee, who is a sensei too, and Lea, who leads the cohort."""

    def __init__(
        self, folder: Path, github: GitHub, slack: Slack, database: str | None, **settings: str
    ) -> None:
        # What is planned for the week is planned when a test says so, not meanwhile.
        super().__init__(
            folder,
            github,
            slack,
            database,
            look_round_seconds="3600",
            slack_signing_secret=slack.signing_secret,
            **settings,
        )
        self.dee_there, self.lea_there = slack.person("Dee Lind"), slack.person("Lea Moreau")

    @property
    def speakers(self) -> tuple[Person, ...]:
        return self.ada_there, self.sen_there, self.dee_there, self.lea_there

    def enrol(self, *options: str) -> None:
        super().enrol("--publish", "sensei_first", *options)

    def begin(self, *, may_write: bool) -> None:
        super().begin(may_write=may_write)
        with self.store.begin() as tx:
            [cohort] = tx.cohorts.all()
            tx.cohorts.set_workspace(cohort.id, self.slack.team)
            for who, role in ((self.dee_there, CohortRole.SENSEI), (self.lea_there, CohortRole.LEAD)):
                person = tx.members.find_or_add_by_chat(self.slack.team, who.id, who.account.name, now())
                tx.members.join(cohort.id, person, role, now())
            for member in tx.members.of(cohort.id):
                tx.members.set_profile(member.enrolment, Profile(noon_everywhere(), capacity=9))
        self.cohort = cohort.id
        [self.capstone] = [row[0] for row in self.rows("SELECT id FROM capstone")]

    def person(self, who: Person) -> str:
        """Return somebody's opaque id."""
        query = "SELECT person_id FROM identity WHERE provider = 'slack' AND external_id = :it"
        return str(self.rows(query, it=who.id)[0][0])

    def asks(self, name: str) -> tuple[Pull, Json]:
        """Let Ada open a pull request; return it, and Sen's card with the question about it."""
        pull = self.opens(conversing.code(name), name)
        return pull, self.offered(self.sen_there, "triage.keep")

    def shows(self, name: str) -> Pull:
        """Let Ada merge a client that is evidence for a check."""
        pull = self.opens(conversing.code(name), name)
        self.merges(pull)
        return pull

    def posted(self, pull: Pull) -> Thread:
        """Return the thread of the only question that everybody sees, once it has come."""
        self.comes(lambda: pull.threads and not pull.threads[0].comments[0].review.pending)
        [thread] = pull.threads
        return thread

    def away(self, days: int) -> int:
        """Let Sen be away from today on, with Dee as the deputy; return the entry's id."""
        today = now().date()
        sen, dee = self.person(self.sen_there), self.person(self.dee_there)
        with self.store.begin() as tx:
            first, last = today - timedelta(days=1), today + timedelta(days=days)
            return tx.absences.add(self.cohort, sen, first, last, dee)

    def back(self, absence: int) -> None:
        """Let Sen be back."""
        with self.store.begin() as tx:
            assert tx.absences.remove(self.cohort, absence)

    def milestone(self) -> None:
        """Let the design milestone be tomorrow."""
        with self.store.begin() as tx:
            tx.cohorts.add_date(self.cohort, DateKind.DESIGN, "", now().date() + timedelta(days=1))

    def monday(self) -> int:
        """Let the time of this week's digests come; return how many were planned."""
        planned = DigestSchedule(self.store, now).keep()
        self.quiesce()
        return planned

    def listed(self, who: Person) -> str:
        """Let somebody ask what waits for their ruling; return what they read."""
        assert not who.command("/dojo triage").failed
        self.wait(lambda: who.modal and who.modal.title == "Waiting for you", PATIENCE)
        return self.before(who)

    def before(self, who: Person) -> str:
        """Return what somebody reads in the form before them."""
        assert who.modal
        return self.read(who.modal)

    def reads(self, who: Person, criterion: str) -> str:
        """Let somebody open a criterion's evidence from their list; return what they read."""
        self.listed(who)
        assert who.modal
        value = f"{self.capstone}:{criterion}"
        assert not who.click(who.modal, f"triage.rule:{value}", value).failed
        self.wait(lambda: who.modal and who.modal.title == "Rule on a criterion", PATIENCE)
        return self.before(who)

    def rules(self, who: Person, choice: str = "agree", sentence: str = "", reason: str = "") -> None:
        """Let somebody save a ruling in the form before them. Its participant is told later."""
        outcome = who.submit({"join.choice": choice, "join.sentence": sentence, "join.reason": reason})
        assert (outcome.failed, outcome.errors) == (False, {}), outcome.answer

    def home(self, who: Person) -> str:
        """Let somebody open their App Home; return what they read."""
        self.slack.homes.pop(who.id, None)
        who.opens_home()
        self.comes(lambda: who.home)
        assert who.home
        return self.read(who.home)

    def presses(self, who: Person, seen: Shown, action: str) -> None:
        """Let somebody click the button of a view whose name begins so."""
        [name] = [
            each["action_id"]
            for block in seen.document["blocks"]
            for each in elements_of(block)
            if each.get("action_id", "").startswith(action)
        ]
        assert not who.click(seen, name).failed
        self.quiesce()

    def saying(self, who: Person, words: str) -> list[Json]:
        """Return all messages to somebody that say something."""
        return [message for message in who.messages if words in self.read(message)]

    def checks(self, pull: Pull) -> list[tuple[str | None, str]]:
        """Return how the check runs of a pull request's head ended, and their titles."""
        return [(check.conclusion, check.output["title"]) for check in self.concluded(pull)]

    def rulings(self) -> list[tuple[Any, ...]]:
        """Return all rulings: criterion, verdict, role and whether they decide an appeal."""
        query = "SELECT criterion, verdict, role, appeal_id FROM criterion_ruling ORDER BY id"
        return [(*row[:3], row[3] is not None) for row in self.rows(query)]


@contextmanager
def ruling(folder: Path, database: str = "sqlite") -> Iterator[Ruling]:
    """Let senseis decide before a running bot. At the end it has made no error, and nothing has failed."""
    if database == "sqlite":
        yield from _ruling(folder, None)
        return
    with databases.fresh() as url:
        yield from _ruling(folder, url)


def _ruling(folder: Path, url: str | None) -> Iterator[Ruling]:
    with GitHub() as github, Slack() as slack, Messages(reply) as messages:
        yield from conversing.running(Ruling(folder, github, slack, url, **read_by(messages)))
