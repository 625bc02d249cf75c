"""The ordering desk: from an order as a vendor sends it to a PO line that is paid for and on its way.

`place` is the one way in. It checks everything the order says against the registers and names all
that is wrong at once; finds or makes the bib; makes holdings and items, or a portfolio; encumbers
each fund share; collects alerts; and decides: a line with a blocking alert waits In Review, any
other goes on to packaging. Money effects are the ledger's postings, one encumbrance per share, made
in the same transaction as the line. Lines, POs, their states and alerts are kept here.
"""
