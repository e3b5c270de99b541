"""Limits: how much the gateway takes from one token and one address, as an operator sets it.

From the environment; without it, more than any mission sends and less than what harms the others.
Values only: what they do is `services.gateway.admission`'s.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.errors import SettingsError

REQUESTS_VARIABLE: Final = "TRUCELINE_LIMIT_REQUESTS"
EVENTS_VARIABLE: Final = "TRUCELINE_LIMIT_EVENTS"
EVENTS_A_DAY_VARIABLE: Final = "TRUCELINE_LIMIT_EVENTS_A_DAY"
STRANGERS_VARIABLE: Final = "TRUCELINE_LIMIT_STRANGERS"
BODY_BYTES_VARIABLE: Final = "TRUCELINE_LIMIT_BODY_BYTES"
BODY_SECONDS_VARIABLE: Final = "TRUCELINE_LIMIT_BODY_SECONDS"

HIGHEST_BODY_BYTES: Final = 16 * 1024 * 1024
"""Of a body as it is sent, whatever is set: it is held in memory."""
_HIGHEST: Final = 1_000_000_000
_NUMBER: Final = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a second for good, and so many at once after a pause."""

    per_s: int
    burst: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What one token may send, and one address that shows no token that counts."""

    requests: Rate = Rate(2_000, 20_000)
    events: Rate = Rate(20_000, 50_000)
    events_a_day: int = 5_000_000
    strangers: Rate = Rate(100, 5_000)
    """Tokens that are not known yet, for each address: a guess costs the store a look."""
    body_bytes: int = HIGHEST_BODY_BYTES
    body_seconds: int = 120


USUAL_LIMITS: Final = Limits()


def read_limits(environment: Mapping[str, str]) -> Limits:
    """The limits that the environment sets; without it the ones above.

    Raises:
        SettingsError: one cannot be read.
    """
    usual = USUAL_LIMITS
    return Limits(
        requests=_rate(environment, REQUESTS_VARIABLE, usual.requests),
        events=_rate(environment, EVENTS_VARIABLE, usual.events),
        events_a_day=_number(environment, EVENTS_A_DAY_VARIABLE, usual.events_a_day),
        strangers=_rate(environment, STRANGERS_VARIABLE, usual.strangers),
        body_bytes=_number(
            environment, BODY_BYTES_VARIABLE, usual.body_bytes, most=HIGHEST_BODY_BYTES
        ),
        body_seconds=_number(environment, BODY_SECONDS_VARIABLE, usual.body_seconds),
    )


def _rate(environment: Mapping[str, str], variable: str, usual: Rate) -> Rate:
    text = environment.get(variable)
    if not text:
        return usual
    per_s, slash, burst = text.strip().partition("/")
    numbers = (_read(per_s), _read(burst if slash else per_s))
    if None in numbers:
        raise SettingsError(
            f"{variable} must be RATE or RATE/BURST, e.g. {usual.per_s}/{usual.burst}"
            " (so many a second, so many at once)"
        )
    return Rate(*(number or 0 for number in numbers))


def _number(environment: Mapping[str, str], variable: str, usual: int, most: int = _HIGHEST) -> int:
    text = environment.get(variable)
    if not text:
        return usual
    number = _read(text)
    if number is None or number > most:
        raise SettingsError(f"{variable} must be a whole number from 1 to {most}, e.g. {usual}")
    return number


def _read(text: str) -> int | None:
    found = _NUMBER.fullmatch(text.strip())
    return int(found[0]) if found and 0 < int(found[0]) <= _HIGHEST else None
