"""`/bibs`: titles and their portfolios, to read. Every link of a PO line leads here or to `holdings`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Bib as BibCard
from openacq.catalogue.model import MarcField
from openacq.catalogue.model import Portfolio as PortfolioCard
from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.doors.alma import listing
from openacq.doors.alma.bibs_marc import electronic_availability, marc_xml, physical_availability
from openacq.doors.alma.bibs_wire import (
    Bib,
    BibData,
    Bibs,
    LinkingDetails,
    Portfolio,
    PortfolioCollection,
    Portfolios,
    PortfolioTitle,
)
from openacq.doors.hall import Ask, Reply, Route
from openacq.kernel.clock import calendar_day
from openacq.kernel.refusal import Problem, Refusal
from openacq.store import Tx
from openacq.wire.model import UNSET, Coded, Linked, Maybe

AREA = "bibs|acq"
MOST_BIBS = 100
SYSTEM = "System"
AVAILABLE, NOT_AVAILABLE = ("11", "Available"), ("10", "Not Available")

_MMS_ID = re.compile(r"[0-9]{1,30}")


# -- bibs ---------------------------------------------------------------------------------------


def list_bibs(ask: Ask) -> Reply:
    """`GET /bibs?mms_id=a,b`: those of the titles that exist, in the order of their ids."""
    asked = list(
        dict.fromkeys(part.strip() for part in ask.params.get("mms_id", "").split(",") if part.strip())
    )
    if not asked:
        raise Refusal(Problem("field_missing", "mms_id"))
    if len(asked) > MOST_BIBS:
        raise Refusal(Problem("list_too_long", "mms_id", limit=MOST_BIBS))
    for mms_id in asked:
        _check_id(mms_id)

    def work(tx: Tx) -> Bibs:
        cards = catalogue.bibs(tx, asked)
        shown = _bibs(tx, ask, cards)
        return Bibs(bib=shown or UNSET, total_record_count=len(shown))

    return Reply(ask.read(work))


def answer_bib(ask: Ask) -> Reply:
    """`GET /bibs/{mms_id}`; `view=brief` leaves the record out, `expand=p_avail,e_avail` adds to it."""
    return Reply(ask.read(lambda tx: _bibs(tx, ask, [known_bib(tx, ask)])[0]))


def known_bib(tx: Tx, ask: Ask) -> BibCard:
    """The bib of the path. Refused mms_id_malformed, bib_not_found."""
    mms_id = ask.path["mms_id"]
    _check_id(mms_id)
    card = catalogue.bib(tx, mms_id)
    if card is None:
        raise Refusal(Problem("bib_not_found", "mms_id", mms_id))
    return card


def _check_id(mms_id: str) -> None:
    if _MMS_ID.fullmatch(mms_id) is None:
        raise Refusal(Problem("mms_id_malformed", "mms_id", mms_id))


def _bibs(tx: Tx, ask: Ask, cards: Sequence[BibCard]) -> list[Bib]:
    brief = listing.choice(ask.params, "view", "full", ("full", "brief")) == "brief"
    if brief or not cards:
        return [_bib(tx, ask, card, None) for card in cards]
    records = catalogue.marc_records(tx, cards)
    more = _availability(tx, ask, cards)
    return [_bib(tx, ask, card, marc_xml(records[card.mms_id], more.get(card.mms_id, ()))) for card in cards]


def _availability(tx: Tx, ask: Ask, cards: Sequence[BibCard]) -> Mapping[str, list[MarcField]]:
    """What `expand` asks to be added to the records."""
    asked = {part.strip().lower() for part in ask.params.get("expand", "").split(",")}
    code = directory.institution(tx).code
    ids = [card.mms_id for card in cards]
    more: dict[str, list[MarcField]] = {mms_id: [] for mms_id in ids}
    if "p_avail" in asked:
        shelves = [
            one for one in catalogue.shelves_of(tx, ids) if ask.caller.sees_library(one.holding.library)
        ]
        for card in cards:
            own = [one for one in shelves if one.holding.mms_id == card.mms_id]
            more[card.mms_id] += physical_availability(tx, card, own, code)
    if "e_avail" in asked:
        portfolios = catalogue.portfolios_of_bibs(tx, ids)
        for card in cards:
            held = [one for one in portfolios if one.mms_id == card.mms_id]
            more[card.mms_id] += electronic_availability(card, held, code)
    return more


def _bib(tx: Tx, ask: Ask, card: BibCard, record: str | None) -> Bib:
    return Bib(
        mms_id=card.mms_id,
        record_format="marc21",
        linked_record_id=None,
        title=card.title,
        author=card.author,
        issn=card.issn or UNSET,
        isbn=card.isbn or UNSET,
        complete_edition=card.edition,
        network_number=list(card.system_control_numbers),
        place_of_publication=card.place,
        date_of_publication=card.year,
        publisher_const=card.publisher,
        holdings=Linked(value="", link=ask.link(f"/bibs/{card.mms_id}/holdings")),
        created_by=SYSTEM,
        created_date=day_of(tx, card.created),
        last_modified_by=SYSTEM,
        last_modified_date=day_of(tx, card.modified),
        suppress_from_publishing="true" if card.suppressed else "false",
        suppress_from_external_search="false",
        sync_with_oclc="",
        originating_system="",
        originating_system_id="",
        anies=[record] if record is not None else UNSET,
        link=ask.link(f"/bibs/{card.mms_id}"),
    )


def bib_data(ask: Ask, card: BibCard) -> BibData:
    return BibData(
        mms_id=card.mms_id,
        title=card.title,
        author=card.author,
        issn=card.issn or UNSET,
        isbn=card.isbn or UNSET,
        complete_edition=card.edition,
        network_number=list(card.system_control_numbers),
        place_of_publication=card.place,
        date_of_publication=card.year,
        publisher_const=card.publisher,
        link=ask.link(f"/bibs/{card.mms_id}"),
    )


# -- portfolios ---------------------------------------------------------------------------------


def list_portfolios(ask: Ask) -> Reply:
    """`GET /bibs/{mms_id}/portfolios`."""
    page = listing.page(ask.params)

    def work(tx: Tx) -> Portfolios:
        bib = known_bib(tx, ask)
        cards = catalogue.portfolios_of_bibs(tx, [bib.mms_id])
        shown = [_portfolio(tx, ask, bib, one) for one in cards[page.offset : page.offset + page.limit]]
        return Portfolios(portfolio=shown or UNSET, total_record_count=len(cards))

    return Reply(ask.read(work))


def answer_portfolio(ask: Ask) -> Reply:
    """`GET /bibs/{mms_id}/portfolios/{portfolio_id}`."""

    def work(tx: Tx) -> Portfolio:
        bib = known_bib(tx, ask)
        wanted = ask.path["portfolio_id"]
        for card in catalogue.portfolios_of_bibs(tx, [bib.mms_id]):
            if card.portfolio_id == wanted:
                return _portfolio(tx, ask, bib, card)
        raise Refusal(Problem("portfolio_not_found", "portfolio_id", wanted))

    return Reply(ask.read(work))


def _portfolio(tx: Tx, ask: Ask, bib: BibCard, card: PortfolioCard) -> Portfolio:
    return Portfolio(
        id=card.portfolio_id,
        is_local=card.origin != "community",
        is_standalone=not card.collection_id,
        resource_metadata=PortfolioTitle(
            mms_id=Linked(value=bib.mms_id, link=ask.link(f"/bibs/{bib.mms_id}")),
            title=bib.title,
            author=bib.author,
            issn=bib.issn or UNSET,
            isbn=bib.isbn or UNSET,
            publisher=bib.publisher,
        ),
        electronic_collection=(
            PortfolioCollection(id=card.collection_id, name=card.collection_name)
            if card.collection_id
            else UNSET
        ),
        availability=words(*(AVAILABLE if card.available else NOT_AVAILABLE)),
        material_type=coded(tx, "electronicMaterialType", card.material),
        linking_details=LinkingDetails(url=card.url, static_url=card.url),
        coverage=card.coverage,
        access_provider=card.access_provider,
        license=words(card.license, card.license),
        public_note=card.public_note,
        created_date=day_of(tx, card.created),
        last_modified_date=day_of(tx, card.modified),
        link=ask.link(f"/bibs/{bib.mms_id}/portfolios/{card.portfolio_id}"),
    )


# -- words --------------------------------------------------------------------------------------


def coded(tx: Tx, table: str, code: str) -> Coded:
    """A code and its words, both "" for no code."""
    return words(code, codes.describe(tx, table, code) if code else "")


def words(code: str, meaning: str) -> Coded:
    return Coded(value=code, desc=meaning)


def day_of(tx: Tx, instant: datetime | None) -> Maybe[date]:
    return calendar_day(instant, tx.zone) if instant else UNSET


ROUTES = (
    Route("GET", "/bibs", AREA, list_bibs),
    Route("GET", "/bibs/{mms_id}", AREA, answer_bib),
    Route("GET", "/bibs/{mms_id}/portfolios", AREA, list_portfolios),
    Route("GET", "/bibs/{mms_id}/portfolios/{portfolio_id}", AREA, answer_portfolio),
)
