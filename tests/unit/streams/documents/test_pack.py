"""A file of one feature a line is read as texts, and its mistakes are told by line."""

from __future__ import annotations

import json
from datetime import timedelta

from streams.agreement import Packed, canonical_bytes
from streams.assess import assess
from streams.decode import Refusal
from streams.documents.pack import pack_features
from streams.documents.read import examine_agreement
from streams.draw import unpacked
from streams.inforce import Register
from tests.unit.streams.builders import LON, NOON, OPERATOR, methodology, point, report, ring

DAY = timedelta(days=1)


def feature(id_: str, south: float, **changes: object) -> str:
    geometry = {"type": "Polygon", "coordinates": [ring(LON, south)]}
    return json.dumps({"type": "Feature", "id": id_, "geometry": geometry, **changes})


def day(number: int) -> str:
    return (NOON + number * DAY).isoformat()


def agreement(days: int, feature_of: str = "day-{}") -> str:
    zones = [
        {
            "id": "line",
            "kind": "area_of_separation",
            "name": "Grey zone of the day",
            "geometry": {"file": "daily.geojsonl", "feature": feature_of.format(number)},
            "valid": {"from": day(number), "to": day(number + 1)},
        }
        for number in range(days)
    ]
    term: dict[str, object] = {
        "id": "t",
        "clause": "1",
        "text": "No fire.",
        "prohibits": ["explosion"],
    }
    term |= {"where": {"zones": ["line"]}, "severity": "grave", "violation": "fire_into_zone"}
    parties = [{"id": "north", "name": "North"}, {"id": "south", "name": "South"}]
    document = {"format": "truceline.agreement.v1", "id": "a", "version": 1, "mission": "mission"}
    document |= {"title": "Daily", "valid": {"from": day(0)}, "parties": parties}
    return json.dumps({**document, "zones": zones, "terms": [term]})


LINES = "\n".join(feature(f"day-{number}", 48.0 + number) for number in range(3)) + "\n"


def test_a_line_drawn_anew_every_day_is_read_from_a_file_of_lines() -> None:
    examined = examine_agreement(agreement(3), {"daily.geojsonl": LINES}, file="a.json")
    assert examined.mistakes == ()
    assert examined.document is not None
    packed = [zone.geometry for zone in examined.document.zones]
    assert all(isinstance(geometry, Packed) for geometry in packed)
    bounds = [unpacked(geometry).bounds for geometry in packed if isinstance(geometry, Packed)]
    assert [south for _, south, _, _ in bounds] == [47.95, 48.95, 49.95]


def test_the_version_in_force_when_it_happened_judges_whenever_it_arrives() -> None:
    document = examine_agreement(agreement(3), {"daily.geojsonl": LINES}).document
    assert document is not None
    register = Register((document,), (methodology(),))
    reports = [
        report(observed_from=NOON + happened * DAY + timedelta(hours=1), location=point(LON, lat))
        for happened in range(3)
        for lat in (48.0, 49.0, 50.0)
    ]
    # The last first: what arrives later is judged by its own day too.
    results = assess(register, reports[::-1], [OPERATOR] * len(reports))[::-1]
    verdicts = [None if isinstance(r, Refusal) else r.assessment.verdict.value for r in results]
    here, away = "violation", "no_violation"
    assert verdicts == [here, away, away, away, here, away, away, away, here]


def test_the_same_file_gives_the_same_bytes() -> None:
    spaced = LINES.replace(", ", " ,  ").replace("\n", "\n\n")
    first, second = (
        examine_agreement(agreement(3), {"daily.geojsonl": text}).document
        for text in (LINES, spaced)
    )
    assert first is not None
    assert second is not None
    assert canonical_bytes(first) == canonical_bytes(second)


def mistakes(lines: str, feature_of: str = "day-{}") -> list[tuple[str, str | None, int | None]]:
    found = examine_agreement(agreement(1, feature_of), {"daily.geojsonl": lines}, file="a.json")
    return [(mistake.code, mistake.file, mistake.line) for mistake in found.mistakes]


def test_a_mistake_is_told_with_its_line() -> None:
    sound = feature("other", 48.0)
    bow_tie = [[38, 48], [39, 49], [39, 48], [38, 49], [38, 48]]
    crossed = feature("day-0", 0, geometry={"type": "Polygon", "coordinates": [bow_tie]})
    assert mistakes(f"{sound}\n{crossed}\n") == [("self_intersection", "daily.geojsonl", 2)]
    assert mistakes(f"{sound}\n{{\n{feature('day-0', 48.0)}") == [
        ("not_a_feature", "daily.geojsonl", 2)
    ]
    assert mistakes(sound) == [("unknown_feature", "a.json", 1)]
    twice = feature("day-0", 48.0)
    assert mistakes(f"{twice}\n{twice}") == [("feature_twice", "a.json", 1)]
    line = {"type": "LineString", "coordinates": [[38, 48], [39, 49]]}
    assert [code for code, _, _ in mistakes(feature("day-0", 0, geometry=line))] == ["zone_invalid"]


def test_hostile_lines_are_told_and_nothing_is_raised() -> None:
    deep = "[" * 100_000
    hostile = ["null", "[]", '"x"', deep, '{"geometry": null}', "\x00", '{"geometry": {}}']
    packed = pack_features("\n".join(hostile), "f.geojsonl")
    assert [mistake.line for mistake in packed.mistakes] == [1, 2, 3, 4, 5, 6]
    assert len(packed.features.items) == 1
