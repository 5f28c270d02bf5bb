"""Our tariffs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tariff:
    code: str
    cents_per_kwh: float
    cents_per_day: float


class UnknownTariffError(LookupError):
    """No tariff of ours has this code."""


TARIFFS = {
    "G1": Tariff("G1", 31.2, 28.0),
    "G2": Tariff("G2", 29.9, 41.0),
    "N1": Tariff("N1", 26.4, 33.5),
}


def find_tariff(code: str) -> Tariff:
    """Return the tariff with a code.

    Raises:
        UnknownTariffError: none of ours has it.
    """
    try:
        return TARIFFS[code.strip().upper()]
    except KeyError:
        raise UnknownTariffError(code) from None
