"""Sound documents that tests break, one edit at a time.

An edit's new text carries the mark ``#<`` in the line where the mistake is to be found.
"""

from __future__ import annotations

MARK = "#<"

ZONES_GEOJSON = """\
{
  "type": "FeatureCollection",
  "features": [
    {
      "type": "Feature",
      "id": "petrivske",
      "properties": {"name": "Petrivske"},
      "geometry": {
        "type": "Polygon",
        "coordinates": [[
          [37.90, 47.80],
          [37.95, 47.80],
          [37.95, 47.84],
          [37.90, 47.84],
          [37.90, 47.80]
        ]]
      }
    },
    {
      "type": "Feature",
      "properties": {"id": 7},
      "geometry": {"type": "LineString", "coordinates": [[37.9, 47.9], [38.3, 48.5]]}
    }
  ]
}
"""

AGREEMENT = """\
format: truceline.agreement.v1
id: contact-line
version: 1
mission: smm
title: Contact line
valid:
  from: "2015-02-15T00:00:00+02:00"
  to: 2021-01-01T00:00:00Z
parties:
  - id: ua
    name: Ukraine
  - id: nga
    name: Armed formations
guarantors:
  - {id: osce, name: OSCE}
zones:
  - id: zolote
    kind: disengagement_area
    name: Zolote
    geometry:
      type: Polygon
      coordinates:
        - - [38.50, 48.65]
          - [38.56, 48.65]
          - [38.56, 48.70]
          - [38.50, 48.70]
          - [38.50, 48.65]
  - id: petrivske
    kind: disengagement_area
    name: Petrivske
    geometry: {file: zones.geojson, feature: petrivske}
  - id: stanytsia
    kind: security_zone
    name: Stanytsia Luhanska
    geometry:
      type: Polygon
      coordinates: [[[39.4, 48.6], [39.5, 48.6], [39.5, 48.7], [39.4, 48.7], [39.4, 48.6]]]
    valid:
      from: "2016-09-21T00:00:00+03:00"
terms:
  - id: no-fire
    clause: Package, point 1
    text: no fire of any kind
    prohibits:
      - explosion
      - shot
    where:
      zones:
        - zolote
        - petrivske
      zone_kinds:
        - security_zone
    binds:
      - ua
      - nga
    severity: grave
    violation: fire_into_zone
  - id: no-breach
    clause: Package, point 7
    text: the road stays free
    prohibits: [road_hazard]
    where:
      corridors:
        - north
    severity: serious
    violation: corridor_breach
corridors:
  - id: north
    name: North road
    route: {file: zones.geojson, feature: 7}
    width_m: 500
    axis: agreed_in_detail
    windows:
      - from: 2016-05-01T08:00:00+03:00
        to: 2016-05-01T12:00:00+03:00
      - from: 2016-05-01T12:00:00+03:00
        to: 2016-05-01T20:00:00+03:00
    valid:
      from: 2016-01-01T00:00:00+02:00
      to: 2017-01-01T00:00:00+02:00
sources:
  - id: jccc
    rights:
      - open
      - close
  - id: ua-brigade
    rights:
      - close
    party: ua
    corridors:
      - north
"""

METHODOLOGY = """\
format: truceline.methodology.v1
id: smm-method
version: 1
mission: smm
title: How the mission judges
valid:
  from: 2015-02-15T00:00:00+02:00
thresholds:
  violation: 0.95
  possible: 0.5
minimum_grading:
  source: D
  information: 4
sufficient_means:
  - heard
  - saw
  - camera
default_accuracy:
  - means: camera
    accuracy_m: 100
  - means: heard
    accuracy_m: 1000
accuracy_otherwise_m: 250
accuracy_floor_m: 5
clock_skew_s: 120
corridor:
  stale_after_s: 43200
incidents:
  near_m: 2000
  gap_s: 900
  largest_m: 10000
  time_zone: Europe/Kyiv
"""


def edited(text: str, *edits: tuple[str, str]) -> str:
    """The text with the first occurrence of each old part replaced; each must be there."""
    for old, new in edits:
        assert old in text, f"the sound document has no {old!r}"
        text = text.replace(old, new, 1)
    return text


def marked_line(text: str) -> int:
    """The 1-based line with the mark; 1 where there is none."""
    lines = [number for number, line in enumerate(text.splitlines(), 1) if MARK in line]
    return lines[0] if lines else 1
