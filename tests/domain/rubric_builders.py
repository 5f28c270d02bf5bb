"""Small rubrics for tests."""

from typing import Any

from bot.domain.rubrics.rubric import Rubric

PYTHON_TIMEOUT: dict[str, Any] = {
    "imports": ["shop"],
    "rule": {"pattern": "Client($$$ARGS)"},
    "unless": [{"pattern": "$X.with_timeout($$$)"}],
    "match": ["import shop\nc = Client()\n", "from shop import Client\nClient(1)\n"],
    "no_match": ["import other\nClient()\n", "import shop\nClient().with_timeout(3)\n"],
}


def signal(**changes: Any) -> dict[str, Any]:
    """A valid signal, with changes."""
    return {
        "id": "shop.client",
        "yields": "concern",
        "text": "This client has no timeout.",
        "languages": {"python": PYTHON_TIMEOUT},
    } | changes


def check(name: str, level: int = 1, **changes: Any) -> dict[str, Any]:
    """A valid check, with changes."""
    return {
        "id": name,
        "level": level,
        "scope": "change",
        "ask": f"Is {name} argued?",
        "probe": f"What lost when {name} won?",
    } | changes


def criterion(name: str, **changes: Any) -> dict[str, Any]:
    """A valid criterion with one check, with changes."""
    return {
        "id": name,
        "title": f"The quality {name}",
        "weight": 0.5,
        "intent": f"It is good at {name}.",
        "quality_attributes": [name],
        "checks": [check(f"{name}.1")],
    } | changes


def document(*criteria: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A valid rubric as YAML would give it, with changes."""
    return {
        "schema": "dojo.rubric/v1",
        "id": "small",
        "version": "1.0.0",
        "scale": [{"level": n, "name": f"level {n}"} for n in range(5)],
        "milestones": ["design", "final"],
        "criteria": list(criteria) or [criterion("speed"), criterion("safety", gate=True)],
    } | changes


def rubric(*criteria: dict[str, Any]) -> Rubric:
    """A valid rubric."""
    return Rubric.model_validate(document(*criteria))
