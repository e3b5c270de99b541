"""Keep what is done in cases, as it came; show each to the mission, and to who was let see it.

The gateway's role adds acts and readers, of its agreements alone, and changes none. Who is no
reader of a case is shown no row of it, and readers see no log of custody. The reader `*` is
everybody: the case was released.
"""

import sqlalchemy as sa
from alembic import op

from services.local.postgres import API_ROLE

revision = "0046"
down_revision = "0045"

MISSIONS = "(SELECT string_to_array(current_setting('truceline.missions', true), ','))::text[]"
AGREEMENTS = "(SELECT string_to_array(current_setting('truceline.agreements', true), ','))::text[]"
SOURCES = "(SELECT string_to_array(current_setting('truceline.sources', true), ','))::text[]"
OF_SCOPE = (
    f"mission = ANY ({MISSIONS})"
    f" AND ('*' = ANY ({AGREEMENTS}) OR agreement_id = ANY ({AGREEMENTS}))"
)
EVERY_SOURCE = f"'*' = ANY ({SOURCES})"
# The rows of a table that a policy names are those that its own policy lets by.
READABLE = (
    "kind <> 'custody' AND EXISTS (SELECT FROM case_readers AS of"
    " WHERE of.mission = case_acts.mission AND of.case_id = case_acts.case_id)"
)
READ = {
    "case_readers": f"({EVERY_SOURCE} OR source = '*' OR source = ANY ({SOURCES}))",
    "case_acts": f"({EVERY_SOURCE} OR {READABLE})",
}


def upgrade() -> None:
    op.create_table(
        "case_acts",
        sa.Column("received_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("mission", sa.Text, nullable=False),
        sa.Column("agreement_id", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("standing", sa.Text, nullable=False),
        sa.Column("token_id", sa.Text, nullable=False),
        sa.Column("principal", sa.Text),
        sa.Column("sha256", sa.LargeBinary, nullable=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("mission", "case_id", "sha256"),
        sa.UniqueConstraint("mission", "case_id", "number"),
    )
    op.create_index("case_acts_by_time", "case_acts", ["mission", "agreement_id", "received_at"])
    op.create_table(
        "case_readers",
        sa.Column("mission", sa.Text, nullable=False),
        sa.Column("agreement_id", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("sha256", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("mission", "case_id", "source", "sha256"),
    )
    for table, rows in READ.items():
        op.execute(
            f"CREATE TRIGGER history_rows BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history()"
        )
        op.execute(
            f"CREATE TRIGGER history_table BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history()"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY api_reads ON {table} FOR SELECT TO {API_ROLE}"
            f" USING ({OF_SCOPE} AND {rows})"
        )
        op.execute(
            f"CREATE POLICY api_adds ON {table} FOR INSERT TO {API_ROLE} WITH CHECK ({OF_SCOPE})"
        )
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {API_ROLE}")


def downgrade() -> None:
    op.drop_table("case_acts")
    op.drop_table("case_readers")
