"""Importing people into a cohort from a file.

All accounts are looked up first. Then one transaction writes either the whole file or nothing.
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
_LONGEST_WAIT = 65.0  # seconds: a little more than Slack's rate limits, which last a minute
_NEW = "new:"
"""Prefix of a new account's user id, used in place of the person's id until the person has one."""


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """The changes from one row: ``columns`` names changed columns, or is ``("new",)`` for a new member."""

    row: ImportRow
    user: str
    member: Member | None
    profile: Profile
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        """The person's name in the cohort."""
        return self.member.name if self.member else self.row.name


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """The changes from a file, made already if ``written``. If there are ``problems``, nothing changes.

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
        """The rows for new members."""
        return tuple(entry for entry in self.entries if entry.member is None)

    @property
    def changed(self) -> tuple[RowOutcome, ...]:
        """The rows that change an existing member."""
        return tuple(entry for entry in self.entries if entry.member is not None and entry.columns)

    @property
    def same(self) -> int:
        """The number of rows that change nothing."""
        return len(self.entries) - len(self.new) - len(self.changed)


class _Accounts(NamedTuple):
    """The accounts named in a file, by user id or address as written there; None if Slack has no such "
    "account."""

    workspace: str
    users: Mapping[str, ChatUser | None]


@dataclass(frozen=True)
class PeopleImport:
    """Imports files of people. If Slack isn't set up, ``chat`` is None and files may contain only user ids.

    ``report_progress`` is called with the number of accounts looked up and their total. ``wait`` sleeps for
    a number of seconds.
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
            PermanentError: as in ``ports.chat.Chat``. In each case, nothing was written.
        """
        table = people_import.read_people(data, kind, self.vocabulary)
        if table.problems:
            return ImportOutcome(table.problems)
        with self.store.read() as tx:
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
                    "Slack isn't set up, and this cohort has no workspace yet. Sensei can't look anyone up.",
                    "Nothing was changed. Set it up with `sensei setup slack`.",
                )
            ids = {word: None if profiles.is_address(word) else _assume_account(word) for word in words}
            return _Accounts(workspace, ids)
        chat = self.chat
        current = self._ask_patiently(chat.workspace).id
        if workspace not in {None, current}:
            raise UserError(
                f"This cohort belongs to the workspace {workspace}, but Slack is set up for {current}.",
                "Nothing was changed. Choose another cohort, or set up Slack for that workspace.",
            )
        with self.store.read() as tx:
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
        """Ask Slack, waiting when it limits the rate. A long file takes minutes."""
        for _ in range(_MOST_WAITS):
            try:
                return ask()
            except TransientError as error:
                self.wait(min(error.retry_in or 1.0, _LONGEST_WAIT))
        return ask()


def _assume_account(user: str) -> ChatUser:
    """Return an account by its id without asking Slack, because it is known or Slack is not set up."""
    return ChatUser(user, "", "", is_bot=False, gone=False)


def unknown_cohort(tx: Tx, name: str) -> UserError:
    """Return the error for a cohort that does not exist."""
    known = [cohort.name for cohort in tx.cohorts.all()]
    near = profiles.suggest_nearest(name, known)
    remedy = (
        "`sensei cohort list` shows the cohorts. Choose one with --cohort or SENSEI_COHORT."
        if known
        else "To create one, use `sensei cohort add NAME`."
    )
    return UserError(f"There is no cohort {name}.{near}", remedy)


def _plan(tx: Tx, cohort: int | None, rows: Sequence[ImportRow], accounts: _Accounts) -> ImportOutcome:
    """Return the changes that the rows would make, without making them."""
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
    """Yield people who have linked a different GitHub account from the one in the file."""
    for user, entry in with_login.items():
        linked = codes.get(user)
        if linked and linked.casefold() != (entry.row.github or "").casefold():
            yield f"{entry.name} (in the file: {entry.row.github}, linked: {linked})"


def _check_accounts(rows: Sequence[ImportRow], accounts: _Accounts) -> Iterator[ImportProblem]:
    """Yield problems: unknown, bot or deactivated accounts, and people identified in two ways."""
    places: dict[tuple[str, CohortRole], str] = {}
    for row in rows:
        user = accounts.users[row.slack]
        reason = _refuse_account(row.slack, user)
        if reason or user is None:
            yield ImportProblem(row.place, "slack", reason)
            continue
        before = places.setdefault((user.id, row.role), row.place)
        if before != row.place:
            yield ImportProblem(row.place, "slack", f"This account is already a {row.role}, in {before}.")
        for word in row.prefers or ():
            other = accounts.users[word]
            if reason := _refuse_account(word, other):
                yield ImportProblem(row.place, "prefers", reason)
            elif other and other.id == user.id:
                message = (
                    f"{profiles.quote_word(word)} is the person in this row. People can't prefer themselves."
                )
                yield ImportProblem(row.place, "prefers", message)


def _refuse_account(word: str, user: ChatUser | None) -> str:
    """Return the reason why an account can't be used, or an empty string if it can."""
    if user is None:
        known = "with this address" if profiles.is_address(word) else "with this id"
        return (
            f"Slack has no user {known}: {profiles.quote_word(word)}. Use the e-mail address of a Slack "
            "account, or the id in its profile."
        )
    if user.is_bot:
        return f"{profiles.quote_word(word)} is a bot."
    return f"{profiles.quote_word(word)} was deactivated in Slack." if user.gone else ""


def _find_people(tx: Tx, rows: Iterable[ImportRow], accounts: _Accounts) -> dict[str, str]:
    """Return the person for each account in a file; for a new person, ``_NEW`` and the account's id."""
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
    """Replace the ``_NEW`` placeholders in ``prefers`` with the people's new ids."""
    prefers = tuple(
        people[person.removeprefix(_NEW)] if person.startswith(_NEW) else person for person in profile.prefers
    )
    return replace(profile, prefers=prefers)
