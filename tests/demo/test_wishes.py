"""The demo's purchase requests: those the library begins with, and those that are played through."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from openacq.catalogue import service as catalogue
from openacq.demo import fill
from openacq.demo.filling import DEMO_KEY
from openacq.demo.server import Server
from openacq.demo.shop import Shop
from openacq.demo.wishes import BEGINNING, play_wishes, show_wishes
from openacq.jobs.verify import verify
from openacq.requests import service as requests
from openacq.requests.model import Actor, Criteria, Request
from openacq.store import Store, Tx
from tests.demo.test_filling import empty, inside

__all__ = ["empty"]


def asked(tx: Tx) -> tuple[Request, ...]:
    return requests.requests(tx, Criteria(requester="patron1"), Actor("test"), limit=100).requests


def test_the_library_begins_with_a_few_wishes_of_its_patron(empty: Store) -> None:
    fill(empty)
    found = {request.metadata.title: request for request in inside(empty, asked)}
    assert len(found) == len(BEGINNING)
    assert {title: request.state.value for title, request in found.items()} == {
        "Silent spring": "INREVIEW",
        "Orientalism": "INREVIEW",
        "Nature": "DEFERRED",
        "The double elephant folio": "REJECTED",
    }
    held = found["Orientalism"]
    assert held.matched_by
    bib = inside(empty, catalogue.bib, held.mms_id)
    assert bib is not None
    assert bib.title == "Orientalism"
    assert not inside(empty, requests.check)
    assert not any(checked.differences for checked in verify(empty, inside(empty, lambda tx: tx.institution)))


@pytest.mark.slow
def test_wishes_are_played_as_the_table_says(tmp_path: Path) -> None:
    server = Server(port=None, db=f"sqlite:///{tmp_path}/demo.db")
    try:
        server.start()
        shop = Shop(server.base, DEMO_KEY)
        wished = play_wishes(shop)
        line = shop.read(f"/almaws/v1/acq/po-lines/{wished[0].became}")
        again = play_wishes(shop)
        shop.close()
    finally:
        server.stop()
    assert [each.status for each in wished] == ["Approved", "Approved", "Rejected"]
    assert wished[0].became == wished[1].became
    assert wished[2].became == "Cost"
    assert {each["primary_id"] for each in line["interested_user"]} == {"patron1", "staff1"}
    assert line["status"]["value"] == "AUTO_PACKAGING"
    assert [each.status for each in again] == ["Approved", "Approved", "Rejected"]
    shown = io.StringIO()
    show_wishes(Console(file=shown, width=100), wished)
    assert "Braiding sweetgrass" in shown.getvalue()
    assert wished[0].became in shown.getvalue()
