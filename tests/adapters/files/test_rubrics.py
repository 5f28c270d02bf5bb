from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.adapters.files import fast_yaml, rubrics
from bot.domain.rubrics.rubric import Rubric
from bot.errors import UserError
from tests.domain.rubric_builders import check, criterion, document, signal


def written(path: Path, data: object) -> Path:
    with path.open("w", encoding="utf-8") as file:
        YAML().dump(data, file)
    return path


def faults(path: Path) -> list[str]:
    with pytest.raises(rubrics.RubricError) as raised:
        rubrics.check(path)
    return [str(fault).removeprefix(f"{path}:") for fault in raised.value.faults]


def test_a_sound_file_loads(tmp_path: Path) -> None:
    path = written(tmp_path / "small.yaml", document())
    assert isinstance(rubrics.check(path), Rubric)
    assert rubrics.load(str(path)).rubric.id == "small"


def test_yaml_is_read_by_version_1_2_so_no_is_a_word(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    written(path, document())
    path.write_text(path.read_text().replace("- speed\n", "- no\n"))
    model = rubrics.check(path)
    assert isinstance(model, Rubric)
    assert model.criteria[0].quality_attributes == ("no",)


def test_every_error_is_told_with_its_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    written(path, document(criterion("speed", colour="red", weight=2), criterion("safety", checks=[])))
    text = path.read_text().split("\n")
    told = faults(path)
    assert len(told) == 3
    for what in ("unknown key 'colour'", "weight: ", "'checks' needs"):
        (one,) = [each for each in told if what in each]
        line, column, _ = one.split(":", 2)
        named = "colour" if "colour" in what else what.strip("'").partition(":")[0].partition("'")[0]
        assert text[int(line) - 1][int(column) - 1 :].startswith(named)


def test_a_signal_whose_rule_is_refused_is_told_where_it_stands(tmp_path: Path) -> None:
    rule = signal()["languages"]["python"] | {"rule": {"kind": "no_such_kind"}}
    broken = criterion(
        "speed", weight=1, checks=[check("speed.1", signals=[signal(languages={"python": rule})])]
    )
    path = written(tmp_path / "r.yaml", document(broken))
    (told,) = faults(path)
    line = path.read_text().split("\n")[int(told.split(":")[0]) - 1]
    assert line.strip().startswith("rule:")
    assert "no_such_kind" in told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: [1\nb: 2\n", "2:"),
        ("a: 1\na: 2\n", "2:1: found duplicate key"),
        ("- a\n", "1:1: expected keys and values"),
        ("", "1:1: expected keys and values"),
        ("schema: dojo.rubric/v9\n", "1:1: `schema` must be one of"),
        ("id: x\n", "1:1: `schema` must be one of"),
        ("a: *nobody\n", "1:4: found undefined alias"),
        ("\tx: 1\n", "1:1: found character"),
    ],
)
def test_what_is_not_a_rubric_is_told_in_one_line_each(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(text)
    (told,) = faults(path)
    assert told.startswith(expected)
    assert "\n" not in told


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda path: None, "There is no file"),
        (lambda path: path.mkdir(), "cannot be read"),
        (lambda path: path.write_bytes(b"a: \xff"), "is not UTF-8 (byte 3)"),
        (lambda path: path.write_bytes(b"#" * (rubrics.MOST_BYTES + 1)), "is larger than 2 MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, make: object, expected: str) -> None:
    path = tmp_path / "r.yaml"
    make(path)  # type: ignore[operator]
    with pytest.raises(UserError) as raised:
        rubrics.check(path)
    assert str(path) in raised.value.what
    assert expected in raised.value.what
    assert raised.value.remedy


def test_an_unknown_rubric_is_told_with_those_there_are() -> None:
    with pytest.raises(UserError) as raised:
        rubrics.load("capston")
    assert "'capston'" in raised.value.what
    assert "capstone" in raised.value.remedy


def test_an_overlay_is_laid_over_the_rubric_it_names(tmp_path: Path) -> None:
    own = {
        "schema": "dojo.overlay/v1",
        "rubric": "capstone",
        "checks": {"risk.1": {"probe": "Who is worse off?"}},
    }
    path = written(tmp_path / "o.yaml", own)
    library = rubrics.load("capstone", path)
    (risk,) = [c for c in library.rubric.criteria if c.id == "risk"]
    assert risk.checks[0].probe == "Who is worse off?"
    with pytest.raises(UserError, match=r"overlay is for capstone, not for small"):
        rubrics.load(str(written(tmp_path / "small.yaml", document())), path)


def test_a_pack_is_not_taken_for_a_rubric(tmp_path: Path) -> None:
    data = {
        "schema": "dojo.stack/v1",
        "id": "shop",
        "version": "1.0.0",
        "title": "Shop",
        "languages": ["python"],
        "detect": {"imports": {"python": ["shop"]}},
        "criteria": {},
    }
    with pytest.raises(UserError, match=r"dojo.rubric/v1"):
        rubrics.load(str(written(tmp_path / "p.yaml", data)))


GATEWAY: dict[str, Any] = {
    "schema": "dojo.stack/v1",
    "id": "gateway",
    "version": "1.0.0",
    "title": "Our gateway",
    "languages": ["python"],
    "detect": {"imports": {"python": ["gateway"]}},
    "criteria": {"cost": {"checks": [check("gateway.quota")]}},
}


def own_packs(folder: Path, **packs: Any) -> Path:
    folder.mkdir()
    for name, changes in packs.items():
        criteria = {"performance_cost": {"checks": [check(f"{name}.quota")]}}
        written(folder / f"{name}.yaml", GATEWAY | {"id": name, "criteria": criteria} | changes)
    return folder


def test_packs_of_ones_own_stand_beside_the_shipped_ones(tmp_path: Path) -> None:
    own = own_packs(tmp_path / "own", gateway={}, vault={})
    shipped = [pack.id for pack in rubrics.load("capstone").packs]
    assert [pack.id for pack in rubrics.load("capstone", stacks=own).packs] == [*shipped, "gateway", "vault"]


@pytest.mark.parametrize(
    ("packs", "expected"),
    [
        ({}, "There is no stack pack in"),
        ({"anthropic": {}}, "there is already a pack anthropic"),
        ({"gateway": {"criteria": {"cost": {}}}}, "has no criterion cost"),
        (
            {"gateway": {"criteria": {"performance_cost": {"checks": [check("anthropic.cache-layout")]}}}},
            "the id anthropic.cache-layout is used twice, in this pack and in another",
        ),
        ({"gateway": {"schema": "dojo.overlay/v1"}}, "gateway.yaml"),
    ],
)
def test_a_pack_of_ones_own_that_cannot_be_used_is_refused(
    tmp_path: Path, packs: dict[str, Any], expected: str
) -> None:
    with pytest.raises(UserError, match=expected):
        rubrics.load("capstone", stacks=own_packs(tmp_path / "own", **packs))


def test_a_folder_of_packs_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no folder"):
        rubrics.load("capstone", stacks=tmp_path / "nowhere")


def test_quick_yaml_knows_the_values_of_yaml_1_2() -> None:
    text = "{a: no, b: on, d: 1:30, e: 1.5, f: true, g: ~, h: 2026-11-26, i: 1.0.0, j: '1', k: }"
    assert fast_yaml.load(text) == dict(YAML(typ="safe", pure=True).load(text)) | {"h": "2026-11-26"}
