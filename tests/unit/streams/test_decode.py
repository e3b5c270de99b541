"""Poison in, reason code out; and whatever is sound comes back as it went in."""

from __future__ import annotations

import json
import time
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.decode import (
    EVENT_LIMIT_BYTES,
    Reason,
    Refusal,
    decode_context,
    decode_report,
    decode_reports,
    decode_status,
)
from streams.events import CorridorStatus, Report
from streams.vocabulary import DETAILS_OF, Detail, Kind
from tests.unit.streams import builders
from tests.unit.streams.event_strategies import reports, statuses

NESTED = 100_000
FULL: dict[str, Any] = json.loads("""{
  "version": 1, "id": "r-1", "mission": "mission", "source": "patrol-1", "kind": "explosion",
  "detail": "impact", "means": ["heard", "saw"], "observed_from": "2026-03-02T12:00:00Z",
  "observed_to": "2026-03-02T12:10:00+02:00", "location": {"type": "point", "lon": 38, "lat": 48},
  "count": {"min": 2, "max": 3, "qualifier": "range"}, "weapons": ["mortar"],
  "calibres_mm": [120], "flights": [{"from_deg": 10, "to_deg": 20}],
  "monitor_sides": [{"zone": "z", "side": "inside"}], "subject_ref": "gun-1",
  "presence": "present", "declared_number": 4, "origin": "o-1", "derived_from": ["d-1"],
  "supersedes": "r-0", "retracts": "r-00", "exercise": false,
  "grading": {"source": "B", "information": 2},
  "attribution": {"party": "north", "basis": "plausible"}, "assessed_as": "live_fire_exercise",
  "pleas": [{"party": "north", "plea": "self_defence"}], "evidence": [],
  "downtime": [{"start": "2026-03-02T12:00:00Z", "end": "2026-03-02T13:00:00Z"}],
  "range_m": 5000, "remark": "x"
}""") | {"observed_to": "2026-03-02T12:10:00Z"}
STATUS: dict[str, Any] = json.loads("""{
  "version": 1, "id": "s-1", "mission": "mission", "source": "operator", "corridor": "c",
  "segment": "km-1", "status": "open", "issued_at": "2026-03-02T12:00:00Z",
  "observed_at": "2026-03-02T11:50:00Z", "effective_from": "2026-03-02T12:00:00Z",
  "effective_to": "2026-03-02T18:00:00Z", "settles": [{"source": "patrol-1", "id": "r-1"}],
  "exercise": false, "remark": "x", "direction": "forward", "travellers": ["on_foot"],
  "max_load_t": 3.5, "hazard": "ice"
}""")
SQUARE = [[38.0, 48.0], [38.1, 48.0], [38.1, 48.1], [38.0, 48.1], [38.0, 48.0]]
BOW_TIE = [[38.0, 48.0], [38.1, 48.1], [38.1, 48.0], [38.0, 48.1], [38.0, 48.0]]
# The year 1 in the east and the year 9999 in the west are outside of what a UTC instant can be.
FIRST_YEAR, LAST_YEAR = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"


def reason(raw: bytes) -> Reason:
    refused = decode_report(raw)
    assert isinstance(refused, Refusal), "it was taken"
    assert refused.message
    return refused.reason


def with_(**changes: object) -> bytes:
    return json.dumps(FULL | changes).encode()


def spliced(text: bytes) -> bytes:
    """A sound report with `text` as the value of a field that nobody knows."""
    return json.dumps(FULL).encode()[:-1] + b', "unknown": ' + text + b"}"


def test_a_sound_report_with_every_field_is_read() -> None:
    report = decode_report(json.dumps(FULL).encode())
    assert isinstance(report, Report)
    assert set(FULL) == set(Report.__struct_fields__)
    assert (report.kind, report.detail) == (Kind.EXPLOSION, Detail.IMPACT)


def test_a_sound_status_with_every_field_is_read() -> None:
    assert isinstance(decode_status(json.dumps(STATUS).encode()), CorridorStatus)
    assert set(STATUS) == set(CorridorStatus.__struct_fields__)


def test_unknown_fields_are_ignored() -> None:
    assert decode_report(spliced(b'{"a": [1, null, {"b": "c"}]}')) == decode_report(with_())


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", Reason.EMPTY),
        (b" \n", Reason.MALFORMED_JSON),
        (b"not json", Reason.MALFORMED_JSON),
        (b"{", Reason.MALFORMED_JSON),
        (b"\xef\xbb\xbf" + with_(), Reason.MALFORMED_JSON),
        (with_()[:-1], Reason.MALFORMED_JSON),
        (with_()[:200], Reason.MALFORMED_JSON),
        (with_() + b"{}", Reason.MALFORMED_JSON),
        (with_() + b"\x00", Reason.MALFORMED_JSON),
        (b"[]", Reason.WRONG_TYPE),
        (b"null", Reason.WRONG_TYPE),
        (b'"text"', Reason.WRONG_TYPE),
        (b"{}", Reason.MISSING_FIELD),
        (with_(remark="x" * 10_000_000), Reason.TOO_LARGE),
        (b" " * (EVENT_LIMIT_BYTES + 1), Reason.TOO_LARGE),
        (b"\xff" + with_(), Reason.NOT_UTF8),
        (with_(id="ID").replace(b"ID", b"r\xff"), Reason.NOT_UTF8),
        (with_(remark="ID").replace(b"ID", b"\xed\xa0\x80"), Reason.NOT_UTF8),
        (spliced(b'"\xff"'), Reason.NOT_UTF8),
        (with_(remark="\ud800"), Reason.MALFORMED_JSON),
        (with_(remark="\udc00\ud800"), Reason.MALFORMED_JSON),
        (with_(location={"type": "point", "lon": float("nan"), "lat": 1}), Reason.MALFORMED_JSON),
        (with_(location={"type": "point", "lon": float("inf"), "lat": 1}), Reason.MALFORMED_JSON),
        (spliced(b"NaN"), Reason.MALFORMED_JSON),
        (spliced(b"-Infinity"), Reason.MALFORMED_JSON),
        (with_(declared_number=7).replace(b"7,", b"1e999,"), Reason.OUT_OF_RANGE),
        (with_(calibres_mm=[7]).replace(b"[7]", b"[1e999]"), Reason.OUT_OF_RANGE),
        (b"[" * NESTED, Reason.WRONG_TYPE),
        (b'{"unknown":' + b"[" * NESTED, Reason.NESTED_TOO_DEEPLY),
        (b'{"a":' * NESTED, Reason.NESTED_TOO_DEEPLY),
        (spliced(b"[" * NESTED + b"]" * NESTED), Reason.NESTED_TOO_DEEPLY),
        (spliced(b'{"a":' * NESTED + b"1" + b"}" * NESTED), Reason.NESTED_TOO_DEEPLY),
        (with_(location="L").replace(b'"L"', b"[" * NESTED), Reason.WRONG_TYPE),
    ],
)
def test_bytes_that_are_no_event_are_refused(raw: bytes, expected: Reason) -> None:
    assert reason(raw) is expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"version": 2}, Reason.UNSUPPORTED_VERSION),
        ({"version": "1"}, Reason.UNSUPPORTED_VERSION),
        ({"kind": "expulsion"}, Reason.UNKNOWN_KIND),
        ({"kind": "missing required field - at `$.version`"}, Reason.UNKNOWN_KIND),
        ({"detail": "loud"}, Reason.UNKNOWN_WORD),
        ({"means": ["felt"]}, Reason.UNKNOWN_WORD),
        ({"weapons": ["mortar", "slingshot"]}, Reason.UNKNOWN_WORD),
        ({"presence": "maybe"}, Reason.UNKNOWN_WORD),
        ({"count": {"min": 1, "qualifier": "lots"}}, Reason.UNKNOWN_WORD),
        ({"grading": {"source": "G", "information": 1}}, Reason.UNKNOWN_WORD),
        ({"attribution": {"party": "north", "basis": "sure"}}, Reason.UNKNOWN_WORD),
        ({"monitor_sides": [{"zone": "z", "side": "near"}]}, Reason.UNKNOWN_WORD),
        ({"location": {"type": "sphere"}}, Reason.UNKNOWN_WORD),
        (
            {"location": {"type": "bearings", "lon": 1, "lat": 1, "compass_points": 4}},
            Reason.UNKNOWN_WORD,
        ),
        ({"observed_from": "2026-03-02T12:00:00"}, Reason.MISSING_UTC_OFFSET),
        ({"observed_to": "2026-03-02T12:10:00"}, Reason.MISSING_UTC_OFFSET),
        ({"downtime": [{"start": "2026-03-02T12:00:00"}]}, Reason.MISSING_UTC_OFFSET),
        ({"observed_from": "yesterday"}, Reason.BAD_FORMAT),
        ({"observed_from": "2026-02-30T12:00:00Z"}, Reason.BAD_FORMAT),
        ({"observed_from": "2026-03-02T24:01:00Z"}, Reason.BAD_FORMAT),
        ({"observed_from": 1_772_452_800}, Reason.WRONG_TYPE),
        ({"observed_from": FIRST_YEAR}, Reason.OUT_OF_RANGE),
        ({"observed_to": LAST_YEAR}, Reason.OUT_OF_RANGE),
        ({"observed_from": "1899-12-31T00:00:00Z"}, Reason.OUT_OF_RANGE),
        ({"observed_to": "2200-01-01T00:00:00Z"}, Reason.OUT_OF_RANGE),
        ({"downtime": [{"start": FIRST_YEAR, "end": LAST_YEAR}]}, Reason.OUT_OF_RANGE),
        ({"range_m": -1}, Reason.OUT_OF_RANGE),
        ({"range_m": "5 km"}, Reason.WRONG_TYPE),
        ({"observed_to": "2026-03-02T11:59:59Z"}, Reason.INTERVAL_REVERSED),
        ({"observed_to": "2026-03-02T13:59:59+02:00"}, Reason.INTERVAL_REVERSED),
        (
            {"downtime": [{"start": "2026-03-02T13:00:00Z", "end": "2026-03-02T12:00:00Z"}]},
            Reason.INTERVAL_REVERSED,
        ),
        ({"id": ""}, Reason.OUT_OF_RANGE),
        ({"id": "x" * 129}, Reason.OUT_OF_RANGE),
        ({"id": "two words"}, Reason.BAD_FORMAT),
        ({"id": "line\n"}, Reason.BAD_FORMAT),
        ({"id": "nul\x00"}, Reason.BAD_FORMAT),
        ({"id": "дім"}, Reason.BAD_FORMAT),
        ({"mission": "mission\n"}, Reason.BAD_FORMAT),
        ({"source": "-patrol"}, Reason.BAD_FORMAT),
        ({"evidence": ["A" * 64]}, Reason.BAD_FORMAT),
        ({"evidence": ["a" * 64 + "\n"]}, Reason.BAD_FORMAT),
        ({"means": []}, Reason.OUT_OF_RANGE),
        ({"means": ["saw"] * 9}, Reason.OUT_OF_RANGE),
        ({"remark": "x" * 4_001}, Reason.OUT_OF_RANGE),
        ({"count": {"min": -1}}, Reason.OUT_OF_RANGE),
        ({"count": {"min": 10**30}}, Reason.OUT_OF_RANGE),
        ({"count": {"min": 1.5}}, Reason.WRONG_TYPE),
        ({"count": {"min": 3, "max": 2}}, Reason.COUNT_REVERSED),
        ({"calibres_mm": [0]}, Reason.OUT_OF_RANGE),
        ({"grading": {"source": "A", "information": 7}}, Reason.OUT_OF_RANGE),
        ({"location": {"type": "point", "lon": 180.1, "lat": 1}}, Reason.OUT_OF_RANGE),
        ({"location": {"type": "point", "lon": 1, "lat": -90.1}}, Reason.OUT_OF_RANGE),
        ({"location": {"type": "point", "lon": 1, "lat": 1, "accuracy_m": -1}},
         Reason.OUT_OF_RANGE),
        ({"location": {"type": "point", "lon": 1, "lat": 1, "spread": "normal"}},
         Reason.UNKNOWN_WORD),
        ({"location": {"lon": 1, "lat": 1}}, Reason.MISSING_FIELD),
        ({"location": {"type": "bearings", "lon": 1, "lat": 1, "sectors": []}},
         Reason.OUT_OF_RANGE),
        ({"location": {"type": "bearings", "lon": 1, "lat": 1,
                       "sectors": [{"max_m": 9}, {"min_m": 5, "max_m": 4}]}},
         Reason.DISTANCE_REVERSED),
        ({"location": {"type": "track", "points": [[1, 2]]}}, Reason.OUT_OF_RANGE),
        ({"location": {"type": "area", "coordinates": []}}, Reason.OUT_OF_RANGE),
        ({"location": {"type": "area", "coordinates": [SQUARE[:3]]}}, Reason.OUT_OF_RANGE),
        ({"location": {"type": "area", "coordinates": [SQUARE[:4]]}}, Reason.BAD_GEOMETRY),
        ({"location": {"type": "area", "coordinates": [BOW_TIE]}}, Reason.BAD_GEOMETRY),
        ({"location": {"type": "area", "coordinates": [[[1, 1]] * 4]}}, Reason.BAD_GEOMETRY),
        ({"detail": "denial"}, Reason.DETAIL_NOT_OF_KIND),
        ({"kind": "shot"}, Reason.DETAIL_NOT_OF_KIND),
        ({"supersedes": "r-1"}, Reason.REFERS_TO_ITSELF),
        ({"retracts": "r-1"}, Reason.REFERS_TO_ITSELF),
    ],
)  # fmt: skip
def test_a_field_that_is_wrong_is_named_by_its_reason(
    changes: dict[str, object], expected: Reason
) -> None:
    assert reason(with_(**changes)) is expected


DUPLICATES = [
    (b'"status": "open"', b'"status": "closed", "status": "open"'),
    (b'"status": "open"', b'"status":"open","status":"open"'),
    (b'"status": "open"', b'"status" : "closed", "status"\n: "open"'),
    (b'"status": "open"', b'"status": "closed", "sta\\u0074us": "open"'),
    (b'"status": "open"', b'"sta\\u0074us": "closed", "status": "open"'),
    (b'"remark": "x"', b'"remark": "", "remark": "\\"\\""'),
    (b'"exercise": false', b'"exercise": false, "exercise": false'),
    (b'"source": "patrol-1"', b'"source": "patrol-2", "source": "patrol-1"'),  # in `settles`
    (b'"remark": "x"', b'"unknown": {"a": [{"b": 1, "b": 1}]}'),
    (b'"remark": "x"', b'"unknown": 1, "unknown": 2'),
]


@pytest.mark.parametrize(("once", "twice"), DUPLICATES)
@pytest.mark.parametrize("pretty", [False, True])
def test_a_key_that_a_status_says_twice_is_refused(
    once: bytes, twice: bytes, *, pretty: bool
) -> None:
    raw = json.dumps(STATUS, indent=2 if pretty else None).encode()
    assert once in raw
    refused = decode_status(raw.replace(once, twice))
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.DUPLICATE_KEY
    assert refused.message.isprintable()


@pytest.mark.parametrize(
    ("once", "twice"),
    [
        (b'"kind":"explosion"', b'"kind":"shot","kind":"explosion"'),
        (b'"lon":38', b'"lon":37,"lon":38'),
        (b'"type":"point"', b'"type":"point","type":"point"'),
        (b'"max":3', b'"max":3,"m\\u0061x":3'),
        (b'"id":"r-1"', b'"id":"r-1","' + b"k" * 9_000 + b'":1,"' + b"k" * 9_000 + b'":1'),
        (b'"remark":"x"', b'"a\\u0000\\n":1,"a\\u0000\\n":1'),
    ],
)
def test_a_key_that_a_report_says_twice_is_refused(once: bytes, twice: bytes) -> None:
    raw = json.dumps(FULL, separators=(",", ":")).encode()
    assert once in raw
    refused = decode_report(raw.replace(once, twice))
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.DUPLICATE_KEY
    assert refused.message.isprintable()
    assert len(refused.message) < 500


@pytest.mark.parametrize(
    "text",
    [
        b'[{"lon": 1}, {"lon": 1, "in": {"lon": 1}}]',
        b'{"id": 1, "mission": {"id": 2}, "Id": 3}',
        b'"\\"id\\": 1, \\"id\\": 2"',
        b'"the \\u0022id\\u0022: was \\ud83d\\ude00"',
        b"1" * 10_000,
        b"1e99999",
    ],
)
def test_a_name_that_stands_once_in_each_object_is_no_duplicate(text: bytes) -> None:
    assert decode_report(spliced(text)) == decode_report(with_())


@given(
    statuses, st.sampled_from(sorted(CorridorStatus.__struct_fields__)), st.booleans(), st.data()
)
def test_any_key_said_again_is_refused(
    status: CorridorStatus, field: str, ascii_only: bool, data: st.DataObject
) -> None:
    """Whichever field it is, wherever it stands, whatever is escaped and spaced."""
    said = json.loads(msgspec.json.encode(status)) | {"exercise": status.exercise}
    pairs = [(key, json.dumps(value, ensure_ascii=ascii_only)) for key, value in said.items()]
    again = field if field in said else "exercise"
    place = data.draw(st.integers(0, len(pairs)))
    pairs.insert(place, (again, dict(pairs)[again]))
    colon = data.draw(st.sampled_from([":", " : ", "\n:"]))
    raw = ("{" + ",".join(f'"{key}"{colon}{value}' for key, value in pairs) + "}").encode()
    refused = decode_status(raw)
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.DUPLICATE_KEY


@pytest.mark.parametrize("field", sorted(FULL))
def test_a_field_of_the_wrong_type_is_refused(field: str) -> None:
    wrong = "seven" if field in {"version", "declared_number", "range_m"} else 7
    expected = Reason.UNSUPPORTED_VERSION if field == "version" else Reason.WRONG_TYPE
    assert reason(with_(**{field: wrong})) is expected


REQUIRED = ("id", "mission", "source", "kind", "means", "observed_from")


@pytest.mark.parametrize("field", REQUIRED)
def test_a_missing_field_is_refused(field: str) -> None:
    less = {name: value for name, value in FULL.items() if name != field}
    assert reason(json.dumps(less).encode()) is Reason.MISSING_FIELD


def test_nothing_else_is_required() -> None:
    least = {name: FULL[name] for name in REQUIRED}
    assert isinstance(decode_report(json.dumps(least).encode()), Report)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": "ajar"}, Reason.UNKNOWN_WORD),
        ({"issued_at": "2026-03-02T12:00:00"}, Reason.MISSING_UTC_OFFSET),
        ({"issued_at": FIRST_YEAR}, Reason.OUT_OF_RANGE),
        ({"observed_at": LAST_YEAR}, Reason.OUT_OF_RANGE),
        ({"effective_from": FIRST_YEAR}, Reason.OUT_OF_RANGE),
        ({"effective_to": LAST_YEAR}, Reason.OUT_OF_RANGE),
        ({"effective_to": "2026-03-02T12:00:00Z"}, Reason.INTERVAL_REVERSED),
        ({"settles": [{"source": "patrol-1"}]}, Reason.MISSING_FIELD),
        ({"version": 0}, Reason.UNSUPPORTED_VERSION),
    ],
)
def test_a_status_that_is_wrong_is_named_by_its_reason(
    changes: dict[str, object], expected: Reason
) -> None:
    refused = decode_status(json.dumps(STATUS | changes).encode())
    assert isinstance(refused, Refusal)
    assert refused.reason is expected


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("detail", Detail)
def test_a_detail_is_taken_of_its_own_kinds_alone(kind: Kind, detail: Detail) -> None:
    read = decode_report(with_(kind=kind, detail=detail))
    assert isinstance(read, Report) == (detail in DETAILS_OF.get(kind, ()))


def test_a_message_is_short_and_ends_with_the_place() -> None:
    refused = decode_report(with_(kind="x" * 1_000_000))
    assert isinstance(refused, Refusal)
    assert len(refused.message) < 500
    assert refused.message.endswith("at `$.kind`")


def test_a_message_quotes_no_control_character() -> None:
    refused = decode_report(with_(kind="a\x00\n\x1b[31m"))
    assert isinstance(refused, Refusal)
    assert refused.message.isprintable()


def test_the_largest_area_that_may_be_sent_is_decided_at_once() -> None:
    crossing = [
        [38 + (i * 7919 % 1999) / 1e4, 48 + (i * 104_729 % 1999) / 1e4] for i in range(1999)
    ]
    raw = with_(location={"type": "area", "coordinates": [[*crossing, crossing[0]]] * 12})
    assert len(raw) < EVENT_LIMIT_BYTES
    started = time.process_time()
    assert reason(raw) is Reason.BAD_GEOMETRY
    assert time.process_time() - started < 5  # generous: a shared machine


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    for decoded in (decode_report(raw), decode_status(raw)):
        assert isinstance(decoded, Refusal)


@given(
    st.sampled_from([json.dumps(FULL).encode(), json.dumps(STATUS).encode()]),
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 3), st.binary(max_size=4)), max_size=6),
)
def test_no_damage_to_a_sound_event_makes_it_raise(
    raw: bytes, damages: list[tuple[int, int, bytes]]
) -> None:
    for at, cut, put in damages:
        raw = raw[:at] + put + raw[at + cut :]
    for decoded in (decode_report(raw), decode_status(raw)):
        assert isinstance(decoded, Refusal | Report | CorridorStatus)


@given(reports)
def test_a_report_comes_back_from_its_bytes(report: Report) -> None:
    raw = msgspec.json.encode(report)
    assert decode_report(raw) == report
    assert msgspec.json.encode(decode_report(raw)) == raw


SOUND = [
    json.dumps(FULL).encode(),
    json.dumps(FULL | {"remark": 'says "x"\n\U0001f600'}).encode(),
    json.dumps(FULL | {"remark": "їде"}, ensure_ascii=False).encode(),
    json.dumps(FULL | {"unknown": {"id": "r-2"}}, indent=1).encode(),
    msgspec.json.encode(msgspec.json.decode(json.dumps(FULL), type=Report)),
]
POISON = [
    b"",
    b"{",
    b"[" * NESTED,
    b"\xff",
    json.dumps(FULL).encode() * 2,
    json.dumps(FULL).encode() + b"," + json.dumps(FULL).encode(),
    json.dumps(FULL).replace('"id": "r-1"', '"id": "r-2", "id": "r-1"').encode(),
    json.dumps(FULL | {"kind": "thunder"}).encode(),
    json.dumps(FULL | {"mission": "no slug"}).encode(),
    json.dumps(FULL | {"source": "-1"}).encode(),
    json.dumps(FULL | {"id": "r 1"}).encode(),
    json.dumps(FULL | {"id": "r\u00e9"}).encode(),
    json.dumps(
        FULL | {"location": {"type": "route", "corridor": "c", "from_km": 2, "to_km": 1}}
    ).encode(),
    json.dumps(
        FULL | {"downtime": [{"start": "1899-03-02T12:00:00Z", "end": "1899-03-02T13:00:00Z"}]}
    ).encode(),
    json.dumps(FULL | {"observed_to": "2026-03-02T11:59:59Z"}).encode(),
    json.dumps(FULL | {"observed_to": "9999-12-31T23:59:59-14:00"}).encode(),
    json.dumps(FULL | {"observed_to": "0001-01-01T00:00:00+14:00"}).encode(),
    json.dumps(FULL | {"observed_from": "1899-12-31T23:59:59Z"}).encode(),
    json.dumps(FULL | {"count": {"min": 2, "max": 1}}).encode(),
    json.dumps(FULL | {"kind": "burst", "detail": "outgoing"}).encode(),
    json.dumps(FULL | {"supersedes": "r-1"}).encode(),
    json.dumps(FULL | {"retracts": "r-1"}).encode(),
    json.dumps(
        FULL
        | {
            "location": {
                "type": "bearings",
                "lon": 38,
                "lat": 48,
                "sectors": [{"min_m": 2, "max_m": 1}],
            }
        }
    ).encode(),
    json.dumps(FULL).encode() + b" " * EVENT_LIMIT_BYTES,
]


@given(st.lists(st.sampled_from(SOUND) | reports.map(msgspec.json.encode), max_size=6), st.data())
def test_many_reports_are_read_as_each_is_by_itself(raws: list[bytes], data: st.DataObject) -> None:
    for bad in data.draw(st.lists(st.sampled_from(POISON), max_size=2)):
        raws.insert(data.draw(st.integers(0, len(raws))), bad)
    assert decode_reports(raws) == [decode_report(raw) for raw in raws]


@pytest.mark.parametrize("bad", POISON, ids=range(len(POISON)))
def test_one_that_cannot_be_read_is_refused_among_others(bad: bytes) -> None:
    before, refused, after = decode_reports([SOUND[0], bad, SOUND[4]])
    assert isinstance(refused, Refusal)
    assert refused == decode_report(bad)
    assert isinstance(before, Report)
    assert isinstance(after, Report)


@given(statuses)
def test_a_status_comes_back_from_its_bytes(status: CorridorStatus) -> None:
    assert decode_status(msgspec.json.encode(status)) == status


def test_the_builders_are_sound() -> None:
    assert decode_report(builders.line(builders.report())) == builders.report()
    assert decode_status(builders.line(builders.status())) == builders.status()


CONTEXT: dict[str, Any] = json.loads("""{
  "event": "notification", "version": 1, "id": "n-1", "mission": "mission", "source": "liaison",
  "issued_at": "2026-03-01T12:00:00Z", "activity": "demining", "place": {"zones": ["z"]},
  "begins_at": "2026-03-02T12:00:00Z", "ends_at": "2026-03-02T15:00:00Z",
  "notified_at": "2026-03-01T12:00:00Z", "party": "north"
}""")
TERMS = {
    "purpose": "harvest",
    "place": {"zones": ["z"]},
    "begins_at": "2026-03-02T12:00:00Z",
    "ends_at": "2026-03-02T15:00:00Z",
    "prohibits": ["shot"],
}
TRUCE = {name: CONTEXT[name] for name in ("version", "id", "mission", "source", "issued_at")} | {
    "event": "truce",
    "truce": "t",
    "at": "2026-03-02T12:00:00Z",
    "step": {"type": "in_force", "terms": TERMS},
}
BEFORE = "2026-03-02T12:00:00Z"


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (CONTEXT | {"event": "rumour"}, Reason.UNKNOWN_WORD),
        ({k: v for k, v in CONTEXT.items() if k != "event"}, Reason.MISSING_FIELD),
        (CONTEXT | {"supercedes": "n-0"}, Reason.UNKNOWN_FIELD),
        (CONTEXT | {"mission": "no slug"}, Reason.BAD_FORMAT),
        (CONTEXT | {"supersedes": "n-1"}, Reason.REFERS_TO_ITSELF),
        (CONTEXT | {"retracts": "n-1"}, Reason.REFERS_TO_ITSELF),
        (CONTEXT | {"place": {}}, Reason.NAMES_NO_PLACE),
        (CONTEXT | {"ends_at": BEFORE}, Reason.INTERVAL_REVERSED),
        (CONTEXT | {"notified_at": LAST_YEAR}, Reason.OUT_OF_RANGE),
        (CONTEXT | {"issued_at": FIRST_YEAR}, Reason.OUT_OF_RANGE),
        (TRUCE | {"at": LAST_YEAR}, Reason.OUT_OF_RANGE),
        (TRUCE | {"step": {"type": "extended", "ends_at": LAST_YEAR}}, Reason.OUT_OF_RANGE),
        (
            TRUCE | {"step": {"type": "agreed", "terms": TERMS | {"ends_at": BEFORE}}},
            Reason.INTERVAL_REVERSED,
        ),
        (
            TRUCE | {"step": {"type": "proposed", "terms": TERMS | {"place": {"zones": []}}}},
            Reason.NAMES_NO_PLACE,
        ),
    ],
)
def test_a_bad_context_event_is_refused_with_its_reason(
    event: dict[str, Any], expected: Reason
) -> None:
    refused = decode_context(json.dumps(event).encode())
    assert isinstance(refused, Refusal), "it was taken"
    assert refused.reason is expected


@pytest.mark.parametrize("event", [CONTEXT, TRUCE], ids=["notification", "truce"])
def test_a_sound_context_event_is_read(event: dict[str, Any]) -> None:
    assert not isinstance(decode_context(json.dumps(event).encode()), Refusal)
