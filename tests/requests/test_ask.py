"""Patrons ask: what is missing or wrong is named, titles are matched, rules are counted."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Description
from openacq.kernel.clock import FixedClock
from openacq.kernel.refusal import Refusal
from openacq.ordering.model import Sum
from openacq.profiles import service as profiles
from openacq.requests import service as desk
from openacq.requests.model import Actor, AskFor, Criteria, Metadata, PlaceAsked, RequestState, Wish
from openacq.store import Store
from tests.ordering.world import HELD_TITLE
from tests.requests.asking import FORM, HELD_ISBN, NEW_ISBN, Library, a_book, a_title, make_library, ready


def slugs(library: Library, wish: Wish, requester: str = "ann") -> list[str]:
    """What a request is refused with, in order."""
    with pytest.raises(Refusal) as refused:
        library.ask(requester, wish)
    return [problem.slug for problem in refused.value.problems]


# -- the title ----------------------------------------------------------------------------------


def test_the_smallest_request_is_taken(library: Library) -> None:
    request = library.ask(wish=Wish(metadata=Metadata(title="  A  wish ", citation_type="BOOK")))
    assert (request.state, request.format, request.metadata.title) == (RequestState.IN_REVIEW, "P", "A wish")
    assert (request.requester, request.requester_name, request.source) == ("ann", "Ann Able", "API")
    bib = library.bib(request.mms_id)
    assert (bib.title, bib.brief, bib.suppressed, bib.origin) == ("A wish", True, True, "request")
    assert library.now(request) == request
    assert library.differences() == []


def test_everything_a_request_says_comes_back(library: Library) -> None:
    wish = ready(
        requested_type="DVD",
        notify_receiving_activation=True,
        hold_item=True,
        notify_renewal=True,
        notify_cancel=True,
        email="else@uni.example",
        requester_note="For my class\nin May",
        notes=("one", "two"),
        estimated_cost=Sum("-35.5", "EUR"),
        metadata=a_title(volume="3", lcc_number="Z1", other_system_number="123", bib_note="note"),
    )
    request = library.ask("ben", wish)
    again = library.now(request)
    assert again == request
    for name in (
        "requested_type", "notify_receiving_activation", "hold_item", "notify_renewal", "notify_cancel",
        "owning_library", "fund", "vendor", "vendor_account", "email", "requester_note",
    ):  # fmt: skip
        assert getattr(again, name) == getattr(wish, name), name
    assert again.estimated_cost is not None
    assert (again.estimated_cost.text(), again.estimated_cost.currency) == ("-35.5", "EUR")
    assert [note.text for note in again.notes] == ["one", "two"]
    assert [(each.library, each.shelving_location, each.quantity) for each in again.places] == [
        ("MAIN", "STACKS", 1)
    ]
    assert replace(again.metadata, mms_id="") == wish.metadata


@pytest.mark.parametrize("isbn", [HELD_ISBN, "0-306-40615-2"])
def test_a_title_is_found_by_its_isbn_in_whichever_form(library: Library, isbn: str) -> None:
    asked = library.asked(wish=a_book(metadata=a_title(isbn=isbn)))
    held = library.bib(asked.request.mms_id)
    assert (held.title, asked.request.matched_by) == (HELD_TITLE, "isbn")
    assert asked.request.metadata.title == "The history of paper"
    assert [notice.slug for notice in asked.notices] == ["held"]
    assert "Main Library" in asked.notices[0].text


def test_with_an_mms_id_the_rest_of_the_metadata_is_the_bib_s(library: Library) -> None:
    mms_id = library.ask(wish=a_book(metadata=a_title(isbn=HELD_ISBN))).mms_id
    said = Metadata(mms_id=mms_id, title="Something else", citation_type="NONSENSE", volume="2")
    request = library.ask("ben", a_book(metadata=said))
    assert (request.mms_id, request.matched_by) == (mms_id, "mms_id")
    assert (request.metadata.title, request.metadata.isbn) == (HELD_TITLE, HELD_ISBN)
    assert (request.metadata.citation_type, request.metadata.volume) == ("BOOK", "2")
    assert slugs(library, a_book(metadata=Metadata(mms_id="9912345"))) == ["request_bib_unknown"]


def test_the_import_profile_settles_what_titles_are_matched_by(library: Library) -> None:
    first = library.ask(wish=a_book(metadata=a_title(other_system_number="777")))
    other = a_title(isbn="", title="Paper, its history", other_system_number="777")
    assert library.ask(wish=a_book(metadata=other)).mms_id != first.mms_id
    library.world.load(
        profiles,
        "profile",
        {"code": "BYOCLC", "name": "By OCLC number", "kind": "purchase_request", "match": "oclc"},
    )
    library.load("request_setting", {"import_profile": "BYOCLC"})
    matched = library.ask(wish=a_book(metadata=replace(other, title="A third")))
    assert (matched.matched_by, matched.mms_id) == ("oclc", first.mms_id)
    isbn_only = library.ask(wish=a_book(metadata=a_title(title="By ISBN?")))
    assert isbn_only.matched_by == ""


def test_a_control_number_matches_and_a_call_number_does_not(library: Library) -> None:
    profile = {"code": "LC", "name": "LC", "kind": "purchase_request", "match": "lccn", "default": True}
    library.world.load(profiles, "profile", profile)

    def asked(title: str, number: str) -> str:
        return library.ask(wish=a_book(metadata=a_title(isbn="", title=title, lcc_number=number))).mms_id

    assert asked("One", "n 78-890351") == asked("One, again", "n78890351")
    assert asked("Two", "QA76.73 .P98") != asked("Three", "QA76.73 .P98")


def test_several_bibs_of_one_number_are_named_to_the_reviewer(library: Library) -> None:
    def twice(tx: Any) -> None:
        title = Description(title="Two", isbn=HELD_ISBN, vendor_title_number="V2")
        catalogue.find_or_make(tx, title, ("vendor_title_number",))

    library.write(twice)
    asked = library.asked(wish=a_book(metadata=a_title(isbn=HELD_ISBN)))
    assert len(asked.request.bib_hits) == 2
    assert "ambiguous" in [notice.slug for notice in asked.notices]


# -- what is wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (Wish(), ["request_metadata_missing"]),
        (Wish(metadata=Metadata(author="X", citation_type="BOOK")), ["request_title_missing"]),
        (a_book(metadata=a_title(citation_type="")), ["request_citation_missing"]),
        (a_book(metadata=a_title(citation_type="BK")), ["request_citation_unknown"]),
        (a_book(format="PHYSICAL"), ["request_format_unknown"]),
        (a_book(requested_type="EBOOK"), ["request_material_unknown"]),
        (a_book(format="E", requested_type="DVD"), ["request_material_unknown"]),
        (a_book(owning_library="MOON"), ["request_library_unknown"]),
        (a_book(estimated_cost=Sum("10", "XXX")), ["request_currency_unknown"]),
        (a_book(estimated_cost=Sum("10", "")), ["request_currency_missing"]),
        (a_book(estimated_cost=Sum("ten", "USD")), ["request_sum_invalid"]),
        (a_book(estimated_cost=Sum("123456789012345", "USD")), ["request_sum_invalid"]),
        (a_book(vendor="GOBBI", vendor_account="X"), ["request_vendor_unknown"]),
        (a_book(vendor="GOBI"), ["request_account_missing"]),
        (a_book(vendor="GOBI", vendor_account="OASIS-1"), ["request_account_unknown"]),
        (a_book(vendor_account="GOBI-MAIN"), ["request_account_missing"]),
        (a_book(fund="HISTORY"), ["request_fund_unknown"]),
        (a_book(fund="BOOKS"), ["request_fund_unknown"]),
        (a_book(places=(PlaceAsked("MOON"),)), ["request_place_library_unknown"]),
        (a_book(places=(PlaceAsked(""),)), ["request_place_library_missing"]),
        (a_book(places=(PlaceAsked("MAIN", "CELLAR"),)), ["request_place_unknown"]),
        (a_book(places=(PlaceAsked("MAIN", "REF", 0),)), ["request_quantity_invalid"]),
        (a_book(places=(PlaceAsked("MAIN", "REF", 600),) * 2), ["request_quantity_invalid"]),
        (
            a_book(format="PHYSICAL", fund="NO", vendor="NO", metadata=a_title(citation_type="BK")),
            [
                "request_format_unknown",
                "request_citation_unknown",
                "request_vendor_unknown",
                "request_fund_unknown",
            ],
        ),
    ],
)
def test_what_is_wrong_is_named_all_at_once_in_alma_s_order(
    library: Library, wish: Wish, expected: list[str]
) -> None:
    assert slugs(library, wish) == expected
    assert library.listed() == []


def test_the_words_name_what_is_allowed(library: Library) -> None:
    with pytest.raises(Refusal) as refused:
        library.ask(wish=a_book(format="PHYSICAL", metadata=a_title(citation_type="BK")))
    words = [f"{problem.message()} {problem.advice()}" for problem in refused.value.problems]
    assert "PHYSICAL" in words[0]
    assert "[P,E]" in words[0]
    assert "[BOOK,JOURNAL]" in words[1]


def test_nobody_asks_in_the_name_of_somebody_unknown(library: Library) -> None:
    assert slugs(library, a_book(format="X"), "nobody") == ["requester_unknown", "request_format_unknown"]


def test_places_of_electronic_titles_are_passed_over(library: Library) -> None:
    assert library.ask(wish=a_book(format="E", places=(PlaceAsked("MOON"),))).places == ()


# -- rules --------------------------------------------------------------------------------------


def limit(library: Library, **cells: object) -> None:
    library.load("request_rule", {"name": "Students", "user_groups": "UNDERGRADUATE", **cells})


def test_a_category_may_have_so_many_open_requests(library: Library) -> None:
    limit(library, most_open=1)
    first = library.ask("ben", a_book(metadata=a_title(isbn="", title="One")))
    second = a_book(metadata=a_title(isbn="", title="Two"))
    assert slugs(library, second, "ben") == ["request_limit_open"]
    library.ask("cleo", second)
    for number in range(3):  # whom no rule speaks of has no limit
        library.ask("ann", a_book(metadata=a_title(isbn="", title=f"Ann {number}")))
    library.cancel(first)
    assert library.ask("ben", second).state is RequestState.IN_REVIEW


def test_requests_of_a_period_are_counted(library: Library, clock: FixedClock) -> None:
    limit(library, most_in_period=2, period_days=7)
    kept = library.ask("ben", ready())
    library.reject(kept)  # decided ones count too
    taken_back = library.ask("ben", a_book(metadata=a_title(isbn="", title="Taken back")))
    library.cancel(taken_back)
    library.ask("ben", a_book(metadata=a_title(isbn="", title="Two")))
    third = a_book(metadata=a_title(isbn="", title="Three"))
    assert slugs(library, third, "ben") == ["request_limit_period"]
    clock.advance(days=7, seconds=1)
    library.ask("ben", third)


def test_an_exempt_category_stands_first(library: Library) -> None:
    library.load(
        "request_rule",
        {"name": "Faculty is free", "user_groups": "FACULTY", "position": 1},
        {"name": "All", "position": 2, "most_open": 0, "required": "isbn"},
    )
    library.ask("ann", a_book(metadata=a_title(isbn="")))
    assert slugs(library, a_book(metadata=a_title(isbn="")), "ben") == ["request_field_required"]
    assert slugs(library, a_book(), "ben") == ["request_limit_open"]


@pytest.mark.parametrize(
    ("rule", "wish", "expected"),
    [
        ({"formats": "E"}, a_book(), ["request_format_refused"]),
        ({"citation_types": "JOURNAL"}, a_book(), ["request_citation_refused"]),
        ({"required": "author;requester_note"}, a_book(), ["request_field_required"]),
        ({"required": "estimated_cost;owning_library"}, a_book(), ["request_field_required"] * 2),
        ({"most_cost": "30", "currency": "USD"}, ready(), ["request_cost_refused"]),
        (
            {"most_cost": "30", "currency": "USD"},
            ready(estimated_cost=Sum("28.00", "EUR")),
            ["request_cost_refused"],
        ),
        ({"most_cost": "35", "currency": "USD"}, ready(), []),
        ({"roles": "200", "formats": "E"}, a_book(), []),
        ({"sources": "PRIMO", "formats": "E"}, a_book(), []),
        ({"enabled": False, "formats": "E"}, a_book(), []),
    ],
)
def test_rules_say_what_may_be_asked_for(
    library: Library, rule: dict[str, object], wish: Wish, expected: list[str]
) -> None:
    library.load("request_rule", {"name": "The rule", **rule})
    if expected:
        assert slugs(library, wish) == expected
    else:
        library.ask(wish=wish)


def test_two_at_once_cannot_both_be_the_last_one_allowed(store: Store, institution: int) -> None:
    library = make_library(store, institution)
    limit(library, most_open=2)
    outcomes: list[str] = []
    gate = threading.Barrier(4)

    def ask(number: int) -> None:
        gate.wait()
        try:
            library.ask("ben", a_book(metadata=a_title(isbn="", title=f"Title {number}")))
            outcomes.append("asked")
        except Refusal as refused:
            outcomes.append(refused.problems[0].slug)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["asked", "asked", "request_limit_open", "request_limit_open"]


# -- several people, one title ------------------------------------------------------------------


def test_whoever_asks_for_a_title_somebody_waits_for_joins(library: Library) -> None:
    first = library.ask("ann")
    second = library.asked("ben")
    third = library.ask("cleo", a_book(format="E"))
    assert library.now(first).group == second.request.group != 0
    assert third.group == 0
    assert [notice.slug for notice in second.notices] == ["requested"]
    assert "Ann" not in second.notices[0].text
    others = library.read(lambda tx: desk.duplicates(tx, first.id, Actor("reviewer"))).requests
    assert [(each.id, each.requester_name) for each in others] == [
        (second.request.id, "Ben Baker"),
        (third.id, "Cleo Carr"),
    ]


def test_an_institution_may_keep_requests_apart(library: Library) -> None:
    library.load("request_setting", {"merge": False})
    first, second = library.ask("ann"), library.ask("ben")
    assert (library.now(first).group, second.group) == (0, 0)


def test_two_who_ask_at_once_for_a_new_title_are_merged(store: Store, institution: int) -> None:
    library = make_library(store, institution)
    gate = threading.Barrier(2)
    made: list[Any] = []

    def ask(requester: str) -> None:
        gate.wait()
        made.append(library.ask(requester))

    threads = [threading.Thread(target=ask, args=(name,)) for name in ("ann", "ben")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first, second = (library.now(request) for request in made)
    assert first.mms_id == second.mms_id
    assert first.group == second.group != 0


def test_a_form_can_say_beforehand_what_is_there(library: Library) -> None:
    found = library.read(lambda tx: desk.already(tx, Description(isbn=HELD_ISBN)))
    assert [(copies.library, copies.copies) for copies in found.held] == [("MAIN", 2)]
    assert not library.read(lambda tx: desk.already(tx, Description(isbn=NEW_ISBN))).any


def test_a_key_of_one_library_names_only_its_own(library: Library) -> None:
    narrow = Actor("science key", libraries=frozenset({"SCI"}))

    def ask(wish: Wish) -> Any:
        return library.write(lambda tx: desk.ask(tx, AskFor(wish, "ann"), narrow))

    with pytest.raises(Refusal) as refused:
        ask(a_book(owning_library="MAIN"))
    assert refused.value.problems[0].slug == "request_library_unknown"
    of_main = library.ask(wish=a_book(owning_library="MAIN"))
    of_nobody = library.ask("ben")
    seen = library.read(lambda tx: desk.requests(tx, Criteria(), narrow)).requests
    assert [each.id for each in seen] == [of_nobody.id]
    with pytest.raises(Refusal):
        library.read(lambda tx: desk.request(tx, of_main.id, narrow))
    vendor = Actor("vendor key", vendor="GOBI")
    assert library.read(lambda tx: desk.requests(tx, Criteria(), vendor)).total == 0
    assert FORM.libraries is None
