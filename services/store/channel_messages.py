"""Messages of the joint channel as they are stored: added once, never changed.

Place on the data's way: `services.channel` → **here** → `streams.channel.fold`; the timer reads
them as well. Of the gateway's transactions PostgreSQL itself keeps what their sources may not see.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from msgspec.structs import astuple
from psycopg import sql

from services.store.engine import Connection
from services.store.rows import ChannelRow
from streams.cases.case import Standing
from streams.channel.fold import Sent
from streams.channel.messages import read_message


class StoredMessage(NamedTuple):
    """A message with where it stands."""

    mission: str
    agreement_id: str
    number: int
    sent: Sent


_ADD: Final = sql.SQL("INSERT INTO channel_messages ({}) VALUES ({})").format(
    sql.SQL(", ").join(map(sql.Identifier, ChannelRow.__struct_fields__)),
    sql.SQL(", ").join(sql.Placeholder() * len(ChannelRow.__struct_fields__)),
)
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_MESSAGES: Final = """
SELECT mission, agreement_id, number, sha256, raw, received_at, standing FROM channel_messages
WHERE mission = coalesce(%(mission)s, mission)
    AND agreement_id = coalesce(%(agreement)s, agreement_id)
    AND received_at <= coalesce(%(known_at)s::timestamptz, 'infinity')
ORDER BY mission, agreement_id, number
"""
_NEWEST: Final = """
SELECT mission, agreement_id, max(number) FROM channel_messages GROUP BY 1, 2
"""


def lock_channel(conn: Connection, mission: str, agreement_id: str) -> None:
    """Let nobody else write to a channel until this transaction ends."""
    conn.execute(_LOCK, [f"channel {mission}/{agreement_id}"])


def add_message(conn: Connection, row: ChannelRow) -> None:
    """Write a message."""
    conn.execute(_ADD, astuple(row))


def messages_of(
    conn: Connection,
    mission: str | None = None,
    agreement_id: str | None = None,
    known_at: datetime | None = None,
) -> list[StoredMessage]:
    """Every message that the connection is shown, of one channel or of all, in order."""
    asked = {"mission": mission, "agreement": agreement_id, "known_at": known_at}
    return [
        StoredMessage(
            of,
            agreement,
            number,
            Sent(sha256.hex(), read_message(bytes(raw)), received_at, Standing(standing)),
        )
        for of, agreement, number, sha256, raw, received_at, standing in conn.execute(
            _MESSAGES, asked
        )
    ]


def newest_messages(conn: Connection) -> dict[tuple[str, str], int]:
    """The number of the last message of each channel, by mission and agreement."""
    return {(mission, agreement): number for mission, agreement, number in conn.execute(_NEWEST)}


def raw_message(conn: Connection, mission: str, sha256: str) -> bytes | None:
    """The bytes of a message as they came; None: the connection is shown none."""
    row = conn.execute(
        "SELECT raw FROM channel_messages WHERE mission = %s AND sha256 = %s",
        [mission, bytes.fromhex(sha256)],
    ).fetchone()
    return None if row is None else bytes(row[0])
