"""`openacq kb load`: title lists into the community zone, so that e-books are found there.

A list fills one collection; it can be loaded again whenever the provider sends a newer one, and only
what changed is written. Bad rows are refused with their number and the rest goes on. The community
zone is shared by the institutions of a server; which of its collections an institution's orders may
find, it says itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import COMMUNITY_ZONE, Collection
from openacq.doors.exchange.batches import Writer
from openacq.doors.exchange.kbart_reading import BadRow, TitleInList, read_titles
from openacq.kernel.refusal import Problem
from openacq.kernel.text import one_line
from openacq.kernel.verdict import Verdict
from openacq.store import Store, Tx

KIND = "title"

_DATE = re.compile(r"_\d{4}-\d{2}-\d{2}$")
_NOT_IN_IDS = re.compile(r"[^\w.-]+")


def collection_of(file: Path, collection_id: str = "", name: str = "", provider: str = "") -> Collection:
    """The collection a list is of, as far as not said: from Provider_Region_Package_2026-01-31.txt."""
    stem = _DATE.sub("", one_line(file.stem))
    maker, _, package = stem.partition("_")
    return Collection(
        collection_id=one_line(collection_id) or _NOT_IN_IDS.sub("-", stem),
        name=one_line(name) or stem.replace("_", " "),
        provider=one_line(provider) or (maker if package else ""),
    )


def load_titles(
    store: Store, stream: BinaryIO, collection: Collection, *, dry_run: bool = False
) -> Iterator[Verdict]:
    """Load a KBART title list into `collection`, which is made if needed; a verdict for each row.

    Raises Refusal (file_unreadable) when the file has no KBART header; nothing is written then.
    """
    found = read_titles(stream)
    first = next(found, None)
    if not dry_run:
        store.write(lambda tx: catalogue.put_collection(tx, collection), institution=COMMUNITY_ZONE)
    loading = _Loading(store, collection.collection_id, dry_run)
    if first is not None:
        yield from loading.take(first)
    for one in found:
        yield from loading.take(one)
    yield from loading.rest()


class _Loading:
    """One list on its way into a collection."""

    def __init__(self, store: Store, collection_id: str, dry_run: bool) -> None:
        self._collection_id = collection_id
        self._writer = Writer[TitleInList](store, COMMUNITY_ZONE, self._load, dry_run=dry_run)
        self._seen: set[str] = set()

    def take(self, found: TitleInList | BadRow) -> Iterator[Verdict]:
        if isinstance(found, BadRow):
            yield Verdict(found.row, KIND, found.key, "refused", (found.problem,))
        elif found.title.title_id in self._seen:
            doubled = Problem("row_doubled", KIND, found.title.title_id)
            for row in found.rows:
                yield Verdict(row, KIND, found.title.title_id, "refused", (doubled,))
        else:
            self._seen.add(found.title.title_id)
            for batch in self._writer.batches.add(found):
                yield from self._writer.write(batch)

    def rest(self) -> Iterator[Verdict]:
        for batch in self._writer.batches.rest():
            yield from self._writer.write(batch)
        self._writer.finish()

    def _load(self, tx: Tx, batch: list[TitleInList], dry_run: bool) -> list[Verdict]:
        titles = [(one.rows[0], one.title) for one in batch]
        verdicts = catalogue.load_titles(tx, self._collection_id, titles, dry_run=dry_run)
        return [
            Verdict(row, KIND, verdict.key, verdict.outcome, one.notes)
            for one, verdict in zip(batch, verdicts, strict=True)
            for row in one.rows
        ]
