"""Importing people into a cohort from a file.

All accounts are looked up first. Then one transaction writes either the whole file or nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import sleep
from typing import NamedTuple

from bot.domain.dojo import people_import, profile_changes, profiles
from bot.domain.dojo.cohort_choice import CohortChoice, choose_cohort
from bot.domain.dojo.import_rows import ImportProblem, ImportRow, ImportTable, sort_problems
from bot.domain.dojo.people import Cohort, CohortRole, EnrolmentState, Member, Profile
from bot.domain.dojo.people_file import FileKind
from bot.domain.dojo.profiles import Vocabulary
from bot.domain.pairing.records import OPERATOR
from bot.errors import PermanentError, TransientError, UserError
from bot.ports.chat import AccountMemory, Chat, ChatUser
from bot.ports.store import Store, Tx
from bot.workflows.chat import outbox
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.dojo import account_eligibility, sensei_confirmation
from bot.workflows.dojo.account_lookup import AccountLookup

WELCOME = "people.welcome"
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

    ``cohort`` is the cohort's name. The other fields are people's names: ``left`` are in the file but have
    left, ``missing`` are in the cohort but not in the file. Of the people with a GitHub login in the file,
    ``linked`` have linked it, ``unlinked`` have linked none, and ``other_logins`` a different one.
    ``unchecked`` says why the accounts could not be looked up, if there are other problems, too. ``cohort``
    is empty if it isn't clear which one is meant.
    """

    cohort: str
    problems: tuple[ImportProblem, ...] = ()
    entries: tuple[RowOutcome, ...] = ()
    left: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    linked: tuple[str, ...] = ()
    unlinked: tuple[str, ...] = ()
    other_logins: tuple[str, ...] = ()
    unchecked: str = ""
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
    """The accounts named in a file, by user id or address as written there; None for an unknown account.

    ``asked`` is False if Slack isn't set up, so that addresses could not be looked up.
    """

    workspace: str
    users: Mapping[str, ChatUser | None]
    asked: bool = True


@dataclass(frozen=True)
class PeopleImport:
    """Imports files of people. If Slack isn't set up, ``chat`` is None and files may contain only user ids.

    ``memory`` has the accounts that earlier imports looked up. ``report_progress`` is called with the number
    of accounts looked up and their total. ``wait`` sleeps for a number of seconds.
    """

    store: Store
    chat: Chat | None
    memory: AccountMemory
    vocabulary: Vocabulary
    now: Callable[[], datetime]
    report_progress: Callable[[int, int], None] = field(default=lambda _done, _total: None)
    wait: Callable[[float], None] = sleep

    def run(self, data: bytes, kind: FileKind, choice: CohortChoice, *, dry: bool = False) -> ImportOutcome:
        """Import a file into a cohort. ``dry`` only returns what would change.

        Raises:
            UserError: it isn't clear which cohort is meant, or accounts cannot be looked up. TransientError,
            PermanentError: as in ``ports.chat.Chat``. In each case, nothing was written.
        """
        table = people_import.read_people(data, kind, self.vocabulary)
        name = ""
        try:
            with self.store.read() as tx:
                cohort = choose_cohort(tx.cohorts.all(), choice)
            name = cohort.name
            accounts = self._look_up(table, cohort.workspace)
        except (UserError, PermanentError, TransientError) as error:
            if not table.problems:
                raise
            return ImportOutcome(name, table.problems, unchecked=str(error))
        with self.store.begin() as tx:
            plan = _plan(tx, cohort, table, accounts)
            if plan.problems or dry:
                return plan
            if tx.cohorts.get(cohort.id).workspace is None:
                tx.cohorts.set_workspace(cohort.id, accounts.workspace)
            _write(tx, cohort.id, plan, accounts.workspace, self.now())
        return replace(plan, written=True)

    def _look_up(self, table: ImportTable, workspace: str | None) -> _Accounts:
        words = list(dict.fromkeys(account.word for account in table.accounts))
        if not words:
            return _Accounts("", {})
        if self.chat is None:
            if workspace is None:
                raise UserError(
                    "Slack isn't set up, and this cohort has no workspace yet. Sensei can't look anyone up.",
                    "Nothing was changed. Set it up with `sensei setup slack`.",
                )
            ids = {word: None if profiles.is_address(word) else _assume_account(word) for word in words}
            return _Accounts(workspace, ids, asked=False)
        lookup = AccountLookup(self.chat, self.report_progress, self.wait)
        current = lookup.find_workspace().id
        if workspace not in {None, current}:
            raise UserError(
                f"This cohort belongs to the workspace {workspace}, but Slack is set up for {current}.",
                "Nothing was changed. Choose another cohort, or set up Slack for that workspace.",
            )
        with self.store.read() as tx:
            known = {word: _assume_account(word) for word in words if tx.members.by_chat(current, word)}
        return _Accounts(current, self._ask_chat(lookup, current, words, known))

    def _ask_chat(
        self, lookup: AccountLookup, workspace: str, words: Sequence[str], known: Mapping[str, ChatUser]
    ) -> Mapping[str, ChatUser | None]:
        """Look up the accounts that are neither known nor remembered, and remember those that were found.

        What was found before an error or an interruption is remembered, too.
        """
        users: dict[str, ChatUser | None] = {**self.memory.recall(workspace, words), **known}
        unknown = [word for word in words if word not in users]
        found: dict[str, ChatUser | None] = {}
        try:
            lookup.find(unknown, found)
        finally:
            usable = {word: user for word, user in found.items() if user and not _refuse_account(word, user)}
            if usable:
                self.memory.remember(workspace, usable)
        return {**users, **found}


def _assume_account(user: str) -> ChatUser:
    """Return an account by its id without asking Slack, because it is known or Slack is not set up."""
    return ChatUser(user, "", "", is_bot=False, gone=False)


def _plan(tx: Tx, cohort: Cohort, table: ImportTable, accounts: _Accounts) -> ImportOutcome:
    """Return the changes that the file would make, without making them, or all its problems."""
    rows = table.readable
    problems = [*table.problems, *_check_accounts(table, accounts)]
    members = tx.members.of(cohort.id)
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
        return ImportOutcome(cohort.name, sort_problems(problems))
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
        cohort.name,
        (),
        tuple(entries),
        tuple(left),
        tuple(dict.fromkeys(missing)),
        tuple(_find_linked(with_login, codes)),
        tuple(_name_with_login(entry) for user, entry in with_login.items() if user not in codes),
        tuple(_find_other_logins(with_login, codes)),
    )


def _find_changes(tx: Tx, member: Member | None, after: Profile) -> tuple[str, ...]:
    if member is None:
        return ("new",)
    changed = profile_changes.changed_columns(member.profile, after)
    return (*changed, "confirmed") if sensei_confirmation.is_waiting(tx, member) else changed


def _name_with_login(entry: RowOutcome) -> str:
    return f"{entry.name} ({entry.row.github})"


def _find_linked(
    with_login: Mapping[str, RowOutcome], codes: Mapping[str | None, str | None]
) -> Iterator[str]:
    """Yield people who have linked the GitHub account in the file."""
    for user, entry in with_login.items():
        if (codes.get(user) or "").casefold() == (entry.row.github or "").casefold():
            yield _name_with_login(entry)


def _find_other_logins(
    with_login: Mapping[str, RowOutcome], codes: Mapping[str | None, str | None]
) -> Iterator[str]:
    """Yield people who have linked a different GitHub account from the one in the file."""
    for user, entry in with_login.items():
        linked = codes.get(user)
        if linked and linked.casefold() != (entry.row.github or "").casefold():
            yield f"{entry.name} (in the file: {entry.row.github}, linked: {linked})"


def _check_accounts(table: ImportTable, accounts: _Accounts) -> Iterator[ImportProblem]:
    """Yield problems: unknown, bot or deactivated accounts, and people identified in two ways."""
    for account in table.accounts:
        user = accounts.users[account.word]
        if user is None and not accounts.asked:
            reason = f"Slack isn't set up, so use the user id instead of {profiles.quote_word(account.word)}."
        else:
            reason = _refuse_account(account.word, user)
        if reason:
            yield ImportProblem(account.place, account.column, reason)
    places: dict[tuple[str, CohortRole], str] = {}
    for row in table.readable:
        user = accounts.users[row.slack]
        if user is None:
            continue
        before = places.setdefault((user.id, row.role), row.place)
        if before != row.place:
            yield ImportProblem(row.place, "slack", f"This account is already a {row.role}, in {before}.")
        for word in row.prefers or ():
            other = accounts.users[word]
            if other and other.id == user.id:
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
    reason = account_eligibility.why_not(user)
    return f"{profiles.quote_word(word)} {reason}." if reason else ""


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
