"""Fill the community zone from title lists, a batch of titles at a time."""

from __future__ import annotations

from collections.abc import Sequence

from openacq.catalogue.model import Collection, TitleRow
from openacq.catalogue.store import community
from openacq.kernel.verdict import Outcome, Verdict
from openacq.store.tx import Tx

KIND = "title"


def put_collection(tx: Tx, collection: Collection) -> None:
    """Make a collection of the community zone, or give it another name and provider."""
    community.put_collection(tx, collection)


def load_titles(
    tx: Tx, collection_id: str, titles: Sequence[tuple[int, TitleRow]], *, dry_run: bool = False
) -> list[Verdict]:
    """Write titles, given with their row in the file, no title id twice; a verdict for each, in order."""
    known = community.title_hashes(tx, collection_id, [title.title_id for _, title in titles])
    verdicts: list[Verdict] = []
    new: list[TitleRow] = []
    changed: list[TitleRow] = []
    for row, title in titles:
        outcome: Outcome = "unchanged"
        if title.title_id not in known:
            new.append(title)
            outcome = "created"
        elif known[title.title_id] != title.digest:
            changed.append(title)
            outcome = "updated"
        verdicts.append(Verdict(row, KIND, title.title_id, outcome))
    if not dry_run and (new or changed):
        community.put_titles(tx, collection_id, new, changed)
    return verdicts
