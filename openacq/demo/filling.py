"""Filling an empty database with the demo library, by the same engines that load a library's own files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from openacq.catalogue import service as catalogue
from openacq.demo.wishes import fill_wishes
from openacq.directory import service as directory
from openacq.directory.model import AREAS, Environment
from openacq.directory.service import JsonDialect
from openacq.doors.exchange.kbart import collection_of
from openacq.doors.exchange.kbart_reading import TitleInList, read_titles
from openacq.doors.exchange.marc_mapping import MarcMapping, describe
from openacq.doors.exchange.marc_reading import read_records
from openacq.doors.exchange.registers import REGISTERS, load_sheets
from openacq.doors.exchange.sheets import Sheet, read_files
from openacq.jobs.verify import prove
from openacq.kernel.verdict import Verdict
from openacq.store import Store, Tx

DATA = Path(__file__).with_name("data")
SERVER = 0
"""The reserved institution: of the server itself and of the community zone."""

DEMO_KEY = "demo-api-key"
GOBI_KEY = "demo-gobi-key"
DEMO_WSKEY = "demo-wskey"
DEMO_REDIRECT = "http://127.0.0.1/callback"
DEMO_PLAIN_WSKEY = "demo-wskey-plain"
DEMO_SECRET = "demo-secret"  # noqa: S105 known to everyone


def fill(store: Store) -> bool:
    """Fill the demo library into a database that holds no institution; whether it did.

    All of it is one transaction, so that a second process doing the same either finds everything or
    nothing, and one that lost the race finds it done.
    """
    if not store.read(_is_empty, institution=SERVER):
        return False
    try:
        filled = store.write(_fill, institution=SERVER)
    except IntegrityError:
        if store.read(_is_empty, institution=SERVER):
            raise
        return False
    for card in store.read(directory.every_institution, institution=SERVER) if filled else ():
        prove(store, card.id, card.zone)  # so that the funds' page has something to say from the beginning
    return filled


def _is_empty(tx: Tx) -> bool:
    return not directory.every_institution(tx)


def _fill(tx: Tx) -> bool:
    if not _is_empty(tx):
        return False
    sheets, unread = read_files(sorted(DATA.glob("*.toml")), REGISTERS)
    entries, institution = load_sheets(tx, [_moved(sheet, tx.today) for sheet in sheets])
    _expect_no_refusal(entry.verdict for entry in (*unread, *entries))
    if institution is None:
        raise RuntimeError("the demo library names no institution")
    inside = tx.beside(institution.id, institution.zone)
    inside.registers_changed()
    _load_catalogue(inside)
    _load_community_zone(tx, inside)
    _make_keys(inside)
    fill_wishes(inside)
    return True


def _moved(sheet: Sheet, today: date) -> Sheet:
    """A sheet whose fiscal period and rates hold today: the files name the year they were written for."""
    begin = date((today - timedelta(days=1)).year, 1, 1)  # it may still be yesterday where the library is
    end = date(begin.year + 1, 12, 31)
    moves: Mapping[str, Mapping[str, object]] = {
        "fiscal_period": {"name": f"{begin.year}-{end.year}", "start": begin, "end": end},
        "exchange_rate": {"valid_from": begin},
    }
    changed = moves.get(sheet.kind, {})
    return replace(sheet, rows=tuple({**row, **changed} for row in sheet.rows))


def _load_catalogue(inside: Tx) -> None:
    mapping = MarcMapping()
    with (DATA / "catalogue.xml").open("rb") as file:
        found = list(read_records(file))
    _expect_no_refusal(catalogue.load_bibs(inside, [describe(one, mapping) for one in found]))


def _load_community_zone(server: Tx, inside: Tx) -> None:
    """The list of e-books into the community zone, which is the server's, and on for the library."""
    (file,) = DATA.glob("*.tsv")
    collection = collection_of(file)
    with file.open("rb") as stream:
        titles = [(one.rows[0], one.title) for one in read_titles(stream) if isinstance(one, TitleInList)]
    catalogue.put_collection(server, collection)
    _expect_no_refusal(catalogue.load_titles(server, collection.collection_id, titles))
    catalogue.switch_collection(inside, collection.collection_id)


def _make_keys(inside: Tx) -> None:
    """A key for everything, and one such as a library gives to a vendor."""
    everything = dict.fromkeys(AREAS, "write")
    ordering = {"acq": "write", "conf": "read"}
    for wish in (
        directory.KeyWish("Demo key", everything, Environment.SANDBOX, fixed=DEMO_KEY),
        directory.KeyWish("Demo key of GOBI", ordering, Environment.SANDBOX, vendor="GOBI", fixed=GOBI_KEY),
    ):
        directory.create_key(inside, wish)
    for client, dialect in ((DEMO_WSKEY, JsonDialect.ATOM), (DEMO_PLAIN_WSKEY, JsonDialect.PLAIN)):
        name = f"Demo WSKey, JSON {dialect.value}"
        wskey = directory.WsKeyWish(
            name, json=dialect, redirects=(DEMO_REDIRECT,), client=client, secret=DEMO_SECRET, demo=True
        )
        directory.create_wskey(inside, wskey)


def _expect_no_refusal(verdicts: Iterable[Verdict]) -> None:
    """The files are ours and were tested; a refusal is a fault of the program."""
    told = [
        f"{verdict.kind} {verdict.key}: {problem.message()}"
        for verdict in verdicts
        if verdict.outcome == "refused"
        for problem in verdict.problems
    ]
    if told:
        raise RuntimeError("the demo library cannot be filled: " + "; ".join(told))
