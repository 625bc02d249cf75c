"""`/conf`: the institution, its libraries, locations, departments, as a shop reads them before checkout.

A key to which libraries were granted sees those and what belongs to them; a vendor's key sees no
people. (Code tables: conf_tables.)
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.directory.model import CircDesk as DeskCard
from openacq.directory.model import Department as DepartmentCard
from openacq.directory.model import Library as LibraryCard
from openacq.directory.model import Location as LocationCard
from openacq.directory.model import User
from openacq.doors.alma import listing
from openacq.doors.alma.conf_wire import (
    CircDesk,
    CircDesks,
    Department,
    DepartmentContact,
    DepartmentEmail,
    DepartmentPhone,
    Departments,
    DeskOfLocation,
    Digital,
    General,
    Libraries,
    Library,
    Location,
    LocationOfDesk,
    Locations,
    Operator,
)
from openacq.doors.hall import Ask, Reply, Route
from openacq.kernel.refusal import Problem, Refusal
from openacq.store import Tx
from openacq.wire.model import UNSET, Coded, Linked

LIBRARIES = "/conf/libraries"


def answer_general(ask: Ask) -> Reply:
    """`GET /conf/general`: the first call of many tools."""
    card = ask.read(directory.institution)
    return Reply(
        General(
            institution=Coded(value=card.code, desc=card.name),
            alma_url=f"{card.public_url or ask.base.removesuffix(ask.door.prefix)}/",
            environment_type=card.environment.value,
            digital=Digital(bucket="", region="", ingest_url="", delivery_url=""),
        )
    )


# -- libraries --------------------------------------------------------------------------------


def list_libraries(ask: Ask) -> Reply:
    def work(tx: Tx) -> Libraries:
        seen = [card for card in directory.libraries(tx) if ask.caller.sees_library(card.code)]
        shown = [_library(tx, ask, card) for card in seen]
        return Libraries(library=shown or UNSET, total_record_count=len(shown))

    return Reply(ask.read(work))


def answer_library(ask: Ask) -> Reply:
    return Reply(ask.read(lambda tx: _library(tx, ask, known_library(tx, ask, ask.path["library"]))))


def known_library(tx: Tx, ask: Ask, code: str) -> LibraryCard:
    """The library of this code, if the key may see it. Refused library_not_found."""
    card = directory.library(tx, code)
    if card is None or not ask.caller.sees_library(code):
        raise Refusal(Problem("library_not_found", "library", code))
    return card


def _library(tx: Tx, ask: Ask, card: LibraryCard) -> Library:
    address = _address(ask, card.code)
    default = directory.location(tx, card.code, card.default_location) if card.default_location else None
    return Library(
        link=address,
        code=card.code,
        id=str(card.id),
        path=card.path or f"{directory.institution(tx).code}.{card.code}",
        name=card.name,
        description=card.description,
        resource_sharing=card.resource_sharing,
        campus=Coded(value=card.campus, desc=card.campus_name or card.campus),
        proxy=card.proxy,
        default_location=Coded(value=card.default_location, desc=default.name if default else ""),
        number_of_locations=Linked(
            value=str(len(directory.locations(tx, card.code))), link=f"{address}/locations"
        ),
        number_of_circ_desks=Linked(value=str(len(_desks(tx, card.code))), link=f"{address}/circ-desks"),
    )


def _address(ask: Ask, *parts: str) -> str:
    """The link of a library, or of what lies below it."""
    return ask.link("/".join([LIBRARIES, *(quote(part, safe="") for part in parts)]))


# -- locations --------------------------------------------------------------------------------


def list_locations(ask: Ask) -> Reply:
    def work(tx: Tx) -> Locations:
        library = known_library(tx, ask, ask.path["library"])
        shown = [_location(tx, ask, card) for card in directory.locations(tx, library.code)]
        return Locations(location=shown or UNSET, total_record_count=len(shown))

    return Reply(ask.read(work))


def answer_location(ask: Ask) -> Reply:
    def work(tx: Tx) -> Location:
        library = known_library(tx, ask, ask.path["library"])
        card = directory.location(tx, library.code, ask.path["location"])
        if card is None:
            raise Refusal(Problem("location_not_found", "location", ask.path["location"]))
        return _location(tx, ask, card)

    return Reply(ask.read(work))


def _location(tx: Tx, ask: Ask, card: LocationCard) -> Location:
    return Location(
        link=_address(ask, card.library, "locations", card.code),
        code=card.code,
        id=str(card.id),
        name=card.name,
        external_name=card.external_name,
        type=_coded(tx, "HLocation.locationType", card.type.value),
        remote_storage=card.remote_storage,
        map=card.map,
        suppress_from_publishing="true" if card.suppressed else "false",
        fulfillment_unit=Coded(
            value=card.fulfillment_unit, desc=card.fulfillment_unit_name or card.fulfillment_unit
        ),
        circ_desk=[_desk_of_location(ask, card, desk) for desk in card.circ_desks],
        accession_placement=_coded(tx, "accessionPlacementsOptions", card.accession_placement),
        call_number_type=_coded(tx, "CallNumberType", card.call_number_type),
    )


# -- circulation desks ------------------------------------------------------------------------


def list_circ_desks(ask: Ask) -> Reply:
    """The only list of /conf with limit and offset."""

    def work(tx: Tx) -> CircDesks:
        library = known_library(tx, ask, ask.path["library"])
        page = listing.page(ask.params)
        desks = _desks(tx, library.code)
        wanted = list(desks)[page.offset : page.offset + page.limit]
        shown = [_circ_desk(tx, ask, library.code, code, desks[code]) for code in wanted]
        return CircDesks(circ_desk=shown or UNSET, total_record_count=len(desks))

    return Reply(ask.read(work))


def answer_circ_desk(ask: Ask) -> Reply:
    def work(tx: Tx) -> CircDesk:
        library = known_library(tx, ask, ask.path["library"])
        code = ask.path["desk"]
        places = _desks(tx, library.code).get(code)
        if places is None:
            raise Refusal(Problem("circ_desk_not_found", "circ_desk", code))
        return _circ_desk(tx, ask, library.code, code, places)

    return Reply(ask.read(work))


def _desks(tx: Tx, library: str) -> Mapping[str, list[tuple[LocationCard, DeskCard]]]:
    """The desks of a library by code, each with the locations it serves."""
    found: dict[str, list[tuple[LocationCard, DeskCard]]] = {}
    for place in directory.locations(tx, library):
        for desk in place.circ_desks:
            found.setdefault(desk.code, []).append((place, desk))
    return dict(sorted(found.items()))


def _desk_of_location(ask: Ask, place: LocationCard, desk: DeskCard) -> DeskOfLocation:
    address = _address(ask, place.library, "circ-desks", desk.code)
    return DeskOfLocation(
        circ_desk_code=desk.code,
        circ_desk_name=desk.name,
        circulation_desk_link=address,
        check_in=desk.check_in,
        check_out=desk.check_out,
        reshelve=desk.reshelve,
        link=address,
    )


def _circ_desk(
    tx: Tx, ask: Ask, library: str, code: str, places: list[tuple[LocationCard, DeskCard]]
) -> CircDesk:
    return CircDesk(
        link=_address(ask, library, "circ-desks", code),
        code=code,
        name=places[0][1].name,
        location=[
            LocationOfDesk(
                location_code=place.code,
                location_name=place.name,
                location_type=_coded(tx, "HLocation.locationType", place.type.value),
                check_in=desk.check_in,
                check_out=desk.check_out,
                reshelve=desk.reshelve,
                link=_address(ask, library, "locations", place.code),
            )
            for place, desk in places
        ],
    )


# -- departments ------------------------------------------------------------------------------


def list_departments(ask: Ask) -> Reply:
    """`type` ALL or DIGI, `library`, `view` FULL or brief (without operators)."""
    type_ = listing.choice(ask.params, "type", "ALL", ("ALL", "DIGI"))
    brief = listing.choice(ask.params, "view", "FULL", ("FULL", "brief")) == "brief"
    library = ask.params.get("library", "").strip()

    def work(tx: Tx) -> Departments:
        if library:
            known_library(tx, ask, library)
        cards = [
            card
            for card in directory.departments(tx, type_="" if type_ == "ALL" else type_, library=library)
            if _is_seen(ask, card)
        ]
        hide_people = brief or ask.caller.vendor is not None
        asked = [] if hide_people else sorted({name for card in cards for name in card.operators})
        people = directory.users(tx, asked)
        shown = [_department(tx, ask, card, None if hide_people else people) for card in cards]
        return Departments(department=shown or UNSET, total_record_count=len(shown))

    return Reply(ask.read(work))


def _is_seen(ask: Ask, card: DepartmentCard) -> bool:
    """A key limited to some libraries sees the departments that work for one of them."""
    return ask.caller.libraries is None or any(card.serves(code) for code in ask.caller.libraries)


def _department(tx: Tx, ask: Ask, card: DepartmentCard, people: Mapping[str, User] | None) -> Department:
    return Department(
        code=card.code,
        name=card.name,
        description=card.description,
        type=_coded(tx, "DepartmentType", card.type),
        work_days=card.work_days,
        map=card.map,
        printer=Coded(value=card.printer, desc=card.printer),
        owner=_owner(tx, card.owner),
        library=[_owner(tx, code) for code in card.libraries if ask.caller.sees_library(code)],
        contact_info=DepartmentContact(
            email=[DepartmentEmail(email_address=card.email, preferred=True)] if card.email else [],
            phone=[DepartmentPhone(phone_number=card.phone, preferred=True)] if card.phone else [],
        ),
        operator=UNSET
        if people is None
        else [_operator(ask, people[name]) for name in card.operators if name in people],
        circ_desk=Coded(value=card.circ_desk, desc=card.circ_desk),
    )


def _operator(ask: Ask, user: User) -> Operator:
    return Operator(
        link=ask.link(f"/users/{quote(user.primary_id, safe='')}"),
        primary_id=user.primary_id,
        full_name=user.full_name,
    )


def _owner(tx: Tx, code: str) -> Coded:
    """A library, or the institution, in words."""
    library = directory.library(tx, code)
    if library is not None:
        return Coded(value=code, desc=library.name)
    institution = directory.institution(tx)
    return Coded(value=code, desc=institution.name if code == institution.code else code)


def _coded(tx: Tx, table: str, code: str) -> Coded:
    return Coded(value=code, desc=codes.describe(tx, table, code) if code else "")


ROUTES = (
    Route("GET", "/conf/general", "conf", answer_general),
    Route("GET", LIBRARIES, "conf", list_libraries),
    Route("GET", f"{LIBRARIES}/{{library}}", "conf", answer_library),
    Route("GET", f"{LIBRARIES}/{{library}}/locations", "conf", list_locations),
    Route("GET", f"{LIBRARIES}/{{library}}/locations/{{location}}", "conf", answer_location),
    Route("GET", f"{LIBRARIES}/{{library}}/circ-desks", "conf", list_circ_desks),
    Route("GET", f"{LIBRARIES}/{{library}}/circ-desks/{{desk}}", "conf", answer_circ_desk),
    Route("GET", "/conf/departments", "conf", list_departments),
)
