"""What is kept of a person, as one JSON document: ``sensei.export/1`` (docs/privacy.md)."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, or_, select

from bot.adapters.database.dojo.tables import (
    AbsenceRow,
    LinkCodeRow,
    NeverPairRow,
    PairRow,
    PersonNameRow,
    PreferenceRow,
    ProfileRow,
    ProposalRow,
    UnassignedRow,
)
from bot.adapters.database.privacy.people import PeopleQueries, in_pair, is_of
from bot.adapters.database.pull_requests.tables import (
    AuditEventRow,
    CapstoneRow,
    CitationRow,
    CohortRow,
    CommandRow,
    EffectRow,
    EnrolmentRow,
    IdentityRow,
    JobRow,
    LedgerEntryRow,
    PersonRow,
    PullRequestRow,
    QuestionRow,
    RoundRow,
    ThreadMessageRow,
)
from bot.domain.dojo.people import MERGED
from bot.domain.pairing.fit import FOR_LEADS
from bot.domain.pairing.records import CONFIDENTIAL, ENDINGS
from bot.domain.pairing.states import PairState
from bot.domain.privacy.data_scope import DataScope
from bot.domain.privacy.third_parties import SOMEBODY_ELSE, of_theirs, without_others, without_people
from bot.ports.personal_data import Subject

Json = dict[str, Any]


class SqlPeople(PeopleQueries):
    """``ports.people.PeopleQueries``."""

    def document(self, who: Subject) -> Json:
        """Return all that is kept of somebody; of others nothing but that there was somebody else."""
        return ExportQueries(self.session, self, who).document()


@dataclass
class ExportQueries:
    """Reads all of somebody's rows; of others only that there was somebody else."""

    session: Session
    people: PeopleQueries
    who: Subject

    def document(self) -> Json:
        """Return the person, their capstones, what is theirs elsewhere, deliveries and the audit trail."""
        scope = self.people.scope(self.who)
        return {
            "person": self._person(),
            "identities": self._all(IdentityRow, IdentityRow.person_id == self.who.id, but={"person_id"}),
            "enrolments": [
                self._enrolment(row) for row in self._rows(EnrolmentRow, self._mine(EnrolmentRow))
            ],
            "capstones": [self._capstone(row) for row in self.people.capstones(self.who)],
            "dojo": self._dojo(),
            "elsewhere": self._elsewhere(scope),
            "work": self._work(),
            "deliveries": self._deliveries(scope),
            "audit": self._audit(scope),
        }

    def _mine(self, table: Any) -> Any:
        return table.person_id == self.who.id

    def _person(self) -> Json | None:
        row = self.session.get(PersonRow, self.who.id) if self.who.id else None
        return plain(row) if row else None

    def _enrolment(self, row: EnrolmentRow) -> Json:
        cohort = self.session.get_one(CohortRow, row.cohort_id)
        profile = self.session.get(ProfileRow, row.id)
        prefers = self._rows(PreferenceRow, PreferenceRow.enrolment_id == row.id)
        return {
            "cohort": cohort.name,
            **plain(row, but={"cohort_id", "person_id"}),
            "profile": plain(profile, but={"enrolment_id"}) if profile else None,
            "prefers": [SOMEBODY_ELSE for _ in prefers],
        }

    def _dojo(self) -> Json:
        """Return what is kept of them as one of a cohort; of a pair's other side, that there is one.

        Who asked not to be paired with them is not theirs to know, nor which constraint left them alone.
        """
        me = self.who.id or ""
        name = self.session.get(PersonNameRow, me)
        code = self.session.get(LinkCodeRow, me)
        deputised = self._rows(AbsenceRow, AbsenceRow.deputy_id == me)
        alone = (
            select(ProposalRow)
            .join(UnassignedRow, col(UnassignedRow.proposal_id) == col(ProposalRow.id))
            .where(UnassignedRow.participant_id == me)
            .order_by(col(ProposalRow.id))
        )
        return {
            "name": name.name if name else None,
            "pairs": [self._pair(row) for row in self._rows(PairRow, in_pair(me))],
            "unassigned": [plain(row, but={"by_id"}) for row in self.session.exec(alone)],
            "never_pairs": [
                {**plain(row, but={"author_id", "other_id"}), "other": SOMEBODY_ELSE}
                for row in self._rows(NeverPairRow, NeverPairRow.author_id == me)
            ],
            "absences": [
                {**plain(row, but={"sensei_id", "deputy_id"}), "deputy": self._name(row.deputy_id)}
                for row in self._rows(AbsenceRow, AbsenceRow.sensei_id == me)
            ],
            "deputy": [
                {**plain(row, but={"sensei_id", "deputy_id"}), "sensei": self._name(row.sensei_id)}
                for row in deputised
            ],
            "proposals": [
                plain(row, but={"by_id"}) for row in self._rows(ProposalRow, ProposalRow.by_id == me)
            ],
            "link_code": self._link_code(code) if code else None,
        }

    def _link_code(self, row: LinkCodeRow) -> Json:
        """Return a code; whose account has written it only where that is known to be theirs."""
        others = {"person_id", "id", "digest", "account_id", "account_login", "comment_id", "inline"}
        theirs = row.account_id in self.who.numbers
        account = row.account_login if theirs else SOMEBODY_ELSE if row.account_id is not None else None
        return {**plain(row, but=others), "account": account}

    def _pair(self, row: PairRow) -> Json:
        """Return a pair; why it was vetoed, to the sensei who said so. Other words may be anybody's.

        Whether there are any tells how a pair ended, so of one that has ended there are always some.
        """
        vetoed_it = row.state == PairState.VETOED and row.sensei_id == self.who.id
        return {
            **plain(row, but={"participant_id", "sensei_id"}),
            "participant": self._name(row.participant_id),
            "sensei": self._name(row.sensei_id),
            "reasons": self._alone([one for one in row.reasons if one.get("kind") not in FOR_LEADS]),
            "why": row.why if vetoed_it else SOMEBODY_ELSE if row.why or row.state == PairState.ENDED else "",
        }

    def _work(self) -> Json:
        """Return what is due or was done about them, and not about their capstones."""
        own = self.people.own(self.who)
        jobs = self._concerned(JobRow, lambda job: own.concerns(job.id, job.argument))
        keys = {job["id"] for job in jobs}
        effects = self._concerned(EffectRow, lambda effect: effect.key in keys or own.concerns(effect.key))
        jobs = [{**job, "argument": _for_them(job["argument"])} for job in jobs]
        return {"jobs": self._alone(jobs), "effects": self._alone(effects)}

    def _alone(self, value: Any) -> Any:
        return without_people(value, self.who.ids)

    def _capstone(self, row: CapstoneRow) -> Json:
        cohort = self.session.get_one(CohortRow, row.cohort_id)
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
                for entry in self._rows(LedgerEntryRow, LedgerEntryRow.capstone_id == row.id)
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
        return [self._message(row) for row in self._rows(ThreadMessageRow, _in_thread(question))]

    def _message(self, row: ThreadMessageRow) -> Json:
        if row.author_id in self.who.numbers:
            return plain(row, but={"question_id"})
        return {"at": row.at.isoformat(), "author_id": None, "body": SOMEBODY_ELSE}

    def _command(self, row: CommandRow) -> Json:
        """Return a command; of somebody else's only what was asked for, and what came of it."""
        if row.author_id in self.who.numbers:
            return plain(row, but={"pull_request_id"})
        others = {"comment_id", "thread_id", "about", "pull_request_id"}
        return plain(row, but=others) | {"author_id": None, "author": SOMEBODY_ELSE}

    def _elsewhere(self, scope: DataScope) -> Json:
        """Return what is theirs in other people's capstones, which are told by our own numbers alone."""
        wrote = (
            select(ThreadMessageRow, PullRequestRow.capstone_id)
            .join(QuestionRow, col(QuestionRow.id) == col(ThreadMessageRow.question_id))
            .join(PullRequestRow, col(PullRequestRow.id) == col(QuestionRow.pull_request_id))
            .where(col(ThreadMessageRow.author_id).in_(self.who.numbers))
            .order_by(col(ThreadMessageRow.at))
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

    def _deliveries(self, scope: DataScope) -> list[Json]:
        return [
            {
                **plain(row, but={"payload"}),
                "payload": self._alone(of_theirs(payload, self.who.numbers)),
            }
            for row, payload in self.people.deliveries()
            if is_of(payload, scope, self.who.numbers, self.who.elsewhere)
        ]

    def _audit(self, scope: DataScope) -> list[Json]:
        """Return what they did, and what was done about them, their pairs and their capstones.

        What somebody else asked in confidence is not theirs to know, though it be about them.
        """
        former = self._former()
        subjects = {f"person:{each}" for each in former}
        rows = self._rows(AuditEventRow, or_(col(AuditEventRow.id) > 0))
        return [
            plain(row) if row.actor in former else self._done(row)
            for row in rows
            if row.actor in former
            or (
                not row.action.startswith(CONFIDENTIAL)
                and (row.subject in subjects or scope.is_subject(row.subject))
            )
        ]

    def _done(self, row: AuditEventRow) -> Json:
        """Return what somebody else did; of the end of a pair no more than that it ended."""
        shown: Json = self._alone(plain(row))
        return shown | {"action": "pairing.end", "actor": SOMEBODY_ELSE} if row.action in ENDINGS else shown

    def _former(self) -> set[str]:
        """Return their opaque id, and those of whom they turned out to be."""
        found = {self.who.id} if self.who.id else set[str]()
        merged = self._rows(AuditEventRow, AuditEventRow.action == MERGED)
        for row in reversed(merged):
            if row.subject.removeprefix("person:") in found:
                found.add(str(row.detail.get("was", "")))
        return found

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
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _for_them(argument: Json) -> Json:
    """Return what a job is about without what was worked out for a lead: what stands against a pair."""
    about = argument.get("about")
    if not isinstance(about, dict) or "found" not in about:
        return argument
    return {**argument, "about": {**about, "found": SOMEBODY_ELSE}}


def _parsed(text: str | None) -> Any:
    return json.loads(text) if text else None


def _in_thread(question: QuestionRow) -> Any:
    return ThreadMessageRow.question_id == question.id
