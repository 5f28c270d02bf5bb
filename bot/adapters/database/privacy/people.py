"""A person in the tables: who is meant, what is theirs, and what tells of them."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, func, or_, select

from bot.adapters.database.dojo.tables import NeverPairRow, PairRow, PersonNameRow, ProfileRow, ProposalRow
from bot.adapters.database.model_calls.tables import ModelCallRow
from bot.adapters.database.pull_requests.tables import (
    CapstoneRow,
    CitationRow,
    CommandRow,
    DeliveryRow,
    EffectRow,
    EnrolmentRow,
    IdentityRow,
    LedgerEntryRow,
    PersonRow,
    PullRequestRow,
    QuestionRow,
    RoundRow,
    ThreadMessageRow,
)
from bot.domain.privacy.data_scope import DataScope
from bot.domain.privacy.personal_traces import (
    PersonalTraces,
    chat_users,
    may_tell,
    read,
    words,
    words_in,
    written_in,
)
from bot.domain.pull_requests.records import Account
from bot.ports.personal_data import PublishedItems, Subject

_PROVIDER = "github"
_CHAT = "slack"


@dataclass
class PeopleQueries:
    """Reads of ``ports.people.PeopleQueries``; what is shown to the person is in ``showing``."""

    session: Session
    tenant: str

    def find(self, name: str) -> Sequence[Subject]:
        """List who may be meant by a login, a number, an id in the chat, a name or an opaque id."""
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
        people = [self._who(person) for person in dict.fromkeys(known)]
        numbers = {number for who in people for number in who.numbers}
        return [*people, *self._bystanders(wanted, numbers)]

    def _who(self, person: str) -> Subject:
        rows = self.session.exec(select(IdentityRow).where(IdentityRow.person_id == person)).all()
        here = [row for row in rows if (row.provider, row.tenant) == (_PROVIDER, self.tenant)]
        accounts = tuple(Account(int(row.external_id), row.login) for row in here)
        chats = [row for row in rows if row.provider == _CHAT]
        others = [row for row in rows if row not in here and row not in chats]
        elsewhere = [row.external_id for row in (*chats, *others)] + [row.login for row in others]
        name = self.session.get(PersonNameRow, person)
        names = [*([name.name] if name else []), *(row.login for row in chats)]
        called = dict.fromkeys(each.strip() for each in names if each.strip())
        return Subject(person, accounts, tuple(elsewhere), tuple(called))

    def _bystanders(self, wanted: str, known: set[int]) -> Iterator[Subject]:
        """Yield people in no cohort who opened a pull request, wrote in a thread or gave a command."""
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
            int(each)
            for each in self.session.exec(
                select(IdentityRow.external_id).where(
                    IdentityRow.provider == _PROVIDER, IdentityRow.tenant == self.tenant
                )
            )
        }
        for author, login in found.items():
            if author and author not in known and author not in enrolled:
                yield Subject(None, (Account(author, login),))

    def scope(self, who: Subject) -> DataScope:
        """Return the numbers under which things of their own capstones, and their commands, are kept."""
        scope = self._scope(self.capstones(who))
        gave = select(CommandRow.id).where(col(CommandRow.author_id).in_(who.numbers))
        own = self.own(who)
        return replace(
            scope,
            commands=scope.commands.union(self._ids(gave)),
            people=own.people,
            pairs=own.pairs,
            enrolments=own.enrolments,
            proposals=own.proposals,
            users=own.users,
        )

    def own(self, who: Subject) -> DataScope:
        """Return what they alone are kept under: their ids, their pairs; nothing of their capstones."""
        if who.id is None:
            return DataScope()
        pairs = select(PairRow.id).where(in_pair(who.id))
        enrolments = select(EnrolmentRow.id).where(EnrolmentRow.person_id == who.id)
        proposals = select(ProposalRow.id).where(ProposalRow.by_id == who.id)
        users = select(IdentityRow.external_id).where(
            IdentityRow.person_id == who.id, IdentityRow.provider == _CHAT
        )
        return DataScope(
            people=frozenset({who.id}),
            pairs=self._ids(pairs),
            enrolments=self._ids(enrolments),
            proposals=self._ids(proposals),
            users=frozenset(self.session.exec(users)),
        )

    def scope_of(self, capstone: int) -> DataScope:
        """Return the numbers under which things of one capstone are kept."""
        return self._scope([self.session.get_one(CapstoneRow, capstone)])

    def capstones(self, who: Subject) -> Sequence[CapstoneRow]:
        """List a participant's capstones, ended ones too."""
        query = select(CapstoneRow).where(CapstoneRow.participant_id == (who.id or ""))
        return self.session.exec(query.order_by(col(CapstoneRow.id))).all()

    def _scope(self, capstones: Sequence[CapstoneRow]) -> DataScope:
        ids = frozenset(row.id for row in capstones if row.id is not None)
        pulls = select(PullRequestRow.id).where(col(PullRequestRow.capstone_id).in_(ids))
        numbers = self._ids(pulls)
        questions = select(QuestionRow.id).where(col(QuestionRow.pull_request_id).in_(numbers))
        commands = select(CommandRow.id).where(col(CommandRow.pull_request_id).in_(numbers))
        return DataScope(
            ids,
            frozenset(row.repository_id for row in capstones),
            numbers,
            self._ids(questions),
            self._ids(commands),
        )

    def _ids(self, query: Any) -> frozenset[int]:
        return frozenset(self.session.exec(query))

    def traces(self, who: Subject) -> PersonalTraces:
        """Return what they are known by, and their words that nobody else's rows hold."""
        capstones = self.capstones(who)
        mine, theirs = self.scope(who), self._scope(self._others(capstones))
        theirs = replace(theirs, commands=theirs.commands - mine.commands)
        numbers = who.numbers
        texts = [
            *self._texts(mine, capstones, numbers, who.elsewhere),
            *self._said(numbers),
            *self._of_themselves(who.id or "", theirs=True),
        ]
        others = [
            *self._texts(theirs, self._others(capstones), numbers),
            *self._said_by_others(mine, numbers),
            *self._of_themselves(who.id or "", theirs=False),
        ]
        alone, shared = words(texts, others)
        called = frozenset(who.called) - self._called_else(who)
        logins, taken = self._logins(who)
        names = {*logins, *(f"{row.owner}/{row.name}" for row in capstones), *who.elsewhere}
        installations = {row.installation_id for row in capstones} - {
            row.installation_id for row in self._others(capstones)
        }
        known = numbers | mine.repositories | {each for each in installations if each}
        return PersonalTraces(
            frozenset(name for name in names if name),
            frozenset(known),
            alone,
            who.id,
            called,
            shared + len(who.called) - len(called) + taken,
        )

    def _logins(self, who: Subject) -> tuple[set[str], int]:
        """Return the logins that they are known by, and how many more are somebody else's now.

        A login that is given up may be taken by anybody: it tells of whoever has it, and the number of whom.
        """
        authors = select(PullRequestRow.author_login)
        mine = col(PullRequestRow.author_id).in_(who.numbers)
        known = {account.login for account in who.accounts} | set(self.session.exec(authors.where(mine)))
        others = select(IdentityRow.login).where(
            IdentityRow.provider == _PROVIDER, IdentityRow.person_id != who.id
        )
        theirs = {
            login.lower()
            for login in (*self.session.exec(others), *self.session.exec(authors.where(sa.not_(mine))))
        }
        alone = {login for login in known if login.lower() not in theirs}
        return alone, len(known) - len(alone)

    def _called_else(self, who: Subject) -> frozenset[str]:
        """Return those of their names that others go by as well, if only as a login."""
        names = select(PersonNameRow.name).where(PersonNameRow.person_id != who.id)
        logins = select(IdentityRow.login).where(IdentityRow.person_id != who.id)
        authors = select(PullRequestRow.author_login).where(col(PullRequestRow.author_id).not_in(who.numbers))
        known = (*self.session.exec(names), *self.session.exec(logins), *self.session.exec(authors))
        theirs = {name.strip().lower() for name in known}
        return frozenset(name for name in who.called if name.lower() in theirs)

    def _of_themselves(self, person: str, *, theirs: bool) -> Iterator[str]:
        """Yield what somebody, or everybody else, has said of themselves, of whom to avoid, and of a pair."""
        mine = col(EnrolmentRow.person_id) == person
        said = (
            select(ProfileRow)
            .join(EnrolmentRow, col(EnrolmentRow.id) == col(ProfileRow.enrolment_id))
            .where(mine if theirs else sa.not_(mine))
        )
        for row in self.session.exec(said):
            yield from (row.goals, row.brief)
        asked = col(NeverPairRow.author_id) == person
        yield from self.session.exec(select(NeverPairRow.reason).where(asked if theirs else sa.not_(asked)))
        paired = in_pair(person)
        yield from self.session.exec(select(PairRow.why).where(paired if theirs else sa.not_(paired)))

    def _others(self, capstones: Sequence[CapstoneRow]) -> Sequence[CapstoneRow]:
        mine = [row.id for row in capstones]
        return self.session.exec(select(CapstoneRow).where(col(CapstoneRow.id).not_in(mine))).all()

    def _texts(
        self,
        scope: DataScope,
        capstones: Sequence[CapstoneRow],
        numbers: frozenset[int],
        users: Collection[str] = (),
    ) -> Iterator[str]:
        """Yield what was quoted from and said about some capstones."""
        pulls = col(QuestionRow.pull_request_id).in_(scope.pull_requests)
        for question in self.session.exec(select(QuestionRow).where(pulls)):
            yield from (question.text, question.quote, question.path)
        rounds = select(RoundRow).where(col(RoundRow.pull_request_id).in_(scope.pull_requests))
        for round_ in self.session.exec(rounds):
            yield round_.head_sha
            if round_.report:
                yield from words_in(json.loads(round_.report))
        entries = select(LedgerEntryRow).where(col(LedgerEntryRow.capstone_id).in_(scope.capstones))
        for entry in self.session.exec(entries):
            yield entry.missing
        cited = (
            select(CitationRow)
            .join(LedgerEntryRow)
            .where(col(LedgerEntryRow.capstone_id).in_(scope.capstones))
        )
        for citation in self.session.exec(cited):
            yield from (citation.quote, citation.path, citation.commit_sha)
        for call in self.calls(capstones):
            if call.answer:
                yield from words_in(json.loads(call.answer))
        commands = select(CommandRow.about).where(col(CommandRow.id).in_(scope.commands))
        yield from filter(may_tell, self.session.exec(commands))
        yield from self._delivered(scope, numbers, users)

    def _delivered(self, scope: DataScope, numbers: frozenset[int], users: Collection[str]) -> Iterator[str]:
        for _, payload in self.deliveries():
            if is_of(payload, scope, numbers, users):
                yield from written_in(payload)

    def _said(self, numbers: frozenset[int]) -> Sequence[str]:
        query = select(ThreadMessageRow.body).where(col(ThreadMessageRow.author_id).in_(numbers))
        return self.session.exec(query).all()

    def _said_by_others(self, scope: DataScope, numbers: frozenset[int]) -> Sequence[str]:
        query = select(ThreadMessageRow.body).where(
            col(ThreadMessageRow.author_id).not_in(numbers),
            col(ThreadMessageRow.question_id).not_in(scope.questions),
        )
        return self.session.exec(query).all()

    def calls(self, capstones: Sequence[CapstoneRow]) -> Sequence[ModelCallRow]:
        """List the calls to a model about some capstones."""
        whose = [f"{row.tenant}/{row.repository_id}" for row in capstones]
        query = select(ModelCallRow).where(col(ModelCallRow.repository).in_(whose))
        return self.session.exec(query.order_by(col(ModelCallRow.id))).all()

    def deliveries(self) -> Iterator[tuple[DeliveryRow, Any]]:
        """Yield the deliveries whose payload is kept, each with what it says; None if that cannot be read."""
        for row in self.session.exec(select(DeliveryRow).where(col(DeliveryRow.payload).is_not(None))):
            yield row, read(row.payload or b"")

    def shown(self, who: Subject) -> PublishedItems:
        """Return what was published about their capstones, by its paths below the host's address."""
        reviews: list[str] = []
        comments: list[str] = []
        checks: list[str] = []
        replies: list[str] = []
        for capstone in self.capstones(who):
            bare = f"{capstone.owner}/{capstone.name}"
            of_it = select(PullRequestRow).where(PullRequestRow.capstone_id == capstone.id)
            for pull in self.session.exec(of_it.order_by(col(PullRequestRow.number))):
                page = f"{bare}/pull/{pull.number}"
                rounds = select(RoundRow.review_id).where(RoundRow.pull_request_id == pull.id)
                known = dict.fromkeys([pull.summary_id, *self.session.exec(rounds)])
                reviews += [f"{page}#pullrequestreview-{each}" for each in known if each]
                asked = select(QuestionRow.comment_id).where(QuestionRow.pull_request_id == pull.id)
                comments += [f"{page}#discussion_r{each}" for each in self.session.exec(asked) if each]
                replies += [f"{page}#{each}" for each in self._replied(pull.id or 0)]
            begun = col(EffectRow.key).startswith(f"check:review:{capstone.repository_id}#", autoescape=True)
            for done in self.session.exec(select(EffectRow.external_id).where(begun)):
                checks += [f"{bare}/runs/{done}"] if done else []
        return PublishedItems(tuple(reviews), tuple(comments), tuple(checks), tuple(replies))

    def _replied(self, pull_request: int) -> Iterator[str]:
        """Yield where commands were answered and rulings told, as GitHub names the comments on their page."""
        commands = select(CommandRow.id, CommandRow.inline).where(CommandRow.pull_request_id == pull_request)
        ruled = select(QuestionRow.id).where(
            QuestionRow.pull_request_id == pull_request, col(QuestionRow.ruling).is_not(None)
        )
        keys = {
            **{
                key: inline
                for id_, inline in self.session.exec(commands.order_by(col(CommandRow.id)))
                for key in (f"reply:{id_}", f"reply:{id_}:void")
            },
            **{f"ruling:{id_}": True for id_ in self.session.exec(ruled.order_by(col(QuestionRow.id)))},
        }
        for key, inline in keys.items():
            done = self.session.get(EffectRow, key)
            if done and done.external_id:
                yield f"{'discussion_r' if inline else 'issuecomment-'}{done.external_id}"


def in_pair(person: str) -> sa.ColumnElement[bool]:
    """Return the condition that somebody is in a pair, on either side."""
    return or_(col(PairRow.participant_id) == person, col(PairRow.sensei_id) == person)


def is_of(payload: Any, scope: DataScope, numbers: frozenset[int], users: Collection[str] = ()) -> bool:
    """Say whether a payload is about somebody's repository, or about something that they did.

    ``numbers`` are theirs at the code host, ``users`` their ids in a chat.
    """
    if not isinstance(payload, dict):
        return False
    repository, sender = payload.get("repository"), payload.get("sender")
    mine = isinstance(repository, dict) and repository.get("id") in scope.repositories
    did = isinstance(sender, dict) and sender.get("id") in numbers
    return mine or did or any(user in users for user in chat_users(payload))
