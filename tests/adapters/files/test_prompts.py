from pathlib import Path

import pytest

from bot.adapters.files import prompts
from bot.domain.review.model_answer_schemas import SCHEMAS
from bot.errors import UserError
from tests import generated

FRONT = """id: review/read
version: 1
tier: strong
effort: low
max_tokens: 1000
schema: read
inputs: [criteria]"""


def written(folder: Path, front: str = FRONT, body: str = "Read.\n\n{{ criteria }}\n") -> Path:
    path = folder / "read.md"
    path.write_text(f"---\n{front}\n---\n{body}", "utf-8")
    return path


def refused(path: Path) -> str:
    with pytest.raises(UserError) as raised:
        prompts.check(path, "review/read")
    return raised.value.what.removeprefix(f"{path}:")


def test_every_shipped_prompt_loads_and_answers_in_a_known_form() -> None:
    loaded = {prompt.id: prompt for prompt in map(prompts.load, prompts.shipped())}
    assert set(loaded) == {"review/read", "review/reduce", "review/challenge", "review/baseline"}
    assert all(prompt.schema_ == name.removeprefix("review/") for name, prompt in loaded.items())
    assert {prompt.schema_ for prompt in loaded.values()} == set(SCHEMAS)


def test_a_prompt_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(
        UserError, match=r"There is no prompt called 'review/poem'. Available prompts: .*review/read"
    ):
        prompts.load("review/poem")


def test_a_sound_file_loads_and_its_digest_is_of_every_byte(tmp_path: Path) -> None:
    first = prompts.check(written(tmp_path), "review/read")
    assert first.render(criteria="C") == ("Read.\n\nC",)
    again = prompts.check(written(tmp_path, FRONT.replace("low", "high")), "review/read")
    assert (again.body, again.sha256 == first.sha256) == (first.body, False)


@pytest.mark.parametrize(
    ("front", "body", "told"),
    [
        (FRONT + "\ncolour: red", "{{ criteria }}", "9: unknown key 'colour'."),
        (FRONT + "\nsha256: abc", "{{ criteria }}", "9: unknown key 'sha256'."),
        (FRONT.replace("version: 1\n", ""), "{{ criteria }}", "1: 'version' is missing."),
        (FRONT.replace("version: 1", "version: 0"), "{{ criteria }}", "3: version: "),
        (FRONT.replace("schema: read", "schema: poem"), "{{ criteria }}", "7: schema: "),
        (FRONT.replace("review/read", "review/poem"), "{{ criteria }}", "2: `id` must be review/read"),
        (FRONT + "\n: [", "{{ criteria }}", "9: "),
        ("", "{{ criteria }}", "1: expected keys and values"),
        (FRONT, "\nOne\n{{ criteria }}\n{{ diff }}\n", "13: 'diff' is used but is not in `inputs`."),
        (FRONT, "One\n<!-- cache -->\n{{ criteria }}{% if %}\n", "12: not a template: "),
        (FRONT, "One\n", "10: 'criteria' is in `inputs` but is not used."),
    ],
)
def test_an_error_is_told_with_its_line(tmp_path: Path, front: str, body: str, told: str) -> None:
    assert refused(written(tmp_path, front, body)).startswith(told)


@pytest.mark.parametrize("content", [b"", b"# Read\n", b"---\nid: review/read\n", b"\xff\xfe"])
def test_a_file_that_is_no_prompt_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "read.md"
    path.write_bytes(content)
    assert refused(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "cannot be read" in refused(tmp_path / "none.md")


def test_a_published_prompt_cannot_change_without_a_new_version(tmp_path: Path) -> None:
    register = tmp_path / "published.json"
    register.write_text('{"review/read": {"1": "0000"}}', "utf-8")
    with pytest.raises(SystemExit, match="review/read: version 1 is published and was changed"):
        generated.prompt_register(register)
