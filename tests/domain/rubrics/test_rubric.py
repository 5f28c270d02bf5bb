from typing import Any

import pytest
from pydantic import ValidationError

from bot.domain.rubrics import overlays
from bot.domain.rubrics import rubric as rubrics
from bot.domain.rubrics.rubric import Library, Overlay, Pack, Rubric, find_title
from bot.domain.rubrics.signal_rules import Signal
from tests.domain.rubric_builders import check, criterion, document, rubric, signal


def pack(**criteria: Any) -> Pack:
    return Pack.model_validate(
        {
            "schema": "dojo.stack/v1",
            "id": "shop",
            "version": "1.0.0",
            "title": "Shop",
            "languages": ["python"],
            "detect": {"imports": {"python": ["shop"]}},
            "criteria": criteria,
        }
    )


def overlay(**parts: Any) -> Overlay:
    return Overlay.model_validate({"schema": "dojo.overlay/v1", "rubric": "small", **parts})


def whats(found: list[rubrics.DocumentProblem]) -> str:
    return "; ".join(problem.message for problem in found)


def test_a_sound_rubric_has_no_problems() -> None:
    assert overlays.find_problems(rubric()) == []


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ([criterion("a", weight=0.5), criterion("b", weight=0.4)], "the weights sum to 0.9"),
        ([criterion("a"), criterion("a", checks=[check("b.1")])], "the id a is used twice"),
        ([criterion("a"), criterion("b", checks=[check("a.1")])], "the id a.1 is used twice"),
        (
            [
                criterion("a", anti_patterns=[{"id": "a.bad", "text": "bad thing", "check": "b.1"}]),
                criterion("b"),
            ],
            "b.1 is not a check of a; its checks are a.1",
        ),
        (
            [
                criterion("a", checks=[check("a.1", signals=[signal()])]),
                criterion("b", checks=[check("b.1", signals=[signal()])]),
            ],
            "the id shop.client is used twice",
        ),
    ],
)
def test_what_the_parts_cannot_see_of_one_another_is_found(
    criteria: list[dict[str, Any]], expected: str
) -> None:
    assert expected in whats(overlays.find_problems(rubric(*criteria)))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"languages": {}}, "needs a rule"),
        ({"text": None}, "a concern needs `text`"),
        ({"yields": "evidence", "partial": True}, "`partial` and `missing` go together"),
        ({"partial": True, "missing": "a bound"}, "only evidence can be partial"),
        ({"probe": "What lost here?"}, "only a question can have a probe"),
        ({"languages": {"cobol": signal()["languages"]["python"]}}, "unsupported language cobol"),
        ({"files": {"globs": ["*"], "line": "(", "match": [], "no_match": []}}, "not a regular expression"),
    ],
)
def test_a_signal_that_does_not_say_what_it_yields_is_refused(changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValidationError, match=expected):
        Signal.model_validate(signal(**changes))


def test_a_check_without_a_probe_is_refused() -> None:
    bare = check("speed.1")
    del bare["probe"]
    with pytest.raises(ValidationError, match="probe"):
        Rubric.model_validate(document(criterion("speed", checks=[bare])))


def test_a_pack_adds_checks_anti_patterns_and_signals_to_its_criteria_only() -> None:
    shop = pack(
        speed={
            "checks": [check("shop.batch")],
            "anti_patterns": [{"id": "shop.slow", "text": "slow thing", "check": "shop.batch"}],
            "signals": {"speed.1": [signal()]},
        }
    )
    assert overlays.find_pack_problems(shop, rubric()) == []
    speed, safety = overlays.with_packs(rubric(), [shop]).criteria
    assert [each.id for each in speed.checks] == ["speed.1", "shop.batch"]
    assert [each.id for each in speed.checks[0].signals] == ["shop.client"]
    assert [each.id for each in speed.anti_patterns] == ["shop.slow"]
    assert safety == rubric().criteria[1]
    assert list(overlays.pack_signal_ids(shop)) == ["shop.client"]


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ({"taste": {}}, "the rubric small has no criterion taste"),
        ({"speed": {"signals": {"speed.9": [signal()]}}}, "speed has no check speed.9"),
        ({"speed": {"checks": [check("speed.1")]}}, "the id speed.1 is used twice"),
        (
            {"speed": {"anti_patterns": [{"id": "shop.x", "text": "bad thing", "check": "safety.1"}]}},
            "safety.1 is not a check of speed",
        ),
    ],
)
def test_a_pack_that_speaks_of_what_the_rubric_lacks_is_found(
    criteria: dict[str, Any], expected: str
) -> None:
    assert expected in whats(overlays.find_pack_problems(pack(**criteria), rubric()))


def test_an_overlay_changes_wording_weights_and_probes_and_nothing_else() -> None:
    own = overlay(
        criteria={"speed": {"weight": 0.3, "title": "Quickness"}, "safety": {"weight": 0.7}},
        checks={"speed.1": {"probe": "What did speed cost you?"}},
    )
    assert overlays.find_overlay_problems(own, rubric()) == []
    speed, safety = overlays.with_overlay(rubric(), own).criteria
    assert (speed.title, speed.weight, safety.weight) == ("Quickness", 0.3, 0.7)
    assert speed.checks[0].probe == "What did speed cost you?"
    assert speed.checks[0].ask == rubric().criteria[0].checks[0].ask
    with pytest.raises(ValidationError, match="level"):
        overlay(checks={"speed.1": {"level": 4}})


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"rubric": "other"}, "this overlay is for other, not for small"),
        ({"criteria": {"taste": {}}}, "no criterion taste"),
        ({"checks": {"speed.9": {}}}, "no check speed.9"),
        ({"criteria": {"speed": {"weight": 0.9}}}, "the weights sum to 1.4"),
    ],
)
def test_an_overlay_that_does_not_fit_is_found(parts: dict[str, Any], expected: str) -> None:
    assert expected in whats(overlays.find_overlay_problems(overlay(**parts), rubric()))


def test_the_digest_names_every_word_that_a_reading_used() -> None:
    plain = rubrics.sha256(rubric())
    assert plain == rubrics.sha256(rubric())
    worded = overlays.with_overlay(rubric(), overlay(checks={"speed.1": {"probe": "Which lost?"}}))
    packed = overlays.with_packs(rubric(), [pack(speed={"checks": [check("shop.batch")]})])
    assert len({plain, rubrics.sha256(worded), rubrics.sha256(packed)}) == 3


def test_a_checks_criterion_is_found_in_the_rubric_and_in_packs() -> None:
    library = Library(rubric(), (pack(speed={"checks": [check("shop.batch")]}),))
    [speed] = [known for known in library.rubric.criteria if known.id == "speed"]
    assert find_title(library, speed.checks[0].id) == speed.title
    assert find_title(library, "shop.batch") == speed.title
    assert not find_title(library, "nobody.knows")
