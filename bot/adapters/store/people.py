"""A person in the tables: who is meant, what is theirs, and what tells of them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session, col, func, or_, select

from bot.adapters.store.models import ModelCall
from bot.adapters.store.tables import (
    CapstoneRow,
    CitationRow,
    CommandRow,
    DeliveryRow,
    EffectRow,
    Identity,
    LedgerEntry,
    Person,
    PullRequestRow,
    QuestionRow,
    RoundRow,
    ThreadMessage,
)
from bot.domain.traces import Scope, Traces, may_tell, words, words_in, written_in
from bot.domain.tracking import Account
from bot.ports.people import Shown, Who

_PROVIDER = "github"


@dataclass
class People:
    """Reads of ``ports.people.People``; what is shown to the person is in ``showing``."""

    session: Session
    tenant: str

    def find(self, name: str) -> Sequence[Who]:
        """List who may be meant by a login, an account's number or an opaque id."""
        wanted = name.strip().removeprefix("@")
        query = select(Identity.person_id).where(
            or_(
                Identity.external_id == wanted,
                func.lower(Identity.login) == wanted.lower(),
                Identity.person_id == wanted,
            )
        )
        known = [*self.session.exec(query), *self.session.exec(select(Person.id).where(Person.id == wanted))]
        people = [self._who(person) for person in dict.fromkeys(known)]
        numbers = {number for who in people for number in who.numbers}
        return [*people, *self._bystanders(wanted, numbers)]

    def _who(self, person: str) -> Who:
        rows = self.session.exec(select(Identity).where(Identity.person_id == person)).all()
        here = [row for row in rows if (row.provider, row.tenant) == (_PROVIDER, self.tenant)]
        accounts = tuple(Account(int(row.external_id), row.login) for row in here)
        elsewhere = tuple(word for row in rows if row not in here for word in (row.external_id, row.login))
        return Who(person, accounts, elsewhere)

    def _bystanders(self, wanted: str, known: set[int]) -> Iterator[Who]:
        """Yield people in no cohort who opened a pull request, wrote in a thread or gave a command."""
        number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else -1
        query = select(PullRequestRow.author_id, func.max(PullRequestRow.author_login)).where(
            or_(PullRequestRow.author_id == number, func.lower(PullRequestRow.author_login) == wanted.lower())
        )
        found = dict(self.session.exec(query.group_by(col(PullRequestRow.author_id))).all())
        wrote = select(ThreadMessage.author_id).where(ThreadMessage.author_id == number).limit(1)
        gave = select(CommandRow.author_id).where(CommandRow.author_id == number).limit(1)
        for author in (*self.session.exec(wrote), *self.session.exec(gave)):
            found.setdefault(author, "")
        enrolled = {
            int(each)
            for each in self.session.exec(
                select(Identity.external_id).where(
                    Identity.provider == _PROVIDER, Identity.tenant == self.tenant
                )
            )
        }
        for author, login in found.items():
            if author and author not in known and author not in enrolled:
                yield Who(None, (Account(author, login),))

    def scope(self, who: Who) -> Scope:
        """Return the numbers under which things of their own capstones, and their commands, are kept."""
        scope = self._scope(self.capstones(who))
        gave = select(CommandRow.id).where(col(CommandRow.author_id).in_(who.numbers))
        return replace(scope, commands=scope.commands.union(self._ids(gave)))

    def scope_of(self, capstone: int) -> Scope:
        """Return the numbers under which things of one capstone are kept."""
        return self._scope([self.session.get_one(CapstoneRow, capstone)])

    def capstones(self, who: Who) -> Sequence[CapstoneRow]:
        """List a participant's capstones, ended ones too."""
        query = select(CapstoneRow).where(CapstoneRow.participant_id == (who.id or ""))
        return self.session.exec(query.order_by(col(CapstoneRow.id))).all()

    def _scope(self, capstones: Sequence[CapstoneRow]) -> Scope:
        ids = frozenset(row.id for row in capstones if row.id is not None)
        pulls = select(PullRequestRow.id).where(col(PullRequestRow.capstone_id).in_(ids))
        numbers = self._ids(pulls)
        questions = select(QuestionRow.id).where(col(QuestionRow.pull_request_id).in_(numbers))
        commands = select(CommandRow.id).where(col(CommandRow.pull_request_id).in_(numbers))
        return Scope(
            ids,
            frozenset(row.repository_id for row in capstones),
            numbers,
            self._ids(questions),
            self._ids(commands),
        )

    def _ids(self, query: Any) -> frozenset[int]:
        return frozenset(self.session.exec(query))

    def traces(self, who: Who) -> Traces:
        """Return what they are known by, and their words that nobody else's rows hold."""
        capstones = self.capstones(who)
        mine, theirs = self.scope(who), self._scope(self._others(capstones))
        theirs = replace(theirs, commands=theirs.commands - mine.commands)
        numbers = who.numbers
        texts = [*self._texts(mine, capstones, numbers), *self._said(numbers)]
        others = [
            *self._texts(theirs, self._others(capstones), numbers),
            *self._said_by_others(mine, numbers),
        ]
        alone, shared = words(texts, others)
        logins = select(PullRequestRow.author_login).where(col(PullRequestRow.author_id).in_(numbers))
        names = {
            *(account.login for account in who.accounts),
            *self.session.exec(logins),
            *(f"{row.owner}/{row.name}" for row in capstones),
            *who.elsewhere,
        }
        installations = {row.installation_id for row in capstones} - {
            row.installation_id for row in self._others(capstones)
        }
        known = numbers | mine.repositories | {each for each in installations if each}
        return Traces(frozenset(name for name in names if name), frozenset(known), alone, who.id, shared)

    def _others(self, capstones: Sequence[CapstoneRow]) -> Sequence[CapstoneRow]:
        mine = [row.id for row in capstones]
        return self.session.exec(select(CapstoneRow).where(col(CapstoneRow.id).not_in(mine))).all()

    def _texts(
        self, scope: Scope, capstones: Sequence[CapstoneRow], numbers: frozenset[int]
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
        entries = select(LedgerEntry).where(col(LedgerEntry.capstone_id).in_(scope.capstones))
        for entry in self.session.exec(entries):
            yield entry.missing
        cited = select(CitationRow).join(LedgerEntry).where(col(LedgerEntry.capstone_id).in_(scope.capstones))
        for citation in self.session.exec(cited):
            yield from (citation.quote, citation.path, citation.commit_sha)
        for call in self.calls(capstones):
            if call.answer:
                yield from words_in(json.loads(call.answer))
        commands = select(CommandRow.about).where(col(CommandRow.id).in_(scope.commands))
        yield from filter(may_tell, self.session.exec(commands))
        yield from self._delivered(scope, numbers)

    def _delivered(self, scope: Scope, numbers: frozenset[int]) -> Iterator[str]:
        for _, payload in self.deliveries():
            if is_of(payload, scope, numbers):
                yield from written_in(payload)

    def _said(self, numbers: frozenset[int]) -> Sequence[str]:
        query = select(ThreadMessage.body).where(col(ThreadMessage.author_id).in_(numbers))
        return self.session.exec(query).all()

    def _said_by_others(self, scope: Scope, numbers: frozenset[int]) -> Sequence[str]:
        query = select(ThreadMessage.body).where(
            col(ThreadMessage.author_id).not_in(numbers),
            col(ThreadMessage.question_id).not_in(scope.questions),
        )
        return self.session.exec(query).all()

    def calls(self, capstones: Sequence[CapstoneRow]) -> Sequence[ModelCall]:
        """List the calls to a model about some capstones."""
        whose = [f"{row.tenant}/{row.repository_id}" for row in capstones]
        query = select(ModelCall).where(col(ModelCall.repository).in_(whose))
        return self.session.exec(query.order_by(col(ModelCall.id))).all()

    def deliveries(self) -> Iterator[tuple[DeliveryRow, Any]]:
        """Yield the deliveries whose payload is kept, each with what it says; None if that is no JSON."""
        for row in self.session.exec(select(DeliveryRow).where(col(DeliveryRow.payload).is_not(None))):
            try:
                yield row, json.loads(row.payload or b"")
            except ValueError:
                yield row, None

    def shown(self, who: Who) -> Shown:
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
        return Shown(tuple(reviews), tuple(comments), tuple(checks), tuple(replies))

    def _replied(self, pull_request: int) -> Iterator[str]:
        """Yield where commands were answered and rulings told, as GitHub names the comments on their page."""
        commands = select(CommandRow.id, CommandRow.inline).where(CommandRow.pull_request_id == pull_request)
        ruled = select(QuestionRow.id).where(
            QuestionRow.pull_request_id == pull_request, col(QuestionRow.ruling).is_not(None)
        )
        keys = {
            **{
                f"reply:{id_}": inline
                for id_, inline in self.session.exec(commands.order_by(col(CommandRow.id)))
            },
            **{f"ruling:{id_}": True for id_ in self.session.exec(ruled.order_by(col(QuestionRow.id)))},
        }
        for key, inline in keys.items():
            done = self.session.get(EffectRow, key)
            if done and done.external_id:
                yield f"{'discussion_r' if inline else 'issuecomment-'}{done.external_id}"


def is_of(payload: Any, scope: Scope, numbers: frozenset[int]) -> bool:
    """Say whether a host's payload is about somebody's repository, or about something that they did."""
    if not isinstance(payload, dict):
        return False
    repository, sender = payload.get("repository"), payload.get("sender")
    mine = isinstance(repository, dict) and repository.get("id") in scope.repositories
    return mine or (isinstance(sender, dict) and sender.get("id") in numbers)
