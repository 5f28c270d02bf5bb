"""Pages of the open web."""

import httpx

TOOL = {
    "type": "function",
    "name": "read_page",
    "description": "Return the text of a page.",
    "strict": True,
    "parameters": {
        "type": "object",
        "properties": {"url": {"type": "string"}},
        "required": ["url"],
        "additionalProperties": False,
    },
}
LONGEST = 8_000


def read_page(url: str) -> str:
    """Return the first 8,000 characters of a page, through the proxy that blocks internal addresses."""
    try:
        return httpx.get(url, timeout=10, proxy="http://egress.internal:3128").text[:LONGEST]
    except httpx.HTTPError as failed:
        return f"The page could not be read: {failed}"
