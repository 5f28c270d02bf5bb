"""Conversations about decisions, from the question to the file, before a running bot on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conversing import ARGUED, PROBE, VAGUE, Conversing, code, conversing


@pytest.fixture(
    name="it", scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.contract)]
)
def a_dojo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Conversing]:
    with conversing(tmp_path_factory.mktemp("dojo"), request.param) as it:
        yield it


def test_a_vague_answer_is_followed_up_once_and_becomes_a_record_and_a_file(it: Conversing) -> None:
    pull = it.opens(code("desk"), "desk")
    [thread] = pull.threads
    it.answers(thread, VAGUE)
    assert PROBE in thread.comments[-1].body
    it.answers(thread, ARGUED)
    assert "in your words" in thread.comments[-1].body
    it.answers(thread, "/sensei record\nAgainst: The whole answer, which nobody reads.")
    print(thread.comments[-1].body)
    print(it.statements())
    print(it.transcript())
