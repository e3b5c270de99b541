"""All 174 rows of the committed SMM table through the mapping: none refused, none guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import msgspec
import pytest

from streams.decode import decode_report
from streams.events import Bearings, Count, Flight, MonitorSide, NamedPlace, Report
from streams.smm.read import COLUMNS, SmmError, read_smm, read_smm_csv, reports_from_smm
from streams.vocabulary import Detail, Kind, Means, Qualifier, Side, Weapon
from tests.unit.examples import example

ALL = example.reports()


def _changed(row: str, **cells: str) -> dict[str, str]:
    return {**example.rows()[row], **cells}


def test_every_row_becomes_a_report_that_the_wire_reads_back() -> None:
    assert len(ALL) == 174
    for report in ALL.values():
        assert decode_report(msgspec.json.encode(report)) == report


def test_sources_are_pseudonyms_of_posts_and_ids_are_unique() -> None:
    assert ALL["N-1"].source == "camera-avdiivka"
    assert ALL["NN-1"].source == "patrol-base-camera-zolote-kadiivka-popasna"
    assert len({report.id for report in ALL.values()}) == 174
    assert {report.mission for report in ALL.values()} == {"osce-smm"}


def test_kinds_are_what_the_mission_counted() -> None:
    assert Counter(report.kind for report in ALL.values()) == {
        Kind.EXPLOSION: 66,  # 62 explosions and 4 airbursts
        Kind.PROJECTILE_IN_FLIGHT: 33,
        Kind.ROUND: 31,
        Kind.BURST: 20,
        Kind.SHOT: 13,  # 11 of shots, 2 of bursts and shots together
        Kind.TRACER: 7,
        Kind.EXCHANGE_OF_FIRE: 2,
        Kind.SALVO: 1,
        Kind.ILLUMINATION_FLARE: 1,
    }


def test_details_are_the_rows_own_words() -> None:
    assert Counter(r.detail for r in ALL.values() if r.kind is Kind.EXPLOSION) == {
        Detail.UNDETERMINED: 48,  # with D-1, where incoming and outgoing were counted as one
        Detail.IMPACT: 8,  # with E-1, incoming
        None: 5,
        Detail.AIRBURST: 4,
        Detail.OUTGOING: 1,
    }
    assert Counter(r.detail for r in ALL.values() if r.kind is Kind.ROUND) == {
        Detail.OUTGOING: 19,
        Detail.INCOMING: 11,  # 3 incoming, 8 impacts
        Detail.UNDETERMINED: 1,
    }
    others = {Kind.EXPLOSION, Kind.ROUND}
    assert {r.detail for r in ALL.values() if r.kind not in others} == {None}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("I-3", "kind: round, impact"),
        ("E-1", "kind: explosion, incoming"),
        ("D-1", "kind: explosion, incoming|outgoing"),
        ("N-2", "kind: projectile"),
        ("FF-1", "kind: projectile, incoming"),
        ("N-4", "kind: flare"),
        ("N-5", "kind: airburst"),
        ("II-1", "kind: exchange"),
        ("O-2", "kind: burst|shot"),
        ("DD-3", "kind: burst, outgoing"),
        ("J-8", "weapon: MLRS BM-21"),
        ("J-4", "weapon: SPG-9"),
        ("I-1", "weapon: mortar|automatic-grenade-launcher|BMP-1"),
        ("I-8", "mode: recorded"),
        ("N-1", "part of day: evening and night"),
        ("N-1", "control as reported: GC"),
        ("MM-1", "note: assessed as aimed at a mini-UAV"),
        ("D-1", "note: calibre 88 is as printed"),
        ("CC-3", "position: 5km NW of that checkpoint"),
    ],
)
def test_what_the_vocabulary_says_more_coarsely_stays_in_the_remark(row: str, words: str) -> None:
    assert words in (ALL[row].remark or "").split("; ")


def test_every_remark_names_position_and_source() -> None:
    for row, report in ALL.items():
        cells = example.rows()[row]
        assert report.remark is not None
        assert report.remark.startswith(f"position: {cells['position']}")
        assert report.remark.endswith(cells["source_url"])
        assert "Source: OSCE SMM" in report.remark


def test_a_kind_said_exactly_is_not_said_twice() -> None:
    assert "kind:" not in (ALL["A-2"].remark or "")


def test_qualifiers_are_kept_as_reported() -> None:
    counted = [report.count for report in ALL.values() if report.count]
    assert len(counted) == 174
    assert Counter(count.qualifier for count in counted) == {
        Qualifier.EXACT: 146,
        Qualifier.ABOUT: 10,
        Qualifier.RANGE: 7,
        Qualifier.UNCOUNTABLE: 6,
        Qualifier.SEVERAL: 1,
        Qualifier.MULTIPLE: 1,
        Qualifier.HUNDREDS: 1,
        Qualifier.ALMOST: 1,
        Qualifier.OVER: 1,
    }


@pytest.mark.parametrize(
    ("row", "count"),
    [
        ("C-2", Count(min=1, qualifier=Qualifier.UNCOUNTABLE)),
        ("F-8", Count(min=2, qualifier=Qualifier.SEVERAL)),
        ("M-3", Count(min=2, qualifier=Qualifier.MULTIPLE)),
        ("O-4", Count(min=200, qualifier=Qualifier.HUNDREDS)),
        ("NN-1", Count(min=2300, qualifier=Qualifier.OVER)),
        ("T-2", Count(min=1, max=160, qualifier=Qualifier.ALMOST)),
        ("I-1", Count(min=300, max=300, qualifier=Qualifier.ABOUT)),
        ("M-1", Count(min=15, max=20, qualifier=Qualifier.RANGE)),
        ("P-1", Count(min=994, max=994)),
    ],
)
def test_a_count_claims_no_more_than_its_words(row: str, count: Count) -> None:
    assert ALL[row].count == count


def test_at_least_stays_at_least() -> None:
    (report,) = reports_from_smm([_changed("P-1", count_qualifier="at_least")], mission="osce-smm")
    assert report.count == Count(min=994, qualifier=Qualifier.AT_LEAST)


def test_only_words_that_name_a_top_close_a_count() -> None:
    closed = {r.count.qualifier for r in ALL.values() if r.count and r.count.max is not None}
    assert closed == {Qualifier.EXACT, Qualifier.ABOUT, Qualifier.RANGE, Qualifier.ALMOST}


def test_seventeen_rows_name_several_weapons() -> None:
    assert sum(len(report.weapons) > 1 for report in ALL.values()) == 17


@pytest.mark.parametrize(
    ("row", "weapons"),
    [
        ("J-8", (Weapon.MLRS,)),
        ("J-4", (Weapon.RECOILLESS_GUN,)),
        ("J-5", (Weapon.INFANTRY_FIGHTING_VEHICLE,)),
        ("D-1", (Weapon.MORTAR, Weapon.AUTOMATIC_GRENADE_LAUNCHER)),
        ("C-2", (Weapon.SMALL_ARMS, Weapon.LIGHT_WEAPONS)),
        ("L-2", (Weapon.UNDETERMINED,)),
        ("A-2", ()),
    ],
)
def test_weapons_are_sets_of_classes(row: str, weapons: tuple[Weapon, ...]) -> None:
    assert ALL[row].weapons == weapons


def test_calibres_stand_as_printed() -> None:
    assert Counter(calibre for r in ALL.values() for calibre in r.calibres_mm) == {
        73: 2,
        82: 6,
        88: 1,
        120: 4,
        122: 3,
    }


def test_means_are_those_that_the_row_vouches_for() -> None:
    assert Counter(report.means for report in ALL.values()) == {
        (Means.HEARD,): 94,  # 89 heard, 5 recorded by people without a camera
        (Means.CAMERA,): 67,
        (Means.HEARD, Means.SAW): 11,
        (Means.SAW,): 1,
        (Means.HEARD, Means.CAMERA): 1,
    }


def test_flights_go_from_the_first_word_to_the_first_word() -> None:
    assert ALL["O-6"].flights == (
        Flight(from_deg=270, to_deg=90),
        Flight(from_deg=90, to_deg=270),
    )
    assert ALL["AA-2"].flights == (
        Flight(from_deg=90, to_deg=270),
        Flight(from_deg=315, to_deg=135),
    )
    assert ALL["GG-1"].flights == (Flight(from_deg=225),)
    assert sum(bool(report.flights) for report in ALL.values()) == 41


def test_the_monitors_own_inside_and_outside_are_kept() -> None:
    assert {row: r.monitor_sides for row, r in ALL.items() if r.monitor_sides} == {
        "CC-4": (MonitorSide(zone="zolote", side=Side.INSIDE),),
        "EE-1": (MonitorSide(zone="petrivske", side=Side.OUTSIDE),),
    }


def test_nothing_is_attributed_and_nothing_graded() -> None:
    assert all(r.attribution is None and r.grading is None for r in ALL.values())


def test_all_hundred_rows_with_anchor_bearing_and_distance_have_their_sectors() -> None:
    complete = {
        row
        for row, cells in example.rows().items()
        if cells["anchor_lat"] and cells["bearing"] and cells["dist_min_km"]
    }
    assert len(complete) == 100
    for row in complete:
        location = ALL[row].location
        assert isinstance(location, Bearings)
        assert len(location.sectors) == len(example.rows()[row]["bearing"].split("|"))
        assert all(sector.max_m is not None for sector in location.sectors)


def test_the_other_rows_have_the_location_that_their_words_allow() -> None:
    assert Counter(map(_shape, ALL.values())) == {
        "sectors": 100,
        "ring": 1,  # AA-8
        "unknown extent": 14,
        "named place": 58,  # 57 without an anchor, and HH-4, whose anchor is a namesake
        "none": 1,  # NN-1
    }


def _shape(report: Report) -> str:
    match report.location:
        case Bearings(sectors=sectors) if any(sector.max_m is None for sector in sectors):
            return "unknown extent"
        case Bearings(sectors=sectors) if sectors[0].bearing_deg is None:
            return "ring"
        case Bearings():
            return "sectors"
        case NamedPlace():
            return "named place"
        case None:
            return "none"
        case _:
            return "other"


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ({"kind": "boom"}, "unknown_word", "kind"),
        ({"kind": "salvo", "assessed": "impact"}, "unknown_word", "assessed"),
        ({"kind": "airburst", "assessed": "impact"}, "unknown_word", "assessed"),
        ({"weapon": "mortar|trebuchet"}, "unknown_word", "weapon"),
        ({"mode": "smelled"}, "unknown_word", "mode"),
        ({"position": "somewhere"}, "unknown_word", "position"),
        ({"bearing": "NNNE"}, "unknown_word", "bearing"),
        ({"count_qualifier": "umpteen"}, "unknown_word", "count_qualifier"),
        ({"count_qualifier": "several"}, "bad_number", "count"),
        ({"count_qualifier": "range"}, "missing", "count_max"),
        ({"count": ""}, "missing", "count"),
        ({"count": "-3"}, "bad_number", "count"),
        ({"count": "٣"}, "bad_number", "count"),
        ({"calibre_mm": "82|x"}, "bad_number", "calibre_mm"),
        ({"flight_from": "N|S", "flight_to": "S"}, "unpaired", "flight_to"),
        ({"note": "assessed INSIDE something"}, "unknown_word", "note"),
        ({"obs_id": ""}, "missing", "obs_id"),
        ({"obs_id": "A 2"}, "out_of_bounds", "(the whole row)"),
        ({"calibre_mm": "9000"}, "out_of_bounds", "(the whole row)"),
    ],
)
def test_a_bad_row_is_a_mistake_with_its_column_and_the_others_are_still_read(
    cells: dict[str, str], code: str, column: str
) -> None:
    rows = [_changed("N-1"), _changed("A-2", **cells), _changed("N-2")]
    reading = read_smm(rows, mission="osce-smm", file="rows.csv")
    assert [report.id for report in reading.reports] == ["smm-N-1", "smm-N-2"]
    (mistake,) = reading.mistakes
    assert (mistake.code, mistake.line, mistake.file) == (code, 3, "rows.csv")
    assert mistake.path.endswith(f"column {column}")


def test_a_row_that_stands_twice_is_read_once_and_said() -> None:
    reading = read_smm([_changed("A-2"), _changed("A-2")], mission="osce-smm")
    assert len(reading.reports) == 1
    assert [mistake.code for mistake in reading.mistakes] == ["duplicate_id"]


def test_strict_reading_stops_with_every_mistake() -> None:
    rows = [_changed("A-2", kind="boom"), _changed("N-1", mode="smelled")]
    with pytest.raises(SmmError) as caught:
        reports_from_smm(rows, mission="osce-smm")
    assert len(caught.value.mistakes) == 2
    assert "row A-2, column kind" in str(caught.value)


def test_csv_text_is_read_by_its_header() -> None:
    reading = read_smm_csv(example.text("smm_observations.csv"), mission="osce-smm")
    assert list(reading.reports) == list(ALL.values())
    assert reading.mistakes == ()


@pytest.mark.parametrize("cut", [str.upper, lambda text: text.replace(",kind,", ",sort,", 1)])
def test_a_header_without_its_columns_is_one_mistake(cut: Callable[[str], str]) -> None:
    text = example.text("smm_observations.csv")
    header, rest = text.split("\n", 1)
    reading = read_smm_csv(f"{cut(header)}\n{rest}", mission="osce-smm", file="rows.csv")
    assert reading.reports == ()
    (mistake,) = reading.mistakes
    assert mistake.code == "missing_column"


def test_the_committed_header_is_the_one_that_is_read() -> None:
    assert set(next(iter(example.rows().values()))) == COLUMNS


def test_a_short_row_is_a_mistake_not_a_crash() -> None:
    text = ",".join(sorted(COLUMNS)) + "\n1,2\n"
    reading = read_smm_csv(text, mission="osce-smm")
    assert reading.reports == ()
    assert len(reading.mistakes) == 1
