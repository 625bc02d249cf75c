"""`openacq kb load`: title lists into the community zone, so that e-books are found there.

A list fills one collection; it can be loaded again whenever the provider sends a newer one, and only
what changed is written. Bad rows are refused with their number and the rest goes on. The community
zone is shared by the institutions of a server; which of its collections an institution's orders may
find, it says itself.
"""

from __future__ import annotations

import itertools
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

    def write(tx: Tx, batch: list[TitleInList], dry: bool) -> list[Verdict]:
        titles = [(one.rows[0], one.title) for one in batch]
        verdicts = catalogue.load_titles(tx, collection.collection_id, titles, dry_run=dry)
        return [
            Verdict(row, KIND, verdict.key, verdict.outcome, one.notes)
            for one, verdict in zip(batch, verdicts, strict=True)
            for row in one.rows
        ]

    seen: set[str] = set()
    with Writer[TitleInList](store, COMMUNITY_ZONE, write, dry_run=dry_run) as writer:
        for one in itertools.chain([first] if first else [], found):
            if isinstance(one, BadRow):
                yield Verdict(one.row, KIND, one.key, "refused", (one.problem,))
            elif one.title.title_id in seen:
                yield from _doubled(one)
            else:
                seen.add(one.title.title_id)
                for batch in writer.batches.add(one):
                    yield from writer.write(batch)
        for batch in writer.batches.rest():
            yield from writer.write(batch)
        yield from writer.finish()


def _doubled(found: TitleInList) -> Iterator[Verdict]:
    problem = Problem("row_doubled", KIND, found.title.title_id)
    for row in found.rows:
        yield Verdict(row, KIND, found.title.title_id, "refused", (problem,))
