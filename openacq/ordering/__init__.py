"""The ordering desk: from an order as a vendor sends it to a PO line that is paid for and on its way.

`place` is the one way in. It checks everything the order says against the registers and names all
that is wrong at once; finds or makes the bib; makes holdings and items, or a portfolio; encumbers
each fund share; collects alerts; and decides: a line with a blocking alert waits In Review, any
other goes on to packaging. Money effects are the ledger's postings, one encumbrance per share, made
in the same transaction as the line. Lines, POs, their states and alerts are kept here.

An order may also be put together item by item (`drafts`): its lines wait, and cost nothing, until it is
submitted (`submission`), when all of the above happens to all of them at once. Every PO can be read as
such an order, with items and copies (`order_items`), whichever door it came by.

What was sent is received (`receive`): each copy or portfolio once, decided by its own row; the line
then stands where what has arrived and what is paid put it (`progress`, `close.catch_up`). Copies are
kept for those who asked (`holds`), what does not come is claimed (`claim`), subscriptions are renewed
(`renew`), and the line ends by itself or by hand (`close`). `audit.check` recomputes all of it.
"""
