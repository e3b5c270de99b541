"""Alembic migrations: numbered, one intent each, tested up and down."""
