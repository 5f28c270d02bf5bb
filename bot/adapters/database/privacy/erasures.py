"""Forgetting: a person, a capstone, what a model answered long ago."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
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
from bot.adapters.database.model_calls.tables import ModelCallRow, ModelCallState
from bot.adapters.database.privacy.people import PeopleQueries, in_pair, is_of
from bot.adapters.database.pull_requests.tables import (
    AuditEventRow,
    CapstoneRow,
    CitationRow,
    CommandRow,
    DeliveryRow,
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
from bot.domain.privacy.data_scope import ERASED, DataScope
from bot.domain.privacy.personal_traces import SOMEBODY, PersonalTraces
from bot.domain.pull_requests.records import RoundState
from bot.ports.personal_data import Counts, Subject


@dataclass
class SqlErasures:
    """``ports.people.SqlErasures`` over one session."""

    session: Session
    tenant: str

    @property
    def _people(self) -> PeopleQueries:
        return PeopleQueries(self.session, self.tenant)

    def person(self, who: Subject, traces: PersonalTraces) -> Counts:
        """Forget somebody: their capstones whole, their words and names in others'. The audit trail stays."""
        scope = self._people.scope(who)
        done: Counter[str] = Counter()
        done["delivery"] += self._deliveries(scope, who, traces)
        for capstone in sorted(scope.capstones):
            done.update(self.capstone(capstone))
        # Of calls that were made before it was noted whose code they are about nobody can say that it is not
        # theirs. What is lost is only that the same is asked once more.
        unknown = select(ModelCallRow).where(
            col(ModelCallRow.repository).is_(None), col(ModelCallRow.answer).is_not(None)
        )
        done["model_call"] += self._forget_calls(self.session.exec(unknown).all())
        done["capstone"] += self._change(
            sa.update(CapstoneRow).where(col(CapstoneRow.sensei_id) == who.id).values(sensei_id=None)
        )
        done["thread_message"] += self._delete(
            ThreadMessageRow, col(ThreadMessageRow.author_id).in_(who.numbers)
        )
        done.update(self._work(scope))  # of their commands elsewhere: none is answered without its row
        done["command"] += self._delete(CommandRow, col(CommandRow.author_id).in_(who.numbers))
        done["command"] += self._named(traces)
        done["pull_request"] += self._change(
            sa.update(PullRequestRow)
            .where(col(PullRequestRow.author_id).in_(who.numbers))
            .values(author_id=0, author_login=SOMEBODY)
        )
        done["audit_event"] += self._audited(traces)
        self._mark(scope.rows_alone)
        done["link_code"] += self._codes(who, traces)
        done.update(self._dojo(who.id or "", traces))
        done["enrolment"] += self._delete(EnrolmentRow, col(EnrolmentRow.person_id) == who.id)
        done["identity"] += self._delete(IdentityRow, col(IdentityRow.person_id) == who.id)
        done["person"] += self._delete(PersonRow, col(PersonRow.id) == who.id)
        self.session.expire_all()
        return +done

    def _dojo(self, person: str, traces: PersonalTraces) -> Counter[str]:
        """Forget what somebody is in cohorts, and what others' rows say of them."""
        own = select(EnrolmentRow.id).where(EnrolmentRow.person_id == person)
        done = Counter[str]()
        for table, which in (
            (
                PreferenceRow,
                or_(col(PreferenceRow.person_id) == person, col(PreferenceRow.enrolment_id).in_(own)),
            ),
            (ProfileRow, col(ProfileRow.enrolment_id).in_(own)),
            (NeverPairRow, or_(col(NeverPairRow.author_id) == person, col(NeverPairRow.other_id) == person)),
            (AbsenceRow, col(AbsenceRow.sensei_id) == person),
            (LinkCodeRow, col(LinkCodeRow.person_id) == person),
            (PairRow, in_pair(person)),
            (UnassignedRow, col(UnassignedRow.participant_id) == person),
            (PersonNameRow, col(PersonNameRow.person_id) == person),
        ):
            done[str(table.__tablename__)] += self._delete(table, which)
        done["absence"] += self._change(
            sa.update(AbsenceRow).where(col(AbsenceRow.deputy_id) == person).values(deputy_id=None)
        )
        done["proposal"] += self._change(
            sa.update(ProposalRow).where(col(ProposalRow.by_id) == person).values(by_id=None)
        )
        # Reasons name people by their opaque ids alone; what else is in them are words of ours.
        anywhere = PersonalTraces(numbers=traces.numbers, person=traces.person).outside_audit
        for pair in self.session.exec(select(PairRow)).all():
            reasons = anywhere.cleaned(pair.reasons)
            if reasons != pair.reasons:
                pair.reasons = reasons
                done["pairing"] += 1
        self.session.flush()
        return done

    def capstone(self, capstone: int) -> Counts:
        """Forget a capstone with everything under it; of calls to a model the bill is kept."""
        row = self.session.get_one(CapstoneRow, capstone)
        scope = self._people.scope_of(capstone)
        pulls, done = scope.pull_requests, self._work(scope)
        self._mark(scope)
        done["model_call"] += self._forget_calls(self._people.calls([row]), whose=True)
        entries = select(LedgerEntryRow.id).where(LedgerEntryRow.capstone_id == capstone)
        done["citation"] += self._delete(CitationRow, col(CitationRow.entry_id).in_(entries))
        done["ledger_entry"] += self._delete(LedgerEntryRow, col(LedgerEntryRow.capstone_id) == capstone)
        done["thread_message"] += self._delete(
            ThreadMessageRow, col(ThreadMessageRow.question_id).in_(scope.questions)
        )
        done["command"] += self._delete(CommandRow, col(CommandRow.pull_request_id).in_(pulls))
        done["question"] += self._delete(QuestionRow, col(QuestionRow.pull_request_id).in_(pulls))
        done["round"] += self._delete(RoundRow, col(RoundRow.pull_request_id).in_(pulls))
        done["pull_request"] += self._delete(PullRequestRow, col(PullRequestRow.capstone_id) == capstone)
        done["capstone"] += self._delete(CapstoneRow, col(CapstoneRow.id) == capstone)
        self.session.expire_all()
        return +done

    def _work(self, scope: DataScope) -> Counter[str]:
        """Forget the jobs and effects that are about something; a message's effect bears its job's id."""
        done, keys = Counter[str](), set[str]()
        for job in self.session.exec(select(JobRow)).all():
            if scope.concerns(job.id, job.argument):
                keys.add(job.id)
                self.session.delete(job)
                done["job"] += 1
        for effect in self.session.exec(select(EffectRow)).all():
            if effect.key in keys or scope.concerns(effect.key):
                self.session.delete(effect)
                done["effect"] += 1
        self.session.flush()
        return done

    def _named(self, traces: PersonalTraces) -> int:
        """Blank what others' commands were about where that names the person, and so is no check."""
        changed = 0
        for row in self.session.exec(select(CommandRow).where(col(CommandRow.about) != "")).all():
            if traces.count(row.about, but_words=True, place="about"):
                row.about = ""
                changed += 1
        self.session.flush()
        return changed

    def ended(self, before: datetime) -> Sequence[int]:
        """List the capstones that ended before a moment."""
        query = select(CapstoneRow.id).where(CapstoneRow.state == "ended", col(CapstoneRow.ended_at) < before)
        return [each for each in self.session.exec(query.order_by(col(CapstoneRow.id))) if each is not None]

    def answers(self, before: datetime) -> int:
        """Forget what a model answered before a moment, where no reading can want it any more."""
        wanted = self._still_read()
        old = (
            sa.update(ModelCallRow)
            .where(
                col(ModelCallRow.state) == ModelCallState.ANSWERED,
                col(ModelCallRow.finished_at) < before,
                or_(col(ModelCallRow.repository).is_(None), col(ModelCallRow.repository).not_in(wanted)),
            )
            .values(state=ModelCallState.FORGOTTEN, answer=None)
        )
        return self._change(old)

    def _still_read(self) -> list[str]:
        """Return the repositories of which a round is being read, or gave up and may be let go on.

        One that gave up has ended for good once a later one has begun or its pull request is closed.
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

    def _forget_calls(self, calls: Sequence[ModelCallRow], *, whose: bool = False) -> int:
        """Forget what was answered; with ``whose`` also what tells whose code it was about, the hash too."""
        for call in calls:
            if call.answer is not None:
                call.answer, call.state = None, ModelCallState.FORGOTTEN
            if whose:
                call.repository, call.request_id, call.error = None, None, ""
                call.key = uuid.uuid4().hex * 2
            self.session.add(call)
        self.session.flush()
        return len(calls)

    def _deliveries(self, scope: DataScope, who: Subject, traces: PersonalTraces) -> int:
        """Forget what deliveries hold of somebody's; of others' only what names them."""
        changed, anywhere = 0, traces.outside_audit
        for row, payload in list(self._people.deliveries()):
            sent = (row.payload or b"").decode("utf-8", "replace")
            if is_of(payload, scope, who.numbers, who.elsewhere):
                row.payload, row.state, row.error, row.waits_for = None, "ignored", "", None
            elif anywhere.count(sent, but_words=True) and (clean := anywhere.scrubbed(sent)) != sent:
                row.payload = clean.encode()
            else:
                continue
            changed += 1
        waits = col(DeliveryRow.waits_for).in_(scope.pull_requests)
        self.session.flush()
        self._change(sa.update(DeliveryRow).where(waits).values(waits_for=None))
        return changed

    def _audited(self, traces: PersonalTraces) -> int:
        """Take a host's names and numbers out of the audit trail, which holds opaque ids alone."""
        changed = 0
        for row in self.session.exec(select(AuditEventRow)).all():
            detail: Any = traces.cleaned(row.detail)
            subject = traces.scrubbed(row.subject, "subject")
            if (subject, detail) != (row.subject, row.detail):
                row.subject, row.detail = subject, detail
                changed += 1
        self.session.flush()
        return changed

    def _mark(self, scope: DataScope) -> None:
        """Let the audit trail name rows that go in a way that no row of somebody else is ever named.

        Numbers are not given twice; but those of repositories are the host's, and come again where one is
        enrolled again.
        """
        for row in self.session.exec(select(AuditEventRow)).all():
            if scope.is_subject(row.subject):
                row.subject = f"{ERASED} {row.subject}"
        self.session.flush()

    def _codes(self, who: Subject, traces: PersonalTraces) -> int:
        """Forget the codes of others that somebody has written, or that were asked for their account."""
        names = [name.lower() for name in traces.names]
        named = sa.func.lower(col(LinkCodeRow.login)).in_(names)
        return self._delete(LinkCodeRow, or_(col(LinkCodeRow.account_id).in_(who.numbers), named))

    def _delete(self, table: type[SQLModel], which: sa.ColumnElement[bool]) -> int:
        return self._change(sa.delete(table).where(which))

    def _change(self, statement: Any) -> int:
        return int(self.session.connection().execute(statement).rowcount)
