"""What a model found in a design document: parsed leniently, each quote located in the document.

One bad item never loses the rest. A quote that isn't in the document is dropped, with what rests on it.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.design_documents.records import DocumentFinding, DocumentReading, Says
from bot.domain.guardrails.model_wording import Grounds, ShownText, refuse_missing, refuse_question
from bot.domain.review.citations import SourceText
from bot.domain.review.context.display import LONGEST_PROSE_LINE, DisplayedText, escape_for_display
from bot.domain.review.lenient_values import (
    RejectedItemError,
    as_id,
    as_line,
    as_list,
    as_mapping,
    as_text,
)
from bot.domain.secrets.detection import Redactor, find_secrets

MOST_QUESTIONS = 3
LEAST_QUOTE, MOST_QUOTE = 10, 600
"""Characters of a quote."""
_NAME = "the design document"


@dataclass(frozen=True)
class ReadableDocument:
    """A document's text, and the form in which a model is shown it: without secrets, escaped."""

    text: str
    display: DisplayedText

    @classmethod
    def of(cls, text: str) -> "ReadableDocument":
        """Prepare a text."""
        redactor = Redactor()
        source = SourceText.of(_NAME, "", "head", text, find_secrets(text))
        redactor.learn(text)
        return cls(text, DisplayedText.of((_NAME,), "text", source, redactor, LONGEST_PROSE_LINE))

    def cut(self, start: int, end: int) -> str:
        """Return a part of the text, byte for byte except for secrets."""
        redactor = Redactor()
        redactor.learn(self.text)
        return redactor.redact(self.text[start:end])


@dataclass(frozen=True, slots=True)
class DocumentAnswer:
    """What remains of a model's answer. ``dropped`` counts what doesn't, by reason.

    ``refused`` are the guardrails' reasons.
    """

    reading: DocumentReading
    dropped: Mapping[str, int]
    refused: tuple[str, ...] = ()


def parse_document_answer(
    document: Mapping[str, Any], read: ReadableDocument, asked: Collection[str]
) -> DocumentAnswer:
    """Return what a model found. ``asked`` are the checks that it was given."""
    return _Parsing(read, asked).parse(document)


class _Parsing:
    def __init__(self, read: ReadableDocument, asked: Collection[str]) -> None:
        self.read, self.asked = read, asked
        self.shown = ShownText(read.display.shown)
        self.dropped: Counter[str] = Counter()
        self.refused: list[str] = []

    def parse(self, document: Mapping[str, Any]) -> DocumentAnswer:
        findings: dict[str, DocumentFinding] = {}
        for item in as_list(document.get("checks")):
            try:
                found = self._parse_finding(as_mapping(item))
            except RejectedItemError as rejected:
                self.dropped[str(rejected)] += 1
                continue
            findings.setdefault(found.check, found)
        ordered = tuple(findings[check] for check in self.asked if check in findings)
        questions = tuple(dict.fromkeys(self._parse_questions(document)))[:MOST_QUESTIONS]
        reading = DocumentReading(tuple(self.asked), ordered, questions)
        return DocumentAnswer(reading, dict(self.dropped), tuple(self.refused))

    def _parse_finding(self, item: Mapping[str, Any]) -> DocumentFinding:
        check = as_id(item.get("check"))
        if check not in self.asked:
            raise RejectedItemError("unknown check")
        says = as_line(item.get("says"))
        if says not in set(Says):
            raise RejectedItemError("neither says it nor says part of it")
        start, end = self._locate(as_text(item.get("quote")))
        quote = self.read.cut(start, end)
        missing = self._check_missing(as_line(item.get("missing")), quote) if says == Says.PART else ""
        return DocumentFinding(check, Says(says), quote, self.read.text.count("\n", 0, start) + 1, missing)

    def _check_missing(self, missing: str, quote: str) -> str:
        """Return what is missing, or nothing if its words may not be shown."""
        if not missing:
            return ""
        reason = refuse_missing(missing, Grounds(quote, self.shown))
        if reason is not None:
            self.refused.append(reason)
            return ""
        return missing

    def _parse_questions(self, document: Mapping[str, Any]) -> Iterator[str]:
        for item in as_list(document.get("questions")):
            try:
                question = as_mapping(item)
                start, end = self._locate(as_text(question.get("quote")))
            except RejectedItemError as rejected:
                self.dropped[str(rejected)] += 1
                continue
            text = as_line(question.get("text"))
            reason = refuse_question(text, Grounds(self.read.cut(start, end), self.shown))
            if reason is None:
                yield text
            else:
                self.refused.append(reason)

    def _locate(self, quote: str) -> tuple[int, int]:
        """Return a quote's span in the document, whatever its white space.

        Raises:
            RejectedItemError: it isn't there, or is too short or too long.
        """
        words = escape_for_display(quote).split()
        if sum(map(len, words)) < LEAST_QUOTE or len(quote) > MOST_QUOTE:
            raise RejectedItemError("quote too short or too long")
        found = re.search(r"\s+".join(map(re.escape, words)), self.read.display.shown)
        if found is None:
            raise RejectedItemError("quote not found")
        return self.read.display.original(*found.span())
