"""A vendor's shop and a library, told through the doors a vendor and its customer use."""

from __future__ import annotations

from typing import Any

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import COMMUNITY_ZONE, Collection, Identifier, TitleRow
from openacq.ledger import service as ledger
from openacq.store import Tx
from tests.shop import LINES, Shop, alerts, new_isbn, order


def review(shop: Shop) -> list[dict[str, Any]]:
    """The review list as the library reads it."""
    url = f"{shop.url}/openacq/v1/review"
    answer = shop.client.get(url, headers={"Authorization": f"apikey {shop.key}"})
    assert answer.status_code == 200, answer.text
    lines: list[dict[str, Any]] = answer.json()["lines"]
    return lines


def share_online(shop: Shop, code: str, isbn: str) -> None:
    """A title list of the community zone, switched on by the library."""
    title = TitleRow("H1", "The heron's year", (Identifier("isbn", isbn),), url="https://reed.example/h1")

    def put(tx: Tx) -> None:
        catalogue.put_collection(tx, Collection(code, "Reed E-Books", "Reed"))
        catalogue.load_titles(tx, code, [(1, title)])

    shop.world.store.write(put, institution=COMMUNITY_ZONE)
    shop.world.write(lambda tx: catalogue.switch_collection(tx, code))


def test_before_checkout_the_shop_reads_what_it_needs_and_then_orders_with_it(shop: Shop) -> None:
    assert shop.get("/acq/test").status_code == 200
    libraries = shop.get("/conf/libraries").json()["library"]
    owner = next(each["code"] for each in libraries if each["code"] == "SCI")
    locations = shop.get(f"/conf/libraries/{owner}/locations").json()["location"]
    funds = shop.get("/acq/funds", limit="100").json()["fund"]
    fund = next(each["code"] for each in funds if each["code"] == "SCIENCE")
    vendors = shop.get("/acq/vendors", q="name~gobi").json()["vendor"]
    vendor = shop.get(f"/acq/vendors/{vendors[0]['code']}").json()
    types = shop.get("/conf/code-tables/PurchaseType").json()["row"]
    assert "PRINTED_BOOK_OT" in {row["code"] for row in types}

    line = shop.ordered(
        order(
            owner=owner,
            vendor=vendor["code"],
            vendor_account=vendor["account"][0]["code"],
            location=[{"quantity": 1, "library": owner, "shelving_location": locations[0]["code"]}],
            fund_distribution=[{"fund_code": fund, "amount": {"sum": "50.00", "currency": "USD"}}],
        )
    )
    assert line["status"]["desc"] == "Auto Packaging"
    assert shop.line(line["number"]) == line
    links = [line["resource_metadata"]["mms_id"]["link"]]
    links += [each["link"] for place in line["location"] for each in (*place["holding"], *place["copy"])]
    for link in links:
        answer = shop.client.get(link, headers={"Authorization": f"apikey {shop.key}"})
        assert answer.status_code == 200, (link, answer.text)


def test_the_fund_has_money_for_one_of_two_and_the_second_waits_in_review(shop: Shop) -> None:
    shop.world.load(ledger, "fund", {"code": "SMALL", "name": "Small", "parent": "BOOKS"})
    shop.world.load(ledger, "allocation", {"fund": "SMALL", "amount": "80.00", "reference": "s"})
    paid = [{"fund_code": "SMALL", "percent": 100}]
    first, second = (shop.ordered(order(fund_distribution=paid)) for _ in range(2))
    assert [line["status"]["value"] for line in (first, second)] == ["AUTO_PACKAGING", "INREVIEW"]
    (waiting,) = review(shop)
    assert waiting["number"] == second["number"]
    short = next(alert for alert in waiting["alerts"] if alert["slug"] == "fund_short")
    assert short["text"] == "Fund SMALL has 30.00 USD free; 20.00 USD are missing."
    assert "Allocate 20.00 USD" in short["fix"]
    assert shop.world.balance("SMALL").available.text() == "30.00"


def test_a_cart_is_played_twice_because_the_line_broke(shop: Shop) -> None:
    cart = [order() for _ in range(3)]
    numbers = [shop.ordered(body)["number"] for body in cart[:2]]  # then the line breaks
    again = [shop.post(body) for body in cart]
    assert [answer.headers.get("idempotent-replayed") for answer in again] == ["true", "true", None]
    assert [answer.json()["number"] for answer in again][:2] == numbers
    assert shop.world.balance("HIST").encumbered.text() == "150.00"


def test_every_reason_a_line_waits_is_named_at_once_with_its_fix(shop: Shop) -> None:
    line = shop.ordered(
        order(
            vendor=None,
            vendor_account=None,
            type="PRINTED_BOOK_SO",
            fund_distribution=[{"fund_code": "hist", "percent": 50}, {"fund_code": "POOR", "percent": 50}],
        ),
        requires_manual_review="true",
    )
    told = alerts(line)
    (waiting,) = review(shop)
    assert {alert["text"] for alert in waiting["alerts"]} == set(told)
    assert {alert["slug"] for alert in waiting["alerts"]} >= {
        "vendor_missing",
        "renewal_missing",
        "fund_unknown",
        "fund_short",
        "manual_review",
    }
    assert "Did you mean HIST?" in str(waiting["alerts"])
    assert all(alert["fix"] for alert in waiting["alerts"])


def test_an_odd_cent_is_shared_by_three_funds_and_none_is_lost(shop: Shop) -> None:
    thirds = [
        {"fund_code": code, "percent": part}
        for code, part in (("HIST", "33.33"), ("ART", "33.33"), ("SCIENCE", "33.34"))
    ]
    line = shop.ordered(order(price={"sum": "10.00", "currency": "USD"}, fund_distribution=thirds))
    assert line["status"]["value"] == "AUTO_PACKAGING"
    assert [share["percent"] for share in line["fund_distribution"]] == [33.33, 33.33, 33.34]
    encumbered = [shop.world.balance(code).encumbered.text() for code in ("HIST", "ART", "SCIENCE")]
    assert encumbered == ["3.33", "3.33", "3.34"]


def test_an_order_in_another_currency_is_encumbered_at_the_rate_of_the_day(shop: Shop) -> None:
    body = order(vendor="CORNER", vendor_account="CORNER-1", price={"sum": "20.00", "currency": "EUR"})
    line = shop.ordered(body)
    assert (line["discount"], line["price"]["currency"]["value"]) == ("10", "EUR")
    assert shop.world.balance("HIST").encumbered.text() == "19.80", "20.00 EUR less 10 % at 1.1"


def test_a_gift_and_a_free_copy_cost_nothing(shop: Shop) -> None:
    gift = shop.ordered(order(acquisition_method="GIFT", fund_distribution=[]))
    free = shop.ordered(order(acquisition_method="PURCHASE", no_charge=True, fund_distribution=[]))
    assert [line["status"]["value"] for line in (gift, free)] == ["AUTO_PACKAGING"] * 2
    assert shop.world.balance("HIST").encumbered.units == 0


def test_a_second_copy_of_an_ordered_title_goes_to_its_shelf_and_is_asked_about(shop: Shop) -> None:
    first = shop.ordered()
    hyphens = "-".join(first["resource_metadata"]["isbn"])
    second = shop.ordered(order(resource_metadata={"title": "The same book", "isbn": hyphens}))
    assert second["resource_metadata"]["mms_id"] == first["resource_metadata"]["mms_id"]
    assert second["location"][0]["holding"] == first["location"][0]["holding"]
    assert second["status"]["value"] == "INREVIEW"
    assert "The ordered resource is already on order:  1 copies for library: Main Library." in alerts(second)


def test_gobi_and_oasis_find_the_e_book_in_the_community_zone_and_the_bookseller_does_not(shop: Shop) -> None:
    isbn = new_isbn()
    share_online(shop, f"REED-{shop.world.institution}", isbn)
    titled = {"title": "The heron's year", "isbn": isbn}

    def e_book(vendor: str, account: str) -> dict[str, Any]:
        body = order(vendor=vendor, vendor_account=account, type="E_BOOK_OT", location=None)
        return shop.ordered(
            {**body, "resource_metadata": {**titled, "title": f"For {vendor}"}}, dry_run="true"
        )

    for vendor, account in (("GOBI", "GOBI-MAIN"), ("OASIS", "OASIS-1")):
        assert any(
            "Found in the community zone, collection Reed E-Books" in told
            for told in alerts(e_book(vendor, account))
        )
    assert not any("community zone" in told for told in alerts(e_book("CORNER", "CORNER-1")))

    line = shop.ordered(order(type="E_BOOK_OT", location=None, resource_metadata=titled))
    assert line["status"]["value"] == "AUTO_PACKAGING"
    (portfolio,) = shop.world.read(
        lambda tx: catalogue.portfolios_of(tx, line["resource_metadata"]["mms_id"]["value"])
    )
    assert (portfolio.origin, portfolio.available) == ("community", False)


def test_the_library_reads_its_lines_by_the_reference_of_the_shop(shop: Shop) -> None:
    line = shop.ordered(order(vendor_reference_number="99-77-X"))
    assert shop.get(f"{LINES}/99-77-X").json() == line
