"""The committed page of the SMM observations against what the program finds in them."""

from __future__ import annotations

from streams.events import Bearings, NamedPlace
from streams.locate import Unlocated
from tests.unit.examples import example
from tests.unit.examples.smm_table import PAGE, by_sectors, moved, renewed


def test_the_page_holds_what_the_program_finds() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert renewed(page) == page


def test_of_174_rows_100_are_judged_by_sectors_and_8_of_these_are_moved() -> None:
    assert (len(example.rows()), len(by_sectors()), len(moved())) == (174, 100, 8)


def test_the_sectors_of_a_row_are_all_its_bearings() -> None:
    for row, one in by_sectors().items():
        location = one.report.location
        assert isinstance(location, Bearings)
        assert len(location.sectors) == len(example.rows()[row]["bearing"].split("|"))
        assert one.sight.unlocated is None


def test_the_other_74_are_what_the_page_says() -> None:
    rest = {row: one for row, one in example.judged().items() if row not in by_sectors()}
    rings = [row for row, one in rest.items() if one.sight.unlocated is None]
    assert rings == ["AA-8"]
    no_distance = [
        row for row, one in rest.items() if one.sight.unlocated is Unlocated.DISTANCE_UNKNOWN
    ]
    assert len(no_distance) == 14
    named = [row for row, one in rest.items() if isinstance(one.report.location, NamedPlace)]
    anchored = [row for row in named if example.rows()[row]["anchor_lat"]]
    assert (len(named), anchored) == (58, ["HH-4"])
    assert [row for row, one in rest.items() if one.report.location is None] == ["NN-1"]
