"""Make institutions and fill their cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from zoneinfo import available_timezones

from openacq.codes import service as codes
from openacq.directory import store_institutions
from openacq.directory.model import Institution
from openacq.kernel import text
from openacq.kernel.filling import fill
from openacq.kernel.refusal import Problem, Refusal, probable
from openacq.kernel.rows import Row
from openacq.kernel.verdict import Verdict
from openacq.store import Tx

INSTITUTION = "institution"
COLUMNS = ("code", "name", "oclc_id", "currency", "zone", "public_url", "environment")


def create(tx: Tx, card: Institution) -> Institution:
    """Make an institution; its id is chosen here. Refused when its code is taken."""
    if any(known.code == card.code for known in store_institutions.every(tx)):
        raise Refusal(Problem("code_taken", "institution", card.code))
    made = replace(card, id=store_institutions.next_id(tx))
    _write_new(tx, made)
    return made


def put(tx: Tx, card: Institution) -> Institution:
    """Write the card of the transaction's own institution, whether it is there or not."""
    own = replace(card, id=tx.institution)
    held = store_institutions.one(tx)
    if held is None:
        store_institutions.add(tx, own)
    elif held != own:
        store_institutions.change(tx, own)
    if held != own:
        tx.registers_changed()
    return own


def load(tx: Tx, given: Sequence[Mapping[str, object]]) -> list[Verdict]:
    """Fill institutions of the whole server by code; any transaction may do it."""
    held = {known.code: known for known in store_institutions.every(tx)}
    zones = available_timezones()

    def read(row: Row) -> tuple[str, Institution]:
        return _read(tx, row, held, zones)

    filled = fill(INSTITUTION, COLUMNS, given, held, read)
    for card in filled.added:
        _write_new(tx, replace(card, id=store_institutions.next_id(tx)))
    for card in filled.changed:
        store_institutions.change(tx, card)
        (tx if card.id == tx.institution else tx.beside(card.id, card.zone)).registers_changed()
    return filled.verdicts


def _write_new(tx: Tx, card: Institution) -> None:
    """Write a card and begin the versions of its registers, so that no cache holds what came before."""
    store_institutions.add(tx, card)
    tx.beside(card.id, card.zone).registers_changed()


def _read(tx: Tx, row: Row, held: Mapping[str, Institution], zones: set[str]) -> tuple[str, Institution]:
    code = row.text("code", needed=True, most=50)
    old = held.get(code) or Institution(0, code, "")
    currency = row.currency("currency", old.currency)
    if currency and (problem := codes.check(tx, "Currency_CT", "currency", currency)):
        row.problems.append(problem)
    zone = row.text("zone", old.zone)
    if zone not in zones:
        meant = probable(text.nearest(zone, tuple(zones)))
        row.problems.append(Problem("zone_unknown", "zone", zone, probable=meant))
    url = row.text("public_url", old.public_url).rstrip("/")
    if url and not url.startswith(("http://", "https://")):
        row.problems.append(
            Problem(
                "value_wrong_type",
                "public_url",
                url,
                expected="an address beginning with http:// or https://",
            )
        )
    return code, Institution(
        id=old.id,
        code=code,
        name=row.text("name", old.name, needed=not old.name),
        oclc_id=row.text("oclc_id", old.oclc_id, most=50),
        currency=currency,
        zone=zone,
        public_url=url,
        environment=row.choice("environment", old.environment),
    )
