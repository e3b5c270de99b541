"""Two versions differ in what they mean, not in how they are written."""

from __future__ import annotations

import pytest

from streams.agreement import Agreement, Baseline, LineString, Strip
from streams.documents.difference import ChangeKind, difference
from streams.documents.read import read_agreement
from tests.unit.streams.builders import agreement, zone
from tests.unit.streams.documents.texts import AGREEMENT, ZONES_GEOJSON, edited


def _read(*edits: tuple[str, str]) -> Agreement:
    return read_agreement(edited(AGREEMENT, *edits), {"zones.geojson": ZONES_GEOJSON})


BEFORE = _read()
SECOND_ENTRY = """\
  - id: zolote
    kind: disengagement_area
    name: Zolote
    geometry: {file: zones.geojson, feature: petrivske}
    valid: {from: 2018-01-01T00:00:00Z}
"""


def test_a_version_does_not_differ_from_itself_however_it_is_written() -> None:
    written_otherwise = _read(
        ("2021-01-01T00:00:00Z", "2021-01-01T02:00:00+02:00"),
        ("      - explosion\n      - shot\n", "      - shot\n      - explosion\n"),
        ("width_m: 500", "width_m: 500.0"),
        ("2016-05-01T08:00:00+03:00", "2016-05-01T05:00:00Z"),
    )
    assert difference(BEFORE, written_otherwise) == ()


@pytest.mark.parametrize(
    ("old", "new", "kind", "path", "sentence"),
    [
        (
            "severity: grave",
            "severity: minor",
            ChangeKind.CHANGED,
            "terms[no-fire].severity",
            "term no-fire: severity changes from 'grave' to 'minor'",
        ),
        (
            "version: 1",
            "version: 1\nagreed_at: 2015-02-12T00:00:00Z",
            ChangeKind.ADDED,
            "agreed_at",
            "agreed_at is new: 2015-02-12T00:00:00+00:00",
        ),
        (
            "  to: 2021-01-01T00:00:00Z\n",
            "",
            ChangeKind.REMOVED,
            "valid.to",
            "valid: to is gone; it was 2021-01-01T00:00:00+00:00",
        ),
        (
            "      - shot\n",
            "      - shot\n      - tracer\n",
            ChangeKind.ADDED,
            "terms[no-fire].prohibits[tracer]",
            "term no-fire: prohibits tracer is new",
        ),
        (
            "        - petrivske\n",
            "",
            ChangeKind.REMOVED,
            "terms[no-fire].where.zones[petrivske]",
            "term no-fire: where: zones petrivske is gone",
        ),
        (
            "guarantors:\n  - {id: osce, name: OSCE}\n",
            "",
            ChangeKind.REMOVED,
            "guarantors[osce]",
            "guarantor osce is gone",
        ),
        (
            "        to: 2016-05-01T20:00:00+03:00\n",
            "        to: 2016-05-01T19:00:00+03:00\n",
            ChangeKind.CHANGED,
            "corridors[north].windows[2016-05-01T09:00:00+00:00].to",
            (
                "corridor north: windows 2016-05-01T09:00:00+00:00: to changes from "
                "2016-05-01T20:00:00+03:00 to 2016-05-01T19:00:00+03:00"
            ),
        ),
        (
            "    name: Zolote\n",
            "    name: Zolote\n    valid: {from: 2016-09-21T00:00:00+03:00}\n",
            ChangeKind.ADDED,
            "zones[zolote].valid",
            "zone zolote: valid is new: 2016-09-21T00:00:00+03:00 until further notice",
        ),
    ],
)
def test_one_edit_is_one_change_by_id_with_a_sentence(
    old: str, new: str, kind: ChangeKind, path: str, sentence: str
) -> None:
    changes = difference(BEFORE, _read((old, new)))
    assert [(c.kind, c.path, c.sentence) for c in changes] == [(kind, path, sentence)]


def test_the_old_and_new_values_are_handed_over() -> None:
    (change,) = difference(BEFORE, _read(("width_m: 500", "width_m: 800")))
    assert (change.old, change.new) == (500.0, 800.0)


def test_a_redrawn_zone_says_how_large_and_how_far() -> None:
    (change,) = difference(BEFORE, _read(("[38.56, 48.65]", "[38.59, 48.65]")))
    assert change.path == "zones[zolote].geometry"
    # By hand: 4.42 km by 5.56 km, and a triangle of 2.21 km by 5.56 km put on its east side;
    # the centroid of both lies 0.59 km farther east and 0.19 km farther south. In PROJ's equal-area
    # cylinder, where its edges are cut to 5 m, it has 30.712 621 km².
    assert change.sentence == (
        "zone zolote: geometry is redrawn: 24.569 km² → 30.713 km², centre moved by 618 m"
    )


def test_a_redrawn_route_says_how_long() -> None:
    longer = edited(ZONES_GEOJSON, ("[38.3, 48.5]", "[38.3, 48.6]"))
    (change,) = difference(BEFORE, read_agreement(AGREEMENT, {"zones.geojson": longer}))
    assert change.path == "corridors[north].route"
    assert "km long → " in change.sentence


def test_a_zone_that_moves_keeps_its_first_entry_and_gains_a_second() -> None:
    after = _read(
        (
            "  - id: petrivske\n",
            SECOND_ENTRY + "  - id: petrivske\n",
        ),
        (
            "    name: Zolote\n",
            "    name: Zolote\n    valid: {from: 2016-01-01T00:00:00Z, to: 2018-01-01T00:00:00Z}\n",
        ),
    )
    changes = difference(BEFORE, after)
    assert [(c.kind, c.path) for c in changes] == [
        (ChangeKind.ADDED, "zones[zolote].valid"),
        (ChangeKind.ADDED, "zones[zolote#2]"),
    ]


def test_the_way_back_is_the_mirror_image() -> None:
    after = _read(("severity: grave", "severity: minor"), ("      - shot\n", ""))
    there, back = difference(BEFORE, after), difference(after, BEFORE)
    mirrored = {"added": "removed", "removed": "added", "changed": "changed"}
    assert {(c.path, c.kind.value) for c in back} == {(c.path, mirrored[c.kind]) for c in there}
    assert {(c.path, c.new, c.old) for c in back} == {(c.path, c.old, c.new) for c in there}


def test_a_zone_by_metres_changes_by_its_metres_or_is_drawn_anew() -> None:
    near, far = (zone("z", Strip(baseline="b", side="left", to_m=m)) for m in (25e3, 35e3))
    line = Baseline(id="b", name="B", line=LineString(coordinates=((38.0, 48.0), (38.1, 48.0))))
    one, other, drawn = (
        agreement(baselines=(line,), zones=(each,)) for each in (near, far, zone("z"))
    )
    (change,) = difference(one, other)
    assert change.path == "zones[z].geometry.to_m"
    (change,) = difference(one, drawn)
    assert "from '25 km left of baseline b' to an outline of" in change.sentence
    assert change.path == "zones[z].geometry"
