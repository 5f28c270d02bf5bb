"""A reading of a partial clone, without a network: everything that it shows was fetched before."""

from pathlib import Path

from bot.adapters import kingfisher
from bot.domain.review.context import ChangeText
from bot.ports.reading import ReadingLimits, ReadingRequest
from bot.workflows.review.model_reading import ModelReading
from bot.workflows.review.review import Review
from tests.adapters.desks import Desk, at
from tests.fakes.github import GitHub
from tests.fakes.model import Scripted
from tests.reviewing import PROMPTS, Clock, Silent
from tests.workflows.shop import LIBRARY

UNCHANGED = {
    "app/retriever.py": b"def find_passages(question):\n    return question\n",
    "web/far/chat.py": b"from app.retriever import find_passages\n\nanswer = find_passages('a')\n",
    "app/limits.py": b"CONTEXT_LIMIT = 2000\n",
    "docs/adr/0002-limit.md": b"# Limit\n\nShort.\n",
    "tests/test_retriever.py": b"import app.retriever\n\nassert find_passages('a')\n",
}


def test_callers_definitions_plans_tests_and_history_are_in_the_clone(tmp_path: Path) -> None:
    with GitHub() as github:
        desk = Desk(github, tmp_path)
        github.push(desk.repository, "main", UNCHANGED)
        code = b"def find_passages(question):\n    return question[:CONTEXT_LIMIT]\n"
        head = desk.push({"app/retriever.py": code}, start="main")
        model = Scripted(
            read={"touched": [], "movements": [], "concerns": [], "questions": [], "strengths": []}
        )
        wanted = desk.wanted(head)
        with at(desk.cache, wanted) as checkout:
            before = len(github.requests)
            limits = ReadingLimits(512 * 1024, 1_000_000, seconds=600)
            reader = ModelReading(model, PROMPTS, 60_000, Silent())
            review = Review(checkout, LIBRARY, kingfisher.detect_keys, limits, Clock(), Silent(), reader)
            words = (ChangeText("body", "Builds ADR-2."),)
            report = review.run(ReadingRequest(wanted.base, head, words=words))
            assert len(github.requests) == before
    assert report.complete
    user = model.requests[0].user
    for block in (
        '<caller path="web/far/chat.py" calls="find_passages">',
        '<used path="app/limits.py" defines="CONTEXT_LIMIT">',
        '<plan path="docs/adr/0002-limit.md">',
        '<neighbour path="tests/test_retriever.py">',
        "<history>\njust before: ",
    ):
        assert block in user
