"""The example's own files: free of mistakes, labelled, and closed over the data."""

from __future__ import annotations

from streams.agreement import Polygon, content_hash
from streams.decode import Reason, Refusal, decode_report
from streams.documents.read import examine_agreement, examine_methodology
from streams.signing import signed
from streams.vocabulary import Right, ZoneKind
from tests.unit.examples import example


def test_nothing_is_wrong_or_worth_a_second_look_in_the_agreement() -> None:
    files = {"zones.geojson": example.text("zones.geojson")}
    examined = examine_agreement(example.text("agreement.yaml"), files)
    assert (examined.mistakes, examined.advice) == ((), ())


def test_nothing_is_wrong_or_worth_a_second_look_in_the_methodology() -> None:
    examined = examine_methodology(example.text("methodology.yaml"))
    assert (examined.mistakes, examined.advice) == ((), ())


def test_the_agreement_says_that_its_zones_are_not_the_agreed_lines() -> None:
    assert "Illustrative" in (example.agreement().notice or "")
    assert '"Illustrative.' in example.text("zones.geojson")


def test_the_three_disengagement_areas_are_about_two_kilometres_square() -> None:
    areas = [z for z in example.agreement().zones if z.kind is ZoneKind.DISENGAGEMENT_AREA]
    assert sorted(area.id for area in areas) == ["petrivske", "stanytsia-luhanska", "zolote"]
    for area in areas:
        assert isinstance(area.geometry, Polygon)
        ring = area.geometry.coordinates[0]
        lats = [lat for _, lat in ring]
        assert 1_900 < (max(lats) - min(lats)) * 111_200 < 2_100


def test_no_party_may_open_the_corridor() -> None:
    of_parties = [source for source in example.agreement().sources if source.party]
    assert of_parties
    assert all(Right.OPEN not in source.rights for source in of_parties)


def test_zones_that_monitors_named_are_in_the_agreement() -> None:
    zones = {zone.id for zone in example.agreement().zones}
    named = {side.zone for report in example.reports().values() for side in report.monitor_sides}
    assert named == {"zolote", "petrivske"}
    assert named <= zones


def test_the_refused_event_is_refused_for_its_missing_offset_alone() -> None:
    raw = example.text("refused-event.json").strip().encode()
    refusal = decode_report(raw)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.MISSING_UTC_OFFSET
    mended = raw.replace(b"T10:10:00", b"T10:10:00+03:00")
    assert not isinstance(decode_report(mended), Refusal)


def test_the_example_is_signed_by_both_parties() -> None:
    under = example.agreement()
    assert not signed(under, content_hash(under), example.signatures()).draft
    assert not any(one.assessment.draft for one in example.judged().values())
