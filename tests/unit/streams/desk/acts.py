"""Acts and wishes of the desk's tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from streams.desk.act import Act, Action
from streams.desk.decide import Wish

NOW = datetime(2026, 7, 14, 12, 0, tzinfo=UTC)


def act(action: Action, seq: int, by: str = "ana", **changes: object) -> Act:
    """An act on item `a`, each a minute after the one before."""
    values: dict[str, object] = {
        "item": "a",
        "seq": seq,
        "reading": 1,
        "action": action,
        "principal": by,
        "token_id": f"tok-of-{by}",
        "at": NOW + timedelta(minutes=seq),
        "note": f"{action} of {by}",
        "people": 2,
    }
    return Act(**{**values, **changes})  # type: ignore[arg-type]  # the fields of an act


def wish(action: Action, by: str = "ana", people: int = 2, note: str = "seen") -> Wish:
    return Wish(
        action=action, note=note, principal=by, token_id=f"tok-of-{by}", at=NOW, people=people
    )
