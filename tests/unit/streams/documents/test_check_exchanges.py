"""Each mistake in an exchange is found alone, at its line and path; a sound one has none."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from streams.documents.read import examine_agreement
from tests.unit.streams.documents.texts import AGREEMENT, ZONES_GEOJSON, edited, marked_line

POINT = """\
  - id: bridge
    kind: exchange_point
    name: Bridge
    geometry:
      type: Polygon
      coordinates: [[[38.4, 48.6], [38.41, 48.6], [38.41, 48.61], [38.4, 48.61], [38.4, 48.6]]]
"""
EXCHANGES = """\
exchanges:
  - id: 1
    name: All for all
    clause: Package, point 6
    sides: [ua, nga]
    points: [bridge]
    window: {from: 2016-05-01T08:00:00+03:00, to: 2016-05-01T20:00:00+03:00}
    truce:
      id: silence
      prohibits: [explosion, shot]
      weapons: [mortar]
      guarantors: [osce]
    lists:
      - {handed_over_by: ua, category: prisoners, count: 124}
      - {handed_over_by: nga, category: prisoners, count: 76}
      - {handed_over_by: nga, category: remains}
"""
SECOND = """\
  - id: 2
    name: The fallen
    clause: Package, point 6
    sides: [ua, nga]
    points: [bridge]
    window: {from: 2016-06-01T08:00:00+03:00, to: 2016-06-01T20:00:00+03:00}
    truce: {id: second-silence, prohibits: [shot]}
    lists:
      - {handed_over_by: ua, category: remains}
"""
SOUND = edited(
    AGREEMENT, ("terms:\n", f"{POINT}terms:\n"), ("sources:\n", f"{EXCHANGES}sources:\n")
)


class Case(NamedTuple):
    code: str
    path: str
    old: str
    new: str
    says: str = ""


CASES = (
    Case("wrong_type", "[0].id", "id: 1\n", "id: first #<\n"),
    Case("out_of_range", "[0].id", "id: 1\n", "id: 10000 #<\n"),
    Case("wrong_length", "[0].sides", "sides: [ua, nga]", "sides: [ua] #<"),
    Case("listed_twice", "[0].sides", "sides: [ua, nga]", "sides: [ua, ua] #<"),
    Case("unknown_party", "[0].sides[1]", "sides: [ua, nga]", "sides: [ua, ngo] #<", "'nga'"),
    Case("unknown_zone", "[0].points[0]", "points: [bridge]", "points: [brigde] #<", "'bridge'"),
    Case("listed_twice", "[0].points", "points: [bridge]", "points: [bridge, bridge] #<"),
    Case("no_exchange_point", "[0].points[0]", "points: [bridge]", "points: [zolote] #<"),
    Case("missing_field", "[0].window.to", ", to: 2016-05-01T20:00:00+03:00}", "} #<"),
    Case(
        "reversed_interval", "[0].window", "T20:00:00+03:00}\n    tr", "T07:00:00+03:00} #<\n    tr"
    ),
    Case("empty_interval", "[0].window", "T20:00:00+03:00}\n    tr", "T08:00:00+03:00} #<\n    tr"),
    Case(
        "outside_agreement",
        "[0].window",
        "to: 2016-05-01T20:00:00+03:00}\n    tr",
        "to: 2022-05-01T20:00:00Z} #<\n    tr",
    ),
    Case(
        "unknown_word",
        "[0].truce.prohibits[1]",
        "[explosion, shot]\n      w",
        "[explosion, shoot] #<\n      w",
    ),
    Case(
        "listed_twice",
        "[0].truce.prohibits",
        "[explosion, shot]\n      w",
        "[shot, shot] #<\n      w",
    ),
    Case("listed_twice", "[0].truce.weapons", "[mortar]", "[mortar, mortar] #<"),
    Case("listed_twice", "[0].truce.guarantors", "[osce]", "[osce, osce] #<"),
    Case("unknown_guarantor", "[0].truce.guarantors[0]", "[osce]", "[ua] #<"),
    Case(
        "not_a_side",
        "[0].lists[0].handed_over_by",
        "- {handed_over_by: ua",
        "- {handed_over_by: osce #<\n        ",
    ),
    Case("listed_twice", "[0].lists[2]", "nga, category: remains}", "nga, category: prisoners} #<"),
    Case("unknown_word", "[0].lists[2].category", "category: remains}", "category: hostages} #<"),
    Case("out_of_range", "[0].lists[0].count", "count: 124}", "count: 0} #<"),
)


def _mistakes(text: str) -> list[tuple[str, str, int | None]]:
    found = examine_agreement(text, {"zones.geojson": ZONES_GEOJSON})
    return [(mistake.code, mistake.path, mistake.line) for mistake in found.mistakes]


def test_a_sound_exchange_has_no_mistake_and_names_its_point() -> None:
    found = examine_agreement(SOUND, {"zones.geojson": ZONES_GEOJSON})
    assert (found.mistakes, found.advice) == ((), ())
    assert found.document is not None
    assert [one.count for one in found.document.exchanges[0].lists] == [124, 76, None]


@pytest.mark.parametrize("broken", CASES, ids=lambda c: f"{c.code}-{c.path}")
def test_a_mistake_in_an_exchange_is_found_alone_at_its_line_and_path(broken: Case) -> None:
    text = edited(SOUND, (broken.old, broken.new))
    found = examine_agreement(text, {"zones.geojson": ZONES_GEOJSON})
    placed = [(m.code, m.path, m.line) for m in found.mistakes]
    assert placed == [(broken.code, f"exchanges{broken.path}", marked_line(text))]
    assert broken.says in found.mistakes[0].message


@pytest.mark.parametrize(
    ("old", "new", "code", "path"),
    [
        ("  - id: 2\n", "  - id: 1\n", "duplicate_id", "exchanges[1].id"),
        ("id: second-silence", "id: silence", "duplicate_id", "exchanges[1].truce.id"),
    ],
)
def test_two_exchanges_are_told_apart_by_number_and_by_truce(
    old: str, new: str, code: str, path: str
) -> None:
    both = edited(SOUND, ("sources:\n", f"{SECOND}sources:\n"))
    assert _mistakes(both) == []
    assert [(c, p) for c, p, _ in _mistakes(edited(both, (old, new)))] == [(code, path)]


@pytest.mark.parametrize(
    ("first_ends", "second_begins", "sound"),
    [("12:00", "12:00", True), ("11:59", "12:00", False), ("20:00", "20:00", True)],
)
def test_a_point_is_drawn_for_the_whole_window_by_one_entry_or_several(
    first_ends: str, second_begins: str, sound: bool
) -> None:
    day = "2016-05-01T"
    valid = f"    valid: {{{{from: {day}{{}}:00+03:00, to: {day}{{}}:00+03:00}}}}\n"
    two = POINT + valid.format("08:00", first_ends)
    two += POINT + valid.format(second_begins, "20:30")
    codes = [code for code, _, _ in _mistakes(edited(SOUND, (POINT, two)))]
    assert codes == ([] if sound else ["point_not_drawn"])


WINDOW = "    window: {from: 2016-05-01T08:00:00+03:00, to: 2016-05-01T20:00:00+03:00}\n"
PHASE = "phases:\n  - {id: one, name: One, declared: true}\n"


@pytest.mark.parametrize(
    ("window", "fields", "codes"),
    [
        ("", "phase: one, time_zone: Europe/Kyiv, to_day: 2", []),
        ("", "phase: one, time_zone: Europe/Kyiv", [("window_without_end", "during")]),
        ("", "phase: two, time_zone: Europe/Kyiv, to_day: 2", [("unknown_phase", "during.phase")]),
        ("", "phase: one, time_zone: Kyiv, to_day: 2", [("unknown_time_zone", "during.time_zone")]),
        (
            "",
            "phase: one, time_zone: Europe/Kyiv, from_day: 2, to_day: 2",
            [("reversed_days", "during")],
        ),
        (WINDOW, "phase: one, time_zone: Europe/Kyiv, to_day: 2", [("two_windows", "during")]),
    ],
)
def test_an_exchange_takes_place_in_a_window_or_on_days_that_end(
    window: str, fields: str, codes: list[tuple[str, str]]
) -> None:
    days = f"{window}    during: {{{fields}}}\n"
    text = edited(SOUND, (WINDOW, days), ("exchanges:\n", f"{PHASE}exchanges:\n"))
    expected = [(code, f"exchanges[0].{path}") for code, path in codes]
    assert [(code, path) for code, path, _ in _mistakes(text)] == expected


def test_an_exchange_says_when_it_takes_place() -> None:
    found = [(code, path) for code, path, _ in _mistakes(edited(SOUND, (WINDOW, "")))]
    assert found == [("missing_field", "exchanges[0].window")]
