from msgspec.structs import replace

from services.store.write import storable_row
from tests.unit.services.store.sample_rows import rejected_row


def test_a_refused_event_keeps_its_bytes_and_its_silence() -> None:
    row = replace(rejected_row(b"\0\xff"), message="\0", source="s\0")
    kept = storable_row(row)
    assert (kept.raw, kept.mission, kept.event_id) == (b"\0\xff", None, None)
    assert (kept.message, kept.source) == (
        "\N{REPLACEMENT CHARACTER}",
        "s\N{REPLACEMENT CHARACTER}",
    )
