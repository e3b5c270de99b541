"""Keep incidents as they became known, and of each report what it tells of the zones it breaches.

What breaches something already is marked, so that the next worker folds it. The gateway's role
reads what it reads of violations; the timer's, of all missions, what ends and whether a mark waits.
"""

import sqlalchemy as sa
from alembic import op

from services.local.postgres import API_ROLE, TIMER_ROLE

revision = "0042"
down_revision = "0041"

MISSIONS = "(SELECT string_to_array(current_setting('truceline.missions', true), ','))::text[]"
BY_IT = "agreement IN (SELECT hash FROM agreements)"  # those that their own policy lets by
READ = f"mission = ANY ({MISSIONS}) AND {BY_IT}"
HISTORY = ("breaches", "incidents")
TIMER_READS = ("incidents", "incident_marks")
AT_ONCE = 1_000

# What is there: the newest revision of each id, but where it says that it is no more.
CURRENT = """
CREATE VIEW current_incidents WITH (security_invoker = true) AS
SELECT told.* FROM incidents AS told
WHERE told.became IS NULL AND NOT EXISTS (
    SELECT FROM incidents AS later
    WHERE later.mission = told.mission AND later.id = told.id
        AND later.generation > told.generation
)
"""
MARK_ALL = f"""
INSERT INTO incident_marks (id, mission, keys)
SELECT gen_random_uuid(), mission, array_agg(key ORDER BY key) FROM (
    SELECT mission, key, row_number() OVER (PARTITION BY mission ORDER BY key) / {AT_ONCE} AS part
    FROM (SELECT DISTINCT mission, key FROM violations) AS reports
) AS parts GROUP BY mission, part
"""  # noqa: S608  of our own text alone


def upgrade() -> None:
    op.create_table(
        "incident_marks",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("mission", sa.Text, nullable=False),
        sa.Column("keys", sa.ARRAY(sa.Uuid), nullable=False),
        postgresql_with={
            "autovacuum_vacuum_scale_factor": "0",
            "autovacuum_vacuum_threshold": "1000",
        },
    )
    op.create_index("incident_marks_by_mission", "incident_marks", ["mission"])
    op.create_table(
        "breaches",
        sa.Column("key", sa.Uuid, nullable=False),
        sa.Column("known_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("mission", sa.Text, nullable=False),
        sa.Column("zone_id", sa.Text, nullable=False),
        sa.Column("agreement", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("mission", "zone_id", "day", "key", "generation"),
    )
    op.create_index("breaches_by_key", "breaches", ["key"])
    create_incidents()
    op.execute(CURRENT)
    op.execute(MARK_ALL)
    op.execute("ALTER TABLE incident_marks ENABLE ROW LEVEL SECURITY")
    for table in HISTORY:
        op.execute(
            f"CREATE TRIGGER history_rows BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history()"
        )
        op.execute(
            f"CREATE TRIGGER history_table BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history()"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY api_reads ON {table} FOR SELECT TO {API_ROLE} USING ({READ})")
        op.execute(f"GRANT SELECT ON {table} TO {API_ROLE}")
    op.execute(f"GRANT SELECT ON current_incidents TO {API_ROLE}")
    for table in TIMER_READS:
        op.execute(f"CREATE POLICY timer_reads ON {table} FOR SELECT TO {TIMER_ROLE} USING (true)")
        op.execute(f"GRANT SELECT ON {table} TO {TIMER_ROLE}")
    op.execute(f"GRANT SELECT ON current_incidents TO {TIMER_ROLE}")


def create_incidents() -> None:
    """The table of revisions and how it is looked through."""
    op.create_table(
        "incidents",
        sa.Column("known_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("begun", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ended", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("over_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("reports", sa.Integer, nullable=False),
        sa.Column("mission", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("zone_id", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("violates", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("others", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("became", sa.ARRAY(sa.Text)),
        sa.Column("joined", sa.ARRAY(sa.Uuid), nullable=False),
        sa.Column("parted", sa.ARRAY(sa.Uuid), nullable=False),
        sa.Column("agreement", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("mission", "id", "generation"),
    )
    op.create_index("incidents_by_zone", "incidents", ["mission", "zone_id", "day"])
    op.create_index("incidents_in_time", "incidents", ["mission", "day", "begun", "id"])
    op.create_index("incidents_in_order", "incidents", ["mission", "agreement", "generation"])


def downgrade() -> None:
    op.execute("DROP VIEW current_incidents")
    op.drop_table("incidents")
    op.drop_table("breaches")
    op.drop_table("incident_marks")
