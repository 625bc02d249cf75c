"""`openacq bib load`: the library's own catalogue, from MARC, so that orders match what it has.

Each record gets a verdict (created, updated, unchanged, refused), given as soon as its batch is
committed; a file can be loaded again at any time and only what changed is written. Bad records are
refused with their position and the rest goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import LoadedBib
from openacq.doors.exchange.batches import Writer
from openacq.doors.exchange.marc_mapping import MarcMapping, Places, describe, refused
from openacq.doors.exchange.marc_reading import Encoding, read_records
from openacq.kernel.verdict import Outcome, Verdict
from openacq.ordering import service as ordering
from openacq.store import Store, Tx

KIND = "bib"


def load_bibs(
    store: Store,
    institution: int,
    stream: BinaryIO,
    *,
    mapping: MarcMapping | None = None,
    places: Places | None = None,
    encoding: Encoding = "auto",
    dry_run: bool = False,
) -> Iterator[Verdict]:
    """Load a MARC 21 (ISO 2709) or MARCXML file; a verdict for each record.

    `places`: the (library, location) codes there are, copies elsewhere are left out and named in the
    verdict; None takes every place. The file is read one batch ahead of what is written.
    """
    mapping = mapping or MarcMapping()
    rehearsal = _Rehearsal()

    def write(tx: Tx, batch: list[LoadedBib], dry: bool) -> list[Verdict]:
        verdicts = catalogue.load_bibs(tx, batch, dry_run=dry)
        changed = [verdict.key for verdict in verdicts if verdict.outcome == "updated"]
        if changed and not dry:
            ordering.follow_titles(tx, changed)
        return rehearsal.as_if_kept(batch, verdicts) if dry else verdicts

    with Writer[LoadedBib](store, institution, write, dry_run=dry_run) as writer:
        for found in read_records(stream, encoding):
            problem = refused(found)
            if problem is not None:
                yield Verdict(found.row, KIND, f"record {found.row}", "refused", (problem,))
                continue
            load = describe(found, mapping, places)
            for batch in writer.batches.add(load, *filter(None, (load.key, load.bib.mms_id))):
                yield from writer.write(batch)
        for batch in writer.batches.rest():
            yield from writer.write(batch)
        yield from writer.finish()


class _Rehearsal:
    """Of a dry run: records that come twice meet the first one, although nothing was written."""

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}

    def as_if_kept(self, batch: list[LoadedBib], verdicts: list[Verdict]) -> list[Verdict]:
        said: list[Verdict] = []
        for load, verdict in zip(batch, verdicts, strict=True):
            before = self._seen.get(load.key)
            self._seen[load.key] = load.digest
            outcome: Outcome = verdict.outcome
            if before is not None:
                outcome = "unchanged" if before == load.digest else "updated"
            said.append(Verdict(verdict.row, verdict.kind, verdict.key, outcome, verdict.problems))
        return said
