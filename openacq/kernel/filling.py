"""Fill a register from rows: what each row does to the records held, decided before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from openacq.kernel.refusal import Problem
from openacq.kernel.rows import Row
from openacq.kernel.verdict import Verdict

Key = TypeVar("Key", bound=Hashable)
Record = TypeVar("Record")


@dataclass(slots=True)
class Filled(Generic[Key, Record]):
    """Verdicts, one for each row in order; the records accepted, those of them to insert and to change."""

    verdicts: list[Verdict] = field(default_factory=list)
    wanted: dict[Key, Record] = field(default_factory=dict)
    added: list[Record] = field(default_factory=list)
    changed: list[Record] = field(default_factory=list)

    @property
    def anything(self) -> bool:
        return bool(self.added or self.changed)


def fill(
    kind: str,
    columns: Collection[str],
    given: Sequence[Mapping[str, object]],
    held: Mapping[Key, Record],
    read: Callable[[Row], tuple[Key, Record]],
    *,
    name: Callable[[Key], str] = str,
) -> Filled[Key, Record]:
    """Read every row by `read`, which returns the record's key and the record as it shall be.

    A row with problems, and a second row for one key, is refused; a record equal to the one held is
    unchanged. `held` must hold every record the rows may speak of.
    """
    filled: Filled[Key, Record] = Filled()
    for number, cells in enumerate(given, 1):
        row = Row(cells)
        row.check_names(columns)
        key, record = read(row)
        if key in filled.wanted:
            row.problems.append(Problem("row_doubled", kind, name(key)))
        if row.problems:
            filled.verdicts.append(Verdict(number, kind, name(key), "refused", tuple(row.problems)))
            continue
        filled.wanted[key] = record
        if key not in held:
            filled.added.append(record)
            filled.verdicts.append(Verdict(number, kind, name(key), "created"))
        elif record == held[key]:
            filled.verdicts.append(Verdict(number, kind, name(key), "unchanged"))
        else:
            filled.changed.append(record)
            filled.verdicts.append(Verdict(number, kind, name(key), "updated"))
    return filled
