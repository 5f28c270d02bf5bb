import pytest
from jinja2.exceptions import SecurityError
from pydantic import ValidationError

from bot.domain.review.prompts import Prompt


def prompt(body: str, *inputs: str) -> Prompt:
    return Prompt.model_validate(
        {
            "id": "review/read",
            "version": 1,
            "tier": "fast",
            "effort": "low",
            "max_tokens": 500,
            "schema": "review",
            "inputs": inputs,
            "body": body,
            "sha256": "0" * 64,
        }
    )


def test_blocks_stand_in_order_and_a_blank_one_is_left_out() -> None:
    second = "{% if packs %}\nPacks: {{ packs }}\n{% endif %}"
    body = f"Read {{{{ criteria }}}}.\n<!-- cache -->\n{second}\n<!-- cache -->\nEnd"
    read = prompt(body, "criteria", "packs")
    assert read.render(criteria="a", packs="b") == ("Read a.", "Packs: b", "End")
    assert read.render(criteria="a", packs="") == ("Read a.", "End")


@pytest.mark.parametrize("inputs", [{}, {"criteria": "a", "diff": "b"}, {"diff": "b"}])
def test_a_missing_or_an_unknown_input_raises(inputs: dict[str, str]) -> None:
    with pytest.raises(TypeError, match="review/read needs the inputs"):
        prompt("{{ criteria }}", "criteria").render(**inputs)


def test_what_is_rendered_in_can_neither_run_nor_make_a_block() -> None:
    hostile = "{{ 7 * 7 }}\n<!-- cache -->\n{% raw %} & <b>"
    assert prompt("{{ criteria }}", "criteria").render(criteria=hostile) == (hostile,)


def test_a_task_has_the_instructions_of_its_prefix_and_is_none_of_them() -> None:
    prefix = prompt("Read {{ criteria }}.\n<!-- cache -->\nEnd", "criteria")
    task = prompt("Refute.").model_copy(update={"prefix": prefix})
    texts = {"criteria": "a", "packs": "b"}
    assert task.render_request(texts) == (("Read a.", "End"), "Refute.")
    assert prefix.render_request(texts) == (("Read a.", "End"), "")


def test_a_template_reaches_nothing_beyond_its_inputs() -> None:
    with pytest.raises(SecurityError):
        prompt("{{ criteria.__class__.__mro__ }}", "criteria").render(criteria="a")


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="colour"):
        Prompt.model_validate(prompt("a").model_dump(by_alias=True) | {"colour": "red"})
