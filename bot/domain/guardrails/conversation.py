"""The guard for everything that Sensei says in a conversation: in threads, in check-ins, and in answers.

It reads every draft of a model. It refuses a solution, a preferred option, a grade, a link that was not in a
source, and anybody else's words. Whoever asks it fails closed: a refused follow-up becomes the rubric's
probe.
"""

from dataclasses import dataclass

from bot.domain.guardrails.model_wording import NO_GROUNDS, Grounds, refuse_question


@dataclass(frozen=True)
class ConversationGrounds:
    """What a draft may rely on.

    ``code`` is the code that the question is about. ``own_words`` are the person's own messages, ``sources``
    the texts that Sensei may cite, and ``others`` the names of other people in the cohort.
    """

    code: Grounds = NO_GROUNDS
    own_words: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    others: frozenset[str] = frozenset()


def refuse_probe(text: str, grounds: ConversationGrounds) -> str | None:
    """Return why a follow-up question may not be asked, or None if it may."""
    return refuse_question(text, grounds.code)


def refuse_reply(text: str, grounds: ConversationGrounds) -> str | None:
    """Return why a reply of several sentences may not be sent, or None if it may."""
    return refuse_question(text, grounds.code)
