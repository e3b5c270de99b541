"""Rules about names: every id stands once, every reference names something that is there.

Place on the data's way: one group of the rules that `check` lists.

A zone that moves is written as several zones of one id, each with its own `valid`; that no two of
them are in force at once is a rule of `check_times`. A source whose rights change has several
entries as well (`check_rights`). Every other id stands once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from streams.documents.compose import Fields, Items, Node, Scalar
from streams.documents.diagnose import listed, nearest
from streams.documents.select import Placed, first, nodes, select
from streams.errors import Mistake
from streams.vocabulary import ZoneKind

_IDS = (
    ("parties[*].id", "guarantors[*].id"),
    ("parties[*].keys[*].id", "guarantors[*].keys[*].id"),
    ("baselines[*].id",),
    ("terms[*].id",),
    ("corridors[*].id",),
    ("phases[*].id",),
    ("measures[*].id",),
    ("exchanges[*].truce.id",),
    ("movement_notice[*].kind",),
)
"""Places in which an id stands once."""

_SETS = (
    "zones[*].geometry.between",
    "zones[*].claims[*].geometry.between",
    "terms[*].prohibits",
    "terms[*].requires",
    "terms[*].details",
    "terms[*].weapons",
    "terms[*].yields_to",
    "terms[*].exceptions[*].kinds",
    "terms[*].binds",
    "terms[*].when[*].weekdays",
    "terms[*].where.zones",
    "terms[*].where.zone_kinds",
    "terms[*].where.corridors",
    "phases[*].gated_by",
    "exchanges[*].sides",
    "exchanges[*].points",
    "exchanges[*].truce.prohibits",
    "exchanges[*].truce.weapons",
    "exchanges[*].truce.guarantors",
    "sources[*].rights",
    "sources[*].corridors",
    "corridors[*].travellers",
    "sufficient_means",
)
"""Lists that mean sets."""


_WHERE = ("zones", "zone_kinds", "corridors")


@dataclass(frozen=True, slots=True)
class _Reference:
    """A place that names something, and where the named thing has its id."""

    pattern: str
    target: str
    code: str
    noun: str


_REFERENCES = (
    _Reference("terms[*].where.zones[*]", "zones[*].id", "unknown_zone", "zone"),
    _Reference("terms[*].exceptions[*].outside.zones[*]", "zones[*].id", "unknown_zone", "zone"),
    _Reference(
        "terms[*].exceptions[*].outside.corridors[*]",
        "corridors[*].id",
        "unknown_corridor",
        "corridor",
    ),
    _Reference("terms[*].yields_to[*]", "terms[*].id", "unknown_term", "term"),
    _Reference("terms[*].where.corridors[*]", "corridors[*].id", "unknown_corridor", "corridor"),
    _Reference("sources[*].corridors[*]", "corridors[*].id", "unknown_corridor", "corridor"),
    _Reference("terms[*].binds[*]", "parties[*].id", "unknown_party", "party"),
    _Reference("sources[*].party", "parties[*].id", "unknown_party", "party"),
    _Reference("corridors[*].announced[*].by[*].party", "parties[*].id", "unknown_party", "party"),
    _Reference("phases[*].gated_by[*]", "measures[*].id", "unknown_measure", "measure"),
    _Reference("measures[*].party", "parties[*].id", "unknown_party", "party"),
    _Reference("exchanges[*].sides[*]", "parties[*].id", "unknown_party", "party"),
    _Reference("exchanges[*].points[*]", "zones[*].id", "unknown_zone", "zone"),
    _Reference(
        "exchanges[*].truce.guarantors[*]", "guarantors[*].id", "unknown_guarantor", "guarantor"
    ),
    _Reference("terms[*].during.phase", "phases[*].id", "unknown_phase", "phase"),
    _Reference("terms[*].during.until_phase", "phases[*].id", "unknown_phase", "phase"),
    _Reference("exchanges[*].during.phase", "phases[*].id", "unknown_phase", "phase"),
    _Reference("exchanges[*].during.until_phase", "phases[*].id", "unknown_phase", "phase"),
    _Reference("measures[*].due.phase", "phases[*].id", "unknown_phase", "phase"),
    _Reference("zones[*].claims[*].party", "parties[*].id", "unknown_party", "party"),
    _Reference(
        "zones[*].claims[*].geometry.baseline", "baselines[*].id", "unknown_baseline", "baseline"
    ),
    _Reference(
        "zones[*].claims[*].geometry.between[*]", "baselines[*].id", "unknown_baseline", "baseline"
    ),
    _Reference("baselines[*].party", "parties[*].id", "unknown_party", "party"),
    _Reference("zones[*].geometry.baseline", "baselines[*].id", "unknown_baseline", "baseline"),
    _Reference("zones[*].geometry.between[*]", "baselines[*].id", "unknown_baseline", "baseline"),
)


def ids_stand_once(root: Node) -> Iterator[Mistake]:
    """Two things of one id cannot be told apart."""
    for patterns in _IDS:
        seen: dict[str, int] = {}
        for pattern in patterns:
            for found in select(root, pattern, str):
                if found.value in seen:
                    said = f"'{found.value}' has its own entry already, in line {seen[found.value]}"
                    yield found.mistake("duplicate_id", said)
                seen.setdefault(found.value, found.place.line)


def names_are_known(root: Node) -> Iterator[Mistake]:
    """What is named must be there."""
    guarantors = {found.value for found in select(root, "guarantors[*].id", str)}
    for reference in _REFERENCES:
        known = [found.value for found in select(root, reference.target, str)]
        for found in select(root, reference.pattern, str):
            if found.value in known:
                continue
            hint = nearest(found.value, known) or f"; there is {listed(known[:10]) or 'none'}"
            if reference.noun == "party" and found.value in guarantors:
                hint = "; it is a guarantor, and guarantors are bound by nothing here"
            said = f"no {reference.noun} has the id '{found.value}'{hint}"
            yield found.mistake(reference.code, said)


def zone_kinds_are_there(root: Node) -> Iterator[Mistake]:
    """A term on a kind of zone that nobody drew binds nobody; a corridor's strip is a zone too."""
    kinds = {found.value for found in select(root, "zones[*].kind", ZoneKind)}
    kinds |= {kind_of(corridor) for corridor in nodes(root, "corridors[*]")}
    for found in select(root, "terms[*].where.zone_kinds[*]", ZoneKind):
        if found.value not in kinds:
            said = f"no zone is of the kind '{found.value}'; there is {listed(sorted(kinds))}"
            yield found.mistake("unused_zone_kind", said)


def kind_of(corridor: Placed[Node]) -> ZoneKind:
    """The kind of zone that a corridor's outline is."""
    return ZoneKind.ACCESS_AREA if any(nodes(corridor.value, "area")) else ZoneKind.CORRIDOR


def items_stand_once(root: Node) -> Iterator[Mistake]:
    """In a list that means a set, a repeated item is a slip: perhaps another was meant."""
    for pattern in _SETS:
        for found in nodes(root, pattern):
            items = found.value.items if isinstance(found.value, Items) else ()
            texts = [item for item in items if isinstance(item, Scalar)]
            for number, item in enumerate(texts):
                if item.text in {earlier.text for earlier in texts[:number]}:
                    yield Mistake(
                        "listed_twice",
                        found.path,
                        f"'{item.text}' is listed twice",
                        item.place.line,
                        item.place.file,
                    )
    yield from _means_with_two_accuracies(root)


def _means_with_two_accuracies(root: Node) -> Iterator[Mistake]:
    counted: Counter[str] = Counter()
    for found in select(root, "default_accuracy[*].means", str):
        counted[found.value] += 1
        if counted[found.value] > 1:
            yield found.mistake("listed_twice", f"'{found.value}' has a default accuracy already")


def wheres_name_something(root: Node) -> Iterator[Mistake]:
    """A term that holds nowhere is never breached; nobody agrees to that."""
    for found in nodes(root, "terms[*].where"):
        named = found.value.fields if isinstance(found.value, Fields) else {"": found.value}
        if _is_true(named.get("everywhere")):
            continue
        named = {key: node for key, node in named.items() if key != "everywhere"}
        # What is misspelt or no list has been said: it may be the place that was meant.
        if all(key in _WHERE and node == Items((), node.place) for key, node in named.items()):
            said = f"name at least one of {listed(_WHERE)}, or 'everywhere: true'"
            yield found.mistake("empty_where", said)


def _is_true(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.value is True


def zones_nobody_names(root: Node) -> Iterator[Mistake]:
    """Advice: a zone that neither term nor exchange speaks of is drawn on maps, judges nothing."""
    wheres = ("terms[*].where", "terms[*].exceptions[*].outside")
    named = {zone.value for where in wheres for zone in select(root, f"{where}.zones[*]", str)}
    named |= {zone.value for zone in select(root, "exchanges[*].points[*]", str)}
    kinds = {kind.value for where in wheres for kind in select(root, f"{where}.zone_kinds[*]", str)}
    for zone in nodes(root, "zones[*]"):
        id_, kind = first(zone.value, "id", str), first(zone.value, "kind", str)
        if id_ is None or kind is None or id_.value in named or kind.value in kinds:
            continue
        said = f"no term speaks of the zone '{id_.value}'"
        yield Mistake("unused_zone", zone.path, said, id_.place.line, id_.place.file)
