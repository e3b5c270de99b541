"""Rules about what terms say: what can be prohibited, required, numbered, excused, given way to.

Place on the data's way: one group of the rules that `check` lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from streams.agreement import Calibres, Exemption, Where
from streams.documents.compose import Fields, Node
from streams.documents.diagnose import listed
from streams.documents.select import Placed, first, nodes, select
from streams.errors import Mistake
from streams.vocabulary import DETAILS_OF, Detail, ExceptionName, Kind, ViolationKind, Weapon

T = TypeVar("T")

_WITHOUT_CALIBRE = frozenset(
    {
        Weapon.ANTI_TANK_MISSILE,
        Weapon.SURFACE_TO_AIR_MISSILE,
        Weapon.TACTICAL_MISSILE,
        Weapon.AIRCRAFT,
        Weapon.ARMED_UAV,
        Weapon.MINE,
    }
)


def terms_prohibit_or_require(root: Node) -> Iterator[Mistake]:
    """A term says what may not be or what must be, and one of both."""
    for term in nodes(root, "terms[*]"):
        named = [key for key in ("prohibits", "requires") if _has(term, key)]
        if not named and isinstance(term.value, Fields):
            yield term.mistake("nothing_prohibited", "it names neither 'prohibits' nor 'requires'")
        elif len(named) > 1:
            said = "a term prohibits or requires; write one for each"
            yield _within(term, "requires").mistake("prohibits_and_requires", said)


def terms_say_what_can_be(root: Node) -> Iterator[Mistake]:
    """A `coverage` report says that somebody watched: no party does that to another."""
    for name, can in (("prohibits", "prohibited"), ("requires", "required")):
        for kind in select(root, f"terms[*].{name}[*]", Kind):
            if kind.value is Kind.COVERAGE:
                said = f"'coverage' says where monitors watched; it cannot be {can}"
                yield kind.mistake("not_prohibitable", said)


def missing_weapons_are_required(root: Node) -> Iterator[Mistake]:
    """A weapon that is missing breaches what is required, not what is prohibited."""
    for term in nodes(root, "terms[*]"):
        violation = first(term.value, "violation", ViolationKind)
        missing = violation and violation.value is ViolationKind.WEAPON_MISSING_FROM_STORAGE
        if missing and _has(term, "prohibits") and not _has(term, "requires"):
            said = "a weapon that may not be missing is written 'requires: [weapon_presence]'"
            yield _within(term, "prohibits").mistake("missing_is_required", said)


def details_are_of_the_kinds(root: Node) -> Iterator[Mistake]:
    """A finer word that no kind of the term has narrows nothing."""
    for term in nodes(root, "terms[*]"):
        known = {detail for kind in _kinds(term) for detail in DETAILS_OF.get(kind, ())}
        for found in _inside(term, "details[*]", Detail):
            if found.value is Detail.UNDETERMINED:
                said = "'undetermined' is a monitor's word; leave it out"
                yield found.mistake("detail_undetermined", said)
            elif found.value not in known and _kinds(term):
                words = listed(sorted(known - {Detail.UNDETERMINED})) or "none"
                said = f"no kind of the term knows '{found.value}'; they know {words}"
                yield found.mistake("detail_of_no_kind", said)


def calibres_can_be(root: Node) -> Iterator[Mistake]:
    """A range that holds something, and weapons that have a calibre."""
    for term in nodes(root, "terms[*]"):
        for found in _inside(term, "calibres", Calibres):
            least, most = found.value.min_mm, found.value.max_mm
            if least is None and most is None:
                said = "name 'min_mm' or 'max_mm', or leave it out"
                yield found.mistake("calibres_unbounded", said)
            if least is not None and most is not None and most < least:
                said = f"no calibre is at least {least:g} and at most {most:g} mm"
                yield found.mistake("calibres_reversed", said)
            weapons = {weapon.value for weapon in select(term.value, "weapons[*]", Weapon)}
            if weapons and weapons <= _WITHOUT_CALIBRE:
                said = f"a calibre is no word for {listed(sorted(weapons))}"
                yield found.mistake("calibres_of_no_weapon", said)


def numbers_fit_the_term(root: Node) -> Iterator[Mistake]:
    """`at_most` of what is prohibited, `at_least` of what is required."""
    for term in nodes(root, "terms[*]"):
        if _has(term, "requires") == _has(term, "prohibits"):
            continue
        verb, wrong, right = ("prohibits", "at_least", "at_most")
        if _has(term, "requires"):
            verb, wrong, right = ("requires", "at_most", "at_least")
        if _has(term, wrong):
            said = f"a term that {verb} something counts by '{right}'"
            yield _within(term, wrong).mistake("number_of_other_kind", said)


def everywhere_is_alone(root: Node) -> Iterator[Mistake]:
    """A place beside everywhere: which of both was meant?"""
    for found in select(root, "terms[*].where", Where):
        named = found.value.zones or found.value.zone_kinds or found.value.corridors
        if found.value.everywhere and named:
            yield found.mistake("everywhere_and_more", "'everywhere' holds every place; name none")


def exceptions_can_hold(root: Node) -> Iterator[Mistake]:
    """Each once for the same kinds, of kinds that the term has, with the zones that it needs."""
    for term in nodes(root, "terms[*]"):
        kinds = _kinds(term)
        seen: set[ExceptionName] = set()
        for found in _inside(term, "exceptions[*]", Exemption):
            if found.value.name in seen and not found.value.kinds:
                yield found.mistake("listed_twice", f"'{found.value.name}' is listed already")
            seen.add(found.value.name)
            for kind in found.value.kinds:
                if kinds and kind not in kinds:
                    said = f"the term does not speak of '{kind}', so nothing is excused"
                    yield found.mistake("exception_of_no_kind", said)
            yield from _mistakes_of_an_exercise(found)


def _mistakes_of_an_exercise(found: Placed[Exemption]) -> Iterator[Mistake]:
    outside, name = found.value.outside, ExceptionName.LIVE_FIRE_EXERCISE_OUTSIDE_ZONE
    if found.value.name is not name:
        if outside is not None:
            yield found.mistake("outside_of_nothing", f"'outside' belongs to '{name}' alone")
    elif outside is None or not (outside.zones or outside.zone_kinds or outside.corridors):
        said = "name the zones outside of which the exercise must lie, in 'outside'"
        yield found.mistake("exercise_without_zone", said)


def precedence_has_an_end(root: Node) -> Iterator[Mistake]:
    """Terms that yield to each other in a circle: nobody would speak."""
    yields: dict[str, list[Placed[str]]] = {}
    for term in nodes(root, "terms[*]"):
        id_ = first(term.value, "id", str)
        if id_ is not None:
            yields[id_.value] = list(_inside(term, "yields_to[*]", str))
    for own, others in yields.items():
        for other in others:
            if _leads_back(other.value, own, yields):
                said = f"'{other.value}' yields to '{own}', this term, itself or through others"
                yield other.mistake("precedence_circle", said)


def _leads_back(start: str, goal: str, yields: dict[str, list[Placed[str]]]) -> bool:
    waiting = [start]
    seen: set[str] = set()
    while waiting:
        term = waiting.pop()
        if term == goal:
            return True
        if term not in seen:
            seen.add(term)
            waiting += [other.value for other in yields.get(term, ())]
    return False


def _kinds(term: Placed[Node]) -> frozenset[Kind]:
    found = [*_inside(term, "prohibits[*]", Kind), *_inside(term, "requires[*]", Kind)]
    return frozenset(kind.value for kind in found)


def _has(term: Placed[Node], name: str) -> bool:
    return isinstance(term.value, Fields) and name in term.value.keys


def _within(term: Placed[Node], name: str) -> Placed[None]:
    assert isinstance(term.value, Fields)
    return Placed(None, f"{term.path}.{name}", term.value.keys[name])


def _inside(term: Placed[Node], pattern: str, wanted: type[T]) -> Iterator[Placed[T]]:
    for found in select(term.value, pattern, wanted):
        yield Placed(found.value, f"{term.path}.{found.path}", found.place)
