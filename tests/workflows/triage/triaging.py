"""Ada's capstone has evidence for and against its checks; Sen, her sensei, rules on it in Slack."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Literal

import sqlalchemy as sa

from bot.domain.dojo.people import DateKind
from bot.domain.review.report import Citation, Movement
from bot.domain.triage.records import CriterionRuling
from tests.domain.ledgers import whole_tree_read
from tests.entrypoints.slacking import served
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Outcome, Person, Shown, Slack
from tests.fakes.slack.people import Key
from tests.workflows.articulation.talking import ADA, SEN, SOL, Talking
from tests.workflows.running_dojo import sha
from tests.workflows.shop import LIBRARY
from tests.workflows.whole_dojo import LEAD

__all__ = ["ADA", "SEN", "SOL", "Triaging", "triaging"]


class Triaging(Talking):
    """A dojo with Ada, her sensei Sen, and Sol, who is another sensei."""

    _readings = 0

    @property
    def lea(self) -> Person:
        return self.people["Lea"]

    def reads(self, *not_assessed: str) -> None:
        """Let the whole repository have been read."""
        with self.here.store.begin() as tx:
            tx.ledgers.record_coverage(self.capstone.id, whole_tree_read(LIBRARY, missed=not_assessed), now())

    def finds(
        self,
        check: str,
        quote: str = "bounded(8)",
        direction: Literal["supports", "weakens"] = "supports",
        **changes: Any,
    ) -> None:
        """Let a reading have found evidence for or against a check."""
        place: dict[str, Any] = {
            "source": "commit",
            "path": "src/desk.py",
            "commit": sha("a"),
            "side": "head",
            "line_start": 3,
            "line_end": 4,
            "redacted": False,
        }
        place |= {name: changes.pop(name) for name in list(changes) if name in place}
        movement: dict[str, Any] = {"partial": False, "missing": "", **changes, "source": "model"}
        self._readings += 1
        with self.here.store.begin() as tx:
            citation = Citation.model_validate({**place, "quote": quote})
            found = Movement(check=check, direction=direction, citations=(citation,), **movement)
            tx.ledgers.record(self.capstone.id, f"review:77#1:{self._readings}", [found], pending=False)

    def milestone(self, kind: DateKind = DateKind.DESIGN, days: int = 1) -> None:
        """Let a milestone be open."""
        with self.here.store.begin() as tx:
            tx.cohorts.add_date(self.capstone.cohort, kind, "", (now() + timedelta(days=days)).date())

    def opens(self, reader: Person, criterion: str = "speed") -> Outcome:
        """Let somebody open the list, and the evidence for a criterion."""
        reader.command("/dojo triage")
        assert reader.modal
        value = f"{self.capstone.id}:{criterion}"
        return reader.click(reader.modal, f"triage.rule:{value}", value)

    def opens_again(self, criterion: str) -> None:
        """Let Sen open the evidence for a criterion, whether or not it is due."""
        self.sends_click(self.sen, "triage.rule", f"{self.capstone.id}:{criterion}")

    def sends_click(self, person: Person, action: str, value: str) -> Outcome:
        """Let somebody click a button that they have from earlier."""
        body = person._payload("block_actions") | {
            "actions": [{"action_id": action, "type": "button", "value": value}],
            "container": {"type": "message", "channel_id": person.dm, "is_ephemeral": True},
        }
        return person._bring("interactive", body)

    def rules(
        self, reader: Person, choice: str = "agree", *, view: Shown | None = None, **words: str
    ) -> Outcome:
        """Let somebody fill in the form before them, and send it."""
        filled: dict[Key, Any] = {f"join.{name}": text for name, text in words.items()}
        filled["join.choice"] = choice
        return reader.submit(filled, view)

    def presses(self, reader: Person, action: str) -> Outcome:
        """Let somebody click the button of the view before them with this name."""
        assert reader.modal
        element = next(
            element
            for block in reader.modal.document["blocks"]
            for element in [
                *block.get("elements", []),
                *([block["accessory"]] if "accessory" in block else []),
            ]
            if element.get("action_id", "").partition(":")[0] == action
            or element.get("action_id", "") == action
        )
        return reader.click(reader.modal, element["action_id"])

    def rulings(self) -> list[CriterionRuling]:
        with self.here.store.read() as tx:
            return list(tx.rulings.of(self.capstone.id))

    def locked_by(self, criterion: str = "speed") -> str | None:
        with self.here.store.read() as tx:
            lock = tx.rulings.find_lock(self.capstone.id, criterion, now())
        return lock.sensei if lock else None

    def lock_ends(self) -> None:
        """Let everyone have opened their evidence long ago."""
        with self.engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM ruling_lock"))


@contextmanager
def triaging(engine: sa.Engine) -> Iterator[Triaging]:
    """Serve a workspace in which senseis rule on a capstone."""
    with Slack() as slack:
        it = Triaging(engine, slack)
        with served(engine, slack, "http", it.features) as here:
            it.here = here
            it.joins("Lea", LEAD)
            it.begin()
            yield it
