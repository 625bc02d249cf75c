"""Who called with a WSKey, found anew from what the order log kept: key and principal by their ids."""

from __future__ import annotations

from openacq.directory import store_institutions, store_wskeys
from openacq.directory.model import Caller
from openacq.directory.wskey_model import KnownKey, Principal
from openacq.store import Tx


def known_by_id(tx: Tx, key_id: int) -> KnownKey | None:
    """The institution's WSKey of this id, without its secret; None for none and for one that is revoked."""
    card = store_institutions.one(tx)
    for key in store_wskeys.every(tx):
        if key.id == key_id and key.revoked is None and card is not None:
            return KnownKey(key, tx.institution, card.zone, card.oclc_id)
    return None


def acting(tx: Tx, principal_id: int | None) -> Principal | None:
    """The principal of this id; None for none, and for one that is switched off."""
    found = [one for one in store_wskeys.every_principal(tx) if one.id == principal_id and one.active]
    return found[0] if found else None


def wskey_caller_by_id(tx: Tx, key_id: int, principal_id: int | None) -> Caller | None:
    """Who calls with this WSKey for this principal (None: for nobody in particular), with the rights both
    have now; None when either is gone."""
    known, principal = known_by_id(tx, key_id), acting(tx, principal_id)
    if known is None or (principal_id is not None and principal is None):
        return None
    return known.caller(principal)
