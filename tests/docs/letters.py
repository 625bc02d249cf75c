"""The reference page of letters: their kinds, the facts templates may speak of, their states."""

from __future__ import annotations

from collections.abc import Iterable

from openacq.letters.checking import FILTERS, OF_LOOP, TESTS
from openacq.letters.facts import describe
from openacq.letters.kinds import KINDS, Kind
from openacq.letters.states import LETTER_STATES
from tests.docs.markdown import page, paragraph, table

SHARED = ("date", "institution", "library")
"""Groups every kind has; they are told once."""

EXAMPLE = """\
```
Dear {{ vendor.contact|default("colleagues") }},

{% for line in lines %}
{{ loop.index }}. {{ line.title }}{% if line.rush %} (urgent){% endif %}, {{ line.quantity }} copies
{% else %}
Nothing is ordered.
{% endfor %}
{{ library.address|join(", ") }}
```"""


def letters() -> str:
    """Every kind of letter with its facts."""
    first = next(iter(KINDS.values()))
    kinds = [
        (
            f"`{kind.code}`",
            kind.about,
            "PDF" if kind.sheet else "",
            "erased in time" if kind.to_person else "kept",
        )
        for kind in KINDS.values()
    ]
    moves = [
        (
            f"`{move.origin.value}`" if move.origin else "",
            move.event,
            move.guard,
            f"`{move.target.value}`",
            move.who,
        )
        for move in LETTER_STATES.moves
    ]
    return page(
        "Letters",
        "For whoever writes an institution's own letters, or wonders where one is.",
        "A template has three parts: subject, text and HTML. A part an institution does not write is the "
        "shipped one; HTML that is not written is made from its own text. A language that is neither written "
        "nor shipped falls back to English.",
        table(("kind", "what for", "beside it", "its words"), kinds),
        "## What a template may say",
        paragraph(
            "Facts are printed by their names, asked about with `if` and gone through with `for`. Dates and "
            "sums are written as the language does, line breaks of longer texts are kept, everything is "
            f"escaped in HTML. Filters: {_codes(FILTERS)}. Questions after `is`: {_codes(sorted(TESTS))}. "
            f"In a loop: {_codes(f'loop.{name}' for name in OF_LOOP)}. Nothing can be called, included, "
            "multiplied or joined together."
        ),
        EXAMPLE,
        "## Facts of every kind",
        _facts(first, shared=True),
        *(
            part
            for kind in KINDS.values()
            for part in (f"## {kind.code}", kind.about, _facts(kind, shared=False))
        ),
        "## States",
        f"```mermaid\n{LETTER_STATES.diagram()}\n```",
        table(("from", "event", "if", "to", "who"), moves),
    )


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _facts(kind: Kind, *, shared: bool) -> str:
    rows = [
        (f"`{fact.path}`", fact.type.value, fact.about, fact.example)
        for fact in describe(kind.facts)
        if (fact.path.partition(".")[0] in SHARED) is shared
    ]
    return table(("fact", "type", "what it is", "for example"), rows)
