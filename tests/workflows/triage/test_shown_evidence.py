"""Where each kind of evidence is, for its participant to look it up."""

from typing import Literal

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import DecisionOrigin, RevisedBy
from bot.domain.ledger.evidence import CheckState
from bot.domain.pull_requests.records import Account, QuestionState, Trigger
from bot.domain.triage.shown import EvidenceQuote, ShownCheck
from bot.ports.store import Tx
from bot.workflows.triage.shown_evidence import EvidenceOfCapstone, pick_quotes
from tests.domain.ledgers import movement
from tests.entrypoints.webhooks import now
from tests.workflows.running_dojo import question, sha
from tests.workflows.triage.appealing import Appealing, appealing
from tests.workflows.whole_dojo import LEDGERS

WORLD = appealing

PAGE = "https://github.com/ada/desk"


def enters(tx: Tx, it: Appealing, source: Literal["thread", "decision"], reference: int, quote: str) -> None:
    tx.statements.enter(
        it.capstone,
        source=source,
        reference=reference,
        check="speed.1",
        partial=False,
        missing="",
        quote=quote,
        pull_request=None,
        pending=False,
        at=now(),
    )


def asks(tx: Tx, it: Appealing) -> int:
    """Ask a question in a thread; return its number."""
    pull_request = tx.pull_requests.save(
        it.capstone,
        3,
        state="open",
        draft=False,
        author=Account(1, "ada"),
        head=sha("a"),
        base_ref="main",
        at=now(),
    )
    round_ = tx.rounds.begin(pull_request.id, Trigger.ASKED, sha("a"), now())
    tx.questions.add(round_.id, [question(round_.id)], now())
    [asked] = tx.questions.of(pull_request.id)
    tx.questions.set_state(asked.id, QuestionState.ANSWERED, now(), 501)
    return asked.id


def test_lines_threads_decisions_and_words_of_a_pull_request_each_have_their_place(it: Appealing) -> None:
    with it.here.store.begin() as tx:
        enters(tx, it, "thread", asks(tx, it), "in a thread")
        decision = tx.decisions.add(
            it.capstone,
            person=None,
            origin=DecisionOrigin.CHAT,
            question=None,
            check="speed.1",
            private=False,
            title="x",
            texts={Slot.DECIDED: "x"},
            anchors=(),
            supersedes=None,
            by=RevisedBy.PARTICIPANT,
            at=now(),
        )
        enters(tx, it, "decision", decision.id, "in a decision")
        said = movement("speed.1", quotes=("in its body",), source="text", path="body")
        tx.ledgers.record(it.capstone, "review:77#3:abc", [said], pending=False)
    with it.here.store.read() as tx:
        evidence = LEDGERS.load(tx, [it.capstone])[it.capstone].evidence["speed"]
        shower = EvidenceOfCapstone(tx, tx.capstones.get(it.capstone), "https://github.com")
        [check] = shower.show_checks(evidence)
    places = {quote.text: (quote.place, quote.address) for quote in check.quotes}
    assert places["in a thread"] == ("your answer", f"{PAGE}/pull/3#discussion_r501")
    assert places["in a decision"] == (f"your decision {decision.number}", "")
    assert places["in its body"] == ("a pull request's body", f"{PAGE}/pull/3")
    [(place, address)] = [found for text, found in places.items() if text.startswith("retry")]
    assert address.startswith(f"{PAGE}/blob/")
    assert address.endswith("#L7")
    assert place == "app/client.py:7"


def test_the_first_quotes_are_one_of_each_check_before_a_second_of_any() -> None:
    def check(*texts: str) -> ShownCheck:
        quotes = tuple(EvidenceQuote(text, "", "", supports=True) for text in texts)
        return ShownCheck("?", CheckState.MET, quotes)

    checks = [check("a1", "a2", "a3"), check(), check("b1", "b2")]
    assert [quote.text for quote in pick_quotes(checks, 4)] == ["a1", "b1", "a2", "b2"]
    assert pick_quotes([], 3) == ()


def test_a_quote_that_is_evidence_for_several_checks_comes_once() -> None:
    same, other = EvidenceQuote("same", "a.py:1", "", True), EvidenceQuote("other", "a.py:9", "", True)
    checks = [ShownCheck("Is it so?", CheckState.MET, quotes) for quotes in [(same,), (same, other), (same,)]]
    assert pick_quotes(checks, 3) == (same, other)
