"""Let acts at the desk be on incidents, which are no report's and no term's."""

from alembic import op

revision = "0043"
down_revision = "0042"

OF_VIOLATIONS = ("key", "term_id")

READABLE = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM desk_actions WHERE key IS NULL) THEN
        RAISE EXCEPTION 'acts on incidents are stored, and the program before cannot read them';
    END IF;
END $$
"""


def upgrade() -> None:
    for column in OF_VIOLATIONS:
        op.alter_column("desk_actions", column, nullable=True)
    op.create_index("desk_actions_by_item", "desk_actions", ["item"])


def downgrade() -> None:
    op.execute(READABLE)
    op.drop_index("desk_actions_by_item", "desk_actions")
    for column in OF_VIOLATIONS:
        op.alter_column("desk_actions", column, nullable=False)
