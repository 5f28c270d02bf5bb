"""The guard for everything that Sensei says in a conversation: in threads, in check-ins, and in answers.

It reads every draft of a model. It refuses a solution, a preferred option, a grade, a link that was not in a
source, and other people's words. Its callers fail closed: a refused follow-up becomes the rubric's
probe.

Beside the rules for every text of a model, a draft may use ordinary words (``plain_vocabulary``) and words
that the person, the code or a source has (``known_words``). So a solution that nobody has named cannot be
named. What can be said with these words is narrowed further by ``spoken_sentences`` and ``split_turns``.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.guardrails import model_wording
from bot.domain.guardrails.acknowledgements import acknowledges, without_thanks
from bot.domain.guardrails.allowed_letters import fold, refuse_letters
from bot.domain.guardrails.known_words import KnownWords, find_quotes
from bot.domain.guardrails.model_wording import NO_GROUNDS, Grounds, ShownText, refuse_question, refuse_words
from bot.domain.guardrails.other_people import as_report, names_other
from bot.domain.guardrails.source_links import without_source_links
from bot.domain.guardrails.split_turns import continues, is_whole
from bot.domain.guardrails.spoken_sentences import refuse_sentence, split_sentences

# All reasons that the functions below can return.
REASONS = model_wording.REASONS | {
    "answers for the person",
    "prefers an option",
    "quotes what nobody said",
    "says more than was said",
    "split over turns",
}
PROBE_WORDS, REPLY_WORDS = model_wording.QUESTION_WORDS, 120
MOST_OF_A_REPLY = 1000  # characters


@dataclass(frozen=True)
class ConversationGrounds:
    """What a draft may rely on.

    ``code`` is the code that the question is about. ``own_words`` are the person's own messages, the last one
    last; ``sources`` the texts that Sensei may cite, and ``others`` the names of other people in the cohort.
    ``earlier`` is what Sensei already said in this conversation: its question, and what a model worded since.
    """

    code: Grounds = NO_GROUNDS
    own_words: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    others: frozenset[str] = frozenset()
    earlier: tuple[str, ...] = ()


def refuse_probe(text: str, grounds: ConversationGrounds) -> str | None:
    """Return why a follow-up question may not be asked, or None if it may."""
    if len(text) > model_wording.MOST_CHARACTERS or len(text.split()) > PROBE_WORDS:
        return "too long"
    return refuse_letters(text) or _refuse(text, grounds, refuse_question)


def refuse_reply(text: str, grounds: ConversationGrounds) -> str | None:
    """Return why a reply of several sentences, in one paragraph, may not be sent, or None if it may."""
    if len(text) > MOST_OF_A_REPLY or len(text.split()) > REPLY_WORDS:
        return "too long"
    if not text.strip():
        return "says too little"
    if text.count("?") > 1:
        return "more than one question"
    return refuse_letters(text) or _refuse(text, grounds, _refuse_as_reply)


def _refuse(
    text: str, grounds: ConversationGrounds, refuse: Callable[[str, Grounds], str | None]
) -> str | None:
    known = KnownWords(
        f"{grounds.code.quoted}\n{grounds.code.shown.text if grounds.code.shown else ''}",
        grounds.own_words,
        grounds.sources,
        grounds.earlier,
    )
    cited = without_source_links(text, grounds.sources)
    if names_other(cited, grounds.others):
        return "names a person"
    if not all(map(known.holds, find_quotes(cited))):
        return "quotes what nobody said"
    if not is_whole(cited, known) or continues(cited, grounds.earlier):
        return "split over turns"
    left = [one for one in split_sentences(cited) if not acknowledges(fold(one), known)]
    reasons = (reason for one in left if (reason := refuse_sentence(without_thanks(fold(one)), known)))
    return next(reasons, None) or refuse(as_report(" ".join(left), known), _as_shown(grounds.code, known))


def _refuse_as_reply(text: str, code: Grounds) -> str | None:
    if not text:
        return None
    if "?" not in text:
        return refuse_words(text, code, asks=False)
    return refuse_question(text[: text.index("?") + 1], code) or refuse_words(text, code, asks=True)


def _as_shown(code: Grounds, known: KnownWords) -> Grounds:
    """Return grounds in which the known words count as shown, but not as names in the code."""
    return Grounds(
        code.quoted, ShownText(f"{known.code}\n<words>\n{known.spoken.replace('<', ' ')}\n</words>")
    )
