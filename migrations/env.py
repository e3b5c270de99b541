"""How Alembic runs: on the connection it is handed, one transaction for each migration.

Place on the data's way: before it; `services.store.migrate` is the only caller. There is no
alembic.ini: where the database is, is a setting of the program, not of a file beside it.
"""

from __future__ import annotations

from typing import Literal

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.schema import SchemaItem

from services.store.models import Base

LOCK_TIMEOUT = "2s"
"""A migration that has to wait for a busy table gives up, so that no writer queues behind it."""

PARTITIONS = text("SELECT relname FROM pg_class WHERE relispartition AND relkind IN ('r', 'p')")


def run(connection: Connection) -> None:
    """Run the migrations that were asked for (`alembic.command` says which)."""
    partitions = set(connection.scalars(PARTITIONS))

    def concerns_us(
        _item: SchemaItem,
        name: str | None,
        type_: Literal[
            "schema",
            "table",
            "column",
            "index",
            "unique_constraint",
            "foreign_key_constraint",
            "check_constraint",
        ],
        reflected: bool,
        _compare_to: SchemaItem | None,
    ) -> bool:
        """Whether autogenerate looks at it; partitions follow from their parent."""
        return not (type_ == "table" and reflected and name in partitions)

    connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transaction_per_migration=True,
        compare_type=True,
        compare_server_default=True,
        include_object=concerns_us,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
