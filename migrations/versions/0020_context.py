"""Keep what is declared, notified and agreed beside the reports, and the context that it makes.

What waits unjudged is told apart by its kind in two functions (0016, 0018); they learn of the new
one: an event of the context is taken in once it stands in `context_events`.
"""

import sqlalchemy as sa
from alembic import op

from services.local.postgres import API_ROLE

revision = "0020"
down_revision = "0019"

MISSIONS = "(SELECT string_to_array(current_setting('truceline.missions', true), ','))::text[]"
BY_IT = "agreement IN (SELECT hash FROM agreements)"  # those that their own policy lets by
READ = {
    "context_events": f"mission = ANY ({MISSIONS})",
    "context_generations": f"mission = ANY ({MISSIONS}) AND {BY_IT}",
}

# Of a version: whether a worker has taken it in, or has refused it.
REPORT_DONE = """WHEN 'report' THEN coalesce((
    SELECT true FROM assessments AS made
    WHERE made.key = version.key AND made.received_at = version.received_at
        AND made.cause IS NULL LIMIT 1
), false)"""
CONTEXT_DONE = """WHEN 'context' THEN coalesce((
    SELECT true FROM context_events AS made
    WHERE made.key = version.key AND made.revision = version.revision LIMIT 1
), false)"""
STATUS_DONE = """ELSE coalesce((
    SELECT true FROM corridor_events AS made
    WHERE made.key = version.key AND made.revision = version.revision
        AND made.kind = 'status' LIMIT 1
), false)"""
REPORT_TOPIC = "WHEN 'report' THEN 'truceline.reports.v1'::bytea"
CONTEXT_TOPIC = "WHEN 'context' THEN 'truceline.context.v1'::bytea"
STATUS_TOPIC = "ELSE 'truceline.corridor-status.v1'::bytea"
WITHOUT = (f"{REPORT_DONE} {STATUS_DONE}", f"{REPORT_TOPIC} {STATUS_TOPIC}")
WITH = (
    f"{REPORT_DONE} {CONTEXT_DONE} {STATUS_DONE}",
    f"{REPORT_TOPIC} {CONTEXT_TOPIC} {STATUS_TOPIC}",
)


def undecided(done: str, topic: str) -> str:
    """That a version is neither taken in nor refused."""
    return rf"""
        NOT CASE version.kind {done} END
        AND NOT coalesce((
            SELECT true FROM event_keys AS refused
            WHERE refused.key = encode(substring(sha256(
                '\x72656a656374656400'::bytea || CASE version.kind {topic} END
                || '\x00'::bytea || version.content_hash
            ) FROM 1 FOR 16), 'hex')::uuid LIMIT 1
        ), false)
    """  # noqa: S608  of our own text alone


# BEGIN ATOMIC binds the names when the function is made; the path is fixed all the same.
def tell_apart(kinds: tuple[str, str]) -> None:
    """Make the two functions with these kinds of events."""
    open_ = undecided(*kinds)
    op.execute(f"""
        CREATE OR REPLACE FUNCTION waits_unjudged(of_mission text, received_before timestamptz)
        RETURNS boolean
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
        BEGIN ATOMIC
        SELECT EXISTS (
            SELECT FROM submissions AS version
            WHERE version.authentication = 'token' AND version.mission = of_mission
                AND version.received_at < received_before
                AND version.received_at > coalesce(
                    (SELECT judged_before FROM resend_progress WHERE id = 1), '-infinity')
                AND {open_}
        );
        END
    """)  # noqa: S608  of our own text alone
    op.execute(f"""
        CREATE OR REPLACE FUNCTION intake_figures(received_after timestamptz)
        RETURNS TABLE (taken_at timestamptz, outbox_rows bigint, outbox_oldest timestamptz,
            unassessed_oldest timestamptz)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
        BEGIN ATOMIC
        SELECT clock_timestamp(), (SELECT count(*) FROM outbox),
            (SELECT min(queued_at) FROM outbox), (
            SELECT version.received_at FROM submissions AS version
            WHERE version.authentication = 'token'
                AND version.received_at > greatest(received_after, coalesce(
                    (SELECT judged_before FROM resend_progress WHERE id = 1), '-infinity'))
                AND {open_}
            ORDER BY version.received_at LIMIT 1
        );
        END
    """)  # noqa: S608  of our own text alone


def upgrade() -> None:
    op.create_table(
        "context_events",
        sa.Column("mission", sa.Text, nullable=False),
        sa.Column("key", sa.Uuid, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("received_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("mission", "key", "revision"),
    )
    op.create_index("context_events_by_key", "context_events", ["key", "revision"])
    op.create_table(
        "context_generations",
        sa.Column("mission", sa.Text, nullable=False),
        sa.Column("agreement", sa.LargeBinary, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("known_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("events_digest", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("mission", "agreement", "generation"),
    )
    op.create_index(
        "assessments_by_time",
        "assessments",
        ["observed_from", "observed_to"],
        postgresql_using="brin",
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
    tell_apart(WITH)


def downgrade() -> None:
    tell_apart(WITHOUT)
    op.drop_index("assessments_by_time", "assessments")
    op.drop_table("context_generations")
    op.drop_table("context_events")
