from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.adapters.files import rubrics
from bot.domain.rubrics.flow_rules import FlowRule
from bot.domain.rubrics.signal_rules import Signal
from tests.domain.rubric_builders import signal

FLOW: dict[str, Any] = {"sources": [r"^ask\(\)$"], "sinks": [{"call": "^eval$"}]}
SNIPPETS = {"match": ["eval(ask())", "x = ask()\neval(x)"], "no_match": ["eval(x)", "ask()"]}
YAML = """\
schema: dojo.rubric/v1
id: small
version: 1.0.0
scale:
  - {level: 0, name: absent}
  - {level: 1, name: asserted}
  - {level: 2, name: reasoned}
  - {level: 3, name: evidenced}
  - {level: 4, name: contested}
milestones: [final]
criteria:
  - id: safety
    title: Safety
    weight: 1
    intent: Nothing that a model wrote is run.
    quality_attributes: [integrity]
    checks:
      - id: safety.1
        level: 1
        scope: change
        ask: Is the answer kept from running?
        probe: What can the answer run?
    anti_patterns:
      - id: safety.run
        text: the answer is run
        check: safety.1
        signals:
          - id: safety.answer-run
            yields: concern
            text: The answer {flow}.
            languages:
              python:
                flow:
                  sources: ['^ask\\(\\)$']
                  sinks:
                    - call: '^(eval$'
                match:
                  - eval(ask())
                  - eval(x)
                no_match:
                  - eval(x)
                  - ask()
"""


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"sources": []}, "a flow needs `sources` or `parameters`"),
        ({"sinks": []}, "at least 1 item"),
        ({"sinks": [{"call": "a", "key": "b"}]}, "exactly one of `call`, `assign` and `key`"),
        ({"sinks": [{"key": "a", "where": "b"}]}, "are for a `call`"),
        ({"sinks": [{"call": "a", "beside": "b"}]}, "are for a `key`"),
        ({"carriers": ["("]}, "not a regular expression"),
    ],
)
def test_a_flow_that_cannot_work_is_refused(changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValidationError, match=expected):
        FlowRule.model_validate(FLOW | changes)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"python": SNIPPETS}, "either `rule` or `flow`"),
        ({"python": {"flow": FLOW, "rule": {"kind": "call"}} | SNIPPETS}, "either `rule` or `flow`"),
        ({"python": {"flow": FLOW, "cite": "A"} | SNIPPETS}, "are for a `rule`"),
        ({"go": {"flow": FLOW} | SNIPPETS}, "no flows in go"),
        ({"python": {"flow": FLOW, "also": ["bash"]} | SNIPPETS}, "no flows in bash"),
        ({"python": {"rule": {"kind": "call"}} | SNIPPETS}, "needs a `flow` in every language"),
    ],
)
def test_a_language_has_a_rule_or_a_flow_that_it_supports(rule: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValidationError, match=expected):
        Signal.model_validate(signal(text="The answer {flow}.", languages=rule))


def test_a_wrong_flow_is_reported_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    for text, line, words in [
        (YAML, 36, "not a regular expression"),
        (YAML.replace("^(eval$", "^eval$"), 39, "does not match this python snippet, but should"),
    ]:
        file.write_text(text, "utf-8")
        with pytest.raises(rubrics.RubricError) as refused:
            rubrics.check(file)
        assert [(fault.line, words in fault.message) for fault in refused.value.faults] == [(line, True)]
