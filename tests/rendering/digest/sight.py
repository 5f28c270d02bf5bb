"""How people see colours: contrast, and three kinds of colour-blindness.

The matrices are those of Machado, Oliveira and Fernandes (2009) for complete dichromacy.
"""

from PIL import ImageColor

Rgb = tuple[float, float, float]
KINDS: dict[str, tuple[Rgb, Rgb, Rgb]] = {
    "everyone": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def contrast(one: str, other: str, kind: str = "everyone") -> float:
    """Return the contrast of two colours as WCAG defines it, from 1 to 21."""
    brighter, darker = sorted((_luminance(one, kind), _luminance(other, kind)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str, kind: str) -> float:
    red, green, blue = (_linear(value / 255) for value in ImageColor.getrgb(colour)[:3])
    seen = [min(max(row[0] * red + row[1] * green + row[2] * blue, 0.0), 1.0) for row in KINDS[kind]]
    return 0.2126 * seen[0] + 0.7152 * seen[1] + 0.0722 * seen[2]


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
