"""Know an event again, whenever it is sent again."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

PARTS = 8


def upgrade() -> None:
    op.create_table(
        "event_keys",
        sa.Column("key", sa.Uuid, nullable=False),
        sa.Column("received_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("kind", sa.SmallInteger, nullable=False),
        sa.Column("vouched", sa.Boolean),
        sa.Column("content_hash", sa.LargeBinary),
        sa.PrimaryKeyConstraint("key"),
        postgresql_partition_by="HASH (key)",
    )
    for part in range(PARTS):
        op.execute(
            f"CREATE TABLE event_keys_{part} PARTITION OF event_keys"
            f" FOR VALUES WITH (MODULUS {PARTS}, REMAINDER {part})"
        )


def downgrade() -> None:
    op.drop_table("event_keys")
