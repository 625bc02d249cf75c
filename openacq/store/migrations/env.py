"""Run by Alembic. The connection and the tables come from whoever calls (`openacq.store.migrate`)."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator


def render_plainly(kind: str, thing: Any, _where: Any) -> str | Literal[False]:
    """Scripts name the types of the database, not ours, so that they stand when ours change."""
    if kind == "type" and isinstance(thing, TypeDecorator):
        return f"sa.{type(thing.impl_instance).__name__}()"
    return False


config = context.config
connection = config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=config.attributes.get("metadata"),
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render_plainly,
    compare_type=False,
)
context.run_migrations()
