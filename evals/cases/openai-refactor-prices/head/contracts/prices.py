"""List prices of August 2025, in dollars for a million tokens."""

IN_PER_MILLION, OUT_PER_MILLION = 0.25, 2.0


def dollars(input_tokens: int, output_tokens: int) -> float:
    """Return the price of one call."""
    return (input_tokens * IN_PER_MILLION + output_tokens * OUT_PER_MILLION) / 1_000_000
