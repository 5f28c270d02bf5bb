"""Bringing people into a cohort from a file: looked up first, then written as one or not at all."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import sleep
from typing import NamedTuple, TypeVar

from bot.domain.dojo import people_import, profiles
from bot.domain.dojo.people import CohortRole, EnrolmentState, Member, Profile
from bot.domain.dojo.people_import import ImportProblem, ImportRow, Kind
from bot.domain.dojo.profiles import Vocabulary
from bot.domain.pairing.records import OPERATOR
from bot.errors import TransientError, UserError
from bot.ports.chat import Chat, ChatUser
from bot.ports.store import Store, Tx
from bot.workflows.chat import outbox
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.dojo import sensei_confirmation

T = TypeVar("T")

WELCOME = "people.welcome"
_MOST_WAITS = 5
_LONGEST_WAIT = 65.0  # seconds: a minute's turns at Slack, and some more
_NEW = "new:"


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What a row does: ``columns`` are those that change, ``("new",)`` for somebody who is new."""

    row: ImportRow
    user: str
    member: Member | None
    profile: Profile
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name that they go by."""
        return self.member.name if self.member else self.row.name


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What a file does, or did where it was ``written``. With ``problems`` it does nothing.

    ``left`` stand in the file and have left, ``missing`` are in the cohort and not in the file, ``unlinked``
    have yet to show the GitHub account that the file gives, ``otherwise`` have shown another one.
    """

    problems: tuple[ImportProblem, ...] = ()
    entries: tuple[RowOutcome, ...] = ()
    left: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unlinked: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()
    written: bool = False

    @property
    def new(self) -> tuple[RowOutcome, ...]:
        """Who is new."""
        return tuple(entry for entry in self.entries if entry.member is None)

    @property
    def changed(self) -> tuple[RowOutcome, ...]:
        """Who is known, and changes."""
        return tuple(entry for entry in self.entries if entry.member is not None and entry.columns)

    @property
    def same(self) -> int:
        """How many are as they were."""
        return len(self.entries) - len(self.new) - len(self.changed)


class _Found(NamedTuple):
    """The accounts of a file, by what stands there; None where there is nobody."""

    workspace: str
    users: Mapping[str, ChatUser | None]


@dataclass(frozen=True)
class PeopleImport:
    """Imports. ``chat`` is None where Slack is not set up: user ids alone can be taken then.

    ``told`` hears how many accounts were looked up, of how many; ``wait`` takes seconds.
    """

    store: Store
    chat: Chat | None
    words: Vocabulary
    now: Callable[[], datetime]
    told: Callable[[int, int], None] = field(default=lambda _done, _of: None)
    wait: Callable[[float], None] = sleep

    def run(
        self, data: bytes, kind: Kind, cohort: str, *, dry: bool = False, make: bool = False
    ) -> ImportOutcome:
        """Take a file into a cohort, or only say what that would do; ``make`` the cohort where there is none.

        Raises:
            UserError: there is no such cohort, or it cannot be known who is meant. TransientError,
            PermanentError: as ``ports.chat.Chat``; nothing was written.
        """
        table = people_import.read_people(data, kind, self.words)
        if table.problems:
            return ImportOutcome(table.problems)
        with self.store.begin() as tx:
            here = tx.cohorts.named(cohort)
            if here is None and not make:
                raise no_cohort(tx, cohort)
            workspace = here.workspace if here else None
        found = self._look_up(table.rows, workspace)
        with self.store.begin() as tx:
            here = tx.cohorts.named(cohort)
            plan = _plan(tx, here.id if here else None, table.rows, found)
            if plan.problems or dry:
                return plan
            here = here or tx.cohorts.add(cohort, self.now())
            if here.workspace is None:
                tx.cohorts.lives_in(here.id, found.workspace)
            _write(tx, here.id, plan, found.workspace, self.now())
        return ImportOutcome(
            (), plan.entries, plan.left, plan.missing, plan.unlinked, plan.otherwise, written=True
        )

    def _look_up(self, rows: Sequence[ImportRow], workspace: str | None) -> _Found:
        wanted = dict.fromkeys(word for row in rows for word in (row.slack, *(row.prefers or ())))
        if self.chat is None:
            if workspace is None:
                raise UserError(
                    "Slack is not set up, and this cohort lives in no workspace yet, so nobody can be found.",
                    "Nothing was changed. `sensei setup slack` sets it up.",
                )
            ids = {word: None if profiles.is_address(word) else _unseen(word) for word in wanted}
            return _Found(workspace, ids)
        chat = self.chat
        here = self._patiently(chat.workspace).id
        if workspace not in {None, here}:
            raise UserError(
                f"This cohort lives in the workspace {workspace}, and Slack is set up for {here}.",
                "Nothing was changed. Name another cohort, or set up the App of that workspace.",
            )
        with self.store.begin() as tx:
            known = {word for word in wanted if tx.members.by_chat(here, word)}
        users: dict[str, ChatUser | None] = {}
        for done, word in enumerate(wanted):
            self.told(done, len(wanted))
            users[word] = _unseen(word) if word in known else self._find(chat, word)
        return _Found(here, users)

    def _find(self, chat: Chat, word: str) -> ChatUser | None:
        if profiles.is_address(word):
            return self._patiently(lambda: chat.user_by_email(word))
        try:
            return self._patiently(lambda: chat.user(word))
        except UserError:
            return None

    def _patiently(self, ask: Callable[[], T]) -> T:
        """Ask, and wait where Slack wants us to: a long file takes some minutes of its turns."""
        for _ in range(_MOST_WAITS):
            try:
                return ask()
            except TransientError as later:
                self.wait(min(later.retry_in or 1.0, _LONGEST_WAIT))
        return ask()


def _unseen(user: str) -> ChatUser:
    """Return an account by its id, of which Slack was not asked: it is known, or cannot be asked."""
    return ChatUser(user, "", "", is_bot=False, gone=False)


def no_cohort(tx: Tx, name: str) -> UserError:
    """Return what is told where there is no cohort of a name."""
    known = [each.name for each in tx.cohorts.all()]
    near = profiles.nearest(name, known)
    remedy = (
        "`sensei cohort list` shows the cohorts. Choose one with --cohort or SENSEI_COHORT."
        if known
        else "`sensei cohort add NAME` makes one."
    )
    return UserError(f"There is no cohort {name}.{near}", remedy)


def _plan(tx: Tx, cohort: int | None, rows: Sequence[ImportRow], found: _Found) -> ImportOutcome:
    """Say what rows do, from what is kept now; nothing is changed."""
    problems = list(_nobody(rows, found))
    members = list(tx.members.of(cohort)) if cohort is not None else []
    known = {(member.chat, member.role): member for member in members if member.chat}
    people = _people(tx, rows, found)
    entries: list[RowOutcome] = []
    left: list[str] = []
    for row in rows:
        user = found.users[row.slack]
        if user is None:
            continue
        member = known.get((user.id, row.role))
        if member and member.state is EnrolmentState.LEFT:
            left.append(member.name)
            continue
        zone = row.time_zone or (
            member.profile.hours.time_zone if member and member.profile else user.time_zone
        )
        if not zone:
            what = "It is needed: Slack was not asked for it. An IANA name such as Europe/Madrid."
            problems.append(ImportProblem(row.place, "time_zone", what))
            continue
        prefers = tuple(people[word] for word in row.prefers or () if word in people)
        after = people_import.merge_profile(row, member.profile if member else None, zone, prefers)
        entries.append(RowOutcome(row, user.id, member, after, _columns(tx, member, after)))
    if problems:
        return ImportOutcome(tuple(problems))
    in_file = {(entry.user, entry.row.role) for entry in entries}
    staying = [member for member in members if member.state is not EnrolmentState.LEFT]
    missing = [one.name for one in staying if (one.chat, one.role) not in in_file and one.name not in left]
    codes = {member.chat: member.code for member in members if member.code}
    asked = {entry.user: entry for entry in entries if entry.row.github}
    return ImportOutcome(
        (),
        tuple(entries),
        tuple(left),
        tuple(dict.fromkeys(missing)),
        tuple(entry.name for user, entry in asked.items() if user not in codes),
        tuple(_other_logins(asked, codes)),
    )


def _columns(tx: Tx, member: Member | None, after: Profile) -> tuple[str, ...]:
    if member is None:
        return ("new",)
    changed = people_import.changed_columns(member.profile, after)
    return (*changed, "confirmed") if sensei_confirmation.is_waiting(tx, member) else changed


def _other_logins(asked: Mapping[str, RowOutcome], codes: Mapping[str | None, str | None]) -> Iterator[str]:
    for user, entry in asked.items():
        linked = codes.get(user)
        if linked and linked.casefold() != (entry.row.github or "").casefold():
            yield f"{entry.name} (in the file {entry.row.github}, linked {linked})"


def _nobody(rows: Sequence[ImportRow], found: _Found) -> Iterator[ImportProblem]:
    """Find what names nobody, a bot, somebody who is gone, or one person in two ways."""
    places: dict[tuple[str, CohortRole], str] = {}
    for row in rows:
        user = found.users[row.slack]
        why = _why_not(row.slack, user)
        if why or user is None:
            yield ImportProblem(row.place, "slack", why)
            continue
        before = places.setdefault((user.id, row.role), row.place)
        if before != row.place:
            yield ImportProblem(
                row.place, "slack", f"This is the account of {before}, who is a {row.role} already."
            )
        for word in row.prefers or ():
            other = found.users[word]
            if why := _why_not(word, other):
                yield ImportProblem(row.place, "prefers", why)
            elif other and other.id == user.id:
                yield ImportProblem(row.place, "prefers", f"{profiles.shown(word)} is this very person.")


def _why_not(word: str, user: ChatUser | None) -> str:
    if user is None:
        known = "with this address" if profiles.is_address(word) else "with this id"
        return (
            f"Slack knows nobody {known}: {profiles.shown(word)}. The address of a Slack account is wanted, "
            "or the id in its profile."
        )
    if user.is_bot:
        return f"{profiles.shown(word)} is a bot."
    return f"{profiles.shown(word)} was deactivated in Slack." if user.gone else ""


def _people(tx: Tx, rows: Iterable[ImportRow], found: _Found) -> dict[str, str]:
    """Return the person of each account that stands in a file; of somebody new a word in their place."""
    people: dict[str, str] = {}
    in_file = {user.id for row in rows if (user := found.users[row.slack])}
    for word, user in found.users.items():
        if user is None:
            continue
        person = tx.members.by_chat(found.workspace, user.id)
        if person or user.id in in_file:
            people[word] = person or f"{_NEW}{user.id}"
    return people


def _write(tx: Tx, cohort: int, plan: ImportOutcome, workspace: str, at: datetime) -> None:
    people: dict[str, str] = {}
    for entry in plan.entries:
        known = tx.members.by_chat(workspace, entry.user)
        people[entry.user] = known or tx.members.chat(workspace, entry.user, entry.row.name, at)
    for entry in plan.entries:
        person = people[entry.user]
        if not entry.columns:
            continue
        member = entry.member or tx.members.join(cohort, person, entry.row.role, at)
        if entry.member is None or set(entry.columns) != {"confirmed"}:
            tx.members.profile(member.enrolment, _settled(entry.profile, people))
        if "confirmed" in entry.columns:
            sensei_confirmation.confirm_sensei(tx, member, OPERATOR, at)
        subject = f"enrolment:{member.enrolment}"
        if entry.member is None:
            tx.audit(OPERATOR, "people.import", subject, role=str(entry.row.role))
            outbox.send_message(
                tx, f"welcome:{member.enrolment}", WELCOME, {"enrolment": member.enrolment}, at
            )
        else:
            tx.audit(OPERATOR, "people.change", subject, columns=list(entry.columns))
        refresh_home(tx, person, at)


def _settled(profile: Profile, people: Mapping[str, str]) -> Profile:
    """Put those who were new into whom somebody prefers."""
    prefers = tuple(
        people[each.removeprefix(_NEW)] if each.startswith(_NEW) else each for each in profile.prefers
    )
    return replace(profile, prefers=prefers)
