"""Where the copies of an order go: places, quantities and copies held against the registers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import LocationWish
from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.kernel.refusal import Problem, probable
from openacq.ordering.model import Actor, PlaceWish
from openacq.store import Tx

MOST_COPIES = 1_000
"""Most copies of one line."""


def read_places(
    tx: Tx, wishes: Sequence[PlaceWish], actor: Actor, *, with_items: bool, problems: list[Problem]
) -> tuple[LocationWish, ...]:
    """The places that can be used. Adds to `problems`: field_missing, quantity_invalid, library_unknown,
    location_unknown, code_illegal and, where items are made, barcode_taken and barcode_twice."""
    copies = sum(len(wish.copies) for wish in wishes)
    if copies > MOST_COPIES:
        problems.append(Problem("quantity_invalid", "location.copy", copies, limit=MOST_COPIES))
        return ()
    found = [_read_place(tx, wish, f"location[{at}]", actor, problems) for at, wish in enumerate(wishes)]
    places = tuple(place for place in found if place is not None)
    quantity = sum(place.quantity for place in places)
    if quantity > MOST_COPIES:
        problems.append(Problem("quantity_invalid", "location.quantity", quantity, limit=MOST_COPIES))
    if with_items:
        barcodes = [
            (f"location[{at}].copy[{nth}].barcode", copy.barcode)
            for at, wish in enumerate(wishes)
            for nth, copy in enumerate(wish.copies)
        ]
        problems += catalogue.barcode_problems(tx, barcodes)
    return places


def _read_place(
    tx: Tx, place: PlaceWish, path: str, actor: Actor, problems: list[Problem]
) -> LocationWish | None:
    quantity = len(place.copies) or 1 if place.quantity is None else place.quantity
    if not 1 <= quantity <= MOST_COPIES:
        problems.append(Problem("quantity_invalid", f"{path}.quantity", quantity, limit=MOST_COPIES))
        quantity = 1
    if not place.library:
        problems.append(Problem("field_missing", f"{path}.library"))
        return None
    library = directory.library(tx, place.library)
    if library is None or not granted(actor.libraries, place.library):
        meant = granted_of(directory.nearest_library(tx, place.library), actor)
        problems.append(
            Problem("library_unknown", f"{path}.library", place.library, probable=probable(meant))
        )
        return None
    location = place.location or library.default_location
    if not location:
        problems.append(Problem("field_missing", f"{path}.shelving_location"))
        return None
    if directory.location(tx, library.code, location) is None:
        problems.append(
            Problem(
                "location_unknown",
                f"{path}.shelving_location",
                location,
                library=library.code,
                probable=probable(directory.nearest_location(tx, library.code, location)),
            )
        )
        return None
    _check_copies(tx, place, location, path, actor, problems)
    return LocationWish(library.code, location, max(quantity, len(place.copies)), place.copies)


def _check_copies(
    tx: Tx, place: PlaceWish, location: str, path: str, actor: Actor, problems: list[Problem]
) -> None:
    policies = codes.rows(tx, "ItemPolicy")
    for index, copy in enumerate(place.copies):
        where = f"{path}.copy[{index}]"
        if copy.policy and policies:
            wrong = codes.check(tx, "ItemPolicy", f"{where}.item_policy", copy.policy)
            problems += [wrong] if wrong else []
        if copy.is_temp_location and (copy.permanent_library or copy.permanent_location):
            _check_permanent(
                tx,
                copy.permanent_library or place.library,
                copy.permanent_location or location,
                where,
                actor,
                problems,
            )


def _check_permanent(
    tx: Tx, library: str, location: str, where: str, actor: Actor, problems: list[Problem]
) -> None:
    """A copy that stands elsewhere for a while goes back to a place that must exist."""
    if directory.library(tx, library) is None or not granted(actor.libraries, library):
        meant = granted_of(directory.nearest_library(tx, library), actor)
        problems.append(
            Problem("library_unknown", f"{where}.permanent_library", library, probable=probable(meant))
        )
    elif directory.location(tx, library, location) is None:
        problems.append(
            Problem(
                "location_unknown",
                f"{where}.permanent_shelving_location",
                location,
                library=library,
                probable=probable(directory.nearest_location(tx, library, location)),
            )
        )


def granted(grants: frozenset[str] | None, code: str) -> bool:
    """Whether a grant covers a code; None covers every one."""
    return grants is None or code in grants


def granted_of(codes_meant: Iterable[str], actor: Actor) -> tuple[str, ...]:
    """Those of the library codes that the actor may hear of."""
    return tuple(code for code in codes_meant if granted(actor.libraries, code))
