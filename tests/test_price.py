"""The benchmark that computes what reviews are billed as counts caches as providers do."""

from typing import Any

from benchmarks.price import Cache, billed, total
from bot.domain.review.context.blocks import estimate_tokens

RUBRIC, CHANGE = "rubric " * 1000, "change " * 1000
MARK = {"cache_control": {"type": "ephemeral"}}


def body(system: str, *texts: str, schema: str = "a") -> dict[str, Any]:
    return {
        "model": "m",
        "system": [{"text": system, **MARK}],
        "messages": [{"role": "user", "content": [{"text": text} for text in texts]}],
        "output_config": {"effort": "medium", "format": {"schema": schema}},
    }


def test_a_prefix_is_written_once_and_then_read() -> None:
    cache = Cache()
    first, second = cache.use(body(RUBRIC, CHANGE)), cache.use(body(RUBRIC, "other"))
    assert (first.input, first.cache_read) == (estimate_tokens(CHANGE), 0)
    assert first.cache_write > estimate_tokens(RUBRIC)
    assert (second.cache_read, second.cache_write) == (first.cache_write, 0)
    assert billed([second]) == round(second.input + 0.1 * second.cache_read)
    assert total(first) == first.input + first.cache_write


def test_another_schema_or_text_reads_nothing() -> None:
    cache = Cache()
    cache.use(body(RUBRIC, CHANGE))
    assert cache.use(body(RUBRIC, CHANGE, schema="b")).cache_read == 0
    assert cache.use(body("Another " + RUBRIC, CHANGE)).cache_read == 0


def test_a_short_prefix_is_not_cached() -> None:
    cache = Cache()
    cache.use(body("short", CHANGE))
    again = cache.use(body("short", CHANGE))
    assert (again.cache_read, again.cache_write) == (0, 0)
