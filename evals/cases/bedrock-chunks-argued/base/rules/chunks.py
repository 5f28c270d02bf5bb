"""Cuts the building rules into chunks for the index."""

SIZE = 300  # tokens, of four characters each


def chunks(text: str) -> list[str]:
    """Return the chunks of a document, in order."""
    step = SIZE * 4
    return [text[start : start + step] for start in range(0, len(text), step)]
