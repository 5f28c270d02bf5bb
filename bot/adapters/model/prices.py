"""Compute what a call costs, from the dated table ``prices.yaml`` next to this file."""

import re
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from bot.ports.model import Usage

FILE = Path(__file__).with_name("prices.yaml")

# Bedrock's names are "anthropic.claude-opus-5-5", perhaps with "eu." or "global." before it and "-v1:0" after
# it. Anthropic sometimes adds the release date.
_ID = re.compile(
    r"^(?:(?P<area>[a-z]+)\.)?(?:anthropic\.)?(?P<id>claude-[a-z]+-\d+(?:-\d)?)(?:-\d{8})?(?:-v\d.*)?$"
)
# A token is three to five bytes of prose or code. A lower number makes the estimate higher, which is safer.
_BYTES_PER_TOKEN = 2.5
_MILLION = 1_000_000


class Rates(BaseModel):
    """USD per million tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: float
    output: float
    cache_write: float
    cache_read: float

    def usd(self, usage: Usage) -> float:
        """Return the price of this usage in USD."""
        return (
            usage.input * self.input
            + usage.output * self.output
            + usage.cache_write * self.cache_write
            + usage.cache_read * self.cache_read
        ) / _MILLION


class _Above(Rates):
    tokens: int


class Price(Rates):
    """A model's rates, and its rates for a prompt longer than ``above.tokens``."""

    above: _Above | None = None

    def usd(self, usage: Usage) -> float:
        """Return the price of a call."""
        prompt = usage.input + usage.cache_read + usage.cache_write
        if self.above is not None and prompt > self.above.tokens:
            return self.above.usd(usage)
        return super().usd(usage)

    def scale(self, factor: float) -> "Price":
        """Return these rates, multiplied by a factor."""
        rates = {name: getattr(self, name) * factor for name in Rates.model_fields}
        above = self.above and self.above.model_copy(
            update={name: getattr(self.above, name) * factor for name in Rates.model_fields}
        )
        return self.model_copy(update={**rates, "above": above})


class Prices(BaseModel):
    """The whole table. ``date`` is the day on which the prices were valid."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    date: date
    source: str
    bedrock_regional_factor: float
    models: dict[str, Price]

    def find_price(self, provider: Literal["anthropic", "bedrock"], model: str) -> Price | None:
        """Return a model's price, or None if it is unknown."""
        named = _ID.match(model)
        price = self.models.get(named["id"]) if named else None
        if price is None or named is None or provider == "anthropic" or named["area"] == "global":
            return price
        return price.scale(self.bedrock_regional_factor)


def load() -> Prices:
    """Load the shipped table."""
    return Prices.model_validate(YAML(typ="safe").load(FILE.read_text("utf-8")))


def highest_usage(text_bytes: int, max_tokens: int) -> Usage:
    """Return a call's maximum usage: an estimate of its prompt, all cached, and the answer's limit."""
    return Usage(cache_write=int(text_bytes / _BYTES_PER_TOKEN) + 1_000, output=max_tokens)
