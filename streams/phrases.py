"""Phrases: what was reported, in a person's words: kinds with their number, means, times.

Place on the data's way: beside `explain`. Nothing is rounded and no qualifier is lost; a word of
the wire that has no phrase here is said as `Voice.word` says it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from streams.events import Count, Report
from streams.languages.voice import Language, Voice
from streams.vocabulary import Kind, Means, Qualifier


def what(report: Report, say: Voice) -> str:
    """What was observed, how and when, as one phrase."""
    detail = f" ({say.word(report.detail)})" if report.detail else ""
    weapons = say.joined(AND, [say.word(weapon) for weapon in report.weapons] or [""])
    return say(
        "{kind}{detail}{weapons}, {means}, {when}",
        kind=how_many(report.kind, report.count, say),
        detail=detail,
        weapons=weapons and say(", {weapons}", weapons=weapons),
        means=say.joined(AND, [say(_MEANS[means]) for means in report.means]),
        when=when(report.observed_from, report.observed_to, say),
    )


def how_many(kind: Kind, count: Count | None, say: Voice) -> str:
    """A kind with its count, as exact or open as it was reported."""
    one, several = _NOUNS[kind]
    if count is None:
        return say(one)
    if count.qualifier is Qualifier.UNCOUNTABLE:
        return say("an uncountable number of {things}", things=say(several))
    is_one = say.language is Language.ENGLISH and count.min == count.max == 1
    noun = one.removeprefix("a ").removeprefix("an ") if is_one else say(several)
    return say("{number} {things}", number=_number(count, say), things=noun)


def _number(count: Count, say: Voice) -> str:
    qualifier, low = count.qualifier, say.number(count.min)
    if count.max is None:
        if qualifier in _WORDED:
            return say("{word}: at least {number}", word=say.word(qualifier), number=low)
        if qualifier in _PLAIN:
            return say("at least {number}", number=low)
    if count.max not in (None, count.min):
        low = say("{start} to {end}", start=low, end=say.number(count.max))
    if qualifier in _PLAIN:
        return low
    return say("{word} {number}", word=say.word(qualifier), number=low)


def when(start: datetime, end: datetime | None, say: Voice) -> str:
    """The time as it was reported, with its offset, and in UTC where that is another."""
    if end is None or end == start:
        local, utc = moment(start), moment(start.astimezone(UTC))
        if local == utc:
            return say("at {moment}", moment=local)
        return say("at {moment}, that is {utc}", moment=local, utc=utc)
    local = _stretch(start, end, say)
    utc = _stretch(start.astimezone(UTC), end.astimezone(UTC), say)
    if local == utc:
        return say("at some time from {stretch}", stretch=local)
    return say("at some time from {stretch}, that is {utc}", stretch=local, utc=utc)


def moment(value: datetime) -> str:
    """An instant with its offset: ``2018-09-05 08:35 UTC+03:00``."""
    return f"{value:%Y-%m-%d} {_time(value)} {_zone(value)}"


def _stretch(start: datetime, end: datetime, say: Voice) -> str:
    if start.utcoffset() != end.utcoffset():
        return say("{start} to {end}", start=moment(start), end=moment(end))
    last = _time(end) if start.date() == end.date() else f"{end:%Y-%m-%d} {_time(end)}"
    first = f"{start:%Y-%m-%d} {_time(start)}"
    return f"{say('{start} to {end}', start=first, end=last)} {_zone(start)}"


def _time(value: datetime) -> str:
    if value.microsecond:
        return f"{value:%H:%M:%S.%f}"
    return f"{value:%H:%M:%S}" if value.second else f"{value:%H:%M}"


def _zone(value: datetime) -> str:
    return f"UTC{value.isoformat()[-6:]}" if value.utcoffset() else "UTC"


AND: Final = "{first} and {second}"
OR: Final = "{first} or {second}"
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
