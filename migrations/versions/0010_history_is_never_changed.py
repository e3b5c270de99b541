"""Refuse to update, delete or truncate history.

PostgreSQL copies the row trigger to every partition, those of months to come too; the one against
TRUNCATE it does not copy, so that `services.store.partitions` gives it to each month it makes. Who
owns the tables can still drop a trigger; that nobody does so unseen is what a sealed ledger is for.
"""

from alembic import op

revision = "0010"
down_revision = "0009"

TABLES = (
    "agreements",
    "methodologies",
    "submissions",
    "assessments",
    "violations",
    "supersessions",
    "report_links",
    "corridor_events",
    "corridor_availability",
    "rejected",
)
DEFAULTS = ("submissions_default", "assessments_default", "violations_default", "rejected_default")

REFUSE = """
CREATE FUNCTION refuse_change_of_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % refused: history is never changed; write a row that supersedes',
        TG_OP, TG_TABLE_NAME USING ERRCODE = 'TC001';
END
$$
"""


def upgrade() -> None:
    op.execute(REFUSE)
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER history_rows BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history()"
        )
    for table in TABLES + DEFAULTS:
        op.execute(
            f"CREATE TRIGGER history_table BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history()"
        )


def downgrade() -> None:
    # CASCADE: every trigger that calls it goes, those of partitions made since then too.
    op.execute("DROP FUNCTION refuse_change_of_history() CASCADE")
