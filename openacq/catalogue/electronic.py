"""The portfolio of an electronic order, and the community zone it may come from.

The rule: what the institution has is linked and nothing is made; for the vendors that ask for it a
title of a collection the institution has switched on is activated, but stays unavailable until staff
switch it on; otherwise a local portfolio is made that stands alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from openacq.catalogue.ids import PORTFOLIO, new_id
from openacq.catalogue.model import Held, Identifier, Portfolio, PortfolioMatch, PortfolioWish
from openacq.catalogue.store import community, inventory
from openacq.catalogue.store.community import CommunityHit
from openacq.kernel.text import folded, one_line
from openacq.store.tx import Tx

ACTIVE = "ACTIVE"
_SEARCHED = frozenset({"isbn", "issn", "title_id"})
"""Kinds of identifiers a title list gives."""


def find_or_make_portfolio(
    tx: Tx, mms_id: str, line_id: int, wish: PortfolioWish, *, held: Held | None = None
) -> PortfolioMatch:
    """The portfolio of a line for `mms_id`, tied to the line.

    `held`: what BibMatch said, which saves looking again. Two orders at once for one bib get one portfolio.
    """
    match = _of_institution(tx, mms_id) if held is None or held.portfolios else None
    if match is None:
        match = _make(tx, mms_id, wish)
    inventory.tie(tx, line_id, inventory.PORTFOLIO, [match.portfolio.portfolio_id])
    return match


def _of_institution(tx: Tx, mms_id: str) -> PortfolioMatch | None:
    owned = inventory.portfolios_of(tx, mms_id)
    return PortfolioMatch(owned[0], "linked") if owned else None


def _make(tx: Tx, mms_id: str, wish: PortfolioWish) -> PortfolioMatch:
    hit = search_community(tx, wish) if wish.search_community else None
    portfolio = Portfolio(
        portfolio_id=new_id(tx, PORTFOLIO),
        mms_id=mms_id,
        origin="community" if hit else "local",
        collection_id=hit.collection_id if hit else "",
        collection_name=hit.collection_name if hit else "",
        title_id=hit.title_id if hit else one_line(wish.title_id),
        available=hit is None and wish.base_status.strip().upper() == ACTIVE,
        url=hit.url if hit and hit.url else one_line(wish.url),
        access_provider=one_line(wish.access_provider) or (hit.provider if hit else ""),
        public_note=one_line(wish.access_model),
        license=wish.license,
        material=wish.material,
        coverage=hit.coverage if hit else "",
        created=tx.now,
        modified=tx.now,
    )
    if inventory.add_portfolio(tx, portfolio, claim=mms_id):
        return PortfolioMatch(portfolio, "activated" if hit else "made")
    twin = _of_institution(tx, mms_id)
    if twin is None:
        raise RuntimeError("a portfolio could be neither found nor made")
    return twin


def search_community(tx: Tx, wish: PortfolioWish) -> CommunityHit | None:
    """The best title for the wish among the collections the institution has switched on.

    A title id counts more than a number; of several collections the one of the order's access provider,
    else the first by id.
    """
    on = tx.cached("collections", "on", lambda: tuple(sorted(community.switched_on(tx))))
    wanted = [one for one in wish.identifiers if one.kind in _SEARCHED]
    if wish.title_id.strip():
        wanted.append(Identifier("title_id", one_line(wish.title_id)))
    return best(community.search(tx, wanted, on), wish.access_provider)


def best(hits: Sequence[CommunityHit], access_provider: str) -> CommunityHit | None:
    provider = folded(access_provider)

    def rank(hit: CommunityHit) -> tuple[bool, bool, str, str]:
        named = bool(provider) and (
            provider in folded(hit.provider) or provider in folded(hit.collection_name)
        )
        return hit.found_by != "title_id", not named, hit.collection_id, hit.title_id

    return min(hits, key=rank, default=None)
