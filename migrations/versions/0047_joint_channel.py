"""Keep the messages of the joint channel, as they came; show each to who wrote or is to read it.

The gateway's role adds messages, of its agreements alone, and changes none. The timer reads them:
a request that nobody answered in time falls due, for those who may see the request.
"""

import sqlalchemy as sa
from alembic import op

from services.local.postgres import API_ROLE, TIMER_ROLE

revision = "0047"
down_revision = "0046"

TABLE = "channel_messages"
MISSIONS = "(SELECT string_to_array(current_setting('truceline.missions', true), ','))::text[]"
AGREEMENTS = "(SELECT string_to_array(current_setting('truceline.agreements', true), ','))::text[]"
SOURCES = "(SELECT string_to_array(current_setting('truceline.sources', true), ','))::text[]"
OF_SCOPE = (
    f"mission = ANY ({MISSIONS})"
    f" AND ('*' = ANY ({AGREEMENTS}) OR agreement_id = ANY ({AGREEMENTS}))"
)
READ = f"{OF_SCOPE} AND ('*' = ANY ({SOURCES}) OR readers && {SOURCES})"
# A policy of its own that restricts: what else the rows' policy lets by is its own matter.
# The rows of a table that a policy names are those that its own policy lets by.
DUE = (
    "rule <> 'reply_overdue' OR EXISTS (SELECT FROM channel_messages AS of"
    " WHERE of.mission = due_instants.mission"
    " AND of.message = split_part(due_instants.subject, '/', 1))"
)


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("received_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("mission", sa.Text, nullable=False),
        sa.Column("agreement_id", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("standing", sa.Text, nullable=False),
        sa.Column("token_id", sa.Text, nullable=False),
        sa.Column("principal", sa.Text),
        sa.Column("readers", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("sha256", sa.LargeBinary, nullable=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("mission", "sha256"),
        sa.UniqueConstraint("mission", "agreement_id", "number"),
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
    op.execute(f"CREATE POLICY api_reads ON {TABLE} FOR SELECT TO {API_ROLE} USING ({READ})")
    op.execute(
        f"CREATE POLICY api_adds ON {TABLE} FOR INSERT TO {API_ROLE} WITH CHECK ({OF_SCOPE})"
    )
    op.execute(f"GRANT SELECT, INSERT ON {TABLE} TO {API_ROLE}")
    op.execute(f"CREATE POLICY timer_reads ON {TABLE} FOR SELECT TO {TIMER_ROLE} USING (true)")
    op.execute(f"GRANT SELECT ON {TABLE} TO {TIMER_ROLE}")
    op.execute(
        "CREATE POLICY api_reads_answers ON due_instants AS RESTRICTIVE FOR SELECT"
        f" TO {API_ROLE} USING ({DUE})"
    )


def downgrade() -> None:
    op.execute("DROP POLICY api_reads_answers ON due_instants")
    op.drop_table(TABLE)
