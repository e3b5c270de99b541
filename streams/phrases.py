"""Phrases: what was reported, in a person's words: kinds with their number, means, times.

Place on the data's way: beside `explain`. Nothing is rounded and no qualifier is lost; a word of
the wire that has no phrase here is said as it is, its underscores as spaces.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum

from streams.events import Count, Report
from streams.vocabulary import Kind, Means, Qualifier


def what(report: Report) -> str:
    """What was observed, how and when, as one phrase."""
    detail = f" ({spoken(report.detail)})" if report.detail else ""
    weapons = f", {_listed(report.weapons)}" if report.weapons else ""
    means = " and ".join(_MEANS[means] for means in report.means)
    kind = how_many(report.kind, report.count)
    return f"{kind}{detail}{weapons}, {means}, {when(report.observed_from, report.observed_to)}"


def how_many(kind: Kind, count: Count | None) -> str:
    """A kind with its count, as exact or open as it was reported."""
    one, several = _NOUNS.get(kind, (spoken(kind), spoken(kind)))
    if count is None:
        return one
    if count.qualifier is Qualifier.UNCOUNTABLE:
        return f"an uncountable number of {several}"
    is_one = count.min == count.max == 1
    noun = one.removeprefix("a ").removeprefix("an ") if is_one else several
    return f"{_number(count)} {noun}"


def _number(count: Count) -> str:
    word = "" if count.qualifier in _PLAIN else f"{spoken(count.qualifier)} "
    if count.max is None:
        if count.qualifier in _WORDED:
            return f"{spoken(count.qualifier)}: at least {count.min:,}"
        return f"{word or 'at least '}{count.min:,}"
    if count.max == count.min:
        return f"{word}{count.min:,}"
    return f"{word}{count.min:,} to {count.max:,}"


def when(start: datetime, end: datetime | None) -> str:
    """The time as it was reported, with its offset, and in UTC where that is another."""
    if end is None or end == start:
        local, utc = moment(start), moment(start.astimezone(UTC))
        return f"at {local}" if local == utc else f"at {local}, that is {utc}"
    local, utc = _stretch(start, end), _stretch(start.astimezone(UTC), end.astimezone(UTC))
    said = f"at some time from {local}"
    return said if local == utc else f"{said}, that is {utc}"


def moment(value: datetime) -> str:
    """An instant with its offset: ``2018-09-05 08:35 UTC+03:00``."""
    return f"{value:%Y-%m-%d} {_time(value)} {_zone(value)}"


def _stretch(start: datetime, end: datetime) -> str:
    if start.utcoffset() != end.utcoffset():
        return f"{moment(start)} to {moment(end)}"
    last = _time(end) if start.date() == end.date() else f"{end:%Y-%m-%d} {_time(end)}"
    return f"{start:%Y-%m-%d} {_time(start)} to {last} {_zone(start)}"


def _time(value: datetime) -> str:
    if value.microsecond:
        return f"{value:%H:%M:%S.%f}"
    return f"{value:%H:%M:%S}" if value.second else f"{value:%H:%M}"


def _zone(value: datetime) -> str:
    return f"UTC{value.isoformat()[-6:]}" if value.utcoffset() else "UTC"


def spoken(word: Enum) -> str:
    """A word of the wire as it is spoken."""
    return str(word.value).replace("_", " ")


def _listed(words: tuple[Enum, ...]) -> str:
    return " and ".join(spoken(word) for word in words)


_PLAIN = frozenset({Qualifier.EXACT, Qualifier.RANGE})
_WORDED = frozenset({Qualifier.SEVERAL, Qualifier.MULTIPLE, Qualifier.HUNDREDS})
"""Said instead of a number; the number beside them is the least that they can mean."""
_MEANS = {
    Means.HEARD: "heard",
    Means.SAW: "seen",
    Means.CAMERA: "recorded by camera",
    Means.UAV: "recorded by UAV",
    Means.RADAR: "tracked by radar",
    Means.ACOUSTIC: "recorded by an acoustic sensor",
    Means.SATELLITE: "seen by satellite",
    Means.THIRD_PARTY: "told by a third party",
}
_NOUNS = {
    Kind.EXPLOSION: ("an explosion", "explosions"),
    Kind.ROUND: ("a round", "rounds"),
    Kind.PROJECTILE_IN_FLIGHT: ("a projectile in flight", "projectiles in flight"),
    Kind.MUZZLE_FLASH: ("a muzzle flash", "muzzle flashes"),
    Kind.ILLUMINATION_FLARE: ("an illumination flare", "illumination flares"),
    Kind.TRACER: ("a tracer", "tracers"),
    Kind.BURST: ("a burst", "bursts"),
    Kind.SHOT: ("a shot", "shots"),
    Kind.SALVO: ("a salvo", "salvoes"),
    Kind.EXCHANGE_OF_FIRE: ("an exchange of fire", "exchanges of fire"),
    Kind.UAV_FLIGHT: ("a UAV flight", "UAV flights"),
    Kind.WEAPON_PRESENCE: ("a weapon present", "weapons present"),
    Kind.TROOP_PRESENCE: ("troops present", "troops present"),  # counts soldiers or posts: unsaid
    Kind.TROOP_MOVEMENT: ("a troop movement", "troop movements"),
    Kind.FORTIFICATION: ("a fortification", "fortifications"),
    Kind.MINE_UXO: ("a mine or unexploded ordnance", "mines or unexploded ordnance"),
    Kind.LINE_CROSSING: ("a line crossing", "line crossings"),
    Kind.OCCUPATION: ("an occupation", "occupations"),
    Kind.INFRASTRUCTURE_DAMAGE: ("infrastructure damage", "cases of infrastructure damage"),
    Kind.CASUALTY: ("a casualty", "casualties"),
    Kind.ABDUCTION: ("an abduction", "abductions"),
    Kind.AID_OBSTRUCTION: ("an obstruction of aid", "obstructions of aid"),
    Kind.ROAD_HAZARD: ("a road hazard", "road hazards"),
    Kind.MONITOR_RESTRICTION: ("a restriction of monitors", "restrictions of monitors"),
    Kind.COVERAGE: ("coverage", "coverages"),
}
