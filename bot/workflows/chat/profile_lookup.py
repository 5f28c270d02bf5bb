"""Looks up the profile of a person who opens or submits a form, within the time that Slack waits."""

import threading
import time
from collections import OrderedDict
from queue import Empty, SimpleQueue

import structlog

from bot.errors import PermanentError, TransientError, UserError
from bot.ports.chat import Chat, ChatUser, Urgency

log = structlog.get_logger(__name__)

_PATIENCE = 0.8  # seconds, of the three that Slack waits for an answer
_FRESH = 3600.0  # seconds from opening a form to submitting it, without another look-up
_MOST_AT_ONCE = 8
_MOST_KNOWN = 1000


class ProfileLookup:
    """Asks the chat for profiles in the background, and remembers the answers for a while.

    An answer that comes too late counts for the next attempt. Thread-safe.
    """

    def __init__(self, patience: float = _PATIENCE) -> None:
        self._patience = patience
        self._known: OrderedDict[str, tuple[float, ChatUser]] = OrderedDict()
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(_MOST_AT_ONCE)

    def ask(self, chat: Chat, user: str) -> ChatUser | None:
        """Return a profile as it is now, or None if the chat doesn't answer in time."""
        if not self._places.acquire(blocking=False):
            log.info("slack.not_met", why="too many look-ups")
            return None
        answer: SimpleQueue[ChatUser | None] = SimpleQueue()
        try:
            threading.Thread(target=self._ask, args=(chat, user, answer), daemon=True).start()
        except RuntimeError:  # the system has no thread to spare; the form opens without the profile
            self._places.release()
            log.warning("slack.not_met", why="no thread could be started")
            return None
        try:
            return answer.get(timeout=self._patience)
        except Empty:
            log.info("slack.not_met", why="no answer in time")
            return None

    def recall(self, chat: Chat, user: str) -> ChatUser | None:
        """Return a profile that was looked up recently, or ask for it."""
        with self._lock:
            at, found = self._known.get(user, (0.0, None))
        return found if found and time.monotonic() - at < _FRESH else self.ask(chat, user)

    def _ask(self, chat: Chat, user: str, answer: "SimpleQueue[ChatUser | None]") -> None:
        found = None
        try:
            found = chat.user(user, Urgency.PRESSING)
        except (UserError, TransientError, PermanentError) as failed:
            log.info("slack.not_met", why=type(failed).__name__)
        except Exception:  # this is a thread of its own, so nobody else would see the bug
            log.exception("slack.not_met")
        finally:
            self._places.release()
            self._remember(user, found)
            answer.put(found)

    def _remember(self, user: str, found: ChatUser | None) -> None:
        with self._lock:
            self._known.pop(user, None)
            if found:
                self._known[user] = (time.monotonic(), found)
            while len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)
