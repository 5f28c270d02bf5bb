"""A criterion's evidence as its participant sees it: checks, their states and quotes, without levels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from bot.domain.ledger.evidence import CheckState, Entry, Statement
from bot.domain.pull_requests.records import Capstone
from bot.domain.review.paths import to_git
from bot.domain.review.report import Citation
from bot.domain.text.numbers import parse_number
from bot.domain.triage.criterion_evidence import CheckEvidence, CriterionEvidence
from bot.domain.triage.shown import EvidenceQuote, ShownCheck
from bot.ports.store import Tx

_UNTOUCHED = (CheckState.OPEN, CheckState.NOT_ASSESSED)


@dataclass(frozen=True)
class EvidenceOfCapstone:
    """Shows the evidence of one capstone. ``web`` is the code host's web address."""

    tx: Tx
    capstone: Capstone
    web: str

    def show_checks(self, evidence: CriterionEvidence) -> tuple[ShownCheck, ...]:
        """Return the criterion's checks about which there is something to read, in the rubric's order."""
        return tuple(
            self._show_check(check)
            for check in evidence.checks
            if check.has_evidence or check.exemption or check.state not in _UNTOUCHED
        )

    def _show_check(self, shown: CheckEvidence) -> ShownCheck:
        # What partial evidence lacks doesn't matter if other evidence supports the whole check.
        partial = shown.supports if all(entry.partial for entry in shown.supports) else ()
        return ShownCheck(
            shown.check.ask,
            shown.state,
            tuple(self._show_quote(entry) for entry in (*shown.supports, *shown.weakens)),
            tuple(dict.fromkeys(entry.missing for entry in partial if entry.missing)),
            shown.exemption.reason if shown.exemption else "",
        )

    def _show_quote(self, entry: Entry) -> EvidenceQuote:
        cited = entry.citation
        if isinstance(cited, Statement):
            place, address = self._find_statement(cited)
        elif cited.source == "commit":
            place, address = _name_lines(cited), self._link_lines(cited)
        else:
            place, address = f"a pull request's {cited.path}", self._link_pull_request(entry.change)
        return EvidenceQuote(cited.quote, place, address, entry.direction == "supports")

    def _find_statement(self, said: Statement) -> tuple[str, str]:
        """Return how to name a statement, and the address of its thread if it has one."""
        number = parse_number(said.reference) or 0
        if said.source == "decision":
            decision = self.tx.decisions.find(number)
            return (f"your decision {decision.number}" if decision else "your decision"), ""
        if said.source == "document":
            return self._find_document(number)
        question = self.tx.questions.get(number)
        if question is None or question.comment is None or question.pull_request is None:
            return "your answer", ""
        pull_request = self.tx.pull_requests.get(question.pull_request)
        return "your answer", f"{self._page}/pull/{pull_request.number}#discussion_r{question.comment}"

    def _find_document(self, number: int) -> tuple[str, str]:
        """Return how to name a design document, and its address if it is a file."""
        document = self.tx.design_documents.find(number)
        if document is None or not document.head:
            return "your design document", ""
        return document.path, f"{self._page}/blob/{document.head}/{quote(to_git(document.path))}"

    def _link_lines(self, cited: Citation) -> str:
        last = f"-L{cited.line_end}" if cited.line_end > cited.line_start else ""
        return f"{self._page}/blob/{cited.commit}/{quote(to_git(cited.path))}#L{cited.line_start}{last}"

    def _link_pull_request(self, change: str | None) -> str:
        """Return the address of the pull request that a reading was about; its id has the number."""
        number = parse_number((change or "").partition("#")[2].partition(":")[0])
        return f"{self._page}/pull/{number}" if number else ""

    @property
    def _page(self) -> str:
        return f"{self.web}/{self.capstone.full_name}"


def pick_quotes(checks: Sequence[ShownCheck], most: int) -> tuple[EvidenceQuote, ...]:
    """Return at most ``most`` quotes: the first of each check, then the second of each, and so on.

    A quote that is evidence for several checks comes once.
    """
    return tuple(dict.fromkeys(_take_turns(checks)))[:most]


def _take_turns(checks: Sequence[ShownCheck]) -> Iterator[EvidenceQuote]:
    for turn in range(max((len(check.quotes) for check in checks), default=0)):
        yield from (check.quotes[turn] for check in checks if turn < len(check.quotes))


def _name_lines(cited: Citation) -> str:
    last = f"–{cited.line_end}" if cited.line_end > cited.line_start else ""
    return f"{cited.path}:{cited.line_start}{last}"
