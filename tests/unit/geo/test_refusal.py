"""Hostile geometry by the table: for each its code, its path, its place, and what to do."""

from __future__ import annotations

import json
import time
from typing import Any, NamedTuple

import numpy as np
import pytest

from geo.validate import GeometryProblemCode as Code
from geo.validate import geometry_problems
from streams.decode import Reason, Refusal, decode_report
from streams.events import Report
from tests.unit.streams.builders import line, report

Ring = list[Any]
SQUARE: Ring = [[38, 48], [39, 48], [39, 49], [38, 49], [38, 48]]
HOLE: Ring = [[38.2, 48.2], [38.2, 48.4], [38.4, 48.4], [38.4, 48.2], [38.2, 48.2]]
BOW_TIE: Ring = [[38, 48], [39, 49], [39, 48], [38, 49], [38, 48]]
SLIVER: Ring = [[38, 48], [38.5, 48], [38.5, 48.00000001], [38, 48]]
HALF_THE_EARTH: Ring = [[-90, -89], [0, -89], [90, -89], [90, 89], [0, 89], [-90, 89], [-90, -89]]


class Case(NamedTuple):
    name: str
    rings: list[Ring]
    code: Code
    path: str
    words: str
    at: tuple[float, float] | None = None


CASES = (
    Case("unclosed", [SQUARE[:-1]], Code.UNCLOSED_RING, "coordinates[0]", "close the ring"),
    Case("two corners", [[[38, 48], [39, 49], [38, 48]]], Code.TOO_FEW_POSITIONS, "coordinates[0]",
         "at least 4"),
    Case("bow-tie", [BOW_TIE], Code.SELF_INTERSECTION, "coordinates[0][0]", "redraw",
         (38.5, 48.5)),
    Case("runs back", [[[38, 48], [39, 48], [38.5, 48], [38.5, 49], [38, 48]]],
         Code.SELF_INTERSECTION, "coordinates[0][0]", "redraw"),
    Case("zero area", [[[38, 48], [39, 49], [38.5, 48.5], [38, 48]]], Code.ZERO_AREA,
         "coordinates[0]", "on one line"),
    Case("one spot", [[[38, 48]] * 5], Code.ZERO_AREA, "coordinates[0]", "on one line"),
    Case("sliver", [SLIVER], Code.SLIVER, "coordinates[0]", "thinner than 0.01 m", (38, 48)),
    Case("sliver of a hole", [SQUARE, [[38.1, 48.5], [38.6, 48.5], [38.6, 48.50000001],
                                       [38.1, 48.5]]], Code.SLIVER, "coordinates[1]", "redraw"),
    Case("hole outside", [SQUARE, [[50, 48], [51, 48], [51, 49], [50, 48]]], Code.WRONG_NESTING,
         "coordinates", "do not nest"),
    Case("hole twice", [SQUARE, HOLE, HOLE], Code.WRONG_NESTING, "coordinates", "do not nest"),
    Case("hole is the shell", [SQUARE, SQUARE], Code.WRONG_NESTING, "coordinates", "do not nest"),
    Case("over the antimeridian", [[[179, 10], [-179, 10], [-179, 11], [179, 11], [179, 10]]],
         Code.CROSSES_ANTIMERIDIAN, "coordinates[0][0]", "cut it at ±180", (179, 10)),
    Case("wider than half", [[[-100, 0], [0, 0], [100, 0], [100, 9], [0, 9], [-100, 9], [-100, 0]]],
         Code.TOO_LARGE, "coordinates", "draw less"),
    Case("swapped beyond the pole", [[[8, 121], [8, 122], [9, 122], [8, 121]]], Code.OUT_OF_RANGE,
         "coordinates[0][0]", "longitude comes first"),
)  # fmt: skip
ONLY_DOCUMENTS = (
    Case("not a number", [[[38, float("nan")], *SQUARE[1:]]], Code.NOT_FINITE, "coordinates[0][0]",
         "not finite"),
    Case("infinite", [[[38, float("inf")], *SQUARE[1:]]], Code.NOT_FINITE, "coordinates[0][0]",
         "not finite"),
    Case("a word", [[["38", 48], *SQUARE[1:]]], Code.NOT_A_POSITION, "coordinates[0][0]",
         "not a number"),
    Case("a truth", [[[True, 48], *SQUARE[1:]]], Code.NOT_A_POSITION, "coordinates[0][0]",
         "not a number"),
    Case("four numbers", [[[38, 48, 1, 2], *SQUARE[1:]]], Code.NOT_A_POSITION, "coordinates[0][0]",
         "[longitude, latitude]"),
)  # fmt: skip


@pytest.mark.parametrize("case", [*CASES, *ONLY_DOCUMENTS], ids=lambda case: case.name)
def test_hostile_geometry_is_refused_with_code_path_place_and_what_to_do(case: Case) -> None:
    first = geometry_problems({"type": "Polygon", "coordinates": case.rings})[0]
    assert (first.code, first.path) == (case.code, case.path)
    assert case.words in first.message
    if case.at is not None:
        assert first.at == pytest.approx(case.at)


def as_report(rings: list[Ring]) -> bytes:
    sent = json.loads(line(report()))
    sent["location"] = {"type": "area", "coordinates": rings}
    return json.dumps(sent).encode()


@pytest.mark.parametrize("case", [one for one in CASES if one.code is Code.SLIVER])
def test_an_area_in_a_report_may_be_as_thin_as_it_was_seen(case: Case) -> None:
    assert isinstance(decode_report(as_report(case.rings)), Report)


@pytest.mark.parametrize(
    "case", [one for one in CASES if one.code is not Code.SLIVER], ids=lambda case: case.name
)
def test_an_area_in_a_report_is_refused_alike(case: Case) -> None:
    refusal = decode_report(as_report(case.rings))
    assert isinstance(refusal, Refusal)
    if refusal.reason is Reason.BAD_GEOMETRY:
        assert refusal.message.startswith(f"location.{case.path}: ")
        assert case.words in refusal.message
    else:  # what the schema says already
        assert case.code in {Code.OUT_OF_RANGE, Code.TOO_FEW_POSITIONS}
        assert refusal.reason is Reason.OUT_OF_RANGE


@pytest.mark.parametrize(
    ("value", "reason"),
    [("NaN", Reason.MALFORMED_JSON), ("1e999", None), ('"38"', Reason.WRONG_TYPE)],
)
def test_what_is_no_number_never_becomes_a_position(value: str, reason: Reason | None) -> None:
    raw = as_report([SQUARE]).replace(b"[38, 48]", f"[{value}, 48]".encode(), 1)
    refusal = decode_report(raw)
    assert isinstance(refusal, Refusal)
    assert reason in {None, refusal.reason}


def test_a_track_over_the_antimeridian_goes_the_short_way_and_may_stand_still() -> None:
    sent = json.loads(line(report()))
    for points in ([[179.9, 10], [-179.9, 10]], [[38, 48], [38, 48]]):
        sent["location"] = {"type": "track", "points": points}
        assert not isinstance(decode_report(json.dumps(sent).encode()), Refusal)
    sent["location"] = {"type": "track", "points": [[38, 48], [48, 138]]}
    refusal = decode_report(json.dumps(sent).encode())
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.OUT_OF_RANGE


def test_repeated_positions_and_narrow_zones_are_no_mistake() -> None:
    narrow: Ring = [[38, 48], [38.0003, 48], [38.0003, 48.0000002], [38, 48.0000002], [38, 48]]
    for ring in ([*SQUARE[:2], SQUARE[1], *SQUARE[2:]], narrow):
        assert geometry_problems({"type": "Polygon", "coordinates": [ring]}) == []


@pytest.mark.parametrize("kind", ["round", "crossing once"])
def test_a_ring_of_100_000_positions_is_answered_for_in_good_time(kind: str) -> None:
    turn = np.linspace(0, 2 * np.pi, 99_999)
    ring = (np.stack([np.cos(turn), np.sin(turn)], axis=1) * 0.5 + [38, 48]).tolist()
    ring[-1] = ring[0]
    if kind == "crossing once":
        ring[50_000], ring[50_001] = ring[50_001], ring[50_000]
    began = time.process_time()
    found = [p.code for p in geometry_problems({"type": "Polygon", "coordinates": [ring]})]
    assert time.process_time() - began < 20
    assert set(found) == ({Code.SELF_INTERSECTION} if kind != "round" else set())


def test_half_of_the_earth_is_the_most_that_is_read() -> None:
    assert geometry_problems({"type": "Polygon", "coordinates": [HALF_THE_EARTH]}) == []
