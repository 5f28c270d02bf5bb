"""Erasing a person, a capstone, or old answers of a model."""

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, or_, select

from bot.adapters.database.audit_trail import AuditEventRow
from bot.adapters.database.check_ins.tables import (
    CheckInCodeRow,
    CheckInRow,
    RhythmChoiceRow,
    UnpromptedMessageRow,
)
from bot.adapters.database.dojo.tables import (
    AbsenceRow,
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
from bot.adapters.database.model_calls.tables import ModelCallRow, ModelCallState
from bot.adapters.database.pairing.tables import PairRow, ProposalRow, UnassignedRow
from bot.adapters.database.privacy.argument_erasure import ArgumentErasure
from bot.adapters.database.privacy.check_in_questions import blank_questions, questions_to
from bot.adapters.database.privacy.document_and_defence_erasure import DocumentAndDefenceErasure
from bot.adapters.database.privacy.enquiries import erase_enquiries, own_enrolments, select_calls
from bot.adapters.database.privacy.one_to_ones import erase_one_to_ones
from bot.adapters.database.privacy.people import ROWS, PeopleQueries, in_pair, is_about
from bot.adapters.database.privacy.ruling_erasure import RulingErasure
from bot.adapters.database.pull_requests.tables import (
    CapstoneRow,
    CitationRow,
    CommandRow,
    DeliveryRow,
    LedgerEntryRow,
    PullRequestRow,
    QuestionRow,
    RoundRow,
    ThreadMessageRow,
)
from bot.domain.enquiries.records import MODEL_REPOSITORIES
from bot.domain.privacy.data_scope import ERASED, DataScope
from bot.domain.privacy.payloads import parse_payload
from bot.domain.privacy.personal_traces import SOMEBODY, PersonalTraces
from bot.domain.pull_requests.records import RoundState
from bot.ports.personal_data import Counts, Subject

Row = TypeVar("Row", bound=SQLModel)


@dataclass
class SqlErasures:
    """``ports.personal_data.Erasures`` over one session."""

    session: Session
    tenant: str

    @property
    def _queries(self) -> PeopleQueries:
        return PeopleQueries(self.session, self.tenant)

    def erase_person(self, subject: Subject, traces: PersonalTraces) -> Counts:
        """Erase a person with their capstones, and their words and names in others' data.

        The audit trail remains.
        """
        scope = self._queries.scope(subject)
        done: Counter[str] = Counter()
        done["delivery"] += self._erase_deliveries(scope, subject, traces)
        for capstone in sorted(scope.capstones):
            done.update(self.erase_capstone(capstone))
        # Old calls have no repository, so they may be about this person's code. Without the answer, the same
        # request is simply made once more.
        unknown = select(ModelCallRow).where(
            col(ModelCallRow.repository).is_(None), col(ModelCallRow.answer).is_not(None)
        )
        done["model_call"] += self._forget_calls(unknown)
        done["capstone"] += self._execute(
            sa.update(CapstoneRow).where(col(CapstoneRow.sensei_id) == subject.id).values(sensei_id=None)
        )
        # A former participant's words may be in answers about a capstone that is somebody else's now.
        argued = self._queries.argued_capstones(subject)
        done["model_call"] += self._forget_calls(self._queries.select_calls(argued)) if argued else 0
        done.update(ArgumentErasure(self.session).erase_words_of(subject))
        if subject.id:
            done["question"] += blank_questions(self.session, questions_to(self.session, subject.id))
            done.update(RulingErasure(self.session).erase_person(subject.id, scope))
            done.update(DocumentAndDefenceErasure(self.session).erase_person(subject.id))
        done["thread_message"] += self._delete(
            ThreadMessageRow, col(ThreadMessageRow.author_id).in_(subject.numbers)
        )
        done.update(self._erase_work(scope))  # without these rows, their commands elsewhere get no answer
        done["command"] += self._delete(CommandRow, col(CommandRow.author_id).in_(subject.numbers))
        done["command"] += self._blank_commands(traces)
        done["pull_request"] += self._execute(
            sa.update(PullRequestRow)
            .where(col(PullRequestRow.author_id).in_(subject.numbers))
            .values(author_id=0, author_login=SOMEBODY)
        )
        done["audit_event"] += self._clean_audit_trail(traces)
        self._mark_as_erased(scope.rows_alone)
        done["link_code"] += self._delete_link_codes(subject, traces)
        asked = select_calls(own_enrolments(self.session, subject.id or ""))
        done["model_call"] += self._forget_calls(asked, forget_repository=True)
        done.update(erase_enquiries(self.session, subject.id or ""))
        done.update(self._erase_memberships(subject.id or "", traces))
        done.update(erase_one_to_ones(self.session, subject.id or ""))
        done["enrolment"] += self._delete(EnrolmentRow, col(EnrolmentRow.person_id) == subject.id)
        done["identity"] += self._delete(IdentityRow, col(IdentityRow.person_id) == subject.id)
        done["person"] += self._delete(PersonRow, col(PersonRow.id) == subject.id)
        self.session.expire_all()
        return +done

    def _erase_memberships(self, person: str, traces: PersonalTraces) -> Counter[str]:
        """Erase a person's memberships, and what others' rows say about them."""
        own = select(EnrolmentRow.id).where(EnrolmentRow.person_id == person)
        done = Counter[str]()
        for table, condition in (
            (
                PreferenceRow,
                or_(col(PreferenceRow.person_id) == person, col(PreferenceRow.enrolment_id).in_(own)),
            ),
            (ProfileRow, col(ProfileRow.enrolment_id).in_(own)),
            (NeverPairRow, or_(col(NeverPairRow.author_id) == person, col(NeverPairRow.other_id) == person)),
            (AbsenceRow, col(AbsenceRow.sensei_id) == person),
            (CheckInRow, col(CheckInRow.enrolment_id).in_(own)),
            (CheckInCodeRow, col(CheckInCodeRow.enrolment_id).in_(own)),
            (RhythmChoiceRow, col(RhythmChoiceRow.enrolment_id).in_(own)),
            (UnpromptedMessageRow, col(UnpromptedMessageRow.person_id) == person),
            (LinkCodeRow, col(LinkCodeRow.person_id) == person),
            (PairRow, in_pair(person)),
            (UnassignedRow, col(UnassignedRow.participant_id) == person),
            (PersonNameRow, col(PersonNameRow.person_id) == person),
        ):
            done[str(table.__tablename__)] += self._delete(table, condition)
        done["absence"] += self._execute(
            sa.update(AbsenceRow).where(col(AbsenceRow.deputy_id) == person).values(deputy_id=None)
        )
        done["proposal"] += self._execute(
            sa.update(ProposalRow).where(col(ProposalRow.by_id) == person).values(by_id=None)
        )
        # Reasons name people only by their opaque ids; otherwise they consist of fixed words.
        outside_audit = PersonalTraces(numbers=traces.numbers, person=traces.person).outside_audit
        for pair in self._queries.stream(select(PairRow)):
            reasons = outside_audit.scrub_value(pair.reasons)
            if reasons != pair.reasons:
                pair.reasons = reasons
                done["pairing"] += 1
        self.session.flush()
        return done

    def erase_capstone(self, capstone: int) -> Counts:
        """Erase a capstone with everything below it. Only the cost of model calls remains."""
        row = self.session.get_one(CapstoneRow, capstone)
        scope = self._queries.capstone_scope(capstone)
        pulls, done = scope.pull_requests, self._erase_work(scope)
        self._mark_as_erased(scope)
        done["model_call"] += self._forget_calls(self._queries.select_calls([row]), forget_repository=True)
        entries = select(LedgerEntryRow.id).where(LedgerEntryRow.capstone_id == capstone)
        done["citation"] += self._delete(CitationRow, col(CitationRow.entry_id).in_(entries))
        done["ledger_entry"] += self._delete(LedgerEntryRow, col(LedgerEntryRow.capstone_id) == capstone)
        done.update(ArgumentErasure(self.session).erase_in_capstone(scope))
        done.update(RulingErasure(self.session).erase_in_capstone(scope))
        done["check_in"] += self._delete(CheckInRow, col(CheckInRow.capstone_id) == capstone)
        done["check_in_code"] += self._delete(CheckInCodeRow, col(CheckInCodeRow.capstone_id) == capstone)
        done.update(DocumentAndDefenceErasure(self.session).erase_in_capstone(scope))
        done["thread_message"] += self._delete(
            ThreadMessageRow, col(ThreadMessageRow.question_id).in_(scope.questions)
        )
        done["command"] += self._delete(CommandRow, col(CommandRow.pull_request_id).in_(pulls))
        done["question"] += self._delete(QuestionRow, col(QuestionRow.capstone_id) == capstone)
        done["round"] += self._delete(RoundRow, col(RoundRow.pull_request_id).in_(pulls))
        done["pull_request"] += self._delete(PullRequestRow, col(PullRequestRow.capstone_id) == capstone)
        done["capstone"] += self._delete(CapstoneRow, col(CapstoneRow.id) == capstone)
        self.session.expire_all()
        return +done

    def _erase_work(self, scope: DataScope) -> Counter[str]:
        """Delete the jobs and effects that concern a scope. A message's effect has its job's id."""
        done, keys = Counter[str](), set[str]()
        for job in self._queries.stream(select(JobRow)):
            if scope.concerns(job.id, job.argument):
                keys.add(job.id)
                self.session.delete(job)
                done["job"] += 1
        for effect in self._queries.stream(select(EffectRow)):
            if effect.key in keys or scope.concerns(effect.key):
                self.session.delete(effect)
                done["effect"] += 1
        self.session.flush()
        return done

    def _blank_commands(self, traces: PersonalTraces) -> int:
        """Blank the subjects of others' commands that contain the person's name instead of a check."""
        changed = 0
        for row in self._queries.stream(select(CommandRow).where(col(CommandRow.about) != "")):
            if traces.count(row.about, without_words=True, place="about"):
                row.about = ""
                changed += 1
        self.session.flush()
        return changed

    def ended_capstones(self, before: datetime) -> Sequence[int]:
        """List the ids of capstones that ended before a moment."""
        query = select(CapstoneRow.id).where(CapstoneRow.state == "ended", col(CapstoneRow.ended_at) < before)
        return [
            capstone
            for capstone in self.session.exec(query.order_by(col(CapstoneRow.id)))
            if capstone is not None
        ]

    def forget_answers(self, before: datetime) -> int:
        """Erase model answers from before a moment that no reading can still need; return how many."""
        wanted = self._list_repositories_being_read()
        old = (
            sa.update(ModelCallRow)
            .where(
                col(ModelCallRow.state) == ModelCallState.ANSWERED,
                col(ModelCallRow.finished_at) < before,
                or_(col(ModelCallRow.repository).is_(None), col(ModelCallRow.repository).not_in(wanted)),
            )
            .values(state=ModelCallState.FORGOTTEN, answer=None)
        )
        return self._execute(old)

    def forget_enquiry_answers(self, enrolment: int) -> int:
        """Erase what a model answered about what a member asked; return how many calls there were."""
        answered = select_calls([enrolment]).where(col(ModelCallRow.answer).is_not(None))
        return self._forget_calls(answered)

    def forget_askers(self, before: datetime) -> int:
        """Erase who asked, in the calls from before a moment about what people asked; return how many."""
        asked = col(ModelCallRow.repository).startswith(MODEL_REPOSITORIES, autoescape=True)
        old = select(ModelCallRow).where(asked, col(ModelCallRow.started_at) < before)
        return self._forget_calls(old, forget_repository=True)

    def _list_repositories_being_read(self) -> list[str]:
        """Return the repositories with a round that is being read, or that gave up and may be retried.

        A round that gave up can't be retried once a later one has started or its pull request is closed.
        """
        later = sa.orm.aliased(RoundRow)
        followed = sa.exists().where(
            col(later.pull_request_id) == col(RoundRow.pull_request_id),
            col(later.number) > col(RoundRow.number),
            col(later.state) != RoundState.WAITING,
        )
        going_on = or_(
            RoundRow.state == RoundState.READING,
            (col(RoundRow.state) == RoundState.FAILED) & (col(PullRequestRow.state) == "open") & ~followed,
        )
        query = (
            select(CapstoneRow.tenant, CapstoneRow.repository_id)
            .join(PullRequestRow, col(PullRequestRow.capstone_id) == col(CapstoneRow.id))
            .join(RoundRow, col(RoundRow.pull_request_id) == col(PullRequestRow.id))
            .where(going_on)
            .distinct()
        )
        return [f"{tenant}/{repository}" for tenant, repository in self.session.exec(query)]

    def _forget_calls(self, calls: Any, *, forget_repository: bool = False) -> int:
        """Delete the answers of calls, given as a query; return how many calls there were.

        ``forget_repository`` also deletes what links them to a repository.
        """
        changed = 0
        for call in self._change_page_by_page(ModelCallRow, calls, col(ModelCallRow.id)):
            changed += 1
            if call.answer is not None:
                call.answer, call.state = None, ModelCallState.FORGOTTEN
            if forget_repository:
                call.repository, call.request_id, call.error = None, None, ""
                call.key = uuid.uuid4().hex * 2
        return changed

    def _change_page_by_page(self, table: type[Row], query: Any, key: Any) -> Iterator[Row]:
        """Yield a query's rows for changes, storing these page by page: a row may be large."""
        keys = list(self.session.exec(query.with_only_columns(key)))
        for start in range(0, len(keys), ROWS):
            yield from self.session.exec(
                select(table).where(key.in_(keys[start : start + ROWS])).order_by(key)
            )
            self.session.flush()

    def _erase_deliveries(self, scope: DataScope, subject: Subject, traces: PersonalTraces) -> int:
        """Erase the payloads of a person's deliveries, and remove their names from others'."""
        changed, outside_audit = 0, traces.outside_audit
        kept = select(DeliveryRow).where(col(DeliveryRow.payload).is_not(None))
        for row in self._change_page_by_page(DeliveryRow, kept, col(DeliveryRow.guid)):
            payload = parse_payload(row.payload or b"")
            sent = (row.payload or b"").decode("utf-8", "replace")
            if is_about(payload, scope, subject.numbers, subject.elsewhere):
                row.payload, row.state, row.error, row.waits_for = None, "ignored", "", None
            elif (
                outside_audit.count(sent, without_words=True)
                and (clean := outside_audit.scrub_text(sent)) != sent
            ):
                row.payload = clean.encode()
            else:
                continue
            changed += 1
        waits = col(DeliveryRow.waits_for).in_(scope.pull_requests)
        self.session.flush()
        self._execute(sa.update(DeliveryRow).where(waits).values(waits_for=None))
        return changed

    def _clean_audit_trail(self, traces: PersonalTraces) -> int:
        """Remove names and ids at the host from the audit trail, which then holds only opaque ids."""
        changed = 0
        for row in self._queries.stream(select(AuditEventRow)):
            detail: Any = traces.scrub_value(row.detail)
            subject = traces.scrub_text(row.subject, "subject")
            if (subject, detail) != (row.subject, row.detail):
                row.subject, row.detail = subject, detail
                changed += 1
        self.session.flush()
        return changed

    def _mark_as_erased(self, scope: DataScope) -> None:
        """Mark deleted rows in the audit trail, so that their names never match someone else's rows.

        Sensei's ids are not reused. But a repository's id comes from the host, and recurs if the repository
        is enrolled again.
        """
        for row in self._queries.stream(select(AuditEventRow)):
            if scope.is_subject(row.subject):
                row.subject = f"{ERASED} {row.subject}"
        self.session.flush()

    def _delete_link_codes(self, subject: Subject, traces: PersonalTraces) -> int:
        """Delete others' link codes that a person's account posted, or that were requested for it."""
        names = [name.lower() for name in traces.names]
        named = sa.func.lower(col(LinkCodeRow.login)).in_(names)
        return self._delete(LinkCodeRow, or_(col(LinkCodeRow.account_id).in_(subject.numbers), named))

    def _delete(self, table: type[SQLModel], condition: sa.ColumnElement[bool]) -> int:
        return self._execute(sa.delete(table).where(condition))

    def _execute(self, statement: Any) -> int:
        return int(self.session.connection().execute(statement).rowcount)
