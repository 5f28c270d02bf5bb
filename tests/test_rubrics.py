"""The rubrics and packs that ship: each is in order, and no part of a signal is there for nothing."""

import functools
import re
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from bot.adapters.files import fast_yaml, rubrics
from bot.adapters.files.articulation import load_guide
from bot.domain.guardrails.model_wording import refuse_question
from bot.domain.review.signals import find_snippet_errors
from bot.domain.rubrics.overlays import with_packs
from bot.domain.rubrics.rubric import AntiPattern, Check, Pack, Rubric
from bot.domain.rubrics.rubric import signal_owners as owners_of
from bot.domain.rubrics.signal_coverage import list_coverage
from bot.domain.rubrics.signal_rules import Signal
from tests import generated
from tests.mutations import poorer, sources, without_source

FILES = [*(rubrics.rubric_path(name) for name in rubrics.shipped()), *rubrics.pack_files()]

# The most that is read at a glance: a fact, a question, in words.
MOST_IN_FACT, MOST_IN_PROBE = 25, 35
# What takes for granted that something was decided, given up or seen to happen; riddles; second questions.
PRESUPPOSES = re.compile(
    r"\b(?:what|which|why|how|when|where)\b[^.?]* did you\b"
    r"|\b(?:what made|worth|buy|buys|bought|weigh(?:ed|ing)?)\b"
    r"|\b(?:notice|miss|meet)\w* first\b|\bfirst to\b|\bbecomes? of\b"
    r"|, and (?:who|what|how|why|which|when|whose)\b",
    re.IGNORECASE,
)


def everything() -> Rubric:
    library = rubrics.load("capstone")
    return with_packs(library.rubric, library.packs)


OWNERS = [owner for _, owner in owners_of(everything().criteria)]
SIGNALS = [signal for owner in OWNERS for signal in owner.signals]


@functools.cache
def checked(path: Path) -> rubrics.RubricDocument:
    return rubrics.check(path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_ships_is_in_order(path: Path) -> None:
    assert isinstance(checked(path), Rubric | Pack)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_file_read_quickly_says_what_it_says(path: Path) -> None:
    kind = type(checked(path))
    assert kind.model_validate(fast_yaml.load(path.read_text("utf-8"))) == checked(path)


def test_what_is_published_is_as_it_was() -> None:
    assert generated.REGISTER.read_text("utf-8") == generated.register(checked), generated.STALE


def probes() -> Iterator[tuple[str, str]]:
    for owner in OWNERS:
        if isinstance(owner, Check):
            yield owner.id, owner.probe
    for signal in SIGNALS:
        if signal.probe:
            yield signal.id, signal.probe

    guide = load_guide()
    for part in guide.slots:
        yield part.id, guide.probe(part.id, "It waits. What happens when it hangs?")
    yield "drift", guide.drift_probe.format(number=7, title="one region for the pilot")


@pytest.mark.parametrize(("name", "probe"), list(probes()))
def test_a_probe_is_one_short_question(name: str, probe: str) -> None:
    assert probe.count("?") == 1, name
    assert "!" not in probe
    assert len(probe.split()) <= MOST_IN_PROBE
    assert refuse_question(probe) is None, "the rules for a model's wording hold for probes too"
    assert PRESUPPOSES.search(probe) is None


def test_the_guide_to_answers_is_in_order() -> None:
    path = rubrics.rubric_path("capstone").with_name("articulation.yaml")
    assert checked(path) == load_guide()


@pytest.mark.parametrize("signal", [s for s in SIGNALS if s.yields == "concern"], ids=lambda s: s.id)
def test_a_concern_is_one_short_sentence_without_advice(signal: Signal) -> None:
    assert signal.text
    assert signal.text.endswith(".")
    assert not {"should", "instead", "consider", "please"} & set(signal.text.lower().split())
    assert len(signal.text.split()) <= MOST_IN_FACT


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_where_no_signal_sees_an_anti_pattern_it_is_said_why(path: Path) -> None:
    document = checked(path)
    assert isinstance(document, Rubric | Pack)
    assert document.languages
    assert {sight.anti_pattern.id: sight.open for sight in list_coverage(document) if sight.open} == {}


def test_what_is_missing_fits_a_glance() -> None:
    assert [s.id for s in SIGNALS if len(s.missing.split()) > 15] == []


@pytest.mark.parametrize("owner", [o for o in OWNERS if isinstance(o, AntiPattern)], ids=lambda o: o.id)
def test_an_anti_pattern_yields_facts_and_questions_never_evidence(owner: AntiPattern) -> None:
    assert all(signal.yields != "evidence" for signal in owner.signals)


@pytest.mark.contract
@pytest.mark.parametrize("signal", SIGNALS, ids=lambda s: s.id)
def test_each_part_of_a_signal_is_proved_by_a_snippet(signal: Signal) -> None:
    unproved = [name for name, less in poorer(signal) if next(find_snippet_errors(less), None) is None]
    assert unproved == [], "these parts can go and no snippet notices"


@pytest.mark.parametrize(("language", "source"), sorted(sources(SIGNALS)))
def test_each_source_of_a_flow_is_proved_by_a_snippet(language: str, source: str) -> None:
    assert any(next(find_snippet_errors(less), None) for less in without_source(SIGNALS, language, source)), (
        "this source can go and no snippet notices"
    )


PUMPS = [" ", ",", "}", ", ", "a", "-", "/", ".", "0", "=", "a ", " -", '"', ": ", "\u2003"]
LINES = {rule.line: rule for signal in SIGNALS if (rule := signal.files) and rule.line}


def seconds(expression: re.Pattern[str], line: str) -> float:
    began = time.thread_time()  # what else runs on the machine doesn't count
    expression.search(line)
    return time.thread_time() - began


def test_no_line_of_a_strangers_file_keeps_an_expression_busy() -> None:
    slow = set()
    for source, rule in LINES.items():
        expression = re.compile(source)
        lines = {line for snippet in rule.match for line in snippet.text.split("\n")}
        begun = {line[:end] for line in lines if expression.search(line) for end in range(len(line) + 1)}
        for beginning, pump in product(begun, PUMPS):
            long = beginning + pump * 200 + "!"  # what takes the third power of its length takes 20 ms
            if all(seconds(expression, long) > 0.003 for _ in range(4)):
                slow.add((source, pump))
    assert len(LINES) > 10
    assert not slow
