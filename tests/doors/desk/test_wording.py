"""Refusals on pages: in the visitor's language, with the labels of the form, states and reasons in words."""

from __future__ import annotations

import pytest

from openacq.doors.pages import wording
from openacq.doors.pages.language import language
from openacq.doors.pages.wording import ON_PAGES
from openacq.kernel.refusal import CATALOGUE, Problem, probable
from tests.doors.desk.catalogue import of_slices
from tests.doors.desk.staff import Staff
from tests.doors.desk.test_editor import TYPED
from tests.shop import Shop

GERMAN = language("de")
ENGLISH = language("en")
DASH = "\N{EN DASH}"


def test_every_refusal_and_alert_has_its_german() -> None:
    missing = [f"{message.place}: {message.text}" for message in of_slices() if not _known(message.text)]
    assert missing == [], "add them to locale/de/refusals.po"


def _known(text: str) -> bool:
    return text in GERMAN.words


def test_what_pages_say_otherwise_is_a_refusal_there_is() -> None:
    assert set(ON_PAGES) <= set(CATALOGUE)


@pytest.mark.parametrize(
    ("field", "english", "german"),
    [
        ("vendor_account", "Vendor account", "Lieferantenkonto"),
        ("fund_distribution[1].percent", "Fund 2, Percent", "Etat 2, Prozent"),
        ("location[0].quantity", "Place 1, Copies", "Ort 1, Exemplare"),
        ("location[0]", "Place 1", "Ort 1"),
        ("resource_metadata.title", "Title", "Titel"),
        ("price.sum", "Price", "Preis"),
        ("Something unheard of", "Something unheard of", "Something unheard of"),
    ],
)
def test_fields_have_the_labels_of_the_forms(field: str, english: str, german: str) -> None:
    assert wording.label(ENGLISH, field) == english
    assert wording.label(GERMAN, field) == german


@pytest.mark.parametrize(
    ("problem", "english", "german"),
    [
        (
            Problem("field_missing", "vendor"),
            "Vendor is missing. Fill it in.",
            "Lieferant fehlt. Füllen Sie das Feld aus.",
        ),
        (
            Problem("vendor_unknown", "vendor", "GOBY", probable=probable(["GOBI", "CORNER"])),
            "There is no vendor GOBY. Choose an active vendor. Did you mean GOBI or CORNER?",
            (
                "Lieferant GOBY gibt es nicht. Wählen Sie einen aktiven Lieferanten. "
                "Meinten Sie GOBI oder CORNER?"
            ),
        ),
        (
            Problem("claim_refused", "line", "POL-1", reason="it is CLOSED"),
            (
                "POL-1 cannot be claimed: it is “Closed”. "
                "Claim what was sent, has not arrived and is not invoiced."
            ),
            (
                "POL-1 kann nicht gemahnt werden: der Stand ist „Geschlossen“. "
                "Mahnen Sie, was bestellt ist, nicht angekommen und nicht berechnet."
            ),
        ),
        (
            Problem("line_incomplete", "number", "POL-1", missing="price_missing, vendor_missing"),
            "POL-1 cannot be ordered yet: No price, No vendor. Mend what its alerts name.",
            (
                "POL-1 kann noch nicht bestellt werden: Kein Preis, Kein Lieferant. "
                "Beheben Sie, was die Hinweise nennen."
            ),
        ),
        (
            Problem("order_not_ready", "order", "PO-1", reason="POL-1 is INREVIEW; POL-2 is DEFERRED"),
            (
                "Purchase order PO-1 cannot go out yet: POL-1 is “In review”; POL-2 is “Put aside”. "
                "Mend or cancel these lines."
            ),
            (
                "Bestellung PO-1 kann noch nicht hinausgehen: POL-1 ist „In Prüfung“; "
                "POL-2 ist „Zurückgestellt“. "
                "Bringen Sie diese Positionen in Ordnung oder stornieren Sie sie."
            ),
        ),
        (
            Problem(
                "move_refused", "number", "POL-1", state="CLOSED", event="defer", possible="reopen, cancel"
            ),
            "POL-1 is Closed; Put it aside is not possible then. Possible: Reopen, Cancel.",
            "POL-1 ist Geschlossen; „Zurückstellen“ geht dann nicht. Möglich: Wieder öffnen, Stornieren.",
        ),
        (
            Problem("role_missing", right="order / review"),
            (
                "Your roles do not allow this: ordering / reviewing. "
                "Ask whoever gives out roles in your library."
            ),
            (
                "Ihre Rollen erlauben das nicht: Bestellen / Prüfen. "
                "Fragen Sie, wer in Ihrer Bibliothek die Rollen vergibt."
            ),
        ),
        (
            Problem("receive_refused", "line", "POL-1", reason="2 copies are missing, not 5"),
            "Nothing of POL-1 can be received: 2 copies are missing, not 5. Look at the line.",
            (
                "Von POL-1 kann nichts angenommen werden: es fehlen 2 Exemplare, nicht 5. "
                "Sehen Sie sich die Position an."
            ),
        ),
        (
            Problem("price_invalid", "price.sum", "12,50", reason="not a plain decimal number"),
            (
                "Price: 12,50 is not a valid sum: not a plain decimal number. "
                "Type a plain number with a decimal point, such as 12.50."
            ),
            (
                "Preis: 12,50 ist kein gültiger Betrag: keine einfache Dezimalzahl. "
                "Geben Sie eine einfache Zahl mit Dezimalpunkt ein, etwa 12.50."
            ),
        ),
        (
            Problem("record_missing", "order", "PO-9", what="Purchase order"),
            "Purchase order PO-9 not found. Check the identifier; it may belong to another institution.",
            (
                "Bestellung PO-9 wurde nicht gefunden. "
                "Prüfen Sie die Nummer; sie gehört vielleicht einer anderen Einrichtung."
            ),
        ),
        (
            Problem(
                "cancel_restricted", "po_line_id", "POL-1", reason="what the library wrote: keep, please"
            ),
            (
                "POL-1 cannot be cancelled: what the library wrote: keep, please. "
                "Cancel with override if it is meant."
            ),
            (
                "POL-1 kann nicht storniert werden: what the library wrote: keep, please. "
                "Stornieren Sie trotz der Sperre, wenn es so gemeint ist."
            ),
        ),
    ],
    ids=lambda given: given.slug if isinstance(given, Problem) else "",
)
def test_refusals_are_said_in_words(problem: Problem, english: str, german: str) -> None:
    for tongue, expected in ((ENGLISH, english), (GERMAN, german)):
        assert f"{wording.message(tongue, problem)} {wording.advice(tongue, problem)}" == expected


def test_a_german_form_is_refused_in_german_beside_its_field(staff: Staff) -> None:
    staff.get("/orders/new", blank=1, lang="de")
    staff.send("order", {**TYPED, "price.sum": "12,50", "title": "", "location[0].quantity": "viele"})
    assert staff.status == 422
    assert any(one.startswith("Preis: 12,50 ist kein gültiger Betrag") for one in staff.wrong), staff.wrong
    assert any(one.startswith("Ort 1, Exemplare: viele ist nicht eine ganze Zahl") for one in staff.wrong)
    beside = [" ".join(one.text_content().split()) for one in staff.page.xpath("//p[@class='wrong']")]
    assert any(one.startswith("Preis: 12,50") for one in beside), beside


def test_of_two_versions_the_fields_are_named_as_in_the_form(staff: Staff, shop: Shop) -> None:
    number = shop.ordered()["number"]
    staff.get(f"/orders/lines/{number}/edit", lang="de")
    form = staff.page
    staff.send("order", {"price.sum": "61.00", "vendor_note": "Eilig", "do": "save"})
    staff.page = form
    staff.send("order", {"price.sum": "62.00", "do": "save"})
    assert staff.status == 422
    both = staff.page.xpath("//section[@aria-labelledby='both']//tbody/tr")
    named = {
        " ".join(row.xpath("string(th)").split()): [cell.text for cell in row.xpath("td")] for row in both
    }
    assert named == {"Preis": ["62.00", "61.00"], "Notiz an den Lieferanten": [DASH, "Eilig"]}
    assert any("von jemand anderem geändert" in one for one in staff.wrong)
