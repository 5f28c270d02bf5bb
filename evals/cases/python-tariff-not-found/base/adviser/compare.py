"""Compares a customer's bill with our tariffs."""

from adviser.bill import BillReader
from adviser.tariffs import TARIFFS, Tariff, UnknownTariffError, find_tariff


def euros(tariff: Tariff, kwh: int, days: int) -> float:
    return (tariff.cents_per_kwh * kwh + tariff.cents_per_day * days) / 100


def compare(text: str, reader: BillReader) -> str:
    """Return the answer to a customer who sent a bill."""
    bill = reader.read(text)
    try:
        current = find_tariff(bill.tariff)
    except UnknownTariffError:
        return "I don't know this tariff. What do you pay for a kWh, and what for a day?"
    best = min(TARIFFS.values(), key=lambda tariff: euros(tariff, bill.kwh, bill.days))
    saved = euros(current, bill.kwh, bill.days) - euros(best, bill.kwh, bill.days)
    return f"With {best.code} you would pay {saved:.2f} EUR less than with {current.code}."
