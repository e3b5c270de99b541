"""Each mistake of meaning is found alone, at its line and path, and nothing else with it."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from streams.documents.read import examine_agreement, examine_methodology
from tests.unit.streams.documents.test_diagnose import CASES as STRUCTURAL_CASES
from tests.unit.streams.documents.texts import (
    AGREEMENT,
    METHODOLOGY,
    ZONES_GEOJSON,
    edited,
    marked_line,
)


class Case(NamedTuple):
    code: str
    path: str
    edits: tuple[tuple[str, str], ...]
    says: str = ""


def case(code: str, path: str, old: str, new: str, says: str = "") -> Case:
    return Case(code, path, ((old, new),), says)


COUNTED = "    chainage: {tolerance_m: 20}\n"
ZOLOTE_RING = """\
        - - [38.50, 48.65]
          - [38.56, 48.65]
          - [38.56, 48.70]
          - [38.50, 48.70]
          - [38.50, 48.65]
"""
TERM_BEFORE_ITS_ZONE = """\
  - id: early
    clause: point 2
    text: before
    prohibits: [shot]
    where: {zones: [stanytsia]} #<
    severity: minor
    violation: fire_into_zone
    valid: {from: 2016-01-01T00:00:00Z, to: 2016-09-20T21:00:00Z}
"""
SECOND_ZONE = """\
  - id: zolote #<
    kind: disengagement_area
    name: Zolote, moved
    geometry: {{file: zones.geojson, feature: petrivske}}
    valid: {{from: {start}}}
  - id: petrivske
"""

FIRST_TERM = "    severity: grave\n    violation: fire_into_zone\n"


def of_the_term(code: str, path: str, lines: str, says: str = "") -> Case:
    """The first term has these lines as well; the mark stands in one of them."""
    return case(code, f"terms[0].{path}", FIRST_TERM, FIRST_TERM + lines, says)


def daily(fields: str) -> str:
    return f"    when:\n      - {{type: daily, time_zone: Europe/Kyiv, {fields}}} #<\n"


def recurring(rule: str) -> str:
    window = "type: recurring, time_zone: Europe/Kyiv, start: 2016-01-01T06:00, minutes: 60"
    return f"    when:\n      - {{{window}, rule: {rule}}} #<\n"


def of_a_phase(code: str, path: str, fields: str, says: str = "") -> Case:
    """The first term holds on days of the phase `one`."""
    during = f"    during: {{phase: one, time_zone: Europe/Kyiv, {fields}}} #<\n"
    edits = (
        *phases("phases:\n  - {id: one, name: One, declared: true}\n"),
        (FIRST_TERM, FIRST_TERM + during),
    )
    return Case(code, f"terms[0].{path}", edits, says)


def phases(text: str) -> tuple[tuple[str, str], ...]:
    """The agreement with these phases and measures."""
    return (("guarantors:\n", f"{text}guarantors:\n"),)


KEY = "CT5h6E0wX8OFccm4UU6mKb5La1GnfyzYgNt1evgkS6A"


def keys(code: str, path: str, text: str, says: str = "") -> Case:
    """The first party has these keys."""
    return case(code, path, "    name: Ukraine\n", f"    name: Ukraine\n    keys: {text}\n", says)


HOUR_CASES = (
    of_the_term(
        "unknown_time_zone",
        "when[0].time_zone",
        daily('from: "06:00", to: "22:00"').replace("Kyiv", "Kiyv"),
        "'Europe/Kyiv'?",
    ),
    of_the_term(
        "unknown_phase",
        "during.phase",
        "    during: {phase: one, time_zone: Europe/Kyiv} #<\n",
        "there is none",
    ),
    of_a_phase("unknown_phase", "during.until_phase", "until_phase: two", "there is one"),
    of_the_term("empty_hours", "when[0]", daily('from: "06:00", to: "06:00:00"'), "00:00 to 24:00"),
    of_the_term("hours_from_24", "when[0]", daily('from: "24:00", to: "06:00"'), "begin at 00:00"),
    of_the_term("wrong_format", "when[0].from", daily('from: "6:00", to: "22:00"'), "HH:MM"),
    of_the_term("wrong_format", "when[0].to", daily('from: "06:00", to: "24:01"'), "HH:MM"),
    of_the_term("wrong_type", "when[0].from", daily('from: 6.5, to: "22:00"'), 'write "6.5"'),
    of_the_term(
        "listed_twice",
        "when[0].weekdays",
        daily('from: "06:00", to: "22:00", weekdays: [monday, monday]'),
    ),
    of_the_term(
        "unknown_word",
        "when[0].weekdays[0]",
        daily('from: "06:00", to: "22:00", weekdays: [mon]'),
        "monday",
    ),
    of_the_term("unknown_word", "when[0].type", daily("to: x").replace("daily", "dayly"), "daily"),
    of_the_term("recurrence_invalid", "when[0]", recurring("FREQ=HOURLY"), "DAILY, WEEKLY"),
    of_the_term(
        "recurrence_invalid",
        "when[0]",
        recurring("FREQ=DAILY").replace("2016-01-01", "2016-02-30"),
        "cannot be read",
    ),
    of_the_term(
        "wrong_format",
        "when[0].start",
        recurring("FREQ=DAILY").replace("T06:00", "T06:00Z"),
        "without an offset",
    ),
    of_the_term(
        "out_of_range", "when[0].minutes", recurring("FREQ=DAILY").replace("60", "0"), "at least 1"
    ),
    of_a_phase("reversed_days", "during", "from_day: 14, to_day: 14", "after day 14"),
    of_a_phase("phase_ends_itself", "during", "until_phase: one", "'one'"),
    of_a_phase("out_of_range", "during.from_day", "from_day: -1", "at least 0"),
)

SECOND_TERM = "    severity: serious\n    violation: corridor_breach\n"


def of_the_other(code: str, path: str, lines: str, says: str = "") -> Case:
    """The second term, of road hazards on the north road, has these lines as well."""
    return case(code, f"terms[1].{path}", SECOND_TERM, SECOND_TERM + lines, says)


def excused(fields: str) -> str:
    return f"    exceptions:\n      - {{{fields}}} #<\n"


REQUIRES = "    requires: [weapon_presence] #<\n"
WHAT_CASES = (
    case(
        "nothing_prohibited",
        "terms[1]",
        "  - id: no-breach\n    clause: Package, point 7\n    text: the road stays free\n"
        "    prohibits: [road_hazard]\n",
        "  - id: no-breach #<\n    clause: Package, point 7\n    text: the road stays free\n",
        "'prohibits' nor 'requires'",
    ),
    of_the_other("prohibits_and_requires", "requires", REQUIRES, "one for each"),
    case(
        "not_prohibitable",
        "terms[1].requires[0]",
        "prohibits: [road_hazard]",
        "requires: [coverage] #<",
        "cannot be required",
    ),
    Case(
        "missing_is_required",
        "terms[1].prohibits",
        (
            ("violation: corridor_breach", "violation: weapon_missing_from_storage"),
            ("prohibits: [road_hazard]", "prohibits: [road_hazard] #<"),
        ),
        "requires: [weapon_presence]",
    ),
    of_the_term("detail_undetermined", "details[0]", "    details: [undetermined] #<\n"),
    of_the_term("detail_of_no_kind", "details[0]", "    details: [incoming] #<\n", "airburst"),
    of_the_other("detail_of_no_kind", "details[0]", "    details: [impact] #<\n", "none"),
    of_the_term("listed_twice", "details", "    details: [impact, impact] #<\n"),
    of_the_term("calibres_unbounded", "calibres", "    calibres: {} #<\n", "'min_mm' or 'max_mm'"),
    of_the_term(
        "calibres_reversed", "calibres", "    calibres: {min_mm: 152, max_mm: 100} #<\n", "152"
    ),
    of_the_term(
        "calibres_of_no_weapon",
        "calibres",
        "    weapons: [aircraft, mine]\n    calibres: {min_mm: 100} #<\n",
        "aircraft, mine",
    ),
    of_the_term("out_of_range", "calibres.min_mm", "    calibres: {min_mm: 0} #<\n"),
    of_the_term("out_of_range", "calibres.max_mm", "    calibres: {max_mm: 1001} #<\n"),
    of_the_term("out_of_range", "at_most", "    at_most: 0 #<\n"),
    of_the_term("number_of_other_kind", "at_least", "    at_least: 5 #<\n", "'at_most'"),
    Case(
        "number_of_other_kind",
        "terms[1].at_most",
        (
            ("prohibits: [road_hazard]", "requires: [weapon_presence]"),
            (SECOND_TERM, SECOND_TERM + "    at_most: 5 #<\n"),
        ),
        "'at_least'",
    ),
    case(
        "everywhere_and_more",
        "terms[1].where",
        "    where:\n      corridors:\n        - north\n",
        "    where: {everywhere: true, corridors: [north]} #<\n",
        "name none",
    ),
    case(
        "empty_where",
        "terms[1].where",
        "    where:\n      corridors:\n        - north\n",
        "    where: {everywhere: false} #<\n",
        "everywhere: true",
    ),
    of_the_term("unknown_word", "exceptions[0].name", excused("name: self_defence"), "known:"),
    of_the_term(
        "listed_twice",
        "exceptions[1]",
        "    exceptions:\n      - name: notified_repair\n      - name: notified_repair #<\n",
    ),
    of_the_term(
        "exception_of_no_kind",
        "exceptions[0]",
        excused("name: notified_repair, kinds: [troop_movement]"),
        "does not speak of",
    ),
    of_the_term(
        "outside_of_nothing",
        "exceptions[0]",
        excused("name: notified_repair, outside: {zones: [zolote]}"),
    ),
    of_the_term(
        "exercise_without_zone", "exceptions[0]", excused("name: live_fire_exercise_outside_zone")
    ),
    of_the_term(
        "unknown_zone",
        "exceptions[0].outside.zones[0]",
        excused("name: live_fire_exercise_outside_zone, outside: {zones: [zolot]}"),
        "'zolote'?",
    ),
    of_the_term(
        "unknown_corridor",
        "exceptions[0].outside.corridors[0]",
        excused("name: live_fire_exercise_outside_zone, outside: {corridors: [nroth]}"),
        "'north'?",
    ),
    of_the_term(
        "out_of_range",
        "exceptions[0].notice_hours",
        excused("name: notified_repair, notice_hours: -1"),
    ),
    of_the_term("unknown_term", "yields_to[0]", "    yields_to: [no-braech] #<\n", "'no-breach'?"),
    of_the_term("precedence_circle", "yields_to[0]", "    yields_to: [no-fire] #<\n", "'no-fire'"),
    of_the_term("listed_twice", "yields_to", "    yields_to: [no-breach, no-breach] #<\n"),
)


def test_terms_that_yield_in_a_circle_are_both_named() -> None:
    text = edited(
        AGREEMENT,
        (FIRST_TERM, FIRST_TERM + "    yields_to: [no-breach]\n"),
        (SECOND_TERM, SECOND_TERM + "    yields_to: [no-fire]\n"),
    )
    paths = ["terms[0].yields_to[0]", "terms[1].yields_to[0]"]
    assert _codes(text) == [("precedence_circle", path) for path in paths]


GUNS = "measures:\n  - {id: guns, name: Guns, clause: point 3, party: ua"

KEPT_ELSEWHERE = """\
  - id: kept #<
    clause: point 9
    text: the guns stay where they are
    requires: [explosion]
    where: {zones: [zolote]}
    severity: serious
    violation: zone_presence
"""
AFTER_IT = "    valid: {from: 2017-01-01T00:00:00Z}\n"


def in_the_hours(*hours: tuple[str, str]) -> str:
    zone = "type: daily, time_zone: Europe/Kyiv"
    windows = ", ".join(f"{{{zone}, from: '{opens}', to: '{closes}'}}" for opens, closes in hours)
    return f"    when: [{windows}]\n"


IN_THE_MORNING = in_the_hours(("06:00", "12:00"))
IN_THE_AFTERNOON = in_the_hours(("12:00", "24:00"))
OVERLAP_CASES = (
    case(
        "contradiction",
        "terms[1]",
        "  - id: no-breach\n",
        KEPT_ELSEWHERE + "  - id: no-breach\n",
        "requires explosion where and when the term 'no-fire', line",
    ),
    Case(
        "contradiction",
        "terms[1]",
        (
            (FIRST_TERM, FIRST_TERM + "    calibres: {max_mm: 100}\n"),
            (
                "  - id: no-breach\n",
                KEPT_ELSEWHERE + "    calibres: {min_mm: 100}\n" + "  - id: no-breach\n",
            ),
        ),
    ),
    Case(
        "contradiction",
        "terms[1]",
        (
            (FIRST_TERM, FIRST_TERM + IN_THE_MORNING),
            (
                "  - id: no-breach\n",
                KEPT_ELSEWHERE + IN_THE_AFTERNOON.replace("12:00", "11:59") + "  - id: no-breach\n",
            ),
        ),
    ),
)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (IN_THE_MORNING, IN_THE_AFTERNOON),
        ("    yields_to: [kept]\n", ""),
        ("", "    yields_to: [no-fire]\n"),
        ("    weapons: [mortar]\n", "    weapons: [artillery]\n"),
        ("    at_most: 5\n", "    at_least: 5\n"),
        ("    calibres: {max_mm: 99}\n", "    calibres: {min_mm: 100}\n"),
        ("    calibres: {min_mm: 153}\n", "    calibres: {min_mm: 100, max_mm: 152}\n"),
        ("    valid: {from: 2016-01-01T00:00:00Z, to: 2017-01-01T00:00:00Z}\n", AFTER_IT),
    ],
)
def test_terms_that_never_meet_do_not_contradict_each_other(first: str, second: str) -> None:
    kept = KEPT_ELSEWHERE + second + "  - id: no-breach\n"
    text = edited(AGREEMENT, (FIRST_TERM, FIRST_TERM + first), ("  - id: no-breach\n", kept))
    assert _codes(text) == []


def test_hours_that_no_term_covers_are_advice_and_no_mistake() -> None:
    text = edited(
        AGREEMENT, (FIRST_TERM, FIRST_TERM + IN_THE_MORNING), ("id: no-fire", "id: no-fire #<")
    )
    found = examine_agreement(text, {"zones.geojson": ZONES_GEOJSON}, file="a.yaml")
    assert found.mistakes == ()
    assert {(a.code, a.path, a.line) for a in found.advice} == {
        ("uncovered_hours", "terms[0]", marked_line(text))
    }
    assert "from 2015-02-14 22:00 to 2015-02-15 04:00 (UTC)" in found.advice[0].message


def uncovered(*edits: tuple[str, str]) -> list[str]:
    found = examine_agreement(edited(AGREEMENT, *edits), {"zones.geojson": ZONES_GEOJSON})
    assert found.mistakes == ()
    return [a.message for a in found.advice if a.code == "uncovered_hours"]


def test_a_time_at_which_no_term_is_valid_any_more_is_not_covered() -> None:
    ends = "    valid: {from: 2016-01-01T00:00:00Z, to: 2018-01-01T00:00:00Z}\n"
    (said,) = uncovered((FIRST_TERM, FIRST_TERM + ends))
    # What begins later than the agreement is meant so; what ends before it may be forgotten.
    assert "from 2018-01-01 00:00 to 2021-01-01 00:00 (UTC)" in said
    assert "'petrivske', 'stanytsia', 'zolote'" in said


@pytest.mark.parametrize(("until", "gaps"), [("2017-01-01", 0), ("2016-12-31", 1)])
def test_where_a_place_is_in_force_no_longer_nothing_need_cover_it(until: str, gaps: int) -> None:
    ends = f"    valid: {{from: 2016-01-01T00:00:00Z, to: {until}T00:00:00+02:00}}\n"
    corridor_alone = ("    prohibits: [road_hazard]\n", "    prohibits: [road_hazard]\n" + ends)
    assert len(uncovered(corridor_alone)) == gaps


def test_terms_that_cover_all_hours_together_leave_none_uncovered() -> None:
    all_day = in_the_hours(("00:00", "12:00"), ("12:00", "24:00"))
    text = edited(AGREEMENT, (FIRST_TERM, FIRST_TERM + all_day))
    found = examine_agreement(text, {"zones.geojson": ZONES_GEOJSON})
    assert (found.mistakes, found.advice) == ((), ())


AGREEMENT_CASES = (
    *OVERLAP_CASES,
    *HOUR_CASES,
    *WHAT_CASES,
    Case(
        "duplicate_id",
        "phases[1].id",
        phases(
            "phases:\n  - {id: p, name: P, declared: true}\n"
            "  - {id: p, #<\n name: Q, declared: true}\n"
        ),
    ),
    Case("never_begins", "phases[0]", phases("phases:\n  - {id: p, name: P} #<\n")),
    Case(
        "begins_twice",
        "phases[0]",
        phases("phases:\n  - {id: p, name: P, declared: true, on: 2016-10-01T00:00:00Z} #<\n"),
    ),
    Case(
        "unknown_measure",
        "phases[0].gated_by[0]",
        phases(f"phases:\n  - {{id: p, name: P, gated_by: [gunz]}} #<\n{GUNS}}}\n"),
        "'guns'?",
    ),
    Case(
        "unknown_party",
        "measures[0].party",
        phases("measures:\n  - {id: guns, name: Guns, clause: point 3, party: uaa} #<\n"),
        "'ua'?",
    ),
    Case(
        "unknown_phase",
        "measures[0].due.phase",
        phases(f"{GUNS}, due: {{phase: two, days: 3}}}} #<\n"),
        "there is none",
    ),
    Case("unclear_deadline", "measures[0].due", phases(f"{GUNS}, due: {{days: 3}}}} #<\n")),
    Case(
        "waits_for_itself",
        "measures[0].due",
        phases(
            "phases:\n  - {id: p, name: P, gated_by: [guns]}\n"
            f"{GUNS}, due: {{phase: p, days: 3}}}} #<\n"
        ),
    ),
    Case(
        "repeats_without_deadline", "measures[0]", phases(f"{GUNS}, repeats: {{times: 3}}}} #<\n")
    ),
    Case(
        "repeats_too_long",
        "measures[0]",
        phases(
            f"measures:\n  - {{id: {'g' * 63}, #<\n     name: Guns, clause: point 3, party: ua, "
            "due: {on: 2016-10-01T00:00:00Z}, repeats: {times: 3}}\n"
        ),
    ),
    Case(
        "repeats_taken",
        "measures[0]",
        phases(
            f"{GUNS}, due: {{on: 2016-10-01T00:00:00Z}}, repeats: {{times: 3}}}} #<\n"
            "  - {id: guns.2, name: Guns, clause: point 4, party: ua}\n"
        ),
    ),
    case(
        "duplicate_id",
        "parties[2].id",
        "guarantors:\n",
        "  - {id: ua, #<\n    name: Again}\nguarantors:\n",
        "in line 10",
    ),
    case("duplicate_id", "guarantors[0].id", "{id: osce,", "{id: ua, #<\n    ", "in line 10"),
    case("duplicate_id", "terms[1].id", "id: no-breach", "id: no-fire #<"),
    case("duplicate_id", "sources[1].id", "id: ua-brigade", "id: jccc #<", "'revoked_at'"),
    Case(
        "changes_party",
        "sources[1].id",
        (
            ("  - id: jccc\n", "  - id: jccc\n    revoked_at: 2016-01-01T00:00:00Z\n"),
            ("id: ua-brigade\n", "id: jccc #<\n    valid: {from: 2016-01-01T00:00:00Z}\n"),
        ),
        "no party",
    ),
    keys("not_a_key", "parties[0].keys[0].public_key", f"[{{id: a, public_key: {'A' * 42}B}}] #<"),
    keys("not_a_key", "parties[0].keys[0].public_key", "[{id: a, public_key: short}] #<", "keygen"),
    keys(
        "key_twice",
        "parties[0].keys[1].public_key",
        f"[{{id: a, public_key: {KEY}}}, {{id: b, public_key: {KEY}}}] #<",
    ),
    keys(
        "duplicate_id",
        "parties[0].keys[1].id",
        f"[{{id: a, public_key: {KEY}}}, {{id: a, public_key: {'A' * 43}}}] #<",
    ),
    keys(
        "empty_interval",
        "parties[0].keys[0].valid",
        f"[{{id: a, public_key: {KEY},"
        " valid: {from: 2016-01-01T00:00:00Z, to: 2016-01-01T00:00:00Z}}] #<",
    ),
    *(
        case(
            code, f"sources[0].{path}", "  - id: jccc\n", f"  - id: jccc\n    keys: {text}\n", says
        )
        for code, path, text, says in (
            ("not_a_key", "keys[0].public_key", "[{id: a, public_key: short}] #<", "keygen"),
            (
                "key_twice",
                "keys[1].public_key",
                f"[{{id: a, public_key: {KEY}}}, {{id: b, public_key: {KEY}}}] #<",
                "stands in line",
            ),
            (
                "duplicate_id",
                "keys[1].id",
                f"[{{id: a, public_key: {KEY}}}, {{id: a, public_key: {'A' * 43}}}] #<",
                "a key of this source",
            ),
            (
                "empty_interval",
                "keys[0].valid",
                (
                    f"[{{id: a, public_key: {KEY},"
                    " valid: {from: 2016-01-01T00:00:00Z, to: 2016-01-01T00:00:00Z}}] #<"
                ),
                "no moment",
            ),
            (
                "revoked_before",
                "keys[0].revoked_at",
                (
                    f"[{{id: a, public_key: {KEY}, valid: {{from: 2016-01-01T00:00:00Z}},"
                    " revoked_at: 2016-01-01T00:00:00Z}] #<"
                ),
                "before it begins",
            ),
            (
                "key_never_holds",
                "keys[0].valid",
                (
                    f"[{{id: a, public_key: {KEY},"
                    " valid: {from: 2015-01-01T00:00:00Z, to: 2015-02-14T21:59:59Z}}] #<"
                ),
                "when the agreement is not",
            ),
            (
                "key_never_holds",
                "keys[0].valid",
                (
                    f"[{{id: a, public_key: {KEY}, valid: {{from: 2016-01-02T00:00:00Z}}}}] #<\n"
                    "    valid: {from: 2016-01-01T00:00:00Z, to: 2016-01-02T00:00:00Z}"
                ),
                "no rights",
            ),
        )
    ),
    keys(
        "revoked_before",
        "parties[0].keys[0].revoked_at",
        f"[{{id: a, public_key: {KEY}, valid: {{from: 2016-01-01T00:00:00Z}},"
        " revoked_at: 2015-01-01T00:00:00Z}] #<",
    ),
    case(
        "revoked_before",
        "sources[0].revoked_at",
        "  - id: jccc\n",
        "  - id: jccc\n    valid: {from: 2016-01-01T00:00:00Z}\n"
        "    revoked_at: 2016-01-01T00:00:00Z #<\n",
    ),
    case(
        "duplicate_id",
        "zones[1].id",
        "  - id: petrivske\n",
        SECOND_ZONE.format(start="2018-01-01T00:00:00Z"),
        "no two at one time",
    ),
    case("unknown_zone", "terms[0].where.zones[0]", "- zolote\n", "- zolotte #<\n", "'zolote'?"),
    case(
        "unknown_corridor",
        "terms[1].where.corridors[0]",
        "        - north\n",
        "        - xyz #<\n",
        "there is north",
    ),
    Case(
        "unknown_corridor",
        "sources[1].corridors[0]",
        (("    party: ua\n    corridors:\n      - north\n", "    corridors: [nord] #<\n"),),
    ),
    case("unknown_party", "terms[0].binds[0]", "      - ua\n", "      - uaa #<\n", "'ua'?"),
    case("unknown_party", "sources[1].party", "party: ua", "party: osce #<", "a guarantor"),
    case(
        "unused_zone_kind",
        "terms[0].where.zone_kinds[0]",
        "        - security_zone\n",
        "        - no_fly_area #<\n",
        "there is corridor, disengagement_area, security_zone",
    ),
    case("listed_twice", "terms[0].prohibits", "- shot", "- explosion #<"),
    case("listed_twice", "terms[0].binds", "      - nga\n", "      - ua #<\n"),
    case("listed_twice", "sources[0].rights", "      - close\n", "      - open #<\n"),
    case(
        "empty_where",
        "terms[1].where",
        "    where:\n      corridors:\n        - north\n",
        "    where: {zones: []} #<\n",
    ),
    case(
        "reversed_interval",
        "corridors[0].windows[0]",
        "- from: 2016-05-01T08:00:00+03:00",
        "- from: 2016-05-01T13:00:00+03:00 #<",
        "before it begins",
    ),
    case(
        "reversed_interval",
        "valid",
        '  from: "2015-02-15T00:00:00+02:00"',
        "  from: 2022-02-15T00:00:00+02:00 #<",
    ),
    case(
        "empty_interval",
        "corridors[0].windows[0]",
        "- from: 2016-05-01T08:00:00+03:00",
        "- from: 2016-05-01T09:00:00Z #<",
        "holds no moment",
    ),
    case(
        "outside_agreement",
        "zones[2].valid",
        'from: "2016-09-21T00:00:00+03:00"',
        'from: "2014-09-21T00:00:00+03:00" #<',
        "before the agreement's validity",
    ),
    case(
        "outside_agreement",
        "zones[2].valid",
        'from: "2016-09-21T00:00:00+03:00"',
        'from: "2021-09-21T00:00:00+03:00" #<',
        "after the agreement's validity ends",
    ),
    case(
        "outside_agreement",
        "sources[0].valid",
        "  - id: jccc\n",
        "  - id: jccc\n    valid: {from: 2016-01-01T00:00:00Z, to: 2021-01-01T00:00:01Z} #<\n",
        "ends (2021-01-01T00:00:01+00:00) after",
    ),
    case(
        "outside_corridor",
        "corridors[0].windows[1]",
        "- from: 2016-05-01T12:00:00+03:00\n        to: 2016-05-01T20:00:00+03:00",
        "- from: 2018-05-01T12:00:00+03:00 #<\n        to: 2018-05-01T20:00:00+03:00",
    ),
    case("agreed_when", "version", "version: 1\n", "version: 2 #<\n", "'agreed_at'"),
    Case(
        "retroactive_unsaid",
        "terms[0]",
        (
            ("version: 1\n", "version: 2\nagreed_at: 2016-06-01T00:00:00Z\n"),
            ("violation: corridor_breach\n", "violation: corridor_breach\n    retroactive: true\n"),
            ("  - id: no-fire\n", "  - id: no-fire #<\n"),
        ),
        "before this version was agreed",
    ),
    case(
        "missing_utc_offset",
        "agreed_at",
        "version: 1\n",
        "version: 2\nagreed_at: 2016-06-01T00:00:00 #<\n",
    ),
    of_the_term("reaches_nothing", "retroactive", "    retroactive: true #<\n", "no earlier"),
    case(
        "overlapping_windows",
        "corridors[0].windows[1]",
        "- from: 2016-05-01T12:00:00+03:00",
        "- from: 2016-05-01T11:59:59+03:00 #<",
    ),
    Case(
        "never_in_force",
        "terms[2].where.zones[0]",
        (
            (
                "corridors:\n  - id: north",
                TERM_BEFORE_ITS_ZONE + "corridors:\n  - id: north",
            ),
        ),
    ),
    case("not_prohibitable", "terms[0].prohibits[1]", "- shot", "- coverage #<"),
    case(
        "party_opens",
        "sources[1].rights[0]",
        "      - close\n    party",
        "      - open #<\n    party",
    ),
    case(
        "self_intersection",
        "zones[0].geometry.coordinates[0][0]",
        ZOLOTE_RING,
        "        - - [38.50, 48.65] #<\n          - [38.56, 48.70]\n          - [38.56, 48.65]\n"
        "          - [38.50, 48.70]\n          - [38.50, 48.65]\n",
        "38.53",
    ),
    case(
        "unclosed_ring",
        "zones[0].geometry.coordinates[0]",
        ZOLOTE_RING,
        "        - - [38.50, 48.65] #<\n          - [38.56, 48.65]\n          - [38.56, 48.70]\n"
        "          - [38.50, 48.70]\n",
    ),
    case(
        "zero_area",
        "zones[0].geometry.coordinates[0]",
        ZOLOTE_RING,
        "        - - [38.50, 48.65] #<\n          - [38.56, 48.65]\n          - [38.58, 48.65]\n"
        "          - [38.50, 48.65]\n",
    ),
    case(
        "too_few_positions",
        "zones[0].geometry.coordinates[0]",
        ZOLOTE_RING,
        "        - - [38.50, 48.65] #<\n          - [38.56, 48.65]\n          - [38.50, 48.65]\n",
    ),
    case(
        "lon_lat_swapped",
        "zones[2].geometry",
        "      type: Polygon\n      coordinates: [[[39.4, 48.6], [39.5, 48.6], [39.5, 48.7],"
        " [39.4, 48.7], [39.4, 48.6]]]",
        "      type: Polygon #<\n      coordinates: [[[48.6, 39.4], [48.6, 39.5], [48.7, 39.5],"
        " [48.7, 39.4], [48.6, 39.4]]]",
        "swapped it would be",
    ),
    case(
        "route_far",
        "corridors[0].route",
        "route: {file: zones.geojson, feature: 7}",
        "route: {type: LineString, coordinates: [[30.1, 4.8], [30.2, 4.9]]} #<",
        "km from the nearest zone",
    ),
    case(
        "chainage_tolerance",
        "corridors[0].chainage.tolerance_m",
        "route: {file: zones.geojson, feature: 7}",
        "route: {type: LineString, coordinates: [[38.50, 48.66], [38.51, 48.66]]}\n"
        "    chainage: {tolerance_m: 900} #<",
        "on a route of 737 m",
    ),
    *(
        case(
            code,
            f"corridors[0].{path}",
            "route: {file: zones.geojson, feature: 7}",
            "route: {type: LineString, coordinates: [[38.50, 48.66], [38.51, 48.66]]}\n" + parts,
            said,
        )
        for code, path, parts, said in (
            (
                "parts_without_chainage",
                "crossings[0]",
                "    crossings:\n      - {id: bridge, at_km: 0.2} #<",
                "how they are counted",
            ),
            (
                "mark_off_the_route",
                "crossings[0].at_km",
                f"{COUNTED}    crossings:\n      - {{id: bridge, at_km: 0.8}} #<",
                "km 0-0.737",
            ),
            (
                "duplicate_id",
                "crossings[0].id",
                (
                    f"{COUNTED}    segments: [{{id: north}}]\n"
                    "    crossings:\n      - {id: north, at_km: 0.2} #<"
                ),
                "another part",
            ),
            (
                "segment_end",
                "segments[0]",
                f"{COUNTED}    segments:\n      - {{id: north}} #<\n      - {{id: south}}",
                "where the next segment begins",
            ),
            (
                "segment_end",
                "segments[1]",
                (
                    f"{COUNTED}    segments:\n      - {{id: north, to_km: 0.5}}\n"
                    "      - {id: middle, to_km: 0.4} #<\n      - {id: south}"
                ),
                "begins at km 0.5",
            ),
            (
                "segment_end",
                "segments[0]",
                f"{COUNTED}    segments:\n      - {{id: north, to_km: 0.5}} #<",
                "leave 'to_km' out",
            ),
        )
    ),
)


@pytest.mark.parametrize(
    ("code", "positions"),
    [
        ("route_invalid", "[[0, 89.9], [90, 89.99]]"),
        ("zone_too_wide", "[[-179, 0], [0, 0], [179, 0]]"),
    ],
)
def test_a_route_that_is_sound_and_cannot_be_judged_by_is_a_mistake(
    code: str, positions: str
) -> None:
    start, rest = AGREEMENT.split("zones:\n", 1)
    without_zones = edited(
        start + "terms:\n" + rest.split("\nterms:\n", 1)[1],
        ("      zones:\n        - zolote\n        - petrivske\n", ""),
        ("        - security_zone\n", "        - corridor\n"),
        ("{file: zones.geojson, feature: 7}", f"{{type: LineString, coordinates: {positions}}}"),
    )
    assert _codes(without_zones) == [(code, "corridors[0].route")]


METHODOLOGY_CASES = (
    case("thresholds_reversed", "thresholds.possible", "possible: 0.5", "possible: 0.96 #<"),
    case("listed_twice", "default_accuracy[1].means", "means: heard", "means: camera #<"),
    case("listed_twice", "sufficient_means", "  - saw", "  - heard #<"),
    case(
        "no_sufficient_means",
        "sufficient_means",
        "sufficient_means:\n  - heard\n  - saw\n  - camera\n",
        "sufficient_means: [] #<\n",
    ),
    case("accuracy_below_floor", "default_accuracy[0].accuracy_m", "_m: 100", "_m: 4.9 #<"),
    case("accuracy_below_floor", "accuracy_otherwise_m", "_m: 250", "_m: 4 #<"),
    case("reversed_interval", "valid", "00+02:00\n", "00+02:00 #<\n  to: 2014-01-01T00:00:00Z\n"),
    case("incidents_too_small", "incidents.largest_m", "_m: 10000", "_m: 1999 #<"),
    case("unknown_time_zone", "incidents.time_zone", "Europe/Kyiv", "Europe/Kiew #<"),
)


def test_the_sound_documents_have_no_mistake_and_no_advice() -> None:
    agreement = examine_agreement(AGREEMENT, {"zones.geojson": ZONES_GEOJSON})
    methodology = examine_methodology(METHODOLOGY)
    assert (agreement.mistakes, agreement.advice) == ((), ())
    assert (methodology.mistakes, methodology.advice) == ((), ())


@pytest.mark.parametrize("broken", AGREEMENT_CASES, ids=lambda c: f"{c.code}-{c.path}")
def test_a_mistake_in_an_agreement_is_found_alone_at_its_line_and_path(broken: Case) -> None:
    text = edited(AGREEMENT, *broken.edits)
    found = examine_agreement(text, {"zones.geojson": ZONES_GEOJSON}, file="a.yaml")
    placed = [(m.code, m.path, m.line, m.file) for m in found.mistakes]
    assert placed == [(broken.code, broken.path, marked_line(text), "a.yaml")]
    assert broken.says in found.mistakes[0].message


@pytest.mark.parametrize("broken", METHODOLOGY_CASES, ids=lambda c: f"{c.code}-{c.path}")
def test_a_mistake_in_a_methodology_is_found_alone_at_its_line_and_path(broken: Case) -> None:
    text = edited(METHODOLOGY, *broken.edits)
    found = examine_methodology(text, file="m.yaml")
    placed = [(m.code, m.path, m.line, m.file) for m in found.mistakes]
    assert placed == [(broken.code, broken.path, marked_line(text), "m.yaml")]


def _codes(text: str) -> list[tuple[str, str]]:
    found = examine_agreement(text, {"zones.geojson": ZONES_GEOJSON})
    return [(mistake.code, mistake.path) for mistake in found.mistakes]


def test_a_zone_that_moves_has_one_id_and_intervals_that_touch_without_overlapping() -> None:
    text = edited(
        AGREEMENT,
        ("  - id: petrivske\n", SECOND_ZONE.format(start="2018-01-01T00:00:00Z")),
        (
            "    name: Zolote\n",
            "    name: Zolote\n    valid: {from: 2016-01-01T00:00:00Z, to: 2018-01-01T00:00:00Z}\n",
        ),
    )
    assert _codes(text) == []


def test_a_term_reaches_a_zone_that_moved_if_one_of_its_entries_is_in_force() -> None:
    moved = edited(
        AGREEMENT,
        ("  - id: petrivske\n", SECOND_ZONE.format(start="2018-01-01T00:00:00Z")),
        (
            "    name: Zolote\n",
            "    name: Zolote\n    valid: {from: 2016-01-01T00:00:00Z, to: 2018-01-01T00:00:00Z}\n",
        ),
    )
    late, never = "2019-01-01T00:00:00Z", "2015-03-01T00:00:00Z"
    for start, end, codes in (
        (late, "2019-02-01T00:00:00Z", []),
        (never, "2015-04-01T00:00:00Z", [("never_in_force", "terms[0].where.zones[0]")]),
    ):
        valid = f"    severity: grave\n    valid: {{from: {start}, to: {end}}}\n"
        assert _codes(edited(moved, ("    severity: grave\n", valid))) == codes


def test_an_amendment_reaches_back_by_the_clauses_that_say_so_alone() -> None:
    amended = ("version: 1\n", "version: 2\nagreed_at: 2016-06-01T00:00:00Z\n")
    back = "violation: corridor_breach\n    retroactive: true\n"
    later = FIRST_TERM + "    valid: {from: 2016-06-01T00:00:00Z}\n"
    text = edited(AGREEMENT, amended, ("violation: corridor_breach\n", back), (FIRST_TERM, later))
    assert not _codes(text)


def test_mistakes_of_structure_and_of_meaning_in_one_document_are_all_found_at_once() -> None:
    text = edited(
        AGREEMENT,
        ("title: Contact line\n", "titel: Contact line\n"),  # two: one unknown, one missing
        ("to: 2017-01-01T00:00:00+02:00", "to: 2017-01-01T00:00:00"),
        ("id: zolote\n    kind: disengagement_area", "id: zolote\n    kind: disengagment_area"),
        ("          - [38.56, 48.65]\n", ""),
        ("          - [38.50, 48.70]\n", "          - [38.50, 48.70, 12, 13]\n"),
        ("feature: petrivske", "feature: petrovske"),
        ('from: "2016-09-21T00:00:00+03:00"', 'from: "2014-09-21T00:00:00+03:00"'),
        ("- shot", "- shoot"),
        ("        - petrivske\n", "        - petrivsk\n"),
        ("severity: grave", "severity: graver"),
        ("width_m: 500", "width_m: 0"),
        ("- from: 2016-05-01T12:00:00+03:00", "- from: 2016-05-01T11:00:00+03:00"),
        ("    party: ua", "    party: uk"),
        ("  - id: ua-brigade\n", "  - id: jccc\n"),
    )
    assert sorted(_codes(text)) == [
        ("duplicate_id", "sources[1].id"),
        ("missing_field", "title"),
        ("missing_utc_offset", "corridors[0].valid.to"),
        ("out_of_range", "corridors[0].width_m"),
        ("outside_agreement", "zones[2].valid"),
        ("overlapping_windows", "corridors[0].windows[1]"),
        ("unknown_feature", "zones[1].geometry.feature"),
        ("unknown_field", "titel"),
        ("unknown_party", "sources[1].party"),
        ("unknown_word", "terms[0].prohibits[1]"),
        ("unknown_word", "terms[0].severity"),
        ("unknown_word", "zones[0].kind"),
        ("unknown_zone", "terms[0].where.zones[1]"),
        ("wrong_length", "zones[0].geometry.coordinates[0][2]"),
    ]


def test_mistakes_come_sorted_by_file_and_line() -> None:
    text = edited(
        AGREEMENT,
        ("severity: serious", "severity: x"),
        ("id: contact-line", "id: contact line"),
        ("  - id: ua-brigade\n", "  - id: jccc\n"),
    )
    unclosed = edited(
        ZONES_GEOJSON,
        ("          [37.90, 47.84],\n          [37.90, 47.80]", "          [37.90, 47.84]"),
    )
    found = examine_agreement(text, {"zones.geojson": unclosed}, file="a.yaml")
    places = [(m.file, m.line) for m in found.mistakes]
    assert places == sorted(places)
    assert [m.file for m in found.mistakes] == ["a.yaml"] * 3 + ["zones.geojson"]


@pytest.mark.parametrize(
    ("lon", "lat"),
    [(35.4, 33.15), (38.3, 48.2), (-72.9, 6.1), (31.6, 6.9), (81.1, 8.3), (35.9, 33.0)],
    ids=["lebanon", "donbas", "colombia", "south sudan", "sri lanka", "golan"],
)
def test_swapped_zones_are_found_where_missions_work(lon: float, lat: float) -> None:
    centres = [(lon, lat), (lon + 0.2, lat + 0.1), (lon - 0.1, lat + 0.2), (lon + 0.1, lat)]
    assert _swapped(centres) == []
    for number, (x, y) in enumerate(centres):
        swapped = [*centres[:number], (y, x), *centres[number + 1 :]]
        assert _swapped(swapped) == [f"zones[{number}].geometry"]


def test_of_two_zones_that_mirror_each_other_the_route_tells_which_is_swapped() -> None:
    assert _swapped([(38.3, 48.2), (48.2, 38.3)]) == ["zones[1].geometry"]


def test_a_far_zone_that_is_no_mirror_image_is_not_called_swapped() -> None:
    assert _swapped([(38.3, 48.2), (38.4, 48.3), (24.0, 49.8), (60.6, 56.8)]) == []


def _swapped(centres: list[tuple[float, float]]) -> list[str]:
    zones = "".join(
        f"  - id: z{number}\n    kind: security_zone\n    name: Z\n    geometry:\n"
        f"      type: Polygon\n      coordinates: [[[{x}, {y}], [{x + 0.01}, {y}],"
        f" [{x}, {y + 0.01}], [{x}, {y}]]]\n"
        for number, (x, y) in enumerate(centres)
    )
    start, rest = AGREEMENT.split("zones:\n", 1)
    text = start + "zones:\n" + zones + "terms:\n" + rest.split("\nterms:\n", 1)[1]
    return [path for code, path in _codes(text) if code == "lon_lat_swapped"]


def test_a_swap_that_leaves_the_latitudes_range_is_named_as_well() -> None:
    ring = "[[[8.3, 121.1], [8.3, 121.2], [8.4, 121.2], [8.3, 121.1]]]"
    good = "[[[121.1, 8.3], [121.2, 8.3], [121.2, 8.4], [121.1, 8.3]]]"
    zones = "".join(
        f"  - id: z{n}\n    kind: security_zone\n    name: Z\n    geometry:\n"
        f"      type: Polygon\n      coordinates: {coordinates}\n"
        for n, coordinates in enumerate([good, ring, good])
    )
    start, rest = AGREEMENT.split("zones:\n", 1)
    text = start + "zones:\n" + zones + "terms:\n" + rest.split("\nterms:\n", 1)[1]
    found = [code for code, path in _codes(text) if path.startswith("zones[1].geometry")]
    assert sorted(found) == ["lon_lat_swapped", "out_of_range"]


def test_a_long_route_that_begins_near_a_zone_is_not_far() -> None:
    line = "{type: LineString, coordinates: [[38, 48], [70, 50], [120, 50]]}"
    assert _codes(edited(AGREEMENT, ("{file: zones.geojson, feature: 7}", line))) == []


def test_a_zone_that_no_term_speaks_of_is_advice_and_no_mistake() -> None:
    text = edited(AGREEMENT, ("        - petrivske\n", ""), ("id: petrivske", "id: petrivske #<"))
    found = examine_agreement(text, {"zones.geojson": ZONES_GEOJSON}, file="a.yaml")
    assert found.mistakes == ()
    assert found.document is not None
    assert [(a.code, a.line) for a in found.advice] == [("unused_zone", marked_line(text))]


def test_a_party_that_may_settle_is_advice_and_no_mistake() -> None:
    text = edited(AGREEMENT, ("      - close\n    party", "      - settle #<\n    party"))
    found = examine_agreement(text, {"zones.geojson": ZONES_GEOJSON}, file="a.yaml")
    assert found.mistakes == ()
    assert [(a.code, a.path, a.line) for a in found.advice] == [
        ("party_settles", "sources[1].rights[0]", marked_line(text))
    ]


def test_a_party_without_keys_beside_one_that_has_some_is_advice() -> None:
    one = f"    name: Ukraine\n    keys: [{{id: a, public_key: {KEY}}}]\n"
    text = edited(AGREEMENT, ("    name: Ukraine\n", one), ("  - id: nga\n", "  - id: nga #<\n"))
    found = examine_agreement(text, {"zones.geojson": ZONES_GEOJSON}, file="a.yaml")
    assert found.mistakes == ()
    assert [(a.code, a.path, a.line) for a in found.advice] == [
        ("cannot_sign", "parties[1]", marked_line(text))
    ]


def test_a_source_may_have_an_entry_for_each_time_of_its_rights() -> None:
    text = edited(
        AGREEMENT,
        (
            "sources:\n",
            "sources:\n  - {id: jccc, rights: [settle], valid: {from: 2016-01-01T00:00:00Z}}\n",
        ),
        (
            "  - id: jccc\n    rights",
            "  - id: jccc\n    revoked_at: 2016-05-01T00:00:00Z\n    rights",
        ),
    )
    assert _codes(text) == []


def test_more_than_sixty_kinds_of_mistake_are_each_found_at_their_line() -> None:
    tested = {one.code for one in AGREEMENT_CASES}  # methodologies are not counted
    structural = {one.code for one in STRUCTURAL_CASES}
    assert len(tested | structural) >= 70


BASELINES = """\
baselines:
  - id: ua-line
    name: Positions of ua
    party: ua
    line: {type: LineString, coordinates: [[37.8, 48.0], [38.2, 48.3], [38.9, 48.5]]}
  - id: nga-line
    name: Positions of nga
    line: {file: zones.geojson, feature: 7}
zones:
"""
ZOLOTE = (
    """\
    name: Zolote
    geometry:
      type: Polygon
      coordinates:
"""
    + ZOLOTE_RING
)
DERIVED = """\
    name: Zolote
    geometry:
      {%s}
"""
STRIP = "type: strip, baseline: ua-line, side: left, to_m: 25000"
AROUND = "type: around, distance_m: 500, facility: "


def derived(geometry: str, *edits: tuple[str, str]) -> str:
    """The sound agreement with baselines, and zolote written by metres."""
    return edited(AGREEMENT, ("zones:\n", BASELINES), (ZOLOTE, DERIVED % geometry), *edits)


@pytest.mark.parametrize(
    "geometry",
    [
        STRIP,
        STRIP + ", from_m: 10000",
        "type: strip, baseline: nga-line, side: both, to_m: 500",
        "type: around, distance_m: 500, facility: {type: Point, coordinates: [38.5, 48.6]}",
        AROUND + "{file: zones.geojson, feature: petrivske}",
        AROUND + "{file: zones.geojson, feature: 7}",
    ],
)
def test_zones_by_metres_are_sound(geometry: str) -> None:
    assert _codes(derived(geometry)) == []


def on_a_line(geometry: str) -> str:
    """The sound agreement, in which zolote is a line."""
    return derived(
        geometry, ("kind: disengagement_area\n    name: Zolote\n", "kind: line\n    name: Zolote\n")
    )


def test_a_line_is_a_strip_of_both_its_sides() -> None:
    assert _codes(on_a_line("type: strip, baseline: ua-line, side: both, to_m: 100")) == []


@pytest.mark.parametrize(
    "geometry",
    [
        STRIP,
        "type: strip, baseline: ua-line, side: both, from_m: 10, to_m: 100",
        "type: around, distance_m: 9, facility: {type: Point, coordinates: [38.5, 48.6]}",
        "type: Polygon, coordinates: [[[38.5, 48.6], [38.6, 48.6], [38.6, 48.7], [38.5, 48.6]]]",
    ],
)
def test_a_line_that_has_not_both_its_sides_is_a_mistake(geometry: str) -> None:
    assert _codes(on_a_line(geometry)) == [("line_without_sides", "zones[0].geometry")]


def test_a_band_lies_between_two_baselines() -> None:
    other = "[[37.9, 47.9], [38.3, 48.2], [39.0, 48.4]]"
    sound = derived(
        "type: band, between: [ua-line, nga-line]",
        (
            "    line: {file: zones.geojson, feature: 7}\n",
            f"    line: {{type: LineString, coordinates: {other}}}\n",
        ),
    )
    assert _codes(sound) == []


@pytest.mark.parametrize(
    ("geometry", "code", "path"),
    [
        ("type: strip, baseline: ua-lin, side: left, to_m: 9", "unknown_baseline", ".baseline"),
        ("type: strip, baseline: ua-line, side: west, to_m: 9", "unknown_word", ".side"),
        ("type: strip, baseline: ua-line, side: left", "missing_field", ".to_m"),
        ("type: strip, baseline: ua-line, side: left, to_m: -5", "out_of_range", ".to_m"),
        ("type: strip, baseline: ua-line, side: left, to_m: 2.e9", "wrong_type", ".to_m"),
        ("type: strip, baseline: ua-line, side: left, to_m: 250000", "out_of_range", ".to_m"),
        (STRIP + ", from_m: 25000", "zone_not_derivable", ""),
        ("type: band, between: [ua-line]", "wrong_length", ".between"),
        ("type: band, between: [ua-line, ua-line]", "listed_twice", ""),
        ("type: band, between: [ua-line, nga-line]", "self_intersection", ""),
        (AROUND + "{type: Point, coordinates: [38.5, 98.6]}", "out_of_range", ".facility"),
        (AROUND + "{type: Spot, coordinates: [38.5, 48.6]}", "unknown_word", ".facility.type"),
        (AROUND + "{file: zones.geojson, feature: dam}", "unknown_feature", ".facility.feature"),
        (
            AROUND + "{type: LineString, coordinates: [[38, 48], [38, 48]]}",
            "zero_length",
            ".facility.coordinates",
        ),
    ],
)
def test_a_mistake_in_a_zone_by_metres_is_named(geometry: str, code: str, path: str) -> None:
    found = _codes(derived(geometry))
    assert code in [c for c, _ in found]
    assert all(p.startswith(f"zones[0].geometry{path}") for _, p in found), found


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("[[38, 48], [39, 48], [39, 49], [38.5, 47]]", "self_intersection"),
        ("[[38, 48]]", "too_few_positions"),
        ("[[38, 48], [38, 48]]", "zero_length"),
        ("[[38, 48], [39, 95]]", "out_of_range"),
        ("[[48, 38], [48.5, 38.2]]", "lon_lat_swapped"),
    ],
)
def test_a_mistake_in_a_baseline_is_named_once(line: str, code: str) -> None:
    sound = "[[37.8, 48.0], [38.2, 48.3], [38.9, 48.5]]"
    found = _codes(derived(STRIP, (sound, line)))
    assert (code, "baselines[0].line") in [(c, p[: len("baselines[0].line")]) for c, p in found]
    assert {p.split(".")[0] for _, p in found} == {"baselines[0]"}


def test_a_baseline_that_bends_back_on_its_end_is_named_where_it_is_measured_from() -> None:
    sound = "[[37.8, 48.0], [38.2, 48.3], [38.9, 48.5]]"
    hook = "[[38.0, 48.0], [38.4, 48.0], [38.4, 48.2], [38.1, 48.2], [38.1, 48.05]]"
    assert _codes(derived(STRIP, (sound, hook))) == [("side_unclear", "zones[0].geometry")]


CLAIMS = """\
    claims:
      - {party: ua, geometry: {file: zones.geojson, feature: petrivske}}
      - party: nga
        geometry: {type: around, distance_m: 500, facility: {type: Point, coordinates: [38, 48]}}
"""


def claimed(agreed: str, claims: str = CLAIMS) -> list[tuple[str, str]]:
    return _codes(edited(AGREEMENT, (ZOLOTE, agreed + claims)))


def test_claims_stand_beside_an_agreed_outline_or_in_its_place() -> None:
    assert claimed(ZOLOTE) == []
    assert claimed("    name: Zolote\n") == []


@pytest.mark.parametrize(
    ("old", "new", "code", "path"),
    [
        ("party: ua,", "party: ru,", "unknown_party", "claims[0].party"),
        ("party: nga", "party: ua", "claims_twice", "claims[1].party"),
        ("feature: petrivske}", "feature: petrivsk}", "unknown_feature", "claims[0].geometry"),
        ("distance_m: 500", "distance_m: 0", "out_of_range", "claims[1].geometry.distance_m"),
        ("[38, 48]", "[48, 38]", "lon_lat_swapped", "claims[1].geometry.facility"),
        ("[38, 48]", "[38, 98]", "out_of_range", "claims[1].geometry.facility"),
    ],
)
def test_a_mistake_in_a_claim_is_named(old: str, new: str, code: str, path: str) -> None:
    found = claimed(ZOLOTE, CLAIMS.replace(old, new))
    assert code in [c for c, _ in found]
    assert all(p.startswith(f"zones[0].{path}") for _, p in found), found


@pytest.mark.parametrize("claims", ["", CLAIMS[: CLAIMS.index("      - party: nga")]])
def test_a_zone_that_nobody_or_one_party_alone_draws_is_none(claims: str) -> None:
    assert claimed("    name: Zolote\n", claims) == [("missing_field", "zones[0].geometry")]


ANNOUNCED = """\
    announced:
      - id: may
        by:
          - {party: ua, from: "2016-05-02T10:00:00+03:00", to: "2016-05-02T16:00:00+03:00"}
          - {party: ua, from: "2016-05-02T10:00:00+02:00", to: "2016-05-02T16:00:00+02:00"}
"""
OPEN_ENDED = "{party: ua, from: 2016-05-02T10:00:00Z}"
BEFORE_WINDOWS = "    windows:\n"


def announced(*edits: tuple[str, str]) -> str:
    return edited(AGREEMENT, (BEFORE_WINDOWS, edited(ANNOUNCED, *edits) + BEFORE_WINDOWS))


def test_announcements_that_differ_are_advice_by_both_clocks() -> None:
    text = announced(("- id: may", "- id: may #<"))
    found = examine_agreement(text, {"zones.geojson": ZONES_GEOJSON}, file="a.yaml")
    assert found.mistakes == ()
    ((code, line, message),) = [(a.code, a.line, a.message) for a in found.advice]
    assert (code, line) == ("window_disputed", marked_line(text))
    assert "ua: 2016-05-02T10:00:00+02:00 = 08:00Z to 2016-05-02T16:00:00+02:00 = 14:00Z" in message
    assert message.endswith(
        "stands, 2016-05-02T10:00:00+02:00 = 08:00Z to 2016-05-02T16:00:00+03:00 = 13:00Z"
    )


def test_announcements_of_the_same_instants_are_no_advice() -> None:
    text = announced(("10:00:00+02:00", "09:00:00+02:00"), ("16:00:00+02:00", "15:00:00+02:00"))
    found = examine_agreement(text, {"zones.geojson": ZONES_GEOJSON})
    assert (found.mistakes, found.advice) == ((), ())


@pytest.mark.parametrize(
    ("edit", "code", "path"),
    [
        (("2016-05-02T10:00:00+02:00", "2016-05-02T10:00:00"), "missing_utc_offset", "by[1].from"),
        (("2016-05-02T16:00:00+02:00", "2016-05-02T09:00:00+02:00"), "reversed_interval", "by[1]"),
        (("2016-05-02T16:00:00+02:00", "2019-05-02T16:00:00+02:00"), "outside_corridor", "by[1]"),
        (
            ('party: ua, from: "2016-05-02T10:00:00+02', 'party: u, from: "2016-05-02T10:00:00+02'),
            "unknown_party",
            "by[1].party",
        ),
        (
            (
                "      - id: may\n",
                f"      - {{id: may, by: [{OPEN_ENDED}, {OPEN_ENDED}]}}\n      - id: may\n",
            ),
            "duplicate_id",
            "id",
        ),
    ],
)
def test_announcements_are_checked_as_windows_are(
    edit: tuple[str, str], code: str, path: str
) -> None:
    number = int(code == "duplicate_id")
    assert _codes(announced(edit)) == [(code, f"corridors[0].announced[{number}].{path}")]


A_ROAD = "    route: {type: LineString, coordinates: [[37.9, 47.9], [38.3, 48.5]]}\n"
AN_AREA = (
    "    area: {type: Polygon, coordinates:"
    " [[[38.0, 48.0], [38.1, 48.0], [38.1, 48.1], [38.0, 48.1], [38.0, 48.0]]]}\n"
)


def without_route(*more: str) -> str:
    """The corridor as an access area, or as what is written in its place."""
    lines = AGREEMENT.splitlines(keepends=True)
    start = next(n for n, line in enumerate(lines) if line.startswith("    route:"))
    end = next(n for n, line in enumerate(lines) if line.startswith("    width_m:"))
    return "".join([*lines[:start], *more, *lines[end + 1 :]])


def test_an_access_area_has_an_area_in_place_of_a_route() -> None:
    found = examine_agreement(without_route(AN_AREA), {"zones.geojson": ZONES_GEOJSON})
    assert found.mistakes == ()


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ((), [("route_or_area", "corridors[0]")] * 2),
        ((A_ROAD,), [("route_or_area", "corridors[0]")]),
        (("    width_m: 500\n",), [("route_or_area", "corridors[0]")]),
        (
            (AN_AREA, "    width_m: 500\n", A_ROAD),
            [("route_or_area", "corridors[0].width_m"), ("route_or_area", "corridors[0].route")],
        ),
        (
            (AN_AREA, "    chainage: {tolerance_m: 250}\n"),
            [("route_or_area", "corridors[0].chainage")],
        ),
        (
            (AN_AREA.replace("[38.0, 48.0]]]", "[38.0, 48.05]]]"),),
            [("unclosed_ring", "corridors[0].area.coordinates[0]")],
        ),
    ],
)
def test_a_corridor_is_a_route_with_its_width_or_an_area(
    written: tuple[str, ...], codes: list[tuple[str, str]]
) -> None:
    assert sorted(_codes(without_route(*written))) == sorted(codes)


HOURS = '    hours:\n      - {type: daily, time_zone: Europe/Kyiv, from: "07:00", to: "17:00"}\n'


@pytest.mark.parametrize(
    ("hours", "codes"),
    [
        (HOURS, [("hours_without_end", "corridors[0].hours")]),
        (
            HOURS.replace("Europe/Kyiv", "Europe/Kyviv"),
            [
                ("hours_without_end", "corridors[0].hours"),
                ("unknown_time_zone", "corridors[0].hours[0].time_zone"),
            ],
        ),
        (
            HOURS.replace("17:00", "07:00"),
            [
                ("empty_hours", "corridors[0].hours[0]"),
                ("hours_without_end", "corridors[0].hours"),
            ],
        ),
    ],
)
def test_hours_of_a_corridor_are_checked_as_those_of_terms_and_end(
    hours: str, codes: list[tuple[str, str]]
) -> None:
    """The corridor of the sound document is in force for longer than is worked out ahead."""
    assert sorted(_codes(edited(AGREEMENT, (BEFORE_WINDOWS, hours + BEFORE_WINDOWS)))) == codes
