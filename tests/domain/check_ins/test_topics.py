"""What a check-in may ask about: the places, their order, and where a quote is, byte for byte."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.check_ins import topics, wording
from bot.domain.check_ins.records import Topic
from bot.domain.check_ins.topics import (
    Found,
    TopicPlace,
    choose_unasked,
    find_quote,
    is_askable,
    make_place,
)
from bot.domain.decisions.drift import DriftFinding
from bot.domain.pull_requests.question_placement import fingerprint
from bot.domain.review.code_questions import ABOUT_A_CHOICE, AFTER_A_FACT
from bot.domain.review.report import Concern, Question
from tests.domain.decisions.deciding import decision
from tests.rendering.reports import citation, movement, report
from tests.workflows.shop import LIBRARY

AT = datetime(2026, 11, 26, tzinfo=UTC)


_NOTHING = Found()


def place(quote: str = "limit = 50", check: str = "speed.1", topic: Topic = Topic.GATE) -> TopicPlace:
    return make_place(topic, check.partition(".")[0], check, citation(quote), by_signal=True)


def test_the_lines_of_a_quote_are_those_nearest_to_where_it_was() -> None:
    content = b"a = 1\nlimit = 50\nb = 2\nlimit = 50\n"
    assert find_quote(content, "limit = 50", 1) == (2, 2)
    assert find_quote(content, "limit = 50", 9) == (4, 4)
    assert find_quote(content, "limit = 50\nb = 2", 1) == (2, 3)
    assert find_quote(content, "limit = 50\n", 2) == (2, 2)
    assert find_quote(content, "limit = 51", 2) is None
    assert find_quote(b"limit = 500\n", "limit = 50", 1) is None
    assert find_quote(b"xlimit = 50\n", "limit = 50", 1) is None
    assert find_quote(b"limit  =  50\n", "limit = 50", 1) is None, "byte for byte"


@given(st.text(), st.text(min_size=1), st.text())
def test_a_quote_is_found_only_where_it_is(before: str, quote: str, after: str) -> None:
    content = f"{before}{quote}{after}".encode("utf-8", "surrogatepass")
    found = find_quote(content, quote.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape"), 1)
    if found is not None:
        first, last = found
        lines = content.split(b"\n")[first - 1 : last]
        assert quote.encode("utf-8", "surrogatepass").strip(b"\n") in b"\n".join(lines)


@pytest.mark.parametrize(
    ("quote", "path", "may"),
    [
        ("limit = 50", "desk.py", True),
        ("limit = 50", "docs/plan.md", False),
        ("limit = 50", "uv.lock", False),
        ("limit = 50", "data.csv", False),
        ("x=1", "desk.py", False),
        ("limit = [redacted:aws]", "desk.py", False),
        ("limit = 50\n" * 21, "desk.py", False),
        ("l" * 1300, "desk.py", False),
    ],
)
def test_only_code_that_people_wrote_and_that_fits_is_asked_about(quote: str, path: str, may: bool) -> None:
    assert is_askable(citation(quote, path)) is may
    assert not is_askable(citation(quote, path, redacted=True))


def test_no_place_is_chosen_twice_wherever_its_code_is() -> None:
    moved = replace(place("limit  =  50"), path="other.py")
    assert choose_unasked([place(), moved], ()) == [place()]
    assert choose_unasked([place()], {place().fingerprint}) == []
    by_review = fingerprint("speed.1", "limit = 50")
    assert choose_unasked([place(), place("limit = 60")], {by_review}) == [place("limit = 60")]


def test_a_question_that_was_put_off_may_be_asked_again() -> None:
    deferred = TopicPlace(Topic.OPEN_QUESTION, "speed.1", "desk.py", "head", 1, "limit = 50", "f", question=3)
    assert choose_unasked([deferred, place()], {"f"}) == [deferred], "and its code isn't asked about besides"


def test_decisions_whose_code_is_gone_come_before_those_that_are_contradicted() -> None:
    held, gone = decision(), decision(id=8, number=8, code_gone_at=AT)
    finding = DriftFinding(held.id, "finding", citation("limit = 60"))
    found = list(topics.list_drift_places([held, gone], [finding], ()))
    assert [shown.decision for shown in found] == [gone.id, held.id]
    assert (found[0].commit, found[1].commit) == (gone.anchors[0].commit, None)
    assert list(topics.list_drift_places([held, gone], [finding], {held.id, gone.id})) == []


def ask(
    found: Found = _NOTHING,
    path: str = "shop/desk.py",
    said: Collection[str] = (),
    *,
    by_signal: bool = True,
    quote: str = "limit = 50",
) -> str:
    chosen = make_place(Topic.GATE, "speed", "speed.1", citation(quote, path), by_signal, found)
    return wording.choose_plain_question(chosen, "Where from?", said, with_models_words=False)


def test_the_plain_question_is_the_checks_about_a_file() -> None:
    assert ask() == "In `shop/desk.py`: Where from?"
    assert ask(Found("weakens"), "a/b/shop/desk.py") == "In `shop/desk.py`: Where from?"
    assert len(wording.name_file("x" * 900)) < 90


def test_what_a_reading_said_is_asked_about_before_what_the_check_asks() -> None:
    assert ask(Found(question="Who waits?")) == "In `shop/desk.py`: Who waits?"
    stated = ask(Found("weakens", fact="Nothing bounds this."))
    assert stated.startswith("In `shop/desk.py`: Nothing bounds this. ")
    assert "`limit`" in stated, "the question names the code"
    by_model = Found("weakens", fact="Nothing bounds this.")
    assert ask(by_model, by_signal=False) == "In `shop/desk.py`: Where from?"


def test_what_speaks_for_a_check_is_asked_about_as_a_choice() -> None:
    asked = ask(Found("supports"))
    assert "`limit`" in asked
    assert "Where from?" not in asked
    assert not ask(Found("supports"), "tests/test_desk.py")


def test_the_same_words_are_the_same_in_any_file_and_about_any_code() -> None:
    assert not ask(said=["In `shop/b.py`: Where from?"])
    assert ask(said=["In `shop/desk.py`: Where to?"])
    chosen, said = [], set[str]()
    for number in range(len(ABOUT_A_CHOICE)):
        chosen.append(ask(Found("supports"), said=said, quote=f"limit_{number} = 50"))
        said.add(chosen[-1])
    assert len({question.replace(str(n), "") for n, question in enumerate(chosen)}) == len(ABOUT_A_CHOICE)
    assert not ask(Found("supports"), said=said, quote="timeout = 3"), "the words were used lately"


def test_a_fact_isnt_stated_twice_and_the_next_one_is_asked_about_in_other_words() -> None:
    asked = [ask(Found("weakens", fact=f"Fact {letter}.")) for letter in "A"]
    assert not ask(Found("weakens", fact="Fact A."), said=asked, quote="timeout = 3")
    for letter in "BCD":
        asked.append(ask(Found("weakens", fact=f"Fact {letter}."), said=asked))
    assert len({question.partition(". ")[2] for question in asked}) == len(AFTER_A_FACT)
    assert ask(Found("weakens", fact="Fact E."), said=asked), "a fact doesn't wait for new words"


def test_a_merged_change_is_asked_about_wherever_its_reading_cited_something() -> None:
    cited = [citation(f"limit = {n}0", "desk.py") for n in range(1, 6)]
    read = report().model_copy(
        update={
            "questions": (Question(check="speed.1", text="Who waits?", source="model", citation=cited[0]),),
            "concerns": (
                Concern(signal="slow", check="speed.2", text="It waits.", source="signal", citation=cited[1]),
                Concern(signal="other", check=None, text="It waits.", source="signal", citation=cited[1]),
            ),
            "movements": tuple(
                movement(missing="").model_copy(
                    update={"direction": direction, "source": "model", "citations": (place,)}
                )
                for direction, place in (("supports", cited[2]), ("weakens", cited[3]))
            ),
        }
    )
    places = list(topics.list_change_places([read], LIBRARY.rubric))
    assert [(place.quote, place.says.direction) for place in places] == [
        ("limit = 10", ""),
        ("limit = 20", "weakens"),
        ("limit = 40", "weakens"),
        ("limit = 30", "supports"),
    ]
    assert (places[0].says.question, places[1].says.fact) == ("Who waits?", "It waits.")
    assert [place.by_signal for place in places] == [False, True, False, False]


def test_a_check_that_was_asked_about_lately_waits_for_the_others() -> None:
    drifted = replace(place(), topic=Topic.DRIFT)
    changed = place("limit = 70", "speed.2", Topic.CHANGE)
    assert topics.put_new_checks_first([drifted, place(), changed], {"speed.1", None}) == [
        drifted,
        changed,
        place(),
    ]


@pytest.mark.parametrize(
    ("question", "passes"),
    [
        ("Where does the 50 in `limit = 50` come from?", True),
        ("Have you considered a cache for `limit = 50`?", False),
        ("Where does the 50 come from, and why is it not 60? What else did you try?", False),
        ("Use `tenacity` here?", False),
        ("Where does the 50 come from " + "and so on " * 20 + "?", False),
        ("", False),
    ],
)
def test_a_models_question_passes_the_guardrails_of_review_questions(question: str, passes: bool) -> None:
    assert (wording.refuse(question, "desk.py", "limit = 50", "limit = 50") is None) is passes


@given(st.dictionaries(st.text(), st.one_of(st.none(), st.integers(), st.text(), st.lists(st.text()))))
def test_any_answer_of_a_model_gives_one_line(document: dict[str, object]) -> None:
    assert "\n" not in wording.parse_question(document)


def test_a_test_that_speaks_for_a_check_holds_no_choice_and_examples_come_last() -> None:
    directions = {
        "tests/test_desk.py": "supports",
        "examples/desk.py": "supports",
        "desk.py": "supports",
        "tests/test_other.py": "weakens",
    }
    said = [
        movement(path=path, quote=f"ask(limit=LIMIT_{number})").model_copy(update={"direction": direction})
        for number, (path, direction) in enumerate(directions.items())
    ]
    read = report(movements=tuple(said))
    found = [place.path for place in topics.list_change_places([read], LIBRARY.rubric)]
    assert found == ["desk.py", "tests/test_other.py", "examples/desk.py"]


@pytest.mark.parametrize(
    ("project", "passes"),
    [("khoj", True), ("khoj-server", True), ("desk", False), ("", False)],
)
def test_a_question_may_use_the_projects_own_name(project: str, passes: bool) -> None:
    question = "A name without a slash goes to `npx` where Khoj runs. What could that process reach there?"
    refused = wording.refuse(question, "mcp.py", 'command = "npx"', 'command = "npx"', project)
    assert refused == (None if passes else "names a person")


def test_a_project_with_a_persons_name_lends_it_to_nobody() -> None:
    question = "Retries end after 3 tries where Maria runs. What does a customer see then?"
    assert wording.refuse(question, "a.py", "retries = 3", "retries = 3", "maria") == "names a person"
