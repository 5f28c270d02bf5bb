"""The catalogue."""

CATALOGUE = {"12": "An astrolabe, 1571.", "13": "A quadrant, 1602.", "14": "A sextant, 1790."}


def exhibit(number: str) -> str:
    """Return what the catalogue says about an exhibit."""
    return CATALOGUE.get(number, "not in the catalogue")
