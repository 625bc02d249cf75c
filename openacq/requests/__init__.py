"""The requests desk: from a patron's wish to a PO line, or to a reasoned no.

`ask` takes a request in: it is held against the registers and the institution's rules, its bib is found
or a brief one made, and whoever waits for the same title already is found, so that several wishes become
one order. Staff look at it (`duplicates`), put it aside, hand it on, ask back; they approve it, which
places a PO line for everybody who waits and makes them its interested users, or reject it with a reason,
which takes away a bib nobody else needs. Requesters are told of every turn, by letters that whoever
works through the outbox writes (`notify`). Money moves only with the PO line. What becomes of the line
is the ordering desk's knowledge; it comes back as news, and `timeline` tells both as one story.
"""
