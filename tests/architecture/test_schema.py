"""Every key leads with the institution, as declared and as it stands in the database after migration."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKeyConstraint,
    Identity,
    Index,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.schema import SchemaItem

from openacq.store import migrate
from openacq.store.schema import NOT_LED_BY_INSTITUTION
from openacq.store.store import Store
from tests.architecture.schema import broken_rules
from tests.tables import every_table


def test_every_declared_key_is_led_by_the_institution() -> None:
    assert broken_rules(every_table(), NOT_LED_BY_INSTITUTION) == []


def test_every_exception_is_a_table_and_has_a_reason() -> None:
    assert set(NOT_LED_BY_INSTITUTION) <= set(every_table().tables)
    assert all(NOT_LED_BY_INSTITUTION.values())


@pytest.fixture
def migrated(fresh_database_url: str) -> Store:
    store = Store(fresh_database_url)
    migrate.upgrade(store)
    return store


def test_every_key_in_the_migrated_database_is_led_by_the_institution(migrated: Store) -> None:
    found = MetaData()
    try:
        found.reflect(migrated.reader)
    finally:
        migrated.close()
    found.remove(found.tables["alembic_version"])
    assert set(found.tables) == set(every_table().tables)
    assert broken_rules(found, NOT_LED_BY_INSTITUTION) == []


def test_the_migrations_lead_to_the_declared_tables(migrated: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    try:
        with migrated.reader.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": False})
            differences = compare_metadata(context, every_table())
    finally:
        migrated.close()
    assert differences == []


def test_the_newest_revision_is_the_one_written_down(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/new.db")
    migrate.upgrade(store)
    reached = migrate.current(store)
    store.close()
    assert reached == migrate.NEWEST
    assert reached in migrate.known()


def table_with(*items: SchemaItem) -> MetaData:
    made = MetaData()
    Table("funds", made, key("institution"), key("id"))
    Table("lines", made, key("institution"), key("id"), *items)
    return made


def key(name: str) -> Column[int]:
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


@pytest.mark.parametrize(
    "item",
    [
        Index("ix_lines_fund", "fund"),
        Index("ix_lines_fund_institution", "fund", "institution"),
        UniqueConstraint("fund", name="uq_lines_fund"),
        ForeignKeyConstraint(["id", "institution"], ["funds.id", "funds.institution"]),
        ForeignKeyConstraint(
            ["institution", "fund"], ["funds.institution", "funds.id"], name="fk", ondelete="SET NULL"
        ),
        Column("price", Float),
        Column("serial", BigInteger, Identity()),
        Column("serial", BigInteger, server_default=text("nextval('lines_serial')")),
        Index("ix_lines_" + "x" * 60, "institution", "fund"),
    ],
)
def test_a_broken_rule_is_found(item: SchemaItem) -> None:
    assert broken_rules(table_with(Column("fund", BigInteger))) == []
    assert len(broken_rules(table_with(Column("fund", BigInteger), item))) == 1


def test_a_primary_key_not_led_by_the_institution_is_found() -> None:
    made = MetaData()
    Table("lines", made, key("id"), key("institution"))
    assert len(broken_rules(made)) == 1
    assert broken_rules(made, exceptions=["lines"]) == []


def test_an_id_counted_by_the_database_is_found() -> None:
    made = MetaData()
    Table("lines", made, key("institution"), Column("id", BigInteger, primary_key=True, autoincrement=True))
    assert len(broken_rules(made)) == 1
