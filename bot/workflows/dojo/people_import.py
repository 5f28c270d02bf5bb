"""Importing people into a cohort from a file.

All accounts are looked up first; then the whole file is written in one transaction, or nothing is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import sleep
from typing import NamedTuple, TypeVar

from bot.domain.dojo import people_import, profile_changes, profiles
from bot.domain.dojo.import_rows import ImportProblem, ImportRow
from bot.domain.dojo.people import CohortRole, EnrolmentState, Member, Profile
from bot.domain.dojo.people_file import FileKind
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
_LONGEST_WAIT = 65.0  # seconds: Slack's rate limits last a minute, and some more
_NEW = "new:"
"""Stands for the person of a new account, before that account, until they have an id."""


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What a row changes: ``columns`` are those that change, or ``("new",)`` for a new member."""

    row: ImportRow
    user: str
    member: Member | None
    profile: Profile
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name by which the cohort knows them."""
        return self.member.name if self.member else self.row.name


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What a file changes, or has changed if ``written``. With ``problems`` it changes nothing.

    The other fields are names: ``left`` are in the file but have left, ``missing`` are in the cohort but not
    in the file, ``unlinked`` have not linked the GitHub account that the file names, and ``other_logins``
    have linked a different one.
    """

    problems: tuple[ImportProblem, ...] = ()
    entries: tuple[RowOutcome, ...] = ()
    left: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unlinked: tuple[str, ...] = ()
    other_logins: tuple[str, ...] = ()
    written: bool = False

    @property
    def new(self) -> tuple[RowOutcome, ...]:
        """The rows of new members."""
        return tuple(entry for entry in self.entries if entry.member is None)

    @property
    def changed(self) -> tuple[RowOutcome, ...]:
        """The rows that change a known member."""
        return tuple(entry for entry in self.entries if entry.member is not None and entry.columns)

    @property
    def same(self) -> int:
        """The number of rows that change nothing."""
        return len(self.entries) - len(self.new) - len(self.changed)


class _Accounts(NamedTuple):
    """The accounts that a file names, by user id or address as in the file; None if Slack has none."""

    workspace: str
    users: Mapping[str, ChatUser | None]


@dataclass(frozen=True)
class PeopleImport:
    """Imports files of people. ``chat`` is None if Slack is not set up: then a file may only name user ids.

    ``report_progress`` is called with how many accounts were looked up, and of how many. ``wait`` takes
    seconds.
    """

    store: Store
    chat: Chat | None
    vocabulary: Vocabulary
    now: Callable[[], datetime]
    report_progress: Callable[[int, int], None] = field(default=lambda _done, _total: None)
    wait: Callable[[float], None] = sleep

    def run(
        self, data: bytes, kind: FileKind, cohort: str, *, dry: bool = False, make: bool = False
    ) -> ImportOutcome:
        """Import a file into a cohort. ``dry`` only returns what would change; ``make`` creates the cohort.

        Raises:
            UserError: there is no such cohort, or accounts cannot be looked up. TransientError,
            PermanentError: as ``ports.chat.Chat``; nothing was written.
        """
        table = people_import.read_people(data, kind, self.vocabulary)
        if table.problems:
            return ImportOutcome(table.problems)
        with self.store.begin() as tx:
            known = tx.cohorts.by_name(cohort)
            if known is None and not make:
                raise unknown_cohort(tx, cohort)
            workspace = known.workspace if known else None
        accounts = self._look_up(table.rows, workspace)
        with self.store.begin() as tx:
            known = tx.cohorts.by_name(cohort)
            plan = _plan(tx, known.id if known else None, table.rows, accounts)
            if plan.problems or dry:
                return plan
            target = known or tx.cohorts.add(cohort, self.now())
            if target.workspace is None:
                tx.cohorts.set_workspace(target.id, accounts.workspace)
            _write(tx, target.id, plan, accounts.workspace, self.now())
        return ImportOutcome(
            (), plan.entries, plan.left, plan.missing, plan.unlinked, plan.other_logins, written=True
        )

    def _look_up(self, rows: Sequence[ImportRow], workspace: str | None) -> _Accounts:
        words = dict.fromkeys(word for row in rows for word in (row.slack, *(row.prefers or ())))
        if self.chat is None:
            if workspace is None:
                raise UserError(
                    "Slack is not set up, and this cohort has no workspace yet, so nobody can be looked up.",
                    "Nothing was changed. `sensei setup slack` sets it up.",
                )
            ids = {word: None if profiles.is_address(word) else _assume_account(word) for word in words}
            return _Accounts(workspace, ids)
        chat = self.chat
        current = self._ask_patiently(chat.workspace).id
        if workspace not in {None, current}:
            raise UserError(
                f"This cohort belongs to the workspace {workspace}, but Slack is set up for {current}.",
                "Nothing was changed. Name another cohort, or set up the app of that workspace.",
            )
        with self.store.begin() as tx:
            known = {word for word in words if tx.members.by_chat(current, word)}
        users: dict[str, ChatUser | None] = {}
        for done, word in enumerate(words):
            self.report_progress(done, len(words))
            users[word] = _assume_account(word) if word in known else self._find_account(chat, word)
        return _Accounts(current, users)

    def _find_account(self, chat: Chat, word: str) -> ChatUser | None:
        if profiles.is_address(word):
            return self._ask_patiently(lambda: chat.user_by_email(word))
        try:
            return self._ask_patiently(lambda: chat.user(word))
        except UserError:
            return None

    def _ask_patiently(self, ask: Callable[[], T]) -> T:
        """Ask Slack, and wait for its rate limits: a long file takes minutes."""
        for _ in range(_MOST_WAITS):
            try:
                return ask()
            except TransientError as error:
                self.wait(min(error.retry_in or 1.0, _LONGEST_WAIT))
        return ask()


def _assume_account(user: str) -> ChatUser:
    """Return an account by its id without asking Slack: we know it already, or Slack is not set up."""
    return ChatUser(user, "", "", is_bot=False, gone=False)


def unknown_cohort(tx: Tx, name: str) -> UserError:
    """Return the error for the name of a cohort that does not exist."""
    known = [cohort.name for cohort in tx.cohorts.all()]
    near = profiles.suggest_nearest(name, known)
    remedy = (
        "`sensei cohort list` shows the cohorts. Choose one with --cohort or SENSEI_COHORT."
        if known
        else "`sensei cohort add NAME` creates one."
    )
    return UserError(f"There is no cohort {name}.{near}", remedy)


def _plan(tx: Tx, cohort: int | None, rows: Sequence[ImportRow], accounts: _Accounts) -> ImportOutcome:
    """Return what rows would change, without changing anything."""
    problems = list(_check_accounts(rows, accounts))
    members = list(tx.members.of(cohort)) if cohort is not None else []
    known = {(member.chat, member.role): member for member in members if member.chat}
    people = _find_people(tx, rows, accounts)
    entries: list[RowOutcome] = []
    left: list[str] = []
    for row in rows:
        user = accounts.users[row.slack]
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
            message = "A time zone is required here. Use an IANA name such as Europe/Madrid."
            problems.append(ImportProblem(row.place, "time_zone", message))
            continue
        prefers = tuple(people[word] for word in row.prefers or () if word in people)
        after = profile_changes.merge_profile(row, member.profile if member else None, zone, prefers)
        entries.append(RowOutcome(row, user.id, member, after, _find_changes(tx, member, after)))
    if problems:
        return ImportOutcome(tuple(problems))
    in_file = {(entry.user, entry.row.role) for entry in entries}
    staying = [member for member in members if member.state is not EnrolmentState.LEFT]
    missing = [
        member.name
        for member in staying
        if (member.chat, member.role) not in in_file and member.name not in left
    ]
    codes = {member.chat: member.code for member in members if member.code}
    with_login = {entry.user: entry for entry in entries if entry.row.github}
    return ImportOutcome(
        (),
        tuple(entries),
        tuple(left),
        tuple(dict.fromkeys(missing)),
        tuple(entry.name for user, entry in with_login.items() if user not in codes),
        tuple(_find_other_logins(with_login, codes)),
    )


def _find_changes(tx: Tx, member: Member | None, after: Profile) -> tuple[str, ...]:
    if member is None:
        return ("new",)
    changed = profile_changes.changed_columns(member.profile, after)
    return (*changed, "confirmed") if sensei_confirmation.is_waiting(tx, member) else changed


def _find_other_logins(
    with_login: Mapping[str, RowOutcome], codes: Mapping[str | None, str | None]
) -> Iterator[str]:
    """Yield who has linked another GitHub account than the file names."""
    for user, entry in with_login.items():
        linked = codes.get(user)
        if linked and linked.casefold() != (entry.row.github or "").casefold():
            yield f"{entry.name} (in the file {entry.row.github}, linked {linked})"


def _check_accounts(rows: Sequence[ImportRow], accounts: _Accounts) -> Iterator[ImportProblem]:
    """Yield accounts that are unknown, bots or deactivated, and people whom the file names in two ways."""
    places: dict[tuple[str, CohortRole], str] = {}
    for row in rows:
        user = accounts.users[row.slack]
        reason = _refuse_account(row.slack, user)
        if reason or user is None:
            yield ImportProblem(row.place, "slack", reason)
            continue
        before = places.setdefault((user.id, row.role), row.place)
        if before != row.place:
            yield ImportProblem(
                row.place, "slack", f"This is the account of {before}, which is already a {row.role}."
            )
        for word in row.prefers or ():
            other = accounts.users[word]
            if reason := _refuse_account(word, other):
                yield ImportProblem(row.place, "prefers", reason)
            elif other and other.id == user.id:
                message = f"{profiles.quote_word(word)} is the same person as in this row."
                yield ImportProblem(row.place, "prefers", message)


def _refuse_account(word: str, user: ChatUser | None) -> str:
    """Return why an account cannot be used, or nothing if it can."""
    if user is None:
        known = "with this address" if profiles.is_address(word) else "with this id"
        return (
            f"Slack knows nobody {known}: {profiles.quote_word(word)}. Use the e-mail address of a Slack "
            "account, or the id in its profile."
        )
    if user.is_bot:
        return f"{profiles.quote_word(word)} is a bot."
    return f"{profiles.quote_word(word)} was deactivated in Slack." if user.gone else ""


def _find_people(tx: Tx, rows: Iterable[ImportRow], accounts: _Accounts) -> dict[str, str]:
    """Return the person of each account in a file; for somebody new, ``_NEW`` and the account's id."""
    people: dict[str, str] = {}
    in_file = {user.id for row in rows if (user := accounts.users[row.slack])}
    for word, user in accounts.users.items():
        if user is None:
            continue
        person = tx.members.by_chat(accounts.workspace, user.id)
        if person or user.id in in_file:
            people[word] = person or f"{_NEW}{user.id}"
    return people


def _write(tx: Tx, cohort: int, plan: ImportOutcome, workspace: str, at: datetime) -> None:
    people: dict[str, str] = {}
    for entry in plan.entries:
        known = tx.members.by_chat(workspace, entry.user)
        people[entry.user] = known or tx.members.find_or_add_by_chat(
            workspace, entry.user, entry.row.name, at
        )
    for entry in plan.entries:
        person = people[entry.user]
        if not entry.columns:
            continue
        member = entry.member or tx.members.join(cohort, person, entry.row.role, at)
        if entry.member is None or set(entry.columns) != {"confirmed"}:
            tx.members.set_profile(member.enrolment, _replace_new(entry.profile, people))
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


def _replace_new(profile: Profile, people: Mapping[str, str]) -> Profile:
    """Replace the ``_NEW`` words among the people whom somebody prefers by their new ids."""
    prefers = tuple(
        people[person.removeprefix(_NEW)] if person.startswith(_NEW) else person for person in profile.prefers
    )
    return replace(profile, prefers=prefers)
