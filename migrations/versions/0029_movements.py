"""Keep movements apart, and show them to their organiser, the parties addressed and the mission.

Who else has a token of the mission is shown no row that there is one: no event, no state, no due
instant. The gateway's transactions say for which sources they ask (`services.store.scope`); the
mission, and the gateway where it stores, ask for every source.
"""

import sqlalchemy as sa
from alembic import op

from services.local.postgres import API_ROLE, TIMER_ROLE

revision = "0029"
down_revision = "0028"

MISSIONS = "(SELECT string_to_array(current_setting('truceline.missions', true), ','))::text[]"
AGREEMENTS = "(SELECT string_to_array(current_setting('truceline.agreements', true), ','))::text[]"
SOURCES = "(SELECT string_to_array(current_setting('truceline.sources', true), ','))::text[]"
OF_MISSION = f"mission = ANY ({MISSIONS})"
EVERY_SOURCE = f"'*' = ANY ({SOURCES})"
BY_IT = "agreement IN (SELECT hash FROM agreements)"  # those that their own policy lets by
NAMED = f"('*' = ANY ({AGREEMENTS}) OR agreement_id = ANY ({AGREEMENTS}))"
# The rows of a table that a policy names are those that its own policy lets by.
SHOWN = "EXISTS (SELECT FROM movement_generations AS of WHERE of.mission = due_instants.mission"
OF_SHOWN = f"(rule <> 'check_in_overdue' OR {SHOWN} AND of.movement = due_instants.subject))"

READ = {
    "movement_generations": (
        f"{OF_MISSION} AND {BY_IT} AND ({EVERY_SOURCE} OR readers && {SOURCES})"
    ),
    "unheeded_movements": (
        f"{OF_MISSION} AND {BY_IT} AND ({EVERY_SOURCE} OR source = ANY ({SOURCES}))"
    ),
}
NARROWED = {
    "submissions": (OF_MISSION, f"{OF_MISSION} AND (kind <> 'context' OR {EVERY_SOURCE})"),
    "context_events": (OF_MISSION, f"{OF_MISSION} AND movement IS NULL"),
    "due_instants": (f"{OF_MISSION} AND {NAMED}", f"{OF_MISSION} AND {NAMED} AND {OF_SHOWN}"),
}
"""Table → what its policy let by, and lets by from now on."""

READABLE = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM context_events WHERE movement IS NOT NULL) THEN
        RAISE EXCEPTION 'movements are stored, and the program before this one cannot read them';
    END IF;
END $$
"""


def upgrade() -> None:
    op.add_column("context_events", sa.Column("movement", sa.Text))
    op.create_index(
        "context_events_by_movement",
        "context_events",
        ["mission", "movement"],
        postgresql_where=sa.text("movement IS NOT NULL"),
    )
    op.create_table(
        "movement_generations",
        sa.Column("mission", sa.Text, nullable=False),
        sa.Column("agreement", sa.LargeBinary, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("movement", sa.Text, nullable=False),
        sa.Column("known_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("readers", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("events_digest", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary),
        sa.PrimaryKeyConstraint("mission", "agreement", "movement", "generation"),
    )
    op.create_index(
        "movement_generations_in_order",
        "movement_generations",
        ["mission", "agreement", "generation"],
    )
    op.create_table(
        "unheeded_movements",
        sa.Column("mission", sa.Text, nullable=False),
        sa.Column("agreement", sa.LargeBinary, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("known_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("mission", "agreement", "event", "generation"),
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
        op.execute(f"CREATE POLICY api_reads ON {table} FOR SELECT TO {API_ROLE} USING ({rows})")
        op.execute(f"GRANT SELECT ON {table} TO {API_ROLE}")
    op.execute(
        f"CREATE POLICY timer_reads ON movement_generations FOR SELECT TO {TIMER_ROLE} USING (true)"
    )
    op.execute(f"GRANT SELECT ON movement_generations TO {TIMER_ROLE}")
    for table, (_, rows) in NARROWED.items():
        op.execute(f"ALTER POLICY api_reads ON {table} USING ({rows})")


def downgrade() -> None:
    op.execute(READABLE)
    for table, (rows, _) in NARROWED.items():
        op.execute(f"ALTER POLICY api_reads ON {table} USING ({rows})")
    op.drop_table("unheeded_movements")
    op.drop_table("movement_generations")
    op.drop_index("context_events_by_movement", "context_events")
    op.drop_column("context_events", "movement")
