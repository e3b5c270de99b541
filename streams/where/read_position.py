"""Position: degrees, MGRS or UTM, whichever a text is written in → a spot.

Place on the data's way: below `read_place`, which also knows names and directions.
"""

from __future__ import annotations

import re
from dataclasses import replace

from streams.where.read_degrees import Order, read_degrees
from streams.where.read_mgrs import looks_like_mgrs, read_mgrs
from streams.where.read_utm import looks_like_utm, read_utm
from streams.where.reading import RECEIVER_M, Spot, Unread

_SAID = re.compile(
    r"(?P<position>.+?)\s?(?:±|\+/-|\+-)\s?(?P<known>\d{1,6}(?:[.,]\d{1,3})?)\s?(?P<unit>km|m)",
    re.IGNORECASE,
)


def read_position(text: str, order: Order | None, known_to_m: float | None) -> Spot | Unread:
    """Read coordinates.

    Args:
        text: as `plain_text` gives it.
        order: which of two bare numbers comes first.
        known_to_m: how well the position is known, where somebody said so; what the text itself
            says behind ± comes first, and what the digits leave open is added to it.
    """
    said = _SAID.fullmatch(text)
    if said:
        text, metres = said["position"], 1_000.0 if said["unit"].lower() == "km" else 1.0
        known_to_m = float(said["known"].replace(",", ".")) * metres
    if looks_like_utm(text):
        spot = read_utm(text)
    elif looks_like_mgrs(text):
        spot = read_mgrs(text)
    else:
        spot = read_degrees(text, order)
    return spot if isinstance(spot, Unread) else _known(spot, known_to_m)


def _known(spot: Spot, known_to_m: float | None) -> Spot:
    digits = f"the digits leave {_metres(spot.radius_m)} open"
    if known_to_m is None:
        said = f"{digits}; how well the position was known is not said: at best {RECEIVER_M:g} m"
        return replace(spot, notes=(*spot.notes, said))
    # The square says nothing of an error that reaches beyond it: the disc does.
    return replace(
        spot,
        radius_m=spot.radius_m + known_to_m,
        square=None if known_to_m > 0 else spot.square,
        notes=(*spot.notes, f"{digits}, and {_metres(known_to_m)} are added to it"),
    )


def _metres(length_m: float) -> str:
    return f"{length_m:.3g} m" if length_m < 100 else f"{length_m:,.0f} m"
