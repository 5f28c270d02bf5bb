"""The guard for answers to what people ask: each sentence with its source, and the question after them.

It fails closed: what it refuses isn't shown, and its callers show the passages themselves instead. It adds
to the rules for every text of a model (``model_wording``) that a sentence may only use ordinary words and
those around its own quote. What a source says word for word may say more than a model's own words may, but
never in a hint about the asker's own design: there, nothing is preferred and nothing is ordered.
"""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from bot.domain.guardrails import model_wording
from bot.domain.guardrails.allowed_letters import fold, refuse_letters
from bot.domain.guardrails.cited_text import PLAIN, CitedText, says_more, without_source_words
from bot.domain.guardrails.conversation import ConversationGrounds, refuse_probe
from bot.domain.guardrails.known_words import find_quotes, find_tokens
from bot.domain.guardrails.model_wording import Grounds, ShownText, refuse_words
from bot.domain.guardrails.other_people import as_report, names_other
from bot.domain.guardrails.preferred_options import SIDES, names_winner, takes_side
from bot.domain.guardrails.requested_answers import find_topics
from bot.domain.guardrails.restatements import split_restatement
from bot.domain.guardrails.source_links import without_source_links
from bot.domain.guardrails.split_turns import continues, is_whole
from bot.domain.guardrails.spoken_sentences import orders, split_sentences
from bot.domain.guardrails.suggested_fixes import advises, find_mechanisms
from bot.domain.text.lazy_patterns import compile_once

CLAIM_WORDS, CLAIM_CHARACTERS = 45, 400
ANSWER_WORDS = 180
_MOST_SENTENCES = 2  # of a claim

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

# What a question about a system may name although nobody has.
_TO_ASK_ABOUT = (
    "logs log trace traces review reviews items item actions action weigh weighs judgement judged passes"
    " tokens question questions passage passages summary summaries stored processed processing second third"
    " payments text texts hard harder hardest fight answer answers"
)
_RIGHT_NOW = re.compile(r"\bright now\b", re.IGNORECASE)
_TO_THE_READER = re.compile(r"\b(?:you|your|yours|yourself|we|us|our|ours|let's|i|i'm|i'd|i'll|me|my)\b")
_READER_AND_NEXT = re.compile(rf"{_TO_THE_READER.pattern}(?: \w+){{0,2}}")
_AS_THE_SOURCE = re.compile(r"\b(?:tells|gives|shows) you\b")
_OF_US = re.compile(r"\b(?:we|us|our|ours|let's|i|i'm|i'd|i'll|i've|me|my)\b")
_THEIR_WORK = re.compile(r"\byour (?:own )?(?!sensei|deputy|lead)(\w+)")
# Whom somebody may turn to, in the source's words.
_ROLE = re.compile(
    r"\b(?:tell|ask|contact|email|mail|ping) (?:your|the|a|any|one of the) (?:sensei|deputy|lead)s?\b"
)
# "No, slides are optional." Not where it would judge what somebody did.
_YES_OR_NO = re.compile(r"^(?:yes|no|only in part)[,.:] (?=\w)", re.IGNORECASE)
_ASKS_FOR_VERDICT = re.compile(
    r"\b(?:my|mine|our|ours|i've|i have|i did|we've|we have|we did|pass|passes|enough|counts?|meets?"
    r"|satisf\w+|right"
    r"|correct|ok|okay|good|fine|ready)\b"
)
_CAPSTONE = re.compile(r"\bcapstone(?=s?\b)", re.IGNORECASE)
_THE_RUBRIC = re.compile(r"\b[Tt]he rubric(?:'s (?:probe|check|question|concern))?(?= (?:also )?[a-z]+s\b)")
_THEIR_WORDS = re.compile(
    r"\byour (?:(?:own|design|decision) )?(?:decision|document|design|note|readme|plan|record)s?\b"
    r"(?: \d+)?(?: (?:says?|names?|lists?|records?|describes?|mentions?|notes?|states?|gives?))?"
    r"|\byou (?:wrote|decided|recorded|noted|named|said|described|listed)\b"
)
_CONCLUDES = re.compile(
    r"(?:^|[.;:,] )(?:therefore|thus|hence|then|consequently|in short|which means|that means|this means"
    r"|meaning"
    r"|meaning that|clearly|obviously|of course|in other words|this makes|that makes|which makes|making it)\b"
    r"|\bthat's why\b|\b(?:enough|all) you need\b|\bjust what\b|\bexactly what\b|\bno (?:other|better) way\b"
    r"|\bthe (?:only|answer|solution|way to go|one to|thing to)\b"
)
_GIVES_REASON = re.compile(r"\b(?:because|since|so|due to|thus|therefore|hence)\b")
_REASON = re.compile(
    r"(?:^|[.;,] )(?:so|because|since)\b|\bbecause\b|, as (?!well|soon|long|many|much|in|if|an?\b)"
)
_ORDERS_READER = re.compile(
    r"\b(?:you|your \w+|the participant|participants|we) (?:\w+ )?(?:should|must|could|might|need|needs|ought"
    r"|had better|have to|has to|want|wants|can just|can simply)\b|\b(?:needs|has|have|ought|is|are) to be\b"
    r"|\b(?:must|should|ought|had better)\b"
)
_MUST = re.compile(r"\b(?:must|should|ought|had better)\b")
# "You fail this gate": what the reader does must be what the source says of its reader or of participants.
_READER_DOES = re.compile(
    r"\byou(?:'ve|'re|'d|'ll)? (?:(?:don't|do not|can|can't|also|still|only|have) )?([a-z]+)"
)
_JUDGES_READER = frozenset(
    """
    fail fails failed pass passes passed meet meets met miss missed lack lacks reach reached satisfy qualify
    deserve earn need forgot
    """.split()  # noqa: SIM905 - a list of words reads better as words
)
_READER_MAY = frozenset({"get", "have", "use", "see", "are"})
_SUPPOSES = re.compile(r"\b(?:if|when|unless|once) you (?:don't |do not )?\w+")
_ANGLES = re.compile(r"[<>]|&[a-z#0-9]{1,8};|\bU[A-Z0-9]{8,}\b|(?<!\w)[@#!][A-Za-z]|\*\S|(?<![\w`])_\w|~\S")
_ASKS_FOR_SECRET = re.compile(
    r"\b(?:what|which)\b[^?]{0,30}\b(?:keys?|tokens?|passwords?|secrets?|credentials?)\b"
    r"[^?]{0,20}\b(?:begin|begins|start|starts|end|ends|contain|contains|is|are|say|says)\b"
    r"|\b(?:what is|what's|what are) (?:your|the) (?:\w+ )?(?:api keys?|keys?|passwords?|secrets?"
    r"|credentials?)\b"
    r"|\b(?:paste|post|send|show|share|tell)\b[^?]{0,30}\b(?:keys?|passwords?|secrets?|credentials?)\b"
)
_SPELLS = re.compile(
    r"\b(?:read|look|go) (?:down|backwards|along|across)\b|\b(?:first|last|initial|capital) (?:letters?"
    r"|words?)\b"
    r"|\b(?:left|right) (?:side|margin|edge)\b|\binitials\b"
)
_MOST_MESSAGES = 20  # of a thread, the last ones
_SPAN = re.compile(r"`[^`\n]*`")
_EITHER = re.compile(
    r"(?<![\w.'`-])([\w.'`-]+(?: [\w.'`-]+)?),? (?:or|vs\.?|versus|and) (?:an? |the |to |use "
    r"|using )?([\w.'`-]+(?: [\w.'`-]+)?)"
)


@dataclass(frozen=True)
class AnswerGrounds:
    """What the parts of an answer may rely on besides their sources.

    ``asked`` are the asker's messages, ``earlier`` what Sensei answered in this thread, ``others`` the names
    of other people. ``hints``: the answer is a hint about the asker's own design or bug. ``rubric``: it says
    what the rubric means, and nothing of the asker.
    """

    asked: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
    others: frozenset[str] = frozenset()
    hints: bool = False
    rubric: bool = False


def refuse_claim(text: str, cited: CitedText, grounds: AnswerGrounds) -> str | None:
    """Return why a sentence may not be shown with its source, or None if it may."""
    if len(text) > CLAIM_CHARACTERS or len(text.split()) > CLAIM_WORDS:
        return "too long"
    plain = without_source_links(text, [cited.link])
    if not grounds.hints and not _ASKS_FOR_VERDICT.search(fold("\n".join(grounds.asked))):
        plain = _capitalise(_YES_OR_NO.sub("", plain))
    return (
        refuse_letters(plain)
        or _refuse_shape(plain, cited, grounds)
        or ("says more than its source" if says_more(plain, cited) else None)
        or (_refuse_as_hint(plain, cited) if grounds.hints else _refuse_as_fact(plain, cited, grounds))
    )


def refuse_answer_question(text: str, cited: Sequence[CitedText], grounds: AnswerGrounds) -> str | None:
    """Return why the question of an answer may not be asked, or None if it may.

    The asker's topics are known words, but not those of a sentence that tells Sensei what to say.
    """
    if _ANGLES.search(_SPAN.sub(" ", text)):
        return "contains markup"
    if _ASKS_FOR_SECRET.search(fold(text)) or _SPELLS.search(fold(text)):
        return "hides words"
    if singles_out(text, grounds.asked):
        return "names one option of several"
    if continues(text, grounds.earlier):
        return "split over turns"
    repeated, question = split_restatement(text, grounds.asked)
    return _refuse_repeated(repeated, grounds) or _refuse_asking(question, cited, grounds)


def _refuse_repeated(text: str, grounds: AnswerGrounds) -> str | None:
    """Apply the rules for every text of a model to what only repeats the asker."""
    if not text:
        return None
    if names_other(text, grounds.others):
        return "names a person"
    if find_quotes(text):
        return "quotes what nobody said"
    own = "\n".join(grounds.asked)
    return refuse_letters(text) or refuse_words(text, Grounds(own, ShownText(own)), asks=False)


def _refuse_asking(text: str, cited: Sequence[CitedText], grounds: AnswerGrounds) -> str | None:
    topics = "\n".join(find_topics(grounds.asked))
    return refuse_probe(
        _RIGHT_NOW.sub("now", text),
        ConversationGrounds(
            Grounds(topics, ShownText(f"{topics}\n{_TO_ASK_ABOUT}")),
            grounds.asked,
            tuple(f"{one.place}\n{one.around}" for one in cited),
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


def singles_out(text: str, asked: Sequence[str]) -> bool:
    """Say whether a text names one of two things between which the asker hesitates, and not the other.

    Somebody who names only one of them in their newest message has gone on with that one.
    """
    for message in asked[-_MOST_MESSAGES:]:
        for found in _EITHER.finditer(fold(message)):
            one, other = ({*find_tokens(side)} - PLAIN for side in found.groups())
            one, other = one - other, other - one
            if not one or not other or _names_one(asked[-1], one, other):
                continue
            if _names_one(text, one, other):
                return True
    return False


def _names_one(text: str, one: Set[str], other: Set[str]) -> bool:
    said = set(find_tokens(fold(text)))
    return (one <= said) != (other <= said)


def _refuse_shape(text: str, cited: CitedText, grounds: AnswerGrounds) -> str | None:
    prose = _SPAN.sub("it", text)
    spans = [span.strip("`") for span in _SPAN.findall(text)]
    place = f"{cited.place}\n{cited.passage}"
    rules: tuple[tuple[str, bool], ...] = (
        ("more than one question", "?" in prose),
        ("too long", "!" in prose or len(list(split_sentences(prose))) > _MOST_SENTENCES),
        ("contains markup", bool(_ANGLES.search(prose))),
        ("split over turns", not is_whole(text, cited.known) or continues(text, grounds.earlier)),
        ("names a person", names_other(text, grounds.others)),
        ("contains code that was not shown", not all(span and span in place for span in spans)),
        ("quotes what nobody said", not all(map(cited.known.holds, find_quotes(prose)))),
    )
    return next((reason for reason, applies in rules if applies), None)


def _refuse_as_fact(text: str, cited: CitedText, grounds: AnswerGrounds) -> str | None:
    folded, source = fold(text), fold(f"{cited.place}\n{cited.around}")
    if _is_new(_CONCLUDES, folded, source) or (
        _REASON.search(folded) and not _GIVES_REASON.search(fold(cited.own))
    ):
        return "concludes"
    if not all(
        found[0] in source
        or (
            found[1] not in _JUDGES_READER
            and (found[1] in _READER_MAY or cited.in_quote.source_has(found[1]))
        )
        for found in _READER_DOES.finditer(_SUPPOSES.sub(" ", folded))
    ):
        return "addresses the reader"
    theirs = any(
        found[0] not in source and (_is_askers(found[1], grounds) or not cited.in_quote.source_has(found[1]))
        for found in _THEIR_WORK.finditer(folded)
    )
    if theirs or _is_new(_TO_THE_READER if grounds.rubric else _OF_US, folded, source):
        return "addresses the reader"
    left = without_source_words(text, source)
    if _takes_side(fold(left)) or _has_new_winner(fold(left), source):
        return "prefers an option"
    if _is_new(_ORDERS_READER, folded, source):
        return "suggests a fix"
    return _refuse_wording(text, left, cited)


def _is_askers(word: str, grounds: AnswerGrounds) -> bool:
    """Say whether the asker spoke of it as theirs. What a source says isn't said of that."""
    own = "\n".join(map(fold, grounds.asked))
    return bool(re.search(rf"\b(?:my|our) (?:\w+ )?{re.escape(word)}", own))


def _refuse_as_hint(text: str, cited: CitedText) -> str | None:
    folded = fold(text)
    if _CONCLUDES.search(folded) or (_REASON.search(folded) and not _GIVES_REASON.search(fold(cited.own))):
        return "concludes"
    if takes_side(folded) or names_winner(folded):
        return "prefers an option"
    if _is_new(_READER_AND_NEXT, _AS_THE_SOURCE.sub(" ", _THEIR_WORDS.sub(" ", folded)), fold(cited.passage)):
        return "addresses the reader"
    source = fold(f"{cited.place}\n{cited.around}")
    left = without_source_words(text, source)
    if (
        _MUST.search(folded)
        or _is_new(_ORDERS_READER, folded, source)
        or advises(fold(left))
        or orders(folded)
    ):
        return "suggests a fix"
    return _refuse_wording(text, left, cited)


def _refuse_wording(text: str, left: str, cited: CitedText) -> str | None:
    """Apply the rules for every text of a model; those about meaning to what isn't the source's own words."""
    source = f"{cited.place}\n{cited.around}"
    grounds = Grounds(source, ShownText(source))
    whole = refuse_words(_report(text, cited), grounds, asks=False)
    theirs = _TO_THE_READER.search(re.sub(r"\byour (?:own )?sensei\b", " ", fold(text)))
    if whole not in _THE_SOURCE_MAY or left == text or (theirs and whole in _NOT_OF_THE_READER):
        return whole
    return refuse_words(_report(left, cited), grounds, asks=False)


def _report(text: str, cited: CitedText) -> str:
    around = fold(cited.around)
    plain = _ROLE.sub(lambda found: "say so" if found[0] in around else found[0], text)
    plain = _CAPSTONE.sub("system", _THE_RUBRIC.sub("the page", plain))
    return as_report(plain, cited.known)


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]


# "It's 25, and the default is 10." "It's checked before anything runs."
_FORMS_OF_FACTS = frozenset({"contrasts with another", "ranks", "confirms"})
# What a source may say in its own words, in an answer about facts.
_THE_SOURCE_MAY = frozenset(
    {
        "suggests a fix",
        "praises or blames",
        "names a level",
        "not English",
        "judges a person",
        "gives a verdict",
        "approves or rejects",
    }
)
_NOT_OF_THE_READER = frozenset({"names a level", "gives a verdict", "judges a person", "approves or rejects"})


def _has_new_winner(left: str, source: str) -> bool:
    """Say whether a text compares or calls something good where its source doesn't."""
    known = set(find_tokens(source))
    return names_winner(" ".join(word for word in find_tokens(left) if word not in known))


def _takes_side(left: str) -> bool:
    """Say whether a text takes a side, other than in a form that facts have too."""
    return any(compile_once(form).search(left) for name, form in SIDES.items() if name not in _FORMS_OF_FACTS)


def _is_new(form: re.Pattern[str], folded: str, source: str) -> bool:
    return any(found[0].strip(" .;:,") not in source for found in form.finditer(folded))
