"""The library of the ordering desk's stories with people who ask, staff who decide, and mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from structlog.testing import capture_logs

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Description
from openacq.directory import service as directory
from openacq.directory.model import Institution
from openacq.jobs.letters import Ways, send_some
from openacq.jobs.outbox import Outbox
from openacq.jobs.reactions import REACTIONS
from openacq.letters import service as letters
from openacq.letters.model import Letter, Search, Source
from openacq.ordering.model import Sum
from openacq.requests import service as desk
from openacq.requests.model import (
    Actor,
    Approve,
    Asked,
    AskFor,
    ChangeRequest,
    Criteria,
    Metadata,
    PlaceAsked,
    Reject,
    Request,
    RequestState,
    Wish,
)
from openacq.store import Store
from tests.letters.post_office import PostOffice
from tests.ordering.world import HELD_ISBN, NEW_ISBN, World, make_world

FORM = Actor("campus form")
DESK = Actor("requests desk")
LIBRARY_MAIL = "acq@uni.example"

PEOPLE: tuple[dict[str, object], ...] = (
    {
        "primary_id": "ann",
        "first_name": "Ann",
        "last_name": "Able",
        "email": "ann@uni.example",
        "user_group": "FACULTY",
    },
    {
        "primary_id": "ben",
        "first_name": "Ben",
        "last_name": "Baker",
        "email": "ben@uni.example",
        "user_group": "UNDERGRADUATE",
    },
    {
        "primary_id": "cleo",
        "first_name": "Cleo",
        "last_name": "Carr",
        "email": "cleo@uni.example",
        "user_group": "UNDERGRADUATE",
        "language": "de",
    },
    {"primary_id": "nomail", "last_name": "Mailless", "user_group": "GUEST"},
    {
        "primary_id": "staff1",
        "last_name": "Desk",
        "record_type": "STAFF",
        "roles": [{"type": "247", "scope": "MAIN"}],
    },
    {"primary_id": "staff2", "last_name": "Shelver", "record_type": "STAFF"},
)


@dataclass(frozen=True, slots=True)
class Library:
    """A world with people, and short words for what is done with requests in it."""

    world: World

    # -- people who ask ---------------------------------------------------------------------

    def ask(self, requester: str = "ann", wish: Wish | None = None, **changes: Any) -> Request:
        return self.asked(requester, wish, **changes).request

    def asked(self, requester: str = "ann", wish: Wish | None = None, **changes: Any) -> Asked:
        command = AskFor(wish or a_book(**changes), requester)
        found = self.write(lambda tx: desk.ask(tx, command, FORM))
        assert isinstance(found, Asked)
        return found

    def cancel(self, request: Request) -> Request:
        found = self.write(lambda tx: desk.cancel(tx, request.id, request.requester, FORM))
        assert isinstance(found, Request)
        return found

    # -- staff ------------------------------------------------------------------------------

    def approve(self, *requests: Request, **how: Any) -> tuple[Request, ...]:
        ids = [request.id for request in requests]
        found = self.write(lambda tx: desk.approve(tx, ids, Approve(**how), DESK))
        assert isinstance(found, tuple)
        return found

    def reject(self, *requests: Request, reason: str = "COST", **how: Any) -> tuple[Request, ...]:
        ids = [request.id for request in requests]
        found = self.write(lambda tx: desk.reject(tx, ids, Reject(reason, **how), DESK))
        assert isinstance(found, tuple)
        return found

    def change(self, request: Request, wish: Wish, **how: Any) -> Request:
        command = ChangeRequest(wish, how.pop("requester", ""))
        found = self.write(lambda tx: desk.change(tx, request.id, command, DESK, **how))
        assert isinstance(found, Request)
        return found

    # -- looking ----------------------------------------------------------------------------

    def now(self, request: Request) -> Request:
        found = self.read(lambda tx: desk.request(tx, request.id, DESK))
        assert isinstance(found, Request)
        return found

    def states(self, *requests: Request) -> list[RequestState]:
        return [self.now(request).state for request in requests]

    def listed(self, **criteria: Any) -> list[int]:
        page = self.read(lambda tx: desk.requests(tx, Criteria(**criteria), DESK, limit=100))
        return [request.id for request in page.requests]

    def bib(self, mms_id: str) -> Any:
        return self.read(lambda tx: catalogue.bib(tx, mms_id))

    def differences(self) -> list[object]:
        return [*self.world.differences(), *self.read(desk.check)]

    # -- work and mail ----------------------------------------------------------------------

    def work(self) -> int:
        """Work through the outbox until nothing is due; gives how often something failed."""
        cards = [Institution(self.world.institution, "T", "T")]
        box = Outbox(self.world.store, REACTIONS, lambda: cards)
        failed = 0
        with capture_logs():
            while (outcome := box.work()).anything:
                failed += outcome.failed
        return failed

    def bring(self, office: PostOffice) -> None:
        """Work through the outbox and have every letter leave that is due."""
        assert self.work() == 0
        with capture_logs():
            while send_some(self.world.store, [self.world.institution], Ways(office.server())):
                pass

    def letters(self, request: Request) -> list[Letter]:
        """The letters about a request, the oldest first, whole."""
        search = Search(source=Source("purchase_request", str(request.id)))
        page = self.read(lambda tx: letters.letters(tx, search))
        ids = sorted(letter.id for letter in page.letters)
        return [self.read(lambda tx, one=one: letters.letter(tx, one)) for one in ids]

    def told(self, request: Request) -> list[str]:
        """The kinds of the letters about a request, after the outbox was worked through."""
        assert self.work() == 0
        return [letter.kind for letter in self.letters(request)]

    def write(self, work: Any) -> Any:
        return self.world.write(work)

    def read(self, work: Any) -> Any:
        return self.world.read(work)

    def load(self, kind: str, *rows: dict[str, object]) -> None:
        self.world.load(desk, kind, *rows)


def make_library(store: Store, institution: int) -> Library:
    world = make_world(store, institution)
    url = "https://acq.uni.example"
    world.write(lambda tx: directory.put_institution(tx, replace(directory.institution(tx), public_url=url)))
    world.load(
        directory, "department", {"code": "ACQ", "name": "Acq", "owner": "MAIN", "email": LIBRARY_MAIL}
    )
    world.load(directory, "user", *PEOPLE)
    return Library(world)


def a_title(**changes: Any) -> Metadata:
    """A book nobody has."""
    title = Metadata(title="The history of paper", author="Quill, P.", citation_type="BOOK", isbn=NEW_ISBN)
    return replace(title, **changes)


def a_book(**changes: Any) -> Wish:
    """A wish with nothing but the title."""
    return replace(Wish(metadata=a_title(), format="P"), **changes)


def ready(**changes: Any) -> Wish:
    """A wish with everything a line needs: 35.00 USD from GOBI on fund HIST for the main library."""
    return a_book(
        **{
            "owning_library": "MAIN",
            "vendor": "GOBI",
            "vendor_account": "GOBI-MAIN",
            "fund": "HIST",
            "estimated_cost": Sum("35.00", "USD"),
            "places": (PlaceAsked("MAIN", "STACKS", 1),),
            **changes,
        }
    )


def other_titles(count: int) -> Sequence[Metadata]:
    """Different titles without numbers."""
    return [Metadata(title=f"Title {number:03d}", citation_type="BOOK") for number in range(count)]


def described(isbn: str) -> Description:
    return Description(isbn=isbn)


__all__ = ["HELD_ISBN", "NEW_ISBN", "Library", "a_book", "a_title", "make_library", "ready"]
