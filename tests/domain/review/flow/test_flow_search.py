"""Whole files, as people write them: what Sensei follows, and what it leaves alone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.review.citations import SourceText
from bot.domain.review.question_selection import scan_text, state_concerns
from bot.domain.review.signals import SignalHit, SignalScanner, arm_signals
from bot.domain.rubrics.flow_wording import SignalTexts, describe_flow
from bot.domain.rubrics.overlays import signal_texts
from tests import reviewing

HERE = Path(__file__).parent
PATHS = {"python": "app/a.py", "typescript": "app/a.ts", "tsx": "app/a.tsx", "java": "src/A.java"}
SIGNALS = arm_signals(reviewing.SHIPPED.rubric.criteria)
ALL = SignalScanner(SIGNALS)
FLOWS = SignalScanner(
    [armed for armed in SIGNALS if any(rule.flow for rule in armed.signal.languages.values())]
)
RUN = """\
import subprocess
from openai import OpenAI

def tidy(client, task):
    reply = client.responses.create(model="m", input=task)
    cmd = reply.output_text.strip()
    log.info("running")
    subprocess.run(cmd, shell=True)
"""


def samples(name: str) -> Iterator[tuple[str, str]]:
    text = (HERE / f"{name}.md").read_text("utf-8")
    for language, code in re.findall(r"^~~~~(\w+)\n(.*?)\n~~~~$", text, re.MULTILINE | re.DOTALL):
        yield PATHS[language], code + "\n"


def flows(path: str, text: str) -> list[SignalHit]:
    return list(FLOWS.scan(path, text))


def facts(text: str, changed: set[int]) -> list[str]:
    source = SourceText.of("app/a.py", "0" * 40, "head", text, [])
    return [fact.text for fact in state_concerns(scan_text(FLOWS, source, changed.__contains__).touched)]


@pytest.mark.parametrize(("path", "text"), list(samples("dangerous")))
def test_a_text_is_followed_to_where_it_must_not_go(path: str, text: str) -> None:
    assert flows(path, text)


@pytest.mark.parametrize(("path", "text"), list(samples("harmless")))
def test_a_checked_or_unrelated_text_is_left_alone(path: str, text: str) -> None:
    assert flows(path, text) == []


def test_a_fact_says_from_where_a_text_comes_and_through_what() -> None:
    stated = (
        "The model's answer from line 5 reaches `subprocess.run(…, shell=True)` through `cmd`, "
        "so whatever it says is run."
    )
    assert facts(RUN, {8}) == [stated]
    assert stated in signal_texts(reviewing.SHIPPED)


@pytest.mark.parametrize(("line", "new"), [(5, True), (6, True), (7, False), (8, True)])
def test_a_flow_is_new_if_the_sink_or_any_line_on_its_way_was_changed(line: int, new: bool) -> None:
    assert bool(facts(RUN, {line})) is new


def test_what_a_simpler_signal_states_is_not_stated_again() -> None:
    text = (
        "from agents import function_tool\n\n@function_tool\ndef run(command: str) -> str:\n"
        "    return subprocess.check_output(command, shell=True)\n"
    )
    assert [hit.armed.signal.id for hit in ALL.scan("app/a.py", text)] == ["security.tool-runs-text"]
    longer = text.replace("return", "line = f'ls {command}'\n    return").replace("(command,", "(line,")
    assert [hit.armed.signal.id for hit in ALL.scan("app/a.py", longer)] == ["security.answer-run"]


def test_only_the_words_of_a_flow_fill_its_place() -> None:
    texts = SignalTexts(["The answer {flow}."])
    assert f"The answer {describe_flow('eval(…)', 'code', 3)}." in texts
    assert f"The answer {describe_flow('el.innerHTML', '', None)}." in texts
    assert "The answer from line 3 reaches `eval(…)` through `code`, which is excellent work." not in texts
    assert "The answer reaches `level 4 [here](https://example.com)`." not in texts


def test_names_that_could_carry_formatting_are_not_repeated() -> None:
    text = RUN.replace("cmd", "c" * 60)
    assert "through `reply`, so" in facts(text, {8})[0]


@pytest.mark.contract
@pytest.mark.parametrize(
    "body",
    [
        "".join(f"v{n} = x + v{n - 1}\n" for n in range(1, 3000)),
        "".join("    " * n + f"for i{n} in y:\n" for n in range(60)) + "    " * 60 + "x = x + y\n",
        "y = " + " + ".join(["x"] * 9000) + "\n",
        "y = " + "str(" * 390 + "x" + ")" * 390 + "\n",
        "".join(f"def f{n}(a):\n    eval(a)\n    return f{n - 1}(a)\n" for n in range(1, 800)),
        # A condition too deep to be visited, which its guards are read from again and again.
        "".join(" " * n + "while x:\n" for n in range(53))
        + " " * 53
        + ("if " + " or ".join(["f(x, x, x, x, x, x, x)"] * 800) + f":\n{' ' * 54}y = x\n"),
        "if x == 0:\n    y = x\n" + "".join(f"elif x == {n}:\n    y = x\n" for n in range(1, 3000)),
    ],
)
def test_a_hostile_file_ends_the_search_early_and_never_with_an_error(body: str) -> None:
    text = f"import openai\nx = client.responses.create(input=q).output_text\n{body}eval(x)\n"
    assert flows("app/a.py", text) == flows("app/a.py", text)
