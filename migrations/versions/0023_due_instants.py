"""Keep each instant at which time alone changed what is read, once; the timer writes them.

The timer's sessions take a role that reads what it reckons from and adds rows here, and can do
nothing else; the gateway's role reads the rows of its missions and agreements.
"""

import sqlalchemy as sa
from alembic import op

from services.local.postgres import API_ROLE, TIMER_ROLE
from services.store.timer_role import require_timer_role

revision = "0023"
down_revision = "0022"

MISSIONS = "(SELECT string_to_array(current_setting('truceline.missions', true), ','))::text[]"
AGREEMENTS = "(SELECT string_to_array(current_setting('truceline.agreements', true), ','))::text[]"
NAMED = f"('*' = ANY ({AGREEMENTS}) OR agreement_id = ANY ({AGREEMENTS}))"
RECKONED_FROM = ("agreements", "methodologies", "context_generations", "corridor_availability")
FUNCTION = "waits_unjudged(text, timestamptz)"


def upgrade() -> None:
    require_timer_role(op.get_bind())
    op.create_table(
        "due_instants",
        sa.Column("due_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("written_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("stands", sa.Boolean, nullable=False),
        sa.Column("mission", sa.Text, nullable=False),
        sa.Column("agreement_id", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("agreement", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("mission", "agreement_id", "subject", "rule", "due_at", "revision"),
        sa.CheckConstraint("written_at >= due_at OR NOT stands", "due_instants_not_early"),
    )
    op.create_index("due_instants_by_time", "due_instants", ["mission", "due_at"])
    op.execute(
        "CREATE TRIGGER history_rows BEFORE UPDATE OR DELETE ON due_instants"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history()"
    )
    op.execute(
        "CREATE TRIGGER history_table BEFORE TRUNCATE ON due_instants"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history()"
    )
    op.execute("ALTER TABLE due_instants ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY api_reads ON due_instants FOR SELECT TO {API_ROLE}"
        f" USING (mission = ANY ({MISSIONS}) AND {NAMED})"
    )
    op.execute(f"GRANT SELECT ON due_instants TO {API_ROLE}")
    let_timer()


def let_timer() -> None:
    """Let the timer's role read what it needs, of all missions, and add its rows."""
    for table in (*RECKONED_FROM, "due_instants"):
        op.execute(f"CREATE POLICY timer_reads ON {table} FOR SELECT TO {TIMER_ROLE} USING (true)")
        op.execute(f"GRANT SELECT ON {table} TO {TIMER_ROLE}")
    op.execute(
        f"CREATE POLICY timer_adds ON due_instants FOR INSERT TO {TIMER_ROLE} WITH CHECK (true)"
    )
    op.execute(f"GRANT INSERT ON due_instants TO {TIMER_ROLE}")
    op.execute(f"GRANT EXECUTE ON FUNCTION {FUNCTION} TO {TIMER_ROLE}")
    op.execute(f"GRANT USAGE ON SCHEMA public TO {TIMER_ROLE}")


def downgrade() -> None:
    # The role stays: it is the cluster's, and another database may know it.
    op.execute(f"REVOKE USAGE ON SCHEMA public FROM {TIMER_ROLE}")
    op.execute(f"REVOKE ALL ON FUNCTION {FUNCTION} FROM {TIMER_ROLE}")
    for table in RECKONED_FROM:
        op.execute(f"REVOKE ALL ON {table} FROM {TIMER_ROLE}")
        op.execute(f"DROP POLICY timer_reads ON {table}")
    op.drop_table("due_instants")
