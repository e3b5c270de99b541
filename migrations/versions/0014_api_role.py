"""Give the gateway a role that owns nothing, and let it see only what the caller's token is for.

The role may add rows, never change history, and PostgreSQL itself shows it the rows alone whose
mission (and agreement, where a row has one) stands in the transaction's settings, see
`services.store.scope`. Without settings it sees nothing. Whoever owns the tables (workers,
migrations) is not held to it: no FORCE.

Not every table has a mission. `supersessions` has to be seen wherever the judgement is, else what
was superseded would look current; it and `event_keys` hold keys, which are hashes, and nothing to
read. `tokens` is not seen at all: `find_token` answers for one hash, since the mission is known
only then. `outbox` can be added to and not read.
"""

from alembic import op

from services.local.postgres import API_ROLE
from services.store.api_role import require_api_role

revision = "0014"
down_revision = "0013"

MISSIONS = "(SELECT string_to_array(current_setting('truceline.missions', true), ','))::text[]"
AGREEMENTS = "(SELECT string_to_array(current_setting('truceline.agreements', true), ','))::text[]"
# In a subselect of their own, settings are read once a query and not once a row.
OF_MISSION = f"mission = ANY ({MISSIONS})"
NAMED_AGREEMENT = f"('*' = ANY ({AGREEMENTS}) OR id = ANY ({AGREEMENTS}))"
JUDGED_UNDER_IT = "agreement IN (SELECT hash FROM agreements)"  # those that this policy lets by
ANY_MISSION = "(SELECT current_setting('truceline.missions', true)) <> ''"

READ = {
    "agreements": f"{OF_MISSION} AND {NAMED_AGREEMENT}",
    "methodologies": OF_MISSION,
    "submissions": OF_MISSION,
    "receipts": OF_MISSION,
    "assessments": f"{OF_MISSION} AND {JUDGED_UNDER_IT}",
    "violations": f"{OF_MISSION} AND {JUDGED_UNDER_IT}",
    "corridor_events": OF_MISSION,
    "corridor_availability": OF_MISSION,
    "rejected": OF_MISSION,
    "supersessions": ANY_MISSION,
    "event_keys": ANY_MISSION,
}
ADD = {
    "submissions": OF_MISSION,
    "receipts": OF_MISSION,
    "event_keys": ANY_MISSION,
    "outbox": ANY_MISSION,
}
HIDDEN = ("tokens", "report_links")
"""Under row-level security without a policy: a grant by mistake shows nothing."""

GUARDED = sorted({*READ, *ADD, *HIDDEN})
VIEWS = ("current_assessments", "current_violations")

# What is known of an event is added to (a placeholder is filled, a version vouched for), by the
# gateway too; it is never taken back, whoever asks.
KEEP_KNOWN = """
CREATE TRIGGER known_is_kept BEFORE UPDATE ON event_keys FOR EACH ROW
WHEN (OLD.key <> NEW.key OR OLD.kind <> NEW.kind
    OR OLD.received_at IS NOT NULL AND OLD.received_at IS DISTINCT FROM NEW.received_at
    OR OLD.content_hash IS NOT NULL AND OLD.content_hash IS DISTINCT FROM NEW.content_hash
    OR OLD.vouched AND NEW.vouched IS NOT TRUE)
EXECUTE FUNCTION refuse_change_of_history()
"""

# BEGIN ATOMIC binds the names when the function is made; the path is fixed all the same.
FIND_BY_HASH = """
CREATE FUNCTION find_token(hash bytea)
RETURNS TABLE (id text, label text, mission text, agreement text, roles text[], sources text[],
    created_at timestamptz, expires_at timestamptz, revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT t.id, t.label, t.mission, t.agreement, t.roles, t.sources, t.created_at, t.expires_at,
        t.revoked_at
    FROM tokens AS t WHERE t.secret_hash = find_token.hash;
END
"""


def upgrade() -> None:
    require_api_role(op.get_bind())
    for table in GUARDED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    for table, rows in READ.items():
        op.execute(f"CREATE POLICY api_reads ON {table} FOR SELECT TO {API_ROLE} USING ({rows})")
        op.execute(f"GRANT SELECT ON {table} TO {API_ROLE}")
    for table, rows in ADD.items():
        op.execute(
            f"CREATE POLICY api_adds ON {table} FOR INSERT TO {API_ROLE} WITH CHECK ({rows})"
        )
        op.execute(f"GRANT INSERT ON {table} TO {API_ROLE}")
    op.execute(
        f"CREATE POLICY api_fills ON event_keys FOR UPDATE TO {API_ROLE} USING ({ANY_MISSION})"
    )
    op.execute(f"GRANT UPDATE (received_at, vouched, content_hash) ON event_keys TO {API_ROLE}")
    op.execute(KEEP_KNOWN)
    for view in VIEWS:
        op.execute(f"ALTER VIEW {view} SET (security_invoker = true)")
        op.execute(f"GRANT SELECT ON {view} TO {API_ROLE}")
    op.execute(f"GRANT SELECT ON alembic_version TO {API_ROLE}")
    op.execute(f"GRANT USAGE ON SCHEMA public TO {API_ROLE}")
    op.execute(FIND_BY_HASH)
    op.execute("REVOKE ALL ON FUNCTION find_token FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION find_token TO {API_ROLE}")


def downgrade() -> None:
    # The role stays: it is the cluster's, and another database may know it.
    op.execute("DROP FUNCTION find_token")
    op.execute(f"REVOKE USAGE ON SCHEMA public FROM {API_ROLE}")
    op.execute(f"REVOKE ALL ON alembic_version FROM {API_ROLE}")
    for view in VIEWS:
        op.execute(f"REVOKE ALL ON {view} FROM {API_ROLE}")
        op.execute(f"ALTER VIEW {view} RESET (security_invoker)")
    op.execute("DROP TRIGGER known_is_kept ON event_keys")
    op.execute("DROP POLICY api_fills ON event_keys")
    for table in ADD:
        op.execute(f"DROP POLICY api_adds ON {table}")
    for table in READ:
        op.execute(f"DROP POLICY api_reads ON {table}")
    for table in GUARDED:
        op.execute(f"REVOKE ALL ON {table} FROM {API_ROLE}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
