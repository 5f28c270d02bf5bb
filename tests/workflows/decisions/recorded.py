"""A dojo on Slack whose participants have capstones and decisions, tried through the real listeners."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import CodeAnchor, Decision, DecisionOrigin, DecisionState, RevisedBy
from bot.domain.pull_requests.records import Account, Capstone
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Person
from tests.workflows.whole_dojo import COHORT, LEAD, PARTICIPANT, SENSEI, WholeDojo, whole_dojo

ADA, BO, SEN, SOL, LEA = "Ada Lovelace", "Bo", "Sen", "Sol", "Lea"
DECIDED = "We keep the answers in Postgres."
ACCOUNTS = {ADA: Account(11, "ada"), BO: Account(12, "bo")}


class Recorded(WholeDojo):
    """Ada and Bo are participants, Sen and Sol their senseis, Lea is the lead."""

    def capstone(self, name: str, repository: str = "desk") -> Capstone:
        """Enrol a repository of somebody, whose account at the host is linked."""
        account = ACCOUNTS[name]
        with self.here.store.begin() as tx:
            if tx.members.by_host_account(account.id) is None:
                tx.members.prove(self.member(name).person, account, now())
            return tx.capstones.add(
                cohort=COHORT,
                repository=1000 * account.id + len(repository),
                owner=account.login,
                name=repository,
                default_branch="main",
                installation=9,
                participant=account,
                sensei=None,
                publish=None,
                at=now(),
            )

    def decides(
        self,
        name: str,
        state: DecisionState = DecisionState.DRAFT,
        *,
        repository: str = "desk",
        private: bool = False,
        at: datetime | None = None,
        **changes: Any,
    ) -> Decision:
        """Let somebody have a decision in a state, as if all before had happened."""
        capstone = self.capstone(name, repository)
        plain: dict[str, Any] = {
            "title": "Answers are in Postgres",
            "texts": {Slot.DECIDED: DECIDED},
            "check": None,
            "supersedes": None,
        }
        fields = {**plain, **changes}
        with self.here.store.begin() as tx:
            made = tx.decisions.add(
                capstone.id,
                person=self.member(name, PARTICIPANT).person,
                origin=DecisionOrigin.THREAD,
                question=None,
                private=private,
                anchors=[CodeAnchor("desk.py", "a" * 40, "head", 3, 8, "answers = table()")],
                by=RevisedBy.SENSEI,
                at=at or now(),
                **fields,
            )
            if state is not DecisionState.DRAFT:
                tx.decisions.set_state(made.id, state, at or now())
            return tx.decisions.get(made.id)

    def stored(self, decision: Decision) -> Decision:
        """A decision as it is now."""
        with self.here.store.read() as tx:
            return tx.decisions.get(decision.id)

    def decisions_of(self, name: str) -> list[Decision]:
        with self.here.store.read() as tx:
            return list(tx.decisions.by_person(self.member(name, PARTICIPANT).person))

    def sees(self, person: Person, argument: str = "") -> str:
        """What the modal says that ``/dojo decisions`` opens, or else the answer."""
        person.command(f"/dojo decisions {argument}".strip())
        return self.form(person) if person.modal else self.whispered(person)

    def clicks(self, person: Person, name: str, decision: Decision) -> None:
        """Click a button of a decision in the modal before somebody."""
        assert person.modal
        assert not person.click(person.modal, f"{name}:{decision.id}").failed

    def forges(self, person: Person, name: str, value: str) -> None:
        """Click a button that isn't there, as somebody could who writes requests by hand."""
        body = person._payload("block_actions") | {
            "actions": [{"action_id": name, "type": "button", "value": value}],
            "container": {"type": "message", "channel_id": person.dm, "message_ts": "1.1"},
            "response_url": self.slack.response_url(person.id, person.dm, None),
        }
        person._bring("interactive", body)
        self.slack.after_click()


@contextmanager
def recorded(engine: sa.Engine) -> Iterator[Recorded]:
    """Serve the dojo."""
    with whole_dojo(engine) as made:
        made.__class__ = Recorded
        for name, role in ((BO, PARTICIPANT), (SEN, SENSEI), (SOL, SENSEI)):
            made.joins(name, role)
        made.pairs(ADA, SEN)
        made.pairs(BO, SOL)
        yield made  # type: ignore[misc]


__all__ = ["ADA", "BO", "DECIDED", "LEA", "LEAD", "SEN", "SOL", "Recorded", "recorded"]
