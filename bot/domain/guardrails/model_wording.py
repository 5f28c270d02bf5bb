"""Deciding whether people may see a model's words, and if not, why.

A refusal costs one item; a wrong word costs trust. In case of doubt, a rule refuses. The rules recognise
words, but not the same meaning in other words (docs/security.md, "What a model says").
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Set
from dataclasses import dataclass
from functools import cached_property

from bot.domain.guardrails import code_spans, unseen
from bot.domain.guardrails.allowed_letters import fold, refuse_letters
from bot.domain.guardrails.code_names import find_names
from bot.domain.guardrails.disguised_words import find_disguised
from bot.domain.guardrails.example_code import is_example, split_address, split_argument
from bot.domain.guardrails.forbidden_phrases import REFUSED, REFUSED_IN_WORDS, refuse_name
from bot.domain.guardrails.grading_code import has_grading, without_grades
from bot.domain.guardrails.judging_words import has_judging_word
from bot.domain.guardrails.language_detection import is_common, is_english
from bot.domain.guardrails.masked_words import find_masked, unmask
from bot.domain.guardrails.person_names import names_person
from bot.domain.guardrails.suggested_fixes import ORDER, advises, find_mechanisms, gives_order
from bot.domain.text.lazy_patterns import compile_once

# All reasons that the functions below can return.
REASONS = frozenset(REFUSED) | {
    "addresses the reader",
    "contains a code block",
    "contains a link",
    "contains code that was not shown",
    "contains markup",
    "does not say what is missing",
    "hides characters",
    "hides words",
    "leading",
    "mentions an account",
    "more than one question",
    "names a person",
    "not English",
    "not a question",
    "says too little",
    "suggests a fix",
    "too long",
}
# The prompts ask for 35 each. A few extra words are better than a lost item; with many more, the model has
# ignored the prompt.
QUESTION_WORDS, STATEMENT_WORDS = 50, 45
MOST_CHARACTERS = 500
LEAST_WORDS = 5  # of a fact or a strength: fewer say little about the code, and more about its author
_MOST_OF_A_WORD, _MOST_OF_CODE = 45, 160  # "docs/decisions/0007-one-region.md" has 33

_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(
    r"[a-z][a-z0-9+.-]{0,20}://|\bwww\.|\]\(|\bmailto:|hxxps?:|\bdot (?:com|org|net|io|dev|example)\b"
    r"|[a-z0-9-]\.[a-z]{2,}/|\b\d{1,3}(?:\.\d{1,3}){3}\b|\b[a-z0-9-]+\.(?:com|org|net|io|dev|app|example|info|biz|xyz|ru|cn|co|me|link|site|online|invalid"
    r"|test)\b",
    re.IGNORECASE,
)
# A possible address, unless it is in the code or is a file name: "evil.ai", not "settings.json".
_DOTTED = re.compile(r"(?<![\w.-])[A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*)+")
_NO_ADDRESS = re.compile(
    r"(?:e\.g|i\.e|a\.m|p\.m|node\.js|next\.js|asp\.net)|.+\.(?:py|pyi|ipynb|js|jsx|ts|tsx|java|kt|go|rs|rb|md|rst"
    r"|txt|json|jsonl|ya?ml|toml|ini|cfg|env|lock|sql|sh|html|css|csv|xml|tf|tfvars|bicep|proto|dockerfile)",
    re.IGNORECASE,
)
_MENTION = re.compile(r"(?<![\w.+-])@[A-Za-z0-9]|[\w.+-]@[\w-]+\.\w")
_BLOCK = re.compile(r"```|~~~")
_MARKUP = re.compile(
    r"</?[a-z!]|!\[|\[[^\]]*\]\(|\*\*\S|^\s*(?:#{1,6}|>|[-*+]|\d+[.)]|\|)\s|(?<![\w&])#\d|\bgh-\d"
    r"|:[\w+-]+:|\$|\|[^|]*\||^/\w",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"\b(?:have|had) you (?:considered|thought)\b|\bwhy (?:not|don't|didn't|isn't|aren't|wasn't)\b|(?:^"
    r"|[.,;:] )(?:should|would|is|could|are|do|does|did)n't\b|\bdid you forget\b"
    r"|\bwould it (?:not )?be better\b",
    re.IGNORECASE,
)
# An open question asks for information, or offers two readings of the code ("Is that still to come, or does
# the caller queue it?"). A yes-or-no question suggests an answer.
_OPEN = re.compile(
    r"\b(?:what|which|who|whose|whom|how|when|where|why)\b[^!]*\?"
    r"|(?:^|[.!;:,] )(?:and |so |but )?(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would)\b"
    r"(?:[^.?!]|\.(?=\d))*\bor\b(?! not?\b)(?:[^.?!]|\.(?=\d))*\?",
    re.IGNORECASE,
)
# A fact is about code: it addresses no one, and has no exclamation mark.
_ADDRESSES_READER = re.compile(
    r"\b(?:you|your|yours|yourself|we|us|our|ours|my|me|mine|let's)\b|!(?!=)", re.IGNORECASE
)
_MAIN_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|should|must|needs|passes|fails|deserves|shows|meets|lacks)\b",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(
    r"\b(?:whether|how|who|whom|whose|which|what|where|when|why|that|if)\b.*?\b(?:is|are|was|were|has"
    r"|have|should|must|needs|passes|fails|deserves|shows|meets|lacks)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# The most common English words, and those that start questions; few exist in other languages.
_COMMON = """
    the a an of to in is are was were be been it its this that these those and or but if when what which who
    whom whose how why where for from with without by on at as not no does do did has have had can could would
    will should you your they their there here than then so after before one any each
    nothing nobody only every both until while about into between more most all though since whether never
"""
_ENGLISH = frozenset(_COMMON.split())
_LEAST_ENGLISH = 0.2  # as a share of the words; in ordinary English questions it is 0.4 to 0.6


@dataclass(frozen=True)
class ShownText:
    """Everything that a model was shown, as one text. One instance serves all items of a reading."""

    text: str

    @cached_property
    def joined(self) -> str:
        """The text in lower case, without the signs that join the parts of a name."""
        return re.sub(r"[_\-\s]", "", self.text.lower())

    @cached_property
    def names(self) -> Collection[str]:
        """The names that its code defines, calls, sets or accesses by a dot."""
        return find_names(self.text)

    @cached_property
    def has_grading(self) -> bool:
        """Whether its code grades something."""
        return has_grading(self.text)

    @cached_property
    def words(self) -> Set[str]:
        """The words, names and numbers of the text, as they are written."""
        return frozenset(re.findall(r"\w+", self.text))

    @cached_property
    def spaced(self) -> str:
        """The text with single spaces."""
        return " ".join(self.text.split())

    def holds(self, line: str) -> bool:
        """Say whether the text contains a line, ignoring differences in spacing."""
        return " ".join(line.split()) in self.spaced

    def has(self, name: str) -> bool:
        """Say whether the text contains the start of a name in any form: "time-outs" in ``timeout=3``."""
        return name[: max(4, len(name) - 3)].replace("-", "").replace(" ", "") in self.joined


@dataclass(frozen=True)
class Grounds:
    """The evidence for a text: the code that it quotes, with paths, and everything that the model was shown.

    Without ``shown``, code in a text is not looked up.
    """

    quoted: str = ""
    shown: ShownText | None = None

    @cached_property
    def names(self) -> Collection[str]:
        """The names in the quoted code."""
        return find_names(self.quoted[:4000])

    def has(self, name: str) -> bool:
        """Say whether a name occurs in the code that the model was shown; True if that code is unknown."""
        return self.shown is None or name in self.shown.names or bool(_COMMON_NAME.fullmatch(name))

    @property
    def has_grading(self) -> bool:
        """Whether the code that the model was shown grades something; True if that code is unknown."""
        return self.shown is None or self.shown.has_grading


NO_GROUNDS = Grounds()


def refuse_question(text: str, grounds: Grounds = NO_GROUNDS) -> str | None:
    """Return why a question may not be asked, or None if it may."""
    if len(text) > MOST_CHARACTERS:
        return "too long"
    prose = _CODE.sub(" ", text).replace("’", "'")
    text = unseen.as_absence(text)
    reasons = {
        "too long": len(text.split()) > QUESTION_WORDS,
        "not a question": "?" not in prose,
        "more than one question": prose.count("?") > 1,
        "not English": not _has_english_words(prose),
        "leading": _LEADING.search(prose),
    }
    reason = _first_reason(reasons) or refuse_words(text, grounds, asks=True)
    return reason or (None if _OPEN.search(prose) else "leading")


def refuse_statement(text: str, grounds: Grounds = NO_GROUNDS) -> str | None:
    """Return why a fact or a strength may not be shown, or None if it may."""
    if len(text) > MOST_CHARACTERS:
        return "too long"
    reasons = {
        "says too little": len(text.split()) < LEAST_WORDS,
        "addresses the reader": _ADDRESSES_READER.search(_CODE.sub(" ", text)),
    }
    return _first_reason(reasons) or refuse_words(text, grounds, asks=False)


def refuse_missing(text: str, grounds: Grounds = NO_GROUNDS) -> str | None:
    """Return why the text on what is missing from a movement may not be shown, or None if it may.

    It must be a noun or an indirect question; with a main verb, it makes a statement instead.
    """
    if len(text) > MOST_CHARACTERS:
        return "too long"
    reasons = {
        "does not say what is missing": "?" in text
        or (_MAIN_VERB.search(text) and not _SUBORDINATE.search(text)),
        "addresses the reader": _ADDRESSES_READER.search(_CODE.sub(" ", text)),
    }
    return _first_reason(reasons) or refuse_words(text, grounds, asks=False)


def refuse_note(text: str) -> str | None:
    """Return why a note, which no participant sees, may not be stored, or None if it may."""
    return "too long" if len(text) > MOST_CHARACTERS else refuse_words(text, NO_GROUNDS, asks=False)


def _first_reason(reasons: Mapping[str, object]) -> str | None:
    return next((reason for reason, applies in reasons.items() if applies), None)


def refuse_words(text: str, grounds: Grounds, *, asks: bool) -> str | None:
    """Return why words may not be shown, whatever they are part of. ``asks``: they may name no new remedy."""
    return _refuse_form(text, grounds) or _refuse_meaning(text, grounds, asks=asks)


def _refuse_form(text: str, grounds: Grounds) -> str | None:
    spans = _CODE.findall(text)
    prose = _CODE.sub("`", text)
    unquoted = [span for span in spans if span not in grounds.quoted]
    # Spans in the quote are checked too: code can contain look-alike letters for the model to repeat.
    if reason := refuse_letters("".join([prose, *(span for span in spans if not is_example(span))])):
        return reason
    if (
        any(len(word) > _MOST_OF_A_WORD for word in prose.split())
        or max(map(len, spans), default=0) > _MOST_OF_CODE
    ):
        return "too long"
    for reason, form, searched in (
        ("contains a code block", _BLOCK, text),
        ("contains a link", _LINK, prose),
        ("mentions an account", _MENTION, prose),
        ("contains markup", _MARKUP, prose),
    ):
        if form.search(searched):
            return reason
    if any(_may_be_address(found[0], grounds) for found in _DOTTED.finditer(prose)):
        return "contains a link"
    if any(span.startswith("@") for span in unquoted):
        return "mentions an account"
    return None if all(_was_shown(span, grounds) for span in unquoted) else "contains code that was not shown"


def has_plain_form(text: str) -> bool:
    """Say whether a text has no link, mention, markup, code block, hidden character or disguised word."""
    prose = _CODE.sub("`", text)
    return not (
        refuse_letters(text) == "hides characters"
        or _LINK.search(text)
        or any(form.search(prose) for form in (_BLOCK, _MENTION, _MARKUP))
        or find_disguised(text, fold(text))
        or find_masked(prose)
    )


def _may_be_address(dotted: str, grounds: Grounds) -> bool:
    if grounds.shown is None or _NO_ADDRESS.fullmatch(dotted):
        return False
    return dotted not in grounds.quoted and not grounds.shown.holds(dotted)


def _was_shown(span: str, grounds: Grounds) -> bool:
    """Say whether code in a text was shown: the code itself, or a name whose parts were all shown."""
    if grounds.shown is None or span in grounds.shown.text:
        return True
    if _SIGNS.fullmatch(span) or is_example(span):
        return True
    if parts := split_address(span) or split_argument(span, grounds.shown.text):
        return _is_made_of(parts, grounds.shown)
    if not _NAME.fullmatch(span):
        return False
    return all(
        part.lower().replace("_", "") in grounds.shown.joined
        or _COMMON_NAME.fullmatch(part)
        or is_common(part)
        for part in re.findall(r"\w+", span)
    )


def _is_made_of(parts: Collection[str], shown: ShownText) -> bool:
    """Say whether parts of code were all shown, and say nothing that a sentence may not say."""
    words = " ".join(map(code_spans.spell_out, parts))
    if _find_refused([words], REFUSED_IN_WORDS) or has_judging_word(words) or gives_order(words):
        return False
    named = frozenset(re.findall(r"\w+", " ".join(parts)))
    return named <= shown.words and not names_person(words, words)


# A path without any name: "../", "/", "*".
_SIGNS = re.compile(r"[./\\*-]{1,4}")
# A name as written in code: dotted, subscripted, called without arguments.
_NAME = re.compile(r"[\w.\[\]'\"-]+(?:\(\)|\(…\))?")
# Names known from every language, HTTP or a shell: errors, constants, verbs, signals, built-ins, numbers.
_COMMON_NAME = re.compile(
    r"\w*(?:Error|Exception|Warning|Timeout)|[A-Z]{2,10}|None|True|False|null|nil|true|false|undefined"
    r"|-?\d{1,4}|int|str|float|bool|list|dict|set|tuple|bytes|len|min|max|sum|range|print|hash|open"
    r"|sorted|round|any|all"
)


def _refuse_meaning(text: str, grounds: Grounds, *, asks: bool) -> str | None:
    folded = fold(text)
    # A name in the code counts as code, whatever it means as a word: "`extract` takes two minutes" is not an
    # order.
    spans = code_spans.fold_text(text, grounds.has)
    bare, without_code = spans.bare, spans.without_code
    judged = without_grades(bare) if grounds.has_grading else bare
    shown = grounds.shown if asks else None
    rules: tuple[tuple[str, Callable[[], bool]], ...] = (
        (
            "praises or blames",
            lambda: any(map(has_judging_word, [bare, *spans.words, *spans.names])),
        ),
        (
            "suggests a fix",
            lambda: any(map(gives_order, spans.words)) or any(map(ORDER.match, spans.names)),
        ),
        ("suggests a fix", lambda: advises(without_code)),
        (
            "suggests a fix",
            lambda: (
                shown is not None and not all(map(shown.has, find_mechanisms(unseen.without_absence(bare))))
            ),
        ),
        ("names a person", lambda: names_person(text, bare, grounds.names)),
        ("hides words", lambda: find_disguised(text, folded)),
        ("not English", lambda: not is_english(spans.english)),
    )
    return (
        _refuse_phrases(judged)
        or _find_refused(spans.words, REFUSED_IN_WORDS)
        or next(filter(None, map(refuse_name, spans.names)), None)
        or next((reason for reason, applies in rules if applies()), None)
        or _refuse_masked(text, without_code, judged)
    )


def _refuse_phrases(bare: str) -> str | None:
    return _find_refused([bare], REFUSED)


def _find_refused(texts: Iterable[str], rules: Mapping[str, str]) -> str | None:
    found = (reason for text in texts for reason, form in rules.items() if compile_once(form).search(text))
    return next(found, None)


def _refuse_masked(text: str, without_code: str, bare: str) -> str | None:
    """Apply the rules again, to the text without the signs that join or split words."""
    if find_masked(_CODE.sub("`", text)):
        return "hides words"
    for form in unmask(bare):
        if reason := _refuse_phrases(form) or ("praises or blames" if has_judging_word(form) else None):
            return reason
    if any(names_person(form, form) for form in unmask(_CODE.sub("it", without_code))):
        return "names a person"
    return "suggests a fix" if any(map(advises, unmask(without_code))) else None


def _has_english_words(prose: str) -> bool:
    words = _WORD.findall(prose.lower())
    least = 1 if words[:1] == ["why"] and len(words) < 5 else 2  # "Why six?"
    return sum(word in _ENGLISH for word in words) >= max(least, _LEAST_ENGLISH * len(words))


def shorten(text: str, words: int = STATEMENT_WORDS) -> str | None:
    """Return the first complete sentences of a text, up to a number of words; None if not even one fits.

    A sentence that is cut off may say something that its author did not mean.
    """
    kept: list[str] = []
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        if len(" ".join([*kept, sentence]).split()) > words:
            break
        kept.append(sentence)
    return " ".join(kept) or None
