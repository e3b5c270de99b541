"""Keep the signatures of the parties under versions of their agreement."""

import sqlalchemy as sa
from alembic import op

from services.local.postgres import API_ROLE

revision = "0025"
down_revision = "0024"

TABLE = "agreement_signatures"
MISSIONS = "(SELECT string_to_array(current_setting('truceline.missions', true), ','))::text[]"
BY_IT = "agreement IN (SELECT hash FROM agreements)"  # those that their own policy lets by


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("agreement", sa.LargeBinary, nullable=False),
        sa.Column("mission", sa.Text, nullable=False),
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("loaded_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.execute(
        f"CREATE TRIGGER history_rows BEFORE UPDATE OR DELETE ON {TABLE}"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history()"
    )
    op.execute(
        f"CREATE TRIGGER history_table BEFORE TRUNCATE ON {TABLE}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history()"
    )
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY api_reads ON {TABLE} FOR SELECT TO {API_ROLE}"
        f" USING (mission = ANY ({MISSIONS}) AND {BY_IT})"
    )
    op.execute(f"GRANT SELECT ON {TABLE} TO {API_ROLE}")


def downgrade() -> None:
    op.drop_table(TABLE)
