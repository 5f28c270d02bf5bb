"""The guard for answers to what people ask: each sentence with its source, and the question after them.

It fails closed: what it refuses isn't shown, and its callers show the passages themselves instead. It adds
to the rules for every text of a model (``model_wording``) that a sentence may only use ordinary words and
those around its own quote. What a source says word for word may say more than a model's own words may, but
never in a hint about the asker's own design: there, nothing is preferred and nothing is ordered.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.domain.guardrails import model_wording
from bot.domain.guardrails.allowed_letters import fold, refuse_letters
from bot.domain.guardrails.conversation import ConversationGrounds, refuse_probe
from bot.domain.guardrails.known_words import NEGATION, KnownWords, find_quotes, find_tokens
from bot.domain.guardrails.model_wording import Grounds, ShownText, refuse_words
from bot.domain.guardrails.other_people import as_report, names_other
from bot.domain.guardrails.plain_vocabulary import ANYWHERE, NUMERALS
from bot.domain.guardrails.preferred_options import SIDES, names_winner, takes_side
from bot.domain.guardrails.requested_answers import find_topics
from bot.domain.guardrails.source_links import without_source_links
from bot.domain.guardrails.split_turns import continues, is_whole
from bot.domain.guardrails.spoken_sentences import orders, split_sentences
from bot.domain.guardrails.suggested_fixes import advises, find_mechanisms
from bot.domain.text.lazy_patterns import compile_once

CLAIM_WORDS, CLAIM_CHARACTERS = 45, 400
ANSWER_WORDS = 180

REASONS = model_wording.REASONS | {
    "answers for the person",
    "concludes",
    "names a solution",
    "names one option of several",
    "prefers an option",
    "quotes what nobody said",
    "says more than its source",
    "says more than was said",
    "split over turns",
}
"""All reasons that the functions below can return."""

# What a sentence may say about its source besides the source's own words.
_ABOUT_SOURCES = frozenset(
    """
    according chapter docs document documentation documents documented file guide handbook line lines manual
    passage rubric section sections source sources table heading example examples field setting option options
    parameter decision record capstone participant participants dojo
    allows allow allowed applies apply accepts accept appears asks begins contains contain controls control
    covers cover creates create decides defines define defined depends ends exists expects explains finds
    follows gets gives handles has holds includes include including increases keeps lists lets limits lives
    makes must needs need passes points produces puts reads receives refers refuses requires require required
    returns return returned runs sends send sent sets shows shown throws raises learns leave leaves starts states stays stops stores stored supports
    support supported takes tells treats turns uses use used values value waits wants works
    also already always automatically directly exactly first generally however least less longer many maximum
    minimum more most much normally often once only optional otherwise per separate separately several single
    soon still together usually whole within without every each later next
    available different possible whether instead rather such long short same new old
    kind kinds number numbers list place places amount part parts result results type types name names order
    size length limit limits rule rules
    """.split()  # noqa: SIM905 - a list of words reads better as words
)
_PLAIN = ANYWHERE | _ABOUT_SOURCES
_TO_THE_READER = re.compile(r"\b(?:you|your|yours|yourself|we|us|our|ours|let's|i|i'm|i'd|i'll|me|my)\b")
_OF_US = re.compile(r"\b(?:we|us|our|ours|let's|i|i'm|i'd|i'll|i've|me|my)\b")
_THEIR_WORK = re.compile(
    r"\byour (?:own )?(capstone|design|code|system|approach|agents?|prompts?|choice|decision|plan|answer|project"
    r"|architecture|users?|tests?|evals?|solution|case|loop|app)\b"
)
# Whom somebody may turn to, in the source's words.
_ROLE = re.compile(r"\b(?:tell|ask|contact|email|mail|ping) (?:your|the|a|any|one of the) (?:sensei|deputy|lead)s?\b")
# "No, slides are optional." Not where it would judge what somebody did.
_YES_OR_NO = re.compile(r"^(?:yes|no), (?=\w)", re.IGNORECASE)
_ASKS_FOR_VERDICT = re.compile(
    r"\b(?:my|mine|our|ours|i've|i have|i did|we've|we have|we did|pass|passes|enough|counts?|meets?|satisf\w+|right"
    r"|correct|ok|okay|good|fine|ready)\b"
)
_SUFFIX = re.compile(r"'(?:s|re|ve|ll|d)$")
_THEIR_WORDS = re.compile(
    r"\byour (?:(?:own|design|decision) )?(?:decision|document|design|note|readme|plan|record)s?\b"
    r"(?: \d+)?(?: (?:says?|names?|lists?|records?|describes?|mentions?|notes?|states?|gives?))?"
    r"|\byou (?:wrote|decided|recorded|noted|named|said|described|listed)\b"
)
_CONCLUDES = re.compile(
    r"(?:^|[.;:,] )(?:therefore|thus|hence|then|consequently|in short|which means|that means|this means|meaning"
    r"|meaning that|clearly|obviously|of course|in other words|this makes|that makes|which makes|making it)\b"
    r"|\bthat's why\b|\b(?:enough|all) you need\b|\bjust what\b|\bexactly what\b|\bno (?:other|better) way\b"
    r"|\bthe (?:only|answer|solution|way to go|one to|thing to)\b"
)
_GIVES_REASON = re.compile(r"\b(?:because|since|so|as|due to|thus|therefore|hence)\b")
_REASON = re.compile(r"(?:^|[.;,] )(?:so|because|since)\b|\bbecause\b")
_ORDERS_READER = re.compile(
    r"\b(?:you|your \w+|the participant|participants|one|we) (?:\w+ )?(?:should|must|could|might|need|needs|ought"
    r"|had better|have to|has to|want|wants|can just|can simply)\b|\b(?:needs|has|have|ought|is|are) to be\b"
    r"|\b(?:must|should|ought|had better)\b"
)
_ANGLES = re.compile(r"[<>]|&[a-z#0-9]{1,8};|\bU[A-Z0-9]{8,}\b|(?<!\w)[@#!][A-Za-z]|\*\S|(?<![\w`])_\w|~\S")
_SPAN = re.compile(r"`[^`\n]*`")
_WORDS = re.compile(r"`[^`\n]+`|[\w'’.-]+|[^\w\s]")
_LEAST_RUN = 3  # words that stand together in a source, to count as its own
_EITHER = re.compile(r"([\w.'`-]+(?: [\w.'`-]+)?),? (?:or|vs\.?|versus|and) (?:an? |the |to |use |using )?([\w.'`-]+(?: [\w.'`-]+)?)")
_SENTENCE_END = re.compile(r"(?<=[.!?:;])\s+|\n+")


@dataclass(frozen=True)
class CitedText:
    """What a sentence is held to: the words around its quote, and the names of the place.

    ``around`` is the quote's own sentences with the one before and the one after; ``place`` the title and
    the headings; ``link`` its address or "".
    """

    quote: str
    own: str
    around: str
    place: str
    link: str = ""

    @cached_property
    def known(self) -> KnownWords:
        """The words that the sentence may use."""
        return KnownWords("", (), (f"{self.place}\n{self.around}",), ())

    @cached_property
    def in_quote(self) -> KnownWords:
        """The words of the quote's own sentences, and of the place."""
        return KnownWords("", (), (f"{self.place}\n{self.own}",), ())


@dataclass(frozen=True)
class AnswerGrounds:
    """What the parts of an answer may rely on besides their sources.

    ``asked`` are the asker's messages, ``earlier`` what Sensei answered in this thread, ``others`` the names
    of other people. ``hints``: the answer is a hint about the asker's own design or bug.
    """

    asked: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
    others: frozenset[str] = frozenset()
    hints: bool = False


def cite(text: str, start: int, end: int, place: str, link: str) -> CitedText:
    """Return what a sentence with the quote ``text[start:end]`` is held to."""
    bounds = [0, *(found.end() for found in _SENTENCE_END.finditer(text)), len(text)]
    spans = [(one, two) for one, two in zip(bounds, bounds[1:], strict=False) if one < two]
    inside = [at for at, (one, two) in enumerate(spans) if one < end and two > start]
    first, last = (inside[0], inside[-1]) if inside else (0, len(spans) - 1)
    own = text[spans[first][0] : spans[last][1]]
    near = text[spans[max(0, first - 1)][0] : spans[min(len(spans) - 1, last + 1)][1]]
    return CitedText(text[start:end], own, near, place, link)


def refuse_claim(text: str, cited: CitedText, grounds: AnswerGrounds) -> str | None:
    """Return why a sentence may not be shown with its source, or None if it may."""
    if len(text) > CLAIM_CHARACTERS or len(text.split()) > CLAIM_WORDS:
        return "too long"
    plain = without_source_links(text, [cited.link])
    if not grounds.hints and not _ASKS_FOR_VERDICT.search(fold("\n".join(grounds.asked[-1:]))):
        plain = _capitalise(_YES_OR_NO.sub("", plain))
    return (
        refuse_letters(plain)
        or _refuse_shape(plain, cited, grounds)
        or _refuse_content(plain, cited)
        or (_refuse_as_hint(plain, cited, grounds) if grounds.hints else _refuse_as_fact(plain, cited))
    )


def refuse_answer_question(text: str, cited: Sequence[CitedText], grounds: AnswerGrounds) -> str | None:
    """Return why the question of an answer may not be asked, or None if it may.

    The asker's topics are known words, but not those of a sentence that tells Sensei what to say.
    """
    if _ANGLES.search(_SPAN.sub(" ", text)):
        return "contains markup"
    if singles_out(text, grounds.asked):
        return "names one option of several"
    topics = "\n".join(find_topics(grounds.asked))
    return refuse_probe(
        text,
        ConversationGrounds(
            Grounds(topics, ShownText(topics)),
            grounds.asked,
            (topics, *(f"{one.place}\n{one.around}" for one in cited)),
            grounds.others,
            grounds.earlier,
        ),
    )


def names_new_thing(text: str, asked: Sequence[str]) -> bool:
    """Say whether a sentence names a remedy, code or a product that the asker hasn't named."""
    own = fold("\n".join(asked))
    named = [*find_mechanisms(fold(text)), *(fold(span.strip("`")) for span in _SPAN.findall(text))]
    inside = re.findall(r"(?<![.!?:] )(?<!^)\b[A-Z][\w-]+", _SPAN.sub(" ", text))
    return any(one not in own for one in (*named, *map(fold, inside)))


def singles_out(text: str, asked: Iterable[str]) -> bool:
    """Say whether a text names one of two things between which the asker hesitates, and not the other."""
    said = set(find_tokens(fold(text)))
    for message in asked:
        for found in _EITHER.finditer(fold(message)):
            one, other = ({*find_tokens(side)} - _PLAIN for side in found.groups())
            one, other = one - other, other - one
            if one and other and said.isdisjoint(one) != said.isdisjoint(other):
                return True
    return False


def _refuse_shape(text: str, cited: CitedText, grounds: AnswerGrounds) -> str | None:
    prose = _SPAN.sub("it", text)
    if "?" in prose:
        return "not a question"
    if "!" in prose or len(list(split_sentences(prose))) > 2:
        return "too long"
    if _ANGLES.search(prose):
        return "contains markup"
    if not is_whole(text, cited.known) or continues(text, grounds.earlier):
        return "split over turns"
    if names_other(text, grounds.others):
        return "names a person"
    spans = [span.strip("`") for span in _SPAN.findall(text)]
    if not all(span and span in f"{cited.place}\n{cited.around}" for span in spans):
        return "contains code that was not shown"
    return None if all(map(cited.known.holds, find_quotes(prose))) else "quotes what nobody said"


def _refuse_content(text: str, cited: CitedText) -> str | None:
    """Hold a sentence to its source: its words, its numbers, and whether it denies."""
    tokens = [_SUFFIX.sub("", token) for token in find_tokens(fold(_SPAN.sub(" ", text)))]
    content = [token for token in tokens if token not in _PLAIN]
    if not all(map(cited.known.source_has, content)):
        return "says more than its source"
    if not all(cited.known.source_has(token) for token in tokens if token in NUMERALS and token != "one"):
        return "says more than its source"
    spans = _SPAN.findall(text)
    from_quote = sum(map(cited.in_quote.source_has, content)) + len(spans)
    if from_quote < 2 or from_quote * 2 < len(content) + len(spans):
        return "says more than its source"
    if _denies(text) and not _denies(cited.around) or _denies(cited.quote) and not _denies(text):
        return "says more than its source"
    return None


def _refuse_as_fact(text: str, cited: CitedText) -> str | None:
    folded, source = fold(text), fold(f"{cited.place}\n{cited.around}")
    if _is_new(_CONCLUDES, folded, source) or (
        _REASON.search(folded) and not _GIVES_REASON.search(fold(cited.own))
    ):
        return "concludes"
    theirs = any(
        f"your {found[1]}" not in source and f"their {found[1]}" not in source
        for found in _THEIR_WORK.finditer(folded)
    )
    if theirs or _is_new(_OF_US, folded, source):
        return "addresses the reader"
    left = _without_source_words(text, source)
    if _takes_side(fold(left)) or _has_new_winner(fold(left), source):
        return "prefers an option"
    if _is_new(_ORDERS_READER, folded, source):
        return "suggests a fix"
    return _refuse_wording(text, left, cited)


def _refuse_as_hint(text: str, cited: CitedText, grounds: AnswerGrounds) -> str | None:
    folded = fold(text)
    if _CONCLUDES.search(folded) or (_REASON.search(folded) and not _GIVES_REASON.search(fold(cited.own))):
        return "concludes"
    if takes_side(folded) or names_winner(folded):
        return "prefers an option"
    if _TO_THE_READER.search(_THEIR_WORDS.sub(" ", folded)):
        return "addresses the reader"
    if _ORDERS_READER.search(folded) or advises(folded) or orders(folded):
        return "suggests a fix"
    if singles_out(text, grounds.asked):
        return "names one option of several"
    return _refuse_wording(text, text, cited)


def _refuse_wording(text: str, left: str, cited: CitedText) -> str | None:
    """Apply the rules for every text of a model; those about meaning to what isn't the source's own words."""
    source = f"{cited.place}\n{cited.around}"
    grounds = Grounds(source, ShownText(source))
    whole = refuse_words(_report(text, cited), grounds, asks=False)
    if whole is None or whole not in _THE_SOURCE_MAY or left == text:
        return whole
    return refuse_words(_report(left, cited), grounds, asks=False)


def _report(text: str, cited: CitedText) -> str:
    around = fold(cited.around)
    plain = _ROLE.sub(lambda found: "say so" if found[0] in around else found[0], text)
    return as_report(plain, cited.known)


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]


# "It's 25, and the default is 10." "It's checked before anything runs."
_FORMS_OF_FACTS = frozenset({"contrasts with another", "ranks", "confirms"})
# What a source may say in its own words, in an answer about facts.
_THE_SOURCE_MAY = frozenset({"suggests a fix", "praises or blames", "names a level", "not English"})


def _without_source_words(text: str, source: str) -> str:
    """Return a text with "it" for each run of words that the source has too."""
    words = _WORDS.findall(text)
    kept: list[str] = []
    at = 0
    while at < len(words):
        end = at
        while end < len(words) and _stands(words[at : end + 1], source):
            end += 1
        if end - at >= _LEAST_RUN:
            kept.append("it")
            at = end
        else:
            kept.append(words[at])
            at += 1
    return re.sub(r" (?=[.,;:)])", "", " ".join(kept))


def _stands(words: Sequence[str], source: str) -> bool:
    run = fold(" ".join(words)).replace("`", "")
    bare = re.sub(r"\s*([^\w\s'])\s*", r" \1 ", run).split()
    return f" {' '.join(bare)} " in f" {_spaced(source)} "


def _spaced(source: str) -> str:
    return " ".join(re.sub(r"\s*([^\w\s'])\s*", r" \1 ", source.replace("`", "")).split())


def _has_new_winner(left: str, source: str) -> bool:
    """Say whether a text compares or calls something good where its source doesn't."""
    known = set(find_tokens(source))
    return names_winner(" ".join(word for word in find_tokens(left) if word not in known))


def _takes_side(left: str) -> bool:
    """Say whether a text takes a side, other than in a form that facts have too."""
    return any(
        compile_once(form).search(left) for name, form in SIDES.items() if name not in _FORMS_OF_FACTS
    )


def _is_new(form: re.Pattern[str], folded: str, source: str) -> bool:
    return any(found[0].strip(" .;:,") not in source for found in form.finditer(folded))


def _denies(text: str) -> bool:
    return bool(NEGATION.search(fold(text)))
