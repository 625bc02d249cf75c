"""Items of purchase orders: made, read, listed, changed, deleted; what they are to the Alma door."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lxml import etree

from openacq.ordering import service as ordering
from openacq.ordering.model import LineState
from tests.doors.wms.client import ATOM_JSON, JSON, XML, Client, error
from tests.doors.wms.documents import tight_json
from tests.doors.wms.ordering_client import (
    add_item,
    begin,
    branch,
    feed,
    item_json,
    look,
    number_of,
    oclc_id,
    ordering_client,
    post,
    shown,
    submit,
    updated,
    vendor,
)
from tests.ordering.world import HELD_ISBN, SHOP, book
from tests.serving_fixture import Server
from tests.shop import Shop


@pytest.fixture
def client(server: Server) -> Client:
    return ordering_client(server)


def oin(item: Any) -> str:
    found: str = item.content["orderItemNumber"]
    return found


def resource_of(item: dict[str, Any]) -> dict[str, Any]:
    """The resource of an item as the envelope of 2012 has it."""
    (found,) = item["resources"]["resource"]
    return dict(found)


def path_of(order: Any, item: Any) -> str:
    return f"/purchaseorders/{number_of(order)}/items/{oin(item)}"


def line_of(client: Client, item: Any) -> Any:
    return client.world.line(oin(item))


ITEM_JSON = """
{
  "title": "",
  "content": {
    "claimingSettings": %null%,
    "copyConfigs": {
      "copyConfig": [
        {
          "booking": [
            {"budgetAccountCode": "HIST", "budgetAccountName": "History", "percentage": 100}
          ],
          "branchId": "%branch%",
          "shelvingLocationId": "STACKS",
          "copyCount": 1,
          "copyConfigNumber": "1",
          "invoicedPercentage": 0.00,
          "paidPercentage": 0.00,
          "receiptStatus": "NOT_RECEIVED",
          "purchaseOrderItemNumber": "%oin%"
        }
      ],
      "link": []
    },
    "insertTime": %made_ms%,
    "lastUpdateTime": %made_ms%,
    "link": {"href": "%base%//purchaseorders/%number%/items/%oin%?inst=%inst%"},
    "materialType": "BOOK",
    "orderItemNumber": "%oin%",
    "orderItemNumberRange": "OIN",
    "orderType": "FIRM_ORDER",
    "orderingPrice": 20.0,
    "processingType": "ONE_TIME",
    "quantity": 1,
    "resources": {
      "resource": [
        {
          "worldcatResource": {
            "title": "Tides & harbours",
            "materialType": "BOOK",
            "author": ["Lind, Ada", "Berg, Bo"],
            "isbn": ["9780262033848 (hbk.)"],
            "issn": [],
            "oclcNumber": "86"
          }
        }
      ]
    },
    "notes": {"note": [], "link": []},
    "totalPrice": 20.00
  },
  "updated": "%updated%",
  "extensions": [
    {
      "name": "gd:etag",
      "attributes": {"xmlns:gd": "http://schemas.google.com/g/2005"},
      "children": ["%made%"]
    }
  ]
}
""".replace('\n    "claimingSettings": %null%,', "")


def test_an_item_is_made_in_json(client: Client) -> None:
    order = begin(client)
    item = add_item(client, order)
    document = ITEM_JSON
    for name, value in {
        "base": client.server.url,
        "branch": branch(client),
        "inst": oclc_id(client),
        "made": item.etag,
        "made_ms": str(item.content["insertTime"]),
        "number": number_of(order),
        "oin": oin(item),
        "updated": updated(item.answer)[0],
    }.items():
        document = document.replace(f"%{name}%", value)
    assert tight_json(item.answer.text) == tight_json(document)
    assert item.header == f'"{item.etag}"'
    assert look(client, path_of(order, item)).content == item.content


NAMES = {
    "a": "http://www.w3.org/2005/Atom",
    "i": "http://worldcat.org/xmlschemas/purchase-order/PurchaseOrderItem-1.5",
    "r": "http://worldcat.org/xmlschemas/purchase-order/Resource-1.5",
    "c": "http://worldcat.org/xmlschemas/purchase-order/CopyConfig-1.5",
}


def test_an_item_is_read_in_xml_as_the_documents_begin_it(client: Client) -> None:
    order = begin(client)
    item = add_item(client, order)
    answer = client.get(path_of(order, item))
    root = etree.fromstring(answer.content).find("a:content/i:purchaseOrderItem", NAMES)
    assert root is not None
    assert [etree.QName(child).localname for child in root][:2] == ["orderItemNumber", "resources"]
    title = "i:resources/i:resource/r:worldcatResource/r:title"
    assert root.findtext(title, namespaces=NAMES) == "Tides & harbours"
    booking = "i:copyConfigs/i:copyConfig/c:booking/c:budgetAccountCode"
    assert root.findtext(booking, namespaces=NAMES) == "HIST"


@pytest.mark.parametrize("accept", ["application/atom+xml", XML])
def test_an_item_put_back_untouched_stays_the_version_it_is(client: Client, accept: str) -> None:
    order = begin(client)
    item = add_item(client, order)
    read = client.but(accept=accept).get(path_of(order, item))
    answer = client.but(accept=accept).call("PUT", path_of(order, item), read.text, sends=accept)
    assert (answer.status_code, answer.headers["etag"]) == (200, item.header)


def test_an_item_made_in_xml_is_the_one_made_in_json(client: Client) -> None:
    order = begin(client)
    item = add_item(client, order)
    again = client.call(
        "POST", f"/purchaseorders/{number_of(order)}/items", client.get(path_of(order, item)).text
    )
    assert again.status_code == 201
    one, other = feed(client, f"/purchaseorders/{number_of(order)}/items")[0]
    for each in (one, other):
        for name in ("orderItemNumber", "link", "insertTime", "lastUpdateTime"):
            del each[name]
        del each["copyConfigs"]["copyConfig"][0]["purchaseOrderItemNumber"]
    assert one == other


def test_an_item_is_changed_and_an_older_version_is_not(client: Client) -> None:
    order = begin(client)
    item = add_item(client, order)
    body = {**item.content, "orderingPrice": 25.50}
    new = post(client, path_of(order, item), body, 200, "PUT", headers={"If-Match": item.header})
    assert (new.content["orderingPrice"], new.content["totalPrice"]) == (25.5, 25.5)
    assert new.content["lastUpdateTime"] > item.content["lastUpdateTime"]
    stale = client.call(
        "PUT", path_of(order, item), json.dumps(body), sends=JSON, headers={"If-Match": item.header}
    )
    assert stale.status_code == 412
    entry = {
        "content": {**body, "orderingPrice": 1},
        "extensions": [{"name": "gd:etag", "children": [item.etag]}],
    }
    stale = client.call("PUT", path_of(order, item), json.dumps(entry), sends=JSON)
    assert stale.status_code == 409
    assert look(client, path_of(order, item)).content["orderingPrice"] == 25.5
    assert look(client, f"/purchaseorders/{number_of(order)}").content["totalOrderPrice"] == 25.5


def test_an_item_is_deleted_and_the_answer_is_empty(client: Client) -> None:
    order = begin(client)
    item = add_item(client, order)
    answer = client.call("DELETE", path_of(order, item))
    assert (answer.status_code, answer.content) == (200, b"")
    assert client.get(path_of(order, item)).status_code == 404
    assert look(client, f"/purchaseorders/{number_of(order)}").content["orderItemCount"] == 0


def test_the_list_reports_what_it_holds_and_begins_at_one(client: Client) -> None:
    order = begin(client)
    path = f"/purchaseorders/{number_of(order)}/items"
    for number in range(6):
        add_item(client, order, vendorOrderItemNumber=f"V-{number}", resource=titled(f"Title {number}"))
    items, figures = feed(client, f"{path}?itemsPerPage=20")
    assert len(items) == 6
    assert figures == {"totalResults": "6", "startIndex": "1", "itemsPerPage": "6"}
    (found,) = feed(client, f"{path}?q=V-3")[0]
    assert found["vendorOrderItemNumber"] == "V-3"
    assert feed(client, f"{path}?q=V-9")[1]["totalResults"] == "0"
    empty = client.but(accept=ATOM_JSON).get(f"/purchaseorders/{number_of(begin(client))}/items").json()
    assert empty["entries"] == []


def titled(title: str, **more: Any) -> dict[str, Any]:
    return {"worldcatResource": {"title": title, **more}}


def test_lists_of_items_tell_what_changed_since_and_what_is_missing(client: Client) -> None:
    order = begin(client)
    items = [add_item(client, order, resource=titled(f"Title {number}")) for number in range(2)]
    submit(client, order)
    path = f"/purchaseorders/{number_of(order)}/items"
    since = look(client, path_of(order, items[1])).content["lastUpdateTime"]
    client.world.write(
        lambda tx: ordering.receive(tx, ordering.Arrival(line=line_of(client, items[0]).number), SHOP)
    )
    found = feed(client, f"{path}?modifiedSince={since + 1}")[0]
    assert [each["orderItemNumber"] for each in found] == [oin(items[0])]
    assert len(feed(client, f"{path}?receiptStatus=NOT_RECEIVED")[0]) == 2  # not sent yet, so not complete


@pytest.mark.parametrize("name", ["oin", "number"])
def test_every_number_of_an_item_resolves(client: Client, name: str) -> None:
    order = begin(client)
    item = add_item(client, order)
    number = getattr(line_of(client, item), name)
    for path in (
        f"/purchaseorders/{number_of(order)}/items/{number}",
        f"/acquisitions/orderitem/data/{number}",
        f"/purchaseorder/{number_of(order)}/item/{number}/",
    ):
        assert look(client, path).content == item.content
    other = begin(client)
    assert client.get(f"/purchaseorders/{number_of(other)}/items/{number}").status_code == 404


# -- what items say -----------------------------------------------------------------------------


def test_places_and_bookings_become_places_and_shares(client: Client) -> None:
    configs = [
        config(client, copyCount=2, booking=[{"budgetAccountCode": "HIST", "percentage": 100.00}]),
        config(client, branchId="SCI", booking=[{"budgetAccountCode": "ART", "percentage": 100}]),
    ]
    item = add_item(client, begin(client), copyConfigs={"copyConfig": configs})
    line = line_of(client, item)
    assert [(each.library, each.quantity) for each in line.places] == [("MAIN", 2), ("SCI", 1)]
    assert [(each.fund_code, each.part.text()) for each in line.shares] == [
        ("HIST", "40.00"),
        ("ART", "20.00"),
    ]
    shown = item.content["copyConfigs"]["copyConfig"]
    assert [(each["branchId"], each["copyCount"]) for each in shown] == [(branch(client), 2), ("SCI", 1)]
    assert [each["booking"][0]["percentage"] for each in shown] == [100, 100]
    assert (item.content["quantity"], item.content["totalPrice"]) == (3, 60)


def config(client: Client, **changes: Any) -> dict[str, Any]:
    (usual,) = item_json(client)["copyConfigs"]["copyConfig"]
    return {**usual, **changes}


def test_a_location_may_be_led_by_its_library(client: Client) -> None:
    configs = {"copyConfig": [config(client, branchId="MAIN", shelvingLocationId="MAIN-STACKS")]}
    item = add_item(client, begin(client), copyConfigs=configs)
    (place,) = line_of(client, item).places
    assert (place.library, place.location) == ("MAIN", "STACKS")


def test_a_number_of_worldcat_alone_names_a_title(client: Client) -> None:
    order = begin(client)
    item = add_item(client, order, resource={"worldcatResource": {"oclcNumber": "424242"}})
    again = add_item(client, order, resource={"worldcatResource": {"oclcNumber": "424242"}})
    assert line_of(client, item).bib.mms_id == line_of(client, again).bib.mms_id
    assert resource_of(item.content)["worldcatResource"]["title"] == "OCLC 424242"


def test_a_known_title_is_shown_as_it_is_known(client: Client) -> None:
    item = add_item(client, begin(client), resource=titled("Whatever", isbn=[HELD_ISBN]))
    found = resource_of(item.content)["worldcatResource"]
    assert (found["title"], found["isbn"]) == ("A book on the shelf", [HELD_ISBN])


def test_a_thing_of_the_knowledge_base_is_electronic(client: Client) -> None:
    resource = {"kbwcEntryResource": {"title": "A journal online", "id": "KB-1"}}
    item = add_item(client, begin(client), resource=resource, processingType=None)
    assert line_of(client, item).type == "ELECTRONIC_TITLE_OT"
    assert resource_of(item.content) == resource
    assert len(item.content["copyConfigs"]["copyConfig"]) == 1


@pytest.mark.parametrize(
    ("processing", "material", "line_type"),
    [
        (None, None, "PRINTED_BOOK_OT"),
        ("One-time", "BOOK", "PRINTED_BOOK_OT"),
        ("ONE_TIME", "SERIAL", "PRINTED_JOURNAL_OT"),
        ("ONE_TIME", "MAP", "PRINT_OT"),
        ("SUBSCRIPTION", "JOURNAL", "PRINTED_JOURNAL_CO"),
        ("MONOGRAPHIC_SERIES", "BOOK", "PRINTED_BOOK_SO"),
        ("ELECTRONIC_PRODUCT", "BOOK", "E_BOOK_OT"),
    ],
)
def test_kinds_of_items(client: Client, processing: Any, material: Any, line_type: str) -> None:
    item = add_item(
        client, begin(client), processingType=processing, materialType=material, resource=titled("Kind")
    )
    assert line_of(client, item).type == line_type
    if processing:
        assert item.content["processingType"] == processing


def test_notes_keep_their_kind_and_have_a_usual_one(client: Client) -> None:
    notes = [{"content": "Quick", "type": "VENDOR", "alert": "ORDER"}, {"content": "Plain"}, {"content": ""}]
    item = add_item(client, begin(client), notes={"note": notes})
    told = [(each["content"], each["type"], each["alert"]) for each in item.content["notes"]["note"]]
    assert told == [("Quick", "VENDOR", "ORDER"), ("Plain", "STAFF", "NONE")]
    assert [note.text for note in line_of(client, item).notes] == ["Quick", "Plain"]


def test_members_nobody_else_knows_come_back_unchanged(client: Client) -> None:
    sent = {
        "serviceCharge": 1.25,
        "shippingPrice": 3.5,
        "tax1Percentage": 7,
        "requester": {"name": "Ms Lind"},
        "sourceOfInformation": "A flyer",
        "subject": "Harbours",
        "position": 3,
        "shippingType": "SLOW",
        "inventedMember": ["a", {"b": 1}],
        "discountPercentage": 10,
        "vendorOrderItemNumber": "V-1",
    }
    order = begin(client)
    item = add_item(client, order, **sent)
    for name, value in sent.items():
        assert item.content[name] == value, name
    assert item.content["totalPrice"] == 18
    assert look(client, path_of(order, item)).content == item.content
    submit(client, order)
    after = look(client, path_of(order, item)).content
    assert {name: after[name] for name in sent} == sent


def test_an_item_in_review_says_why_in_its_notes(client: Client) -> None:
    order = begin(client)
    item = add_item(
        client, order, resource=titled("Held", isbn=[HELD_ISBN]), notes={"note": [{"content": "Mine"}]}
    )
    assert submit(client, order).content["purchaseOrderState"] == "SUBMITTED"
    assert line_of(client, item).state is LineState.IN_REVIEW
    notes = look(client, path_of(order, item)).content["notes"]["note"]
    assert notes[0]["content"] == "Mine"
    assert any("already exists" in each["content"] and each["type"] == "STAFF" for each in notes[1:])


NULLS = (
    "claimingSettings",
    "discountPercentage",
    "insertTime",
    "lastUpdateTime",
    "materialType",
    "orderItemNumber",
    "orderItemNumberRange",
    "position",
    "preferredIdentifier",
    "preferredIdentifierType",
    "processingType",
    "quantity",
    "requester",
    "serviceCharge",
    "shippingAddressId",
    "shippingPrice",
    "shippingType",
    "sourceOfInformation",
    "subject",
    "tax1Percentage",
    "tax2Percentage",
    "totalPrice",
    "vendorOrderItemNumber",
)
CONFIG_NULLS = (
    "cancellationEndDate",
    "cancellationStartDate",
    "copyConfigNumber",
    "invoicedPercentage",
    "orderStatus",
    "paidPercentage",
    "purchaseOrderItemNumber",
    "purchaseStatus",
    "receiptStatus",
)


def test_a_plain_client_sends_many_nulls_and_a_number_of_worldcat(server: Server) -> None:
    client = ordering_client(server, json="plain").but(accept=JSON)
    order = {"orderName": "Nulls", "vendor": {"vendorId": vendor(client).uuid, "vendorName": None}}
    made = client.call("POST", "/purchaseorders", json.dumps(order), sends=JSON)
    number = made.json()["purchaseOrderNumber"]
    booking = {"budgetAccountCode": "HIST", "percentage": 100, "amount": None, "budgetAccountName": None}
    config = {
        **dict.fromkeys(CONFIG_NULLS),
        "booking": [booking],
        "branchId": branch(client),
        "shelvingLocationId": "STACKS",
        "copyCount": 1,
        "link": {"href": None},
    }
    body: dict[str, Any] = {
        **dict.fromkeys(NULLS),
        "orderType": "FIRM_ORDER",
        "orderingPrice": 12.5,
        "copyConfigs": {"copyConfig": [config], "link": []},
        "link": {"href": None},
        "notes": {"note": [], "link": []},
        "resource": {
            "worldcatResource": {
                "title": None,
                "materialType": None,
                "author": [],
                "edition": None,
                "isbn": [],
                "issn": [],
                "oclcNumber": "987",
                "publisher": None,
                "year": None,
            }
        },
    }
    path = f"/purchaseorders/{number}/items"
    answer = client.call("POST", path, json.dumps(body), sends=JSON)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["resource"]["worldcatResource"]["oclcNumber"] == "987"
    assert told["resource"]["worldcatResource"]["isbn"] == []
    assert told["copyConfigs"]["copyConfig"][0]["booking"][0]["budgetAccountCode"] == "HIST"
    listed = client.get(f"{path}?startIndex=1").json()
    assert [each["orderItemNumber"] for each in listed["entry"]] == [told["orderItemNumber"]]
    put = client.call("PUT", f"{path}/{told['orderItemNumber']}", json.dumps(told), sends=JSON)
    assert (put.status_code, put.headers["etag"]) == (200, answer.headers["etag"])


# -- what is refused ----------------------------------------------------------------------------


def test_everything_wrong_with_an_item_is_told_in_the_words_of_the_dialect(client: Client) -> None:
    order = begin(client)
    wrong = {
        "copyConfigs": {"copyConfig": [config(client, branchId="NOWHERE", copyCount=0)]},
        "orderingPrice": -1,
        "orderType": "BARTER",
        "resource": {"worldcatResource": {"title": None, "oclcNumber": None}},
        "processingType": "MAGIC",
    }
    path = f"/purchaseorders/{number_of(order)}/items"
    answer = client.but(accept=JSON).call("POST", path, json.dumps(item_json(client, **wrong)), sends=JSON)
    told = error(answer)
    assert answer.status_code == 400
    words = told.message + told.detail
    for word in ("title", "copyCount", "branchId", "orderingPrice", "orderType", "processingType"):
        assert word in words, word
    assert feed(client, path)[0] == []


def test_items_of_a_submitted_order_are_not_touched(client: Client) -> None:
    order = begin(client)
    item = add_item(client, order)
    submit(client, order)
    path = path_of(order, item)
    before = look(client, path).content
    body = json.dumps(item_json(client))
    assert (
        client.call("POST", f"/purchaseorders/{number_of(order)}/items", body, sends=JSON).status_code == 409
    )
    assert client.call("PUT", path, body, sends=JSON).status_code == 409
    assert client.call("DELETE", path).status_code == 409
    assert look(client, path).content == before


def test_a_signed_item_sent_twice_is_one(client: Client) -> None:
    order = begin(client)
    path = f"/purchaseorders/{number_of(order)}/items"
    twice = client.but(nonce="same", accept=ATOM_JSON)
    answers = [twice.call("POST", path, json.dumps(item_json(client)), sends=JSON) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["content"] == answers[1].json()["content"]
    assert len(feed(client, path)[0]) == 1
    gone = client.but(nonce="gone")
    item = shown(answers[0], 201)
    assert [gone.call("DELETE", path_of(order, item)).status_code for _ in range(2)] == [200, 200]


# -- the Alma door ------------------------------------------------------------------------------


def alma(client: Client) -> Shop:
    return client.server.new_shop(client.world)


def test_an_item_is_a_line_in_review_to_alma_until_it_is_submitted(client: Client) -> None:
    order = begin(client)
    item = add_item(client, order, vendorOrderItemNumber="V-7")
    with alma(client) as shop:
        line = shop.call("GET", f"/acq/po-lines/{line_of(client, item).number}").json()
        assert line["status"]["value"] == "INREVIEW"
        assert any("waits for its order to be submitted" in each["desc"] for each in line["alert"])
        assert line["po_number"] == number_of(order)
        assert line["source_type"]["value"] == "WMS"
        assert (line["price"]["sum"], line["vendor_reference_number"]) == ("20.0", "V-7")
        assert [each["fund_code"]["value"] for each in line["fund_distribution"]] == ["HIST"]
        assert line["location"][0]["library"]["value"] == "MAIN"
        submit(client, order)
        line = shop.call("GET", f"/acq/po-lines/{oin(item)}").json()
        assert line["status"]["value"] == "READY"
        assert len(line["location"][0]["copy"]) == 1


def test_alma_puts_a_draft_back_and_cancels_another(client: Client) -> None:
    order = begin(client)
    kept, cancelled = add_item(client, order), add_item(client, order, resource=titled("Another"))
    with alma(client) as shop:
        path = f"/acq/po-lines/{line_of(client, kept).number}"
        line = shop.call("GET", path).json()
        put = shop.call("PUT", path, line)
        assert put.status_code == 200, put.text
        assert look(client, path_of(order, kept)).content == kept.content
        line["price"]["sum"] = "22.50"
        assert shop.call("PUT", path, line).status_code == 200
        number = line_of(client, cancelled).number
        gone = shop.call("DELETE", f"/acq/po-lines/{number}?reason=LIBRARY_CANCELLED")
        assert gone.status_code == 204, gone.text
    assert look(client, path_of(order, kept)).content["orderingPrice"] == 22.5
    (config,) = look(client, path_of(order, cancelled)).content["copyConfigs"]["copyConfig"]
    assert config["orderStatus"] == "CANCELLED"


def test_a_line_of_alma_reads_as_an_item(client: Client) -> None:
    line = client.world.place(book())
    number = client.world.write(lambda tx: ordering.pack_chosen(tx, [line.id], SHOP))
    (item,) = feed(client, f"/purchaseorders/{number}/items")[0]
    assert (item["orderItemNumber"], item["orderingPrice"]) == (line.oin, 50)
    (config,) = item["copyConfigs"]["copyConfig"]
    assert (config["branchId"], config["shelvingLocationId"]) == (branch(client), "STACKS")
    assert config["booking"][0]["budgetAccountCode"] == "HIST"
    assert resource_of(item)["worldcatResource"]["title"] == "A new book"
    assert item["vendorOrderItemNumber"] == "REF-1"
    answer = client.call("PUT", f"/purchaseorders/{number}/items/{line.oin}", json.dumps(item), sends=JSON)
    assert answer.status_code == 409


def test_an_item_is_changed_and_deleted_by_its_own_address(client: Client) -> None:
    order = begin(client)
    item = add_item(client, order)
    path = f"/acquisitions/orderitem/data/{oin(item)}"
    body = {**item.content, "orderingPrice": 21}
    now = post(client, path, body, 200, "PUT", headers={"If-Match": item.header})
    assert now.content["orderingPrice"] == 21
    assert client.call("DELETE", path, headers={"If-Match": item.header}).status_code == 412
    assert client.call("DELETE", path).status_code == 200
    assert client.get(path).status_code == 404
    unpacked = client.world.place(book())
    alone = f"/acquisitions/orderitem/data/{unpacked.oin}"
    assert look(client, alone).content["orderItemNumber"] == unpacked.oin
    assert client.call("DELETE", alone).status_code == 409
    assert client.call("PUT", alone, json.dumps(body), sends=JSON).status_code == 409
