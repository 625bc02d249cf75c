"""What the requests desk asks of others: more people interested in a line, bibs given up together, the
profiles requests are ordered by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Description, LocationWish
from openacq.history import service as history
from openacq.kernel.refusal import Refusal
from openacq.ordering import service as ordering
from openacq.ordering.model import (
    Interested,
    InterestedWish,
    Line,
    LineState,
    PlaceLine,
    ShareWish,
    Source,
)
from openacq.ordering.service import Cancellation
from openacq.profiles import service as profiles
from openacq.store import Tx
from tests.ordering.world import book
from tests.requests.asking import DESK, Library

EVERYTHING = {
    "notify_receiving_activation": True,
    "hold_item": True,
    "notify_renewal": True,
    "notify_cancel": True,
}


def add(library: Library, line: Line, *wishes: InterestedWish) -> Line:
    found = library.write(lambda tx: ordering.add_interested(tx, line.number, wishes, DESK))
    assert isinstance(found, Line)
    return found


def test_more_people_become_interested_once(library: Library) -> None:
    line = library.world.place(book(interested=(InterestedWish("ann", notify_cancel=True),)))
    add(library, line, InterestedWish("ben", **EVERYTHING), InterestedWish("nobody"))
    add(library, line, InterestedWish("ann", hold_item=True))
    ann, ben = library.world.line(line.number).interested
    assert (ann.primary_id, ann.notify_cancel, ann.hold_item) == ("ann", True, True)
    assert ben == Interested(
        "ben", "Ben", "Baker", "ben@uni.example", True, True, notify_renewal=False, notify_cancel=True
    )
    entries = library.read(lambda tx: history.of(tx, "po_line", line.number))
    assert next((each.field, each.who) for each in entries) == ("interested", "requests desk")
    before = library.world.line(line.number)
    add(library, line, InterestedWish("ann"))
    assert library.world.line(line.number) == before


def test_nobody_can_hold_what_is_read_online(library: Library) -> None:
    line = library.world.place(book(type="E_BOOK_OT", places=()))
    after = add(library, line, InterestedWish("ben", **EVERYTHING))
    assert [each.hold_item for each in after.interested] == [False]


def test_a_cancelled_line_is_joined_by_nobody(library: Library) -> None:
    line = library.world.place(book())
    how = Cancellation("LIBRARY_CANCELLED")
    library.write(lambda tx: ordering.cancel(tx, [line.id], DESK, how))
    with pytest.raises(Refusal) as refused:
        add(library, line, InterestedWish("ben"))
    assert refused.value.problems[0].slug == "line_cancelled"


def strict(library: Library, kind: str) -> None:
    library.world.load(
        profiles,
        "profile",
        {"code": kind, "name": kind, "kind": kind, "default": True, "block_invalid_fund": True},
    )


def unfunded(source: Source) -> PlaceLine:
    return replace(book(reference=""), source=source, shares=(ShareWish("GONE", percent="100"),))


def test_requests_are_ordered_by_the_profiles_of_requests(library: Library) -> None:
    strict(library, "order")
    line = library.world.place(unfunded(Source.REQUEST))
    assert line.state is LineState.IN_REVIEW
    with pytest.raises(Refusal):
        library.world.place(unfunded(Source.API))
    strict(library, "purchase_request")
    with pytest.raises(Refusal) as refused:
        library.world.place(unfunded(Source.REQUEST))
    assert refused.value.problems[0].slug == "fund_invalid"


def test_bibs_are_given_up_together_unless_somebody_needs_them(library: Library) -> None:
    def make(tx: Tx) -> list[str]:
        made = [
            catalogue.find_or_make(tx, Description(title=f"Bib {name}"), origin="request").mms_id
            for name in "abcd"
        ]
        for mms_id in made:
            catalogue.add_use(tx, mms_id, "test", 1)
        catalogue.add_use(tx, made[1], "other", 2)
        catalogue.add_physical(tx, made[2], tx.new_id(), [LocationWish("MAIN", "STACKS", 1)], True)
        return made

    made = library.write(make)

    def give_up(tx: Tx) -> Any:
        assert catalogue.delete_needless(tx, made) == set()
        catalogue.drop_uses(tx, "test", [(mms_id, 1) for mms_id in made[:3]])
        return catalogue.delete_needless(tx, made)

    assert library.write(give_up) == {made[0]}
    assert [library.bib(mms_id) is not None for mms_id in made] == [False, True, True, True]
    assert library.write(lambda tx: catalogue.delete_needless(tx, [])) == set()
