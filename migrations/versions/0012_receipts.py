"""Keep the receipt of every version that the gateway took, by month.

The mission stands here as well as in the submission, so that who may see a row is said by the row.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "receipts",
        sa.Column("key", sa.Uuid, nullable=False),
        sa.Column("received_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("mission", sa.Text, nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", "received_at", "revision"),
        postgresql_partition_by="RANGE (received_at)",
    )
    op.execute("CREATE TABLE receipts_default PARTITION OF receipts DEFAULT")
    op.execute(
        "CREATE TRIGGER history_rows BEFORE UPDATE OR DELETE ON receipts"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history()"
    )
    for table in ("receipts", "receipts_default"):
        op.execute(
            f"CREATE TRIGGER history_table BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history()"
        )


def downgrade() -> None:
    op.drop_table("receipts")
