r"""Exact quotes: turn a span of a text into a citation, with its line numbers and without secrets.

Lines end at ``\n`` only, as in ``diff``.
"""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

from bot.domain.review.paths import display_path
from bot.domain.review.report import Citation, CodeLine
from bot.domain.secrets.detection import Secret, mark

# Enough to recognise the place. For more, the reader can open the file.
MOST_LINES, MOST_CHARACTERS = 3, 240
# An excerpt shows this many lines before and after the cited ones, and this many characters of each line.
LINES_AROUND, LONGEST_LINE = 3, 160


@dataclass(frozen=True, slots=True)
class SourceText:
    """A file's text on one side of a change, with the positions of its secrets."""

    path: str
    commit: str
    side: Literal["head", "base"]
    content: str
    secrets: tuple[Secret, ...]
    starts: tuple[int, ...]

    @classmethod
    def of(
        cls, path: str, commit: str, side: Literal["head", "base"], content: str, secrets: list[Secret]
    ) -> "SourceText":
        """Create a text and find the starts of its lines."""
        starts = [0]
        end = content.find("\n")
        while end >= 0:
            starts.append(end + 1)
            end = content.find("\n", end + 1)
        return cls(path, commit, side, content, tuple(secrets), tuple(starts))

    def line_of(self, offset: int) -> int:
        """Return the 1-based number of the line that contains an offset."""
        return bisect_right(self.starts, offset)

    def clip(self, start: int, end: int) -> tuple[int, int]:
        """Return the span shortened to the limits of a quote: no blank edges, few lines, few characters."""
        while start < end and self.content[start].isspace():
            start += 1
        first = self.line_of(start)
        if first + MOST_LINES - 1 < len(self.starts):
            end = min(end, self.starts[first + MOST_LINES - 1])
        end = min(end, start + MOST_CHARACTERS)
        while end > start and self.content[end - 1].isspace():
            end -= 1
        return start, end

    def lines(self, start: int, end: int) -> range:
        """Return the 1-based line numbers of a clipped span."""
        return range(self.line_of(start), self.line_of(max(start, end - 1)) + 1)

    def cite(self, start: int, end: int) -> Citation | None:
        """Return a citation of a span, or None if the span is blank."""
        start, end = self.clip(start, end)
        if start >= end:
            return None
        lines = self.lines(start, end)
        quote, redacted = self._redact_quote(start, end)
        return Citation(
            source="commit",
            path=display_path(self.path),
            commit=self.commit,
            side=self.side,
            line_start=lines[0],
            line_end=lines[-1],
            quote=quote,
            redacted=redacted,
        )

    def lines_around(self, first: int, last: int) -> tuple[CodeLine, ...]:
        """Return the lines from ``first`` to ``last`` (1-based) and a few around them, without blank edges.

        Return none if a cited line is too long to be shown whole: its quote is shorter and says more.
        """
        numbers = range(max(1, first - LINES_AROUND), min(len(self.starts), last + LINES_AROUND) + 1)
        lines = [CodeLine(line=number, text=self._redacted_line(number)) for number in numbers]
        if any(len(line.text) > LONGEST_LINE for line in lines if first <= line.line <= last):
            return ()
        filled = [line.line for line in lines if line.text.strip()]
        return tuple(_shorten(line) for line in lines if filled and filled[0] <= line.line <= filled[-1])

    def _redacted_line(self, number: int) -> str:
        start = self.starts[number - 1]
        end = self.starts[number] - 1 if number < len(self.starts) else len(self.content)
        return self._redact_quote(start, end)[0].rstrip()

    def _redact_quote(self, start: int, end: int) -> tuple[str, bool]:
        parts, position, redacted = [], start, False
        first = bisect_right(self.secrets, start, key=lambda secret: secret.end)
        for secret in self.secrets[first:]:
            if secret.start >= end:
                break
            parts += [self.content[position : max(position, secret.start)], mark(secret.rule)]
            position, redacted = min(secret.end, end), True
        return "".join([*parts, self.content[position:end]]), redacted


def _shorten(line: CodeLine) -> CodeLine:
    if len(line.text) <= LONGEST_LINE:
        return line
    return line.model_copy(update={"text": line.text[:LONGEST_LINE] + "…"})
