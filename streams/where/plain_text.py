"""One way of writing for each sign: digits, degrees, minutes, minus, hemispheres.

Place on the data's way: before every form of `where`. Nothing is mended here: only signs that mean
the same are written the same.
"""

from __future__ import annotations

import re
import unicodedata

_SIGNS = str.maketrans(
    {
        **dict.fromkeys("º˚∘", "°"),
        **dict.fromkeys("′’‘´`ʹ՚", "'"),  # noqa: RUF001  for minutes
        **dict.fromkeys("″”“„", '"'),  # for seconds
        **dict.fromkeys("−–—‐‑", "-"),  # noqa: RUF001  for minus and ranges
        **dict.fromkeys("\u00a0\u2009\u202f\t\n\r", " "),
        **dict.fromkeys("\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff"),
        "\u066b": ".",
        "\u060c": ",",
    }
)
"""Written as others write them; marks of the direction of writing mean nothing here."""

_HEMISPHERES = tuple(
    (re.compile(rf"(?<![^\W\d]){words}(?![^\W\d])\.?", re.IGNORECASE), letter)
    for words, letter in (
        (r"(?:с|пн)\.?\s?ш", "N"),  # noqa: RUF001  northern latitude, in Russian and Ukrainian
        (r"(?:ю|пд)\.?\s?ш", "S"),
        (r"(?:в|сх)\.?\s?д", "E"),  # noqa: RUF001
        (r"(?:з|зх)\.?\s?д", "W"),
    )
)


def plain_text(text: str) -> str:
    """The same text with one spelling of each sign, single spaces, digits of ASCII."""
    signs = "".join(map(_digit, text.translate(_SIGNS))).replace("''", '"')
    for pattern, letter in _HEMISPHERES:
        signs = pattern.sub(letter, signs)
    return " ".join(signs.split())


def _digit(character: str) -> str:
    """A decimal digit of any script as ASCII writes it; everything else as it is."""
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)
