"""Looking up the accounts that an import names: several at a time, within the chat's limits."""

import threading
from collections.abc import Callable, Collection, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

from bot.domain.dojo import profiles
from bot.errors import PermanentError, TransientError, UserError
from bot.ports.chat import Chat, ChatUser, Workspace

_AT_ONCE = 8
_MOST_WAITS = 5  # in a row, without an answer in between
_LONGEST_WAIT = 65.0  # seconds: a little more than Slack's rate limits, which last a minute


@dataclass(frozen=True)
class AccountLookup:
    """Asks the chat for accounts, by user id or address.

    ``report_progress`` is called with the number of accounts looked up and their total. ``wait`` sleeps for
    a number of seconds.
    """

    chat: Chat
    report_progress: Callable[[int, int], None]
    wait: Callable[[float], None]

    def find_workspace(self) -> Workspace:
        """Return the chat's workspace. Raises what ``find`` raises."""
        for waits in count(1):
            try:
                return self.chat.workspace()
            except TransientError as error:
                self._wait_for([error], waits)
        raise AssertionError("it returns or raises")

    def find(self, words: Collection[str], found: MutableMapping[str, ChatUser | None]) -> None:
        """Add each account to ``found``, or None if the chat has none. After an error, some are missing.

        Raises:
            TransientError, PermanentError: as in ``ports.chat.Chat``. It waits out rate limits.
        """
        pending, waits = list(words), 0
        while pending:
            limited = self._ask_all(pending, found, len(words))
            waits = waits + 1 if len(limited) == len(pending) else 1
            pending = list(limited)
            if limited:
                self._wait_for(list(limited.values()), waits)

    def _ask_all(
        self, words: Collection[str], found: MutableMapping[str, ChatUser | None], total: int
    ) -> dict[str, TransientError]:
        """Ask for each account once. Return those that the chat didn't answer for now.

        After a refusal, no more requests are made, but the answers to those under way still count.
        """
        limited: dict[str, TransientError] = {}
        refused: PermanentError | None = None
        stopped = threading.Event()
        with _open_pool() as pool:
            futures = {pool.submit(self._ask_unless, stopped, word): word for word in words}
            for future in as_completed(futures):
                try:
                    found[futures[future]] = future.result()
                    self.report_progress(len(found), total)
                except TransientError as error:
                    limited[futures[future]] = error
                except PermanentError as error:
                    refused = error
                    stopped.set()
        if refused is not None:
            raise refused
        return limited

    def _wait_for(self, errors: list[TransientError], waits: int) -> None:
        if waits > _MOST_WAITS:
            raise errors[0]
        self.wait(min(max(error.retry_in or 1.0 for error in errors), _LONGEST_WAIT))

    def _ask_unless(self, stopped: threading.Event, word: str) -> ChatUser | None:
        if stopped.is_set():
            raise TransientError(
                "Sensei didn't look up this account, because Slack had refused an earlier look-up."
            )
        return self._ask(word)

    def _ask(self, word: str) -> ChatUser | None:
        if profiles.is_address(word):
            return self.chat.user_by_email(word)
        try:
            return self.chat.user(word)
        except UserError:
            return None


@contextmanager
def _open_pool() -> Iterator[ThreadPoolExecutor]:
    """Start threads. After an error, requests that were not made yet are not made any more."""
    pool = ThreadPoolExecutor(_AT_ONCE, "account-lookup")
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
