"""Filling an institution's own wording of letters from files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from openacq.kernel.filling import fill
from openacq.kernel.refusal import Refusal
from openacq.kernel.rows import Row
from openacq.kernel.verdict import Verdict
from openacq.letters import store, wording
from openacq.letters.checking import MOST_SOURCE
from openacq.letters.model import Draft
from openacq.store import Tx

LETTER_TEMPLATE = "letter_template"
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {LETTER_TEMPLATE: ("letter", "language", "subject", "text", "html")}
)
BY_LOADING = "openacq load"

Key = tuple[str, str]


def load_templates(tx: Tx, given: Sequence[Mapping[str, object]]) -> list[Verdict]:
    """Make parts of templates the institution's own; parts a row leaves out stay as they are, its own or as
    shipped. Every draft is tried as a letter before it is taken."""
    held = store.own_templates(tx)

    def read(row: Row) -> tuple[Key, tuple[Key, Draft]]:
        key, draft = _read(row, held)
        return key, (key, draft)

    known = {key: (key, draft) for key, draft in held.items()}
    filled = fill(LETTER_TEMPLATE, COLUMNS[LETTER_TEMPLATE], given, known, read, name=" ".join)
    for (kind, language), draft in (*filled.added, *filled.changed):
        store.put_template(tx, kind, language, draft, BY_LOADING)
    if filled.anything:
        tx.registers_changed()
    return filled.verdicts


def _read(row: Row, held: Mapping[Key, Draft]) -> tuple[Key, Draft]:
    kind, language = row.text("letter", needed=True), row.text("language", needed=True)
    parts = {part: row.prose(part, most=MOST_SOURCE) for part in wording.PARTS if row.given(part)}
    if row.problems:
        return (kind, language), Draft()
    try:
        known, language = wording.kind_of(kind), wording.proper_language(language)
    except Refusal as refused:
        row.problems += refused.problems
        return (kind, language), Draft()
    old = held.get((kind, language), Draft())
    draft = Draft(*(parts.get(part, getattr(old, part)) for part in wording.PARTS))
    row.problems += wording.check(known, language, draft)
    return (kind, language), draft
