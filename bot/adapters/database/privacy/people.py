"""Finding a person in the tables: their accounts, the scope of their data, and their traces."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, func, or_, select

from bot.adapters.database.check_ins.tables import CheckInRow
from bot.adapters.database.decisions.tables import DecisionRow
from bot.adapters.database.dojo.tables import (
    EnrolmentRow,
    IdentityRow,
    NeverPairRow,
    PersonNameRow,
    PersonRow,
    ProfileRow,
)
from bot.adapters.database.model_calls.tables import ModelCallRow
from bot.adapters.database.one_to_ones.tables import OneToOneRow
from bot.adapters.database.pairing.tables import PairRow, ProposalRow
from bot.adapters.database.privacy.arguments import ArgumentQueries
from bot.adapters.database.privacy.check_in_questions import (
    capstones_asked_about,
    list_question_texts,
    questions_to,
)
from bot.adapters.database.privacy.documents_and_defences import DocumentAndDefenceQueries
from bot.adapters.database.privacy.enquiries import list_enquiry_texts
from bot.adapters.database.privacy.one_to_ones import list_texts, takes_part
from bot.adapters.database.privacy.published import PublishedQueries
from bot.adapters.database.privacy.rulings import RulingQueries
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
from bot.domain.privacy.data_scope import DataScope
from bot.domain.privacy.payloads import chat_users, parse_payload
from bot.domain.privacy.personal_texts import may_be_personal, own_texts, texts_about_work, written_texts
from bot.domain.privacy.personal_traces import PersonalTraces
from bot.domain.pull_requests.records import Account
from bot.ports.personal_data import PublishedItems, Subject

_PROVIDER = "github"
_CHAT = "slack"
ROWS = 50
"""How many rows are in memory at a time. A delivery may have 25 MB."""


@dataclass
class PeopleQueries:
    """The queries of ``ports.personal_data.People``, except for the export."""

    session: Session
    tenant: str

    def find(self, name: str) -> Sequence[Subject]:
        """List the people that a login, account id, chat id, name or opaque id may refer to."""
        wanted = name.strip().removeprefix("@")
        query = select(IdentityRow.person_id).where(
            or_(
                IdentityRow.external_id == wanted,
                func.lower(IdentityRow.login) == wanted.lower(),
                IdentityRow.person_id == wanted,
            )
        )
        called = select(PersonNameRow.person_id).where(func.lower(PersonNameRow.name) == wanted.lower())
        known = [
            *self.session.exec(query),
            *self.session.exec(called),
            *self.session.exec(select(PersonRow.id).where(PersonRow.id == wanted)),
        ]
        people = [self._as_subject(person) for person in dict.fromkeys(known)]
        numbers = {number for subject in people for number in subject.numbers}
        return [*people, *self._find_bystanders(wanted, numbers)]

    def _as_subject(self, person: str) -> Subject:
        rows = self.session.exec(select(IdentityRow).where(IdentityRow.person_id == person)).all()
        here = [row for row in rows if (row.provider, row.tenant) == (_PROVIDER, self.tenant)]
        accounts = tuple(Account(int(row.external_id), row.login) for row in here)
        chats = [row for row in rows if row.provider == _CHAT]
        others = [row for row in rows if row not in here and row not in chats]
        elsewhere = [row.external_id for row in (*chats, *others)] + [row.login for row in others]
        name = self.session.get(PersonNameRow, person)
        names = [*([name.name] if name else []), *(row.login for row in chats)]
        called = dict.fromkeys(known_name.strip() for known_name in names if known_name.strip())
        return Subject(person, accounts, tuple(elsewhere), tuple(called))

    def _find_bystanders(self, wanted: str, known: set[int]) -> Iterator[Subject]:
        """Yield people outside all cohorts who opened a pull request, wrote in a thread or gave a command."""
        number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else -1
        query = select(PullRequestRow.author_id, func.max(PullRequestRow.author_login)).where(
            or_(PullRequestRow.author_id == number, func.lower(PullRequestRow.author_login) == wanted.lower())
        )
        found = dict(self.session.exec(query.group_by(col(PullRequestRow.author_id))).all())
        wrote = select(ThreadMessageRow.author_id).where(ThreadMessageRow.author_id == number).limit(1)
        gave = select(CommandRow.author_id).where(CommandRow.author_id == number).limit(1)
        for author in (*self.session.exec(wrote), *self.session.exec(gave)):
            found.setdefault(author, "")
        enrolled = {
            int(account)
            for account in self.session.exec(
                select(IdentityRow.external_id).where(
                    IdentityRow.provider == _PROVIDER, IdentityRow.tenant == self.tenant
                )
            )
        }
        for author, login in found.items():
            if author and author not in known and author not in enrolled:
                yield Subject(None, (Account(author, login),))

    def scope(self, subject: Subject) -> DataScope:
        """Return the ids under which a person's own data, capstones and commands are stored."""
        scope = self._scope_of_capstones(self.capstones(subject))
        gave = select(CommandRow.id).where(col(CommandRow.author_id).in_(subject.numbers))
        own = self.own_scope(subject)
        rulings = scope.rulings | self._rulings.rulings_on(subject.id or "")
        return replace(
            scope,
            rulings=rulings,
            appeals=self._rulings.appeals_against(rulings),
            documents=scope.documents | self._documents_and_defences.documents_by(subject.id or ""),
            defences=scope.defences | self._documents_and_defences.defences_by(subject.id or ""),
            commands=scope.commands.union(self._read_ids(gave)),
            conversations=scope.conversations | self._arguments.conversations_with(subject),
            decisions=scope.decisions | self._arguments.decisions_by(subject),
            people=own.people,
            pairs=own.pairs,
            enrolments=own.enrolments,
            proposals=own.proposals,
            users=own.users,
            one_to_ones=own.one_to_ones,
        )

    def own_scope(self, subject: Subject) -> DataScope:
        """Return the ids under which a person's own data and pairs are stored, without their capstones."""
        if subject.id is None:
            return DataScope()
        pairs = select(PairRow.id).where(in_pair(subject.id))
        enrolments = select(EnrolmentRow.id).where(EnrolmentRow.person_id == subject.id)
        proposals = select(ProposalRow.id).where(ProposalRow.by_id == subject.id)
        users = select(IdentityRow.external_id).where(
            IdentityRow.person_id == subject.id, IdentityRow.provider == _CHAT
        )
        one_to_ones = select(OneToOneRow.id).where(takes_part(subject.id))
        return DataScope(
            people=frozenset({subject.id}),
            pairs=self._read_ids(pairs),
            enrolments=self._read_ids(enrolments),
            proposals=self._read_ids(proposals),
            users=frozenset(self.session.exec(users)),
            one_to_ones=self._read_ids(one_to_ones),
        )

    def capstone_scope(self, capstone: int) -> DataScope:
        """Return the ids under which one capstone's data is stored."""
        return self._scope_of_capstones([self.session.get_one(CapstoneRow, capstone)])

    def capstones(self, subject: Subject) -> Sequence[CapstoneRow]:
        """List a participant's capstones, including ended ones."""
        query = select(CapstoneRow).where(CapstoneRow.participant_id == (subject.id or ""))
        return self.session.exec(query.order_by(col(CapstoneRow.id))).all()

    def argued_capstones(self, subject: Subject) -> Sequence[CapstoneRow]:
        """List the capstones with a person's words, or with questions about these.

        The words are in conversations, decisions, design documents and defences, the questions in check-ins.
        """
        person = subject.id or ""
        argued = self._arguments.capstones_of(self._arguments.conversations_with(subject))
        decided = select(DecisionRow.capstone_id).where(DecisionRow.person_id == person)
        wrote = self._documents_and_defences.capstones_of(person) | self._read_ids(decided)
        others = (wrote | capstones_asked_about(self.session, person)) - {row.id for row in argued}
        return [*argued, *self.session.exec(select(CapstoneRow).where(col(CapstoneRow.id).in_(others)))]

    def _scope_of_capstones(self, capstones: Sequence[CapstoneRow]) -> DataScope:
        ids = frozenset(row.id for row in capstones if row.id is not None)
        pulls = select(PullRequestRow.id).where(col(PullRequestRow.capstone_id).in_(ids))
        numbers = self._read_ids(pulls)
        questions = select(QuestionRow.id).where(col(QuestionRow.capstone_id).in_(ids))
        commands = select(CommandRow.id).where(col(CommandRow.pull_request_id).in_(numbers))
        asked, ruled = self._read_ids(questions), self._rulings.rulings_in(ids)
        return DataScope(
            ids,
            frozenset(row.repository_id for row in capstones),
            numbers,
            asked,
            self._read_ids(commands),
            self._arguments.conversations_about(asked),
            self._arguments.decisions_of(ids),
            rulings=ruled,
            appeals=self._rulings.appeals_against(ruled),
            exemptions=self._rulings.exemptions_in(ids),
            documents=self._documents_and_defences.documents_in(ids),
            defences=self._documents_and_defences.defences_in(ids),
        )

    @property
    def _arguments(self) -> ArgumentQueries:
        return ArgumentQueries(self.session)

    @property
    def _rulings(self) -> RulingQueries:
        return RulingQueries(self.session)

    @property
    def _documents_and_defences(self) -> DocumentAndDefenceQueries:
        return DocumentAndDefenceQueries(self.session)

    def _read_ids(self, query: Any) -> frozenset[int]:
        return frozenset(self.session.exec(query))

    def traces(self, subject: Subject) -> PersonalTraces:
        """Return a person's names and ids, and the texts that only their own rows contain."""
        capstones = self.capstones(subject)
        mine, theirs = self.scope(subject), self._scope_of_capstones(self._other_capstones(capstones))
        theirs = replace(theirs, commands=theirs.commands - mine.commands)
        numbers = subject.numbers
        asked = questions_to(self.session, subject.id or "")
        texts = chain(
            self._capstone_texts(mine, capstones, numbers, subject.elsewhere),
            list_question_texts(self.session, asked),
            self._messages_by(numbers),
            self._arguments.texts(mine),
            self._own_texts(subject.id or "", theirs=True),
            self._rulings.texts(mine, subject.id or "", theirs=True),
            self._documents_and_defences.texts(mine, subject.id or "", theirs=True),
        )
        others = chain(
            self._capstone_texts(theirs, self._other_capstones(capstones), numbers, asked=asked),
            self._messages_by_others(mine, numbers),
            self._arguments.texts(theirs, but=mine),
            self._own_texts(subject.id or "", theirs=False),
            self._rulings.texts(mine, subject.id or "", theirs=False),
            self._documents_and_defences.texts(mine, subject.id or "", theirs=False),
        )
        alone, shared = own_texts(texts, others)
        called = frozenset(subject.called) - self._shared_names(subject)
        logins, taken = self._own_logins(subject)
        names = {*logins, *(f"{row.owner}/{row.name}" for row in capstones), *subject.elsewhere}
        installations = {row.installation_id for row in capstones} - {
            row.installation_id for row in self._other_capstones(capstones)
        }
        known = numbers | mine.repositories | {installation for installation in installations if installation}
        return PersonalTraces(
            frozenset(name for name in names if name),
            frozenset(known),
            alone,
            subject.id,
            called,
            shared + len(subject.called) - len(called) + taken,
        )

    def _own_logins(self, subject: Subject) -> tuple[set[str], int]:
        """Return a person's logins, and how many of their former logins now belong to someone else.

        Anyone may register a login that was given up. It then identifies its new owner, and only the account
        id identifies the old one.
        """
        authors = select(PullRequestRow.author_login)
        mine = col(PullRequestRow.author_id).in_(subject.numbers)
        known = {account.login for account in subject.accounts} | set(self.session.exec(authors.where(mine)))
        others = select(IdentityRow.login).where(
            IdentityRow.provider == _PROVIDER, IdentityRow.person_id != subject.id
        )
        theirs = {
            login.lower()
            for login in (*self.session.exec(others), *self.session.exec(authors.where(sa.not_(mine))))
        }
        alone = {login for login in known if login.lower() not in theirs}
        return alone, len(known) - len(alone)

    def _shared_names(self, subject: Subject) -> frozenset[str]:
        """Return the person's names that someone else also has as a name or a login."""
        names = select(PersonNameRow.name).where(PersonNameRow.person_id != subject.id)
        logins = select(IdentityRow.login).where(IdentityRow.person_id != subject.id)
        authors = select(PullRequestRow.author_login).where(
            col(PullRequestRow.author_id).not_in(subject.numbers)
        )
        known = (*self.session.exec(names), *self.session.exec(logins), *self.session.exec(authors))
        theirs = {name.strip().lower() for name in known}
        return frozenset(name for name in subject.called if name.lower() in theirs)

    def _own_texts(self, person: str, *, theirs: bool) -> Iterator[str]:
        """Yield the texts of a person's profiles, check-ins, pairs and enquiries, or everyone else's."""
        mine = col(EnrolmentRow.person_id) == person
        said = (
            select(ProfileRow)
            .join(EnrolmentRow, col(EnrolmentRow.id) == col(ProfileRow.enrolment_id))
            .where(mine if theirs else sa.not_(mine))
        )
        for row in self.session.exec(said):
            yield from (row.goals, row.brief)
        skipped = select(CheckInRow.reason).join(
            EnrolmentRow, col(EnrolmentRow.id) == col(CheckInRow.enrolment_id)
        )
        yield from self.session.exec(skipped.where(mine if theirs else sa.not_(mine)))
        asked = col(NeverPairRow.author_id) == person
        yield from self.session.exec(select(NeverPairRow.reason).where(asked if theirs else sa.not_(asked)))
        paired = in_pair(person)
        yield from self.session.exec(select(PairRow.why).where(paired if theirs else sa.not_(paired)))
        yield from list_texts(self.session, person, theirs=theirs)
        yield from list_enquiry_texts(self.session, person, theirs=theirs)

    def _other_capstones(self, capstones: Sequence[CapstoneRow]) -> Sequence[CapstoneRow]:
        mine = [row.id for row in capstones]
        return self.session.exec(select(CapstoneRow).where(col(CapstoneRow.id).not_in(mine))).all()

    def _capstone_texts(
        self,
        scope: DataScope,
        capstones: Sequence[CapstoneRow],
        numbers: frozenset[int],
        users: Collection[str] = (),
        asked: Collection[int] = (),
    ) -> Iterator[str]:
        """Yield the texts quoted from capstones and written about them, but not what ``asked`` ask."""
        for question in self.stream(select(QuestionRow).where(col(QuestionRow.id).in_(scope.questions))):
            yield from (question.quote, question.path)
            if question.id not in asked:
                yield from (question.text, question.original_text or "")
        rounds = select(RoundRow).where(col(RoundRow.pull_request_id).in_(scope.pull_requests))
        for round_ in self.stream(rounds):
            yield round_.head_sha
            if round_.report:
                yield from texts_about_work(json.loads(round_.report))
        entries = select(LedgerEntryRow).where(col(LedgerEntryRow.capstone_id).in_(scope.capstones))
        for entry in self.stream(entries):
            yield entry.missing
        cited = (
            select(CitationRow)
            .join(LedgerEntryRow)
            .where(col(LedgerEntryRow.capstone_id).in_(scope.capstones))
        )
        for citation in self.stream(cited):
            yield from (citation.quote, citation.path, citation.commit_sha)
        for call in self.stream(self.select_calls(capstones)):
            if call.answer:
                yield from texts_about_work(json.loads(call.answer))
        commands = select(CommandRow.about).where(col(CommandRow.id).in_(scope.commands))
        yield from filter(may_be_personal, self.session.exec(commands))
        yield from self._delivered_texts(scope, numbers, users)

    def _delivered_texts(
        self, scope: DataScope, numbers: frozenset[int], users: Collection[str]
    ) -> Iterator[str]:
        for _, payload in self.deliveries():
            if is_about(payload, scope, numbers, users):
                yield from written_texts(payload)

    def _messages_by(self, numbers: frozenset[int]) -> Iterator[str]:
        query = select(ThreadMessageRow.body).where(col(ThreadMessageRow.author_id).in_(numbers))
        return self.stream(query)

    def _messages_by_others(self, scope: DataScope, numbers: frozenset[int]) -> Iterator[str]:
        query = select(ThreadMessageRow.body).where(
            col(ThreadMessageRow.author_id).not_in(numbers),
            col(ThreadMessageRow.question_id).not_in(scope.questions),
        )
        return self.stream(query)

    def calls(self, capstones: Sequence[CapstoneRow]) -> Sequence[ModelCallRow]:
        """List the calls to a model about capstones."""
        return list(self.session.exec(self.select_calls(capstones)))

    def select_calls(self, capstones: Sequence[CapstoneRow]) -> Any:
        """Return the query for the calls to a model about capstones."""
        repositories = [f"{row.tenant}/{row.repository_id}" for row in capstones]
        query = select(ModelCallRow).where(col(ModelCallRow.repository).in_(repositories))
        return query.order_by(col(ModelCallRow.id))

    def deliveries(self) -> Iterator[tuple[DeliveryRow, Any]]:
        """Yield the deliveries with a payload, with the payload parsed, or None if it can't be."""
        for row in self.stream(select(DeliveryRow).where(col(DeliveryRow.payload).is_not(None))):
            yield row, parse_payload(row.payload or b"")

    def stream(self, query: Any) -> Iterator[Any]:
        """Yield a query's rows, a few at a time. A row that the caller drops takes no more memory."""
        return iter(self.session.exec(query.execution_options(yield_per=ROWS)))

    def published_items(self, subject: Subject) -> PublishedItems:
        """Return what was published about a person's capstones, as paths below the host's address."""
        return PublishedQueries(self.session).items(self.capstones(subject))


def in_pair(person: str) -> sa.ColumnElement[bool]:
    """Return the condition that a person is in a pair, as participant or sensei."""
    return or_(col(PairRow.participant_id) == person, col(PairRow.sensei_id) == person)


def is_about(payload: Any, scope: DataScope, numbers: frozenset[int], users: Collection[str] = ()) -> bool:
    """Return whether a payload is about a person's repository, or about something they did.

    ``numbers`` are their account ids at the code host, ``users`` their ids in the chat.
    """
    if not isinstance(payload, dict):
        return False
    repository, sender = payload.get("repository"), payload.get("sender")
    mine = isinstance(repository, dict) and repository.get("id") in scope.repositories
    did = isinstance(sender, dict) and sender.get("id") in numbers
    return mine or did or any(user in users for user in chat_users(payload))
