"""The catalogue desk: what the library has, or is about to have, and how it is recognised.

A **bib** describes a title. It is either *brief*, made from the few words of an order when nothing in
the catalogue matched, or loaded from MARC with the library's own record kept beside it. Standard
numbers are folded (ISBN-10 to ISBN-13, hyphens gone) into an **identifier index**, and that index is
the only thing an order is matched against: within one institution, never in the community zone.

Physical titles have **holdings** (one for each library and location) and **items** (one for each copy).
Electronic titles have **portfolios**: the institution's own, one activated from a **collection** of the
community zone, or a local one that stands alone. The community zone is shared by all institutions of a
server: it lives under the reserved institution 0 and is filled from KBART title lists; an institution
switches collections on one by one.

Whoever needs a bib says so (**uses**); a bib is deleted only when no use and no inventory is left.

The desk moves no money. It answers "do we hold it already?" before it adds, so that ordering can warn.
"""
