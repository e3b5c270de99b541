from dataclasses import fields
from typing import Any

import pytest
from sqlalchemy import (
    ARRAY,
    TIMESTAMP,
    BigInteger,
    Boolean,
    Date,
    Double,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    Uuid,
)
from sqlalchemy.types import TypeEngine

from services.store import rows
from services.store.binary import Target
from services.store.models import Base

ROWS: dict[str, Any] = {
    "event_keys": rows.KeyRow,
    "submissions": rows.SubmissionRow,
    "assessments": rows.AssessmentRow,
    "violations": rows.ViolationRow,
    "supersessions": rows.SupersessionRow,
    "report_links": rows.LinkRow,
    "corridor_events": rows.CorridorEventRow,
    "corridor_availability": rows.AvailabilityRow,
    "sightings": rows.SightingRow,
    "whereabouts": rows.WhereaboutsRow,
    "standing_violations": rows.StandingRow,
    "context_events": rows.ContextEventRow,
    "context_generations": rows.ContextGenerationRow,
    "movement_generations": rows.MovementRow,
    "unheeded_movements": rows.UnheededMovementRow,
    "due_instants": rows.DueRow,
    "desk_actions": rows.DeskRow,
    "incident_marks": rows.IncidentMarkRow,
    "breaches": rows.BreachRow,
    "incidents": rows.IncidentRow,
    "case_acts": rows.CaseActRow,
    "case_readers": rows.CaseReaderRow,
    "channel_messages": rows.ChannelRow,
    "rejected": rows.RejectedRow,
    "receipts": rows.ReceiptRow,
}


@pytest.mark.parametrize("table", ROWS)
def test_a_row_has_the_columns_of_its_table_in_their_order(table: str) -> None:
    columns = [column.name for column in Base.metadata.tables[table].columns]
    assert list(ROWS[table].__struct_fields__) == columns


TYPES = {
    SmallInteger: "int2",
    BigInteger: "int8",
    Integer: "int4",
    Double: "float8",
    Boolean: "bool",
    Date: "date",
    Uuid: "uuid",
    LargeBinary: "bytea",
    Text: "text",
    TIMESTAMP: "timestamptz",
}


@pytest.mark.parametrize("table", ROWS)
def test_a_row_is_copied_in_the_types_of_its_table(table: str) -> None:
    types = [_name_of(column.type) for column in Base.metadata.tables[table].columns]
    assert Target(table, ROWS[table]).types == types


def _name_of(kind: TypeEngine[Any]) -> str:
    if isinstance(kind, ARRAY):
        return f"{_name_of(kind.item_type)}[]"
    return TYPES[type(kind)]


def test_every_kind_of_row_is_held_to_its_table() -> None:
    kinds = {
        value
        for value in vars(rows).values()
        if isinstance(value, type) and issubclass(value, rows.Row) and value is not rows.Row
    }
    assert kinds == set(ROWS.values())


def test_a_batch_starts_empty_and_shares_nothing() -> None:
    one, other = rows.BatchRows(), rows.BatchRows()
    for field in fields(rows.BatchRows):
        assert getattr(one, field.name) == []
        assert getattr(one, field.name) is not getattr(other, field.name)
