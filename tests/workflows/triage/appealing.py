"""A participant whose capstone is ruled on, senseis and a lead, in a workspace on loopback."""

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bot.domain.dojo.people import EnrolmentState
from bot.domain.pull_requests.records import Account
from bot.domain.triage.records import Appeal, CriterionRuling, Verdict
from bot.ports.store import Tx
from bot.workflows.triage.release import release_ruling
from bot.workflows.triage.rulings import CriterionRulings, RulingInput
from tests.domain.ledgers import movement
from tests.entrypoints.slacking import served
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Person, Slack, look
from tests.waiting import wait_for
from tests.workflows.whole_dojo import COHORT, LEAD, LEDGERS, PARTICIPANT, SENSEI, WholeDojo

ADA, SEN, SOL, DEE, LEA = "Ada <b> & *Co*", "Sen & `Sons`", "Sol", "Dee", "Lea"
SOME_DAYS = timedelta(days=5)
"""Longer than any weekend."""
QUOTE = "retry(times=<3>) & `done`"
_readings = itertools.count(1)


class Appealing(WholeDojo):
    """Ada's capstone has evidence; Sen is her sensei, Sol and Dee are others, and Lea leads."""

    capstone: int
    rulings = CriterionRulings(LEDGERS, release_ruling)

    @property
    def ada(self) -> Person:
        return self.people[ADA]

    @property
    def sen(self) -> Person:
        return self.people[SEN]

    @property
    def sol(self) -> Person:
        return self.people[SOL]

    @property
    def lea(self) -> Person:
        return self.people[LEA]

    def begin(self) -> None:
        for name, role in ((ADA, PARTICIPANT), (SEN, SENSEI), (SOL, SENSEI), (DEE, SENSEI), (LEA, LEAD)):
            self.joins(name, role)
        self.pairs(ADA, SEN)
        self.owns(ADA, Account(1, "ada"))
        with self.here.store.begin() as tx:
            self.enrols(tx, Account(1, "ada"))
        self.evidence_moves()

    def owns(self, name: str, account: Account) -> None:
        """Let somebody have shown that an account on GitHub is theirs."""
        with self.here.store.begin() as tx:
            tx.members.prove(self.member(name).person, account, now())

    def changes_hands(self, name: str) -> None:
        """Let the capstone be a new participant's from now on."""
        self.joins(name, PARTICIPANT)
        self.owns(name, Account(5, "bo"))
        with self.here.store.begin() as tx:
            self.enrols(tx, Account(5, "bo"))

    def enrols(self, tx: Tx, participant: Account, sensei: Account | None = None) -> None:
        """Let the capstone be a participant's from now on."""
        enrolled = tx.capstones.add(
            cohort=COHORT,
            repository=77,
            owner="ada",
            name="desk",
            default_branch="main",
            installation=9,
            participant=participant,
            sensei=sensei,
            publish=None,
            at=now(),
        )
        self.capstone = enrolled.id

    def evidence_moves(self, *checks: str) -> None:
        """Let a reading find evidence for checks: the first of each criterion, if none are given."""
        found = [
            movement(check, quotes=(f"{QUOTE} # {check} {next(_readings)}",))
            for check in checks or ("speed.1", "safety.1")
        ]
        with self.here.store.begin() as tx:
            tx.ledgers.record(self.capstone, f"baseline.{next(_readings)}", found, pending=False)

    def rules(
        self, name: str, criterion: str = "speed", level: int | None = 1, sentence: str = "", reason: str = ""
    ) -> CriterionRuling:
        """Let a sensei read the evidence and rule; None for a level means that they can't judge."""
        verdict = Verdict.CANNOT_JUDGE if level is None else Verdict.OTHER
        given = RulingInput(
            self.capstone,
            criterion,
            verdict,
            level,
            reason or "Few numbers",
            sentence or "Show a <number> & why.",
        )
        person = self.member(name).person
        with self.here.store.begin() as tx:
            self.rulings.show_evidence(tx, person, self.capstone, criterion, now())
            return self.rulings.rule(tx, person, given, now())

    def appeals(self, ruling: CriterionRuling, reason: str = "See the <trace> & my notes") -> Appeal:
        """Let Ada ask for a second opinion with the form that her newest message opens."""
        self.settle(SOME_DAYS)
        assert not self.ada.click(self.shows(self.ada, "triage.appeal"), "triage.appeal").failed
        sent = self.ada.submit({"join.ruling": str(ruling.id), "join.reason": reason})
        assert (sent.failed, sent.errors) == (False, {})
        self.settle()
        found = self.appeal(ruling)
        assert found
        return found

    def names(self, appeal: Appeal, second: str) -> None:
        """Let Lea name a second sensei with the form that her message opens."""
        self.settle(SOME_DAYS)
        assert not self.lea.click(self.shows(self.lea, "triage.assign"), "triage.assign").failed
        sent = self.lea.submit({"join.second": self.member(second).person})
        assert (sent.failed, sent.errors) == (False, {})
        self.settle(SOME_DAYS)
        found = self.appeal_now(appeal)
        assert found.second == self.member(second).person

    def appeal(self, ruling: CriterionRuling) -> Appeal | None:
        with self.here.store.read() as tx:
            return tx.appeals.by_ruling([ruling.id]).get(ruling.id)

    def appeal_now(self, appeal: Appeal) -> Appeal:
        with self.here.store.read() as tx:
            found = tx.appeals.find(appeal.id)
        assert found
        return found

    def shows(self, person: Person, text: str) -> dict[str, Any]:
        """The newest message before somebody that has a text in it."""
        return next(it for it in reversed(person.messages) if text in json.dumps(it, ensure_ascii=False))

    def refused(self, person: Person, message: dict[str, Any], action: str) -> str:
        """Click a button that opens nothing any more; return what the person reads."""
        before = len(person.told)
        assert not person.click(message, action).failed
        wait_for(lambda: len(person.told) > before)  # sent in the background
        return self.whispered(person)

    def never_again(self, name: str) -> None:
        """Let Ada have asked not to be paired with somebody."""
        ada, other = self.member(ADA), self.member(name)
        with self.here.store.begin() as tx:
            tx.never_pairs.add(ada.cohort, ada.person, other.person, "in confidence", now())

    def home(self, person: Person) -> str:
        """Somebody's App Home, as they read it."""
        self.shows_home(person)
        assert person.home
        return " ".join(look.text(person.home).split())

    def leaves(self, name: str, state: EnrolmentState = EnrolmentState.LEFT) -> None:
        """Let somebody leave the dojo, or pause, with the command."""
        word = "leave" if state is EnrolmentState.LEFT else "pause"
        assert not self.people[name].command(f"/dojo {word}").failed
        assert not self.people[name].submit({}).errors
        self.settle(SOME_DAYS)

    def stored_words(self, *tables: str) -> str:
        """Every value of every row of some tables, by default of jobs, effects and the audit trail."""
        tables = tables or ("job", "effect", "audit_event")
        with self.engine.connect() as connection:
            return str(
                [
                    tuple(row)
                    for table in tables
                    for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"')
                ]
            )


@contextmanager
def appealing(engine: sa.Engine) -> Iterator[Appealing]:
    """Serve a workspace in which a capstone is ruled on."""
    with Slack() as slack:
        it = Appealing(engine, slack)
        with served(engine, slack, "http", it.features) as here:
            it.here = here
            it.begin()
            yield it
