from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st

from streams.keys import EventKind, Key, event_key, keys_of_id, rejected_key

SLUGS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)
IDS = st.from_regex(r"[!-~]{1,40}", fullmatch=True) | st.uuids().map(str)
NAMES = st.tuples(st.sampled_from(EventKind), SLUGS, SLUGS, IDS)

V7_EARLY = "0197b2a4-7c11-7abc-8def-0123456789ab"
V7_LATE = "0197b2a4-7c12-7000-8000-000000000000"


def test_keys_are_what_they_have_always_been() -> None:
    # Keys are stored: another formula would take every event that is sent again for a new one.
    assert event_key(EventKind.REPORT, "smm", "patrol-3", V7_EARLY) == Key.parse(
        "0197b2a4-7c11-d3c0-19f3-a983912c067f"
    )
    assert event_key(EventKind.CORRIDOR_STATUS, "smm", "operator", "17") == Key.parse(
        "4523540f-1504-1ee4-422d-a996daef814a"
    )
    assert rejected_key("truceline.reports.v1", b"{") == Key.parse(
        "59130dff-a59f-bdfc-4f97-40f12bb17f4d"
    )


@given(NAMES, NAMES)
@example(
    (EventKind.REPORT, "ab", "c", "1"),
    (EventKind.REPORT, "a", "bc", "1"),
)
@example(
    (EventKind.REPORT, "a", "b", "c1"),
    (EventKind.REPORT, "a", "bc", "1"),
)
def test_different_events_have_different_keys(
    one: tuple[EventKind, str, str, str], other: tuple[EventKind, str, str, str]
) -> None:
    assert (event_key(*one) == event_key(*other)) == (one == other)


@given(NAMES)
def test_everybodys_events_with_an_id_are_in_its_range(
    name: tuple[EventKind, str, str, str],
) -> None:
    first, last = keys_of_id(name[3])
    assert first <= event_key(*name) <= last


def test_keys_of_uuidv7_ids_stand_in_the_order_of_time() -> None:
    early = event_key(EventKind.REPORT, "smm", "a", V7_EARLY)
    late = event_key(EventKind.REPORT, "smm", "b", V7_LATE)
    assert early < late
    assert early[:6].hex() == "0197b2a47c11"


def test_an_id_that_only_looks_like_a_uuidv7_is_hashed() -> None:
    first, _ = keys_of_id("zzzzzzzz-7c11-7abc-8def-0123456789ab")
    assert first[:6] != bytes.fromhex("0197b2a47c11")


@given(st.binary(min_size=16, max_size=16).map(Key))
def test_a_key_is_written_as_a_uuid_and_read_back(key: Key) -> None:
    assert str(key) == str(UUID(bytes=bytes(key)))
    assert Key.parse(str(key)) == key


@given(st.lists(st.binary(min_size=16, max_size=16).map(Key)))
def test_keys_sort_as_their_uuids_do(keys: list[Key]) -> None:
    assert [str(key) for key in sorted(keys)] == sorted(str(key) for key in keys)


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_rejected_bytes_are_known_by_what_and_where_they_are(one: bytes, other: bytes) -> None:
    assert (rejected_key("t", one) == rejected_key("t", other)) == (one == other)
    assert rejected_key("t", one) != rejected_key("u", one)
