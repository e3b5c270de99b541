"""The page of the SMM observations: how its tables are written.

`python -m tests.unit.examples.smm_table` writes the tables of docs/smm-observations.md anew, each
between its marks; what stands around them is written by hand. A change of a table is a change of
what the product finds: say so there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from geo.places import bearing_deg, distance_m
from streams.assess import Judged
from streams.assessment import Placement, ZonePlace
from streams.events import Bearings
from streams.smm.posts import POSTS
from tests.unit.examples import example
from tests.unit.examples.plain_totals import by_category
from tests.unit.examples.reconciled import lines as lines_of_totals

PAGE = Path(__file__).parents[3] / "docs" / "smm-observations.md"
STRIP, WITHDRAWAL = "security-zone", "withdrawal-area"


def by_sectors() -> dict[str, Judged]:
    """The rows with anchor, bearing and distance, by id."""
    columns = ("anchor_lat", "bearing", "dist_min_km", "dist_max_km")
    rows = example.rows()
    return {
        row: one
        for row, one in example.judged().items()
        if all(rows[row][column] for column in columns)
    }


def moved() -> dict[str, Judged]:
    """Those whose words move the observer from the anchor."""
    rows = example.rows()
    return {row: one for row, one in by_sectors().items() if POSTS[rows[row]["position"]].offsets}


def renewed(page: str) -> str:
    """The page with its tables as the program finds them."""
    counted = by_category(example.text("smm_observations.csv"))
    tables = (
        ("moved", _moved_lines()),
        ("sectors", _sector_lines()),
        ("totals", lines_of_totals(counted, example.judged())),
    )
    for name, lines in tables:
        before, mark, rest = page.partition(f"<!-- table: {name} -->\n")
        _, end, after = rest.partition("<!-- end -->")
        assert mark, name
        assert end, name
        page = "".join((before, mark, *(f"{line}\n" for line in lines), end, after))
    return page


def _moved_lines() -> Iterator[str]:
    yield "| row | anchor | the words | moved by | known to |"
    yield "| --- | --- | --- | --- | ---: |"
    for row, one in moved().items():
        cells, seen = example.rows()[row], _location(one)
        anchor = float(cells["anchor_lon"]), float(cells["anchor_lat"])
        metres = distance_m(*anchor, seen.lon, seen.lat)
        bearing = bearing_deg(*anchor, seen.lon, seen.lat)
        by = f"{metres:,.0f} m at {bearing:.1f}°"
        name = f"{cells['anchor_name']} ({anchor[1]:.5f} N {anchor[0]:.5f} E)"
        yield f"| {row} | {name} | {cells['position']} | {by} | {seen.accuracy_m:,.0f} m |"


def _sector_lines() -> Iterator[str]:
    zones = f"{STRIP} | {WITHDRAWAL} | others"
    yield f"| row | observer | known to | where | {zones} | cease-fire | all |"
    yield "| --- | --- | ---: | --- | ---: | ---: | --- | --- | --- |"
    for row, one in by_sectors().items():
        seen, shares = _location(one), _shares(one)
        cells = (
            row,
            example.rows()[row]["position"],
            f"{seen.accuracy_m:,.0f} m",
            _pointed(row, seen),
            shares.pop(STRIP, "-"),
            shares.pop(WITHDRAWAL, "-"),
            ", ".join(f"{zone} {share}" for zone, share in shares.items()) or "-",
            _under(one, "cease-fire"),
            one.assessment.verdict.value,
        )
        yield f"| {' | '.join(cells)} |"


def _location(one: Judged) -> Bearings:
    assert isinstance(one.report.location, Bearings)
    return one.report.location


def _pointed(row: str, seen: Bearings) -> str:
    near, far = {(sector.min_m, sector.max_m) for sector in seen.sectors}.pop()
    half = "11.25°" if seen.compass_points == 16 else "22.5°"
    said = f"{near:,.0f}" if near == far else f"{near:,.0f} to {far:,.0f}"
    return f"{said} m {example.rows()[row]['bearing'].replace('|', ', ')} (± {half})"


def _shares(one: Judged) -> dict[str, str]:
    return {place.zone: _share(place) for place in one.assessment.places}


def _share(place: ZonePlace) -> str:
    if place.place is Placement.INSIDE:
        return "all"
    return "< 0.001" if place.p_inside < 0.001 else f"{place.p_inside:.3f}"


def _under(one: Judged, term: str) -> str:
    return next((f.verdict.value for f in one.assessment.findings if f.term == term), "-")


def _main() -> None:
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    _main()
