"""The export of a person's data as one JSON document, ``sensei.export/1`` (docs/privacy.md)."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, or_, select

from bot.adapters.database.audit_trail import AuditEventRow
from bot.adapters.database.check_ins.tables import CheckInRow, RhythmChoiceRow, UnpromptedMessageRow
from bot.adapters.database.dojo.tables import (
    AbsenceRow,
    CohortRow,
    EnrolmentRow,
    IdentityRow,
    LinkCodeRow,
    NeverPairRow,
    PersonNameRow,
    PersonRow,
    PreferenceRow,
    ProfileRow,
)
from bot.adapters.database.jobs.tables import EffectRow, JobRow
from bot.adapters.database.model_calls.tables import ModelCallRow
from bot.adapters.database.pairing.tables import PairRow, ProposalRow, UnassignedRow
from bot.adapters.database.privacy.argument_export import ArgumentExport
from bot.adapters.database.privacy.document_and_defence_export import DEFENCE_CALLS, DocumentAndDefenceExport
from bot.adapters.database.privacy.enquiries import export_answered_handovers, export_calls, export_enquiries
from bot.adapters.database.privacy.former_participants import has_words_of_others
from bot.adapters.database.privacy.one_to_ones import export_one_to_ones
from bot.adapters.database.privacy.people import PeopleQueries, in_pair, is_about
from bot.adapters.database.privacy.row_json import Json, as_json
from bot.adapters.database.privacy.ruling_export import RulingExport
from bot.adapters.database.pull_requests.tables import (
    CapstoneRow,
    CitationRow,
    CommandRow,
    LedgerEntryRow,
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
from bot.domain.privacy.third_parties import SOMEBODY_ELSE, redact_accounts, redact_payload, redact_people
from bot.ports.personal_data import Subject

_QUOTES_WORDS = frozenset({"articulate", "check_in", "design", "enquiry"})
"""The purposes of calls to a model whose answers may quote what a participant wrote."""


class SqlPeople(PeopleQueries):
    """``ports.personal_data.People`` over one session."""

    def document(self, subject: Subject) -> Json:
        """Return all data about a person as JSON. Other people appear only as "somebody else"."""
        return ExportQueries(self.session, self, subject).document()


@dataclass
class ExportQueries:
    """Reads all rows of a person. Other people appear only as "somebody else"."""

    session: Session
    people: PeopleQueries
    subject: Subject

    def document(self) -> Json:
        """Return the export: the person, their capstones, data elsewhere, deliveries and the audit trail."""
        scope = self.people.scope(self.subject)
        return {
            "person": self._export_person(),
            "identities": self._export_rows(
                IdentityRow, IdentityRow.person_id == self.subject.id, but={"person_id"}
            ),
            "enrolments": [
                self._export_enrolment(row)
                for row in self._read_rows(EnrolmentRow, self._is_theirs(EnrolmentRow))
            ],
            "capstones": [self._export_capstone(row) for row in self.people.capstones(self.subject)],
            "dojo": self._export_memberships(),
            "elsewhere": self._export_elsewhere(scope),
            "work": self._export_work(),
            "deliveries": self._export_deliveries(scope),
            "audit": self._export_audit_trail(scope),
        }

    @property
    def _arguments(self) -> ArgumentExport:
        return ArgumentExport(self.session, self.subject)

    @property
    def _rulings(self) -> RulingExport:
        return RulingExport(self.session, self.subject)

    @property
    def _documents_and_defences(self) -> DocumentAndDefenceExport:
        return DocumentAndDefenceExport(self.session, self.subject)

    def _is_theirs(self, table: Any) -> Any:
        return table.person_id == self.subject.id

    def _export_person(self) -> Json | None:
        row = self.session.get(PersonRow, self.subject.id) if self.subject.id else None
        return as_json(row) if row else None

    def _export_enrolment(self, row: EnrolmentRow) -> Json:
        cohort = self.session.get_one(CohortRow, row.cohort_id)
        profile = self.session.get(ProfileRow, row.id)
        rhythm = self.session.get(RhythmChoiceRow, row.id)
        prefers = self._read_rows(PreferenceRow, PreferenceRow.enrolment_id == row.id)
        return {
            "cohort": cohort.name,
            **as_json(row, but={"cohort_id", "person_id"}),
            "profile": as_json(profile, but={"enrolment_id"}) if profile else None,
            "prefers": [SOMEBODY_ELSE for _ in prefers],
            "rhythm": as_json(rhythm, but={"enrolment_id"}) if rhythm else None,
            "check_ins": [
                as_json(check_in, but={"enrolment_id"})
                for check_in in self._read_rows(CheckInRow, CheckInRow.enrolment_id == row.id)
            ],
            "enquiries": export_enquiries(self.session, row.id or 0),
            "model_calls": export_calls(self.session, row.id or 0),
        }

    def _export_memberships(self) -> Json:
        """Return the person's data as a member of cohorts. The other side of a pair is not named.

        The export does not reveal who asked never to be paired with them, nor which constraint left them
        without a sensei.
        """
        person = self.subject.id or ""
        name = self.session.get(PersonNameRow, person)
        code = self.session.get(LinkCodeRow, person)
        deputised = self._read_rows(AbsenceRow, AbsenceRow.deputy_id == person)
        unassigned = (
            select(ProposalRow)
            .join(UnassignedRow, col(UnassignedRow.proposal_id) == col(ProposalRow.id))
            .where(UnassignedRow.participant_id == person)
            .order_by(col(ProposalRow.id))
        )
        messages = select(UnpromptedMessageRow).where(UnpromptedMessageRow.person_id == person)
        return {
            "name": name.name if name else None,
            "pairs": [self._export_pair(row) for row in self._read_rows(PairRow, in_pair(person))],
            "unassigned": [as_json(row, but={"by_id"}) for row in self.session.exec(unassigned)],
            "never_pairs": [
                {**as_json(row, but={"author_id", "other_id"}), "other": SOMEBODY_ELSE}
                for row in self._read_rows(NeverPairRow, NeverPairRow.author_id == person)
            ],
            "absences": [
                {**as_json(row, but={"sensei_id", "deputy_id"}), "deputy": self._name_person(row.deputy_id)}
                for row in self._read_rows(AbsenceRow, AbsenceRow.sensei_id == person)
            ],
            "deputy": [
                {**as_json(row, but={"sensei_id", "deputy_id"}), "sensei": self._name_person(row.sensei_id)}
                for row in deputised
            ],
            "proposals": [
                as_json(row, but={"by_id"})
                for row in self._read_rows(ProposalRow, ProposalRow.by_id == person)
            ],
            "link_code": self._export_link_code(code) if code else None,
            "unprompted": [
                {"day": row.day.isoformat(), "feature": row.feature}
                for row in self.session.exec(messages.order_by(col(UnpromptedMessageRow.day)))
            ],
            **self._rulings.digests(),
            **export_one_to_ones(self.session, person),
            "answered_handovers": export_answered_handovers(self.session, person),
        }

    def _export_link_code(self, row: LinkCodeRow) -> Json:
        """Return a link code. The account that posted it is named only if it is known to be theirs."""
        others = {"person_id", "id", "digest", "account_id", "account_login", "comment_id", "inline"}
        theirs = row.account_id in self.subject.numbers
        account = row.account_login if theirs else SOMEBODY_ELSE if row.account_id is not None else None
        return {**as_json(row, but=others), "account": account}

    def _export_pair(self, row: PairRow) -> Json:
        """Return a pair. Only the sensei who vetoed it sees why; other reasons may be anyone's words.

        An ended pair always shows a reason as somebody else's, since an empty one would reveal how it ended.
        """
        is_own_veto = row.state == PairState.VETOED and row.sensei_id == self.subject.id
        return {
            **as_json(row, but={"participant_id", "sensei_id"}),
            "participant": self._name_person(row.participant_id),
            "sensei": self._name_person(row.sensei_id),
            "reasons": self._without_others(
                [reason for reason in row.reasons if reason.get("kind") not in FOR_LEADS]
            ),
            "why": row.why
            if is_own_veto
            else SOMEBODY_ELSE
            if row.why or row.state == PairState.ENDED
            else "",
        }

    def _export_work(self) -> Json:
        """Return the jobs and effects about the person, without those about their capstones."""
        own = self.people.own_scope(self.subject)
        jobs = self._export_concerned(JobRow, lambda job: own.concerns(job.id, job.argument))
        keys = {job["id"] for job in jobs}
        effects = self._export_concerned(
            EffectRow, lambda effect: effect.key in keys or own.concerns(effect.key)
        )
        jobs = [{**job, "argument": _without_findings(job["argument"])} for job in jobs]
        return {"jobs": self._without_others(jobs), "effects": self._without_others(effects)}

    def _without_others(self, value: Any) -> Any:
        return redact_people(value, self.subject.ids)

    def _export_capstone(self, row: CapstoneRow) -> Json:
        cohort = self.session.get_one(CohortRow, row.cohort_id)
        scope = self.people.capstone_scope(row.id or 0)
        is_shared = has_words_of_others(self.session, row.id or 0, self.subject.id or "")
        return {
            **as_json(row, but={"cohort_id", "participant_id", "sensei_id"}),
            "cohort": cohort.name,
            "sensei": self._name_person(row.sensei_id),
            "pull_requests": [
                self._export_pull_request(pull)
                for pull in self._read_rows(PullRequestRow, PullRequestRow.capstone_id == row.id)
            ],
            "questions": [
                {
                    **self._arguments.check_in_question(question),
                    "conversation": self._arguments.conversation(question.id or 0),
                }
                for question in self._read_rows(QuestionRow, _is_private_in(row))
            ],
            "ledger": [
                {
                    **as_json(entry, but={"capstone_id"}),
                    "citations": self._export_rows(
                        CitationRow, CitationRow.entry_id == entry.id, but={"entry_id"}
                    ),
                }
                for entry in self._read_rows(LedgerEntryRow, LedgerEntryRow.capstone_id == row.id)
            ],
            "decisions": self._arguments.decisions(row.id or 0),
            "statements": self._arguments.statements(row.id or 0),
            **self._rulings.of_capstone(row.id or 0),
            **self._documents_and_defences.of_capstone(row.id or 0),
            "model_calls": [_export_call(call, is_shared=is_shared) for call in self.people.calls([row])],
            "jobs": self._export_concerned(JobRow, lambda job: scope.concerns(job.id, job.argument)),
            "effects": self._export_concerned(EffectRow, lambda effect: scope.concerns(effect.key)),
        }

    def _name_person(self, person: str | None) -> str | None:
        return None if person is None else "themselves" if person == self.subject.id else SOMEBODY_ELSE

    def _export_pull_request(self, row: PullRequestRow) -> Json:
        theirs = row.author_id in self.subject.numbers
        is_of_pull_request = QuestionRow.pull_request_id == row.id
        shown = as_json(row, but={"capstone_id"})
        if not theirs:
            shown |= {"author_id": None, "author_login": SOMEBODY_ELSE}
        return {
            **shown,
            "rounds": [
                {
                    **as_json(round_, but={"pull_request_id"}),
                    "report": _parse_json(round_.report),
                    "drift_findings": self._arguments.drift_findings(round_.id),
                }
                for round_ in self._read_rows(RoundRow, RoundRow.pull_request_id == row.id)
            ],
            "questions": [
                {
                    **as_json(question, but={"pull_request_id"}),
                    "thread": self._export_thread(question),
                    "conversation": self._arguments.conversation(question.id or 0),
                }
                for question in self._read_rows(QuestionRow, is_of_pull_request)
            ],
            "commands": [
                self._export_command(command)
                for command in self._read_rows(CommandRow, CommandRow.pull_request_id == row.id)
            ],
        }

    def _export_thread(self, question: QuestionRow) -> list[Json]:
        return [
            self._export_message(row) for row in self._read_rows(ThreadMessageRow, _is_in_thread(question))
        ]

    def _export_message(self, row: ThreadMessageRow) -> Json:
        if row.author_id in self.subject.numbers:
            return as_json(row, but={"question_id"})
        return {"at": row.at.isoformat(), "author_id": None, "body": SOMEBODY_ELSE}

    def _export_command(self, row: CommandRow) -> Json:
        """Return a command. If another person gave it, only the verb and the outcome are shown."""
        if row.author_id in self.subject.numbers:
            return as_json(row, but={"pull_request_id"})
        others = {"comment_id", "thread_id", "about", "pull_request_id"}
        return as_json(row, but=others) | {"author_id": None, "author": SOMEBODY_ELSE}

    def _export_elsewhere(self, scope: DataScope) -> Json:
        """Return the person's data in others' capstones, which appear only under Sensei's own ids."""
        messages_written = (
            select(ThreadMessageRow, PullRequestRow.capstone_id)
            .join(QuestionRow, col(QuestionRow.id) == col(ThreadMessageRow.question_id))
            .join(PullRequestRow, col(PullRequestRow.id) == col(QuestionRow.pull_request_id))
            .where(col(ThreadMessageRow.author_id).in_(self.subject.numbers))
            .order_by(col(ThreadMessageRow.at))
        )
        pull_requests_opened = self._read_rows(
            PullRequestRow, col(PullRequestRow.author_id).in_(self.subject.numbers)
        )
        commands_given = (
            select(CommandRow, PullRequestRow.capstone_id)
            .join(PullRequestRow, col(PullRequestRow.id) == col(CommandRow.pull_request_id))
            .where(col(CommandRow.author_id).in_(self.subject.numbers))
            .order_by(col(CommandRow.id))
        )
        capstones_taught = self._read_rows(CapstoneRow, CapstoneRow.sensei_id == (self.subject.id or ""))
        return {
            "sensei_of": [row.id for row in capstones_taught],
            "messages": [
                {"capstone": capstone, **as_json(row)}
                for row, capstone in self.session.exec(messages_written)
                if capstone not in scope.capstones
            ],
            "pull_requests": [
                {"capstone": row.capstone_id, **as_json(row, but={"capstone_id", "base_ref"})}
                for row in pull_requests_opened
                if row.capstone_id not in scope.capstones
            ],
            "commands": [
                {"capstone": capstone, **as_json(row)}
                for row, capstone in self.session.exec(commands_given)
                if capstone not in scope.capstones
            ],
            **self._arguments.elsewhere(scope),
            **self._rulings.elsewhere(scope),
            **self._documents_and_defences.elsewhere(scope),
        }

    def _export_deliveries(self, scope: DataScope) -> list[Json]:
        return [
            {
                **as_json(row, but={"payload"}),
                "payload": self._without_others(redact_payload(payload, self.subject.numbers)),
            }
            for row, payload in self.people.deliveries()
            if is_about(payload, scope, self.subject.numbers, self.subject.elsewhere)
        ]

    def _export_audit_trail(self, scope: DataScope) -> list[Json]:
        """Return what the person did, and what was done about them, their pairs and their capstones.

        Requests that others made in confidence are left out, even those about the person.
        """
        former = self._former_ids()
        subjects = {f"person:{person}" for person in former}
        rows = self._read_rows(AuditEventRow, or_(col(AuditEventRow.id) > 0))
        return [
            as_json(row) if row.actor in former else self._export_audit_event(row)
            for row in rows
            if row.actor in former
            or (
                not row.action.startswith(CONFIDENTIAL)
                and (row.subject in subjects or scope.is_subject(row.subject))
            )
        ]

    def _export_audit_event(self, row: AuditEventRow) -> Json:
        """Return what another person did. If they ended a pair, only the fact that it ended is shown."""
        shown: Json = self._without_others(as_json(row))
        return shown | {"action": "pairing.end", "actor": SOMEBODY_ELSE} if row.action in ENDINGS else shown

    def _former_ids(self) -> set[str]:
        """Return the person's opaque id, and those of people who were merged into them."""
        found = {self.subject.id} if self.subject.id else set[str]()
        merged = self._read_rows(AuditEventRow, AuditEventRow.action == MERGED)
        for row in reversed(merged):
            if row.subject.removeprefix("person:") in found:
                found.add(str(row.detail.get("was", "")))
        return found

    def _read_rows(self, table: type[Any], condition: Any) -> list[Any]:
        key = next(iter(table.__table__.primary_key.columns))
        return list(self.session.exec(select(table).where(condition).order_by(key)))

    def _export_rows(self, table: type[Any], condition: Any, *, but: set[str]) -> list[Json]:
        return [as_json(row, but=but) for row in self._read_rows(table, condition)]

    def _export_concerned(self, table: type[Any], is_theirs: Callable[[Any], bool]) -> list[Json]:
        found = redact_accounts(
            [as_json(row) for row in self.session.exec(select(table)) if is_theirs(row)], self.subject.numbers
        )
        return list(found)


def _without_findings(argument: Json) -> Json:
    """Return a job's argument without the findings, meant for a lead, on what prevents a pair."""
    about = argument.get("about")
    if not isinstance(about, dict) or "found" not in about:
        return argument
    return {**argument, "about": {**about, "found": SOMEBODY_ELSE}}


def _export_call(row: ModelCallRow, *, is_shared: bool) -> Json:
    """Return a call to a model. The questions that it worded for a defence are for the sensei.

    ``is_shared``: the capstone has words of a former participant, which an answer may quote.
    """
    hidden = row.purpose == DEFENCE_CALLS or (is_shared and row.purpose in _QUOTES_WORDS)
    answer = SOMEBODY_ELSE if hidden and row.answer else _parse_json(row.answer)
    return {**as_json(row), "answer": answer}


def _parse_json(text: str | None) -> Any:
    return json.loads(text) if text else None


def _is_private_in(capstone: CapstoneRow) -> Any:
    """Return the condition that a question is about a capstone and belongs to no pull request."""
    return (col(QuestionRow.capstone_id) == capstone.id) & col(QuestionRow.pull_request_id).is_(None)


def _is_in_thread(question: QuestionRow) -> Any:
    return ThreadMessageRow.question_id == question.id
