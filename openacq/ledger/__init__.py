"""The money desk: what the library has, what it has promised, what it has spent.

A **fiscal period** holds a tree of funds: a ledger at the top, summary funds that only add up, and
allocated funds that hold money and take orders. All three are one kind of record told apart by
`entity_type`; money lies in allocated funds only, the others are summed when they are read.

Moves and their money effects (each is a row in `fund_postings`, which is never changed):

- *allocate*: money comes into a fund (or, negative, leaves the ledger).
- *transfer*: money goes from one fund of a period to another; two postings with one source.
- *encumber*: an order's share is promised: allocated stays, available shrinks.
- *release*: the promise is taken back, by a posting of the opposite sign.

The postings are the truth. `fund_balances` is their cache, one small row per allocated fund, so
that "may this fund carry 30.00 more?" is one conditional UPDATE which the database decides under
any number of concurrent orders. That row is the last thing a transaction touches, and rows are
touched in ascending fund id. `check` recomputes everything from the postings.

An order in another currency is converted once, per share, at the latest rate on or before the day;
the rate used is kept in the posting. What hangs on an order is the sum of its own postings.
"""
