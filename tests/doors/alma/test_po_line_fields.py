"""Every field of the PO line, in and out: what a vendor sends is what it and the library read back."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from openacq.directory import service as directory
from openacq.vendors import service as vendors
from tests.ordering.world import HELD_ISBN
from tests.shop import FORMATS, LINES, Format, Shop, alerts, as_xml, order, tree


def words(text: str) -> list[str]:
    return text.split()


Fields = dict[str, tuple[Any, Any]]
"""Field → (what is sent, what is shown)."""


def same(value: Any) -> tuple[Any, Any]:
    return value, value


OF_EVERY_LINE: Fields = {
    "owner": ({"value": "SCI"}, {"value": "SCI", "desc": "Science Library"}),
    "vendor": ({"value": "GOBI"}, {"value": "GOBI", "desc": "GOBI Library Solutions"}),
    "vendor_account": same("GOBI-MAIN"),
    "acquisition_method": ({"value": "PURCHASE"}, {"value": "PURCHASE", "desc": "Purchase"}),
    "no_charge": same(False),
    "rush": same(True),
    "cancellation_restriction": same(True),
    "cancellation_restriction_note": same("Ask the dean first"),
    "price": (
        {"sum": "54.10", "currency": {"value": "USD"}},
        {"sum": "54.10", "currency": {"value": "USD", "desc": "US Dollar"}},
    ),
    "discount": ("12.5", "12.5"),
    "vendor_reference_number": same("V-4711"),
    "vendor_reference_number_type": (
        {"value": "SLI"},
        {"value": "SLI", "desc": "Supplier's order line reference number"},
    ),
    "additional_order_reference": same("Cart 12"),
    "invoice_reference": same("INV-1"),
    "reporting_code": same("R1"),
    "secondary_reporting_code": same("R2"),
    "tertiary_reporting_code": same("R3"),
    "fourth_reporting_code": same("R4"),
    "fifth_reporting_code": same("R5"),
    "vendor_note": same("Please send <soon> & well packed"),
    "receiving_note": same("For the exhibition"),
    "url": same("https://books.example/4711?a=1&b=2"),
    "access_provider": same("EXAMPLE"),
    "renewal_note": same("Look at the usage first"),
    "reclaim_interval": ("14", "14"),
    "expected_receipt_interval": (60, "60"),
    "claiming_interval": ("30", "30"),
    "expected_activation_interval": ("5", "5"),
    "subscription_interval": ("365", "365"),
    "e_activation_due_interval": ("7", "7"),
    "expected_activation_date": same("2026-05-01Z"),
    "subscription_from_date": same("2026-01-01Z"),
    "subscription_to_date": same("2026-12-31Z"),
    "renewal_date": same("2026-12-01Z"),
    "renewal_period": same(14),
    "expected_receipt_date": same("2026-04-20Z"),
    "note": same([{"note_text": "First note"}, {"note_text": "Zweite Notiz: äöü €"}]),
    "interested_user": (
        [
            {
                "primary_id": "patron1",
                "first_name": "ignored",
                "notify_receiving_activation": True,
                "hold_item": True,
                "notify_renewal": True,
                "notify_cancel": True,
            }
        ],
        [
            {
                "primary_id": "patron1",
                "first_name": "Demo",
                "last_name": "Patron",
                "email": "patron@demo.example",
                "notify_receiving_activation": True,
                "hold_item": True,
                "notify_renewal": False,
                "notify_cancel": True,
            }
        ],
    ),
}

TITLE: Fields = {
    "title": same("Of fields and forms"),
    "author": same("Author, An"),
    "issn": same(""),
    "isbn": same("9781861972712"),
    "publisher": same("Press & Sons"),
    "publication_place": same("Basel"),
    "publication_year": same("c2007."),
    "vendor_title_number": same("YBP-12"),
    "system_control_number": same(["(OCoLC)12345", "(Demo)9"]),
}

PRINT: Fields = {
    **OF_EVERY_LINE,
    "type": (
        {"value": "PRINTED_BOOK_OT"},
        {"value": "PRINTED_BOOK_OT", "desc": "Print Book - One Time"},
    ),
    "material_type": ({"value": "BOOK"}, {"value": "BOOK", "desc": "Book"}),
    "manual_renewal": same(False),
}
ELECTRONIC: Fields = {
    **OF_EVERY_LINE,
    "type": ({"value": "E_BOOK_OT"}, {"value": "E_BOOK_OT", "desc": "Electronic Book - One Time"}),
    "material_type": ({"value": "EBOOK"}, {"value": "EBOOK", "desc": "E-Book"}),
    "license": ({"value": "LIC-7"}, {"value": "LIC-7", "desc": "LIC-7"}),
    "access_model": same("unlimited"),
    "base_status": same("ACTIVE"),
    "interested_user": (
        OF_EVERY_LINE["interested_user"][0],
        [{**OF_EVERY_LINE["interested_user"][1][0], "hold_item": False}],
    ),
    "location": ([{"quantity": 1, "library": {"value": "MAIN"}}], []),
}
STANDING: Fields = {
    **OF_EVERY_LINE,
    "type": (
        {"value": "PRINTED_BOOK_SO"},
        {"value": "PRINTED_BOOK_SO", "desc": "Print Book - Standing Order"},
    ),
    "manual_renewal": same(False),
    "renewal_cycle": ({"value": "1"}, {"value": "1", "desc": "1 year"}),
    "interested_user": (
        OF_EVERY_LINE["interested_user"][0],
        [{**OF_EVERY_LINE["interested_user"][1][0], "notify_renewal": True}],
    ),
}
LINES_OF_EACH_KIND = {"print": PRINT, "electronic": ELECTRONIC, "standing": STANDING}

JSON_ORDER = words("""
    number status owner type vendor rush price discount portfolios license url vendor_account reclaim_interval
    expected_receipt_interval claiming_interval expected_activation_interval subscription_interval
    expected_activation_date e_activation_due_interval acquisition_method no_charge cancellation_restriction
    cancellation_restriction_note vendor_reference_number vendor_reference_number_type source_type po_number
    additional_order_reference invoice_reference resource_metadata fund_distribution reporting_code
    secondary_reporting_code tertiary_reporting_code fourth_reporting_code fifth_reporting_code vendor_note
    receiving_note alert note location interested_user access_model base_status access_provider manual_renewal
    renewal_cycle subscription_from_date subscription_to_date renewal_date renewal_period renewal_note
    material_type created_date status_date expected_receipt_date
""")
XML_ORDER = words("""
    number status owner type vendor vendor_account reclaim_interval expected_receipt_interval
    claiming_interval expected_activation_interval subscription_interval expected_activation_date
    e_activation_due_interval
    acquisition_method no_charge rush cancellation_restriction cancellation_restriction_note price discount
    vendor_reference_number vendor_reference_number_type source_type po_number additional_order_reference
    invoice_reference resource_metadata fund_distributions reporting_code secondary_reporting_code
    tertiary_reporting_code fourth_reporting_code fifth_reporting_code vendor_note receiving_note alerts notes
    locations interested_users portfolios license access_model url base_status access_provider manual_renewal
    renewal_cycle subscription_from_date subscription_to_date renewal_date renewal_period renewal_note
    material_type created_date status_date expected_receipt_date
""")


EMPTY = words("""
    url po_number vendor_note receiving_note invoice_reference additional_order_reference reporting_code
    secondary_reporting_code tertiary_reporting_code fourth_reporting_code fifth_reporting_code base_status
    access_provider renewal_note
""")
ABSENT = words("""
    license interested_user renewal_cycle renewal_date subscription_from_date expected_receipt_date link
    reclaim_interval cancellation_restriction_note vendor_reference_number_type
""")


@pytest.fixture
def fuller(shop: Shop) -> Shop:
    """The library's patron has a mail address."""
    shop.world.load(
        directory, "user", {"primary_id": "patron1", "emails": [{"address": "patron@demo.example"}]}
    )
    return shop


def sent_of(fields: Fields) -> dict[str, Any]:
    body = order(**{name: sent for name, (sent, _) in fields.items()})
    body["resource_metadata"] = {name: sent for name, (sent, _) in TITLE.items()}
    return body


@pytest.mark.parametrize("sends", FORMATS)
@pytest.mark.parametrize("kind", LINES_OF_EACH_KIND)
def test_every_field_sent_is_shown(fuller: Shop, kind: str, sends: Format) -> None:
    fields = LINES_OF_EACH_KIND[kind]
    line = fuller.ordered(sent_of(fields), sends=sends)
    assert {name: line.get(name) for name in fields} == {name: shown for name, (_, shown) in fields.items()}
    metadata = line["resource_metadata"]
    assert {name: metadata.get(name, "") for name in TITLE} == {
        name: shown for name, (_, shown) in TITLE.items()
    }
    assert line["number"].startswith("POL-")
    assert line["source_type"] == {"value": "API", "desc": "API"}
    assert line["created_date"] == line["status_date"] == "2026-03-02Z"
    assert metadata["mms_id"]["value"].startswith("99")


@pytest.mark.parametrize("kind", LINES_OF_EACH_KIND)
def test_the_line_reads_back_as_it_was_answered(fuller: Shop, kind: str) -> None:
    made = fuller.ordered(sent_of(LINES_OF_EACH_KIND[kind]))
    assert fuller.line(made["number"]) == made


@pytest.mark.parametrize("kind", LINES_OF_EACH_KIND)
def test_json_and_xml_describe_the_same_line(fuller: Shop, kind: str) -> None:
    body = sent_of(LINES_OF_EACH_KIND[kind])
    made = fuller.post(body, wants="xml")
    number = etree.fromstring(made.content).findtext("number")
    assert number is not None
    shown = fuller.line(number)
    assert tree(made.content) == tree(as_xml(shown))
    assert tree(fuller.get(f"{LINES}/{number}", wants="xml").content) == tree(as_xml(shown))


def test_members_stand_in_the_order_clients_know(fuller: Shop) -> None:
    for fields in LINES_OF_EACH_KIND.values():
        made = fuller.ordered(sent_of(fields))
        assert list(made) == [name for name in JSON_ORDER if name in made]
        document = etree.fromstring(fuller.get(f"{LINES}/{made['number']}", wants="xml").content)
        assert document.tag == "po_line"
        assert document.nsmap == {}
        names = [child.tag for child in document]
        assert names == [name for name in XML_ORDER if name in names]
        metadata = document.find("resource_metadata")
        assert metadata is not None
        assert [child.tag for child in metadata][:2] == ["mms_id", "title"]


def test_answers_have_the_types_clients_read(shop: Shop) -> None:
    line = shop.ordered(order(expected_receipt_interval=30, discount=5))
    assert line["expected_receipt_interval"] == "30"
    assert line["discount"] == "5"
    assert (line["price"]["sum"], line["renewal_period"], line["rush"]) == ("50.00", 0, False)
    assert line["location"][0]["quantity"] == 1
    assert line["portfolios"] == {"portfolio": [], "total_record_count": 0}
    assert line["fund_distribution"][0]["percent"] == 100
    assert line["alert"] == [{"value": "", "desc": "A brief record was made for this order."}]
    assert line["note"] == []
    assert line["resource_metadata"]["system_control_number"] == [""]


def test_what_was_not_sent_is_empty_where_clients_expect_it_and_absent_elsewhere(shop: Shop) -> None:
    line = shop.ordered()
    for name in EMPTY:
        assert line[name] == "", name
    assert line["access_model"] == "Null"
    assert line["acquisition_method"]["value"] == "VENDOR_SYSTEM"
    for name in ABSENT:
        assert name not in line, name


def test_a_sum_keeps_the_decimals_it_was_given(shop: Shop) -> None:
    for given, shown in (
        ("54.1", "54.1"),
        ("54", "54.0"),
        ("54.100", "54.100"),
        (54.5, "54.5"),
        (54, "54.0"),
    ):
        line = shop.ordered(order(price={"sum": given, "currency": {"value": "USD"}}))
        assert line["price"]["sum"] == shown


def test_the_net_amount_of_each_fund_comes_back_as_sent(shop: Shop) -> None:
    shares = [
        {"fund_code": {"value": "HIST"}, "amount": {"sum": "30.00", "currency": {"value": "USD"}}},
        {"fund_code": {"value": "ART"}, "amount": {"sum": "20.0", "currency": {"value": "USD"}}},
    ]
    line = shop.ordered(order(fund_distribution=shares))
    shown = [
        (each["fund_code"], each["amount"]["sum"], "percent" in each) for each in line["fund_distribution"]
    ]
    assert shown == [
        ({"value": "HIST", "desc": "History"}, "30.00", False),
        ({"value": "ART", "desc": "Art"}, "20.0", False),
    ]
    assert line["status"]["value"] == "AUTO_PACKAGING"


def test_places_are_answered_with_their_holdings_and_copies(shop: Shop) -> None:
    copies = [
        {
            "barcode": f"BAR-{shop.world.institution}",
            "item_policy": {"value": "SHORT"},
            "expected_arrival_date": "2026-04-01Z",
            "enumeration_a": "v. 1",
            "enumeration_b": "no. 2",
            "enumeration_c": "pt. 3",
            "chronology_i": "2026",
            "chronology_j": "04",
            "chronology_k": "01",
            "description": "v. 1 (2026)",
            "storage_location_id": "Bin 7",
        },
        {
            "is_temp_location": "true",
            "permanent_library": {"value": "SCI"},
            "permanent_shelving_location": "STACKS",
            "receive_date": "2026-03-01Z",
        },
    ]
    places = [
        {"quantity": 3, "library": {"value": "MAIN"}, "shelving_location": "REF", "copy": copies},
        {"quantity": "1", "library": {"value": "SCI"}, "shelving_location": "STACKS"},
    ]
    line = shop.ordered(order(location=places))
    first, second = line["location"]
    assert (first["quantity"], first["library"], first["shelving_location"]) == (
        3,
        {"value": "MAIN", "desc": "Main Library"},
        "REF",
    )
    assert [len(place["copy"]) for place in (first, second)] == [3, 1]
    shown = first["copy"][0]
    assert {name: shown[name] for name in copies[0] if name != "item_policy"} == {
        name: value for name, value in copies[0].items() if name != "item_policy"
    }
    assert shown["item_policy"] == {"value": "SHORT", "desc": "Short loan"}
    assert shown["is_temp_location"] is False
    away = first["copy"][1]
    assert away["is_temp_location"] is True
    assert away["permanent_library"] == {"value": "SCI", "desc": "Science Library"}
    assert (away["permanent_shelving_location"], away["receive_date"]) == ("STACKS", "2026-03-01Z")
    made = first["copy"][2]
    assert made["barcode"] == made["pid"]
    mms_id = line["resource_metadata"]["mms_id"]["value"]
    for place in (first, second):
        for holding in place["holding"]:
            assert holding["id"].startswith("22")
            assert holding["link"].endswith(f"/almaws/v1/bibs/{mms_id}/holdings/{holding['id']}")
        for copy in place["copy"]:
            assert copy["pid"].startswith("23")
            assert copy["holding_id"] in {holding["id"] for holding in place["holding"]}
            assert copy["link"].endswith(f"/holdings/{copy['holding_id']}/items/{copy['pid']}")


def test_a_standing_order_answers_holdings_without_copies(shop: Shop) -> None:
    line = shop.ordered(order(type={"value": "PRINTED_BOOK_SO"}, renewal_date="2027-01-01Z"))
    assert [(len(place["holding"]), len(place["copy"])) for place in line["location"]] == [(1, 0)]
    assert line["manual_renewal"] is True


def test_an_electronic_order_answers_its_portfolio(shop: Shop) -> None:
    line = shop.ordered(order(type={"value": "E_BOOK_OT"}))
    portfolios = line["portfolios"]
    assert portfolios["total_record_count"] == 1
    mms_id = line["resource_metadata"]["mms_id"]["value"]
    portfolio = portfolios["portfolio"][0]
    assert portfolio["id"].startswith("53")
    assert portfolio["link"].endswith(f"/bibs/{mms_id}/portfolios/{portfolio['id']}")


def test_intervals_and_discount_come_from_the_account_when_none_are_sent(shop: Shop) -> None:
    shop.world.load(
        vendors,
        "vendor_account",
        {"vendor": "GOBI", "code": "GOBI-MAIN", "claiming_interval": 30, "discount_percent": "10"},
    )
    line = shop.ordered()
    assert (line["claiming_interval"], line["discount"]) == ("30", "10")
    assert shop.ordered(order(claiming_interval="5"))["claiming_interval"] == "5"


def test_the_inventory_alert_is_worded_as_clients_know_it(shop: Shop) -> None:
    line = shop.ordered(order(resource_metadata={"title": "A book on the shelf", "isbn": HELD_ISBN}))
    assert alerts(line) == [
        "The ordered resource already exists in the Inventory:  2 copies in library: Main Library."
    ]
    assert line["status"] == {"value": "INREVIEW", "desc": "In Review"}


def test_links_begin_with_the_address_that_was_asked(shop: Shop) -> None:
    line = shop.ordered()
    asked = f"{shop.url}/almaws/v1/bibs/"
    assert line["resource_metadata"]["mms_id"]["link"].startswith(asked)
    foreign = shop.get(f"{LINES}/{line['number']}", headers={"Host": "evil.example"}).json()
    assert "evil" not in foreign["resource_metadata"]["mms_id"]["link"]
