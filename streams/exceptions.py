"""Exceptions: what an agreement names as no breach, weighed with three answers.

Place on the data's way: term in force, context, place → **exception** → rules. An exception changes
a verdict, never a count. Where it is open whether one holds, nothing can be determined; so a wider
exception never adds a violation.
"""

from __future__ import annotations

from datetime import timedelta
from enum import IntEnum
from typing import NamedTuple

from geo.containment import Relation
from streams.context.facts import Notification
from streams.inforce import ExemptionInForce, InForce
from streams.outlines import CORRIDOR_PREFIX
from streams.sight import Hit, Sight
from streams.vocabulary import Activity, ExceptionName


class Answer(IntEnum):
    """Whether an exception holds. Of conditions the least counts, of alternatives the most."""

    NO = 0
    PERHAPS = 1
    YES = 2


class Excepted(NamedTuple):
    """The exception that holds, if one does; else whether one may hold."""

    name: ExceptionName | None
    unclear: bool


NOT_EXCEPTED = Excepted(None, unclear=False)
_ACTIVITIES = {
    ExceptionName.LIVE_FIRE_EXERCISE_OUTSIDE_ZONE: Activity.LIVE_FIRE_EXERCISE,
    ExceptionName.NOTIFIED_DEMINING: Activity.DEMINING,
    ExceptionName.NOTIFIED_MOVEMENT: Activity.MOVEMENT,
    ExceptionName.NOTIFIED_REPAIR: Activity.REPAIR,
}


def weigh_exceptions(
    sight: Sight,
    exemptions: tuple[ExemptionInForce, ...],
    zone: str | None,
    party: str | None,
    in_force: InForce,
) -> Excepted:
    """The first exception of the term that holds, in the order of their names.

    Args:
        sight: the report, with the zones that its region touches and what is known beside it.
        exemptions: the term's, compiled, sorted by name.
        zone: the term's zone that is asked about; None: the term holds everywhere.
        party: whom the monitor named.
        in_force: names of the zones.
    """
    unclear = False
    for exemption in exemptions:
        answer = _holds(sight, exemption, zone, party, in_force)
        if answer is Answer.YES:
            return Excepted(exemption.exemption.name, unclear=False)
        unclear |= answer is Answer.PERHAPS
    return Excepted(None, unclear)


def _holds(
    sight: Sight, it: ExemptionInForce, zone: str | None, party: str | None, in_force: InForce
) -> Answer:
    kinds = it.exemption.kinds
    if kinds and sight.report.kind not in kinds:
        return Answer.NO
    activity = _ACTIVITIES[it.exemption.name]
    notice = timedelta(hours=it.exemption.notice_hours)
    said = [
        min(_in_time(sight, word, notice), _there(sight, word, zone, in_force), _by(word, party))
        for word in sight.context.notifications
        if word.activity is activity
    ]
    if it.exemption.name is not ExceptionName.LIVE_FIRE_EXERCISE_OUTSIDE_ZONE:
        return max(said, default=Answer.NO)
    if sight.report.assessed_as is activity:
        said.append(Answer.YES)
    return min(max(said, default=Answer.NO), _outside(sight, it.outside))


def _in_time(sight: Sight, word: Notification, notice: timedelta) -> Answer:
    """The whole interval must lie in the window, as far as it was notified in time."""
    start, end = sight.report.observed_from, sight.report.observed_to or sight.report.observed_from
    opens = word.begins_after(notice)
    if opens >= word.end or end < opens or word.end <= start:
        return Answer.NO
    return Answer.YES if opens <= start and end < word.end else Answer.PERHAPS


def _there(sight: Sight, word: Notification, zone: str | None, in_force: InForce) -> Answer:
    """In a zone that was notified; there is no word for everywhere."""
    places = {*word.zones, *(CORRIDOR_PREFIX + corridor for corridor in word.corridors)}
    if zone in places:
        return Answer.YES
    if sight.unlocated is not None:
        return Answer.PERHAPS
    inside = [
        _inside(hit)
        for hit in sight.hits
        if in_force.zone_ids[hit.zone] in places and hit.zone not in in_force.claim_of
    ]
    return max(inside, default=Answer.NO)


def _by(word: Notification, party: str | None) -> Answer:
    """Nobody's act is another's: who did it must be who notified it."""
    if party is None:
        return Answer.PERHAPS
    return Answer.YES if party == word.by else Answer.NO


def _outside(sight: Sight, zones: frozenset[int]) -> Answer:
    """Wholly outside of all of the zones."""
    if sight.unlocated is not None:
        return Answer.PERHAPS
    inside = max((_inside(hit) for hit in sight.hits if hit.zone in zones), default=Answer.NO)
    return Answer(Answer.YES - inside)


def _inside(hit: Hit) -> Answer:
    return Answer.YES if hit.relation is Relation.INSIDE else Answer.PERHAPS
