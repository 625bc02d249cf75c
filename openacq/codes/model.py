"""Code tables as other rooms see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from openacq.kernel.refusal import Problem, probable
from openacq.kernel.text import nearest

NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One code. `own` rows belong to the institution, the others came with the server.

    A row that is not enabled still describes records that carry it; new ones may not use it.
    """

    code: str
    description: str
    enabled: bool = True
    default: bool = False
    attributes: Mapping[str, str] = field(default_factory=lambda: NO_ATTRIBUTES)
    own: bool = False
    updated_by: str = field(default="", compare=False)
    updated: date | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class CodeTable:
    """A table with its rows in order. `scope` says whether libraries may differ: institution, library."""

    name: str
    description: str
    sub_system: str
    patron_facing: bool = False
    scope: str = "institution"
    aliases: tuple[str, ...] = ()
    rows: tuple[CodeRow, ...] = ()
    by_code: Mapping[str, CodeRow] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_code", MappingProxyType({row.code: row for row in self.rows}))

    @property
    def default(self) -> CodeRow | None:
        """The enabled row that is taken when nothing is said."""
        return next((row for row in self.rows if row.default and row.enabled), None)

    def nearest(self, code: str) -> tuple[str, ...]:
        """The enabled codes that `code` probably meant: right but for case, or one letter off."""
        return nearest(code, tuple(row.code for row in self.rows if row.enabled))

    def check(self, field: str, code: str) -> Problem | None:
        """The problem with `code` in a `field` of a new record, or None when it may be used."""
        row = self.by_code.get(code)
        if row is not None and row.enabled:
            return None
        return Problem("code_illegal", field, code, table=self.name, probable=probable(self.nearest(code)))
