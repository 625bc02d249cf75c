"""The title of an item: as it was sent while the record says the same, else as the record says."""

from __future__ import annotations

import pytest

from openacq.catalogue.model import Bib
from openacq.doors.wms.item_titles import described, shown, stored
from openacq.doors.wms.item_wire import Resource, WorldcatResource
from openacq.wire.fields import UNSET

SENT = WorldcatResource(
    title=" Tides and harbours",
    author=["Lind, Ada", "Moor, Bo"],
    isbn=["9780262033848 (hbk.)"],
    oclc_number="86",
    others={"mine": 1},
)


def record(**members: object) -> Bib:
    known: dict[str, object] = {
        "title": "Tides and harbours",
        "author": "Lind, Ada; Moor, Bo",
        "isbn": "9780262033848",
        "system_control_numbers": ("(OCoLC)86",),
    }
    return Bib("990", **(known | members))  # type: ignore[arg-type]


def told(bib: Bib, sent: WorldcatResource = SENT) -> WorldcatResource:
    found = shown(bib, "BOOK", stored(Resource(worldcat_resource=sent))).worldcat_resource
    assert isinstance(found, WorldcatResource)
    return found


def test_what_the_record_says_too_comes_back_as_it_was_sent() -> None:
    found = told(record(publisher="Quay"))
    assert (found.title, found.author, found.isbn) == (SENT.title, SENT.author, SENT.isbn)
    assert (found.publisher, found.material_type, found.others) == ("Quay", "BOOK", {"mine": 1})


@pytest.mark.parametrize(
    ("changed", "member", "says"),
    [
        ({"title": "Tides"}, "title", "Tides"),
        ({"author": "Lind, A."}, "author", ["Lind, A."]),
        ({"isbn": "9780262033848, 0262033844"}, "isbn", ["9780262033848", "0262033844"]),
        ({"system_control_numbers": ("(OCoLC)87", "(DE-599)1")}, "oclc_number", "87"),
        ({"isbn": ""}, "isbn", []),
    ],
)
def test_what_the_record_says_otherwise_counts(changed: dict[str, object], member: str, says: object) -> None:
    assert getattr(told(record(**changed)), member) == says


def test_the_number_a_client_calls_its_title_by_stays_where_the_record_has_none() -> None:
    assert told(record(system_control_numbers=("(DE-599)1",))).oclc_number == "86"


def test_a_title_of_which_only_the_number_is_known_is_called_by_it() -> None:
    only = Resource(worldcat_resource=WorldcatResource(oclc_number="86"))
    about = described(only)
    assert (about.title, about.system_control_numbers) == ("OCLC 86", ("(OCoLC)86",))
    assert told(record(), WorldcatResource(oclc_number="86")).title == "Tides and harbours"
    assert told(record(author=""), WorldcatResource(oclc_number="86")).edition is UNSET
