"""Items, copies, receipts, vendors and funds: their documents, character by character."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from openacq.doors.wms.copy_wire import Copy, CopyReceipt, PurchaseOrderSubmission
from openacq.doors.wms.finance_wire import (
    AllocatedFund,
    Allocation,
    AllocationBox,
    Budget,
    BudgetLink,
    Fund,
    LookupVendor,
    Price,
    PriceSpecification,
    SelfLink,
)
from openacq.doors.wms.item_wire import PurchaseOrderItem
from openacq.kernel.refusal import Problem, Refusal
from openacq.wire.atom import Entry, Feed, Received, read_entry
from openacq.wire.tree import Media
from tests.doors.wms.documents import MADE, PLACED, PLACED_TEXT, item, tight_json, tight_xml, written

ITEM_NAMESPACES = (
    'xmlns:ns3="http://worldcat.org/xmlschemas/purchase-order/PurchaseOrderItem-1.5" '
    'xmlns="http://worldcat.org/xmlschemas/purchase-order/PurchaseOrder-1.5" '
    'xmlns:ns2="http://worldcat.org/xmlschemas/common-types/Identity-1.2" '
    'xmlns:ns4="http://worldcat.org/xmlschemas/purchase-order/Resource-1.5" '
    'xmlns:ns5="http://worldcat.org/xmlschemas/purchase-order/CopyConfig-1.5" '
    'xmlns:ns6="http://worldcat.org/xmlschemas/purchase-order/Copy-1.5" '
    'xmlns:ns7="http://worldcat.org/xmlschemas/purchase-order/CopyReceipt-1.5" '
    'xmlns:ns8="http://worldcat.org/xmlschemas/purchase-order/PurchaseOrderSubmission-1.5"'
)
COPY_NAMESPACES = (
    'xmlns="http://worldcat.org/xmlschemas/purchase-order/PurchaseOrder-1.5" '
    'xmlns:ns2="http://worldcat.org/xmlschemas/common-types/Identity-1.2" '
    'xmlns:ns3="http://worldcat.org/xmlschemas/purchase-order/PurchaseOrderItem-1.5" '
    'xmlns:ns4="http://worldcat.org/xmlschemas/purchase-order/Resource-1.5" '
    'xmlns:ns5="http://worldcat.org/xmlschemas/purchase-order/CopyConfig-1.5" '
    'xmlns:ns6="http://worldcat.org/xmlschemas/purchase-order/Copy-1.5" '
    'xmlns:ns7="http://worldcat.org/xmlschemas/purchase-order/CopyReceipt-1.5" '
    'xmlns:ns8="http://worldcat.org/xmlschemas/purchase-order/PurchaseOrderSubmission-1.5"'
)


def test_a_feed_of_items_in_xml() -> None:
    """Each schema's elements carry its prefix; the resource stands in `resources`."""
    feed = Feed(PurchaseOrderItem, [Entry(item(), PLACED_TEXT)], total=1, start=1, per_page=1)
    assert written(feed, "atom+xml") == tight_xml(f"""
        <?xml version='1.0' encoding='UTF-8'?>
        <feed xmlns="http://www.w3.org/2005/Atom" xmlns:os="http://a9.com/-/spec/opensearch/1.1/">
          <id>info:OCLC/Platform/Service</id>
          <title type="text">OCLC Platform Service Results</title>
          <updated>2026-03-02T14:05:06.789Z</updated>
          <os:totalResults>1</os:totalResults>
          <os:startIndex>1</os:startIndex>
          <os:itemsPerPage>1</os:itemsPerPage>
          <entry xmlns:gd="http://schemas.google.com/g/2005">
            <title type="text" />
            <updated>2026-03-02T14:05:06.789Z</updated>
            <gd:etag>2026-07-14T10:47:38.000-04:00</gd:etag>
            <content type="application/xml">
              <ns3:purchaseOrderItem {ITEM_NAMESPACES}>
                <ns3:orderItemNumber>OIN-2026-77</ns3:orderItemNumber>
                <ns3:resources>
                  <ns3:resource>
                    <ns4:worldcatResource>
                      <ns4:title>Tides &amp; harbours</ns4:title>
                      <ns4:author>Lind, Ada</ns4:author>
                      <ns4:isbn>9780262033848 (hbk.)</ns4:isbn>
                      <ns4:oclcNumber>86</ns4:oclcNumber>
                    </ns4:worldcatResource>
                  </ns3:resource>
                </ns3:resources>
                <ns3:copyConfigs>
                  <ns3:copyConfig>
                    <ns5:booking>
                      <ns5:budgetAccountCode>HIST</ns5:budgetAccountCode>
                      <ns5:percentage>100.00</ns5:percentage>
                    </ns5:booking>
                    <ns5:branchId>128807</ns5:branchId>
                    <ns5:shelvingLocationId>MAIN-STACKS</ns5:shelvingLocationId>
                    <ns5:copyCount>2</ns5:copyCount>
                    <ns5:receiptStatus>NOT_RECEIVED</ns5:receiptStatus>
                  </ns3:copyConfig>
                </ns3:copyConfigs>
                <ns3:insertTime>2026-03-01T11:00:29.000-05:00</ns3:insertTime>
                <ns3:lastUpdateTime>2026-07-14T10:47:38.000-04:00</ns3:lastUpdateTime>
                <ns3:orderType>FIRM_ORDER</ns3:orderType>
                <ns3:orderingPrice>30.75</ns3:orderingPrice>
                <ns3:quantity>2</ns3:quantity>
                <ns3:notes>
                  <ns3:note>
                    <ns3:content>For the course of Ms Lind</ns3:content>
                    <ns3:type>STAFF</ns3:type>
                    <ns3:alert>NONE</ns3:alert>
                  </ns3:note>
                </ns3:notes>
                <ns3:totalPrice>61.50</ns3:totalPrice>
              </ns3:purchaseOrderItem>
            </content>
          </entry>
        </feed>""")


def test_an_item_in_the_json_of_later_clients() -> None:
    """One `resource`, every list a list, null for what is not there: nobody asks before looking."""
    assert written(Entry(item(), PLACED_TEXT), "json") == tight_json("""
        {
          "claimingSettings": null,
          "copyConfigs": {
            "copyConfig": [
              {
                "booking": [
                  {
                    "budgetAccountCode": "HIST",
                    "budgetAccountName": null,
                    "amount": null,
                    "percentage": 100.00
                  }
                ],
                "branchId": "128807",
                "shelvingLocationId": "MAIN-STACKS",
                "copyCount": 2,
                "copyConfigNumber": null,
                "cancellationStartDate": null,
                "cancellationEndDate": null,
                "invoicedPercentage": null,
                "paidPercentage": null,
                "orderStatus": null,
                "purchaseStatus": null,
                "receiptStatus": "NOT_RECEIVED",
                "purchaseOrderItemNumber": null,
                "link": null
              }
            ],
            "link": []
          },
          "discountPercentage": null,
          "insertTime": 1772380829000,
          "lastUpdateTime": 1784040458000,
          "link": null,
          "materialType": null,
          "orderItemNumber": "OIN-2026-77",
          "orderItemNumberRange": null,
          "orderType": "FIRM_ORDER",
          "orderingPrice": 30.75,
          "position": null,
          "preferredIdentifier": null,
          "preferredIdentifierType": null,
          "processingType": null,
          "quantity": 2,
          "requester": null,
          "resource": {
            "worldcatResource": {
              "title": "Tides & harbours",
              "materialType": null,
              "author": ["Lind, Ada"],
              "edition": null,
              "isbn": ["9780262033848 (hbk.)"],
              "issn": [],
              "oclcNumber": "86",
              "publisher": null,
              "year": null
            }
          },
          "serviceCharge": null,
          "shippingAddressId": null,
          "shippingPrice": null,
          "shippingType": null,
          "sourceOfInformation": null,
          "subject": null,
          "notes": {
            "note": [{"content": "For the course of Ms Lind", "type": "STAFF", "alert": "NONE"}],
            "link": []
          },
          "tax1Percentage": null,
          "tax2Percentage": null,
          "totalPrice": 61.50,
          "vendorOrderItemNumber": null,
          "vendorOrderNumber": null
        }""")


def test_an_item_in_the_json_of_2012_has_its_resource_in_resources() -> None:
    text = written(Entry(item(), PLACED_TEXT), "atom+json")
    assert '"resources":{"resource":[{"worldcatResource":{"title":"Tides & harbours",' in text
    assert '"resource":{' not in text


def test_items_come_back_as_they_were_written() -> None:
    for form, media in (("atom+xml", "xml"), ("xml", "xml"), ("atom+json", "json"), ("json", "json")):
        text = written(Entry(item(), PLACED_TEXT), form)  # type: ignore[arg-type]
        found = read_entry(PurchaseOrderItem, text.encode(), media, whole=True)  # type: ignore[arg-type]
        assert found.resource.insert_time == MADE
        assert found.resource.last_update_time == PLACED
        assert written(Entry(found.resource, PLACED_TEXT), form) == text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "resource",
    [
        '"resource": {"worldcatResource": {"oclcNumber": 86}}',
        '"resources": {"resource": {"worldcatResource": {"oclcNumber": "86"}}}',
        '"resources": {"resource": [{"worldcatResource": {"oclcNumber": " 86 "}}]}',
        '"resources": [{"worldcatResource": {"oclcNumber": "86"}}], "resource": null',
    ],
)
def test_the_resource_of_an_item_is_found_in_either_place(resource: str) -> None:
    received = read_entry(PurchaseOrderItem, f"{{{resource}}}".encode(), "json").resource
    assert received.resource
    assert received.resource.worldcat_resource
    assert received.resource.worldcat_resource.oclc_number == "86"


def test_an_item_is_of_one_resource() -> None:
    body = b'{"resources": {"resource": [{"worldcatResource": {}}, {"worldcatResource": {}}]}}'
    with pytest.raises(Refusal) as refused:
        read_entry(PurchaseOrderItem, body, "json")
    assert refused.value.problems == (
        Problem("value_wrong_type", "resource", "a list", expected="an object"),
    )


def test_a_feed_of_copies_has_no_etags() -> None:
    copy = Copy(
        copy_number=1,
        branch_id="128807",
        shelving_location_id="MAIN-STACKS",
        item_copy_id=0,
        item_copy_number=0,
        status="DUE",
    )
    assert written(Feed(Copy, [Entry(copy)], total=1, start=1, per_page=1), "atom+xml") == tight_xml(f"""
        <?xml version='1.0' encoding='UTF-8'?>
        <feed xmlns="http://www.w3.org/2005/Atom" xmlns:os="http://a9.com/-/spec/opensearch/1.1/">
          <id>info:OCLC/Platform/Service</id>
          <title type="text">OCLC Platform Service Results</title>
          <updated>2026-03-02T14:05:06.789Z</updated>
          <os:totalResults>1</os:totalResults>
          <os:startIndex>1</os:startIndex>
          <os:itemsPerPage>1</os:itemsPerPage>
          <entry>
            <title type="text" />
            <updated>2026-03-02T14:05:06.789Z</updated>
            <content type="application/xml">
              <ns6:copy {COPY_NAMESPACES}>
                <ns6:copyNumber>1</ns6:copyNumber>
                <ns6:branchId>128807</ns6:branchId>
                <ns6:shelvingLocationId>MAIN-STACKS</ns6:shelvingLocationId>
                <ns6:itemCopyId>0</ns6:itemCopyId>
                <ns6:itemCopyNumber>0</ns6:itemCopyNumber>
                <ns6:status>DUE</ns6:status>
              </ns6:copy>
            </content>
          </entry>
        </feed>""")
    assert written(Entry(copy), "json") == tight_json("""
        {"copyNumber": 1, "branchId": "128807", "shelvingLocationId": "MAIN-STACKS",
         "itemCopyId": 0, "itemCopyNumber": 0, "status": "DUE"}""")


RECEIPT_NAMESPACES = (
    'xmlns="http://worldcat.org/xmlschemas/purchase-order/CopyReceipt-1.3" '
    'xmlns:ns2="http://worldcat.org/xmlschemas/purchase-order/Copy-1.3"'
)


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (f"<entry><content><copyReceipt {RECEIPT_NAMESPACES}/></content></entry>", "xml"),
        ("<entry><content type='application/xml'/></entry>", "xml"),
        ("<entry/>", "xml"),
        ("<copyReceipt/>", "xml"),
        ("", "xml"),
        (" \n", "json"),
        ("{}", "json"),
        ('{"content": {}}', "json"),
        ('{"content": null, "title": ""}', "json"),
        ('{"copyReceipt": {}}', "json"),
        ("null", "json"),
    ],
)
def test_a_copy_is_received_without_a_word(body: str, media: Media) -> None:
    received = read_entry(CopyReceipt, body.encode(), media, optional=True)
    assert received == Received(CopyReceipt(), "")


@pytest.mark.parametrize(
    ("body", "media", "slug"),
    [
        ("<entry><content type='application/xml'/></entry>", "xml", "body_malformed"),
        ("<entry/>", "xml", "body_malformed"),
        ('{"content": null, "title": ""}', "json", "body_malformed"),
        ("null", "json", "body_malformed"),
        (" ", "xml", "body_missing"),
    ],
)
def test_where_something_is_asked_for_nothing_is_too_little(body: str, media: Media, slug: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_entry(PurchaseOrderItem, body.encode(), media)
    assert [problem.slug for problem in refused.value.problems] == [slug]


def test_a_receipt_may_say_where_the_copy_stands() -> None:
    """Elements of the copy's schema under their own prefix, padded with line breaks."""
    body = f"""<entry xmlns="http://www.w3.org/2005/Atom"><content type="application/xml">
        <copyReceipt {RECEIPT_NAMESPACES}>
          <ns2:branchId>
            128807
          </ns2:branchId>
          <ns2:barcode> 3900 </ns2:barcode>
          <ns2:callNumber> QA76 .L5 </ns2:callNumber>
          <ns2:itemCopyId>none yet</ns2:itemCopyId>
        </copyReceipt>
      </content></entry>"""
    assert read_entry(CopyReceipt, body.encode(), "xml").resource == CopyReceipt(
        branch_id="128807", barcode="3900", call_number=" QA76 .L5 "
    )


def test_a_submission_keeps_whatever_is_said() -> None:
    body = b'{"deliveryMethod": "EMAIL", "notify": {"vendor": true, "fee": 1.50}}'
    submission = read_entry(PurchaseOrderSubmission, body, "json", optional=True).resource
    assert written(Entry(submission), "json") == tight_json(body.decode())


def test_vendors() -> None:
    vendor = LookupVendor(
        vendor_id="0d3f7f9e-59a3-4d53-9f0e-7a3c7b2f6a11",
        link=SelfLink(href="https://acq.example.org/vendors/0d3f7f9e-59a3-4d53-9f0e-7a3c7b2f6a11"),
        name="Harbour Books",
        vendor_number="",
        country="US",
        is_active=True,
        is_shared=False,
    )
    assert tight_xml("""
        <lookupVendor xmlns="http://worldcat.org/xmlschemas/Vendor-1.0"
                      xmlns:ns2="http://worldcat.org/xmlschemas/LookupVendor-1.0">
          <ns2:vendorId>0d3f7f9e-59a3-4d53-9f0e-7a3c7b2f6a11</ns2:vendorId>
          <ns2:link href="https://acq.example.org/vendors/0d3f7f9e-59a3-4d53-9f0e-7a3c7b2f6a11" />
          <ns2:name>Harbour Books</ns2:name>
          <ns2:vendorNumber />
          <ns2:country>US</ns2:country>
          <ns2:isActive>true</ns2:isActive>
          <ns2:isShared>false</ns2:isShared>
        </lookupVendor>""") in written(Entry(vendor), "atom+xml")
    assert '"vendorNumber":"","country":"US","isActive":true,"isShared":false}' in written(
        Entry(vendor), "json"
    )


def test_a_feed_of_funds_says_where_each_of_them_is() -> None:
    address = "https://acq.example.org/budgets/BP-2026-1"
    fund = Fund(
        id="6f2a1c0e-11d4-4b7e-8f35-2c0a52d0d7b1",
        fund_name="Reserves",
        fund_code="RES",
        level=1,
        path="",
        budgeted=Decimal("5000.00"),
        encumbered=Decimal("0.00"),
        paid=Decimal("0.00"),
        total_budgeted=Decimal("5000.00"),
        total_encumbered=Decimal("0.00"),
        total_paid=Decimal("0.00"),
        remaining_balance=Decimal("5000.00"),
        budget=BudgetLink(link=SelfLink(rel="self", href=address)),
    )
    entry = Entry(fund, title="Reserves", id=f"{address}/funds/RES", link=f"{address}/funds/RES")
    feed = Feed(Fund, [entry], total=10, link=f"{address}/funds?q=fundCode:R*&inst=12")
    assert written(feed, "atom+xml") == tight_xml("""
        <?xml version='1.0' encoding='UTF-8'?>
        <feed xmlns="http://www.w3.org/2005/Atom" xmlns:os="http://a9.com/-/spec/opensearch/1.1/">
          <id>info:OCLC/Platform/Service</id>
          <title type="text">OCLC Platform Service Results</title>
          <link href="https://acq.example.org/budgets/BP-2026-1/funds?q=fundCode:R*&amp;inst=12"
                rel="self" />
          <updated>2026-03-02T14:05:06.789Z</updated>
          <os:totalResults>10</os:totalResults>
          <os:startIndex>1</os:startIndex>
          <os:itemsPerPage>10</os:itemsPerPage>
          <entry xmlns:gd="http://schemas.google.com/g/2005">
            <title type="text">Reserves</title>
            <id>https://acq.example.org/budgets/BP-2026-1/funds/RES</id>
            <link href="https://acq.example.org/budgets/BP-2026-1/funds/RES" rel="self"
                  type="application/atom+xml" />
            <updated>2026-03-02T14:05:06.789Z</updated>
            <content type="application/xml">
              <fund xmlns="http://worldcat.org/xmlschemas/Acquisitions"
                    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                    xsi:schemaLocation="http://worldcat.org/xmlschemas/Acquisitions
                                        http://worldcat.org/xmlschemas/Acquisitions/1.1/Acquisitions-1.1-fund.xsd">
                <id>6f2a1c0e-11d4-4b7e-8f35-2c0a52d0d7b1</id>
                <fundName>Reserves</fundName>
                <fundCode>RES</fundCode>
                <level>1</level>
                <path />
                <budgeted>5000.00</budgeted>
                <encumbered>0.00</encumbered>
                <paid>0.00</paid>
                <totalBudgeted>5000.00</totalBudgeted>
                <totalEncumbered>0.00</totalEncumbered>
                <totalPaid>0.00</totalPaid>
                <remainingBalance>5000.00</remainingBalance>
                <budget><link rel="self" href="https://acq.example.org/budgets/BP-2026-1" /></budget>
              </fund>
            </content>
          </entry>
        </feed>""")


def test_a_fund_as_later_clients_read_it() -> None:
    def price(text: str) -> Price:
        return Price(price_specification=PriceSpecification(price=Decimal(text), price_currency="USD"))

    fund = AllocatedFund(
        name="Reserves",
        code="RES",
        allocation=AllocationBox(
            allocation=Allocation(
                id="6f2a1c0e-11d4-4b7e-8f35-2c0a52d0d7b1",
                amount_budgeted=price("5000.00"),
                amount_encumbered=price("61.50"),
                amount_expended=price("0.00"),
                amount_remaining=price("4938.50"),
            )
        ),
    )
    assert written(Entry(fund), "json") == tight_json("""
        {
          "name": "Reserves",
          "code": "RES",
          "allocation": {
            "allocation": {
              "id": "6f2a1c0e-11d4-4b7e-8f35-2c0a52d0d7b1",
              "amountBudgeted": {"priceSpecification": {"price": 5000.00, "priceCurrency": "USD"}},
              "amountEncumbered": {"priceSpecification": {"price": 61.50, "priceCurrency": "USD"}},
              "amountExpended": {"priceSpecification": {"price": 0.00, "priceCurrency": "USD"}},
              "amountRemaining": {"priceSpecification": {"price": 4938.50, "priceCurrency": "USD"}}
            }
          }
        }""")


def test_a_budget() -> None:
    budget = Budget(
        budget_period_number="BP-2026-1", start_date=dt.date(2026, 1, 1), end_date=dt.date(2026, 12, 31)
    )
    assert "<startDate>2026-01-01</startDate><endDate>2026-12-31</endDate></budget>" in written(
        Entry(budget), "atom+xml"
    )
    assert (
        written(Entry(budget), "json")
        == '{"budgetPeriodNumber":"BP-2026-1","startDate":"2026-01-01","endDate":"2026-12-31"}'
    )
