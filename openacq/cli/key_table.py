"""Lists of keys, API keys and WSKeys alike: as JSON, or as a table that ends with state and last use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from openacq.cli.telling import print_json, print_table


class Key(Protocol):
    @property
    def revoked(self) -> datetime | None: ...
    @property
    def last_used(self) -> datetime | None: ...


K = TypeVar("K", bound=Key)


def print_keys(
    keys: Sequence[K],
    columns: Mapping[str, Callable[[K], object]],
    told: Callable[[K], Mapping[str, object]],
    *,
    state: Callable[[K], str],
    as_json: bool,
    empty: str,
) -> None:
    """Print keys. `columns` are the columns of the table before the last two, `told` one key as JSON, `state`
    the word for one that is not revoked, `empty` what is said when there are none."""
    if as_json:
        print_json([told(key) for key in keys])
        return
    rows = [
        (
            *(cell(key) for cell in columns.values()),
            f"revoked {key.revoked:%Y-%m-%d}" if key.revoked else state(key),
            f"{key.last_used:%Y-%m-%d %H:%M}" if key.last_used else "never",
        )
        for key in keys
    ]
    print_table((*columns, "state", "last used (UTC)"), rows, empty=empty)
