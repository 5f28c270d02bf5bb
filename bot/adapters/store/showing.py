"""What is kept of a person, as one JSON document: ``sensei.export/1`` (docs/privacy.md)."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, or_, select

from bot.adapters.store.people import People, is_of
from bot.adapters.store.tables import (
    AuditEvent,
    CapstoneRow,
    CitationRow,
    Cohort,
    CommandRow,
    EffectRow,
    Enrolment,
    Identity,
    JobRow,
    LedgerEntry,
    Person,
    PullRequestRow,
    QuestionRow,
    RoundRow,
    ThreadMessage,
)
from bot.domain.traces import SOMEBODY_ELSE, Scope, of_theirs, without_others
from bot.ports.people import Who

Json = dict[str, Any]


class Everyone(People):
    """``ports.people.People``."""

    def document(self, who: Who) -> Json:
        """Return all that is kept of somebody; of others nothing but that there was somebody else."""
        return Showing(self.session, self, who).document()


@dataclass
class Showing:
    """Reads all of somebody's rows; of others only that there was somebody else."""

    session: Session
    people: People
    who: Who

    def document(self) -> Json:
        """Return the person, their capstones, what is theirs elsewhere, deliveries and the audit trail."""
        scope = self.people.scope(self.who)
        return {
            "person": self._person(),
            "identities": self._all(Identity, Identity.person_id == self.who.id, but={"person_id"}),
            "enrolments": [self._enrolment(row) for row in self._rows(Enrolment, self._mine(Enrolment))],
            "capstones": [self._capstone(row) for row in self.people.capstones(self.who)],
            "elsewhere": self._elsewhere(scope),
            "deliveries": self._deliveries(scope),
            "audit": self._audit(scope),
        }

    def _mine(self, table: Any) -> Any:
        return table.person_id == self.who.id

    def _person(self) -> Json | None:
        row = self.session.get(Person, self.who.id) if self.who.id else None
        return plain(row) if row else None

    def _enrolment(self, row: Enrolment) -> Json:
        cohort = self.session.get_one(Cohort, row.cohort_id)
        return {"cohort": cohort.name, **plain(row, but={"cohort_id", "person_id"})}

    def _capstone(self, row: CapstoneRow) -> Json:
        cohort = self.session.get_one(Cohort, row.cohort_id)
        scope = self.people.scope_of(row.id or 0)
        return {
            **plain(row, but={"cohort_id", "participant_id", "sensei_id"}),
            "cohort": cohort.name,
            "sensei": self._name(row.sensei_id),
            "pull_requests": [
                self._pull_request(pull)
                for pull in self._rows(PullRequestRow, PullRequestRow.capstone_id == row.id)
            ],
            "ledger": [
                {
                    **plain(entry, but={"capstone_id"}),
                    "citations": self._all(CitationRow, CitationRow.entry_id == entry.id, but={"entry_id"}),
                }
                for entry in self._rows(LedgerEntry, LedgerEntry.capstone_id == row.id)
            ],
            "model_calls": [
                {**plain(call), "answer": _parsed(call.answer)} for call in self.people.calls([row])
            ],
            "jobs": self._concerned(JobRow, lambda job: scope.concerns(job.id, job.argument)),
            "effects": self._concerned(EffectRow, lambda effect: scope.concerns(effect.key)),
        }

    def _name(self, person: str | None) -> str | None:
        return None if person is None else "themselves" if person == self.who.id else SOMEBODY_ELSE

    def _pull_request(self, row: PullRequestRow) -> Json:
        theirs = row.author_id in self.who.numbers
        of_it = QuestionRow.pull_request_id == row.id
        shown = plain(row, but={"capstone_id"})
        if not theirs:
            shown |= {"author_id": None, "author_login": SOMEBODY_ELSE}
        return {
            **shown,
            "rounds": [
                {**plain(round_, but={"pull_request_id"}), "report": _parsed(round_.report)}
                for round_ in self._rows(RoundRow, RoundRow.pull_request_id == row.id)
            ],
            "questions": [
                {**plain(question, but={"pull_request_id"}), "thread": self._thread(question)}
                for question in self._rows(QuestionRow, of_it)
            ],
            "commands": [
                self._command(command)
                for command in self._rows(CommandRow, CommandRow.pull_request_id == row.id)
            ],
        }

    def _thread(self, question: QuestionRow) -> list[Json]:
        return [self._message(row) for row in self._rows(ThreadMessage, _in_thread(question))]

    def _message(self, row: ThreadMessage) -> Json:
        if row.author_id in self.who.numbers:
            return plain(row, but={"question_id"})
        return {"at": row.at.isoformat(), "author_id": None, "body": SOMEBODY_ELSE}

    def _command(self, row: CommandRow) -> Json:
        """Return a command; of somebody else's only what was asked for, and what came of it."""
        if row.author_id in self.who.numbers:
            return plain(row, but={"pull_request_id"})
        others = {"comment_id", "thread_id", "about", "pull_request_id"}
        return plain(row, but=others) | {"author_id": None, "author": SOMEBODY_ELSE}

    def _elsewhere(self, scope: Scope) -> Json:
        """Return what is theirs in other people's capstones, which are told by our own numbers alone."""
        wrote = (
            select(ThreadMessage, PullRequestRow.capstone_id)
            .join(QuestionRow, col(QuestionRow.id) == col(ThreadMessage.question_id))
            .join(PullRequestRow, col(PullRequestRow.id) == col(QuestionRow.pull_request_id))
            .where(col(ThreadMessage.author_id).in_(self.who.numbers))
            .order_by(col(ThreadMessage.at))
        )
        opened = self._rows(PullRequestRow, col(PullRequestRow.author_id).in_(self.who.numbers))
        gave = (
            select(CommandRow, PullRequestRow.capstone_id)
            .join(PullRequestRow, col(PullRequestRow.id) == col(CommandRow.pull_request_id))
            .where(col(CommandRow.author_id).in_(self.who.numbers))
            .order_by(col(CommandRow.id))
        )
        taught = self._rows(CapstoneRow, CapstoneRow.sensei_id == (self.who.id or ""))
        return {
            "sensei_of": [row.id for row in taught],
            "messages": [
                {"capstone": capstone, **plain(row)}
                for row, capstone in self.session.exec(wrote)
                if capstone not in scope.capstones
            ],
            "pull_requests": [
                {"capstone": row.capstone_id, **plain(row, but={"capstone_id", "base_ref"})}
                for row in opened
                if row.capstone_id not in scope.capstones
            ],
            "commands": [
                {"capstone": capstone, **plain(row)}
                for row, capstone in self.session.exec(gave)
                if capstone not in scope.capstones
            ],
        }

    def _deliveries(self, scope: Scope) -> list[Json]:
        return [
            {**plain(row, but={"payload"}), "payload": of_theirs(payload, self.who.numbers)}
            for row, payload in self.people.deliveries()
            if is_of(payload, scope, self.who.numbers)
        ]

    def _audit(self, scope: Scope) -> list[Json]:
        """Return what they did, and what was done about them and their capstones."""
        subjects = {
            f"person:{self.who.id}",
            *(f"capstone:{each}" for each in scope.capstones),
            *(f"pull_request:{each}" for each in scope.pull_requests),
            *(f"question:{each}" for each in scope.questions),
        }
        rows = self._rows(AuditEvent, or_(col(AuditEvent.id) > 0))
        return [
            plain(row)
            for row in rows
            if row.actor == (self.who.id or "")
            or row.subject in subjects
            or scope.concerns(row.subject.removeprefix("round:"))
            or (row.subject.startswith("questions:") and scope.questions & set(_listed(row.subject)))
        ]

    def _rows(self, table: type[Any], which: Any) -> list[Any]:
        key = next(iter(table.__table__.primary_key.columns))
        return list(self.session.exec(select(table).where(which).order_by(key)))

    def _all(self, table: type[Any], which: Any, *, but: set[str]) -> list[Json]:
        return [plain(row, but=but) for row in self._rows(table, which)]

    def _concerned(self, table: type[Any], is_theirs: Callable[[Any], bool]) -> list[Json]:
        found = without_others(
            [plain(row) for row in self.session.exec(select(table)) if is_theirs(row)], self.who.numbers
        )
        return list(found)


def plain(row: SQLModel, but: Iterable[str] = ()) -> Json:
    """Return a row as JSON, times as ISO 8601, without some columns."""
    names = [column.name for column in sa.inspect(type(row)).columns if column.name not in but]
    values = {name: getattr(row, name) for name in names}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()
    }


def _parsed(text: str | None) -> Any:
    return json.loads(text) if text else None


def _in_thread(question: QuestionRow) -> Any:
    return ThreadMessage.question_id == question.id


def _listed(subject: str) -> list[int]:
    return [int(each) for each in subject.partition(":")[2].strip("[]").split(",") if each.strip().isdigit()]
