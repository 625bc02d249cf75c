"""What there is of a title already, told to whoever orders it: copies held, copies on order.

What stands there is held, what is to come is on order, and neither is said of the other. An order that is
still being put together is neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openacq.catalogue.model import Held
from openacq.directory import service as directory
from openacq.ordering import progress
from openacq.ordering.alerts import alert
from openacq.ordering.check import Checked
from openacq.ordering.model import Alert, LineState, Severity
from openacq.ordering.progress import ELECTRONIC, PHYSICAL
from openacq.profiles.model import DuplicatePolicy
from openacq.store import Tx

HELD, HELD_ONLINE, ON_ORDER = "held_already", "portfolio_held", "on_order_already"


@dataclass(frozen=True, slots=True)
class Coming:
    """Copies a library has on order; `electronic`: access to the title."""

    library: str
    copies: int
    electronic: bool = False


def coming(tx: Tx, mms_ids: Sequence[str]) -> dict[str, list[Coming]]:
    """What of these titles is on order, by mms_id; in one statement."""
    found = {}
    for mms_id, lines in progress.awaited(tx, mms_ids).items():
        ordered = [each for each in lines if each.state is not LineState.DRAFT]
        found[mms_id] = [
            Coming(each.owner, max(each.missing, 1), each.electronic)
            for each in ordered
            if each.electronic or each.inventory == PHYSICAL
        ]
    return found


def coming_of(checked: Checked) -> list[Coming]:
    """What an order that is being placed will have on order."""
    if checked.inventory not in ELECTRONIC and checked.inventory != PHYSICAL:
        return []
    return [Coming(checked.owner, max(checked.quantity, 1), checked.inventory in ELECTRONIC)]


def tell(tx: Tx, checked: Checked, held: Held, ordered: Sequence[Coming]) -> None:
    """An alert for each library that has copies of the title, or has them on order, of the kind that is
    ordered. Portfolios are told of when they are looked for."""
    severity = severity_of(checked)
    if checked.inventory == PHYSICAL:
        checked.alerts += of_libraries(tx, HELD, dict(held.copies()), severity)
        checked.alerts += of_libraries(tx, ON_ORDER, counted(ordered, electronic=False), severity)
    elif checked.inventory in ELECTRONIC:
        checked.alerts += of_libraries(tx, ON_ORDER, counted(ordered, electronic=True), severity)


def severity_of(checked: Checked) -> Severity | None:
    """How heavy a duplicate weighs; None: as the catalogue of alerts says."""
    return Severity.INFORMATION if checked.profile.duplicates is DuplicatePolicy.ALLOW else None


def counted(ordered: Sequence[Coming], *, electronic: bool) -> dict[str, int]:
    """library → copies on order of one kind."""
    counts: dict[str, int] = {}
    for each in ordered:
        if each.electronic is electronic:
            counts[each.library] = counts.get(each.library, 0) + each.copies
    return counts


def of_libraries(
    tx: Tx, slug: str, copies: Mapping[str, int], severity: Severity | None = None
) -> list[Alert]:
    """One alert for each library with its copies."""
    found = []
    for code, count in sorted(copies.items()):
        library = directory.library(tx, code)
        name = library.name if library else code
        found.append(alert(slug, severity, copies=str(count), library=name))
    return found
