"""Load registers from files: `openacq load FILE…`.

All files of a call are one batch and one transaction. Kinds are loaded in the order in which they
need each other, whatever the order of files and tables; every row gets a verdict. A refused row
stops no other row, unless the batch is to be all or nothing. Loading the same files again changes
nothing. An institution in the files is made first, and what else they hold goes into it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.directory.model import Institution
from openacq.doors.exchange import collection_switches
from openacq.doors.exchange.sheets import Entry, Sheet, read_files
from openacq.kernel.refusal import Problem, Refusal, probable
from openacq.kernel.text import nearest
from openacq.kernel.verdict import Outcome, Verdict
from openacq.ledger import service as ledger
from openacq.letters import service as letters
from openacq.profiles import service as profiles
from openacq.requests import service as requests
from openacq.store import Store, Tx
from openacq.vendors import service as vendors

Rows = Sequence[Mapping[str, object]]
Loader = Callable[[Tx, str, Rows], list[Verdict]]

INSTITUTION = "institution"
SERVER = 0
"""Institutions are written in a transaction of the reserved institution."""


@dataclass(frozen=True, slots=True)
class Register:
    """A kind of register: its columns and who takes its rows."""

    kind: str
    columns: tuple[str, ...]
    load: Loader


def _registers() -> Mapping[str, Register]:
    """Every kind, each after those its rows speak of."""
    owners: tuple[tuple[Mapping[str, tuple[str, ...]], Loader, tuple[str, ...]], ...] = (
        (directory.COLUMNS, directory.load, (INSTITUTION,)),
        (codes.COLUMNS, codes.load, ("code_row",)),
        (
            directory.COLUMNS,
            directory.load,
            ("library", "location", "department", "user", "principal", "wskey"),
        ),
        (vendors.COLUMNS, vendors.load, ("vendor", "vendor_account")),
        (
            ledger.COLUMNS,
            ledger.load,
            ("exchange_rate", "fiscal_period", "ledger", "fund", "allocation"),
        ),
        (profiles.COLUMNS, profiles.load, ("profile", "review_rule", "packaging", "approval_rule")),
        (requests.COLUMNS, requests.load, ("request_setting", "request_rule", "request_line_type")),
        (collection_switches.COLUMNS, collection_switches.load, ("collection",)),
        (letters.COLUMNS, letters.load, ("letter_template",)),
    )
    return MappingProxyType(
        {kind: Register(kind, columns[kind], load) for columns, load, kinds in owners for kind in kinds}
    )


REGISTERS = _registers()


@dataclass(frozen=True, slots=True)
class Report:
    """What a batch did: an entry for each row, in the order of loading; whether it was kept."""

    entries: tuple[Entry, ...]
    kept: bool
    institution: Institution | None = None

    def count(self, outcome: Outcome) -> int:
        return sum(entry.verdict.outcome == outcome for entry in self.entries)

    @property
    def refused(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.verdict.outcome == "refused")

    def by_kind(self) -> Mapping[str, Counter[str]]:
        """Outcomes counted for each kind, kinds in the order of loading."""
        counts: dict[str, Counter[str]] = {}
        for entry in self.entries:
            counts.setdefault(entry.verdict.kind, Counter())[entry.verdict.outcome] += 1
        return MappingProxyType(counts)


class _Undone(Exception):
    """Carries the report of a batch that is not kept out of its transaction."""

    def __init__(self, report: Report) -> None:
        super().__init__("not kept")
        self.report = report


def load_files(
    store: Store,
    paths: Iterable[Path],
    *,
    institution: str | None = None,
    kind: str | None = None,
    dry_run: bool = False,
    all_or_nothing: bool = False,
) -> Report:
    """Load files into the institution of code `institution`: the one they make, or the only one, by default.

    `kind` says what CSV files hold. With `dry_run` everything is checked and undone; with
    `all_or_nothing` one refused row undoes the batch. Raises Refusal when it is not clear which
    institution is meant.
    """
    sheets, unread = read_files(paths, REGISTERS, kind)

    def work(tx: Tx) -> Report:
        entries, target = load_sheets(tx, sheets, institution)
        report = Report((*unread, *entries), kept=True, institution=target)
        if dry_run or (all_or_nothing and report.refused):
            _undo(report)
        return report

    try:
        return store.write(work, institution=SERVER)
    except _Undone as undone:
        return undone.report


def _undo(report: Report) -> NoReturn:
    raise _Undone(Report(report.entries, kept=False, institution=report.institution))


def load_sheets(
    tx: Tx, sheets: Sequence[Sheet], code: str | None = None
) -> tuple[list[Entry], Institution | None]:
    """Load sheets in a transaction of the reserved institution: (what became of each row, what they went
    into). For whoever loads more than registers in one transaction; see `load_files`."""
    own = [sheet for sheet in sheets if sheet.kind == INSTITUTION]
    entries = _load_kind(tx, REGISTERS[INSTITUTION], own)
    if len(own) == len(sheets):
        return entries, None
    made = {entry.verdict.key for entry in entries if entry.verdict.outcome != "refused"}
    target = _target(tx, code, made)
    inside = tx.beside(target.id, target.zone)
    if any(entry.verdict.outcome in ("created", "updated") for entry in entries):
        inside.registers_changed()  # so that nothing of a card that may yet be undone is cached
    for kind, register in REGISTERS.items():
        if kind != INSTITUTION:
            entries += _load_kind(inside, register, [sheet for sheet in sheets if sheet.kind == kind])
    return entries, target


def _load_kind(tx: Tx, register: Register, sheets: Sequence[Sheet]) -> list[Entry]:
    """Load all sheets of one kind together, so that a record in two files is noticed."""
    places = [(sheet.file, place) for sheet in sheets for place in sheet.places]
    if not places:
        return []
    verdicts = register.load(tx, register.kind, [row for sheet in sheets for row in sheet.rows])
    return [
        Entry(file, Verdict(place, verdict.kind, verdict.key, verdict.outcome, verdict.problems))
        for (file, place), verdict in zip(places, verdicts, strict=True)
    ]


def _target(tx: Tx, code: str | None, made: set[str]) -> Institution:
    known = {card.code: card for card in directory.every_institution(tx)}
    if code is None:
        candidates = made or set(known)
        if len(candidates) != 1:
            raise Refusal(Problem("institution_unclear", "institution", "", known=", ".join(sorted(known))))
        (code,) = candidates
    if code not in known:
        meant = probable(nearest(code, tuple(known)))
        raise Refusal(Problem("institution_unknown", "institution", code, probable=meant))
    return known[code]
