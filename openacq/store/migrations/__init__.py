"""Alembic's scripts: how a database of an older openacq becomes one of this openacq."""
