"""All tables of all slices, found by their modules."""

import importlib
from pathlib import Path

from sqlalchemy import MetaData

import openacq
from openacq.store.schema import metadata


def table_modules() -> list[str]:
    """`openacq.store.tables`, `openacq.ledger.tables`, …"""
    top = Path(openacq.__file__).parent
    found = (path.relative_to(top.parent).with_suffix("") for path in top.rglob("tables.py"))
    return sorted(".".join(path.parts) for path in found)


def every_table() -> MetaData:
    """The one MetaData, with the tables of every slice in it."""
    for module in table_modules():
        importlib.import_module(module)
    return metadata
