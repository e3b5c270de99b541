"""Rules: domain.md's verdict table as an ordered tuple of named predicates.

Place on the data's way: traits, place, time → **rules** → judge. The first rule that holds gives
the verdict; its name is in the finding, the stored row and the explanation. Each is a pure question
about a `Case`: one report before one term, in one zone of it. Cases are values that repeat, so a
case is judged once and remembered.

Beyond the table, in its spirit that a guess is never an answer: where a term names weapons or
binds only some parties and the report does not say, the verdict is `cannot_determine`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct

from streams.exceptions import NOT_EXCEPTED, Excepted
from streams.inforce import TermInForce
from streams.matching import Match
from streams.traits import Traits
from streams.vocabulary import ExceptionName, Verdict, Weapon
from streams.when.timing import Timing

_REMEMBERED = 1 << 16


class Share(IntEnum):
    """Which of the methodology's thresholds the share inside reaches."""

    LITTLE = 0
    """Below t2."""
    SOME = 1
    """From t2 on, below t1."""
    ENOUGH = 2
    """From t1 on."""


class Case(Struct, frozen=True, gc=False):
    """One report before one term: what the rules look at."""

    traits: Traits
    term: TermInForce
    zone: str | None
    """A zone of the term that the region touches; None: it is outside all of them."""
    share: Share
    """Means nothing where there is no zone."""
    timing: Timing
    detail: Match = Match.YES
    calibre: Match = Match.YES
    number: Match = Match.YES
    """More than may be, or fewer than must be."""
    excepted: Excepted = NOT_EXCEPTED


class Rule(NamedTuple):
    """A named predicate with the verdict it gives and the reason it states."""

    name: str
    verdict: Verdict
    holds: Callable[[Case], bool]
    reason: str


def _retracted(case: Case) -> bool:
    return case.traits.retracted


def _superseded(case: Case) -> bool:
    return case.traits.superseded


def _retraction(case: Case) -> bool:
    return case.traits.retraction


def _exercise(case: Case) -> bool:
    return case.traits.exercise


def _nothing_there(case: Case) -> bool:
    """What was looked for and not found, or counted as none, breaches nothing by being absent."""
    return case.traits.absent and not case.term.requires


def _still_there(case: Case) -> bool:
    """Where something must be there, what is there in number enough breaches nothing."""
    return case.term.requires and case.number is Match.NO


def _other_weapon(case: Case) -> bool:
    """A weapon that the monitor could not tell may be any: beside others, too."""
    named, weapons = case.term.weapons, case.traits.weapons_said
    all_told = Weapon.UNDETERMINED not in weapons
    return bool(named and weapons) and all_told and named.isdisjoint(weapons)


def _other_detail(case: Case) -> bool:
    return case.detail is Match.NO


def _other_calibre(case: Case) -> bool:
    return case.calibre is Match.NO


def _other_party(case: Case) -> bool:
    binds, party = case.term.binds, case.traits.party
    return bool(binds) and party is not None and party not in binds


def _other_time(case: Case) -> bool:
    """Neither a clause nor a zone of a clause says anything before it begins or after it ends."""
    return case.timing is Timing.OUTSIDE


def _phase_not_begun(case: Case) -> bool:
    return case.timing is Timing.NOT_BEGUN


def _outside(case: Case) -> bool:
    return case.zone is None and not case.term.anywhere and not case.traits.unlocated


def _within_number(case: Case) -> bool:
    return not case.term.requires and case.number is Match.NO


def _excepted_by(name: ExceptionName) -> Callable[[Case], bool]:
    return lambda case: case.excepted.name is name


def _from_future(case: Case) -> bool:
    return case.traits.from_future


def _location_unknown(case: Case) -> bool:
    return case.zone is None and not case.term.anywhere


def _mostly_outside(case: Case) -> bool:
    return case.zone is not None and case.share is Share.LITTLE


def _straddles_edge(case: Case) -> bool:
    return case.traits.straddles or case.timing is Timing.ACROSS


def _weapon_unknown(case: Case) -> bool:
    return bool(case.term.weapons) and case.term.weapons.isdisjoint(case.traits.weapons)


def _detail_unknown(case: Case) -> bool:
    return case.detail is Match.UNKNOWN


def _calibre_unknown(case: Case) -> bool:
    return case.calibre is Match.UNKNOWN


def _party_unknown(case: Case) -> bool:
    return bool(case.term.binds) and case.traits.party is None


def _perhaps_none(case: Case) -> bool:
    """Where nothing may be there, "none or more" does not say that something was."""
    return case.traits.perhaps_none and not case.term.requires


def _number_unknown(case: Case) -> bool:
    return case.number is Match.UNKNOWN


def _exception_unclear(case: Case) -> bool:
    return case.excepted.unclear


def _likely_inside(case: Case) -> bool:
    return case.zone is not None and case.share is not Share.ENOUGH


def _unauthenticated(case: Case) -> bool:
    return not case.traits.vouched


def _grading_below_minimum(case: Case) -> bool:
    return not case.traits.graded


def _means_insufficient(case: Case) -> bool:
    return not case.traits.means_suffice


def _monitor_contradicts(case: Case) -> bool:
    """A zone that the agreement lacks is perhaps this one under another name."""
    elsewhere = case.traits.outside_elsewhere and not case.term.anywhere
    return elsewhere or case.zone in case.traits.outside_of


def _weapon_partly_named(case: Case) -> bool:
    return bool(case.term.weapons) and not case.traits.weapons_said <= case.term.weapons


def _calibre_partly_named(case: Case) -> bool:
    return case.calibre is Match.PARTLY


def _anywhere(case: Case) -> bool:
    return case.term.anywhere


def _otherwise(_: Case) -> bool:
    return True


_NA, _NO, _CD, _PV, _V = Verdict
_EXCUSES = {
    ExceptionName.LIVE_FIRE_EXERCISE_OUTSIDE_ZONE: "a live-fire exercise outside the zones named",
    ExceptionName.NOTIFIED_DEMINING: "demining that was notified in time",
    ExceptionName.NOTIFIED_MOVEMENT: "a movement that was notified in time",
    ExceptionName.NOTIFIED_REPAIR: "repair work that was notified in time",
}
_EXCEPTIONS = tuple(
    Rule(name.value, _NO, _excepted_by(name), excuse) for name, excuse in _EXCUSES.items()
)
EXCEPTION_RULES = frozenset(rule.name for rule in _EXCEPTIONS)
"""The rules by which a named exception holds."""
RULES: tuple[Rule, ...] = (
    Rule("report_retracted", _NA, _retracted, "the source has withdrawn the report"),
    Rule("report_superseded", _NA, _superseded, "the source has replaced the report"),
    Rule("retraction", _NA, _retraction, "it withdraws another report and says nothing more"),
    Rule("exercise", _NA, _exercise, "the report is part of an exercise"),
    Rule("nothing_there", _NA, _nothing_there, "what was looked for was not there"),
    Rule("still_there", _NA, _still_there, "what must be there was there"),
    Rule("other_weapon", _NA, _other_weapon, "none of the weapons named is the term's"),
    Rule("other_detail", _NA, _other_detail, "the finer word of its kind is not the term's"),
    Rule("other_calibre", _NA, _other_calibre, "none of the calibres named is the term's"),
    Rule("other_party", _NA, _other_party, "the term does not bind the party named"),
    Rule("phase_not_begun", _NA, _phase_not_begun, "the phase it holds in had not begun"),
    Rule("other_time", _NA, _other_time, "the term, or every zone of it, was not in force"),
    Rule("outside", _NO, _outside, "the whole region lies outside the term's zones"),
    Rule("within_number", _NO, _within_number, "no more were counted than may be there"),
    *_EXCEPTIONS,
    Rule("from_future", _CD, _from_future, "it claims to be observed after it was received"),
    Rule("location_unknown", _CD, _location_unknown, "the location's extent is not known"),
    Rule("mostly_outside", _CD, _mostly_outside, "too small a share of the region is inside"),
    Rule("straddles_edge", _CD, _straddles_edge, "the interval crosses the edge of a validity"),
    Rule("weapon_unknown", _CD, _weapon_unknown, "the term names weapons, the report none of them"),
    Rule("detail_unknown", _CD, _detail_unknown, "the term names finer words, the report none"),
    Rule("calibre_unknown", _CD, _calibre_unknown, "the term names calibres, the report none"),
    Rule("party_unknown", _CD, _party_unknown, "the term binds some parties, none was named"),
    Rule("perhaps_none", _CD, _perhaps_none, "the count leaves open whether there was any"),
    Rule("number_unknown", _CD, _number_unknown, "the count leaves open on which side it lies"),
    Rule("exception_unclear", _CD, _exception_unclear, "an exception of the term may hold"),
    Rule("likely_inside", _PV, _likely_inside, "not enough of the region is inside for certainty"),
    Rule("unauthenticated", _PV, _unauthenticated, "nobody has vouched for who sent the report"),
    Rule("grading_below_minimum", _PV, _grading_below_minimum, "graded below the minimum"),
    Rule("means_insufficient", _PV, _means_insufficient, "observed by no sufficient means"),
    Rule("monitor_contradicts", _PV, _monitor_contradicts, "the monitor says it was outside"),
    Rule("weapon_partly_named", _PV, _weapon_partly_named, "some weapons named are not the term's"),
    Rule("calibre_partly_named", _PV, _calibre_partly_named, "some calibres are not the term's"),
    Rule("anywhere", _V, _anywhere, "the term holds everywhere, and nothing speaks against it"),
    Rule("inside", _V, _otherwise, "it lies inside the term's zone, and nothing speaks against it"),
)
"""The verdict table of domain.md, "Assessment", in order: the first that holds is the verdict."""

_DOUBTS = {
    "location_unknown",
    "straddles_edge",
    "weapon_unknown",
    "detail_unknown",
    "calibre_unknown",
    "party_unknown",
    "likely_inside",
    "monitor_contradicts",
    "weapon_partly_named",
    "calibre_partly_named",
}
DOUBTS = tuple(rule for rule in RULES if rule.name in _DOUBTS)
"""The rules that leave open whether place, time, kind, weapon and party are the term's. One of them
may hold where an earlier rule gives the verdict: three guns are no more than five, wherever."""


@lru_cache(maxsize=_REMEMBERED)
def first_rule(case: Case) -> Rule:
    """The first rule that holds; the last one always does."""
    return next(rule for rule in RULES if rule.holds(case))
