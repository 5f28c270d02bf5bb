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
schema: review
inputs: [criteria]"""
TASK = """id: review/refute
version: 1
prefix: review/read
max_tokens: 500"""


def written(folder: Path, front: str = FRONT, body: str = "Read.\n\n{{ criteria }}\n") -> Path:
    path = folder / "read.md"
    path.write_text(f"---\n{front}\n---\n{body}", "utf-8")
    return path


def refused(path: Path, name: str = "review/read") -> str:
    with pytest.raises(UserError) as raised:
        prompts.check(path, name)
    return raised.value.what.removeprefix(f"{path}:")


def test_every_shipped_prompt_loads_and_answers_in_a_known_form() -> None:
    loaded = {prompt.id: prompt for prompt in map(prompts.load, prompts.shipped())}
    steps = {"review/read", "review/challenge", "review/baseline", "review/drift"}
    others = {
        "articulation/articulate",
        "check_ins/question",
        "design_documents/reading",
        "defences/questions",
        "enquiries/answer",
    }
    assert set(loaded) == {*steps, "review/shared", "review/reduce", *others}
    assert {loaded[name].prefix for name in steps} == {loaded["review/shared"]}
    schemas = {*SCHEMAS, "articulate", "check_in", "design", "defence", "enquiry"}
    assert {prompt.schema_ for prompt in loaded.values()} == schemas


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
        (FRONT.replace("schema: review", "schema: poem"), "{{ criteria }}", "7: schema: "),
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


def written_task(folder: Path, front: str = TASK, body: str = "Refute.\n") -> Path:
    written(folder)
    path = folder / "refute.md"
    path.write_text(f"---\n{front}\n---\n{body}", "utf-8")
    return path


def test_a_task_has_the_settings_of_its_prefix_and_a_digest_of_both(tmp_path: Path) -> None:
    path = written_task(tmp_path)
    task, prefix = prompts.check(path, "review/refute"), prompts.check(tmp_path / "read.md", "review/read")
    assert task.prefix == prefix
    assert (task.tier, task.effort, task.schema_) == (prefix.tier, prefix.effort, prefix.schema_)
    assert task.max_tokens == 500
    written(tmp_path, body="Read well.\n\n{{ criteria }}\n")
    assert prompts.check(path, "review/refute").sha256 != task.sha256


@pytest.mark.parametrize(
    ("front", "body", "told"),
    [
        (TASK + "\neffort: low", "Refute.", "6: 'effort' is not allowed here: it comes from the `prefix`."),
        (TASK + "\nschema: reduce", "Refute.", "6: 'schema' is not allowed here"),
        (TASK, "{{ criteria }}", "7: 'criteria' is used but is not in `inputs`."),
        (TASK.replace("review/read", "review/refute"), "Refute.", "4: `prefix` must be another file."),
    ],
)
def test_an_error_of_a_task_is_told_with_its_line(tmp_path: Path, front: str, body: str, told: str) -> None:
    path = written_task(tmp_path, front, body)
    assert refused(path, "review/refute").removeprefix(f"{path}:").startswith(told)


def test_a_prefix_has_no_prefix_and_must_be_there(tmp_path: Path) -> None:
    path = written_task(tmp_path)
    written(
        tmp_path,
        TASK.replace("refute", "read").replace("prefix: review/read", "prefix: review/other"),
        "Read.",
    )
    (tmp_path / "other.md").write_text(
        f"---\n{FRONT.replace('review/read', 'review/other')}\n---\n{{{{ criteria }}}}\n", "utf-8"
    )
    assert "4: review/read has a `prefix` itself." in refused(path, "review/refute")
    (tmp_path / "read.md").unlink()
    assert "read.md cannot be read" in refused(path, "review/refute")


@pytest.mark.parametrize("content", [b"", b"# Read\n", b"---\nid: review/read\n", b"\xff\xfe"])
def test_a_file_that_is_no_prompt_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "read.md"
    path.write_bytes(content)
    assert refused(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "cannot be read" in refused(tmp_path / "none.md")


def test_a_published_prompt_cannot_change_without_a_new_version(tmp_path: Path) -> None:
    register = tmp_path / "published.json"
    register.write_text('{"review/read": {"2": "0000"}}', "utf-8")
    with pytest.raises(SystemExit, match="review/read: version 2 is published and was changed"):
        generated.prompt_register(register)
